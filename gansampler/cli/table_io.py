"""Read and write tables: Parquet files by their ending, otherwise CSV."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
from pyarrow import parquet

from gansampler.cli.csv_format import CsvFormat, ReadOptions
from gansampler.cli.csv_table import raw_cells, read_csv, write_csv
from gansampler.cli.parquet_table import (
    append_rows,
    as_times,
    exact_decimals,
    is_parquet,
    is_text,
    read_parquet,
)
from gansampler.cli.parquet_texts import read_text_columns
from gansampler.cli.table_file import TableFile
from gansampler.utils.atomic_write import replacing

PARQUET_MARK = b"PAR1"
"""The first bytes of every Parquet file."""

REFUSED = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb"), "an Excel workbook"),
    **dict.fromkeys((".ods", ".numbers"), "a workbook"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "JSON"),
    **dict.fromkeys((".feather", ".arrow", ".ipc"), "an Arrow file"),
    **dict.fromkeys((".gz", ".bz2", ".xz", ".zst", ".zip"), "compressed"),
    **dict.fromkeys((".sav", ".dta", ".sas7bdat"), "a file of a statistics package"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "a database"),
    **dict.fromkeys((".h5", ".hdf5", ".pkl", ".pickle"), "a file of programs"),
    **dict.fromkeys((".orc", ".avro"), "a file of another column format"),
    **dict.fromkeys((".html", ".htm", ".xml", ".pdf"), "a document"),
}
"""Unsupported formats by file ending."""


def check_ending(path: str | Path) -> None:
    """Raise a ValueError if the ending of a file names an unsupported format."""
    kind = REFUSED.get(Path(path).suffix.lower())
    if kind is not None:
        raise ValueError(
            f"The ending of {path} means {kind}, but only CSV and Parquet files are "
            "supported. Save the table as CSV, and name that file."
        )


def is_stream(path: str | Path | None) -> bool:
    """Tell whether a file is standard input or standard output."""
    return str(path) == "-"


def name_output(path: str | Path) -> str:
    """Return the name of an output file, for a message."""
    return "standard output" if is_stream(path) else str(path)


def read_table(path: str | Path, options: ReadOptions) -> TableFile:
    r"""Read a table from a CSV or a Parquet file.

    Parameters
    ----------
    path : str or Path
        The file.

    options : ReadOptions
        The user's options for reading it.

    Returns
    -------
    table : TableFile
        The table.

    Raises
    ------
    ValueError
        If it can't be read. The message names the file and, if known, the line and the
        column.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from gansampler.cli.csv_format import ReadOptions
    >>> from gansampler.cli.table_io import read_table
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_text("zip;born;paid\n01067;2001-05-30;1,5\n10115;;2\n")
    ...     table = read_table(path, ReadOptions())
    >>> table.csv_format.separator
    ';'
    >>> [(name, form.kind) for name, form in table.csv_format.columns.items()]
    [('zip', 'text'), ('born', 'date'), ('paid', 'number')]
    """
    check_ending(path)
    if is_stream(path):
        raw, path = sys.stdin.buffer.read(), "standard input"
        is_arrow = raw.startswith(PARQUET_MARK)
        source = pyarrow.BufferReader(raw) if is_arrow else None
    else:
        raw, source, is_arrow = b"", None, is_parquet(path)
    if is_arrow:
        table = read_text_columns(read_parquet(path, source), options)
    else:
        table = read_csv(path, raw or Path(path).read_bytes(), options)
    if len(table.frame) == 0:
        raise ValueError(f"{path} contains column names, but no rows.")
    for name in options.dates:
        table.check_column(name)
    return table


def write_table(
    path: str | Path, table: TableFile, more: pd.DataFrame, mark: str | None = None
) -> None:
    """Write the unchanged rows of a table, followed by more rows.

    Parameters
    ----------
    path : str or Path
        The file, which is written atomically.

    table : TableFile
        The table.

    more : DataFrame of shape (n_rows, n_columns)
        More rows with the same columns.

    mark : str or None, default=None
        The name of an extra column that is True for the additional rows and False for
        those of the table.
    """
    if table.arrow is not None and (is_parquet(path) or is_stream(path)):
        more = _to_texts(table, more)
        whole = append_rows(table.arrow, table.frame.columns.tolist(), more)
        if mark is not None:
            marks = np.repeat([False, True], [len(table.frame), len(more)])
            whole = whole.append_column(mark, [marks])
        with _writing(path) as temporary:
            parquet.write_table(whole, temporary)
        return
    first = table.frame
    if table.arrow is not None:  # exact decimals, not the floats used for learning
        exact = exact_decimals(table.arrow, first.columns.tolist(), more)
        first, more = first.assign(**exact[0]), more.assign(**exact[1])
    if is_parquet(path):
        if mark is not None:
            first, more = first.assign(**{mark: False}), more.assign(**{mark: True})
        _write(path, pd.concat([first, more], ignore_index=True), table.csv_format)
        return
    form = table.csv_format
    above = form.to_cells(first) if table.cells is None else raw_cells(table)
    below = form.to_cells(more)
    if mark is not None:
        above[mark] = ["False"] * len(first)
        below[mark] = ["True"] * len(more)
    with _writing(path) as temporary:
        write_csv(temporary, [above, below], form)


def _to_texts(table: TableFile, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with dates and missing values as the strings of a Parquet file."""
    texts: dict[str, Any] = {
        name: [cell or None for cell in form.write(rows[name])]
        for name, form in table.csv_format.columns.items()
        if name in rows.columns and is_text(table.arrow, name)
    }
    return rows.assign(**texts)


@contextmanager
def _writing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path; then move it into place, or print it."""
    if not is_stream(path):
        with replacing(path) as temporary:
            yield temporary
        return
    with TemporaryDirectory() as folder:
        temporary = Path(folder) / "table"
        yield temporary
        with open(temporary, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def write_rows(path: str | Path, rows: pd.DataFrame, csv_format: CsvFormat) -> None:
    """Write rows to a CSV or Parquet file, depending on its ending.

    Parameters
    ----------
    path : str or Path
        The file, which is written atomically.

    rows : DataFrame of shape (n_rows, n_columns)
        The rows.

    csv_format : CsvFormat
        The format, for a CSV file.
    """
    _write(path, rows, csv_format)


def _with_times(rows: pd.DataFrame, csv_format: CsvFormat) -> pd.DataFrame:
    """Return rows whose times of day are such, and not durations since midnight."""
    times: dict[str, Any] = {
        name: as_times(rows[name])
        for name, form in csv_format.columns.items()
        if form.kind == "time" and name in rows.columns
    }
    return rows.assign(**times)


def _write(path: str | Path, rows: pd.DataFrame, csv_format: CsvFormat) -> None:
    with _writing(path) as temporary:
        if is_parquet(path):
            _with_times(rows, csv_format).to_parquet(temporary, index=False)
        else:
            write_csv(temporary, [csv_format.to_cells(rows)], csv_format)
