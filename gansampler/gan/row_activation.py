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


class BlockActivation(nn.Module):
    """Turn logits into encoded rows: keep scalars, and make each block one-hot.

    All blocks are computed at once, however many there are, on the blocks' columns, of
    shape (sum of block sizes, batch). Subclasses define where these are among the rows,
    for one class or for several.

    References
    ----------
    .. [1] E. Jang, S. Gu, B. Poole, "Categorical reparameterization with
       Gumbel-softmax", 2017.
    """

    n_blocks: int
    block_of_column: Tensor

    def soft(self, logits: Tensor, *rngs: torch.Generator) -> Tensor:
        """Return differentiable rows, with a Gumbel-softmax in each block.

        Parameters
        ----------
        logits : Tensor of shape (..., batch, width)
            The generator's output. Several classes add a leading dimension.

        *rngs : torch.Generator
            Source of the Gumbel noise, one for each class.

        Returns
        -------
        rows : Tensor of shape (..., batch, width)
            Encoded rows.
        """
        if not self.n_blocks:
            return logits
        noisy = self.columns(logits) + self.noise(logits.shape[-2], *rngs)
        return self.merge(logits, self._log_softmax(noisy / TEMPERATURE).exp())

    def cross_entropy(self, logits: Tensor, condition: Tensor) -> Tensor:
        """Compute a loss that penalises ignoring the condition.

        Parameters
        ----------
        logits : Tensor of shape (..., batch, width)
            The generator's output.

        condition : Tensor of shape (..., batch, largest sum of block sizes)
            The category that each row is conditioned on, one-hot encoded.

        Returns
        -------
        loss : Tensor of shape () or (n_classes,)
            The mean cross-entropy, one for each of several classes.
        """
        log_p = self._log_softmax(self.columns(logits))
        return -self.sum_by_class((log_p * self.told(condition)).mean(dim=1))

    def columns(self, rows: Tensor) -> Tensor:
        """Return the columns of all blocks, (sum of block sizes, batch)."""
        raise NotImplementedError

    def merge(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Return rows like `rows`, with these columns in their blocks."""
        raise NotImplementedError

    def noise(self, batch: int, *rngs: torch.Generator) -> Tensor:
        """Draw Gumbel noise for the columns of all blocks."""
        raise NotImplementedError

    def told(self, condition: Tensor) -> Tensor:
        """Return the conditions as columns, (sum of block sizes, batch)."""
        raise NotImplementedError

    def sum_by_class(self, by_column: Tensor) -> Tensor:
        """Sum numbers, one for each column, over the columns of each class."""
        raise NotImplementedError

    def _log_softmax(self, columns: Tensor) -> Tensor:
        return block_log_softmax(columns, self.block_of_column, self.n_blocks)


class RowActivation(BlockActivation):
    """The activation of the rows of one class, (batch, width).

    Parameters
    ----------
    layout : RowLayout
        The layout of the rows.
    """

    def __init__(self, layout: RowLayout) -> None:
        super().__init__()
        self.n_scalars = layout.n_scalars
        self.n_blocks = len(layout.block_sizes)
        self.register_buffer("block_of_column", torch.tensor(layout.block_of_column))

    def columns(self, rows: Tensor) -> Tensor:
        """Return the columns of all blocks, (sum of block sizes, batch)."""
        return rows[:, self.n_scalars :].T

    def merge(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Return rows like `rows`, with these columns in their blocks."""
        return torch.cat([rows[:, : self.n_scalars], columns.T], dim=1)

    def noise(self, batch: int, *rngs: torch.Generator) -> Tensor:
        """Draw Gumbel noise for the columns of all blocks."""
        return draw_gumbel(batch, len(self.block_of_column), rngs[0]).T

    def told(self, condition: Tensor) -> Tensor:
        """Return the conditions as columns, (sum of block sizes, batch)."""
        return condition.T

    def sum_by_class(self, by_column: Tensor) -> Tensor:
        """Sum numbers, one for each column."""
        return by_column.sum()

    def sample(self, logits: Tensor, rng: torch.Generator) -> Tensor:
        """Return rows whose largest entry in each block is a draw from its softmax."""
        if not self.n_blocks:
            return logits
        noise = self.noise(len(logits), rng)
        return self.merge(logits, self.columns(logits) + noise)

    def harden(self, rows: Tensor) -> Tensor:
        """Make each block of `rows`, (batch, width), one-hot, as decoding does."""
        if not self.n_blocks:
            return rows
        columns = self.columns(rows).contiguous()
        largest = _largest_of_blocks(columns, self.block_of_column, self.n_blocks)
        is_largest = columns == largest[self.block_of_column]
        return self.merge(rows, is_largest.to(rows.dtype))

    def log_softmax(self, blocks: Tensor) -> Tensor:
        """Take the log-softmax within each block of `blocks`, (batch, sum of sizes)."""
        return self._log_softmax(blocks.T).T


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
        sums = block_sums(columns.exp(), block, n_blocks)
        columns -= sums.log_()[block]
        ctx.save_for_backward(columns, block)
        ctx.n_blocks = n_blocks
        return columns

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        columns, block = ctx.saved_tensors
        gradient = gradient.contiguous()
        sums = block_sums(gradient, block, ctx.n_blocks)
        gradient = torch.addcmul(gradient, columns.exp(), sums[block], value=-1)
        return gradient, None, None


# torch does not declare the type.
block_log_softmax: Callable[[Tensor, Tensor, int], Tensor] = _BlockLogSoftmax.apply
"""Takes columns, (width, batch), the block of each column, and the number of blocks."""


def block_softmax_(columns: Tensor, block: Tensor, n_blocks: int) -> Tensor:
    """Take the softmax within each block in place.

    Parameters
    ----------
    columns : Tensor of shape (n_columns, batch)
        The logits.

    block : Tensor of shape (n_columns,), dtype int
        The block of each column.

    n_blocks : int
        The number of blocks.

    Returns
    -------
    columns : Tensor of shape (n_columns, batch)
        The same tensor.
    """
    # Subtract the largest entry of each block, because exp would overflow.
    largest = _largest_of_blocks(columns, block, n_blocks)
    columns.sub_(largest.index_select(0, block)).exp_()
    sums = block_sums(columns, block, n_blocks)
    return columns.div_(sums.index_select(0, block))


def block_sums(columns: Tensor, block: Tensor, n_blocks: int) -> Tensor:
    """Sum the columns of each block; see :func:`block_softmax_`."""
    sums = columns.new_zeros((n_blocks, columns.shape[1]))
    return sums.index_add_(0, block, columns)


def draw_gumbel(batch: int, n: int, rng: torch.Generator) -> Tensor:
    """Draw Gumbel-distributed numbers, (batch, n)."""
    # Uniform numbers are drawn several times faster than exponential ones.
    uniform = torch.empty((batch, n), device=rng.device).uniform_(generator=rng)
    return uniform.log_().neg_().log_().neg_()
