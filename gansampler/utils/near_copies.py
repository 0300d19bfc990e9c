"""Rows that lie closer to one real row than real rows do: copies, or nearly so."""

from __future__ import annotations

import numpy as np

CLOSEST_SHARE = 0.05
"""The share of real rows that count as nearly copies of another real row."""


def copy_shares(distances: np.ndarray, of_real: np.ndarray) -> tuple[float, float]:
    """Compute how many rows are copies of a real row, and how many nearly are.

    A near copy is so much closer to one real row than to the next one as only a
    twentieth of real rows are. Unlike the distance itself, the ratio of the two is not
    small for all rows in the middle of a class, where real rows are dense.

    Parameters
    ----------
    distances : ndarray of shape (n_rows, 2)
        The distances from each row to the closest real row and to the second closest.

    of_real : ndarray of shape (n_real, 2)
        The same of real rows, each to the other ones.

    Returns
    -------
    exact, near : float
        The shares of rows that are copies, and of those that are copies or nearly so.
    """
    limit = np.quantile(_ratios(of_real), CLOSEST_SHARE)
    exact, near = distances[:, 0] == 0, _ratios(distances) <= limit
    return float(exact.mean()), float(near.mean())


def _ratios(distances: np.ndarray) -> np.ndarray:
    """Divide the first distance by the second; 1 where both are 0."""
    closest, second = distances.T
    return np.divide(closest, second, out=np.ones_like(closest), where=second > 0)
