"""Tables in Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.types
from pyarrow import parquet

from gansampler.cli.table_file import TableFile

ENDINGS = (".parquet", ".pq")
"""Endings of Parquet files; all others are taken for CSV."""


def is_parquet(path: str | Path) -> bool:
    """Tell whether a file is a Parquet file by its ending."""
    return Path(path).suffix.lower() in ENDINGS


def read_parquet(path: str | Path) -> TableFile:
    """Read a table, a named index as columns."""
    try:
        table = parquet.read_table(path)
        frame = table.to_pandas()
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is no Parquet file: {error}.") from error
    # The names that pandas gives itself are not names of columns.
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(named) if named else frame
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise ValueError(f"{path} has columns whose names are no text: {odd}.")
    table = table.select(frame.columns.tolist())
    exact = {field.name: _exact(table[field.name]) for field in table.schema}
    known = {name: values for name, values in exact.items() if values is not None}
    return TableFile(path, frame.reset_index(drop=True).assign(**known), arrow=table)


def _exact(column: Any) -> pd.Series | None:
    """Return a column by the dtype that fits, None where pandas' own choice does.

    pandas makes floats of whole numbers where one is missing, which could lose digits,
    and objects of dates and decimals, which can't be counted.
    """
    kinds = pyarrow.types
    if kinds.is_integer(column.type) and column.null_count:
        dtype = _NULLABLE[str(column.type)]
        return column.to_pandas(types_mapper=lambda _: dtype)
    if kinds.is_date(column.type):
        return column.cast(pyarrow.timestamp("ms")).to_pandas()
    if kinds.is_decimal(column.type):
        return column.cast(pyarrow.float64()).to_pandas()
    return None


_NULLABLE = {
    "int8": pd.Int8Dtype(),
    "int16": pd.Int16Dtype(),
    "int32": pd.Int32Dtype(),
    "int64": pd.Int64Dtype(),
    "uint8": pd.UInt8Dtype(),
    "uint16": pd.UInt16Dtype(),
    "uint32": pd.UInt32Dtype(),
    "uint64": pd.UInt64Dtype(),
}
"""pandas' dtypes for whole numbers with missing ones, by the names of Arrow's types."""


def check_types(path: str | Path, table: Any, names: Sequence[str]) -> None:
    """Raise a ValueError that names a column whose type is no column of a table."""
    kinds = pyarrow.types
    for name in names:
        kind = table.schema.field(name).type
        inner = kind.value_type if kinds.is_dictionary(kind) else kind
        is_bytes = kinds.is_binary(inner) or kinds.is_large_binary(inner)
        is_bytes |= kinds.is_fixed_size_binary(inner)
        if kinds.is_nested(inner) or is_bytes:
            raise ValueError(
                f"{path}, column {name!r}: its type {kind} is neither a number, a date "
                f"nor a text; leave it out with --drop {name!r}, or write a file with "
                "columns of its parts."
            )


def exact_decimals(table: Any) -> dict[str, pd.Series]:
    """Return the columns of decimals, digit by digit, by their names."""
    fields = [f for f in table.schema if pyarrow.types.is_decimal(f.type)]
    return {field.name: table[field.name].to_pandas() for field in fields}


def append_rows(table: Any, names: Sequence[str], more: pd.DataFrame) -> Any:
    """Return some columns of an Arrow table, as they were, with more rows below them.

    Parameters
    ----------
    table : pyarrow.Table
        The table.

    names : sequence of str
        Its columns, in the order in which they are to stand.

    more : DataFrame of shape (n_rows, n_columns)
        The rows below.

    Returns
    -------
    table : pyarrow.Table
        Those of the table, by the same types, then the others.

    Raises
    ------
    ValueError
        If a type can't hold the value of a further row; the message names the column.
    """
    first = table.select(list(names))
    columns = []
    for field in first.schema:
        try:
            columns.append(_to_arrow(more[field.name], field.type))
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise ValueError(
                f"Column {field.name!r}: its type {field.type} can't hold the values "
                f"of new rows: {error}."
            ) from error
    below = pyarrow.Table.from_arrays(columns, schema=first.schema)
    return pyarrow.concat_tables([first, below])


def _to_arrow(values: pd.Series, kind: Any) -> Any:
    """Return values as a column of an Arrow type."""
    if pyarrow.types.is_dictionary(kind):
        plain = pyarrow.Array.from_pandas(values.astype(object), type=kind.value_type)
        return plain.dictionary_encode().cast(kind)
    if pyarrow.types.is_decimal(kind):
        texts = [None if pd.isna(v) else f"{v:.{kind.scale}f}" for v in values]
        return pyarrow.array(texts).cast(kind)
    return pyarrow.Array.from_pandas(values, type=kind)
