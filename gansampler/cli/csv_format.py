"""How a table stands in a CSV file: what the user says of it, and what was found."""

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

    decimals : mapping of str to str
        The decimal points of columns that have another.

    texts : tuple of str
        The columns that are texts, whatever their cells look like.
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
    """Two words, one for true and one for false.

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
    """Texts, read without the blanks around them.

    Parameters
    ----------
    padded : mapping of str to str
        How those are mostly written that have blanks around them.
    """

    padded: Mapping[str, str] = field(default_factory=dict)
    kind = "text"

    def describe(self) -> str:
        """Return nothing: a text is a text."""
        return ""

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return the values of cells."""
        return pd.Series(list(cells), dtype=object)

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values."""
        return [self.padded.get(text, text) for text in map(str, values)]


Form = NumberForm | DateForm | FlagForm | TextForm
"""What reads the cells of a column and writes new ones like them."""

_FORMS: dict[str, Any] = {
    kind.__name__: kind for kind in (NumberForm, DateForm, FlagForm, TextForm)
}


@dataclass(frozen=True)
class CellFormat:
    """How the values of one column stand in a CSV file.

    Parameters
    ----------
    form : NumberForm, DateForm, FlagForm or TextForm
        How they are written.

    missing : str
        What is written for a missing value.

    padding : Padding
        The blanks around a cell.

    quoted : bool
        Whether all cells are in quotes.

    quoted_missing : bool
        Whether a missing one is.
    """

    form: Form = field(default_factory=TextForm)
    missing: str = ""
    padding: Padding = field(default_factory=Padding)
    quoted: bool = False
    quoted_missing: bool = False

    @property
    def kind(self) -> str:
        """What the values are: text, integer, number, date, time or flag."""
        return self.form.kind

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of values, without quotes."""
        return self._write(values, "")

    def write_raw(self, values: pd.Series, separator: str) -> list[str]:
        """Return the cells of values as they stand in the file."""
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
        """Return the format as JSON knows it."""
        return {**asdict(self), "class": type(self.form).__name__}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> CellFormat:
        """Return the format that :meth:`to_dict` gave."""
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
    """Return a cell as it stands in a file, in quotes where it has to be."""
    if always or any(sign in cell for sign in (separator, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@dataclass(frozen=True)
class CsvFormat:
    """How a table stands in a CSV file.

    Parameters
    ----------
    separator, encoding : str
        What separates the cells, and how they are encoded.

    columns : mapping of str to CellFormat
        The format of each column.

    line_end : str
        What ends a line.

    header : mapping of str to str
        The names of columns as they stand in the file, where they differ.

    mark : str
        What stands before the first line, where the encoding does not write it itself.
    """

    separator: str = ","
    encoding: str = "utf-8"
    columns: Mapping[str, CellFormat] = field(default_factory=dict)
    line_end: str = "\n"
    header: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""

    def to_cells(self, rows: pd.DataFrame) -> dict[str, list[str]]:
        """Return the cells of rows, column by column, as they stand in the file."""
        return {
            name: self.columns[name].write_raw(rows[name], self.separator)
            if name in self.columns
            else _write_plain(rows[name], self.separator)
            for name in rows.columns
        }

    def raw_name(self, name: str) -> str:
        """Return the name of a column as it stands in the file."""
        return self.header.get(name, quote(name, self.separator))

    def to_dict(self) -> dict[str, Any]:
        """Return the format as JSON knows it."""
        columns = {name: form.to_dict() for name, form in self.columns.items()}
        return {**vars(self), "columns": columns}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> CsvFormat:
        """Return the format that :meth:`to_dict` gave."""
        columns = {n: CellFormat.from_dict(c) for n, c in saved["columns"].items()}
        return cls(**{**saved, "columns": columns})


def _write_plain(values: pd.Series, separator: str) -> list[str]:
    """Return the cells of a column of no known format, as pandas writes them."""
    text = values.to_csv(index=False, header=False)
    rows = csv.reader(io.StringIO(text, newline=""))
    return [quote(row[0] if row else "", separator) for row in rows]
