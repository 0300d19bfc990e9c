"""Monitor a training by the distance and the diversity of generated rows."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from gansampler.tabular.encoder import RowLayout

N_CHECK_ROWS = 512
"""Most real rows, and most generated rows, to compare."""

N_PROJECTIONS = 64
"""Number of directions along which to compare them."""

FLOOR = 0.01
"""Added to both variances before comparing them: if real rows hardly differ, generated
rows need not differ either."""


class SlicedDistance:
    """Sliced Wasserstein distance between generated rows and the rows of the class.

    It is cheap, works with a handful of rows, and is sensitive to the joint
    distribution, because most of its directions mix columns.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    rng : torch.Generator
        Source of the directions and, if there are many rows, of the rows to compare.

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
        # NumPy sorts tens of times faster than torch on a CPU.
        projected = (rows @ self.directions).T.cpu().numpy()
        ordered = np.sort(projected, axis=1)  # (n_projections, n_rows)
        place = self.levels * (len(rows) - 1)
        below = place.astype(int)
        above = np.minimum(below + 1, len(rows) - 1)
        share = place - below
        return ordered[:, below] * (1 - share) + ordered[:, above] * share


class Diversity:
    """Standard deviation of generated rows relative to that of the class's rows.

    It is computed over the scalars if there are any, because a generator with constant
    category probabilities still draws different categories.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    layout : RowLayout
        The layout of the rows.
    """

    def __init__(self, rows: Tensor, layout: RowLayout) -> None:
        self.n_compared = layout.n_scalars or layout.width
        self.real = self._variance(rows)

    def __call__(self, rows: Tensor) -> float:
        """Return the ratio for generated `rows`, (n_rows, width)."""
        # In float64, so that squares stay finite even if training explodes.
        fake = self._variance(rows.cpu().double())
        return math.sqrt((fake + FLOOR) / (self.real + FLOOR))

    def _variance(self, rows: Tensor) -> float:
        compared = rows[:, : self.n_compared]
        return float(compared.var(dim=0, unbiased=False).sum())
