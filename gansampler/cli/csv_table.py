"""Read and write tables in CSV files, inferring encoding, separator and formats."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from gansampler.cli.column_inference import ColumnReader, FileHabits
from gansampler.cli.csv_format import CsvFormat, ReadOptions, quote
from gansampler.cli.table_file import TableFile, check_names_differ

SEPARATORS = ",;\t|"
"""Separators to try if the user does not specify one."""

CP1252_LACKS = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
"""Bytes that cp1252 does not define. It equals Latin-1 except for a few characters,
such as the euro sign, which only cp1252 has."""

SAMPLE_LINES = 200
"""Number of lines from which to guess the separator."""

MARK = "\ufeff"
"""The byte-order mark that some programs write at the start of a file."""

LINE_END = re.compile("\r\n|\n|\r")
IN_QUOTES = re.compile('"(?:[^"]|"")*"')


def read_csv(path: str | Path, raw: bytes, options: ReadOptions) -> TableFile:
    """Read a table, inferring the format of each column."""
    text, encoding, remarks = _decode(path, raw, options.encoding)
    mark = MARK if text.startswith(MARK) else ""
    text = text.removeprefix(mark)
    separator = options.separator or _guess_separator(text)
    split = _split(path, text, separator)
    names = [name.strip() for name in split.header]
    if len(set(names)) < len(names):
        names = list(split.header)
    cells = pd.DataFrame(split.rows, columns=names, dtype=object)
    table = TableFile(
        path, cells, cells, lines=split.lines, quoted=split.quoted_columns(names)
    )
    habits = FileHabits.of(cells, separator)
    formats, values = {}, {}
    for name in names:
        reader = ColumnReader(table, name, habits, options)
        formats[name], values[name], remark = reader.read()
        remarks += remark
    # As arrays, because pandas would align every series again.
    arrays = {name: column.array for name, column in values.items()}
    frame = pd.DataFrame(arrays, columns=cells.columns)
    csv_format = CsvFormat(
        separator,
        encoding,
        formats,
        _line_end(text),
        split.raw_names(names, separator),
        mark,
    )
    return replace(table, frame=frame, csv_format=csv_format, remarks=tuple(remarks))


def _decode(
    path: str | Path, raw: bytes, encoding: str | None
) -> tuple[str, str, list[str]]:
    """Return the text of a file, its encoding, and warnings about it."""
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
    if raw.startswith(codecs.BOM_UTF16_LE):
        return raw.decode("utf-16"), "utf-16", []
    if raw.startswith(codecs.BOM_UTF16_BE):
        return raw.decode("utf-16-be"), "utf-16-be", []
    if b"\x00" in raw:
        raise ValueError(
            f"{path} is not a text file, but only CSV and Parquet files can be read. "
            "If it is UTF-16 without a byte-order mark, set --encoding utf-16-le."
        )
    kind = "utf-8-sig" if marked else "utf-8"
    try:
        return raw.decode(kind), kind, []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    kind = "latin-1" if CP1252_LACKS.intersection(raw) else "cp1252"
    remark = (
        f"{path}, line {line}: not valid UTF-8, so the file is read and written as "
        f"{kind}. If letters look wrong, set --encoding."
    )
    return raw.decode(kind), kind, [remark]


def _line_end(text: str) -> str:
    found = LINE_END.search(text)
    return "\n" if found is None else found[0]


def _guess_separator(text: str) -> str:
    """Return the separator that splits all lines into the same, largest count."""
    lines = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]

    def score(separator: str) -> tuple[bool, int]:
        try:
            sizes = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:  # reading the rows reports it with its line
            return False, 0
        # The last line may have been cut inside quotes.
        alike = len(set(sizes[:-1] or sizes)) <= 1
        n_cells = sizes[0] if sizes else 0
        return alike and n_cells > 1, n_cells

    return max(SEPARATORS, key=score)


@dataclass(frozen=True)
class SplitText:
    """The cells of a CSV file.

    Parameters
    ----------
    header : list of str
        The cells of the first line.

    rows : list of list of str
        The cells of the other lines.

    lines : list of int
        The line on which each row begins.

    quoted : dict of int to bytes
        Which cells of each row are quoted, counting the header as row 0.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    quoted: dict[int, bytes]

    def quoted_columns(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Return which cells are quoted, for the columns with quoted cells."""
        flags = np.zeros((len(self.rows) + 1, len(names)), dtype=bool)
        for row, own in self.quoted.items():
            flags[row] = np.frombuffer(own, dtype=bool)
        body = flags[1:]
        return {name: body[:, j] for j, name in enumerate(names) if body[:, j].any()}

    def raw_names(self, names: Sequence[str], separator: str) -> dict[str, str]:
        """Return the names as spelled in the file, if they differ."""
        flags = self.quoted.get(0, bytes(len(names)))
        raw = [
            quote(cell, separator, bool(flag)) if flag else cell
            for cell, flag in zip(self.header, flags, strict=True)
        ]
        return {n: r for n, r in zip(names, raw, strict=True) if r != n}


def _split(path: str | Path, text: str, separator: str) -> SplitText:
    """Return the cells of a file, and which of them are quoted."""
    taken: list[str] = []
    reader = csv.reader(_noting(text, taken), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    quoted: dict[int, bytes] = {}
    start = 1
    has_quotes = '"' in text
    try:
        for row in reader:
            if row:  # skip empty lines
                if has_quotes and any('"' in line for line in taken):
                    quoted[len(rows)] = _find_quoted("".join(taken), row, separator)
                rows.append(row)
                lines.append(start)
            taken.clear()
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}.") from error
    if not rows:
        raise ValueError(f"{path} is empty.")
    header, *rows = rows
    check_names_differ(f"{path}, line {lines.pop(0)}", header)
    if not rows:
        raise ValueError(f"{path} contains column names, but no rows.")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {line}: {len(row)} cells, but the first line has "
                f"{len(header)}, separated by {separator!r}. Correct the line, put "
                "quotes around cells that contain the separator, or set another one "
                "with --sep."
            )
    return SplitText(header, rows, lines, quoted)


def _noting(text: str, taken: list[str]) -> Iterator[str]:
    """Yield the lines of a text, and record those of the current row."""
    for line in io.StringIO(text, newline=""):
        taken.append(line)
        yield line


def _find_quoted(text: str, row: Sequence[str], separator: str) -> bytes:
    """Return which cells of a row are quoted."""
    parts = text.split(separator)
    if len(parts) == len(row):
        return bytes(part.startswith('"') for part in parts)
    flags, place = [], 0  # there are separators inside quotes
    for _ in row:
        found = IN_QUOTES.match(text, place)
        flags.append(found is not None)
        end = text.find(separator, place) if found is None else found.end()
        place = (len(text) if end < 0 else end) + 1
    return bytes(flags)


def raw_cells(table: TableFile) -> dict[str, list[str]]:
    """Return the cells of a table, column by column, as its file spells them."""
    assert table.cells is not None
    columns = {}
    for name in table.cells.columns:
        cells = table.cells[name].tolist()
        flags = table.quoted.get(name)
        if flags is not None:
            cells = [
                quote(cell, "", True) if flag else cell
                for cell, flag in zip(cells, flags, strict=True)
            ]
        columns[name] = cells
    return columns


def write_csv(
    path: str | Path, blocks: Iterable[dict[str, list[str]]], csv_format: CsvFormat
) -> None:
    """Write blocks of cells one after the other, exactly as given.

    Parameters
    ----------
    path : str or Path
        The file.

    blocks : iterable of dict of str to list of str
        The blocks, which all have the same columns.

    csv_format : CsvFormat
        The separator and encoding to use.
    """
    end, separator = csv_format.line_end, csv_format.separator
    with open(path, "w", encoding=csv_format.encoding, newline="") as file:
        for k, columns in enumerate(blocks):
            if not k:
                names = separator.join(map(csv_format.raw_name, columns))
                file.write(csv_format.mark + names + end)
            rows: Iterable[Sequence[str]] = zip(*columns.values(), strict=True)
            if len(columns) == 1:  # an empty line would not count as a row
                rows = ((cell or '""',) for (cell,) in rows)
            file.writelines(separator.join(row) + end for row in rows)
