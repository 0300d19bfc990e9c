"""The settings of a training."""

from copy import copy

from gansampler import TabularGAN
from gansampler.gan.settings import read_settings

DEFAULTS = read_settings(TabularGAN())
"""Those of a `TabularGAN`."""


def settings(**changes):
    """Return the default settings with some changes."""
    changed = copy(DEFAULTS)
    vars(changed).update(changes)
    return changed
