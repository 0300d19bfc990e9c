"""From a fitted generator to the new rows of one class.

- `composition`: the parts of a sampler: what goes together, and what is kept
- `class_generator`: one class: fit or bootstrap, then draw, augment and choose rows
- `foreign_generator`: a generator of the user's own, whose rows are checked
- `smoothed_bootstrap`: what stands in where a class is too small for a GAN
- `rejection`: which of the generated rows are kept
- `class_probability`: the classifier by which rejection goes, a forest or the user's
- `constraints`: what every row must satisfy, by the user's own word
- `augmentation`: `mix_rows`, `slice_rows`, `flip_rows`: rows of a class out of its rows
- `row_augmenter`: a share of the generated rows augmented, also by the user's functions
- `memorization`: how many generated rows are copies of real ones
- `diagnostics`: what the user is warned of after a fit

It may import `gansampler.gan`, `gansampler.tabular` and `gansampler.utils`.
"""
