"""Tables in CSV files: how they are encoded and split is found out."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd

from gansampler.cli.column_inference import ColumnReader, guess_decimal
from gansampler.cli.csv_format import CsvFormat, ReadOptions
from gansampler.cli.parquet_table import ENDINGS
from gansampler.cli.table_file import TableFile, check_names_differ

SEPARATORS = ",;\t|"
"""What is tried where nobody says what separates the cells."""

CP1252_LACKS = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
"""Bytes that are none of its signs. It is Latin-1 but for a few, among them the euro,
which only this one has."""

SAMPLE_LINES = 200
"""Lines from which the separator is guessed."""


def read_csv(path: str | Path, options: ReadOptions) -> TableFile:
    """Read a table, each column in the format that its cells are in."""
    text, encoding, remarks = _read_text(path, options.encoding)
    separator = options.separator or _guess_separator(text)
    cells, lines = _split_cells(path, text, separator)
    decimal = options.decimal or guess_decimal(cells, separator)
    if decimal != "." and options.decimal is None:
        remarks.append(
            f"{path}: numbers are read with a decimal comma; --decimal says otherwise."
        )
    table = TableFile(path, cells, cells, lines=lines)
    formats, values = {}, {}
    for name in cells.columns.tolist():
        reader = ColumnReader(table, name, decimal, options)
        formats[name], values[name], remark = reader.read()
        remarks += remark
    # As arrays, because pandas aligns each series anew.
    arrays = {name: column.array for name, column in values.items()}
    frame = pd.DataFrame(arrays, columns=cells.columns)
    csv_format = CsvFormat(separator, encoding, formats)
    return replace(table, frame=frame, csv_format=csv_format, remarks=tuple(remarks))


def _read_text(path: str | Path, encoding: str | None) -> tuple[str, str, list[str]]:
    """Return the text of a file, its encoding, and what to say of that."""
    raw = Path(path).read_bytes()
    marked = raw.startswith(codecs.BOM_UTF8)
    if encoding is not None:
        if marked and encoding.lower() in ("utf-8", "utf8"):
            encoding = "utf-8-sig"
        try:
            return raw.decode(encoding), encoding, []
        except (UnicodeDecodeError, LookupError) as error:
            raise ValueError(
                f"{path} can't be read with --encoding {encoding}: {error}."
            ) from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16"), "utf-16", []
    if b"\x00" in raw:
        raise ValueError(
            f"{path} is no text; CSV and Parquet files are read, the latter by the "
            f"endings {' and '.join(ENDINGS)}."
        )
    kind = "utf-8-sig" if marked else "utf-8"
    try:
        return raw.decode(kind), kind, []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    kind = "latin-1" if CP1252_LACKS.intersection(raw) else "cp1252"
    remark = (
        f"{path}, line {line}: no UTF-8; the file is read and written as {kind}. If "
        "letters look wrong, name its encoding with --encoding."
    )
    return raw.decode(kind), kind, [remark]


def _guess_separator(text: str) -> str:
    """Return the separator that splits the lines alike, into the most cells."""
    lines = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]

    def score(separator: str) -> tuple[bool, int]:
        try:
            sizes = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:  # told with its line when the rows are read
            return False, 0
        # The last one may have been cut within quotes.
        alike = len(set(sizes[:-1] or sizes)) <= 1
        n_cells = sizes[0] if sizes else 0
        return alike and n_cells > 1, n_cells

    return max(SEPARATORS, key=score)


def _split_cells(
    path: str | Path, text: str, separator: str
) -> tuple[pd.DataFrame, list[int]]:
    """Return the cells below the header, and the line on which each row begins."""
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
    check_names_differ(f"{path}, line {lines.pop(0)}", header)
    if not rows:
        raise ValueError(f"{path} holds no rows, only names of columns.")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {line}: {len(row)} cells, but the first line has "
                f"{len(header)}, separated by {separator!r}. Correct the line, put "
                "quotes around cells that hold the separator, or name another one "
                "with --sep."
            )
    return pd.DataFrame(rows, columns=header, dtype=object), lines


def write_csv(path: str | Path, cells: pd.DataFrame, csv_format: CsvFormat) -> None:
    """Write cells as they are."""
    cells.to_csv(
        path,
        index=False,
        sep=csv_format.separator,
        encoding=csv_format.encoding,
        lineterminator="\n",
    )
