"""Tables in Parquet files."""

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
"""Endings of Parquet files; all others are taken for CSV."""


def is_parquet(path: str | Path) -> bool:
    """Tell whether a file is a Parquet file by its ending."""
    return Path(path).suffix.lower() in ENDINGS


def read_parquet(path: str | Path, source: Any = None) -> TableFile:
    """Read a table, a named index as columns.

    Parameters
    ----------
    path : str or Path
        The file.

    source : file-like or None, default=None
        Where its bytes come from, if not from there.

    Returns
    -------
    table : TableFile
        The table; its times of day are counted from midnight.
    """
    try:
        dataset = parquet.ParquetDataset(path) if source is None else None
        file = dataset or parquet.ParquetFile(source)
        schema = file.schema if dataset else file.schema_arrow
        check_names_differ(str(path), schema.names)
        # In threads, the time may grow with the square of the columns.
        table = file.read(use_threads=False)
        frame = table.to_pandas()
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is no Parquet file: {error}.") from error
    # The names that pandas gives itself are not names of columns.
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(named) if named else frame
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise ValueError(
            f"{path} has columns whose names are no text: {list_some(odd)}."
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
    """Return how times of day stand in a CSV file, to the second if that suffices."""
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
    """Tell whether a column holds texts by its type."""
    kinds, kind = pyarrow.types, _inner(table.schema.field(name).type)
    is_view = getattr(kinds, "is_string_view", lambda _: False)
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or is_view(kind))


def is_date(table: Any, name: str) -> bool:
    """Tell whether a column holds dates by its type."""
    kind = _inner(table.schema.field(name).type)
    return bool(pyarrow.types.is_date(kind) or pyarrow.types.is_timestamp(kind))


def _replace_columns(frame: pd.DataFrame, new: dict[int, pd.Series]) -> pd.DataFrame:
    """Return a frame with other columns at some positions, and rows counted anew."""
    if not new:
        return frame.reset_index(drop=True)
    # At once: pandas takes long to replace many, one by one.
    arrays = {
        j: new[j].array if j in new else frame.iloc[:, j].array
        for j in range(frame.shape[1])
    }
    return pd.DataFrame(arrays).set_axis(frame.columns, axis=1)


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
"""pandas' dtypes for whole numbers with missing ones, by the names of Arrow's types."""


def check_types(path: str | Path, table: Any, features: Sequence[str]) -> None:
    """Raise a ValueError that names a feature whose type is none that can be learned.

    Parameters
    ----------
    path : str or Path
        The file, for the message.

    table : pyarrow.Table
        What it holds.

    features : sequence of str
        The columns to learn.
    """
    for name in features:
        kind = table.schema.field(name).type
        if _has_parts(kind):
            raise ValueError(
                f"{path}, column {name!r}: its type {kind} is neither a number, a date "
                f"nor a text; leave it out with --drop {name!r}, or write a file with "
                "columns of its parts."
            )


def check_label_type(path: str | Path, table: Any, target: str) -> None:
    """Raise a ValueError if the type of the target holds no classes."""
    kind = table.schema.field(target).type
    if pyarrow.types.is_temporal(_inner(kind)) or _has_parts(kind):
        raise ValueError(
            f"{path}: the target {target!r} of type {kind} holds no classes; name "
            "another column, or write a file that holds them as texts or as whole "
            "numbers."
        )
    fractions = _fractions(table[target]) if is_decimal(table, target) else []
    if fractions:
        raise ValueError(
            f"{path}: the target {target!r} holds numbers such as {fractions[0]}, not "
            "classes; name another column, or put its values into classes first."
        )


def _inner(kind: Any) -> Any:
    """Return the type of the values, also in a dictionary."""
    return kind.value_type if pyarrow.types.is_dictionary(kind) else kind


def _has_parts(kind: Any) -> bool:
    """Tell whether a type holds several values, or bytes, in each row."""
    kinds, inner = pyarrow.types, _inner(kind)
    is_bytes = kinds.is_binary(inner) or kinds.is_large_binary(inner)
    is_bytes |= kinds.is_fixed_size_binary(inner)
    return bool(kinds.is_nested(inner) or is_bytes)


def is_decimal(table: Any, name: str) -> bool:
    """Tell whether a column holds decimals by its type."""
    return bool(pyarrow.types.is_decimal(table.schema.field(name).type))


def _fractions(column: Any) -> list[Any]:
    """Return the distinct decimals of a column that are no whole numbers."""
    distinct = column.unique().to_pylist()
    # By rounding: a remainder fails where there are very many digits.
    return [v for v in distinct if v is not None and v != v.to_integral_value()]


def read_codes(column: Any) -> pd.Series:
    """Return decimals that name something, as classes do, so that none are merged.

    As floats, those of more than some 15 digits could be.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of shape (n_rows,)
        The decimals.

    Returns
    -------
    codes : Series of shape (n_rows,)
        Whole numbers where the machine can hold all, else texts digit by digit.
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
    """Return the columns of decimals, digit by digit, of a table and of more rows."""
    decimals = [name for name in names if is_decimal(table, name)]
    both = append_rows(table, decimals, more)
    first, below = both.slice(0, table.num_rows), both.slice(table.num_rows)
    return _to_objects(first), _to_objects(below)


def _to_objects(table: Any) -> dict[str, Any]:
    return {name: table[name].to_pandas().to_numpy() for name in table.column_names}


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
        # Whole numbers and texts to the last digit, which a float might not hold.
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
