"""Conditions: what the generator is told about each row."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from gansampler.tabular.encoder import RowLayout

N_NEIGHBORS = 5
"""Number of nearest rows between which to interpolate an anchor, as in SMOTE."""


class Condition:
    """Draw condition vectors, in training together with matching real rows."""

    width: int

    def draw_pairs(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return positions of real rows, (n,), and their conditions, (n, width)."""
        raise NotImplementedError

    def draw(self, n: int, rng: torch.Generator) -> Tensor:
        """Return conditions for generating `n` rows, (n, width)."""
        raise NotImplementedError

    def forget_rows(self) -> None:
        """Forget everything about the rows that sampling does not need."""


class NoCondition(Condition):
    """No condition: rows depend on the latent vector alone.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.
    """

    width = 0

    def __init__(self, rows: Tensor) -> None:
        self.n_rows = len(rows)

    def draw_pairs(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return rows drawn with equal probability."""
        picked = torch.randint(self.n_rows, (n,), generator=rng, device=rng.device)
        return picked, self.draw(n, rng)

    def draw(self, n: int, rng: torch.Generator) -> Tensor:
        """Return empty conditions."""
        return torch.empty((n, 0), device=rng.device)


class CategoryCondition(Condition):
    """Condition on one category of one discrete column, by training-by-sampling.

    Every block is drawn with equal probability. In training, its category is drawn by
    the logarithm of its frequency, so that rare categories are seen often. When
    sampling, it is drawn by its frequency. A cross-entropy loss makes the generator
    comply.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    layout : RowLayout
        The layout of the rows, with at least one block.

    References
    ----------
    .. [1] L. Xu et al., "Modeling tabular data using conditional GAN", 2019.
    """

    def __init__(self, rows: Tensor, layout: RowLayout) -> None:
        self.width = layout.width - layout.n_scalars
        blocks = rows[:, layout.n_scalars :]
        counts = blocks.sum(dim=0)
        block = torch.tensor(layout.block_of_column, device=rows.device)
        self.category_weights = _share_within(torch.log1p(counts), block)
        self.frequencies = _share_within(counts, block)
        # Rows sorted by category, so that one lookup finds a row with a category.
        column, row = blocks.T.nonzero(as_tuple=True)
        self.rows_by_category = row
        self.run_length = torch.bincount(column, minlength=self.width)
        self.run_start = self.run_length.cumsum(0) - self.run_length

    def draw_pairs(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return rows that have the category they are conditioned on."""
        category, within = self.draw_categories(n, rng)
        within = (within * self.run_length[category]).long()
        row = self.rows_by_category[self.run_start[category] + within]
        return row, self._one_hot(category)

    def draw_categories(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return categories, and the relative position among their rows, both (n,)."""
        category = torch.multinomial(self.category_weights, n, True, generator=rng)
        return category, torch.rand(n, generator=rng, device=rng.device)

    def draw(self, n: int, rng: torch.Generator) -> Tensor:
        """Return categories with their frequencies in the class."""
        return self._one_hot(
            torch.multinomial(self.frequencies, n, True, generator=rng)
        )

    def forget_rows(self) -> None:
        """Forget which row has which category, since rows could be rebuilt from it."""
        kept = {"width": self.width, "frequencies": self.frequencies}
        vars(self).clear()
        vars(self).update(kept)

    def _one_hot(self, category: Tensor) -> Tensor:
        told = torch.zeros((len(category), self.width), device=category.device)
        return told.scatter_(1, category[:, None], 1.0)


class AnchorCondition(Condition):
    """Condition on a point near which the row must lie.

    The anchor is an interpolation between two of a row's nearest neighbours in its
    class. The generator learns what else a row near the anchor could be. The critic
    sees the anchor next to the row. Unlike the other conditions, this one keeps the
    encoded rows of the class, because sampling needs anchors, too.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class, at least two.

    References
    ----------
    .. [1] N. V. Chawla et al., "SMOTE: synthetic minority over-sampling technique",
       2002, whose interpolation the anchor is.
    """

    def __init__(self, rows: Tensor) -> None:
        self.width = rows.shape[1]
        self.rows = rows
        k = min(N_NEIGHBORS, len(rows) - 1)
        finder = NearestNeighbors(n_neighbors=k).fit(rows.cpu().numpy())
        neighbors = finder.kneighbors(return_distance=False)
        self.neighbors = torch.from_numpy(neighbors.astype(np.int64)).to(rows.device)

    def draw_pairs(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return rows and anchors between two of each row's neighbours."""
        row = torch.randint(len(self.rows), (n,), generator=rng, device=rng.device)
        k = self.neighbors.shape[1]
        pair = torch.randint(k, (n, 2), generator=rng, device=rng.device)
        ends = self.rows[self.neighbors[row].gather(1, pair)]  # (n, 2, width)
        share = torch.rand((n, 1), generator=rng, device=rng.device)
        return row, torch.lerp(ends[:, 0], ends[:, 1], share)

    def draw(self, n: int, rng: torch.Generator) -> Tensor:
        """Return anchors around rows drawn with equal probability."""
        return self.draw_pairs(n, rng)[1]


def make_condition(name: str, rows: Tensor, layout: RowLayout) -> Condition:
    """Create a condition by name for the rows of a class.

    Parameters
    ----------
    name : {"category", "anchor", "none"}
        The kind of condition. "category" without a discrete column means "none".

    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    layout : RowLayout
        The layout of the rows.

    Returns
    -------
    condition : Condition
        The condition.
    """
    if name == "anchor":
        return AnchorCondition(rows)
    if name == "category" and layout.block_sizes:
        return CategoryCondition(rows, layout)
    return NoCondition(rows)


def _share_within(weights: Tensor, block: Tensor) -> Tensor:
    """Scale the weights of each block to sum to one."""
    sums = weights.new_zeros(int(block.max()) + 1).index_add(0, block, weights)
    return weights / sums[block]
