"""Draw a bounded number of rows, of a table or class by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def random_rows(
    frame: pd.DataFrame, n_max: int, random_state: np.random.RandomState
) -> pd.DataFrame:
    """Draw `n_max` rows where there are more, in the order of the table."""
    if len(frame) <= n_max:
        return frame
    return frame.iloc[np.sort(random_state.permutation(len(frame))[:n_max])]


def balanced_rows(
    y: np.ndarray, n_max: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw equally many rows of each class, with weights that undo it.

    A class with fewer rows than its share is drawn whole, and the others share what it
    leaves.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The labels.

    n_max : int
        How many rows at most, but two of each class at least.

    rng : numpy.random.Generator
        Decides which.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int
        Their positions, ascending.

    weights : ndarray of shape (n_rows,)
        How many rows of `y` each of them stands for.
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
    """Draw a stratified sample: of each class the share that it has in `y`.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The labels.

    n_max : int
        About how many rows at most, but two of each class at least.

    rng : numpy.random.Generator
        Decides which.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype int
        Their positions: all in order where there are no more than `n_max`, else class
        by class.
    """
    if len(y) <= n_max:
        return np.arange(len(y))
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    sizes = stratified_sizes(dict(enumerate(counts.tolist())), n_max)
    return _draw_of_each(codes, np.array(list(sizes.values())), rng)


def stratified_sizes(counts: Mapping[Any, int], n_max: int) -> dict[Any, int]:
    """Return the rows of each class in a stratified sample of about `n_max` rows.

    Parameters
    ----------
    counts : mapping of object to int
        The rows that each class has.

    n_max : int
        About how many rows at most, but two of each class that has them.

    Returns
    -------
    sizes : dict of object to int
        The rows to draw of each class.
    """
    total = sum(counts.values())
    return {
        label: min(n, max(2, round(n_max * n / total))) for label, n in counts.items()
    }


def _draw_of_each(
    codes: np.ndarray, sizes: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw `sizes[k]` positions at which `codes` is k, of each k."""
    draws = [
        rng.choice(np.flatnonzero(codes == k), size=size, replace=False)
        for k, size in enumerate(sizes)
    ]
    return np.concatenate(draws)
