"""Turn the raw outputs of a generator into encoded rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from gansampler.tabular.encoder import RowLayout

TEMPERATURE = 0.3
"""Temperature of the Gumbel-softmax, low enough that blocks are nearly one-hot."""


class RowActivation(nn.Module):
    """Turn logits into encoded rows: keep scalars, and make each block one-hot.

    All blocks are computed at once, however many there are.

    Parameters
    ----------
    layout : RowLayout
        The layout of the rows.

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
        """Return differentiable rows, with a Gumbel-softmax in each block.

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
        """Return rows whose largest entry in each block is a draw from its softmax."""
        if not self.n_blocks:
            return logits
        scalars, blocks = logits.tensor_split([self.n_scalars], dim=1)
        return torch.cat([scalars, blocks + _gumbel_like(blocks, rng)], dim=1)

    def harden(self, rows: Tensor) -> Tensor:
        """Make each block of `rows`, (batch, width), one-hot, as decoding does."""
        if not self.n_blocks:
            return rows
        scalars, blocks = rows.tensor_split([self.n_scalars], dim=1)
        columns = blocks.T.contiguous()  # (width, batch)
        largest = _largest_of_blocks(columns, self.block_of_column, self.n_blocks)
        is_largest = columns == largest[self.block_of_column]
        return torch.cat([scalars, is_largest.T.to(rows.dtype)], dim=1)

    def log_softmax(self, blocks: Tensor) -> Tensor:
        """Take the log-softmax within each block of `blocks`, (batch, sum of sizes)."""
        columns = blocks.T
        return block_log_softmax(columns, self.block_of_column, self.n_blocks).T


def _largest_of_blocks(columns: Tensor, block: Tensor, n_blocks: int) -> Tensor:
    """Return the largest entry of each block of `columns`, as (n_blocks, batch)."""
    largest = columns.new_full((n_blocks, columns.shape[1]), -torch.inf)
    index = block[:, None].expand_as(columns)
    return largest.scatter_reduce_(0, index, columns, "amax")


class _BlockLogSoftmax(torch.autograd.Function):
    """The log-softmax within each block, with a cost linear in the width.

    It works on columns, (width, batch), so that sums over a block use contiguous
    memory. The explicit gradient is another such sum.
    """

    @staticmethod
    def forward(ctx: Any, columns: Tensor, block: Tensor, n_blocks: int) -> Tensor:
        # Copy even if it is contiguous already.
        columns = columns.clone(memory_format=torch.contiguous_format)
        # Subtract the largest entry of each block, because exp would overflow.
        largest = _largest_of_blocks(columns, block, n_blocks)
        columns -= largest[block]
        sums = torch.zeros_like(largest).index_add_(0, block, columns.exp())
        columns -= sums.log_()[block]
        ctx.save_for_backward(columns, block)
        ctx.n_blocks = n_blocks
        return columns

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        columns, block = ctx.saved_tensors
        gradient = gradient.contiguous()
        sums = gradient.new_zeros(ctx.n_blocks, gradient.shape[1])
        sums.index_add_(0, block, gradient)
        gradient = torch.addcmul(gradient, columns.exp(), sums[block], value=-1)
        return gradient, None, None


# torch does not declare the type.
block_log_softmax: Callable[[Tensor, Tensor, int], Tensor] = _BlockLogSoftmax.apply
"""Takes columns, (width, batch), the block of each column, and the number of blocks."""


def _gumbel_like(logits: Tensor, rng: torch.Generator) -> Tensor:
    # Uniform numbers are drawn several times faster than exponential ones.
    return gumbel(torch.empty_like(logits).uniform_(generator=rng))


def gumbel(uniform: Tensor) -> Tensor:
    """Convert uniform to Gumbel-distributed numbers in place."""
    return uniform.log_().neg_().log_().neg_()
