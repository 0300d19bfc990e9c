"""Over-sample imbalanced tables with generative models, on the imbalanced-learn API."""

from gansampler.gan.tabular_gan import TabularGAN
from gansampler.oversampler import GANOverSampler
from gansampler.utils.version import __version__

__all__ = ["GANOverSampler", "TabularGAN", "__version__"]
