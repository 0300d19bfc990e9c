"""Turn a fitted generator into the new rows of one class.

- `composition`: the parts of a sampler, and the checks that they fit together
- `class_generator`: fit one class or bootstrap it, then draw, augment and filter rows
- `foreign_generator`: wrap a user's own generator and check its rows
- `smoothed_bootstrap`: the fallback for classes too small for a GAN
- `rejection`: which generated rows to keep
- `class_probability`: the classifier behind rejection, a forest or the user's own
- `constraints`: the user's conditions that every row must satisfy
- `expression_check`: parse a condition and limit what it may ask for
- `augmentation`: `mix_rows`, `slice_rows`, `flip_rows`: make rows from rows of a class
- `row_augmenter`: augment a share of the generated rows, also by the user's functions
- `memorization`: how many generated rows are copies of real ones
- `diagnostics`: warnings after a fit, and errors of its processes

It may import `gansampler.gan`, `gansampler.tabular` and `gansampler.utils`.
"""
