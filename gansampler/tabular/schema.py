"""The schema of a table: whether each column is continuous, integer or categorical."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.relations import Relation

MAX_SHOWN = 50
"""Maximum number of columns in the repr of a schema."""


class Kind(Enum):
    """The kind of a column, which decides how its values are read."""

    CONTINUOUS = "continuous"
    INTEGER = "integer"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class ColumnSchema:
    """What is known about one column from all rows of the table.

    Parameters
    ----------
    name : hashable
        The column's name, or its position in an array.

    kind : Kind
        Continuous, integer or categorical. Dates and durations are integers, counted in
        their own unit.

    dtype : numpy dtype or pandas extension dtype
        The user's dtype of the column.

    discrete : bool
        Whether a numeric column has so few values that only those are valid.

    decimals : int or None
        The number of decimals to which a continuous column is rounded, ``None`` if it
        is not rounded.

    step : int
        The largest step that divides all differences within the column. For a
        continuous column it counts units of the last decimal: 5 if the only decimal is
        either 0 or 5. It is 1 if nothing is known.
    """

    name: Hashable
    kind: Kind
    dtype: Any
    discrete: bool = False
    decimals: int | None = None
    step: int = 1

    def __repr__(self) -> str:
        parts = [repr(self.name), self.kind.value, str(self.dtype)]
        if isinstance(self.dtype, pd.CategoricalDtype):
            parts[-1] = "category"
        if self.discrete:
            parts.append("few values")
        if self.decimals is not None:
            parts.append(f"decimals={self.decimals}")
        if self.step != 1:
            parts.append(f"step={self.step}")
        return f"ColumnSchema({', '.join(parts)})"


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table.

    Parameters
    ----------
    columns : tuple of ColumnSchema
        One entry for each column, in the table's order.

    relations : tuple of Relation, default=()
        The relations between columns that hold in every row.
    """

    columns: tuple[ColumnSchema, ...]
    relations: tuple[Relation, ...] = ()

    def __repr__(self) -> str:
        lines = [f"  {column!r}" for column in self.columns[:MAX_SHOWN]]
        n_more = len(self.columns) - MAX_SHOWN
        if n_more > 0:
            lines.append(f"  ... and {n_more:,} more columns")
        lines += [f"  {relation}" for relation in self.relations]
        return "\n".join([f"TableSchema of {len(self.columns)} columns:", *lines])

    @property
    def categorical_features(self) -> np.ndarray:
        """Positions of the categorical columns, as an int array."""
        kinds = [column.kind is Kind.CATEGORICAL for column in self.columns]
        return np.flatnonzero(kinds)
