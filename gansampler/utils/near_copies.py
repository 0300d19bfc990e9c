"""Generated rows that are copies, or near copies, of real rows."""

from __future__ import annotations

import numpy as np

CLOSEST_SHARE = 0.05
"""The share of real rows that count as near copies of another real row."""


def copy_shares(distances: np.ndarray, of_real: np.ndarray) -> tuple[float, float]:
    """Compute the shares of rows that are copies and near copies of a real row.

    A near copy lies so much closer to one real row than to the second closest that only
    a twentieth of the real rows reach the same ratio. Unlike the distance itself, the
    ratio is not small for every row in the middle of a class, where real rows are
    dense.

    Parameters
    ----------
    distances : ndarray of shape (n_rows, 2)
        The distances from each row to the closest and to the second closest real row.

    of_real : ndarray of shape (n_real, 2)
        The same distances from each real row to the other real rows.

    Returns
    -------
    exact, near : float
        The share of rows that are exact copies, and the share that are exact or near
        copies.
    """
    limit = np.quantile(_ratios(of_real), CLOSEST_SHARE)
    exact, near = distances[:, 0] == 0, _ratios(distances) <= limit
    return float(exact.mean()), float(near.mean())


def _ratios(distances: np.ndarray) -> np.ndarray:
    """Divide the first distance by the second; 1 if both are 0."""
    closest, second = distances.T
    return np.divide(closest, second, out=np.ones_like(closest), where=second > 0)
