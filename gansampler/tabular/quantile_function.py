"""The distribution of one column's numbers, as a function from ranks to numbers."""

from __future__ import annotations

import numpy as np

GROUP = 5
"""Neighbouring numbers that are kept as one, their mean. Hardly a row's own number is
then kept, and ranks between them still give numbers of the right density."""

MAX_GROUPS = 500
"""Groups, and repeated numbers, that are kept at most, however many rows there are."""

WIDE = 8.0
"""A gap is wide where it is as many times the mean of its neighbours."""

EDGE = 1e-6
"""Rows that the ends on both sides of a gap take up, so that each has a rank of its
own, not that of the other one."""

N_NEIGHBORS = 5
"""Gaps on either side that a gap is held against."""

HUGE, SHRINK = 1e280, 2.0**-64
"""Numbers from which on sums and slopes could overflow, and what prevents it."""


class QuantileFunction:
    """Turn ranks, from 0 to 1, into numbers as some sample shows them, and back.

    It is linear between the means of neighbouring numbers, flat where a number is
    repeated, and jumps over wide gaps. So a number that is repeated comes up as often
    as in the sample, and nothing lies where the sample has a hole: between two humps,
    or between a code such as -9999 and what is measured.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers, finite, one at least.

    Attributes
    ----------
    ranks, values : ndarray of shape (n_knots,)
        The function's corners, both ascending; where a rank stands twice it jumps.

    n : int
        The size of the sample.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.tabular.quantile_function import QuantileFunction
    >>> numbers = np.array([1.0, 2.0, 3.0, 4.0, 90.0, 90.0])
    >>> quantiles = QuantileFunction(numbers)
    >>> quantiles.values_at(np.array([0.0, 0.3, 0.6, 0.7, 1.0])).round(1).tolist()
    [1.0, 2.4, 3.8, 90.0, 90.0]
    >>> quantiles.ranks_of(np.array([2.5, 90.0])).round(2).tolist()
    [0.33, 0.83]
    """

    def __init__(self, values: np.ndarray) -> None:
        self.n = len(values)
        distinct, counts = np.unique(values, return_counts=True)
        ends = np.cumsum(counts)
        starts = ends - counts
        size = max(GROUP, self.n // MAX_GROUPS)
        repeated = counts >= max(2, self.n // MAX_GROUPS)
        apart = wide_gaps(distinct) | repeated[1:] | repeated[:-1]
        first, last = _runs(apart)
        group_first, group_last = _groups(first, last, size)
        sizes = np.add.reduceat(counts, group_first)
        shares = counts / np.repeat(sizes, group_last - group_first + 1)
        # Weighed before they are added, because a sum of huge numbers overflows.
        means = np.add.reduceat(distinct * shares, group_first)
        means = np.clip(means, distinct[group_first], distinct[group_last])
        middles = (starts[group_first] + ends[group_last]) / 2
        edges = np.array([[0.0], [EDGE]])
        left, right = starts[first] + edges, ends[last] - edges  # (2, n_runs)
        ranks = np.concatenate([*left, middles, *right]) / self.n
        low, high = distinct[first], distinct[last]
        corners = np.concatenate([low, low, means, high, high])
        order = np.lexsort((corners, ranks))
        self.ranks, self.values = ranks[order], corners[order]

    def values_at(self, ranks: np.ndarray) -> np.ndarray:
        """Return the number at each rank, an array of the same shape."""
        # Slopes between numbers near 1e308 overflow.
        scale = SHRINK if np.abs(self.values).max() > HUGE else 1.0
        return np.interp(ranks, self.ranks, self.values * scale) / scale

    def ranks_of(self, numbers: np.ndarray) -> np.ndarray:
        """Return the rank of each number, the middle one where it is repeated."""
        return ranks_between(numbers, self.values, self.ranks)


def ranks_between(
    numbers: np.ndarray, corners: np.ndarray, ranks: np.ndarray
) -> np.ndarray:
    """Return where numbers rank among others whose ranks are known.

    Parameters
    ----------
    numbers : ndarray of shape (n,)
        The numbers.

    corners, ranks : ndarray of shape (n_knots,)
        Numbers and their ranks, both ascending. One that stands several times has the
        middle of its ranks.

    Returns
    -------
    ranks : ndarray of shape (n,)
        Ranks, linear between the corners.
    """
    distinct, first = np.unique(corners, return_index=True)
    low, high = ranks[first], ranks[np.append(first[1:], len(corners)) - 1]
    middle = (low + high) / 2
    # Scaled, because distances between huge numbers overflow.
    scale = np.abs(distinct).max() or 1.0
    numbers = np.clip(numbers, distinct[0], distinct[-1]) / scale
    distinct = distinct / scale
    left = np.searchsorted(distinct, numbers, side="right") - 1
    right = np.minimum(left + 1, len(distinct) - 1)
    gap = distinct[right] - distinct[left]
    share = np.divide(
        numbers - distinct[left], gap, out=np.zeros(len(numbers)), where=gap > 0
    )
    between = high[left] + share * (low[right] - high[left])
    nearer = np.where(share < 0.5, middle[left], middle[right])
    # Within a jump there are no ranks: the nearer end counts.
    found = np.where(low[right] > high[left], between, nearer)
    return np.where(share == 0, middle[left], found)


def wide_gaps(distinct: np.ndarray) -> np.ndarray:
    """Tell which gaps between ascending numbers are wide beside their neighbours.

    Parameters
    ----------
    distinct : ndarray of shape (n,)
        Distinct numbers, ascending.

    Returns
    -------
    wide : ndarray of shape (n - 1,), dtype bool
        Whether nothing may be made up between two of them.
    """
    if len(distinct) < 3:
        return np.zeros(max(len(distinct) - 1, 0), dtype=bool)
    gaps = np.diff(distinct / np.abs(distinct).max())  # scaled, lest they overflow
    position = np.arange(len(gaps))
    left = np.maximum(position - N_NEIGHBORS, 0)
    right = np.minimum(position + N_NEIGHBORS + 1, len(gaps))
    # Of a running sum one huge gap would leave nothing of the small ones.
    sums = np.zeros(len(gaps))
    for shift in range(-N_NEIGHBORS, N_NEIGHBORS + 1):
        beside = position + shift
        inside = (beside >= 0) & (beside < len(gaps)) & (shift != 0)
        sums[inside] += gaps[beside[inside]]
    return gaps > WIDE * sums / (right - left - 1)


def _runs(apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last position of each run between cuts."""
    cuts = np.flatnonzero(apart)
    return np.append(0, cuts + 1), np.append(cuts, len(apart))


def _groups(
    first: np.ndarray, last: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut runs into groups of `size`, the last of each run up to twice as long."""
    n_groups = np.maximum((last - first + 1) // size, 1)
    run = np.repeat(np.arange(len(first)), n_groups)
    within = np.arange(len(run)) - np.repeat(np.cumsum(n_groups) - n_groups, n_groups)
    start = first[run] + size * within
    end = np.append(start[1:], last[-1] + 1) - 1
    return start, end
