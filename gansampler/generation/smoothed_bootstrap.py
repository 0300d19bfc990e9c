"""The smoothed bootstrap: the fallback for classes too small for a generator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gansampler.gan.history import History
from gansampler.gan.protocol import ClassContext
from gansampler.tabular.encoder import TableEncoder

SHRINKAGE = 0.3
"""Factor on the bandwidth that is optimal for a normal density."""


class SmoothedBootstrap:
    """Draw real rows and add normal noise to their numbers, but keep categories.

    Parameters
    ----------
    history : History
        The history of a failed training, empty if there was none.

    References
    ----------
    .. [1] G. Menardi, N. Torelli, "Training and assessing classification rules with
       imbalanced data", 2014.
    """

    is_private = False
    uses_other_classes = False

    def __init__(self, history: History) -> None:
        self.history_ = history

    def fit_class(self, rows: pd.DataFrame, context: ClassContext) -> SmoothedBootstrap:
        """Keep the rows of the class, at least one, and compute the noise."""
        known = rows if context.all_rows is None else context.all_rows
        self.encoder_ = TableEncoder(context.schema).fit(known)
        return self.fit_encoded(
            self.encoder_.transform(rows), self.encoder_.layout_.n_scalars
        )

    def fit_encoded(self, rows: np.ndarray, n_scalars: int) -> SmoothedBootstrap:
        """Keep encoded rows, (n_rows, width), whose first `n_scalars` are numbers."""
        self.rows_ = rows
        bandwidth = (4 / ((n_scalars + 2) * len(rows))) ** (1 / (n_scalars + 4))
        spread = rows[:, :n_scalars].std(axis=0)  # (n_scalars,)
        self.noise_ = (SHRINKAGE * bandwidth * spread).astype(np.float32)
        return self

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once."""
        rng = np.random.default_rng(seed)
        return self.encoder_.inverse_transform(self.draw_encoded(n, seed), rng)

    def draw_encoded(self, n: int, seed: int) -> np.ndarray:
        """Return `n` new encoded rows, (n, width)."""
        rng = np.random.default_rng(seed)
        drawn = self.rows_[rng.integers(len(self.rows_), size=n)]
        blur = rng.standard_normal((n, len(self.noise_)), dtype=np.float32)
        drawn[:, : len(self.noise_)] += blur * self.noise_
        return drawn

    def __repr__(self) -> str:
        n_rows = len(self.rows_) if hasattr(self, "rows_") else 0
        return f"SmoothedBootstrap(n_rows={n_rows})"
