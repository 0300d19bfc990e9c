"""Read dates and missing values from the strings of a Parquet file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from gansampler.cli.column_inference import SAMPLE, ColumnReader, FileHabits
from gansampler.cli.csv_format import CellFormat, ReadOptions
from gansampler.cli.date_inference import find_date_form
from gansampler.cli.number_inference import find_number_form
from gansampler.cli.parquet_table import is_date, is_text
from gansampler.cli.table_file import TableFile


def read_text_columns(table: TableFile, options: ReadOptions) -> TableFile:
    """Return a Parquet table with dates and missing values read from strings.

    Parameters
    ----------
    table : TableFile
        The table.

    options : ReadOptions
        The user's options.

    Returns
    -------
    table : TableFile
        The table, with the formats of the columns that were read.

    Raises
    ------
    ValueError
        If an option applies to CSV files only, or a column does not contain strings.
    """
    told: dict[str, Any] = {"--sep": options.separator, "--encoding": options.encoding}
    told |= {"--decimal": options.decimal or options.decimals}
    for option, value in told.items():
        if value:
            raise ValueError(
                f"{option} applies to CSV files only, but {table.path} is a Parquet "
                "file, which defines its own format and column types."
            )
    texts = [name for name in table.frame.columns if is_text(table.arrow, name)]
    if options.missing and not texts:
        raise ValueError(
            f"--missing applies to text columns only, but {table.path} has none. Its "
            "missing numbers and dates are already empty."
        )
    named = [n for n in options.dates if _needs_reading(table, n, options.dates[n])]
    with_gaps = [n for n in texts if table.frame[n].isin(options.missing).any()]
    values, formats = {}, {}
    remarks: list[str] = list(table.remarks)
    for name in texts:
        if name not in named and name not in options.texts:
            remarks += _check_texts(table, name)
    for name in dict.fromkeys([*named, *with_gaps]):
        formats[name], values[name], said = _read_texts(table, name, options)
        remarks += said
    csv_format = replace(
        table.csv_format, columns={**table.csv_format.columns, **formats}
    )
    return replace(
        table,
        frame=table.frame.assign(**values),
        csv_format=csv_format,
        remarks=tuple(remarks),
    )


def _check_texts(table: TableFile, name: str) -> list[str]:
    """Return warnings if strings look like dates or numbers with decimals."""
    sample = table.frame[name].dropna().head(SAMPLE).unique()
    cells = [str(text).strip() for text in sample if str(text).strip()]
    if not cells:
        return []
    start = f"{table.path}: the type of column {name!r} is text"
    if find_date_form(cells, day_first=False) is not None:
        return [
            f"{start}, but its cells look like dates. To read dates, use --date "
            f"{name!r}."
        ]
    number = find_number_form(cells, None, ".")
    if number is None or number[0].whole:
        return []  # whole numbers may well be codes
    return [
        f"{start}, but its cells look like numbers. Store them as numbers in the file "
        "to get new values instead of copies."
    ]


def _needs_reading(table: TableFile, name: str, form: str | None) -> bool:
    """Tell whether dates must be read from strings; raise an error if impossible."""
    table.check_column(name)
    if is_text(table.arrow, name):
        return True
    kind = table.arrow.schema.field(name).type
    if is_date(table.arrow, name) and form is None:
        return False
    reason = "needs no format" if is_date(table.arrow, name) else "contains no dates"
    raise ValueError(
        f"--date {name!r}: the column of {table.path} has the type {kind} and {reason}."
    )


def _read_texts(
    table: TableFile, name: str, options: ReadOptions
) -> tuple[CellFormat, pd.Series, list[str]]:
    """Read a column of strings like one of a CSV file."""
    cells = table.frame[name].astype(object).where(table.frame[name].notna(), "")
    texts = replace(table, frame=pd.DataFrame({name: cells}))
    plain = options if name in options.dates else replace(options, texts=(name,))
    return ColumnReader(texts, name, FileHabits(), plain).read()
