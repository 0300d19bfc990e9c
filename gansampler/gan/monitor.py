"""Monitor a training by the distance and the diversity of generated rows."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from gansampler.tabular.encoder import RowLayout

N_CHECK_ROWS = 512
"""Real and generated rows that are compared at most."""

N_PROJECTIONS = 64
"""Directions along which they are compared."""

FLOOR = 0.01
"""Added to both variances that are compared: where real rows hardly differ, generated
ones need not either."""


class SlicedDistance:
    """Sliced Wasserstein distance of generated rows to the class's rows.

    Cheap, defined for a handful of rows, and sensitive to the shape of the joint
    distribution, because most of its directions mix columns.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    rng : torch.Generator
        Source of the directions and, where there are many rows, of the rows.

    Attributes
    ----------
    of_zeros : float
        The distance of rows of zeros.

    References
    ----------
    .. [1] N. Bonneel et al., "Sliced and Radon Wasserstein barycenters of measures",
       2015.
    """

    def __init__(self, rows: Tensor, rng: torch.Generator) -> None:
        self.n_rows = N_CHECK_ROWS
        if len(rows) > N_CHECK_ROWS:
            shuffled = torch.randperm(len(rows), generator=rng, device=rng.device)
            rows = rows[shuffled[:N_CHECK_ROWS]]
        shape = (rows.shape[1], N_PROJECTIONS)
        directions = torch.randn(shape, generator=rng, device=rng.device)
        self.directions = directions / directions.norm(dim=0)
        self.levels = (np.arange(self.n_rows) + 0.5) / self.n_rows
        self.real = self._quantiles(rows)
        self.of_zeros = float(np.abs(self.real).mean())

    def __call__(self, rows: Tensor) -> float:
        """Return the distance of generated `rows`, (n_rows, width)."""
        return float(np.abs(self._quantiles(rows) - self.real).mean())

    def _quantiles(self, rows: Tensor) -> np.ndarray:
        """Return each projection's quantiles, (n_projections, n_levels)."""
        # By NumPy, whose sort is tens of times faster than torch's on a CPU.
        projected = (rows @ self.directions).T.cpu().numpy()
        ordered = np.sort(projected, axis=1)  # (n_projections, n_rows)
        place = self.levels * (len(rows) - 1)
        below = place.astype(int)
        above = np.minimum(below + 1, len(rows) - 1)
        share = place - below
        return ordered[:, below] * (1 - share) + ordered[:, above] * share


class Diversity:
    """Standard deviation of generated rows, as a share of that of the class's rows.

    It is taken over the scalars where there are any: a generator whose category
    probabilities never change still draws different categories.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    layout : RowLayout
        Their layout.
    """

    def __init__(self, rows: Tensor, layout: RowLayout) -> None:
        self.n_compared = layout.n_scalars or layout.width
        self.real = self._variance(rows)

    def __call__(self, rows: Tensor) -> float:
        """Return the share for generated `rows`, (n_rows, width)."""
        # In float64, in which even the squares of a training that explodes are finite.
        fake = self._variance(rows.cpu().double())
        return math.sqrt((fake + FLOOR) / (self.real + FLOOR))

    def _variance(self, rows: Tensor) -> float:
        compared = rows[:, : self.n_compared]
        return float(compared.var(dim=0, unbiased=False).sum())
