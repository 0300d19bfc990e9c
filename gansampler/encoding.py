"""The rows of one class as a float32 matrix, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype

from gansampler.schema import ColumnSchema, Kind, TableSchema, read_numbers

ATOM_SHARE = 0.2
"""A value of a continuous column that is as frequent is generated as a category."""

MAX_STATES = 5
"""A number of as few distinct values is generated as a category: a spike at each value
is nothing that one scalar can learn."""

MIN_SPREAD, MAX_SPREAD = 1e-290, 1e300
"""Beyond these a number divided or multiplied by the spread could overflow."""


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

    @property
    def width(self) -> int:
        """The number of columns of an encoded row."""
        return self.n_scalars + sum(self.block_sizes)

    @property
    def block_starts(self) -> np.ndarray:
        """The first column of each block, int array of shape (n_blocks,)."""
        sizes = np.array((self.n_scalars, *self.block_sizes), dtype=np.int64)
        return np.cumsum(sizes)[:-1]

    @property
    def block_of_column(self) -> np.ndarray:
        """The block of each one-hot column, shape (width - n_scalars,)."""
        return np.repeat(np.arange(len(self.block_sizes)), self.block_sizes)


class ColumnCodec(Protocol):
    """One column of one class: at most one scalar and one block of states."""

    n_scalars: int
    n_states: int

    def encode(self, series: pd.Series) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Give the scalar and the state of each row, None for what there is not."""

    def decode(self, scalar: Any, state: Any, n_rows: int) -> pd.Series:
        """Give the column's values in the user's dtype; takes what `encode` gave."""


class TableEncoder:
    """Encode the rows of one class as a float32 matrix, and decode such matrices.

    What it learns (ranges, categories, missingness) is learned from this class
    alone, so that nothing which the class never shows can come out of it:

    - a constant column takes no space at all;
    - a categorical column becomes a one-hot block, with missing as one more
      category where it occurs; so does a number of few distinct values;
    - any other number becomes one standardised scalar, on an asinh scale: linear in
      the bulk, logarithmic in the tails, so that an outlier does not squeeze the
      rest. Where values are missing, or one value stands out by its frequency (the
      zeros of a zero-inflated column), a block of states says which of these a row
      is.

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
    >>> from gansampler.encoding import TableEncoder
    >>> from gansampler.schema import TableSchema
    >>> frame = pd.DataFrame({"age": [31, 45, 28, 36], "job": ["a", "b", "a", "c"]})
    >>> encoder = TableEncoder(TableSchema.infer(frame)).fit(frame)
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
        self.codecs_: list[ColumnCodec] = [
            _make_codec(column, frame.iloc[:, j])
            for j, column in enumerate(self.schema.columns)
        ]
        self.columns_ = frame.columns
        self.layout_ = RowLayout(
            n_scalars=sum(codec.n_scalars for codec in self.codecs_),
            block_sizes=tuple(c.n_states for c in self.codecs_ if c.n_states),
        )
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows of the class.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows with values that `fit` has seen.

        Returns
        -------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            The encoded rows.
        """
        rows = np.zeros((len(frame), self.layout_.width), dtype=np.float32)
        starts = iter(self.layout_.block_starts)
        next_scalar = 0
        for j, codec in enumerate(self.codecs_):
            scalar, state = codec.encode(frame.iloc[:, j])
            if scalar is not None:
                rows[:, next_scalar] = scalar
                next_scalar += 1
            if state is not None:
                rows[np.arange(len(frame)), next(starts) + state] = 1.0
        return rows

    def inverse_transform(self, rows: np.ndarray) -> pd.DataFrame:
        """Decode rows; a block's largest entry is its state.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            Encoded rows.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_features)
            Legal rows of the class, in the user's dtypes.
        """
        blocks = iter(
            zip(self.layout_.block_starts, self.layout_.block_sizes, strict=True)
        )
        scalars = iter(range(self.layout_.n_scalars))
        decoded = []
        for codec in self.codecs_:
            scalar = rows[:, next(scalars)] if codec.n_scalars else None
            state = None
            if codec.n_states:
                start, size = next(blocks)
                state = rows[:, start : start + size].argmax(axis=1)
            decoded.append(codec.decode(scalar, state, len(rows)))
        # Built by position because names need not be strings nor pandas' favourites.
        frame = pd.concat(decoded, axis=1, keys=range(len(decoded)))
        frame.columns = self.columns_
        return frame


class ConstantCodec:
    """A column that shows one value, or nothing but missing ones."""

    n_scalars = 0
    n_states = 0

    def __init__(self, value: pd.Series) -> None:
        self.value = value

    def encode(self, series: pd.Series) -> tuple[None, None]:
        """Give nothing: there is nothing to tell."""
        return None, None

    def decode(self, scalar: Any, state: Any, n_rows: int) -> pd.Series:
        """Repeat the value."""
        return _take(self.value, np.zeros(n_rows, dtype=np.intp))


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
        """Give each row's state, an int array of shape (n_rows,)."""
        return None, _positions(series, self.values)

    def decode(self, scalar: Any, state: Any, n_rows: int) -> pd.Series:
        """Give each state's value."""
        return _take(self.values, state)


class NumericCodec:
    """A column of numbers as a scalar, with states where some values are special.

    State 0 is an ordinary number, the further states stand for the special values:
    the missing one and each atom (a value of great frequency).

    Parameters
    ----------
    column : ColumnSchema
        What the whole table says of the column.

    series : Series of shape (n_rows,)
        The column in the rows of the class, with at least two distinct values.
    """

    n_scalars = 1

    def __init__(self, column: ColumnSchema, series: pd.Series) -> None:
        self.column = column
        values, missing = read_numbers(series)
        self.low, self.high = values.min(), values.max()
        self.special = _special_values(column, series, values, missing)
        self.n_states = 1 + len(self.special) if len(self.special) else 0
        self.legal = _distinct(series[~missing]) if column.discrete else None
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            # An hour that the clock shows twice could be decoded as the other one.
            self.limits = series.min(), series.max()
        self.scale_ = _AsinhScale().fit(self._offset(values))

    def encode(self, series: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
        """Give each row's scalar, 0 where it is missing, and its state."""
        values, missing = read_numbers(series)
        scalar = np.zeros(len(series))
        scalar[~missing] = self.scale_.forward(self._offset(values))
        if not self.n_states:
            return scalar, None
        return scalar, _positions(series, self.special) + 1

    def decode(self, scalar: Any, state: Any, n_rows: int) -> pd.Series:
        """Give legal values: in the class's range, on the column's grid."""
        offsets = self.scale_.backward(scalar.astype(np.float64))
        if self.legal is not None:
            levels = self._offset(read_numbers(self.legal)[0])
            column = _take(self.legal, _nearest(offsets, levels))
        elif isinstance(self.column.dtype, pd.DatetimeTZDtype):
            column = _localize(self._on_grid(offsets), self.column.dtype)
            column = column.clip(*self.limits)
        else:
            column = _to_dtype(self._on_grid(offsets), self.column.dtype)
        if state is None:
            return column
        ordinary = state == 0
        special = _take(self.special, np.maximum(state - 1, 0))
        return column.where(ordinary, special).astype(self.column.dtype)

    def _offset(self, values: np.ndarray) -> np.ndarray:
        """Count integers from the smallest: float64 could not hold all of them."""
        if values.dtype.kind == "f":
            return values
        return (values.astype(np.uint64) - np.uint64(self.low)).astype(np.float64)

    def _on_grid(self, offsets: np.ndarray) -> np.ndarray:
        if self.column.kind is Kind.CONTINUOUS:
            values = offsets
            if self.column.decimals is not None:
                values = np.round(values, self.column.decimals)
            return np.clip(values, self.low, self.high)
        dtype, low, step = self.low.dtype, int(self.low), self.column.step
        steps = (int(self.high) - low) // step
        whole = np.clip(np.rint(offsets / step), 0, steps)
        if steps * step < 2**53:
            return self.low + step * whole.astype(dtype)
        # Python's integers do not overflow where a column spans all of int64.
        return np.array([low + step * min(int(k), steps) for k in whole], dtype=dtype)


class _AsinhScale:
    """Standardise numbers on an asinh scale."""

    def fit(self, values: np.ndarray) -> _AsinhScale:
        """Learn centre and spread from `values` of shape (n,), two of them distinct."""
        self.center = 2 * float(np.median(values / 2))  # a sum could overflow
        self.spread = _spread(values, self.center)
        scaled = self._compress(values)
        self.mean, self.std = float(scaled.mean()), float(scaled.std()) or 1.0
        self.low, self.high = float(scaled.min()), float(scaled.max())
        return self

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Encode."""
        return (self._compress(values) - self.mean) / self.std

    def backward(self, scaled: np.ndarray) -> np.ndarray:
        """Decode; what lies outside the range seen at fit is put on its edge."""
        compressed = np.clip(scaled * self.std + self.mean, self.low, self.high)
        with np.errstate(over="ignore"):
            return np.sinh(compressed) * self.spread + self.center

    def _compress(self, values: np.ndarray) -> np.ndarray:
        # Divided first: the difference of two numbers near 1e308 overflows.
        return np.arcsinh(values / self.spread - self.center / self.spread)


def _spread(values: np.ndarray, center: float) -> float:
    """Give the normal-consistent interquartile range, or what stands in for it."""
    half = values / 2  # differences of whole ones near 1e308 overflow
    quarter, three_quarters = np.percentile(half, [25, 75])
    spread = (three_quarters - quarter) / 1.349
    if spread < MIN_SPREAD:
        # Over half the values are one and the same: take the mean distance from it.
        distances = np.abs(half - center / 2)
        spread = np.mean(distances / distances.max()) * distances.max()
    return 2 * float(np.clip(spread, MIN_SPREAD, MAX_SPREAD))


def _make_codec(column: ColumnSchema, series: pd.Series) -> ColumnCodec:
    distinct = _distinct(series)
    if len(distinct) == 1:
        return ConstantCodec(distinct)
    if column.kind is Kind.CATEGORICAL:
        return CategoricalCodec(distinct)
    n_numbers = len(np.unique(read_numbers(series)[0]))
    if n_numbers <= (MAX_STATES if column.discrete else 2):
        return CategoricalCodec(distinct)
    return NumericCodec(column, series)


def _special_values(
    column: ColumnSchema, series: pd.Series, values: np.ndarray, missing: np.ndarray
) -> pd.Series:
    """Give the missing value, where there is one, and the atoms, in this order."""
    special = _distinct(series[missing])
    if column.discrete:
        return special
    _, counts = np.unique(values, return_counts=True)
    if counts.max() < max(ATOM_SHARE * len(series), 2):
        return special
    shares = series[~missing].value_counts()
    atoms = shares.index[shares >= ATOM_SHARE * len(series)]
    is_atom = series.isin(atoms)
    return pd.concat([special, _distinct(series[is_atom])])


def _distinct(series: pd.Series) -> pd.Series:
    """Give the distinct values, each as it first stands, all missing ones as one."""
    codes, _ = pd.factorize(series)
    _, first = np.unique(codes, return_index=True)
    return series.iloc[first].reset_index(drop=True)


def _positions(series: pd.Series, values: pd.Series) -> np.ndarray:
    """Give where in the distinct `values` each entry stands, -1 where it does not."""
    both = pd.concat([values, series], ignore_index=True)
    codes, _ = pd.factorize(both, use_na_sentinel=False)
    head, tail = codes[: len(values)], codes[len(values) :]
    position_of_code = np.full(len(both), -1)
    position_of_code[head] = np.arange(len(values))
    return position_of_code[tail]


def _nearest(numbers: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Give the position of the level nearest to each number."""
    order = np.argsort(levels)
    middles = levels[order][:-1] / 2 + levels[order][1:] / 2
    return order[np.searchsorted(middles, numbers)]


def _take(values: pd.Series, positions: np.ndarray) -> pd.Series:
    return values.take(positions).reset_index(drop=True)


def _localize(values: np.ndarray, dtype: pd.DatetimeTZDtype) -> pd.Series:
    """Turn local clock times, counted in the dtype's unit, into times of the zone."""
    local = pd.Series(values.astype(f"datetime64[{dtype.unit}]"))
    summer = np.ones(len(values), dtype=bool)
    zoned = local.dt.tz_localize(
        dtype.tz, ambiguous=summer, nonexistent="shift_forward"
    )
    return zoned.astype(dtype)


def _to_dtype(values: np.ndarray, dtype: Any) -> pd.Series:
    if is_object_dtype(dtype):
        return pd.Series(values.tolist(), dtype=object)
    return pd.Series(values).astype(dtype)
