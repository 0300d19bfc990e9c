"""Align tables with the same columns, or encode them as numbers."""

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
"""Categories with an encoded column of their own. The rarer ones share one."""

MAX_DEVIATION = 1e6
"""Encoded numbers are clipped here, so that their squares don't overflow."""

Features = str | Sequence[Any]
"""How a user declares categorical columns: "auto", names, positions or a mask."""


@dataclass(frozen=True)
class Column:
    """One column of several tables, as comparable numbers or codes.

    Parameters
    ----------
    name : hashable
        The name of the column.

    dtype : numpy dtype or pandas extension dtype
        The dtype of the column. Its unit is the unit of dates and durations.

    parts : list of ndarray of shape (n_rows,)
        The values of each table. Numbers are float64 with NaN. Categories are positions
        in `categories`, with -1 for missing.

    categories : list or None
        The categories of all tables, or None for numbers, dates and durations.
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
    """Align the columns of tables, which must be the same in all of them.

    Parameters
    ----------
    categorical_features : "auto" or array-like
        Which columns are categorical.

    **tables : {array-like, dataframe, sparse matrix}
        The tables. Error messages use the keywords as names.

    Returns
    -------
    columns : list of Column
        The columns, each with its values of every table.
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
    """Raise a ValueError if a parameter needs more rows than a table has."""
    for table, rows in tables.items():
        if len(rows) < n_min:
            raise ValueError(
                f"{name}={value} needs at least {n_min} rows in each table, but "
                f"{table} has {len(rows)}. Pass more rows or a smaller {name}."
            )


def as_frames(**tables: Any) -> dict[str, pd.DataFrame]:
    """Return tables as frames with the same column names."""
    tables = {table: polars_to_pandas(X) for table, X in tables.items()}
    frames = {table: _to_frame(table, X) for table, X in tables.items()}
    # Columns of an array have no names, so it takes those of the frames.
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
            f"{table} has {frame.shape[0]} rows and {frame.shape[1]} columns. It needs "
            "at least one of each."
        )
    return frame


def _check_names(first: str, names: pd.Index, table: str, others: pd.Index) -> None:
    if names.equals(others):
        return
    if set(names) == set(others):
        raise ValueError(
            f"{table} has the columns of {first} in a different order. Pass "
            f"`{table}[{first}.columns]`."
        )
    lacking = [name for name in names if name not in set(others)]
    extra = [name for name in others if name not in set(names)]
    raise ValueError(
        f"{table} must have the same columns as {first}, but lacks {lacking} and also "
        f"has {extra}. Rename or drop columns."
    )


def _infer(table: str, frame: pd.DataFrame, features: Features) -> TableSchema:
    try:
        return infer_schema(frame, features)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{table}: {error}") from error


def _align_column(
    parts: dict[str, pd.Series], schemas: dict[str, ColumnSchema]
) -> Column:
    """Align one column. Tables in which it has values decide its kind."""
    known = [t for t, series in parts.items() if np.asarray(series.notna()).any()]
    first = schemas[known[0] if known else next(iter(parts))]
    for table in known[1:]:
        if _role(schemas[table]) != _role(first):
            raise ValueError(
                f"Column {first.name!r} holds {_role(first)} in {known[0]}, but "
                f"{_role(schemas[table])} in {table}. Convert one to the other's "
                f"dtype, or add {first.name!r} to `categorical_features`."
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
    """Return a column as float64 with NaN, with dates in the first table's unit."""
    if _role(column) != "numbers" and series.dtype != column.dtype:
        try:
            series = series.astype(column.dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Column {column.name!r} of {table} can't be compared: {error}. "
                f"Convert it to {column.dtype}."
            ) from error
    # Bounded, so that differences and their squares don't overflow.
    return read_floats(series, bound=1e100)


def encode_aligned(categorical_features: Features, **tables: Any) -> list[np.ndarray]:
    """Encode tables with the same columns for Euclidean distances.

    Parameters
    ----------
    categorical_features : "auto" or array-like
        Which columns are categorical.

    **tables : {array-like, dataframe, sparse matrix}
        The tables. Error messages use the keywords as names. The first table decides
        the scales of numbers and which categories are frequent.

    Returns
    -------
    encoded : list of ndarray of shape (n_rows, n_encoded), dtype float64
        The encoded tables, in the same order.
    """
    blocks = [
        _one_hot(column.parts) if column.categorical else _standardise(column.parts)
        for column in align_tables(categorical_features, **tables)
    ]
    return [np.hstack(table) for table in zip(*blocks, strict=True)]


def _one_hot(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Encode so that two categories, or a category and missing, have distance 1."""
    n_levels = max(part.max() for part in parts) + 2
    counts = np.bincount(parts[0] + 1, minlength=n_levels)
    rank = np.empty(n_levels, dtype=int)
    rank[np.argsort(-counts, kind="stable")] = np.arange(n_levels)
    columns = np.eye(min(n_levels, MAX_CATEGORIES + 1)) / np.sqrt(2)
    return [columns[np.minimum(rank[part + 1], MAX_CATEGORIES)] for part in parts]


def _standardise(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Scale by the first table. Replace missing values by its median and mark them."""
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
    """Return the interquartile range, or the standard deviation if that is zero."""
    if len(deviations) == 0 or np.ptp(deviations) == 0:
        return 1.0
    # Large enough that no quotient overflows.
    return max(float(iqr(deviations, scale="normal") or np.std(deviations)), 1e-100)
