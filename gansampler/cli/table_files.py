"""Tables in CSV and Parquet files: types recognised, rows given back as they were."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gansampler.utils.atomic_write import replacing

PARQUET = (".parquet", ".pq")
"""Endings of Parquet files; all others are taken for CSV."""

SEPARATORS = ",;\t|"
"""What is tried where nobody says what separates the cells."""

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A")
"""What counts as missing among numbers, dates and flags; among texts, the empty cell
only, for "NA" is Namibia and "None" an answer."""

DATES = tuple(
    day + time
    for day in ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
    for time in ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%SZ", " %H:%M:%S.%f")
)
"""Forms of a date that can be read in one way only."""

OTHER_DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%Y%m%d")
"""Forms that are tried for a column that is said to hold dates."""

ODD_SHARE = 0.1
"""A column with as few odd cells among numbers is told of: they may be mistakes."""

SAMPLE_LINES = 200
"""Lines from which the separator is guessed."""

# Not 007, which is a name of something, and which 7 would not give back.
INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)")
NUMBER = r"[+-]?((0|[1-9][0-9]*)({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?"
POINTED = re.compile(NUMBER.format(point=r"\."))


@dataclass(frozen=True)
class ReadOptions:
    """What the user says of a file, None where it is to be found out.

    Parameters
    ----------
    separator : str or None
        What separates the cells of a CSV file.

    encoding : str or None
        Its encoding.

    decimal : str or None
        Its decimal point.

    missing : tuple of str
        What stands for a missing value besides `MISSING`.

    dates : mapping of str to (str or None)
        The columns that hold dates, and their form.

    texts : tuple of str
        The columns that are to be left as text.
    """

    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    dates: Mapping[str, str | None] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellFormat:
    """How the values of one column stand in a CSV file.

    Parameters
    ----------
    kind : {"text", "integer", "number", "date", "flag"}
        What they are.

    form : str
        The form of a date, the decimal point of a number, or the two words of a flag
        with a space between, true first.

    missing : str
        What is written for a missing value.
    """

    kind: str
    form: str = ""
    missing: str = ""

    def read(self, cells: pd.Series, missing: np.ndarray) -> pd.Series:
        """Return the values of cells, those at `missing` being missing."""
        if self.kind == "date":
            return pd.to_datetime(cells.mask(missing), format=self.form)
        if self.kind == "number":
            points = cells.str.replace(self.form, ".", regex=False).mask(missing)
            return points.astype("float64")
        if self.kind == "flag":
            values = cells == self.form.split()[0]
            return _nullable(values, missing, "boolean")
        if self.kind == "integer":
            whole = [0 if m else int(c) for c, m in zip(cells, missing, strict=True)]
            dtype = "int64" if max(whole) < 2**63 else "uint64"
            nullable = "Int64" if dtype == "int64" else "UInt64"
            return _nullable(pd.Series(whole, dtype=dtype), missing, nullable)
        return cells.mask(missing).astype("string")

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values."""
        missing = values.isna().to_numpy(dtype=bool)
        present = iter(self._write_present(values[~missing]))
        return [self.missing if is_missing else next(present) for is_missing in missing]

    def _write_present(self, values: pd.Series) -> Iterable[str]:
        if self.kind == "date":
            return values.dt.strftime(self.form)
        if self.kind == "number":
            return (repr(float(value)).replace(".", self.form) for value in values)
        if self.kind == "flag":
            true, false = self.form.split()
            return (true if value else false for value in values)
        return map(str, values)


def _nullable(values: pd.Series, missing: np.ndarray, dtype: Any) -> pd.Series:
    """Return values in a dtype that knows missing ones, where there are any."""
    return values.astype(dtype).mask(missing) if missing.any() else values


@dataclass(frozen=True)
class CsvFormat:
    """How a table stands in a CSV file.

    Parameters
    ----------
    separator, encoding : str
        What separates the cells, and how they are encoded.

    columns : mapping of str to CellFormat
        The format of each column.
    """

    separator: str = ","
    encoding: str = "utf-8"
    columns: Mapping[str, CellFormat] = field(default_factory=dict)


@dataclass(frozen=True)
class TableFile:
    """A table as it was read.

    Parameters
    ----------
    path : str or Path
        The file.

    frame : DataFrame of shape (n_rows, n_columns)
        Its values, by type.

    cells : DataFrame of shape (n_rows, n_columns) or None
        What stands in a CSV file, letter by letter.

    csv_format : CsvFormat or None
        How it stands there.

    lines : sequence of int or None
        The line of the CSV file on which each row begins.

    remarks : tuple of str
        What the user should know of how it was read.
    """

    path: str | Path
    frame: pd.DataFrame
    cells: pd.DataFrame | None = None
    csv_format: CsvFormat | None = None
    lines: Sequence[int] | None = None
    remarks: tuple[str, ...] = ()

    def place(self, row: int, name: str) -> str:
        """Say where a cell stands, for a message."""
        where = f"row {row}" if self.lines is None else f"line {self.lines[row]}"
        return f"{self.path}, {where}, column {name!r}"

    def drop(self, names: Sequence[str]) -> TableFile:
        """Return the table without some columns."""
        for name in names:
            check_column(self.path, self.frame, name)
        frame = self.frame.drop(columns=list(names))
        cells = None if self.cells is None else self.cells.drop(columns=list(names))
        return replace(self, frame=frame, cells=cells)


def is_parquet(path: str | Path) -> bool:
    """Tell whether a file is a Parquet file by its ending."""
    return Path(path).suffix.lower() in PARQUET


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
    >>> from gansampler.cli.table_files import ReadOptions, read_table
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
        table = TableFile(path, _read_parquet(path))
    else:
        table = _read_csv(path, options)
    if len(table.frame) == 0:
        raise ValueError(f"{path} holds no rows, only names of columns.")
    for name in [*options.dates, *options.texts]:
        check_column(path, table.frame, name)
    return table


def check_column(path: str | Path, frame: pd.DataFrame, name: str) -> None:
    """Raise a ValueError if a table has no such column."""
    if name in frame.columns:
        return
    hint = ""
    if len(frame.columns) == 1:
        hint = " If that is not how its cells are separated, say it with --sep."
    raise ValueError(
        f"{path} has no column {name!r}; its columns are "
        f"{', '.join(map(repr, frame.columns))}.{hint}"
    )


def _read_parquet(path: str | Path) -> pd.DataFrame:
    import pyarrow

    try:
        frame = pd.read_parquet(path)
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is no Parquet file: {error}.") from error
    # The names that pandas gives itself are not names of columns.
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(named) if named else frame
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise ValueError(f"{path} has columns whose names are no text: {odd}.")
    return frame.reset_index(drop=True)


def _read_csv(path: str | Path, options: ReadOptions) -> TableFile:
    text, encoding, remarks = _read_text(path, options.encoding)
    separator = options.separator or _guess_separator(text)
    cells, lines = _split_cells(path, text, separator)
    decimal = options.decimal or _guess_decimal(cells, separator)
    if decimal != "." and options.decimal is None:
        remarks.append(
            f"{path}: numbers are read with a decimal comma; --decimal says otherwise."
        )
    formats, values = {}, {}
    for name in cells.columns.tolist():
        reader = _ColumnReader(path, name, cells[name], lines, decimal, options)
        formats[name], values[name], remark = reader.read()
        remarks += remark
    frame = pd.DataFrame(values, index=cells.index, columns=cells.columns)
    csv_format = CsvFormat(separator, encoding, formats)
    return TableFile(path, frame, cells, csv_format, lines, tuple(remarks))


def _read_text(path: str | Path, encoding: str | None) -> tuple[str, str, list[str]]:
    """Return the text of a file, its encoding, and what to say of that."""
    raw = Path(path).read_bytes()
    marked = raw.startswith(b"\xef\xbb\xbf")
    if encoding is not None:
        if marked and encoding.lower() in ("utf-8", "utf8"):
            encoding = "utf-8-sig"
        try:
            return raw.decode(encoding), encoding, []
        except (UnicodeDecodeError, LookupError) as error:
            raise ValueError(
                f"{path} can't be read with --encoding {encoding}: {error}."
            ) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), "utf-16", []
    if b"\x00" in raw:
        raise ValueError(
            f"{path} is no text; CSV and Parquet files are read, the latter by the "
            f"endings {' and '.join(PARQUET)}."
        )
    try:
        kind = "utf-8-sig" if marked else "utf-8"
        return raw.decode(kind), kind, []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    # Latin-1 but for a few signs, among them the euro, which only this one has.
    kind = "cp1252"
    try:
        text = raw.decode(kind)
    except UnicodeDecodeError:
        kind = "latin-1"
        text = raw.decode(kind)
    remark = (
        f"{path}, line {line}: no UTF-8; the file is read and written as {kind}. If "
        "letters look wrong, name its encoding with --encoding."
    )
    return text, kind, [remark]


def _guess_separator(text: str) -> str:
    """Return the separator that splits the lines alike, into the most cells."""
    lines = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]

    def merit(separator: str) -> tuple[bool, int]:
        try:
            sizes = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:  # told with its line when the rows are read
            return False, 0
        # The last one may have been cut within quotes.
        alike = len(set(sizes[:-1] or sizes)) <= 1
        n_cells = sizes[0] if sizes else 0
        return alike and n_cells > 1, n_cells

    return max(SEPARATORS, key=merit)


def _split_cells(
    path: str | Path, text: str, separator: str
) -> tuple[pd.DataFrame, list[int]]:
    """Return the cells below the header, and the line on which each row begins."""
    if len(separator) != 1:
        raise ValueError(f"--sep must be one sign, got {separator!r}.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, lines, start = [], [], 1
    try:
        for row in reader:
            if row:  # an empty line is none
                rows.append(row)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}.") from error
    if not rows:
        raise ValueError(f"{path} is empty.")
    header, *rows = rows
    _check_header(path, header, lines.pop(0))
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {line}: {len(row)} cells, but the first line has "
                f"{len(header)}, separated by {separator!r}. Correct the line, put "
                "quotes around cells that hold the separator, or name another one "
                "with --sep."
            )
    return pd.DataFrame(rows, columns=header, dtype=object), lines


def _check_header(path: str | Path, header: list[str], line: int) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ValueError(
            f"{path}, line {line}: the names of the columns must differ, but "
            f"{', '.join(map(repr, twice))} stand more than once."
        )


def _guess_decimal(cells: pd.DataFrame, separator: str) -> str:
    """Return the decimal point; a comma is looked for where it separates no cells."""
    if separator == ",":
        return "."
    comma = re.compile(NUMBER.format(point=","))
    found = False
    for name in cells:
        present = [cell for cell in cells[name].unique() if cell not in MISSING]
        if any("." in cell and POINTED.fullmatch(cell) for cell in present):
            return "."
        has_comma = any("," in cell for cell in present)
        found |= has_comma and all(comma.fullmatch(cell) for cell in present)
    return "," if found else "."


class _ColumnReader:
    """Find out what one column of a CSV file holds, and read it."""

    def __init__(
        self,
        path: str | Path,
        name: str,
        cells: pd.Series,
        lines: Sequence[int],
        decimal: str,
        options: ReadOptions,
    ) -> None:
        self.path = path
        self.name = name
        self.cells = cells
        self.lines = lines
        self.decimal = decimal
        self.options = options
        self.words = {*MISSING, *options.missing}
        self.distinct = [c for c in cells.unique() if c not in self.words]

    def read(self) -> tuple[CellFormat, pd.Series, list[str]]:
        """Return the format of the column, its values, and what to say of it."""
        remarks = []
        if self.name in self.options.dates:
            kind, form = "date", self._date_form(self.options.dates[self.name])
        elif self.name in self.options.texts or not self.distinct:
            kind, form = "text", ""
        else:
            kind, form = self._recognise()
            remarks = self._odd_cells() if kind == "text" else []
        # Among texts every word is one, but for those that the user named.
        words = {"", *self.options.missing} if kind == "text" else self.words
        missing = self.cells.isin(list(words)).to_numpy(dtype=bool)
        written = self.cells[missing].iloc[0] if missing.any() else ""
        cell_format = CellFormat(kind, form, written)
        return cell_format, cell_format.read(self.cells, missing), remarks

    def _recognise(self) -> tuple[str, str]:
        if self._all(INTEGER):
            numbers = [int(cell) for cell in self.distinct]
            is_signed = min(numbers) >= -(2**63) and max(numbers) < 2**63
            if is_signed or (min(numbers) >= 0 and max(numbers) < 2**64):
                return "integer", ""
            return "text", ""  # which no integer of the machine can hold
        if self._all(self._number):
            return "number", self.decimal
        words = {cell.lower(): cell for cell in self.distinct}
        if set(words) <= {"true", "false"} and len(words) == len(self.distinct):
            like = self.distinct[0]
            written = next(
                (f for f in (str.lower, str.upper) if f(like) == like), str.capitalize
            )
            return "flag", f"{written('true')} {written('false')}"
        form = next((form for form in DATES if self._fits(form)), None)
        return ("text", "") if form is None else ("date", form)

    @property
    def _number(self) -> re.Pattern[str]:
        return re.compile(NUMBER.format(point=re.escape(self.decimal)))

    def _all(self, pattern: re.Pattern[str]) -> bool:
        return all(pattern.fullmatch(cell) for cell in self.distinct)

    def _fits(self, form: str) -> bool:
        return self._misfit(self.distinct[:1], form) is None and (
            self._misfit(self.distinct, form) is None
        )

    def _misfit(self, cells: list[str], form: str) -> str | None:
        """Return the first cell that is no date of the form, if any."""
        read = pd.to_datetime(
            pd.Series(cells, dtype=object), format=form, errors="coerce"
        )
        missing = read.isna().to_numpy(dtype=bool)
        return cells[int(missing.argmax())] if missing.any() else None

    def _date_form(self, form: str | None) -> str:
        """Return the form of the dates in a column that is said to hold some."""
        if form is not None:
            odd = self._misfit(self.distinct, form)
            if odd is not None:
                raise ValueError(f"{self._place(odd)} is no date of the form {form}.")
            return form
        fitting = [f for f in (*DATES, *OTHER_DATES) if self._fits(f)]
        if not self.distinct or len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ValueError(
                f"{self.path}, column {self.name!r}: the dates can be read as "
                f"{' or as '.join(fitting)}; say which, e.g. --date "
                f"'{self.name}={fitting[0]}'."
            )
        raise ValueError(
            f"{self._place(self.distinct[0])} has none of the forms of a date that are "
            f"known, or other cells have another; say which it is, e.g. --date "
            f"'{self.name}=%d %b %Y'."
        )

    def _odd_cells(self) -> list[str]:
        """Say of a column of numbers with a few odd cells, and of one of dates."""
        # 007 is no mistake.
        is_fine = [self._number.fullmatch(c) or c.isdecimal() for c in self.distinct]
        odd = [c for c, fine in zip(self.distinct, is_fine, strict=True) if not fine]
        n_odd = int(self.cells.isin(odd).sum())
        n_present = int((~self.cells.isin(list(self.words))).sum())
        if 0 < n_odd <= ODD_SHARE * n_present:
            return [
                f"{self._place(odd[0])} is no number, though most cells of the column "
                "are; it is read as text. Correct the cell, or, where it stands for a "
                f"missing value, add --missing '{odd[0]}'."
            ]
        if any(self._fits(form) for form in OTHER_DATES):
            return [
                f"{self.path}: column {self.name!r} is read as text. If it holds "
                f"dates, add --date '{self.name}'."
            ]
        return []

    def _place(self, cell: str) -> str:
        row = int((self.cells == cell).to_numpy().argmax())
        return f"{self.path}, line {self.lines[row]}, column {self.name!r}: {cell!r}"


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
    csv_format = table.csv_format or CsvFormat()
    first = table.frame
    if table.cells is not None and not is_parquet(path):
        first, more = table.cells, to_cells(more, csv_format)
    if mark is not None:
        first, more = first.assign(**{mark: False}), more.assign(**{mark: True})
    _write(path, pd.concat([first, more], ignore_index=True), csv_format)


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
    _write(path, rows if is_parquet(path) else to_cells(rows, csv_format), csv_format)


def to_cells(rows: pd.DataFrame, csv_format: CsvFormat) -> pd.DataFrame:
    """Return what is to stand in a CSV file; columns of no known format stay values."""
    formats = csv_format.columns
    cells = {
        name: pd.Series(formats[name].write(rows[name]), rows.index, dtype=object)
        for name in rows.columns.tolist()
        if name in formats
    }
    return rows.assign(**cells)


def _write(path: str | Path, rows: pd.DataFrame, csv_format: CsvFormat) -> None:
    with replacing(path) as temporary:
        if is_parquet(path):
            rows.to_parquet(temporary, index=False)
            return
        rows.to_csv(
            temporary,
            index=False,
            sep=csv_format.separator,
            encoding=csv_format.encoding,
            lineterminator="\n",
        )
