"""Rows of several classes side by side, padded to the same width."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.row_activation import BlockActivation, draw_gumbel
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


class JointActivation(BlockActivation):
    """The activation of the rows of several classes, (n_classes, batch, width).

    All blocks of all classes are computed at once. Padding stays zero.

    Parameters
    ----------
    layouts : sequence of RowLayout
        The layout of each class's rows.
    """

    places: Tensor
    class_of_column: Tensor

    def __init__(self, layouts: Sequence[RowLayout]) -> None:
        super().__init__()
        self.n_classes = len(layouts)
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

    def columns(self, rows: Tensor) -> Tensor:
        """Return the columns of all blocks, (sum of all block sizes, batch)."""
        return _all_columns(rows).index_select(0, self.places)

    def merge(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Return rows like `rows`, with these columns in their blocks."""
        n_classes, batch, width = rows.shape
        merged = _all_columns(rows).index_copy(0, self.places, columns)
        return merged.view(n_classes, width, batch).mT

    def noise(self, batch: int, *rngs: torch.Generator) -> Tensor:
        """Draw Gumbel noise for the columns of all blocks."""
        drawn = [
            draw_gumbel(batch, size, rng)
            for size, rng in zip(self.sizes, rngs, strict=True)
        ]
        return torch.cat(drawn, dim=1).T

    def told(self, condition: Tensor) -> Tensor:
        """Return the conditions as columns, (sum of all block sizes, batch)."""
        own = [told[:, :size] for told, size in zip(condition, self.sizes, strict=True)]
        return torch.cat(own, dim=1).T

    def sum_by_class(self, by_column: Tensor) -> Tensor:
        """Sum numbers, one for each column, over the columns of each class."""
        sums = by_column.new_zeros(self.n_classes)
        return sums.index_add(0, self.class_of_column, by_column)


def _all_columns(rows: Tensor) -> Tensor:
    """Return the columns of all classes, (n_classes * width, batch)."""
    return rows.mT.reshape(-1, rows.shape[1])
