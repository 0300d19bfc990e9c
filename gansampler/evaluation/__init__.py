"""Evaluate synthetic rows, and find out whether resampling helps.

Each sub-package exports its public names and lists its modules in its docstring.

==================  ==============================================================
`metrics`           functions that measure the distance between two tables
`plotting`          displays, one picture each
`report`            `QualityReport`: measures and pictures, graded beside real rows
`comparison`        `compare_samplers`: cross-validation against no resampling
`aligned_tables`    aligns tables with the same columns, or encodes them as numbers
`class_rows`        real and synthetic rows of one class, from a fitted sampler
==================  ==============================================================

It may import `gansampler.utils` and `gansampler.tabular`. From a sampler it uses only
`get_params` and fitted attributes (`generators_[label].sample`, `history_`,
`categorical_features_`). It must not import torch or any module that trains:
`gansampler.gan` (except plain data, for annotations), `gansampler.generation` and
`gansampler.oversampler`.
"""
