"""The smoothed bootstrap: what stands in where a class is too small for a GAN."""

from __future__ import annotations

import numpy as np

from gansampler.tabular.encoder import RowLayout

SHRINKAGE = 0.3
"""Share of the bandwidth that is optimal for a normal density."""


class SmoothedBootstrap:
    """Draw real rows and blur their scalars with normal noise.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class.

    layout : RowLayout
        Their layout; blocks are copied as they are.

    References
    ----------
    .. [1] G. Menardi, N. Torelli, "Training and assessing classification rules with
       imbalanced data", 2014.
    """

    def __init__(self, rows: np.ndarray, layout: RowLayout) -> None:
        self.rows = rows
        n_rows, n_scalars = len(rows), layout.n_scalars
        bandwidth = (4 / ((n_scalars + 2) * n_rows)) ** (1 / (n_scalars + 4))
        spread = rows[:, :n_scalars].std(axis=0)  # (n_scalars,)
        self.noise = (SHRINKAGE * bandwidth * spread).astype(np.float32)

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Draw encoded rows.

        Parameters
        ----------
        n : int
            How many rows.

        seed : int
            Decides which.

        Returns
        -------
        rows : ndarray of shape (n, width), dtype float32
            Encoded rows.
        """
        rng = np.random.default_rng(seed)
        drawn = self.rows[rng.integers(len(self.rows), size=n)]
        blur = rng.standard_normal((n, len(self.noise)), dtype=np.float32)
        drawn[:, : len(self.noise)] += blur * self.noise
        return drawn
