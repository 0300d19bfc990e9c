"""The settings of a training, how to change some of them, and gradients."""

import torch

import gansampler.gan.training
from gansampler import TabularGAN
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.settings import TrainingSettings, read_settings

DEFAULTS = read_settings(TabularGAN())
"""Those of a `TabularGAN`."""


def changed(settings=DEFAULTS, **changes):
    """Return settings with some changes."""
    unknown = [name for name in changes if not hasattr(settings, name)]
    assert not unknown, unknown
    return TrainingSettings(**(vars(settings) | changes))


def differentiable(*arrays):
    """Return arrays as tensors that gradients reach."""
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def slopes(value, tensors):
    """Differentiate a scalar with respect to each of the tensors."""
    found = torch.autograd.grad(
        value, tensors, retain_graph=True, materialize_grads=True
    )
    return [slope.detach() for slope in found]


def train(rows, layout, settings, seed, progress=None, labelled=None, watch=None):
    """Train on the rows of one class; return the generator and the history."""
    given = ClassRows(rows, layout, seed, labelled, watch)
    (result,) = gansampler.gan.training.train([given], settings, progress)
    return result


def make_trainer(rows, layout, settings, seed=0, labelled=None):
    """Return what trains on the rows of one class."""
    given = ClassRows(rows, layout, seed, labelled)
    return gansampler.gan.training.Trainer([given], settings)
