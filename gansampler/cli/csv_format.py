"""The format of a CSV file: what the user specifies, and what was inferred."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from gansampler.cli.cell_shapes import Padding
from gansampler.cli.date_form import DateForm, DatePattern
from gansampler.cli.number_form import ExponentForm, NumberForm


@dataclass(frozen=True)
class ReadOptions:
    """The user's options for reading a file. None means to infer the value.

    Parameters
    ----------
    separator : str or None
        The separator of a CSV file.

    encoding : str or None
        The encoding of a CSV file.

    decimal : str or None
        The decimal separator of a CSV file.

    missing : tuple of str
        Markers of missing values in addition to `MISSING`.

    dates : mapping of str to (str or None)
        The date columns and their formats.

    decimals : mapping of str to str
        The decimal separators of columns that differ from the rest.

    texts : tuple of str
        Columns to treat as text, whatever their cells look like.
    """

    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    dates: Mapping[str, str | None] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlagForm:
    """Two words that stand for true and false.

    Parameters
    ----------
    true, false : str
        The words.
    """

    true: str
    false: str
    kind = "flag"

    def describe(self) -> str:
        """Return the words."""
        return f"{self.true}/{self.false}"

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return the values of cells."""
        return pd.Series([cell == self.true for cell in cells], dtype=bool)

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values."""
        return [self.true if value else self.false for value in values]


@dataclass(frozen=True)
class TextForm:
    """Text, read without surrounding blanks.

    Parameters
    ----------
    padded : mapping of str to str
        The most common spelling of strings with surrounding blanks.
    """

    padded: Mapping[str, str] = field(default_factory=dict)
    kind = "text"

    def describe(self) -> str:
        """Return nothing, because text has no format."""
        return ""

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return the values of cells."""
        return pd.Series(list(cells), dtype=object)

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values."""
        return [self.padded.get(text, text) for text in map(str, values)]


Form = NumberForm | DateForm | FlagForm | TextForm
"""Parses the cells of a column and writes new ones like them."""

_FORMS: dict[str, Any] = {
    kind.__name__: kind for kind in (NumberForm, DateForm, FlagForm, TextForm)
}


@dataclass(frozen=True)
class CellFormat:
    """The format of one column of a CSV file.

    Parameters
    ----------
    form : NumberForm, DateForm, FlagForm or TextForm
        How values are written.

    missing : str
        The marker of a missing value.

    padding : Padding
        The blanks around a cell.

    quoted : bool
        Whether all cells are quoted.

    quoted_missing : bool
        Whether missing values are quoted.
    """

    form: Form = field(default_factory=TextForm)
    missing: str = ""
    padding: Padding = field(default_factory=Padding)
    quoted: bool = False
    quoted_missing: bool = False

    @property
    def kind(self) -> str:
        """The type of the values: text, integer, number, date, time or flag."""
        return self.form.kind

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values, without quotes."""
        return self._write(values, "")

    def write_raw(self, values: pd.Series, separator: str) -> list[str]:
        """Return the cells of values as the file spells them, with quotes if needed."""
        return self._write(values, separator)

    def _write(self, values: pd.Series, separator: str) -> list[str]:
        codes, distinct = pd.factorize(values)
        present = pd.Series(distinct)
        cells = self.form.write(present) if len(present) else []
        cells = [self.padding.apply(cell) for cell in cells]
        missing = self.missing
        if separator:
            cells = [quote(cell, separator, self.quoted) for cell in cells]
            missing = quote(missing, separator, self.quoted_missing)
        cells.append(missing)  # at the code -1
        return [cells[code] for code in codes]

    def to_dict(self) -> dict[str, Any]:
        """Return the format as a dict for JSON."""
        return {**asdict(self), "class": type(self.form).__name__}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> CellFormat:
        """Restore a format from the result of :meth:`to_dict`."""
        parts = dict(saved)
        form = dict(parts.pop("form"))
        if form.get("exponent"):
            form["exponent"] = ExponentForm(**form["exponent"])
        if "patterns" in form:
            form["patterns"] = tuple(DatePattern(**p) for p in form["patterns"])
        known = _FORMS[parts.pop("class")](**form)
        padding = Padding(**parts.pop("padding"))
        return cls(known, padding=padding, **parts)


def quote(cell: str, separator: str, always: bool = False) -> str:
    """Return a cell as it must be spelled in a file, quoted if necessary."""
    if always or any(sign in cell for sign in (separator, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@dataclass(frozen=True)
class CsvFormat:
    """The format of a CSV file.

    Parameters
    ----------
    separator, encoding : str
        The separator between cells, and the encoding.

    columns : mapping of str to CellFormat
        The format of each column.

    line_end : str
        The end of a line.

    header : mapping of str to str
        The column names as spelled in the file, if they differ.

    mark : str
        A byte-order mark before the first line, if the encoding does not write one.
    """

    separator: str = ","
    encoding: str = "utf-8"
    columns: Mapping[str, CellFormat] = field(default_factory=dict)
    line_end: str = "\n"
    header: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""

    def to_cells(self, rows: pd.DataFrame) -> dict[str, list[str]]:
        """Return the cells of rows, column by column, as the file spells them."""
        return {
            name: self.columns[name].write_raw(rows[name], self.separator)
            if name in self.columns
            else _write_plain(rows[name], self.separator)
            for name in rows.columns
        }

    def raw_name(self, name: str) -> str:
        """Return the name of a column as the file spells it."""
        return self.header.get(name, quote(name, self.separator))

    def to_dict(self) -> dict[str, Any]:
        """Return the format as a dict for JSON."""
        columns = {name: form.to_dict() for name, form in self.columns.items()}
        return {**vars(self), "columns": columns}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> CsvFormat:
        """Restore a format from the result of :meth:`to_dict`."""
        columns = {n: CellFormat.from_dict(c) for n, c in saved["columns"].items()}
        return cls(**{**saved, "columns": columns})


def _write_plain(values: pd.Series, separator: str) -> list[str]:
    """Return the cells of a column without a known format, as pandas writes them."""
    text = values.to_csv(index=False, header=False)
    rows = csv.reader(io.StringIO(text, newline=""))
    return [quote(row[0] if row else "", separator) for row in rows]
