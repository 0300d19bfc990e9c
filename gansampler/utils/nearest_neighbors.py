"""Rows that lie closer to one real row than others do: the sign of a copy."""

from __future__ import annotations

import numpy as np

CLOSEST_SHARE = 0.05
"""The share of real rows that count as nearly copies of another real row."""


def distance_ratio(distances: np.ndarray) -> np.ndarray:
    """Divide the distance to the closest real row by that to the second closest.

    Unlike the distance itself it is not small for all rows in the middle of a class,
    where real rows are dense.

    Parameters
    ----------
    distances : ndarray of shape (n_rows, 2)
        The two distances of each row.

    Returns
    -------
    ratios : ndarray of shape (n_rows,)
        From 0, a copy of one real row, to 1; 1 where both distances are 0.
    """
    closest, second = distances.T
    return np.divide(closest, second, out=np.ones_like(closest), where=second > 0)
