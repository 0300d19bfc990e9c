"""Rows of several classes side by side, padded to the same width."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.row_activation import (
    TEMPERATURE,
    block_log_softmax,
    gumbel,
)
from gansampler.tabular.encoder import RowLayout


def join(parts: Sequence[Tensor]) -> Tensor:
    """Stack the rows of each class, padded with zeros to the same width.

    Parameters
    ----------
    parts : sequence of Tensor of shape (batch, width of the class)
        The rows of each class.

    Returns
    -------
    rows : Tensor of shape (n_classes, batch, width)
        All rows. The rows of a single class are returned as they are, (batch, width).
    """
    if len(parts) == 1:
        return parts[0]
    width = max(part.shape[1] for part in parts)
    return torch.stack([pad(part, width) for part in parts])


def pad(rows: Tensor, width: int) -> Tensor:
    """Append columns of zeros to rows, (n_rows, n), up to `width`."""
    missing = width - rows.shape[1]
    return functional.pad(rows, (0, missing)) if missing else rows


class JointActivation(torch.nn.Module):
    """Turn logits of several classes into encoded rows; see :class:`RowActivation`.

    All blocks of all classes are computed at once. Padding stays zero.

    Parameters
    ----------
    layouts : sequence of RowLayout
        The layout of each class's rows.
    """

    places: Tensor
    block_of_column: Tensor
    class_of_column: Tensor

    def __init__(self, layouts: Sequence[RowLayout]) -> None:
        super().__init__()
        self.sizes = [layout.width - layout.n_scalars for layout in layouts]
        width = max(layout.width for layout in layouts)
        # The positions of the blocks' columns among the columns of all classes.
        places = [
            torch.arange(width * k + layout.n_scalars, width * k + layout.width)
            for k, layout in enumerate(layouts)
        ]
        n_blocks, block_of_column = 0, []
        for layout in layouts:
            block_of_column += [n_blocks + block for block in layout.block_of_column]
            n_blocks += len(layout.block_sizes)
        self.n_blocks = n_blocks
        classes = torch.arange(len(layouts))
        sizes = torch.tensor(self.sizes)
        self.register_buffer("places", torch.cat(places))
        self.register_buffer("class_of_column", classes.repeat_interleave(sizes))
        blocks = torch.tensor(block_of_column, dtype=torch.long)
        self.register_buffer("block_of_column", blocks)

    def soft(self, logits: Tensor, *rngs: torch.Generator) -> Tensor:
        """Return differentiable rows, with a Gumbel-softmax in each block.

        Parameters
        ----------
        logits : Tensor of shape (n_classes, batch, width)
            The generator's output.

        *rngs : torch.Generator
            The source of the Gumbel noise of each class.

        Returns
        -------
        rows : Tensor of shape (n_classes, batch, width)
            Encoded rows.
        """
        if not self.n_blocks:
            return logits
        columns = self._columns(logits)
        batch = columns.shape[1]
        uniform = [
            torch.empty((batch, size), device=rng.device).uniform_(generator=rng)
            for size, rng in zip(self.sizes, rngs, strict=True)
        ]
        noise = gumbel(torch.cat(uniform, dim=1).T)
        blocks = columns.index_select(0, self.places)  # (sum of block sizes, batch)
        soft = self._log_softmax((blocks + noise) / TEMPERATURE).exp()
        return self._rows(columns.index_copy(0, self.places, soft), logits)

    def cross_entropy(self, logits: Tensor, condition: Tensor) -> Tensor:
        """Compute for each class a loss that penalises ignoring the condition.

        Parameters
        ----------
        logits : Tensor of shape (n_classes, batch, width)
            The generator's output.

        condition : Tensor of shape (n_classes, batch, largest sum of block sizes)
            The category that each row is conditioned on, one-hot encoded.

        Returns
        -------
        loss : Tensor of shape (n_classes,)
            The mean cross-entropies.
        """
        columns = self._columns(logits).index_select(0, self.places)
        log_p = self._log_softmax(columns)
        own = [told[:, :size] for told, size in zip(condition, self.sizes, strict=True)]
        told = torch.cat(own, dim=1).T  # (sum of block sizes, batch)
        by_column = (log_p * told).mean(dim=1)
        loss = by_column.new_zeros(len(condition))
        return -loss.index_add(0, self.class_of_column, by_column)

    def _log_softmax(self, columns: Tensor) -> Tensor:
        return block_log_softmax(columns, self.block_of_column, self.n_blocks)

    @staticmethod
    def _columns(rows: Tensor) -> Tensor:
        """Return the columns of all classes, (n_classes * width, batch)."""
        return rows.mT.reshape(-1, rows.shape[1])

    @staticmethod
    def _rows(columns: Tensor, like: Tensor) -> Tensor:
        """Convert columns back to rows with the shape of `like`."""
        n_classes, batch, width = like.shape
        return columns.view(n_classes, width, batch).mT
