"""What each column of a table is: continuous, integer or categorical."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gansampler.tabular.relations import Relation


class Kind(Enum):
    """How a column's values are to be read."""

    CONTINUOUS = "continuous"
    INTEGER = "integer"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class ColumnSchema:
    """What is known of one column from all rows of the table.

    Parameters
    ----------
    name : hashable
        The column's name, or its position in an array.

    kind : Kind
        Continuous, integer (dates and durations are integers, counted in their own
        unit) or categorical.

    dtype : numpy dtype or pandas extension dtype
        What the user keeps the column in.

    discrete : bool
        Whether a numeric column takes so few values that only those are legal.

    decimals : int or None
        The number of decimals to which a continuous column is rounded, ``None``
        where it is not.

    step : int
        The greatest step that divides all differences within the column, of a
        continuous one in units of its last decimal: 5 where one decimal is either 0 or
        5. It is 1 where nothing is known.
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
        What holds between columns in every row.
    """

    columns: tuple[ColumnSchema, ...]
    relations: tuple[Relation, ...] = ()

    @property
    def categorical_features(self) -> np.ndarray:
        """Positions of the categorical columns, an int array."""
        kinds = [column.kind is Kind.CATEGORICAL for column in self.columns]
        return np.flatnonzero(kinds)
