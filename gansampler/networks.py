"""The generator, the critic, and what turns raw outputs into an encoded row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gansampler.encoding import RowLayout

LEAK = 0.2
"""Slope of LeakyReLU below zero, as is usual for critics (Radford et al., 2015)."""

TEMPERATURE = 0.3
"""Of the Gumbel-softmax: low enough that a block is nearly one-hot in training."""


class RowActivation(nn.Module):
    """Turn logits into encoded rows: scalars stay, each block becomes one-hot.

    All blocks are done in one go, however many there are.

    Parameters
    ----------
    layout : RowLayout
        Where the blocks lie.

    References
    ----------
    .. [1] E. Jang, S. Gu, B. Poole, "Categorical reparameterization with
       Gumbel-softmax", 2017.
    """

    block_of_column: Tensor

    def __init__(self, layout: RowLayout) -> None:
        super().__init__()
        self.n_scalars = layout.n_scalars
        self.n_blocks = len(layout.block_sizes)
        self.register_buffer("block_of_column", torch.tensor(layout.block_of_column))

    def soft(self, logits: Tensor, rng: torch.Generator) -> Tensor:
        """Give rows that gradients can pass: Gumbel-softmax in each block.

        Parameters
        ----------
        logits : Tensor of shape (batch, width)
            The generator's output.

        rng : torch.Generator
            Source of the Gumbel noise.

        Returns
        -------
        rows : Tensor of shape (batch, width)
            Encoded rows.
        """
        if not self.n_blocks:
            return logits
        scalars, blocks = logits.tensor_split([self.n_scalars], dim=1)
        blocks = (blocks + _gumbel_like(blocks, rng)) / TEMPERATURE
        return torch.cat([scalars, self.log_softmax(blocks).exp()], dim=1)

    def sample(self, logits: Tensor, rng: torch.Generator) -> Tensor:
        """Give rows whose blocks' largest entry is a draw from each block's softmax."""
        scalars, blocks = logits.tensor_split([self.n_scalars], dim=1)
        return torch.cat([scalars, blocks + _gumbel_like(blocks, rng)], dim=1)

    def log_softmax(self, blocks: Tensor) -> Tensor:
        """Take the log-softmax within each block of `blocks`, (batch, sum of sizes)."""
        block = self.block_of_column.expand_as(blocks)
        # The largest entry is taken out of each block because exp would overflow;
        # it cancels, so no gradient needs to pass through it.
        largest = blocks.new_full((len(blocks), self.n_blocks), -torch.inf)
        largest.scatter_reduce_(1, block, blocks.detach(), "amax")
        shifted = blocks - largest[:, self.block_of_column]
        sums = blocks.new_zeros(len(blocks), self.n_blocks)
        sums = sums.index_add(1, self.block_of_column, shifted.exp())
        return shifted - sums.log()[:, self.block_of_column]


class Generator(nn.Module):
    """Map latent vectors, and what they are conditioned on, to logits of rows.

    Parameters
    ----------
    n_latent : int
        Length of the latent vector.

    n_condition : int
        Length of the condition vector, may be 0.

    hidden : sequence of int
        Units of each hidden layer.

    layout : RowLayout
        Layout of an encoded row.

    rng : torch.Generator
        Source of the initial weights.
    """

    def __init__(
        self,
        n_latent: int,
        n_condition: int,
        hidden: Sequence[int],
        layout: RowLayout,
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        self.n_latent = n_latent
        self.activation = RowActivation(layout)
        sizes = [n_latent + n_condition, *hidden]
        layers: list[nn.Module] = []
        for n_in, n_out in pairwise(sizes):
            layers += [
                _linear(n_in, n_out, rng),
                nn.LayerNorm(n_out),
                nn.LeakyReLU(LEAK),
            ]
        self.body = nn.Sequential(*layers, _linear(sizes[-1], layout.width, rng))

    def forward(self, latent: Tensor, condition: Tensor) -> Tensor:
        """Give logits of shape (batch, width)."""
        return self.body(torch.cat([latent, condition], dim=1))


class Critic(nn.Module):
    """Score rows: the more real, the higher.

    It has no normalisation layers, because each row must be scored on its own for
    the gradient penalty to mean anything (Gulrajani et al., 2017).

    Parameters
    ----------
    n_row : int
        Width of an encoded row.

    n_condition : int
        Length of the condition vector, may be 0.

    hidden : sequence of int
        Units of each hidden layer.

    rng : torch.Generator
        Source of the initial weights.
    """

    def __init__(
        self, n_row: int, n_condition: int, hidden: Sequence[int], rng: torch.Generator
    ) -> None:
        super().__init__()
        self.n_row = n_row
        sizes = [n_row + n_condition, *hidden, 1]
        self.layers: Any = nn.ModuleList(
            _linear(n_in, n_out, rng) for n_in, n_out in pairwise(sizes)
        )

    def forward(self, rows: Tensor, condition: Tensor) -> Tensor:
        """Give scores of shape (batch,)."""
        hidden = torch.cat([rows, condition], dim=1)
        for layer in self.layers[:-1]:
            hidden = functional.leaky_relu(layer(hidden), LEAK)
        return self.layers[-1](hidden).squeeze(1)

    def score_and_gradient(
        self, rows: Tensor, condition: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Give the scores and their gradients with respect to the rows.

        A LeakyReLU network is linear around each row, so that the gradient is a
        product of its weights and slopes. Written out, it needs no second pass
        through autograd when a penalty on it is differentiated, which halves the
        cost of a critic step.

        Parameters
        ----------
        rows : Tensor of shape (batch, n_row)
            Encoded rows.

        condition : Tensor of shape (batch, n_condition)
            What each row is conditioned on.

        Returns
        -------
        scores : Tensor of shape (batch,)
            The scores.

        gradients : Tensor of shape (batch, n_row)
            Differentiable with respect to the critic's weights.
        """
        hidden = torch.cat([rows, condition], dim=1)
        slopes = []
        for layer in self.layers[:-1]:
            raw = layer(hidden)
            # (batch, units), in the network's own precision
            slopes.append(
                torch.where(raw > 0, raw.new_tensor(1.0), raw.new_tensor(LEAK))
            )
            hidden = functional.leaky_relu(raw, LEAK)
        scores = self.layers[-1](hidden).squeeze(1)
        gradient = self.layers[-1].weight.expand(len(rows), -1)
        for layer in reversed(self.layers[:-1]):
            gradient = (gradient * slopes.pop()) @ layer.weight
        return scores, gradient[:, : self.n_row]


def _linear(n_in: int, n_out: int, rng: torch.Generator) -> nn.Linear:
    """Make a linear layer whose weights come from `rng`, not the global generator."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out, device=rng.device)
    bound = 1 / math.sqrt(n_in)
    nn.init.uniform_(layer.weight, -bound, bound, generator=rng)
    nn.init.uniform_(layer.bias, -bound, bound, generator=rng)
    return layer


def _gumbel_like(logits: Tensor, rng: torch.Generator) -> Tensor:
    return -torch.empty_like(logits).exponential_(generator=rng).log()
