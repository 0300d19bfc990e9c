"""What some rows say of a column of numbers: its step, its decimals, its few values."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from gansampler.tabular.schema import ColumnSchema, Kind

MAX_DISCRETE_VALUES = 20
"""A numeric column with at most as many distinct values only ever takes those."""

MAX_DECIMALS = 6
"""Rounding is looked for up to as many decimals."""

N_FIRST = 1000
"""Numbers that are looked at first, because in most columns they settle it: too many
are distinct, or no number of decimals is enough."""

NOT_ROUNDED = MAX_DECIMALS + 1
"""What stands for more decimals than are looked for."""


@dataclass(frozen=True)
class NumberFacts:
    """What some rows say of a column of numbers.

    Parameters
    ----------
    n_present : int
        How many of the numbers are not missing.

    distinct : tuple of int or float
        The distinct numbers; some of them, one more than ``MAX_DISCRETE_VALUES``, where
        there are more.

    whole : bool
        Whether they are integers, dates or durations.

    step : int
        The greatest step that divides all differences of whole numbers; 0 where there
        are none.

    decimals : int
        The fewest decimals to which numbers that are not whole can be rounded without
        loss, ``NOT_ROUNDED`` where there are too many.

    single_decimals : int or None
        The same for float32, None where the numbers are none.
    """

    n_present: int
    distinct: tuple[float, ...]
    whole: bool
    step: int
    decimals: int
    single_decimals: int | None

    @classmethod
    def of(cls, values: np.ndarray) -> NumberFacts:
        """Read them off the numbers that are not missing, (n_present,)."""
        distinct = _distinct_numbers(values)
        whole = values.dtype.kind != "f"
        decimals, single_decimals = _find_decimals(values.astype(np.float64))
        return cls(
            n_present=len(values),
            distinct=tuple(distinct.tolist()),
            whole=whole,
            step=_find_step(values) if whole else 0,
            decimals=decimals,
            single_decimals=single_decimals,
        )

    def merge(self, other: NumberFacts) -> NumberFacts:
        """Return what both sets of rows say together."""
        if not self.n_present or not other.n_present:
            return self if self.n_present else other
        distinct = sorted({*self.distinct, *other.distinct})
        single = self.single_decimals, other.single_decimals
        whole = self.whole and other.whole
        between = int(abs(self.distinct[0] - other.distinct[0])) if whole else 0
        return NumberFacts(
            n_present=self.n_present + other.n_present,
            distinct=tuple(distinct[: MAX_DISCRETE_VALUES + 1]),
            whole=whole,
            step=gcd(self.step, other.step, between),
            decimals=max(self.decimals, other.decimals),
            single_decimals=None if None in single else max(single),  # type: ignore[type-var]
        )

    def schema(self, name: Hashable, dtype: Any) -> ColumnSchema:
        """Return the schema of the column, if these are all of its rows."""
        n_distinct = len(self.distinct)
        few = n_distinct <= MAX_DISCRETE_VALUES
        discrete = few and 2 * n_distinct <= self.n_present
        if self.whole:
            step = self.step if n_distinct > 2 else 1  # 1 where unknown
            return ColumnSchema(name, Kind.INTEGER, dtype, discrete, step=step)
        single = self.single_decimals
        decimals = self.decimals if single is None else single
        is_rounded = self.n_present and decimals != NOT_ROUNDED
        return ColumnSchema(
            name, Kind.CONTINUOUS, dtype, discrete, decimals if is_rounded else None
        )


def _find_decimals(values: np.ndarray) -> tuple[int, int | None]:
    """Find the fewest decimals that lose nothing as float64s, and as float32s.

    The latter is None where the values are none: a float32 with one decimal has many
    more when it is seen as a float64.
    """
    if len(values) and np.max(np.abs(values)) > 1e9:
        return NOT_ROUNDED, NOT_ROUNDED
    decimals = _fewest_decimals(values, np.float64)
    if not np.array_equal(values.astype(np.float32), values):
        return decimals, None
    return decimals, _fewest_decimals(values, np.float32)


def _fewest_decimals(values: np.ndarray, precision: type[np.floating]) -> int:
    for decimals in range(NOT_ROUNDED):
        if all(
            np.array_equal(np.round(part, decimals).astype(precision), part)
            for part in (values[:N_FIRST], values)
        ):
            return decimals
    return NOT_ROUNDED


def _distinct_numbers(values: np.ndarray) -> np.ndarray:
    """Return the distinct numbers, or one more of them than is few."""
    distinct = np.unique(values[:N_FIRST])
    if len(distinct) <= MAX_DISCRETE_VALUES:
        distinct = np.unique(values)
    return distinct[: MAX_DISCRETE_VALUES + 1]


def _find_step(values: np.ndarray) -> int:
    """Find the step of an integer grid: 100 for 300, 500, 1200."""
    step = 0
    for part in (values[:N_FIRST], values):
        first, numbers = part[:1].astype(np.uint64), part.astype(np.uint64)
        # Differences in int64 can need all of uint64, where subtraction wraps right.
        apart = np.where(part >= part[:1], numbers - first, first - numbers)
        step = int(np.gcd.reduce(apart, initial=0))
        if step == 1:  # and no further number can change that
            break
    return step
