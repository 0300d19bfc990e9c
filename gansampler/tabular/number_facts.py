"""What some rows say of a column of numbers: its step, its decimals, its few values."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from math import gcd
from typing import Any

import numpy as np

from gansampler.tabular.schema import ColumnSchema, Kind

MAX_DISCRETE_VALUES = 20
"""A numeric column with at most as many distinct values only ever takes those."""

MAX_DECIMALS = 10
"""Rounding is looked for up to as many decimals."""

MAX_UNITS, MAX_SINGLE_UNITS = 2.0**52, 2.0**23
"""Units that float64 and float32 count without loss, such as those of a column's last
decimal: beyond they can't tell whether a number is rounded to it."""

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
        The greatest step that divides all differences, of numbers that are not whole
        in units of their last decimal; 0 where there are none.

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
        decimals, single = _find_decimals(values.astype(np.float64))
        facts = cls(
            n_present=len(values),
            distinct=tuple(distinct.tolist()),
            whole=whole,
            step=0,
            decimals=decimals,
            single_decimals=single,
        )
        units = values if whole else _units(values, facts.places)
        return replace(facts, step=_find_step(units))

    @property
    def places(self) -> int:
        """The fewest decimals that lose nothing in the precision of the numbers."""
        return self.decimals if self.single_decimals is None else self.single_decimals

    def merge(self, other: NumberFacts) -> NumberFacts:
        """Return what both sets of rows say together."""
        if not self.n_present or not other.n_present:
            return self if self.n_present else other
        distinct = sorted({*self.distinct, *other.distinct})
        single = self.single_decimals, other.single_decimals
        merged = NumberFacts(
            n_present=self.n_present + other.n_present,
            distinct=tuple(distinct[: MAX_DISCRETE_VALUES + 1]),
            whole=self.whole and other.whole,
            step=0,
            decimals=max(self.decimals, other.decimals),
            single_decimals=None if None in single else max(single),  # type: ignore[type-var]
        )
        return replace(merged, step=_merge_steps(self, other, merged))

    def schema(self, name: Hashable, dtype: Any) -> ColumnSchema:
        """Return the schema of the column, if these are all of its rows."""
        n_distinct = len(self.distinct)
        few = n_distinct <= MAX_DISCRETE_VALUES
        discrete = few and 2 * n_distinct <= self.n_present
        step = self.step if n_distinct > 2 else 1  # 1 where unknown
        if self.whole:
            return ColumnSchema(name, Kind.INTEGER, dtype, discrete, step=step)
        if not self.n_present or self.places == NOT_ROUNDED:
            return ColumnSchema(name, Kind.CONTINUOUS, dtype, discrete)
        return ColumnSchema(
            name, Kind.CONTINUOUS, dtype, discrete, self.places, max(step, 1)
        )


def _merge_steps(one: NumberFacts, other: NumberFacts, merged: NumberFacts) -> int:
    """Return the greatest step that divides the differences in and between two sets."""
    first, second = one.distinct[0], other.distinct[0]
    if merged.whole:
        return gcd(one.step, other.step, int(abs(first - second)))
    if merged.places == NOT_ROUNDED:
        return 0
    steps = [
        part.step * 10 ** (merged.places - (0 if part.whole else part.places))
        for part in (one, other)
    ]
    ends = _units(np.array([first, second], dtype=np.float64), merged.places)
    return gcd(*steps, *(int(abs(end - ends[0])) for end in ends))


def _units(values: np.ndarray, decimals: int) -> np.ndarray:
    """Count numbers in units of their last decimal, those that floats can tell."""
    if decimals == NOT_ROUNDED:
        return np.empty(0, dtype=np.int64)
    with np.errstate(over="ignore"):
        units = values.astype(np.float64) * 10.0**decimals
    return np.rint(units[np.abs(units) < MAX_UNITS]).astype(np.int64)


def _find_decimals(values: np.ndarray) -> tuple[int, int | None]:
    """Find the fewest decimals that lose nothing as float64s, and as float32s.

    The latter is None where the values are none: a float32 with one decimal has many
    more when it is seen as a float64.
    """
    decimals = _fewest_decimals(values, np.float64, MAX_UNITS)
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.array_equal(single, values):
        return decimals, None
    return decimals, _fewest_decimals(values, np.float32, MAX_SINGLE_UNITS)


def _fewest_decimals(
    values: np.ndarray, precision: type[np.floating], digits: float
) -> int:
    parts = values[:N_FIRST], values
    for decimals in range(NOT_ROUNDED):
        if all(_is_rounded(part, decimals, precision, digits) for part in parts):
            return decimals
    return NOT_ROUNDED


def _is_rounded(
    values: np.ndarray, decimals: int, precision: type[np.floating], digits: float
) -> bool:
    """Tell whether no number has more decimals, as far as floats of a precision tell.

    Few numbers may be too large for that, such as one of billions among amounts in
    cents; where most are, nothing is known but that numbers are whole.
    """
    if not decimals:
        return np.array_equal(np.rint(values), values)
    told = np.abs(values) < digits / 10.0**decimals
    numbers = values[told]
    is_rounded = np.array_equal(np.round(numbers, decimals).astype(precision), numbers)
    return is_rounded and 2 * len(numbers) > len(values)


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
