"""Multivariate-Gaussian SMOTE, written after its paper, for no package here has it.

References
----------
.. [1] A. Sakho, E. Malherbe, E. Scornet, "Do we need rebalancing strategies? A
   theoretical and empirical study around SMOTE and its variants", 2024.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors
from wrappers import ClassByClass, OnCodes, Strategy


def mgs(
    X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> OnCodes:
    """Draw rows from Gaussians, each fitted to a row and its nearest neighbours."""
    return OnCodes(ClassByClass(partial(mgs_rows, seed), strategy))


def mgs_rows(
    seed: int, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Draw `n` rows, each near another row of the class that is drawn at random."""
    rows = X[y == label].to_numpy(float)
    # With the row itself two more points than columns, as its authors have it: a
    # covariance of fewer has no full rank.
    n_points = min(X.shape[1] + 2, len(rows))
    search = NearestNeighbors(n_neighbors=n_points).fit(rows)
    near = search.kneighbors(rows, return_distance=False)
    rng = np.random.default_rng(seed)
    made = [
        draw_like(rows[near[centre]], rng) for centre in rng.integers(len(rows), size=n)
    ]
    return pd.DataFrame(made, columns=X.columns)


def draw_like(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw from the Gaussian with the mean and the covariance of some points.

    A sum of the deviations with normal weights has this covariance, and the covariance
    need be neither computed nor factored.
    """
    mean = points.mean(axis=0)
    weights = rng.standard_normal(len(points)) / np.sqrt(len(points))
    return mean + weights @ (points - mean)
