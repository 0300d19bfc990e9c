"""Read and write tables: Parquet by a file's ending, else CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import parquet

from gansampler.cli.csv_format import CsvFormat, ReadOptions
from gansampler.cli.csv_table import raw_cells, read_csv, write_csv
from gansampler.cli.parquet_table import (
    append_rows,
    exact_decimals,
    is_parquet,
    read_parquet,
)
from gansampler.cli.table_file import TableFile
from gansampler.utils.atomic_write import replacing


def read_table(path: str | Path, options: ReadOptions) -> TableFile:
    r"""Read a table from a CSV or a Parquet file.

    Parameters
    ----------
    path : str or Path
        The file.

    options : ReadOptions
        What the user says of it.

    Returns
    -------
    table : TableFile
        The table.

    Raises
    ------
    ValueError
        If it can't be read; the message names the file and, where it is known, the
        line and the column.

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
    if is_parquet(path):
        table = read_parquet(path)
    else:
        table = read_csv(path, Path(path).read_bytes(), options)
    if len(table.frame) == 0:
        raise ValueError(f"{path} holds no rows, only names of columns.")
    for name in options.dates:
        table.check_column(name)
    return table


def write_table(
    path: str | Path, table: TableFile, more: pd.DataFrame, mark: str | None = None
) -> None:
    """Write the rows of a table as they were, and more rows below them.

    Parameters
    ----------
    path : str or Path
        The file, which is written as a whole or not at all.

    table : TableFile
        The table.

    more : DataFrame of shape (n_rows, n_columns)
        More rows of its columns.

    mark : str or None, default=None
        The name of a further column that tells the rows below, True, from those of the
        table, False.
    """
    if table.arrow is not None and is_parquet(path):
        whole = append_rows(table.arrow, table.frame.columns.tolist(), more)
        if mark is not None:
            marks = np.repeat([False, True], [len(table.frame), len(more)])
            whole = whole.append_column(mark, [marks])
        with replacing(path) as temporary:
            parquet.write_table(whole, temporary)
        return
    first = table.frame
    if table.arrow is not None:  # as they were, not as the floats that are learned
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
    with replacing(path) as temporary:
        write_csv(temporary, [above, below], form)


def write_rows(path: str | Path, rows: pd.DataFrame, csv_format: CsvFormat) -> None:
    """Write rows to a CSV or a Parquet file, by its ending.

    Parameters
    ----------
    path : str or Path
        The file, which is written as a whole or not at all.

    rows : DataFrame of shape (n_rows, n_columns)
        The rows.

    csv_format : CsvFormat
        How they are to stand in a CSV file.
    """
    _write(path, rows, csv_format)


def _write(path: str | Path, rows: pd.DataFrame, csv_format: CsvFormat) -> None:
    with replacing(path) as temporary:
        if is_parquet(path):
            rows.to_parquet(temporary, index=False)
        else:
            write_csv(temporary, [csv_format.to_cells(rows)], csv_format)
