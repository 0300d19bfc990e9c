"""Which real rows travel: at most so many, the same however the table is cut."""

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
class Picks:
    """Some rows of one class.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, n_features)
        The rows, whose index is their position in the whole table.

    lots : ndarray of shape (n_rows,), dtype float64
        A random number for each; those with the smallest are a sample.
    """

    rows: pd.DataFrame
    lots: np.ndarray

    @classmethod
    def join(cls, picks: Sequence[Picks]) -> Picks:
        """Put together the picks of all parts, in the parts' order."""
        rows = pd.concat([pick.rows for pick in picks])
        return cls(rows, np.concatenate([pick.lots for pick in picks]))

    def sample(self, n: int) -> pd.DataFrame:
        """Return `n` rows at most, in the table's order."""
        if len(self.rows) <= n:
            return self.rows
        smallest = np.argpartition(self.lots, n - 1)[:n]
        return self.rows.iloc[np.sort(smallest)]


def pick_rows(
    frame: pd.DataFrame,
    y: np.ndarray,
    first: int,
    limits: Mapping[Any, float],
    seed: int,
) -> dict[Any, Picks]:
    """Pick rows of each class from one part of a table.

    Every row of the table draws a lot by its position in it, and is picked if that is
    below the limit of its class. So the picks do not depend on how the table is cut.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The part.

    y : ndarray of shape (n_rows,)
        Its labels.

    first : int
        The position of its first row in the whole table.

    limits : mapping of object to float
        The limit of each class from which rows are to be picked; see
        :func:`lot_limit`.

    seed : int
        Decides the lots.

    Returns
    -------
    picks : dict of object to Picks
        The rows of each class.
    """
    # The generator can be moved to any position of its one stream.
    stream = np.random.Generator(np.random.PCG64(seed).advance(first))
    lots = stream.random(len(frame))
    picks = {}
    for label, limit in limits.items():
        own = np.flatnonzero((y == label) & (lots < limit))
        picks[label] = Picks(frame.iloc[own].set_axis(first + own), lots[own])
    return picks


def lot_limit(n_wanted: int, n_rows: int) -> float:
    """Return the limit below which there are `n_wanted` of `n_rows` lots, or a few more.

    Fewer are as unlikely as a normal number six deviations out, and no harm.
    """
    if n_wanted >= n_rows:
        return 1.0
    return min((n_wanted + 6 * sqrt(n_wanted) + 6) / n_rows, 1.0)


def witness_rows(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return the few rows that show all that is legal in a class.

    These are, for each column, the first row with the lowest and the first with the
    highest number, the first in which it is missing, and the first with each category
    or, where a column takes few numbers, each of these. The witnesses of the witnesses
    of parts are those of the whole.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Rows of a class.

    schema : TableSchema
        The columns of the whole table.

    Returns
    -------
    witnesses : DataFrame of shape (n_witnesses, n_features)
        Some of the rows, in their order.
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
