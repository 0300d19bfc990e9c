"""The rows of one class as a float32 matrix, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from gansampler.tabular.relation_reducer import RelationReducer
from gansampler.tabular.relations import MissingTogether
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

ATOM_SHARE = 0.2
"""A value of a continuous column that is as frequent is generated as a category."""

CODE_SHARE, CODE_ROWS = 0.02, 5
"""As frequent has to be a value that stands apart from all others, in this share of the
rows and this number of them, to be generated as a category: a code such as -9999."""

MAX_STATES = 5
"""A number of as few distinct values is generated as a category: a spike at each value
is nothing that one scalar can learn."""

MAX_BLOCK = 500
"""States of a categorical column at most: with one for each category, memory would grow
by rows times categories. Nothing can be learned of categories that are rarer."""

MIN_SPREAD, MAX_SPREAD = 1e-290, 1e300
"""Beyond these a number divided or multiplied by the spread could overflow."""

MAX_FLOAT = np.finfo(np.float64).max

RANKS = np.linspace(0.0, 1.0, 1001)
"""Ranks at which a generator's scalars are kept, close enough for each number of
hundreds to keep its frequency."""


@dataclass(frozen=True)
class RowLayout:
    """Where each column lies in an encoded row: scalars first, then one-hot blocks.

    Parameters
    ----------
    n_scalars : int
        How many leading columns hold standardised numbers.

    block_sizes : tuple of int
        The width of each one-hot block, in the order in which they follow.
    """

    n_scalars: int
    block_sizes: tuple[int, ...]

    @classmethod
    def of(cls, codecs: list[ColumnCodec]) -> RowLayout:
        """Return the layout of a row to which each codec adds what it needs."""
        return cls(
            n_scalars=sum(codec.n_scalars for codec in codecs),
            block_sizes=tuple(codec.n_states for codec in codecs if codec.n_states),
        )

    @property
    def width(self) -> int:
        """The number of columns of an encoded row."""
        return self.n_scalars + sum(self.block_sizes)

    @property
    def block_of_column(self) -> np.ndarray:
        """The block of each one-hot column, shape (width - n_scalars,)."""
        return np.repeat(np.arange(len(self.block_sizes)), self.block_sizes)


class ColumnCodec(Protocol):
    """One column of one class: at most one scalar and one block of states."""

    n_scalars: int
    n_states: int

    def encode(self, series: pd.Series) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return the scalar and the state of each row, None for what there is not.

        The state is -1 where it is one that the class never shows.
        """

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return the column's values in the user's dtype; takes what `encode` gave."""


class TableEncoder:
    """Encode the rows of one class as a float32 matrix, and decode such matrices.

    What it learns (ranges, categories, missingness) is learned from this class
    alone, so that nothing which the class never shows can come out of it:

    - a constant column takes no space at all;
    - a categorical column becomes a one-hot block, with missing as one more
      category where it occurs; so does a number of few distinct values. Of more than
      500 categories the rarest share one state, so that memory follows the rows;
    - any other number becomes one standardised scalar, on an asinh scale: linear in
      the bulk, logarithmic in the tails, so that an outlier does not squeeze the
      rest. Where values are missing, or one value stands out (the zeros of a
      zero-inflated column, a code such as -9999), a block of states says which of
      these a row is.

    Once it is calibrated, a number is decoded by its rank, into what the class shows at
    this rank; see :class:`gansampler.tabular.quantile_function.QuantileFunction`.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    Attributes
    ----------
    layout_ : RowLayout
        Where each column lies in the encoded row.

    codecs_ : list of ColumnCodec
        One codec for each column.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.encoder import TableEncoder
    >>> from gansampler.tabular.inference import infer_schema
    >>> frame = pd.DataFrame({"age": [31, 45, 28, 36], "job": ["a", "b", "a", "c"]})
    >>> encoder = TableEncoder(infer_schema(frame)).fit(frame)
    >>> encoder.layout_
    RowLayout(n_scalars=1, block_sizes=(3,))
    >>> encoder.inverse_transform(encoder.transform(frame)).equals(frame)
    True
    """

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema

    def fit(self, frame: pd.DataFrame) -> TableEncoder:
        """Learn the columns of one class.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            All rows of the class, at least one.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.
        """
        self.reducer_ = RelationReducer(self.schema).fit(_split(frame))
        free = self.reducer_.reduce(_split(frame))
        self.codecs_: list[ColumnCodec] = [
            _make_codec(column, series)
            for column, series in zip(self.reducer_.free_, free, strict=True)
        ]
        self.columns_ = frame.columns
        self.layout_ = RowLayout.of(self.codecs_)
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows of the class, or what rows of other classes show of it.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows of the table. Where a row of another class has a category or a state
            that the class never shows, its block is all zeros; its numbers go through
            the class's scale, and are 0 where they are missing.

        Returns
        -------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            The encoded rows.
        """
        rows = np.zeros((len(frame), self.layout_.width), dtype=np.float32)
        free = self._reduce(_split(frame))
        for series, (codec, position, block) in zip(free, self._places(), strict=True):
            scalar, state = codec.encode(series)
            if scalar is not None:
                rows[:, position] = scalar
            if state is not None:
                shown = np.flatnonzero(state >= 0)
                rows[shown, block.start + state[shown]] = 1.0
        return rows

    def inverse_transform(
        self, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Decode rows; a block's largest entry is its state.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            Encoded rows.

        rng : numpy.random.Generator or None, default=None
            Decides which of the rare categories stands where a column has too many
            categories for a state each; by default always the same.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_features)
            Legal rows of the class, in the user's dtypes.
        """
        rng = np.random.default_rng(0) if rng is None else rng
        states = self._states(rows)
        decoded = [
            codec.decode(
                rows[:, position] if codec.n_scalars else None, state, len(rows), rng
            )
            for (codec, position, _), state in zip(self._places(), states, strict=True)
        ]
        return join_columns(self._restore(decoded), self.columns_)

    def _states(self, rows: np.ndarray) -> list[np.ndarray | None]:
        """Return the state of each row in each column, None in one without states."""
        places = list(self._places())
        states = [
            rows[:, block].argmax(axis=1) if codec.n_states else None
            for codec, _, block in places
        ]
        for group in self._missing_together():
            (first, absent), *others = group.items()
            missing = states[first] == absent
            for j, absent in others:
                shown = rows[:, places[j][2]].copy()
                shown[:, absent] = -np.inf
                states[j] = np.where(missing, absent, shown.argmax(axis=1))
        return states

    def _missing_together(self) -> list[dict[int, int]]:
        """Return codecs that are missing in the same rows, with the state of each."""
        at = {column.name: j for j, column in enumerate(self.reducer_.free_)}
        groups = []
        for relation in self.schema.relations:
            if isinstance(relation, MissingTogether):
                free = [at[name] for name in relation.columns if name in at]
                states = {j: _missing_state(self.codecs_[j]) for j in free}
                groups.append({j: k for j, k in states.items() if k is not None})
        return [group for group in groups if len(group) > 1]

    def _reduce(self, columns: list[pd.Series]) -> list[pd.Series]:
        """Return the columns that are encoded."""
        return self.reducer_.reduce(columns)

    def _restore(self, columns: list[pd.Series]) -> list[pd.Series]:
        """Return the columns of the table, of which those are given."""
        return self.reducer_.restore(columns)

    def calibrate(self, rows: np.ndarray) -> None:
        """Learn how what a generator gives is distributed.

        From then on its numbers are decoded by their rank among these: each column has
        the distribution that it has in the class, whatever the generator's is.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            Rows of the generator, some thousands.
        """
        for codec, position, block in self._places():
            if isinstance(codec, NumericCodec):
                state = rows[:, block].argmax(axis=1) if codec.n_states else None
                codec.calibrate(rows[:, position], state)

    def _places(self) -> Iterator[tuple[ColumnCodec, int, slice]]:
        """Yield each codec, and where its scalar and its block lie if it has one."""
        position, start = 0, self.layout_.n_scalars
        for codec in self.codecs_:
            yield codec, position, slice(start, start + codec.n_states)
            position += codec.n_scalars
            start += codec.n_states


def _split(frame: pd.DataFrame) -> list[pd.Series]:
    return [frame.iloc[:, j] for j in range(frame.shape[1])]


def join_columns(columns: list[pd.Series], names: pd.Index) -> pd.DataFrame:
    """Put columns of equal length side by side."""
    # Built by position because names need not be strings nor pandas' favourites.
    frame = pd.concat(columns, axis=1, keys=range(len(columns)))
    frame.columns = names
    return frame


class ConstantCodec:
    """A column that shows one value, or nothing but missing ones."""

    n_scalars = 0
    n_states = 0

    def __init__(self, value: pd.Series) -> None:
        self.value = value

    def encode(self, series: pd.Series) -> tuple[None, None]:
        """Return nothing: there is nothing to tell."""
        return None, None

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Repeat the value."""
        return take(self.value, np.zeros(n_rows, dtype=np.intp))


class CategoricalCodec:
    """A column as a block of states, one for each value that the class shows.

    Parameters
    ----------
    values : Series of shape (n_states,)
        The distinct values in the user's dtype, missing among them where it occurs.
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
    """A column of very many categories: the rarest of them share the last state.

    Where that state comes up, one of them is drawn in proportion to its frequency.

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
        """Return each state's value, for the last state one of the rare values."""
        drawn = np.searchsorted(self.shares, rng.random(n_rows), side="right")
        is_rare = state == self.n_states - 1
        both = pd.concat([self.values, self.rare], ignore_index=True)
        rare = len(self.values) + np.minimum(drawn, len(self.rare) - 1)
        return take(both.astype(self.values.dtype), np.where(is_rare, rare, state))


class NumericCodec:
    """A column of numbers as a scalar, with states where some values are special.

    State 0 is an ordinary number, the further states stand for the special values:
    the missing one, and each atom: a value of great frequency, or one that stands apart
    from all others and is repeated, as a code such as -9999 does. Neither scale nor
    distribution of the ordinary numbers knows of these.

    Parameters
    ----------
    column : ColumnSchema
        What the whole table says of the column.

    series : Series of shape (n_rows,)
        The column in the rows of the class, with at least two distinct values.

    Attributes
    ----------
    quantiles_ : QuantileFunction
        How the ordinary numbers are distributed.

    drawn_ : ndarray of shape (n_ranks,) or None
        The scalars that a generator gives at ascending ranks, evenly spaced.
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
        if not ordinary.any():  # whose scalar tells nothing
            ordinary = ~np.isnan(offsets)
        self.scale_ = _AsinhScale().fit(offsets[ordinary])
        self.quantiles_ = QuantileFunction(offsets[ordinary], self.grid.step)
        self.drawn_: np.ndarray | None = None

    def encode(self, series: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
        """Return each row's scalar, 0 where it is no ordinary number, and its state."""
        offsets = self.grid.read(series)
        missing = np.isnan(offsets)
        scalar = np.zeros(len(series))
        if not self.n_states:
            scalar[~missing] = self.scale_.forward(offsets[~missing])
            return scalar, None
        position = find_positions(series, self.special)
        ordinary = ~missing & (position < 0)
        scalar[ordinary] = self.scale_.forward(offsets[ordinary])
        # No state: missing, which the class never is.
        return scalar, np.where(missing & (position < 0), -1, position + 1)

    def calibrate(self, scalar: np.ndarray, state: np.ndarray | None) -> None:
        """Learn how the scalars of a generator are distributed, to read them by rank.

        Parameters
        ----------
        scalar : ndarray of shape (n_rows,)
            The scalars of rows that it gives.

        state : ndarray of shape (n_rows,) or None
            Their states.
        """
        ordinary = scalar if state is None else scalar[state == 0]
        if len(ordinary):
            self.drawn_ = np.quantile(ordinary, RANKS).astype(np.float32)

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return legal values: in the class's range, on the column's grid."""
        numbers = scalar.astype(np.float64)
        if self.drawn_ is None:
            offsets = self.scale_.backward(numbers)
        else:
            ranks = np.interp(numbers, self.drawn_.astype(np.float64), RANKS)
            offsets = self.quantiles_.values_at(ranks)
        column = self.grid.place(offsets)
        if state is None:
            return column
        ordinary = state == 0
        special = take(self.special, np.maximum(state - 1, 0))
        return column.where(ordinary, special).astype(self.dtype)


class _AsinhScale:
    """Standardise numbers on an asinh scale."""

    def fit(self, values: np.ndarray) -> _AsinhScale:
        """Learn centre and spread from `values` of shape (n,), one at least."""
        self.center = 2 * float(np.median(values / 2))  # a sum could overflow
        self.spread = _spread(values, self.center)
        scaled = self._compress(values)
        self.mean, self.std = float(scaled.mean()), float(scaled.std()) or 1.0
        return self

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Encode."""
        return (self._compress(values) - self.mean) / self.std

    def backward(self, scaled: np.ndarray) -> np.ndarray:
        """Decode, into infinite numbers where none are as large."""
        with np.errstate(over="ignore"):
            compressed = scaled * self.std + self.mean
            return np.sinh(compressed) * self.spread + self.center

    def _compress(self, values: np.ndarray) -> np.ndarray:
        # Divided first: the difference of two numbers near 1e308 overflows. A quotient
        # does where a number of another class lies far enough out.
        with np.errstate(over="ignore"):
            distances = values / self.spread - self.center / self.spread
        return np.arcsinh(np.clip(distances, -MAX_FLOAT, MAX_FLOAT))


def _missing_state(codec: ColumnCodec) -> int | None:
    """Return the state of a missing value, where it has one to itself: the first."""
    if isinstance(codec, NumericCodec):
        return 1 if codec.n_states and codec.special.isna().iloc[0] else None
    if isinstance(codec, (CategoricalCodec, ManyCategoriesCodec)):
        return 0 if codec.values.isna().iloc[0] else None
    return None


def _spread(values: np.ndarray, center: float) -> float:
    """Return the normal-consistent interquartile range, or what stands in for it."""
    half = values / 2  # differences of whole ones near 1e308 overflow
    quarter, three_quarters = np.percentile(half, [25, 75])
    spread = (three_quarters - quarter) / 1.349
    if spread < MIN_SPREAD:
        # Over half the values are one and the same: take the mean distance from it.
        distances = np.abs(half - center / 2)
        furthest = distances.max() or 1.0
        spread = np.mean(distances / furthest) * furthest
    return 2 * float(np.clip(spread, MIN_SPREAD, MAX_SPREAD))


def _make_codec(column: ColumnSchema, series: pd.Series) -> ColumnCodec:
    distinct = distinct_values(series)
    if len(distinct) == 1:
        return ConstantCodec(distinct)
    if column.kind is Kind.CATEGORICAL:
        if len(distinct) > MAX_BLOCK:
            return ManyCategoriesCodec(distinct, series)
        return CategoricalCodec(distinct)
    n_numbers = len(np.unique(read_numbers(series)[0]))
    if n_numbers <= (MAX_STATES if column.discrete else 2):
        return CategoricalCodec(distinct)
    return NumericCodec(column, series)


def _special_values(column: ColumnSchema, series: pd.Series) -> pd.Series:
    """Return the missing value, where there is one, and the atoms, in this order."""
    values, missing = read_numbers(series)
    special = distinct_values(series[missing])
    if column.discrete:
        return special
    distinct, counts = np.unique(values, return_counts=True)
    is_atom = counts >= max(ATOM_SHARE * len(series), 2)
    is_code = counts >= max(CODE_SHARE * len(series), CODE_ROWS)
    if is_code.any():
        # Not subtracted within integers, which wrap around.
        wide = np.r_[True, wide_gaps(distinct.astype(np.float64)), True]
        is_atom |= is_code & wide[1:] & wide[:-1]
    if not is_atom.any() or is_atom.sum() > MAX_BLOCK:
        return special
    shown = np.zeros(len(series), dtype=bool)
    shown[~missing] = is_atom[np.searchsorted(distinct, values)]
    return pd.concat([special, distinct_values(series[shown])])
