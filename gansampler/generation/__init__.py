"""From a fitted generator to the new rows of one class.

- `protocol`: what a generator must do, and what it may do
- `class_generator`: one class: encode, train or bootstrap, then draw rows
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
