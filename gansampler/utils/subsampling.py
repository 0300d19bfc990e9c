"""Draw a bounded number of rows from a table, optionally class by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def random_rows(
    frame: pd.DataFrame, n_max: int, random_state: np.random.RandomState
) -> pd.DataFrame:
    """Draw at most `n_max` rows, in the order of the table."""
    if len(frame) <= n_max:
        return frame
    return frame.iloc[np.sort(random_state.permutation(len(frame))[:n_max])]


def balanced_rows(
    y: np.ndarray, n_max: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw an equal number of rows per class, with weights that restore proportions.

    A class with fewer rows than its share is drawn completely, and the other classes
    share the remainder.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The labels.

    n_max : int
        Maximum number of rows, but at least two per class.

    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int
        Positions of the drawn rows, in ascending order.

    weights : ndarray of shape (n_rows,)
        The number of rows of `y` that each drawn row represents.
    """
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    sizes = np.zeros_like(counts)
    left = n_max
    for done, code in enumerate(np.argsort(counts, kind="stable")):
        share = max(left // (len(counts) - done), 2)
        sizes[code] = min(counts[code], share)
        left -= sizes[code]
    rows = np.sort(_draw_of_each(codes, sizes, rng))
    return rows, (counts / sizes)[codes[rows]]


def stratified_rows(y: np.ndarray, n_max: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a stratified sample with the class proportions of `y`.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The labels.

    n_max : int
        Approximate maximum number of rows, but at least two per class.

    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int
        Positions of the drawn rows: all in order if there are at most `n_max`, else
        class by class.
    """
    if len(y) <= n_max:
        return np.arange(len(y))
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    sizes = stratified_sizes(dict(enumerate(counts.tolist())), n_max)
    return _draw_of_each(codes, np.array(list(sizes.values())), rng)


def stratified_sizes(counts: Mapping[Any, int], n_max: int) -> dict[Any, int]:
    """Return the rows per class of a stratified sample of about `n_max` rows.

    Parameters
    ----------
    counts : mapping of object to int
        The number of rows of each class.

    n_max : int
        Approximate maximum number of rows, but at least two per class if it has them.

    Returns
    -------
    sizes : dict of object to int
        The number of rows to draw from each class.
    """
    total = sum(counts.values())
    return {
        label: min(n, max(2, round(n_max * n / total))) for label, n in counts.items()
    }


def _draw_of_each(
    codes: np.ndarray, sizes: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """For each k, draw `sizes[k]` of the positions where `codes` is k."""
    draws = [
        rng.choice(np.flatnonzero(codes == k), size=size, replace=False)
        for k, size in enumerate(sizes)
    ]
    return np.concatenate(draws)
