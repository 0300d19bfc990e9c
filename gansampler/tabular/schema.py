"""The schema of a table: whether each column is continuous, integer or categorical."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gansampler.tabular.relations import Relation


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

    @property
    def categorical_features(self) -> np.ndarray:
        """Positions of the categorical columns, as an int array."""
        kinds = [column.kind is Kind.CATEGORICAL for column in self.columns]
        return np.flatnonzero(kinds)
