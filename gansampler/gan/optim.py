"""All weights of a network in one vector, and the optimiser that updates it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

DECAY = 0.9
"""Decay of the running mean of squared gradients."""

EPSILON = 1e-8
"""Keeps a step finite where gradients have been zero."""


class FlatWeights:
    """The trainable weights of a network as views of one vector.

    Updating a network or averaging two networks is then a single operation. With
    networks this small, a call for each weight would take longer than the arithmetic.

    Parameters
    ----------
    network : nn.Module
        The network, whose weights are moved into the vector. Frozen weights stay where
        they are.

    Attributes
    ----------
    vectors : list of Tensor of shape (n_weights,)
        One vector, or one for each dtype if the network has several.

    gradients : list of Tensor of shape (n_weights,)
        The gradient of each vector, to which every backward pass adds.
    """

    def __init__(self, network: nn.Module) -> None:
        by_dtype: dict[torch.dtype, list[nn.Parameter]] = {}
        for weight in network.parameters():
            if weight.requires_grad:
                by_dtype.setdefault(weight.dtype, []).append(weight)
        joined = [_join(weights) for weights in by_dtype.values()]
        self.vectors = [vector for vector, _ in joined]
        self.gradients = [gradient for _, gradient in joined]

    def clear_gradients(self) -> None:
        """Set the gradients to zero."""
        for gradient in self.gradients:
            gradient.zero_()

    def approach(self, other: FlatWeights, share: float) -> None:
        """Move a share of the way to the weights of a network of the same shape."""
        for vector, target in zip(self.vectors, other.vectors, strict=True):
            vector.lerp_(target, share)


class Adam:
    r"""Adam without momentum, which makes adversarial training circle.

    torch's own Adam imports torch's compiler on first use, which takes as long as
    importing torch itself. This one is five operations.

    Parameters
    ----------
    weights : FlatWeights
        The weights to update.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015, with
       :math:`\beta_1 = 0`.
    """

    def __init__(self, weights: FlatWeights) -> None:
        self.weights = weights
        self.squares = [torch.zeros_like(vector) for vector in weights.vectors]
        # A buffer for divisors, because allocation costs more than arithmetic.
        self.scales = [torch.empty_like(vector) for vector in weights.vectors]
        self.n_steps = 0

    def step(self, rate: float) -> None:
        """Move the weights against their gradients, by about `rate` each."""
        self.n_steps += 1
        # The bias correction of the squares is part of the rate, where it is free.
        correction = math.sqrt(1 - DECAY**self.n_steps)
        for vector, gradient, square, scale in zip(
            self.weights.vectors,
            self.weights.gradients,
            self.squares,
            self.scales,
            strict=True,
        ):
            square.mul_(DECAY).addcmul_(gradient, gradient, value=1 - DECAY)
            torch.sqrt(square, out=scale).add_(EPSILON * correction)
            vector.addcdiv_(gradient, scale, value=-rate * correction)


def _join(weights: list[nn.Parameter]) -> tuple[Tensor, Tensor]:
    """Move weights of one dtype into a vector, and their gradients into another."""
    vector = torch.cat([weight.detach().reshape(-1) for weight in weights])
    gradient = torch.zeros_like(vector)
    sizes = [weight.numel() for weight in weights]
    parts = zip(vector.split(sizes), gradient.split(sizes), strict=True)
    for weight, (values, slopes) in zip(weights, parts, strict=True):
        weight.data = values.view(weight.shape)
        weight.grad = slopes.view(weight.shape)
    return vector, gradient
