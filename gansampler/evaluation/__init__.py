"""How good are synthetic rows, and does resampling help? It knows no training.

Each sub-package has the public names, and says in its docstring what is in it.

==================  ==============================================================
`metrics`           numbers: how far real and synthetic tables lie apart
`plotting`          displays: the same as pictures, one each
`report`            `QualityReport`: both, graded beside real rows, in words
`comparison`        `compare_samplers`: cross-validated against no resampling
`aligned_tables`    tables with the same columns, aligned or encoded as numbers
`class_rows`        the rows of one class, from a fitted sampler and its table
==================  ==============================================================

It may import `gansampler.utils` and `gansampler.tabular`; of a sampler it takes fitted
attributes only (`generators_[label].sample`, `history_`, `categorical_features_`). It
must not import torch, nor what trains: `gansampler.gan` (but for annotations by its
plain data), `gansampler.generation` and `gansampler.oversampler`.
"""
