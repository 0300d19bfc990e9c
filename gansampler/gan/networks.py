"""The dense networks, generator and critic, and the building blocks of all networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized, remove_parametrizations

from gansampler.gan.row_activation import RowActivation
from gansampler.tabular.encoder import RowLayout

LEAK = 0.2
"""Negative slope of LeakyReLU, the usual one for critics (Radford et al., 2015)."""


class Generator(nn.Module):
    """Map latent vectors and conditions to logits of rows.

    Parameters
    ----------
    body : nn.Module
        Maps (batch, n_latent + n_condition) to (batch, width).

    n_latent : int
        Length of the latent vector.

    layout : RowLayout
        Layout of an encoded row.
    """

    def __init__(self, body: nn.Module, n_latent: int, layout: RowLayout) -> None:
        super().__init__()
        self.n_latent = n_latent
        self.activation = RowActivation(layout)
        self.body = body

    def forward(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Return logits of shape (batch, width)."""
        return self.body(torch.cat([latent, condition], dim=-1))


class DenseBody(nn.Module):
    """Dense layers with layer normalisation: the generator's network by default.

    Parameters
    ----------
    sizes : sequence of int
        Number of units of the input, of each hidden layer and of the output.

    rng : torch.Generator
        Source of the initial weights.
    """

    def __init__(self, sizes: Sequence[int], rng: torch.Generator) -> None:
        super().__init__()
        *hidden, n_out = sizes
        self.layers = nn.ModuleList(
            nn.Sequential(
                linear(n_in, n_units, rng), nn.LayerNorm(n_units), nn.LeakyReLU(LEAK)
            )
            for n_in, n_units in pairwise(hidden)
        )
        self.last = linear(hidden[-1], n_out, rng)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return outputs of shape (batch, n_out)."""
        for layer in self.layers:
            inputs = layer(inputs)  # (batch, units)
        return self.last(inputs)


class Critic(nn.Module):
    """Score rows: the higher, the more real.

    It has no normalisation layers, because a gradient penalty only makes sense if each
    row is scored on its own (Gulrajani et al., 2017). The first output is the score.
    Further outputs are the logits of the classes, for an auxiliary classifier.
    """

    def activations(self, rows: Tensor, condition: Tensor) -> list[Tensor]:
        """Return the outputs of each hidden layer, followed by those of the critic."""
        raise NotImplementedError

    def forward(self, rows: Tensor, condition: Tensor) -> Tensor:
        """Return scores of shape (batch,)."""
        return self.activations(rows, condition)[-1][:, 0]

    def classify(self, rows: Tensor, n_condition: int) -> Tensor:
        """Return logits of the classes, (batch, n_classes), whatever the condition."""
        condition = rows.new_zeros(len(rows), n_condition)
        return self.activations(rows, condition)[-1][:, 1:]

    def score_and_gradient(
        self, rows: Tensor, condition: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the scores and their gradients with respect to the rows.

        Parameters
        ----------
        rows : Tensor of shape (batch, n_row)
            Encoded rows.

        condition : Tensor of shape (batch, n_condition)
            The condition of each row.

        Returns
        -------
        scores : Tensor of shape (batch,)
            The scores.

        gradients : Tensor of shape (batch, n_row)
            The gradients, differentiable with respect to the critic's weights.
        """
        rows = rows.detach().requires_grad_()
        scores = self(rows, condition)
        (gradients,) = torch.autograd.grad(scores.sum(), rows, create_graph=True)
        return scores, gradients


class DenseCritic(Critic):
    """Dense layers: the critic by default.

    Parameters
    ----------
    sizes : sequence of int
        Units of the input, of each hidden layer and of the output.

    rng : torch.Generator
        Source of the initial weights.
    """

    def __init__(self, sizes: Sequence[int], rng: torch.Generator) -> None:
        super().__init__()
        self.layers: Any = nn.ModuleList(
            linear(n_in, n_out, rng) for n_in, n_out in pairwise(sizes)
        )

    def activations(self, rows: Tensor, condition: Tensor) -> list[Tensor]:
        """Return the outputs of each layer."""
        outputs = [torch.cat([rows, condition], dim=1)]
        for layer in self.layers[:-1]:
            # Call modules, not functions, because Opacus hooks into modules.
            outputs.append(functional.leaky_relu(layer(outputs[-1]), LEAK))
        return [*outputs[1:], self.layers[-1](outputs[-1])]


class ModuleCritic(Critic):
    """A user's own critic.

    Parameters
    ----------
    body : nn.Module
        Maps (batch, n_row + n_condition) to (batch, n_out).
    """

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def activations(self, rows: Tensor, condition: Tensor) -> list[Tensor]:
        """Return the critic's outputs alone, because its layers are unknown."""
        return [self.body(torch.cat([rows, condition], dim=1))]


def add_spectral_norm(network: nn.Module) -> None:
    """Divide each weight by its largest singular value, whenever it is used.

    Each pass takes one step of the power iteration, which starts from torch's global
    random state.

    References
    ----------
    .. [1] T. Miyato et al., "Spectral normalization for generative adversarial
       networks", 2018.
    """
    for module in list(network.modules()):
        if isinstance(module, _WEIGHTED) and not is_parametrized(module, "weight"):
            spectral_norm(module)


def fix_spectral_norm(network: nn.Module) -> None:
    """Keep the normalised weights, so that the network can be pickled."""
    for module in list(network.modules()):
        if is_parametrized(module, "weight"):
            remove_parametrizations(module, "weight")


_WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def linear(n_in: int, n_out: int, rng: torch.Generator) -> nn.Linear:
    """Create a linear layer whose weights come from `rng`, not the global generator."""
    return initialise(undrawn(nn.Linear, n_in, n_out, device=rng.device), n_in, rng)


def undrawn(kind: type[nn.Module], *sizes: int, **options: Any) -> Any:
    """Create a torch layer without drawing weights from the global random state.

    :func:`torch.nn.utils.skip_init` does the same, but imports sympy on first use,
    which takes seconds.
    """
    silent = type(kind.__name__, (kind,), {"reset_parameters": lambda self: None})
    layer = silent(*sizes, **options)
    layer.__class__ = kind  # so that spectral norm and Opacus recognise it
    return layer


def initialise(layer: Any, fan_in: int, rng: torch.Generator) -> Any:
    """Draw the weights of a layer whose outputs each sum `fan_in` inputs."""
    bound = 1 / math.sqrt(fan_in)
    nn.init.uniform_(layer.weight, -bound, bound, generator=rng)
    nn.init.uniform_(layer.bias, -bound, bound, generator=rng)
    return layer
