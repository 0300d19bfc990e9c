"""Read and extend tables in Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.types
from pyarrow import parquet

from gansampler.cli.csv_format import CellFormat, CsvFormat
from gansampler.cli.date_form import DateForm, DatePattern
from gansampler.cli.table_file import TableFile, check_names_differ
from gansampler.utils.formatting import list_some

ENDINGS = (".parquet", ".pq")
"""Endings of Parquet files. All other files are treated as CSV."""


def is_parquet(path: str | Path) -> bool:
    """Tell from its ending whether a file is a Parquet file."""
    return Path(path).suffix.lower() in ENDINGS


def read_parquet(path: str | Path, source: Any = None) -> TableFile:
    """Read a table. A named index becomes columns.

    Parameters
    ----------
    path : str or Path
        The file.

    source : file-like or None, default=None
        Another source of the bytes of the file.

    Returns
    -------
    table : TableFile
        The table. Times of day are durations since midnight.
    """
    try:
        dataset = parquet.ParquetDataset(path) if source is None else None
        file = dataset or parquet.ParquetFile(source)
        schema = file.schema if dataset else file.schema_arrow
        check_names_differ(str(path), schema.names)
        # With threads, the time may grow with the square of the number of columns.
        table = file.read(use_threads=False)
        frame = table.to_pandas()
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is not a Parquet file: {error}.") from error
    # Only an index with a name becomes a column.
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(named) if named else frame
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise ValueError(
            f"{path} has columns whose names are not strings: {list_some(odd)}. Rename "
            "them."
        )
    table = table.select(frame.columns.tolist())
    exact = {j: _exact(column) for j, column in enumerate(table.columns)}
    known = {j: values for j, values in exact.items() if values is not None}
    times = {
        field.name: CellFormat(_time_form(table[field.name]))
        for field in table.schema
        if pyarrow.types.is_time(_inner(field.type))
    }
    csv_format = CsvFormat(columns=times)
    frame = _replace_columns(frame, known)
    return TableFile(path, frame, csv_format=csv_format, arrow=table)


def _time_form(column: Any) -> DateForm:
    """Return the CSV form of times of day, in seconds if that is without loss."""
    nanos = _since_midnight(column).cast(pyarrow.int64())
    unit = 10 ** {"s": 0, "ms": 3, "us": 6, "ns": 9}[_inner(column.type).unit]
    is_second = all(n is None or n % unit == 0 for n in nanos.unique().to_pylist())
    digits = {"ms": "3", "us": "6", "ns": "9"}.get(_inner(column.type).unit)
    form = "%H:%M:%S" if is_second else f"%H:%M:%S.%{digits}f"
    return DateForm((DatePattern(form),))


def _since_midnight(column: Any) -> Any:
    """Return times of day as durations."""
    kind = _inner(column.type)
    whole = pyarrow.int32() if kind.bit_width == 32 else pyarrow.int64()
    numbers = column.cast(kind).cast(whole).cast(pyarrow.int64())
    return numbers.cast(pyarrow.duration(kind.unit))


def as_times(passed: pd.Series) -> pd.Series:
    """Return durations since midnight as times of day."""
    unit = passed.dt.unit
    kind = pyarrow.time32(unit) if unit in ("s", "ms") else pyarrow.time64(unit)
    return pd.Series(_to_arrow(passed, kind), dtype=pd.ArrowDtype(kind))


def is_text(table: Any, name: str) -> bool:
    """Tell whether the type of a column is a string."""
    kinds, kind = pyarrow.types, _inner(table.schema.field(name).type)
    is_view = getattr(kinds, "is_string_view", lambda _: False)
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or is_view(kind))


def is_date(table: Any, name: str) -> bool:
    """Tell whether the type of a column is a date or timestamp."""
    kind = _inner(table.schema.field(name).type)
    return bool(pyarrow.types.is_date(kind) or pyarrow.types.is_timestamp(kind))


def _replace_columns(frame: pd.DataFrame, new: dict[int, pd.Series]) -> pd.DataFrame:
    """Return a frame with some columns replaced and the index reset."""
    if not new:
        return frame.reset_index(drop=True)
    # All at once, because replacing many columns one by one is slow in pandas.
    arrays = {
        j: new[j].array if j in new else frame.iloc[:, j].array
        for j in range(frame.shape[1])
    }
    return pd.DataFrame(arrays).set_axis(frame.columns, axis=1)


def _exact(column: Any) -> pd.Series | None:
    """Return a column in a suitable dtype, or None if pandas' own choice is fine.

    pandas converts whole numbers with missing values to floats, which may lose digits,
    and dates and decimals to objects, which are not numeric.
    """
    kinds = pyarrow.types
    if kinds.is_integer(column.type) and column.null_count:
        dtype = _NULLABLE[str(column.type)]
        return column.to_pandas(types_mapper=lambda _: dtype)
    if kinds.is_date(column.type):
        return column.cast(pyarrow.timestamp("ms")).to_pandas()
    if kinds.is_decimal(column.type):
        return column.cast(pyarrow.float64()).to_pandas()
    if kinds.is_time(_inner(column.type)):
        return _since_midnight(column).to_pandas()
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
"""Maps the names of Arrow's integer types to pandas' nullable dtypes."""


def check_types(path: str | Path, table: Any, features: Sequence[str]) -> None:
    """Raise a ValueError if the type of a feature is not supported.

    Parameters
    ----------
    path : str or Path
        The file, for the message.

    table : pyarrow.Table
        The table in the file.

    features : sequence of str
        The columns to learn.
    """
    for name in features:
        kind = table.schema.field(name).type
        if _has_parts(kind):
            raise ValueError(
                f"{path}, column {name!r}: its type {kind} is neither a number, a date "
                f"nor text. Leave it out with --drop {name!r}, or split it into one "
                "column for each part."
            )


def check_label_type(path: str | Path, table: Any, target: str) -> None:
    """Raise a ValueError if the type of the target can't represent classes."""
    kind = table.schema.field(target).type
    if pyarrow.types.is_temporal(_inner(kind)) or _has_parts(kind):
        raise ValueError(
            f"{path}: the target {target!r} of type {kind} does not contain classes. "
            "Name another column, or store the classes as strings or whole numbers."
        )
    fractions = _fractions(table[target]) if is_decimal(table, target) else []
    if fractions:
        raise ValueError(
            f"{path}: the target {target!r} contains numbers such as {fractions[0]}, "
            "not classes. Name another column, or bin its values into classes first."
        )


def _inner(kind: Any) -> Any:
    """Return the type of the values, also of a dictionary type."""
    return kind.value_type if pyarrow.types.is_dictionary(kind) else kind


def _has_parts(kind: Any) -> bool:
    """Tell whether a type stores several values, or bytes, in each row."""
    kinds, inner = pyarrow.types, _inner(kind)
    is_bytes = kinds.is_binary(inner) or kinds.is_large_binary(inner)
    is_bytes |= kinds.is_fixed_size_binary(inner)
    return bool(kinds.is_nested(inner) or is_bytes)


def is_decimal(table: Any, name: str) -> bool:
    """Tell whether the type of a column is a decimal."""
    return bool(pyarrow.types.is_decimal(table.schema.field(name).type))


def _fractions(column: Any) -> list[Any]:
    """Return the distinct decimals of a column that are not whole numbers."""
    distinct = column.unique().to_pylist()
    # Rounding, because a remainder fails for numbers with very many digits.
    return [v for v in distinct if v is not None and v != v.to_integral_value()]


def read_codes(column: Any) -> pd.Series:
    """Return decimals that are codes, such as classes, without merging any.

    As floats, codes of more than about 15 digits could be merged.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of shape (n_rows,)
        The decimals.

    Returns
    -------
    codes : Series of shape (n_rows,)
        Whole numbers if all fit into 64 bits, else strings of digits.
    """
    values = column.to_pylist()
    present = [value for value in values if value is not None]
    if not _fractions(column) and all(-(2**63) <= v < 2**63 for v in present):
        whole = pd.array([None if v is None else int(v) for v in values], "Int64")
        return pd.Series(whole if column.null_count else whole.astype("int64"))
    texts = [None if value is None else f"{value:f}" for value in values]
    return pd.Series(texts, dtype="string")


def exact_decimals(
    table: Any, names: Sequence[str], more: pd.DataFrame
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the exact decimal columns of a table, and of additional rows."""
    decimals = [name for name in names if is_decimal(table, name)]
    both = append_rows(table, decimals, more)
    first, below = both.slice(0, table.num_rows), both.slice(table.num_rows)
    return _to_objects(first), _to_objects(below)


def _to_objects(table: Any) -> dict[str, Any]:
    return {name: table[name].to_pandas().to_numpy() for name in table.column_names}


def append_rows(table: Any, names: Sequence[str], more: pd.DataFrame) -> Any:
    """Append rows to some columns of an Arrow table, which stay unchanged.

    Parameters
    ----------
    table : pyarrow.Table
        The table.

    names : sequence of str
        The columns to keep, in the order of the result.

    more : DataFrame of shape (n_rows, n_columns)
        The rows to append.

    Returns
    -------
    table : pyarrow.Table
        The rows of the table followed by the others, with the same types.

    Raises
    ------
    ValueError
        If a type can't store the value of a new row. The message names the column.
    """
    first = table.select(list(names))
    columns = []
    for field in first.schema:
        try:
            columns.append(_to_arrow(more[field.name], field.type))
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise ValueError(
                f"Column {field.name!r}: its type {field.type} can't store the values "
                f"of new rows: {error}."
            ) from error
    below = pyarrow.Table.from_arrays(columns, schema=first.schema)
    return pyarrow.concat_tables([first, below])


def _to_arrow(values: pd.Series, kind: Any) -> Any:
    """Return values as a column of an Arrow type."""
    if pyarrow.types.is_time(_inner(kind)):
        inner = _inner(kind)
        whole = pyarrow.int32() if inner.bit_width == 32 else pyarrow.int64()
        passed = pyarrow.Array.from_pandas(values).cast(pyarrow.duration(inner.unit))
        times = passed.cast(pyarrow.int64()).cast(whole).cast(inner)
        return times if inner == kind else times.dictionary_encode().cast(kind)
    if pyarrow.types.is_dictionary(kind):
        plain = pyarrow.Array.from_pandas(values.astype(object), type=kind.value_type)
        return plain.dictionary_encode().cast(kind)
    if pyarrow.types.is_decimal(kind):
        # Keep every digit of whole numbers and strings, which a float might lose.
        texts = [
            None
            if pd.isna(v)
            else str(v)
            if isinstance(v, (Integral, str))
            else f"{v:.{kind.scale}f}"
            for v in values
        ]
        return pyarrow.array(texts).cast(kind)
    return pyarrow.Array.from_pandas(values, type=kind)
