"""Dates and missing values among the texts of a Parquet file."""

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
    """Return a Parquet table with dates and missing values read from its texts.

    Parameters
    ----------
    table : TableFile
        The table.

    options : ReadOptions
        What the user says of it.

    Returns
    -------
    table : TableFile
        The table, with the formats of the columns that were read.

    Raises
    ------
    ValueError
        If an option is for CSV files, or a column is none of texts.
    """
    told: dict[str, Any] = {"--sep": options.separator, "--encoding": options.encoding}
    told |= {"--decimal": options.decimal or options.decimals}
    for option, value in told.items():
        if value:
            raise ValueError(
                f"{option} is for CSV files; {table.path} is a Parquet file, which "
                "says itself how it is written and what its columns hold."
            )
    texts = [name for name in table.frame.columns if is_text(table.arrow, name)]
    if options.missing and not texts:
        raise ValueError(
            f"--missing is for columns of texts, of which {table.path} has none; what "
            "is missing among its numbers and dates is empty."
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
    """Return what to say if texts look like dates, or like numbers with decimals."""
    sample = table.frame[name].dropna().head(SAMPLE).unique()
    cells = [str(text).strip() for text in sample if str(text).strip()]
    if not cells:
        return []
    start = f"{table.path}: column {name!r} holds texts by its type"
    if find_date_form(cells, day_first=False) is not None:
        return [f"{start}; --date {name!r} reads them as the dates they look like."]
    number = find_number_form(cells, None, ".")
    if number is None or number[0].whole:
        return []  # whole numbers may well be codes
    return [
        f"{start}, that look like numbers; to have new ones made up, write a file that "
        "holds them as numbers."
    ]


def _needs_reading(table: TableFile, name: str, form: str | None) -> bool:
    """Tell whether dates are to be read from texts; refuse what holds none."""
    table.check_column(name)
    if is_text(table.arrow, name):
        return True
    kind = table.arrow.schema.field(name).type
    if is_date(table.arrow, name) and form is None:
        return False
    reason = "and needs no form" if is_date(table.arrow, name) else "no dates"
    raise ValueError(
        f"--date {name!r}: the column of {table.path} holds {kind} by its type, "
        f"{reason}."
    )


def _read_texts(
    table: TableFile, name: str, options: ReadOptions
) -> tuple[CellFormat, pd.Series, list[str]]:
    """Read a column of texts as that of a CSV file is read."""
    cells = table.frame[name].astype(object).where(table.frame[name].notna(), "")
    texts = replace(table, frame=pd.DataFrame({name: cells}))
    plain = options if name in options.dates else replace(options, texts=(name,))
    return ColumnReader(texts, name, FileHabits(), plain).read()
