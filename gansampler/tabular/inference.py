"""Infer the schema of a table from its rows, all at once or part by part."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.column_values import is_temporal, read_numbers
from gansampler.tabular.number_facts import NumberFacts
from gansampler.tabular.scalar_twins import Twins, find_fault, find_twins
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema
from gansampler.tabular.validation import check_unique_names


def infer_schema(
    frame: pd.DataFrame,
    categorical_features: str | Sequence[Any] = "auto",
) -> TableSchema:
    """Infer the schema of a table.

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
        One entry for each column.

    Raises
    ------
    ValueError, TypeError
        If `categorical_features` does not match the table, two columns have the same
        name, or a column is invalid. The message names the column.

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


def infer_twins(
    frame: pd.DataFrame,
    categorical_features: str | Sequence[Any] = "auto",
) -> Twins:
    """Find the columns that need a twin, none of which is declared categorical.

    Parameters
    ----------
    frame, categorical_features
        As in :func:`infer_schema`, which then reads the frame with its twins.

    Returns
    -------
    twins : Twins
        Their twins.
    """
    declared = resolve_categorical(categorical_features, frame.columns)
    return find_twins(frame, {j for j, is_label in enumerate(declared) if is_label})


@dataclass(frozen=True)
class ColumnFacts:
    """Facts about a column in some rows of a table.

    The facts about several parts of a table merge into those about the whole, so that
    no part needs to know the others.

    Parameters
    ----------
    name : hashable
        The column's name.

    dtype : numpy dtype or pandas extension dtype
        The dtype of the column in these rows.

    content : str
        "numbers", or a word for categorical content. "nothing" if all objects in the
        column are missing.

    numbers : NumberFacts or None
        Facts about the numbers, None if the column is categorical.
    """

    name: Hashable
    dtype: Any
    content: str
    numbers: NumberFacts | None

    @classmethod
    def of(
        cls, name: Hashable, series: pd.Series, declared: bool | None
    ) -> ColumnFacts:
        """Read one column; `declared` is None if the user declared nothing."""
        _check_known_to_pandas(name, series.dtype)
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
        """Return the facts about both sets of rows together.

        Raises
        ------
        TypeError
            If the column contains different types of values in them.
        """
        dtype = _merge_dtypes(self, other)
        if "nothing" in (self.content, other.content):
            known = other if self.content == "nothing" else self
            return ColumnFacts(self.name, dtype, known.content, known.numbers)
        if self.content != other.content:
            raise TypeError(
                f"Column {self.name!r} contains {self.content} in some rows and "
                f"{other.content} in others. Name {self.name!r} in "
                "`categorical_features`, or convert the column to one type."
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
    """Collect facts about each column in some rows; see :func:`infer_schema`."""
    check_unique_names(frame.columns)
    declared = resolve_categorical(categorical_features, frame.columns)
    return [
        ColumnFacts.of(name, frame.iloc[:, j], declared[j])
        for j, name in enumerate(frame.columns)
    ]


def resolve_categorical(
    categorical_features: str | Sequence[Any], names: pd.Index
) -> Sequence[bool | None]:
    """Convert names, positions or a mask to a mask; "auto" gives None for each."""
    if isinstance(categorical_features, str) and categorical_features == "auto":
        return [None] * len(names)
    if any(isinstance(name, tuple) for name in categorical_features):
        # Names in a MultiIndex, which NumPy would read as a matrix.
        wanted = np.fromiter(categorical_features, dtype=object)
    else:
        wanted = np.asarray(categorical_features)
    if wanted.ndim != 1:
        raise ValueError(
            "categorical_features must be one-dimensional, got an array of shape "
            f"{wanted.shape}."
        )
    if wanted.dtype == bool:
        if len(wanted) != len(names):
            raise ValueError(
                f"categorical_features is a mask of {len(wanted)} entries, but X has "
                f"{len(names)} columns."
            )
        return wanted.tolist()
    if np.issubdtype(wanted.dtype, np.integer):
        positions = _check_positions(wanted, len(names))
    else:
        positions = _find_names(list(categorical_features), names)
    return [j in positions for j in range(len(names))]


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
            f"categorical_features names {unknown}, which are not columns of X. Its "
            f"columns are {names.tolist()}."
        )
    return {position_of[name] for name in wanted}


def _is_nested(dtype: Any) -> bool:
    """Tell whether each value is an Arrow list or record."""
    if not isinstance(dtype, pd.ArrowDtype):
        return False
    from pyarrow.types import is_nested

    return is_nested(dtype.pyarrow_dtype)


def _content(series: pd.Series) -> str:
    """Return "numbers", "labels", "booleans", or "nothing" if it is unknown."""
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype) == "null":
        return "nothing"
    if pdt.is_object_dtype(dtype):
        found = pdt.infer_dtype(series, skipna=True)
        # A column with missing values only may not reveal its kind.
        words = {"string": "labels", "boolean": "booleans", "empty": "nothing"}
        return words.get(found, "numbers")
    if isinstance(dtype, pd.CategoricalDtype):
        return "labels"
    if pdt.is_bool_dtype(dtype):
        return "booleans"
    return "labels" if pdt.is_string_dtype(dtype) else "numbers"


def _merge_dtypes(one: ColumnFacts, other: ColumnFacts) -> Any:
    """Return the dtype for both sets of rows, with the categories of both."""
    a, b = one.dtype, other.dtype
    if a == b:
        return a
    if not (isinstance(a, pd.CategoricalDtype) and isinstance(b, pd.CategoricalDtype)):
        raise TypeError(
            f"Column {one.name!r} has the dtype {a} in some rows and {b} in others. "
            "Convert it to a single dtype."
        )
    if a.ordered or b.ordered:
        raise TypeError(
            f"Column {one.name!r} is an ordered category whose categories differ: "
            f"{a.categories.tolist()} in some rows and {b.categories.tolist()} in "
            "others. Set the same categories for all rows."
        )
    return pd.CategoricalDtype(a.categories.union(b.categories, sort=False))


def _check_hashable(name: Hashable, series: pd.Series) -> None:
    if series.dtype != object and not _is_nested(series.dtype):
        return
    for value in series:
        if not isinstance(value, Hashable):
            raise TypeError(
                f"Column {name!r} contains {value!r}, a {type(value).__name__}, which "
                "can't be a category because it is not hashable. Convert it to a "
                "string or a number, or drop the column."
            )


def _check_known_to_pandas(name: Hashable, dtype: Any) -> None:
    """Raise an error with a fix for an Arrow dtype that pandas cannot work with."""
    if isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype) == "string_view":
        raise TypeError(
            f"Column {name!r} has the dtype {dtype}, which pandas cannot work with. "
            f"Convert it with `X[{name!r}] = X[{name!r}].tolist()`."
        )


def _check_numeric(name: Hashable, series: pd.Series) -> None:
    """Raise an error with a fix for values neither numeric nor declared categorical."""
    way_out = f"name {name!r} in `categorical_features` or convert the column"
    if _content(series) == "labels" and series.notna().any():
        raise ValueError(
            f"Column {name!r} of dtype {series.dtype} contains labels, but "
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
    fault = find_fault(series)
    if fault is not None:
        raise TypeError(f"Column {name!r} can't be read: {fault}.")
    if odd[0] is present.iloc[0]:  # what it begins with is not what is odd
        odd = [v for v in present if type(v) is not type(odd[0])] or odd
    types = sorted({type(value).__name__ for value in present})
    message = f"first odd value: {odd[0]!r}; {way_out} to one type."
    if len(types) > 1:
        raise TypeError(f"Column {name!r} mixes the types {types}; {message}")
    raise TypeError(f"Column {name!r} contains objects of type {types[0]}; {message}")


def _check_float_range(name: Hashable, present: pd.Series) -> None:
    for value in present:
        try:
            float(value)
        except OverflowError:
            raise ValueError(
                f"Column {name!r} contains an integer of {len(str(value))} digits, "
                f"too large for a float. Scale the column, or name {name!r} in "
                "`categorical_features`."
            ) from None


def _check_finite(name: Hashable, values: np.ndarray, missing: np.ndarray) -> None:
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return
    infinite = np.flatnonzero(~missing)[~np.isfinite(values)]
    raise ValueError(
        f"Column {name!r} contains infinity in {len(infinite)} rows (first: row "
        f"{infinite[0]}). Replace it with NaN, which counts as missing, or with a "
        "finite number."
    )
