"""Encode one column of one class as a scalar and a block of states, and decode it."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from gansampler.tabular.column_values import (
    distinct_values,
    find_positions,
    read_numbers,
    take,
)
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.quantile_function import QuantileFunction, wide_gaps
from gansampler.tabular.schema import ColumnSchema, Kind

ATOM_SHARE = 0.2
"""A value of a continuous column that is at least this frequent is generated as a
category."""

CODE_SHARE, CODE_ROWS = 0.02, 5
"""A value far from all others, such as the code -9999, is generated as a category if it
has at least this share of the rows and at least this many rows."""

MAX_STATES = 5
"""A numeric column with at most this many distinct values is generated as categories,
because one scalar can't learn a spike at each value."""

MAX_BLOCK = 500
"""Maximum number of states of a categorical column. With one for each category, memory
would grow with rows times categories, and rare categories can't be learned anyway."""

MIN_SPREAD, MAX_SPREAD = 1e-290, 1e300
"""Outside these limits, dividing or multiplying by the spread could overflow."""

MAX_FLOAT = np.finfo(np.float64).max

RANKS = np.linspace(0.0, 1.0, 1001)
"""Ranks at which the quantiles of a generator's scalars are stored."""


class ColumnCodec(Protocol):
    """One column of one class: at most one scalar and one block of states."""

    n_scalars: int
    n_states: int

    def encode(self, series: pd.Series) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return the scalar and the state of each row, None if the codec has none.

        The state is -1 for values that never occur in the class.
        """

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return the values in the user's dtype, from what `encode` returned."""


class ConstantCodec:
    """A column with a single value, or with missing values only."""

    n_scalars = 0
    n_states = 0

    def __init__(self, value: pd.Series) -> None:
        self.value = value

    def encode(self, series: pd.Series) -> tuple[None, None]:
        """Return nothing, because the column carries no information."""
        return None, None

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Repeat the value."""
        return take(self.value, np.zeros(n_rows, dtype=np.intp))


class CategoricalCodec:
    """A column as a block of states, one for each value in the class.

    Parameters
    ----------
    values : Series of shape (n_states,)
        The distinct values in the user's dtype, including missing if it occurs.
    """

    n_scalars = 0

    def __init__(self, values: pd.Series) -> None:
        self.values = values
        self.n_states = len(values)

    def encode(self, series: pd.Series) -> tuple[None, np.ndarray]:
        """Return each row's state, an int array of shape (n_rows,)."""
        return None, find_positions(series, self.values)

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return each state's value."""
        return take(self.values, state)


class ManyCategoriesCodec:
    """A column with very many categories, the rarest of which share the last state.

    Decoding that state draws one of them in proportion to its frequency.

    Parameters
    ----------
    values : Series of shape (n_values,)
        The distinct values in the user's dtype.

    series : Series of shape (n_rows,)
        The column in the rows of the class.
    """

    n_scalars = 0
    n_states = MAX_BLOCK

    def __init__(self, values: pd.Series, series: pd.Series) -> None:
        counts = np.bincount(find_positions(series, values), minlength=len(values))
        order = np.argsort(-counts, kind="stable")
        self.values = take(values, np.sort(order[: MAX_BLOCK - 1]))
        rare = np.sort(order[MAX_BLOCK - 1 :])
        self.rare = take(values, rare)
        self.shares = np.cumsum(counts[rare]) / counts[rare].sum()

    def encode(self, series: pd.Series) -> tuple[None, np.ndarray]:
        """Return each row's state, an int array of shape (n_rows,)."""
        state = find_positions(series, self.values)
        is_rare = (state < 0) & (find_positions(series, self.rare) >= 0)
        return None, np.where(is_rare, self.n_states - 1, state)

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return each state's value, drawing a rare value for the last state."""
        drawn = np.searchsorted(self.shares, rng.random(n_rows), side="right")
        is_rare = state == self.n_states - 1
        both = pd.concat([self.values, self.rare], ignore_index=True)
        rare = len(self.values) + np.minimum(drawn, len(self.rare) - 1)
        return take(both.astype(self.values.dtype), np.where(is_rare, rare, state))


class NumericCodec:
    """A numeric column as a scalar, plus states if some values are special.

    State 0 is an ordinary number. The other states are the special values: missing, and
    each atom. An atom is a very frequent value, or one that is repeated far from all
    others, such as the code -9999. Special values do not affect the scale or the
    distribution of the ordinary numbers.

    Parameters
    ----------
    column : ColumnSchema
        The column in the whole table.

    series : Series of shape (n_rows,)
        The column in the rows of the class, with at least two distinct values.

    Attributes
    ----------
    quantiles_ : QuantileFunction
        The distribution of the ordinary numbers.

    drawn_ : ndarray of shape (n_ranks,) or None
        The quantiles of a generator's scalars at evenly spaced, ascending ranks.
    """

    n_scalars = 1

    def __init__(self, column: ColumnSchema, series: pd.Series) -> None:
        self.dtype = column.dtype
        self.grid = NumberGrid(column, series)
        offsets = self.grid.read(series)
        self.special = _special_values(column, series)
        self.n_states = 1 + len(self.special) if len(self.special) else 0
        ordinary = ~np.isnan(offsets)
        if len(self.special):
            ordinary &= find_positions(series, self.special) < 0
        if not ordinary.any():  # the scalar is unused
            ordinary = ~np.isnan(offsets)
        self.scale_ = _AsinhScale().fit(offsets[ordinary])
        self.quantiles_ = QuantileFunction(offsets[ordinary], self.grid.step)
        self.drawn_: np.ndarray | None = None

    def encode(self, series: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
        """Return each row's scalar, 0 for special values, and its state."""
        offsets = self.grid.read(series)
        missing = np.isnan(offsets)
        scalar = np.zeros(len(series))
        if not self.n_states:
            scalar[~missing] = self.scale_.forward(offsets[~missing])
            return scalar, None
        position = find_positions(series, self.special)
        ordinary = ~missing & (position < 0)
        scalar[ordinary] = self.scale_.forward(offsets[ordinary])
        # There is no state for missing values if the class has none.
        return scalar, np.where(missing & (position < 0), -1, position + 1)

    def calibrate(self, scalar: np.ndarray, state: np.ndarray | None) -> None:
        """Learn the distribution of a generator's scalars, to decode them by rank.

        Parameters
        ----------
        scalar : ndarray of shape (n_rows,)
            The scalars of generated rows.

        state : ndarray of shape (n_rows,) or None
            The states of these rows.
        """
        ordinary = scalar if state is None else scalar[state == 0]
        if len(ordinary):
            # Sort once, because np.quantile searches for each rank separately.
            places = RANKS * (len(ordinary) - 1)
            drawn = np.interp(places, np.arange(len(ordinary)), np.sort(ordinary))
            self.drawn_ = drawn.astype(np.float32)

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return valid values, in the range of the class and on the column's grid."""
        numbers = scalar.astype(np.float64)
        if self.drawn_ is None:
            offsets = self.scale_.backward(numbers)
        else:
            # Interpolation is several times faster in ascending order.
            order = scalar.argsort()
            drawn = self.drawn_.astype(np.float64)
            ranks = np.interp(numbers[order], drawn, RANKS)
            offsets = np.empty(n_rows)
            offsets[order] = self.quantiles_.values_at(ranks)
        column = self.grid.place(offsets)
        if state is None:
            return column
        ordinary = state == 0
        special = take(self.special, np.maximum(state - 1, 0))
        return column.where(ordinary, special).astype(self.dtype)


class _AsinhScale:
    """Standardise numbers on an asinh scale."""

    def fit(self, values: np.ndarray) -> _AsinhScale:
        """Learn centre and spread from `values` of shape (n,), at least one."""
        self.center = 2 * float(np.median(values / 2))  # a sum could overflow
        self.spread = _spread(values, self.center)
        scaled = self._compress(values)
        self.mean, self.std = float(scaled.mean()), float(scaled.std()) or 1.0
        return self

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Encode."""
        return (self._compress(values) - self.mean) / self.std

    def backward(self, scaled: np.ndarray) -> np.ndarray:
        """Decode, to infinity if the number is too large."""
        with np.errstate(over="ignore"):
            compressed = scaled * self.std + self.mean
            return np.sinh(compressed) * self.spread + self.center

    def _compress(self, values: np.ndarray) -> np.ndarray:
        # Divide first, because the difference of two numbers near 1e308 overflows. The
        # quotient can still overflow for extreme numbers of other classes.
        with np.errstate(over="ignore"):
            distances = values / self.spread - self.center / self.spread
        return np.arcsinh(np.clip(distances, -MAX_FLOAT, MAX_FLOAT))


def missing_state(codec: ColumnCodec) -> int | None:
    """Return the state of missing values, which comes first, or None."""
    if isinstance(codec, NumericCodec):
        return 1 if codec.n_states and codec.special.isna().iloc[0] else None
    if isinstance(codec, (CategoricalCodec, ManyCategoriesCodec)):
        return 0 if codec.values.isna().iloc[0] else None
    return None


def _spread(values: np.ndarray, center: float) -> float:
    """Return the normal-consistent interquartile range, or a substitute if it is 0."""
    half = values / 2  # differences of numbers near 1e308 would overflow
    quarter, three_quarters = np.percentile(half, [25, 75])
    spread = (three_quarters - quarter) / 1.349
    if spread < MIN_SPREAD:
        # At least half of the values are equal: use the mean distance from them.
        distances = np.abs(half - center / 2)
        furthest = distances.max() or 1.0
        spread = np.mean(distances / furthest) * furthest
    return 2 * float(np.clip(spread, MIN_SPREAD, MAX_SPREAD))


def make_codec(column: ColumnSchema, series: pd.Series) -> ColumnCodec:
    """Return the codec for a column in the rows of one class, (n_rows,)."""
    is_number = column.kind is not Kind.CATEGORICAL
    if is_number:
        n_numbers = len(np.unique(read_numbers(series)[0]))
        if n_numbers > (MAX_STATES if column.discrete else 2):
            return NumericCodec(column, series)
    distinct = distinct_values(series)
    if len(distinct) == 1:
        return ConstantCodec(distinct)
    if not is_number and len(distinct) > MAX_BLOCK:
        return ManyCategoriesCodec(distinct, series)
    return CategoricalCodec(distinct)


def _special_values(column: ColumnSchema, series: pd.Series) -> pd.Series:
    """Return the missing value, if there is one, followed by the atoms."""
    values, missing = read_numbers(series)
    special = series[missing].iloc[:1].reset_index(drop=True)
    if column.discrete:
        return special
    distinct, counts = np.unique(values, return_counts=True)
    is_atom = counts >= max(ATOM_SHARE * len(series), 2)
    is_code = counts >= max(CODE_SHARE * len(series), CODE_ROWS)
    if is_code.any():
        # As floats, because integer differences can wrap around.
        wide = np.r_[True, wide_gaps(distinct.astype(np.float64)), True]
        is_atom |= is_code & wide[1:] & wide[:-1]
    if not is_atom.any() or is_atom.sum() > MAX_BLOCK:
        return special
    shown = np.zeros(len(series), dtype=bool)
    shown[~missing] = is_atom[np.searchsorted(distinct, values)]
    return pd.concat([special, distinct_values(series[shown])])
