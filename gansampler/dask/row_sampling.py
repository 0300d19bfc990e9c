"""Sample rows independently of how the table is partitioned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.column_values import read_numbers
from gansampler.tabular.schema import Kind, TableSchema


@dataclass(frozen=True)
class RowSample:
    """Rows sampled from one class, at least as many as needed.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, n_features)
        The rows, whose index is their position in the whole table.

    keys : ndarray of shape (n_rows,), dtype float64
        The random key of each row. The rows with the `n` smallest keys are a random
        sample of `n` rows.
    """

    rows: pd.DataFrame
    keys: np.ndarray

    @classmethod
    def join(cls, samples: Sequence[RowSample]) -> RowSample:
        """Join the samples of all partitions, in order."""
        rows = pd.concat([sample.rows for sample in samples])
        return cls(rows, np.concatenate([sample.keys for sample in samples]))

    def smallest(self, n: int) -> pd.DataFrame:
        """Return the `n` rows with the smallest keys, or all, in the table's order."""
        if len(self.rows) <= n:
            return self.rows
        smallest = np.argpartition(self.keys, n - 1)[:n]
        return self.rows.iloc[np.sort(smallest)]


def sample_rows(
    frame: pd.DataFrame,
    y: np.ndarray,
    first: int,
    thresholds: Mapping[Any, float],
    seed: int,
) -> dict[Any, RowSample]:
    """Sample rows of each class from one partition.

    Every row of the table has a random key, which depends only on its position. A row
    is sampled if its key is below the threshold of its class.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The partition.

    y : ndarray of shape (n_rows,)
        The labels of the partition.

    first : int
        The position of its first row in the whole table.

    thresholds : mapping of object to float
        The threshold of each class to sample from; see :func:`key_threshold`.

    seed : int
        Determines the keys.

    Returns
    -------
    samples : dict of object to RowSample
        The sampled rows of each class.
    """
    # The generator can jump to any position of its stream.
    stream = np.random.Generator(np.random.PCG64(seed).advance(first))
    keys = stream.random(len(frame))
    samples = {}
    for label, threshold in thresholds.items():
        own = np.flatnonzero((y == label) & (keys < threshold))
        samples[label] = RowSample(frame.iloc[own].set_axis(first + own), keys[own])
    return samples


def key_threshold(n_wanted: int, n_rows: int) -> float:
    """Return a threshold below which at least `n_wanted` of `n_rows` keys should lie.

    Fewer are as unlikely as a normal number six standard deviations from its mean, and
    do no harm.
    """
    if n_wanted >= n_rows:
        return 1.0
    return min((n_wanted + 6 * sqrt(n_wanted) + 6) / n_rows, 1.0)


def covering_rows(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return a few rows that cover all valid values of a class.

    For each column, these are the first rows with the lowest number, with the highest
    number, with a missing value, and with each category or each of a few distinct
    numbers. The covering rows of the covering rows of all partitions are those of the
    whole table.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Rows of a class.

    schema : TableSchema
        The columns of the whole table.

    Returns
    -------
    covering : DataFrame of shape (n_covering, n_features)
        Some of the rows, in order.
    """
    found: set[int] = set()
    for j, column in enumerate(schema.columns):
        series = frame.iloc[:, j]
        missing = np.flatnonzero(series.isna())
        found.update(missing[:1].tolist())
        if column.kind is Kind.CATEGORICAL or column.discrete:
            found.update(np.flatnonzero(~series.duplicated()).tolist())
        elif len(missing) < len(series):
            present = np.flatnonzero(series.notna())
            values, _ = read_numbers(series)
            found.update(present[[values.argmin(), values.argmax()]].tolist())
    return frame.iloc[sorted(found)]
