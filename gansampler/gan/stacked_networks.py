"""The networks of several classes stacked into one.

Most of the time of a step with small layers goes into function calls. Several stacked
networks need hardly more calls than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gansampler.gan.dense_arithmetic import affine
from gansampler.gan.joint_rows import JointActivation
from gansampler.gan.networks import LEAK, DenseBody, DenseCritic, Generator
from gansampler.tabular.encoder import RowLayout


class StackedLinear(nn.Module):
    """A linear layer for each class.

    Parameters
    ----------
    weights : sequence of Tensor of shape (n_out, n_in)
        The weights, which are padded with zeros to the largest size.

    biases : sequence of Tensor of shape (n_out,)
        The biases, padded likewise.
    """

    def __init__(self, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> None:
        super().__init__()
        self.weight = _stack(weights)
        self.bias = _stack(biases)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (n_classes, batch, n_in) to (n_classes, batch, n_out)."""
        return affine(inputs, self.weight, self.bias)


class StackedNorm(nn.Module):
    """Layer normalisation with separate scales and shifts for each class.

    Parameters
    ----------
    layers : sequence of nn.LayerNorm
        The layers, all of the same size.
    """

    def __init__(self, layers: Sequence[nn.LayerNorm]) -> None:
        super().__init__()
        self.shape = layers[0].normalized_shape
        self.weight = _stack([layer.weight for layer in layers])
        self.bias = _stack([layer.bias for layer in layers])

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalise (n_classes, batch, units)."""
        normal = functional.layer_norm(inputs, self.shape)
        return torch.addcmul(self.bias[:, None], normal, self.weight[:, None])


class StackedGenerator(Generator):
    """Generators of several classes, with dense bodies and the same hidden layers.

    Parameters
    ----------
    generators : sequence of Generator
        The generators, which are not modified.

    layouts : sequence of RowLayout
        The layout of each generator's rows.
    """

    def __init__(
        self, generators: Sequence[Generator], layouts: Sequence[RowLayout]
    ) -> None:
        nn.Module.__init__(self)
        self.n_latent = generators[0].n_latent
        self.activation: Any = JointActivation(layouts)
        self.body = _StackedBody([generator.body for generator in generators])


class _StackedBody(DenseBody):
    def __init__(self, bodies: Sequence[Any]) -> None:
        nn.Module.__init__(self)
        self.layers = nn.ModuleList(
            nn.Sequential(
                _stack_linear([linear for linear, _, _ in hidden]),
                StackedNorm([norm for _, norm, _ in hidden]),
                nn.LeakyReLU(LEAK),
            )
            for hidden in zip(*(body.layers for body in bodies), strict=True)
        )
        self.last: Any = _stack_linear([body.last for body in bodies])


class StackedCritic(DenseCritic):
    """Critics of several classes, with the same hidden layers.

    Parameters
    ----------
    critics : sequence of DenseCritic
        The critics, which are not modified.

    layouts : sequence of RowLayout
        The layout of each critic's rows.
    """

    def __init__(
        self, critics: Sequence[DenseCritic], layouts: Sequence[RowLayout]
    ) -> None:
        nn.Module.__init__(self)
        width = max(layout.width for layout in layouts)
        first = [
            # The condition comes after the padding of the rows.
            _widened(critic.layers[0].weight, layout.width, width)
            for critic, layout in zip(critics, layouts, strict=True)
        ]
        others = zip(*(critic.layers[1:] for critic in critics), strict=True)
        self.layers = nn.ModuleList(
            [
                StackedLinear(first, [critic.layers[0].bias for critic in critics]),
                *map(_stack_linear, others),
            ]
        )


def copy_member(stacked: nn.Module, k: int, own: nn.Module) -> None:
    """Copy the weights of one class out of a stack of networks.

    Parameters
    ----------
    stacked : nn.Module
        The stack, whose padding comes after the weights.

    k : int
        The class.

    own : nn.Module
        The network of the class, which receives the weights.
    """
    weights = dict(stacked.named_parameters())
    with torch.no_grad():
        for name, weight in own.named_parameters():
            corner = tuple(slice(size) for size in weight.shape)
            weight.copy_(weights[name][k][corner])


def _stack_linear(layers: Sequence[Any]) -> StackedLinear:
    weights = [layer.weight for layer in layers]
    return StackedLinear(weights, [layer.bias for layer in layers])


def _stack(tensors: Sequence[Tensor]) -> nn.Parameter:
    """Stack tensors, padding them with trailing zeros to the same shape."""
    shape = [max(sizes) for sizes in zip(*(t.shape for t in tensors), strict=True)]
    stacked = tensors[0].new_zeros((len(tensors), *shape))
    for own, tensor in zip(stacked, tensors, strict=True):
        own[tuple(slice(size) for size in tensor.shape)] = tensor.detach()
    return nn.Parameter(stacked)


def _widened(weight: Tensor, at: int, width: int) -> Tensor:
    """Insert columns of zeros before column `at`, to move it to `width`."""
    before, after = weight.detach().tensor_split([at], dim=1)
    return torch.cat([functional.pad(before, (0, width - at)), after], dim=1)
