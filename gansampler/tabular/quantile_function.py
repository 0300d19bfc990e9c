"""The distribution of one column's numbers, as a function from ranks to numbers."""

from __future__ import annotations

import numpy as np

GROUP = 5
"""Number of neighbouring numbers that are replaced by their mean. The function then
stores no row's own number, and ranks in between still have the right density."""

MAX_GROUPS = 500
"""Maximum number of stored groups and repeated numbers, for any number of rows."""

WIDE = 8.0
"""A gap is wide if it is this many times the mean of its neighbours."""

EDGE = 1e-6
"""Width in rows of the two ends of a gap, so that each has its own rank."""

DENSE = 0.25
"""If at least this share of the grid is filled, its holes count as chance, such as an
age that no row of the class happens to have."""

NUDGE = 0.05
"""Share of the way by which an isolated number is moved to the nearest number."""

N_NEIGHBORS = 5
"""Number of gaps on either side to compare a gap with."""

HUGE, SHRINK = 1e280, 2.0**-64
"""Size above which sums and slopes could overflow, and the factor that prevents it."""


class QuantileFunction:
    """Map ranks from 0 to 1 to numbers with the distribution of a sample.

    The function is linear between the means of neighbouring numbers, flat where many
    rows share a number, and jumps over wide gaps. A shared number is therefore as
    frequent as in the sample, and the holes of the sample stay empty: between two
    humps, or between a code such as -9999 and the measurements. The function does not
    store the number of any single row.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers, finite, at least one.

    step : float or None, default=None
        The distance between valid numbers, if they lie on a grid. If the sample fills
        much of the grid, the function also returns numbers that the sample happens to
        lack.

    Attributes
    ----------
    ranks, values : ndarray of shape (n_knots,)
        The corners of the function, both ascending. It jumps where a rank repeats.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.tabular.quantile_function import QuantileFunction
    >>> numbers = np.array([1.0, 2.0, 3.0, 4.0, *[90.0] * 2])
    >>> quantiles = QuantileFunction(numbers)
    >>> quantiles.values_at(np.array([0.0, 0.3, 0.6, 0.7, 1.0])).round(1).tolist()
    [1.5, 2.4, 3.3, 90.0, 90.0]
    """

    def __init__(self, values: np.ndarray, step: float | None = None) -> None:
        n_rows = len(values)
        distinct, counts = np.unique(values, return_counts=True)
        ends = np.cumsum(counts)
        starts = ends - counts
        size = max(GROUP, n_rows // MAX_GROUPS)
        heavy = counts >= size
        apart = wide_gaps(distinct)
        dense = _is_dense(distinct, step)
        if not dense:
            apart |= heavy[1:] | heavy[:-1]
        first, last = _runs(apart)
        group_first, group_last = _groups(first, last, size, heavy)
        alone = (first == last) & (counts[first] == 1)
        distinct = _moved(distinct, first[alone])
        low, high = distinct[first], distinct[last]
        if not dense:
            # Move halfway to the next number, because an end belongs to a single row.
            low = low / 2 + distinct[np.minimum(first + 1, last)] / 2
            high = high / 2 + distinct[np.maximum(last - 1, first)] / 2
        sizes = np.add.reduceat(counts, group_first)
        means = _means(distinct, counts, group_first, group_last)
        # Repeated numbers are flat except for half a row on either side.
        inset = np.where(heavy[group_first], (sizes - 1) / 2, 0.0)
        middles = (starts[group_first] + ends[group_last]) / 2
        edges = np.array([[0.0], [EDGE]])
        left, right = starts[first] + edges, ends[last] - edges  # (2, n_runs)
        ranks = [*left, middles - inset, middles + inset, *right]
        corners = [low, low, means, means, high, high]
        # Sort, in case an end was moved past the mean of its group.
        self.ranks = np.sort(np.concatenate(ranks)) / n_rows
        self.values = np.sort(np.concatenate(corners))

    def values_at(self, ranks: np.ndarray) -> np.ndarray:
        """Return the number at each rank, an array of the same shape."""
        # Slopes between numbers near 1e308 overflow.
        scale = SHRINK if np.abs(self.values).max() > HUGE else 1.0
        return np.interp(ranks, self.ranks, self.values * scale) / scale


def wide_gaps(distinct: np.ndarray) -> np.ndarray:
    """Tell which gaps between ascending numbers are much wider than their neighbours.

    Parameters
    ----------
    distinct : ndarray of shape (n,)
        Distinct numbers, ascending.

    Returns
    -------
    wide : ndarray of shape (n - 1,), dtype bool
        Whether no numbers may be generated in the gap.
    """
    if len(distinct) < 3:
        return np.zeros(max(len(distinct) - 1, 0), dtype=bool)
    gaps = np.diff(distinct / np.abs(distinct).max())  # scaled to prevent overflow
    position = np.arange(len(gaps))
    left = np.maximum(position - N_NEIGHBORS, 0)
    right = np.minimum(position + N_NEIGHBORS + 1, len(gaps))
    # A running sum would lose small gaps after one huge gap.
    padded = np.pad(gaps, N_NEIGHBORS)
    sums = np.zeros(len(gaps))
    for start in range(2 * N_NEIGHBORS + 1):
        if start != N_NEIGHBORS:
            sums += padded[start : start + len(gaps)]
    return gaps > WIDE * sums / (right - left - 1)


def _runs(apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last position of each run between cuts."""
    cuts = np.flatnonzero(apart)
    return np.append(0, cuts + 1), np.append(cuts, len(apart))


def _groups(
    first: np.ndarray, last: np.ndarray, size: int, heavy: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cut runs into groups of `size` numbers; each repeated number is its own group."""
    cuts = np.zeros(last[-1] + 2, dtype=bool)
    cuts[first] = True
    cuts[:-1][heavy] = cuts[1:][heavy] = True
    start = np.flatnonzero(cuts[:-1])
    length = np.diff(np.append(start, last[-1] + 1))
    n_groups = np.maximum(length // size, 1)
    piece = np.repeat(np.arange(len(start)), n_groups)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(n_groups) - n_groups, n_groups)
    group = start[piece] + size * within
    return group, np.append(group[1:], last[-1] + 1) - 1


def _means(
    distinct: np.ndarray, counts: np.ndarray, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """Return the mean of each group of numbers."""
    # Apply weights before adding, because a sum of huge numbers overflows.
    shares = counts / np.repeat(np.add.reduceat(counts, first), last - first + 1)
    means = np.add.reduceat(distinct * shares, first)
    return np.clip(means, distinct[first], distinct[last])


def _moved(distinct: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Move isolated numbers of single rows slightly towards the nearest number."""
    if len(distinct) < 2:
        return distinct
    before = np.maximum(alone - 1, 0)
    after = np.minimum(alone + 1, len(distinct) - 1)
    before, after = (
        np.where(at == alone, other, at)
        for at, other in ((before, after), (after, before))
    )
    to_before = distinct[alone] / 2 - distinct[before] / 2
    to_after = distinct[after] / 2 - distinct[alone] / 2
    nearer = np.where(np.abs(to_before) <= np.abs(to_after), before, after)
    moved = distinct.copy()
    moved[alone] = distinct[alone] * (1 - NUDGE) + distinct[nearer] * NUDGE
    return moved


def _is_dense(distinct: np.ndarray, step: float | None) -> bool:
    """Tell whether numbers fill so much of their grid that its holes are chance."""
    if step is None or len(distinct) < 2:
        return False
    with np.errstate(over="ignore"):
        n_legal = (distinct[-1] / step - distinct[0] / step) + 1
    return bool(len(distinct) >= DENSE * n_legal)
