"""Generative over-sampling of imbalanced tables, in imbalanced-learn's manner."""

from gansampler.oversampler import GANOverSampler

__all__ = ["GANOverSampler", "__version__"]

__version__ = "0.1.0"
