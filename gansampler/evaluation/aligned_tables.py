"""Tables with the same columns, aligned column by column or encoded as numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import iqr

from gansampler.tabular.column_values import read_floats
from gansampler.tabular.containers import polars_to_pandas, to_counted
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema
from gansampler.tabular.validation import check_table

MAX_CATEGORIES = 32
"""Categories of a column that get an encoded column each; the rarer ones share one."""

MAX_DEVIATION = 1e6
"""Encoded numbers are cut off there, so that no square of theirs overflows."""

Features = str | Sequence[Any]
"""What a user names categorical columns by: "auto", or names, positions or a mask."""


@dataclass(frozen=True)
class Column:
    """One column of several tables, in the same numbers or codes.

    Parameters
    ----------
    name : hashable
        Its name.

    dtype : numpy dtype or pandas extension dtype
        What it is kept in; dates and durations are counted in its unit.

    parts : list of ndarray of shape (n_rows,)
        The column of each table: numbers as float64 with NaN, or positions in
        `categories`, -1 for missing.

    categories : list or None
        The categories of all tables, None for numbers, dates and durations.
    """

    name: Hashable
    dtype: Any
    parts: list[np.ndarray]
    categories: list[Any] | None

    @property
    def categorical(self) -> bool:
        """Whether the column holds categories."""
        return self.categories is not None


def align_tables(categorical_features: Features, **tables: Any) -> list[Column]:
    """Return the columns of tables that must have the same ones.

    Parameters
    ----------
    categorical_features : "auto" or array-like
        Which columns are categorical.

    **tables : {array-like, dataframe, sparse matrix}
        The tables, under the names by which errors call them.

    Returns
    -------
    columns : list of Column
        The columns, each with its part of every table.
    """
    frames = as_frames(**tables)
    schemas = {
        table: _infer(table, frame, categorical_features)
        for table, frame in frames.items()
    }
    return [
        _align_column(
            {table: frame.iloc[:, j] for table, frame in frames.items()},
            {table: schema.columns[j] for table, schema in schemas.items()},
        )
        for j in range(next(iter(frames.values())).shape[1])
    ]


def check_row_counts(name: str, value: Any, n_min: int, **tables: np.ndarray) -> None:
    """Raise a ValueError where a parameter needs more rows than a table has."""
    for table, rows in tables.items():
        if len(rows) < n_min:
            raise ValueError(
                f"{name}={value} needs at least {n_min} rows of each table, but "
                f"{table} has {len(rows)}; pass more rows or a smaller {name}."
            )


def as_frames(**tables: Any) -> dict[str, pd.DataFrame]:
    """View tables as frames with the same column names, or say how they differ."""
    tables = {table: polars_to_pandas(X) for table, X in tables.items()}
    frames = {table: _to_frame(table, X) for table, X in tables.items()}
    # An array's columns have no names; it takes those of the frames beside it.
    named = [table for table, X in tables.items() if isinstance(X, pd.DataFrame)]
    for table in named[1:]:
        _check_names(named[0], frames[named[0]].columns, table, frames[table].columns)
    first = named[0] if named else next(iter(frames))
    names = frames[first].columns
    for table, frame in frames.items():
        if frame.shape[1] != len(names):
            raise ValueError(
                f"{table} has {frame.shape[1]} columns, but {first} has {len(names)}; "
                "give both the same columns."
            )
    return {table: frame.set_axis(names, axis=1) for table, frame in frames.items()}


def _to_frame(table: str, X: Any) -> pd.DataFrame:
    frame = to_counted(X if isinstance(X, pd.DataFrame) else check_table(X))
    if 0 in frame.shape:
        raise ValueError(
            f"{table} has {frame.shape[0]} rows and {frame.shape[1]} columns; at least "
            "one of each is needed."
        )
    return frame


def _check_names(first: str, names: pd.Index, table: str, others: pd.Index) -> None:
    if names.equals(others):
        return
    if set(names) == set(others):
        raise ValueError(
            f"{table} has the columns of {first} in another order; pass "
            f"`{table}[{first}.columns]`."
        )
    lacking = [name for name in names if name not in set(others)]
    extra = [name for name in others if name not in set(names)]
    raise ValueError(
        f"{table} must have the columns of {first}, but lacks {lacking} and has "
        f"{extra} besides; rename or drop columns so that both have the same."
    )


def _infer(table: str, frame: pd.DataFrame, features: Features) -> TableSchema:
    try:
        return infer_schema(frame, features)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{table}: {error}") from error


def _align_column(
    parts: dict[str, pd.Series], schemas: dict[str, ColumnSchema]
) -> Column:
    """Align one column of each table, as what it is where it has values."""
    known = [t for t, series in parts.items() if np.asarray(series.notna()).any()]
    first = schemas[known[0] if known else next(iter(parts))]
    for table in known[1:]:
        if _role(schemas[table]) != _role(first):
            raise ValueError(
                f"Column {first.name!r} holds {_role(first)} in {known[0]}, but "
                f"{_role(schemas[table])} in {table}; convert one to the other's "
                f"dtype, or name {first.name!r} in `categorical_features`."
            )
    if first.kind is Kind.CATEGORICAL:
        values = [series.astype(object).to_numpy() for series in parts.values()]
        codes, categories = pd.factorize(np.concatenate(values))
        ends = np.cumsum([len(part) for part in values])[:-1]
        return Column(
            first.name, first.dtype, np.split(codes, ends), categories.tolist()
        )
    numbers = [_numbers(table, series, first) for table, series in parts.items()]
    return Column(first.name, first.dtype, numbers, None)


def _role(column: ColumnSchema) -> str:
    if column.kind is Kind.CATEGORICAL:
        return "categories"
    return {"M": "dates", "m": "durations"}.get(column.dtype.kind, "numbers")


def _numbers(table: str, series: pd.Series, column: ColumnSchema) -> np.ndarray:
    """Return a column as float64 with NaN, dates in the unit of the first table's."""
    if _role(column) != "numbers" and series.dtype != column.dtype:
        try:
            series = series.astype(column.dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Column {column.name!r} of {table} can't be compared: {error}; "
                f"convert it to {column.dtype}."
            ) from error
    # Bounded so that neither differences nor their squares overflow.
    return read_floats(series, bound=1e100)


def encode_aligned(categorical_features: Features, **tables: Any) -> list[np.ndarray]:
    """Encode tables with the same columns, so that Euclidean distances suit them.

    Parameters
    ----------
    categorical_features : "auto" or array-like
        Which columns are categorical.

    **tables : {array-like, dataframe, sparse matrix}
        The tables, under the names by which errors call them. The first one decides
        the scales of numbers, and which categories are frequent.

    Returns
    -------
    encoded : list of ndarray of shape (n_rows, n_encoded), dtype float64
        The encoded tables, in their order.
    """
    blocks = [
        _one_hot(column.parts) if column.categorical else _standardise(column.parts)
        for column in align_tables(categorical_features, **tables)
    ]
    return [np.hstack(table) for table in zip(*blocks, strict=True)]


def _one_hot(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Encode so that two categories, or a category and missing, are at distance 1."""
    n_levels = max(part.max() for part in parts) + 2
    counts = np.bincount(parts[0] + 1, minlength=n_levels)
    rank = np.empty(n_levels, dtype=int)
    rank[np.argsort(-counts, kind="stable")] = np.arange(n_levels)
    columns = np.eye(min(n_levels, MAX_CATEGORIES + 1)) / np.sqrt(2)
    return [columns[np.minimum(rank[part + 1], MAX_CATEGORIES)] for part in parts]


def _standardise(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Scale by the first table, set missing values to its median and mark them."""
    present = parts[0][~np.isnan(parts[0])]
    middle = np.median(present) if len(present) else 0.0
    scale = _spread(present - middle)
    scaled = [
        np.clip(np.nan_to_num((part - middle) / scale), -MAX_DEVIATION, MAX_DEVIATION)
        for part in parts
    ]
    missing = [np.isnan(part) for part in parts]
    if not np.concatenate(missing).any():
        return [part[:, np.newaxis] for part in scaled]
    return [np.column_stack(pair) for pair in zip(scaled, missing, strict=True)]


def _spread(deviations: np.ndarray) -> float:
    """Return the interquartile range, or the standard deviation where that is zero."""
    if len(deviations) == 0 or np.ptp(deviations) == 0:
        return 1.0
    # Not so small that a quotient overflows.
    return max(float(iqr(deviations, scale="normal") or np.std(deviations)), 1e-100)
