"""Generative over-sampling of imbalanced tables, in imbalanced-learn's manner."""

from gansampler.gan.tabular_gan import TabularGAN
from gansampler.oversampler import GANOverSampler

__all__ = ["GANOverSampler", "TabularGAN", "__version__"]

__version__ = "0.1.0"
