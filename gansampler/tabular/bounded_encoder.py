"""The rows of one class on scales that are declared, so that nothing is learned."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.column_values import read_numbers
from gansampler.tabular.encoder import (
    MAX_FLOAT,
    CategoricalCodec,
    ColumnCodec,
    RowLayout,
    TableEncoder,
)
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

MAX_STEPS = 2**53
"""Integers further apart can't be told apart by the floats in which they are made."""


class BoundedEncoder(TableEncoder):
    """Encode the rows of one class without learning anything from them.

    What is used is declared: the dtypes, the bounds of the numbers, and the categories
    of the categorical columns, which all can come out, also those that the class never
    shows. A number is scaled linearly from its bounds to -1 and 1; one beyond them is
    put on the nearer one.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table, of which only names, kinds and dtypes are used.

    column_bounds : mapping or None
        The smallest and the largest number, ``(low, high)``, of each numeric column by
        its name or position.

    Attributes
    ----------
    layout_ : RowLayout
        Where each column lies in the encoded row.

    codecs_ : list of ColumnCodec
        One codec for each column.

    Raises
    ------
    ValueError, TypeError
        If a column is neither a number with bounds nor categorical by its dtype, or
        its bounds can't be used; the message names it.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.bounded_encoder import BoundedEncoder
    >>> from gansampler.tabular.inference import infer_schema
    >>> frame = pd.DataFrame({"age": [30, 60, 130], "smokes": [True, False, False]})
    >>> encoder = BoundedEncoder(infer_schema(frame), {"age": (0, 120)}).fit(frame)
    >>> encoder.layout_
    RowLayout(n_scalars=1, block_sizes=(2,))
    >>> encoder.transform(frame).tolist()
    [[-0.5, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]
    >>> encoder.inverse_transform(encoder.transform(frame))["age"].tolist()
    [30, 60, 120]
    """

    def __init__(
        self, schema: TableSchema, column_bounds: Mapping[Hashable, Any] | None
    ) -> None:
        bounds = _by_position(column_bounds, schema)
        self.codecs_ = [
            _make_codec(column, bounds.get(j))
            for j, column in enumerate(schema.columns)
        ]
        # Decimals, steps and few values, which a schema also holds, are the rows'.
        declared = (ColumnSchema(c.name, c.kind, c.dtype) for c in schema.columns)
        super().__init__(TableSchema(tuple(declared)))

    def fit(self, frame: pd.DataFrame) -> BoundedEncoder:
        """Take over the names of the columns.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows of the table; they do not matter.

        Returns
        -------
        self : BoundedEncoder
            The fitted encoder.
        """
        self.columns_ = frame.columns
        self.layout_ = RowLayout.of(self.codecs_)
        return self


class BoundedCodec:
    """A column of numbers as a scalar between -1, its lower bound, and 1, its upper.

    Parameters
    ----------
    dtype : numpy dtype or pandas extension dtype
        What the user keeps the column in.

    low, high : int or float
        The smallest and the largest number of this dtype within the bounds.
    """

    n_scalars = 1
    n_states = 0

    def __init__(self, dtype: Any, low: Any, high: Any) -> None:
        self.dtype = dtype
        self.span = float(high - low)
        # What `read_numbers` gives, so that no integer goes through a float.
        kind = {"u": np.uint64, "i": np.int64}.get(_numpy_dtype(dtype).kind, np.float64)
        self.low, self.high = kind(low), kind(high)

    def encode(self, series: pd.Series) -> tuple[np.ndarray, None]:
        """Return each row's scalar."""
        values, _ = read_numbers(series)
        offsets = np.clip(values, self.low, self.high) - self.low
        return 2 * (offsets / self.span) - 1, None

    def decode(self, scalar: Any, state: Any, n_rows: int) -> pd.Series:
        """Return numbers of the dtype within the bounds."""
        share = np.clip((scalar.astype(np.float64) + 1) / 2, 0, 1)
        offsets = share * self.span
        if self.low.dtype.kind != "f":
            offsets = np.rint(offsets)
        values = self.low + offsets.astype(self.low.dtype)
        return pd.Series(np.clip(values, self.low, self.high)).astype(self.dtype)


def check_private_table(
    schema: TableSchema,
    frame: pd.DataFrame,
    column_bounds: Mapping[Hashable, Any] | None,
) -> None:
    """Check that a table can be encoded without learning anything from its rows.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    frame : DataFrame of shape (n_samples, n_features)
        The whole table.

    column_bounds : mapping or None
        The bounds ``(low, high)`` of each numeric column by its name or position.

    Raises
    ------
    ValueError, TypeError
        As :class:`BoundedEncoder`, and if values are missing; the message names the
        column and the way out.
    """
    BoundedEncoder(schema, column_bounds)
    for j, column in enumerate(schema.columns):
        n_missing = int(frame.iloc[:, j].isna().sum())
        if n_missing:
            raise ValueError(
                "PrivateTabularGAN takes no missing values, but column "
                f"{column.name!r} has {n_missing}; fill them in with a value that you "
                "choose without looking at the rows, or drop the column."
            )


def _by_position(
    column_bounds: Mapping[Hashable, Any] | None, schema: TableSchema
) -> dict[int, tuple[Any, Any]]:
    """Return the bounds of each column that has any."""
    if column_bounds is None:
        return {}
    if not isinstance(column_bounds, Mapping):
        raise TypeError(
            "column_bounds must be a mapping such as {'age': (0, 120)}, got "
            f"{column_bounds!r}."
        )
    names = [column.name for column in schema.columns]
    bounds: dict[int, tuple[Any, Any]] = {}
    for key, pair in column_bounds.items():
        j = _find_column(key, names)
        if j in bounds:
            raise ValueError(
                f"column_bounds has bounds of column {names[j]!r} twice, by its name "
                "and by its position; leave one of them out."
            )
        bounds[j] = _read_pair(names[j], pair)
    return bounds


def _find_column(key: Any, names: list[Hashable]) -> int:
    """Return the position of a column; a number that is no name is one itself."""
    if key in names:
        return names.index(key)
    is_position = isinstance(key, Integral) and not isinstance(key, bool)
    if is_position and -len(names) <= key < len(names):
        return int(key) % len(names)
    raise ValueError(
        f"column_bounds names {key!r}, which is not a column of X; its columns are "
        f"{names}."
    )


def _read_pair(name: Hashable, pair: Any) -> tuple[Any, Any]:
    """Return two finite numbers, integers as Python's own."""
    must_be = f"column_bounds of column {name!r} must be"
    if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
        raise TypeError(f"{must_be} a pair (low, high), got {pair!r}.")
    for bound in pair:
        if not isinstance(bound, Real) or isinstance(bound, bool):
            raise TypeError(f"{must_be} numbers, got {bound!r}.")
        if not (isinstance(bound, Integral) or math.isfinite(bound)):
            raise ValueError(f"{must_be} finite, got {bound!r}.")
    low, high = (int(b) if isinstance(b, Integral) else float(b) for b in pair)
    if low >= high:
        raise ValueError(
            f"{must_be} (low, high) with low < high, got ({low!r}, {high!r})."
        )
    return low, high


def _make_codec(column: ColumnSchema, bounds: tuple[Any, Any] | None) -> ColumnCodec:
    categories = _declared_categories(column.dtype)
    if categories is not None:
        if bounds is not None:
            raise ValueError(
                f"column_bounds names {column.name!r}, whose categories of dtype "
                f"{column.dtype} need no bounds; leave it out."
            )
        return CategoricalCodec(categories)
    _check_number(column)
    if bounds is None:
        raise ValueError(
            f"PrivateTabularGAN needs the bounds of column {column.name!r}, which must "
            "not be read off the rows; set "
            f"column_bounds={{{column.name!r}: (low, high)}}."
        )
    return BoundedCodec(column.dtype, *_legal_range(column, *bounds))


def _declared_categories(dtype: Any) -> pd.Series | None:
    """Return the values that the dtype itself names, None where it names none."""
    if isinstance(dtype, pd.CategoricalDtype):
        codes = range(len(dtype.categories))
        return pd.Series(pd.Categorical.from_codes(list(codes), dtype=dtype))
    if pdt.is_bool_dtype(dtype):
        return pd.Series([False, True]).astype(dtype)
    return None


def _check_number(column: ColumnSchema) -> None:
    """Refuse, with the way out, what is no column of numbers by its dtype."""
    categories = f"X[{column.name!r}].astype(pd.CategoricalDtype([...]))"
    if column.kind is Kind.CATEGORICAL:
        raise ValueError(
            f"PrivateTabularGAN needs the categories of column {column.name!r} of "
            f"dtype {column.dtype}, which must not be read off the rows; declare them, "
            f"e.g. {categories}."
        )
    if not (pdt.is_integer_dtype(column.dtype) or pdt.is_float_dtype(column.dtype)):
        raise ValueError(
            "PrivateTabularGAN takes numbers, booleans and declared categories, but "
            f"column {column.name!r} has the dtype {column.dtype}; convert it to "
            f"numbers, or declare its categories, e.g. {categories}."
        )


def _legal_range(column: ColumnSchema, low: Any, high: Any) -> tuple[Any, Any]:
    """Return the smallest and the largest number in the bounds that the dtype has."""
    dtype = _numpy_dtype(column.dtype)
    smallest, largest, furthest = _limits(dtype)
    fault = None
    if low < smallest or high > largest:
        fault = f"lie in what {column.dtype} can hold, {smallest} to {largest}"
    else:
        first, last = _round_inward(dtype, low, high)
        if first >= last:
            fault = f"leave {column.dtype} two numbers or more"
        elif last - first > furthest:
            fault = f"be no further apart than {furthest}; scale the column"
    if fault:
        raise ValueError(
            f"column_bounds of column {column.name!r} must {fault}, got ({low!r}, "
            f"{high!r})."
        )
    return first, last


def _limits(dtype: np.dtype) -> tuple[Any, Any, Any]:
    """Return the smallest and the largest number, and how far two may be apart."""
    if dtype.kind in "iu":
        whole = np.iinfo(dtype)
        return whole.min, whole.max, MAX_STEPS
    real = np.finfo(dtype)
    return float(real.min), float(real.max), MAX_FLOAT


def _round_inward(dtype: np.dtype, low: Any, high: Any) -> tuple[Any, Any]:
    """Round bounds to numbers of `dtype`, towards each other."""
    if dtype.kind in "iu":
        return math.ceil(low), math.floor(high)
    first, last = dtype.type(low), dtype.type(high)
    if float(first) < low:
        first = np.nextafter(first, dtype.type(np.inf))
    if float(last) > high:
        last = np.nextafter(last, dtype.type(-np.inf))
    return float(first), float(last)


def _numpy_dtype(dtype: Any) -> np.dtype:
    """Return the numpy dtype of a column of numbers."""
    if isinstance(dtype, pd.SparseDtype):
        return np.dtype(dtype.subtype)
    return np.dtype(getattr(dtype, "numpy_dtype", dtype))
