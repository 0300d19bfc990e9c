"""Facts about a numeric column in some rows: its step, decimals and few values."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from math import gcd
from typing import Any

import numpy as np

from gansampler.tabular.schema import ColumnSchema, Kind

MAX_DISCRETE_VALUES = 20
"""A numeric column with at most this many distinct values only takes those values."""

MAX_DECIMALS = 10
"""Largest number of decimals to check for rounding."""

MAX_UNITS, MAX_SINGLE_UNITS = 2.0**52, 2.0**23
"""Largest counts of units, such as a column's last decimal, that float64 and float32
represent exactly. Beyond them, floats can't tell whether a number is rounded."""

N_FIRST = 1000
"""Numbers to examine first. In most columns they decide already that there are too many
distinct values or decimals."""

NOT_ROUNDED = MAX_DECIMALS + 1
"""Stands for more decimals than are checked."""


@dataclass(frozen=True)
class NumberFacts:
    """Facts about a numeric column in some rows.

    Parameters
    ----------
    n_present : int
        How many of the numbers are not missing.

    distinct : tuple of int or float
        The distinct numbers. If there are more than ``MAX_DISCRETE_VALUES``, some of
        them, one more than that limit.

    whole : bool
        Whether they are integers, dates or durations.

    step : int
        The largest step that divides all differences. Numbers that are not whole are
        counted in units of their last decimal. 0 if there are no differences.

    decimals : int
        The fewest decimals to which numbers that are not whole can be rounded without
        loss, ``NOT_ROUNDED`` if there are too many.

    single_decimals : int or None
        The same for float32, or None if the numbers are not float32.
    """

    n_present: int
    distinct: tuple[float, ...]
    whole: bool
    step: int
    decimals: int
    single_decimals: int | None

    @classmethod
    def of(cls, values: np.ndarray) -> NumberFacts:
        """Compute the facts from the numbers that are not missing, (n_present,)."""
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
        """The fewest decimals without loss at the precision of the numbers."""
        return self.decimals if self.single_decimals is None else self.single_decimals

    def merge(self, other: NumberFacts) -> NumberFacts:
        """Return the facts about both sets of rows together."""
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
    """Return the largest step that divides differences within and between two sets."""
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
    """Count numbers in units of their last decimal, omitting those too large."""
    if decimals == NOT_ROUNDED:
        return np.empty(0, dtype=np.int64)
    with np.errstate(over="ignore"):
        units = values.astype(np.float64) * 10.0**decimals
    return np.rint(units[np.abs(units) < MAX_UNITS]).astype(np.int64)


def _find_decimals(values: np.ndarray) -> tuple[int, int | None]:
    """Find the fewest decimals without loss as float64, and as float32.

    The latter is None if the values are not float32. A float32 with one decimal has
    many more as a float64.
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
    """Tell whether no number has more decimals, as far as the precision allows.

    A few numbers may be too large to tell, such as billions among amounts in cents. If
    most are, only whole numbers can be recognised.
    """
    if not decimals:
        return np.array_equal(np.rint(values), values)
    told = np.abs(values) < digits / 10.0**decimals
    numbers = values[told]
    is_rounded = np.array_equal(np.round(numbers, decimals).astype(precision), numbers)
    return is_rounded and 2 * len(numbers) > len(values)


def _distinct_numbers(values: np.ndarray) -> np.ndarray:
    """Return the distinct numbers, at most one more than the limit."""
    distinct = np.unique(values[:N_FIRST])
    if len(distinct) <= MAX_DISCRETE_VALUES:
        distinct = np.unique(values)
    return distinct[: MAX_DISCRETE_VALUES + 1]


def _find_step(values: np.ndarray) -> int:
    """Find the step of an integer grid: 100 for 300, 500, 1200."""
    step = 0
    for part in (values[:N_FIRST], values):
        first, numbers = part[:1].astype(np.uint64), part.astype(np.uint64)
        # Differences of int64 may need uint64, whose subtraction wraps correctly.
        apart = np.where(part >= part[:1], numbers - first, first - numbers)
        step = int(np.gcd.reduce(apart, initial=0))
        if step == 1:  # more numbers can't change that
            break
    return step
