"""Infer the schema of a table from its rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import gcd
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.column_values import is_temporal, read_numbers
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema
from gansampler.tabular.validation import check_unique_names

MAX_DISCRETE_VALUES = 20
"""A numeric column with at most as many distinct values only ever takes those."""

MAX_DECIMALS = 6
"""Rounding is looked for up to as many decimals."""

N_FIRST = 1000
"""Numbers that are looked at first, because in most columns they settle it: too many
are distinct, or no number of decimals is enough."""

NOT_ROUNDED = MAX_DECIMALS + 1
"""What stands for more decimals than are looked for."""


def infer_schema(
    frame: pd.DataFrame,
    categorical_features: str | Sequence[Any] = "auto",
) -> TableSchema:
    """Read the schema off a table.

    Parameters
    ----------
    frame : DataFrame of shape (n_samples, n_features)
        The whole table.

    categorical_features : "auto" or array-like, default="auto"
        With "auto", columns of pandas category, string and boolean dtype and
        object columns of strings or booleans are categorical. Otherwise the
        names, the positions or a boolean mask of the categorical columns.

    Returns
    -------
    schema : TableSchema
        One column schema for each column.

    Raises
    ------
    ValueError, TypeError
        If `categorical_features` does not fit the table, two columns have the
        same name, or a column can't be read; the message names the column.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.inference import infer_schema
    >>> frame = pd.DataFrame({"age": [31, 45, 28], "job": ["a", "b", "a"]})
    >>> [column.kind.value for column in infer_schema(frame).columns]
    ['integer', 'categorical']
    """
    facts = column_facts(frame, categorical_features)
    return TableSchema(tuple(column.schema() for column in facts))


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
    distinct: tuple
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
        between = abs(self.distinct[0] - other.distinct[0]) if whole else 0
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
        decimals = self.decimals
        if self.single_decimals is not None:
            decimals = self.single_decimals
        known = self.n_present and decimals != NOT_ROUNDED
        return ColumnSchema(
            name, Kind.CONTINUOUS, dtype, discrete, decimals if known else None
        )


@dataclass(frozen=True)
class ColumnFacts:
    """What some rows of a table say of a column; that of several sets adds up.

    Parameters
    ----------
    name : hashable
        The column's name.

    dtype : numpy dtype or pandas extension dtype
        What the rows keep it in.

    content : str
        "numbers" or some word for what is categorical; "nothing" where a column of
        objects is missing throughout.

    numbers : NumberFacts or None
        What is known of numbers; None where it would be categorical.
    """

    name: Hashable
    dtype: Any
    content: str
    numbers: NumberFacts | None

    @classmethod
    def of(
        cls, name: Hashable, series: pd.Series, declared: bool | None
    ) -> ColumnFacts:
        """Read one column; `declared` is None where the user left it to us."""
        content = "labels" if declared else _content(series)
        if content == "nothing":
            empty = None if declared is None else NumberFacts.of(np.empty(0))
            return cls(name, series.dtype, content, empty)
        is_label = content == "labels" and declared is not False
        if is_label or content == "booleans":
            _check_hashable(name, series)
            return cls(name, series.dtype, content, None)
        _check_numeric(name, series)
        values, missing = read_numbers(series)
        _check_finite(name, values, missing)
        return cls(name, series.dtype, "numbers", NumberFacts.of(values))

    def merge(self, other: ColumnFacts) -> ColumnFacts:
        """Return what both sets of rows say together.

        Raises
        ------
        TypeError
            If they do not keep the same in the column.
        """
        dtype = _merge_dtypes(self, other)
        if "nothing" in (self.content, other.content):
            known = other if self.content == "nothing" else self
            return ColumnFacts(self.name, dtype, known.content, known.numbers)
        if self.content != other.content:
            raise TypeError(
                f"Column {self.name!r} holds {self.content} in some rows and "
                f"{other.content} in others; name {self.name!r} in "
                "`categorical_features` or convert the column to one type."
            )
        numbers = self.numbers
        if numbers is not None and other.numbers is not None:
            numbers = numbers.merge(other.numbers)
        return ColumnFacts(self.name, dtype, self.content, numbers)

    def schema(self) -> ColumnSchema:
        """Return the schema of the column, if these are all of its rows."""
        if self.numbers is None:
            return ColumnSchema(self.name, Kind.CATEGORICAL, self.dtype)
        return self.numbers.schema(self.name, self.dtype)


def column_facts(
    frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
) -> list[ColumnFacts]:
    """Read what some rows say of each column; see :func:`infer_schema`."""
    check_unique_names(frame.columns)
    declared = _resolve_categorical(categorical_features, frame.columns)
    return [
        ColumnFacts.of(name, frame.iloc[:, j], declared[j])
        for j, name in enumerate(frame.columns)
    ]


def _resolve_categorical(
    categorical_features: str | Sequence[Any], names: pd.Index
) -> Sequence[bool | None]:
    """Turn names, positions or a mask into a mask; "auto" leaves each entry None."""
    if isinstance(categorical_features, str) and categorical_features == "auto":
        return [None] * len(names)
    if any(isinstance(name, tuple) for name in categorical_features):
        # Names in a MultiIndex, which NumPy would read as a matrix.
        positions = _find_names(list(categorical_features), names)
        return [j in positions for j in range(len(names))]
    wanted = np.asarray(categorical_features)
    if wanted.ndim != 1:
        raise ValueError(
            "categorical_features must be one-dimensional, got an array of shape "
            f"{wanted.shape}."
        )
    if wanted.dtype == bool:
        return _check_mask(wanted, len(names))
    if np.issubdtype(wanted.dtype, np.integer):
        positions = _check_positions(wanted, len(names))
    else:
        positions = _find_names(list(categorical_features), names)
    return [j in positions for j in range(len(names))]


def _check_mask(mask: np.ndarray, n_features: int) -> list[bool]:
    if len(mask) != n_features:
        raise ValueError(
            f"categorical_features is a mask of {len(mask)} entries, but X has "
            f"{n_features} columns."
        )
    return mask.tolist()


def _check_positions(positions: np.ndarray, n_features: int) -> set[int]:
    outside = [int(p) for p in positions if not -n_features <= p < n_features]
    if outside:
        raise ValueError(
            f"categorical_features names the positions {outside}, but X has "
            f"{n_features} columns (0 to {n_features - 1})."
        )
    return {int(p) % n_features for p in positions}


def _find_names(wanted: list[Any], names: pd.Index) -> set[int]:
    # Not `name in names`, which in a MultiIndex is also true of a part of a name.
    position_of = {name: j for j, name in enumerate(names)}
    unknown = [name for name in wanted if name not in position_of]
    if unknown:
        raise ValueError(
            f"categorical_features names {unknown}, which are not columns of X; its "
            f"columns are {names.tolist()}."
        )
    return {position_of[name] for name in wanted}


def _is_nested(dtype: Any) -> bool:
    """Tell whether each value is a list or a record of Arrow's."""
    if not isinstance(dtype, pd.ArrowDtype):
        return False
    from pyarrow.types import is_nested

    return is_nested(dtype.pyarrow_dtype)


def _content(series: pd.Series) -> str:
    """Tell "numbers", "labels", "booleans" or, where nothing tells, "nothing"."""
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype) == "null":
        return "nothing"
    if pdt.is_object_dtype(dtype):
        found = pdt.infer_dtype(series, skipna=True)
        # A column that is missing throughout may say nothing of its kind.
        words = {"string": "labels", "boolean": "booleans", "empty": "nothing"}
        return words.get(found, "numbers")
    if isinstance(dtype, pd.CategoricalDtype):
        return "labels"
    if pdt.is_bool_dtype(dtype):
        return "booleans"
    return "labels" if pdt.is_string_dtype(dtype) else "numbers"


def _merge_dtypes(one: ColumnFacts, other: ColumnFacts) -> Any:
    """Return the dtype of a column in both sets of rows, with the categories of both."""
    a, b = one.dtype, other.dtype
    if a == b:
        return a
    if not (isinstance(a, pd.CategoricalDtype) and isinstance(b, pd.CategoricalDtype)):
        raise TypeError(
            f"Column {one.name!r} has the dtype {a} in some rows and {b} in others; "
            "convert it to one."
        )
    if a.ordered or b.ordered:
        raise TypeError(
            f"Column {one.name!r} is an ordered category whose categories differ: "
            f"{a.categories.tolist()} in some rows and {b.categories.tolist()} in "
            "others; set the same for all."
        )
    return pd.CategoricalDtype(a.categories.union(b.categories, sort=False))


def _check_hashable(name: Hashable, series: pd.Series) -> None:
    if series.dtype != object and not _is_nested(series.dtype):
        return
    for value in series:
        if not isinstance(value, Hashable):
            raise TypeError(
                f"Column {name!r} holds {value!r}, a {type(value).__name__}, which "
                "can't be a category because it is not hashable; turn it into a string "
                "or a number, or drop the column."
            )


def _check_numeric(name: Hashable, series: pd.Series) -> None:
    """Refuse, with the way out, what is neither a number nor declared categorical."""
    way_out = f"name {name!r} in `categorical_features` or convert the column"
    if _content(series) == "labels" and series.notna().any():
        raise ValueError(
            f"Column {name!r} of dtype {series.dtype} holds labels, but "
            f"`categorical_features` leaves it out; {way_out} to numbers."
        )
    if series.dtype == object:
        _check_number_objects(name, series, way_out)
    elif pdt.is_complex_dtype(series.dtype):
        raise ValueError(f"Complex data not supported: column {name!r}.")
    elif not (pdt.is_numeric_dtype(series.dtype) or is_temporal(series.dtype)):
        raise TypeError(
            f"Column {name!r} has the dtype {series.dtype}, which can't be read as "
            f"numbers; {way_out}."
        )


def _check_number_objects(name: Hashable, series: pd.Series, way_out: str) -> None:
    present = series[~series.isna().to_numpy(dtype=bool)]
    odd = [v for v in present if isinstance(v, bool) or not isinstance(v, Real)]
    if not odd:
        _check_float_range(name, present)
        return
    types = sorted({type(value).__name__ for value in present})
    message = f"first odd value: {odd[0]!r}; {way_out} to one type."
    if len(types) > 1:
        raise TypeError(f"Column {name!r} mixes the types {types}; {message}")
    raise TypeError(f"Column {name!r} holds objects of type {types[0]}; {message}")


def _check_float_range(name: Hashable, present: pd.Series) -> None:
    for value in present:
        try:
            float(value)
        except OverflowError:
            raise ValueError(
                f"Column {name!r} holds an integer of {len(str(value))} digits, which "
                f"no float can hold; scale the column, or name {name!r} in "
                "`categorical_features`."
            ) from None


def _check_finite(name: Hashable, values: np.ndarray, missing: np.ndarray) -> None:
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return
    infinite = np.flatnonzero(~missing)[~np.isfinite(values)]
    raise ValueError(
        f"Column {name!r} contains infinity in {len(infinite)} rows (first: row "
        f"{infinite[0]}); replace it with NaN, which is accepted as missing, or a "
        "finite number."
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
    head = values[:N_FIRST]
    for decimals in range(NOT_ROUNDED):
        if all(_loses_nothing(part, decimals, precision) for part in (head, values)):
            return decimals
    return NOT_ROUNDED


def _loses_nothing(
    values: np.ndarray, decimals: int, precision: type[np.floating]
) -> bool:
    return np.array_equal(np.round(values, decimals).astype(precision), values)


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
