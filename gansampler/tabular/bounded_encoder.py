"""Encode the rows of one class on declared scales, learning nothing from the rows."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.column_codecs import (
    MAX_FLOAT,
    CategoricalCodec,
    ColumnCodec,
)
from gansampler.tabular.column_values import (
    cast_column,
    find_positions,
    is_boolean,
    read_numbers,
    take,
)
from gansampler.tabular.encoder import (
    RowLayout,
    TableEncoder,
    join_columns,
    split_columns,
)
from gansampler.tabular.inference import resolve_categorical
from gansampler.tabular.relation_reducer import RelationReducer
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema
from gansampler.tabular.validation import check_unique_names
from gansampler.utils.formatting import short_repr

MAX_STEPS = 2**53
"""Largest distance of integers that floats can still distinguish."""


class BoundedEncoder(TableEncoder):
    """Encode the rows of one class without learning anything from them.

    The encoder uses only declarations: the dtypes, the bounds of numbers, and the
    categories. Any declared category may be generated, even one that the class never
    contains. Numbers are scaled linearly from their bounds to -1 and 1. A number
    outside the bounds, even an infinite one, is clipped to the nearer bound.

    Parameters
    ----------
    schema : TableSchema
        The declared columns of the whole table; see :func:`declared_schema`.

    column_bounds : mapping or None
        The smallest and the largest number, ``(low, high)``, of each numeric column, by
        name or position.

    column_categories : mapping or None, default=None
        The categories of each other column, by name or position. Boolean columns need
        none.

    Attributes
    ----------
    layout_ : RowLayout
        The position of each column in the encoded row.

    codecs_ : list of ColumnCodec
        One codec for each column.

    Raises
    ------
    ValueError, TypeError
        If a column has neither bounds nor categories, or a declaration is invalid. The
        message names the column.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.bounded_encoder import BoundedEncoder, declared_schema
    >>> frame = pd.DataFrame({"age": [30, 60, 130], "smokes": [True, False, False]})
    >>> schema = declared_schema(frame)
    >>> encoder = BoundedEncoder(schema, {"age": (0, 120)}).fit(frame)
    >>> encoder.layout_
    RowLayout(n_scalars=1, block_sizes=(2,))
    >>> encoder.transform(frame).tolist()
    [[-0.5, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]
    >>> encoder.inverse_transform(encoder.transform(frame))["age"].tolist()
    [30, 60, 120]
    """

    def __init__(
        self,
        schema: TableSchema,
        column_bounds: Mapping[Hashable, Any] | None,
        column_categories: Mapping[Hashable, Any] | None = None,
    ) -> None:
        names = [column.name for column in schema.columns]
        pairs = _by_position("column_bounds", column_bounds, names)
        bounds = {j: _read_pair(names[j], pair) for j, pair in pairs.items()}
        categories = _by_position("column_categories", column_categories, names)
        self.codecs_ = [
            _make_codec(column, bounds.get(j), categories.get(j))
            for j, column in enumerate(schema.columns)
        ]
        super().__init__(schema)

    def fit(self, frame: pd.DataFrame) -> BoundedEncoder:
        """Read the names of the columns.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows of the table, whose values are ignored.

        Returns
        -------
        self : BoundedEncoder
            The fitted encoder.
        """
        # A declared schema has no relations, so the reducer has nothing to learn.
        self.reducer_ = RelationReducer(self.schema).fit(split_columns(frame))
        self.columns_ = frame.columns
        self.layout_ = RowLayout.of(self.codecs_)
        return self

    def declared_rows(self) -> pd.DataFrame:
        """Return rows that contain both bounds and each category at least once."""
        codecs: list[Any] = self.codecs_
        each = [
            codec.values
            if isinstance(codec, CategoricalCodec)
            else pd.Series([codec.low, codec.high]).astype(codec.dtype)
            for codec in codecs
        ]
        places = np.arange(max(map(len, each)))
        columns = [take(values, places % len(values)) for values in each]
        return join_columns(columns, self.columns_)

    def undeclared(self, frame: pd.DataFrame) -> Hashable | None:
        """Return the name of a column with an undeclared value, else None.

        Missing values are never declared.
        """
        for j, (codec, column) in enumerate(
            zip(self.codecs_, self.schema.columns, strict=True)
        ):
            series = frame.iloc[:, j]
            known = ~np.asarray(series.isna(), dtype=bool)
            if isinstance(codec, CategoricalCodec):
                known &= find_positions(series, codec.values) >= 0
            if not known.all():
                return column.name
        return None


class BoundedCodec:
    """A numeric column as a scalar between -1, the lower, and 1, the upper bound.

    Parameters
    ----------
    dtype : numpy dtype or pandas extension dtype
        The user's dtype of the column.

    low, high : int or float
        The smallest and the largest number of this dtype within the bounds.
    """

    n_scalars = 1
    n_states = 0

    def __init__(self, dtype: Any, low: Any, high: Any) -> None:
        self.dtype = dtype
        self.span = float(high - low)
        # The types of `read_numbers`, so that integers are never converted to floats.
        kind = {"u": np.uint64, "i": np.int64}.get(_numpy_dtype(dtype).kind, np.float64)
        self.low, self.high = kind(low), kind(high)

    def encode(self, series: pd.Series) -> tuple[np.ndarray, None]:
        """Return each row's scalar."""
        values, _ = read_numbers(series)
        offsets = np.clip(values, self.low, self.high) - self.low
        return 2 * (offsets / self.span) - 1, None

    def decode(
        self, scalar: Any, state: Any, n_rows: int, rng: np.random.Generator
    ) -> pd.Series:
        """Return numbers of the dtype within the bounds."""
        share = np.clip((scalar.astype(np.float64) + 1) / 2, 0, 1)
        offsets = share * self.span
        if self.low.dtype.kind != "f":
            offsets = np.rint(offsets)
        values = self.low + offsets.astype(self.low.dtype)
        return pd.Series(np.clip(values, self.low, self.high)).astype(self.dtype)


def declared_schema(
    frame: pd.DataFrame,
    column_categories: Mapping[Hashable, Any] | None = None,
    categorical_features: str | Sequence[Any] = "auto",
) -> TableSchema:
    """Return the schema that follows from names, dtypes and declarations alone.

    The rows are not read. The schema therefore has no decimals, steps or lists of few
    values, and does not depend on the objects in a column.

    Parameters
    ----------
    frame : DataFrame of shape (n_samples, n_features)
        The whole table. Only its names and dtypes are used.

    column_categories : mapping or None, default=None
        The categories of columns, by name or position. These columns are categorical.

    categorical_features : "auto" or array-like, default="auto"
        Further categorical columns; see
        :func:`gansampler.tabular.inference.infer_schema`.

    Returns
    -------
    schema : TableSchema
        One entry for each column.
    """
    check_unique_names(frame.columns)
    names: list[Hashable] = [*frame.columns]
    declared = _by_position("column_categories", column_categories, names)
    named = resolve_categorical(categorical_features, frame.columns)
    columns = []
    for j, (name, dtype) in enumerate(zip(names, frame.dtypes, strict=True)):
        is_float, is_integer = pdt.is_float_dtype(dtype), pdt.is_integer_dtype(dtype)
        kind = Kind.CONTINUOUS if is_float else Kind.INTEGER
        if (
            j in declared
            or named[j]
            or is_boolean(dtype)
            or not (is_float or is_integer)
        ):
            kind = Kind.CATEGORICAL
        columns.append(ColumnSchema(name, kind, dtype))
    return TableSchema(tuple(columns))


def _by_position(
    parameter: str, declared: Mapping[Hashable, Any] | None, names: list[Hashable]
) -> dict[int, Any]:
    """Return the declaration of each declared column, by position."""
    if declared is None:
        return {}
    if not isinstance(declared, Mapping):
        raise TypeError(
            f"{parameter} must be a mapping from columns, such as "
            f"{_EXAMPLES[parameter]}, got {short_repr(declared)}."
        )
    found: dict[int, Any] = {}
    for key, value in declared.items():
        j = _find_column(parameter, key, names)
        if j in found:
            raise ValueError(
                f"{parameter} lists column {names[j]!r} by name and by position. "
                "Remove one of the two entries."
            )
        found[j] = value
    return found


_EXAMPLES = {
    "column_bounds": "{'age': (0, 120)}",
    "column_categories": "{'blood': ['A', 'B', 'AB', '0']}",
}


def _find_column(parameter: str, key: Any, names: list[Hashable]) -> int:
    """Return the position of a column, given its name or position."""
    if key in names:
        return names.index(key)
    is_position = isinstance(key, Integral) and not isinstance(key, bool)
    if is_position and -len(names) <= key < len(names):
        return int(key) % len(names)
    raise ValueError(
        f"{parameter} names {key!r}, which is not a column of X. Its columns are "
        f"{short_repr(names)}."
    )


def _read_pair(name: Hashable, pair: Any) -> tuple[Any, Any]:
    """Return two finite numbers, with integers as Python integers."""
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


def _make_codec(
    column: ColumnSchema, bounds: tuple[Any, Any] | None, categories: Any
) -> ColumnCodec:
    boolean = is_boolean(column.dtype)
    if bounds is not None and (categories is not None or boolean):
        raise ValueError(
            f"column_bounds names {column.name!r}, but categorical columns need no "
            "bounds. Remove it."
        )
    if categories is not None:
        return CategoricalCodec(_read_categories(column, categories))
    if boolean:
        return CategoricalCodec(pd.Series([False, True]).astype(column.dtype))
    _check_number(column)
    if bounds is None:
        raise ValueError(
            f"PrivateTabularGAN needs the bounds of column {column.name!r}. Set "
            f"column_bounds={{{column.name!r}: (low, high)}}, but do not read the "
            "bounds off the rows."
        )
    return BoundedCodec(column.dtype, *_legal_range(column, *bounds))


def _read_categories(column: ColumnSchema, categories: Any) -> pd.Series:
    """Return the declared categories in the dtype of the column."""
    must_be = f"column_categories of column {column.name!r} must be"
    if isinstance(categories, (str, bytes, Mapping)) or not hasattr(
        categories, "__len__"
    ):
        raise TypeError(f"{must_be} a list of values, got {short_repr(categories)}.")
    values = pd.Series(list(categories), dtype=object)
    if not len(values) or values.isna().any():
        raise ValueError(
            f"{must_be} one or more values without missing ones, got "
            f"{short_repr(categories)}."
        )
    if not values.is_unique:
        raise ValueError(
            f"{must_be} all different, got {values[values.duplicated()].iloc[0]!r} "
            "twice."
        )
    _check_category_dtype(column, values)
    try:
        with np.errstate(over="ignore"):  # reported below with its value
            cast = cast_column(values, column.dtype)
    except ValueError as error:
        raise ValueError(
            f"{must_be} values that its dtype {_named(column.dtype)} can store: "
            f"{error}. Convert the column first, or declare other values."
        ) from error
    odd = _rounded_too_far(values, cast)
    if odd is not None:
        raise ValueError(
            f"{must_be} values that its dtype {_named(column.dtype)} can store and "
            f"distinguish, but {odd!r} is not. Convert the column first, or declare "
            "other values."
        )
    return cast


def _rounded_too_far(values: pd.Series, cast: pd.Series) -> Any:
    """Return a number that a column of floats would change too much, if any.

    Rounding 0.1 to the nearest float is fine. Whole numbers must be exact to the last
    digit. Other numbers must not become infinite, zero or equal to each other.
    """
    if cast.dtype.kind != "f":
        return None
    nearness = float(np.finfo(_numpy_dtype(cast.dtype)).eps)
    for value, near, twice in zip(values, cast, cast.duplicated(), strict=True):
        if isinstance(value, Integral):
            is_near = int(near) == value if math.isfinite(near) else False
        else:
            is_near = math.isclose(near, value, rel_tol=nearness)
        if twice or not is_near:
            return value
    return None


def _check_category_dtype(column: ColumnSchema, values: pd.Series) -> None:
    """Reject a pandas categorical dtype whose categories differ from the declared ones.

    Its categories, and their order, could have been read off the rows.
    """
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return
    if column.dtype.categories.tolist() != values.tolist():
        raise ValueError(
            f"Column {column.name!r} has a categorical dtype whose categories, or "
            "their order, differ from column_categories. Convert it with "
            f"X[{column.name!r}].astype(pd.CategoricalDtype([...])) and the declared "
            "categories (in polars: cast it to an Enum of these)."
        )


def _named(dtype: Any) -> str:
    """Return the name of a dtype without its categories."""
    return str(getattr(dtype, "name", dtype))


def _check_number(column: ColumnSchema) -> None:
    """Raise a ValueError with a fix if the dtype of a column is not numeric."""
    if column.kind is Kind.CATEGORICAL:
        raise ValueError(
            f"PrivateTabularGAN needs the categories of column {column.name!r} of "
            f"dtype {_named(column.dtype)}. Set "
            f"column_categories={{{column.name!r}: [...]}}, but do not read the "
            "categories off the rows. Or convert the column to numbers and set its "
            "column_bounds."
        )


def _legal_range(column: ColumnSchema, low: Any, high: Any) -> tuple[Any, Any]:
    """Return the smallest and the largest number of the dtype within the bounds."""
    dtype = _numpy_dtype(column.dtype)
    smallest, largest, furthest = _limits(dtype)
    fault = None
    if low < smallest or high > largest:
        fault = f"lie in the range of {column.dtype}, {smallest} to {largest}"
    else:
        first, last = _round_inward(dtype, low, high)
        if first >= last:
            fault = f"contain at least two numbers of {column.dtype}"
        elif last - first > furthest:
            fault = f"be at most {furthest} apart (scale the column)"
    if fault:
        raise ValueError(
            f"column_bounds of column {column.name!r} must {fault}, got ({low!r}, "
            f"{high!r})."
        )
    return first, last


def _limits(dtype: np.dtype) -> tuple[Any, Any, Any]:
    """Return the smallest and the largest number, and the largest valid distance."""
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
    """Return the numpy dtype of a numeric column."""
    if isinstance(dtype, pd.SparseDtype):
        return np.dtype(dtype.subtype)
    return np.dtype(getattr(dtype, "numpy_dtype", dtype))
