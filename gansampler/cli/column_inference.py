"""Infer what one column of a CSV file holds."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from gansampler.cli.csv_format import CellFormat, ReadOptions
from gansampler.cli.table_file import TableFile

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A")
"""What counts as missing among numbers, dates and flags; among texts, the empty cell
only, for "NA" is Namibia and "None" an answer."""

FLAGS = ("true false", "TRUE FALSE", "True False")
"""Words of a flag, true first; others and a mix of them are texts."""

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

# Not 007, which is a name of something, and which 7 would not give back.
INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)")


def number_pattern(decimal: str) -> re.Pattern[str]:
    """Return what a number with this decimal point matches in full."""
    point = re.escape(decimal)
    whole = rf"(0|[1-9][0-9]*)({point}[0-9]*)?"
    return re.compile(rf"[+-]?({whole}|{point}[0-9]+)([eE][+-]?[0-9]+)?")


def guess_decimal(cells: pd.DataFrame, separator: str) -> str:
    """Return the decimal point; a comma is looked for where it separates no cells."""
    if separator == ",":
        return "."
    with_point, with_comma = number_pattern("."), number_pattern(",")
    found = "."
    for name in cells:
        present = [cell for cell in cells[name].unique() if cell not in MISSING]
        if any("." in cell and with_point.fullmatch(cell) for cell in present):
            return "."
        has_comma = any("," in cell for cell in present)
        if has_comma and all(with_comma.fullmatch(cell) for cell in present):
            found = ","
    return found


class ColumnReader:
    """Infer the format of one column of a CSV file, and read it.

    Parameters
    ----------
    table : TableFile
        The file, of which the cells are known.

    name : str
        The name of the column.

    decimal : str
        The decimal point.

    options : ReadOptions
        What the user says of the file.
    """

    def __init__(
        self, table: TableFile, name: str, decimal: str, options: ReadOptions
    ) -> None:
        self.table = table
        self.name = name
        self.cells = table.frame[name]
        self.decimal = decimal
        self.number = number_pattern(decimal)
        self.options = options
        self.words = {*MISSING, *options.missing}
        # By Python, not pandas, which takes long to begin where columns are many.
        self.distinct = [c for c in dict.fromkeys(self.cells) if c not in self.words]

    def read(self) -> tuple[CellFormat, pd.Series, list[str]]:
        """Return the format of the column, its values, and what to say of it."""
        remarks = []
        if self.name in self.options.dates:
            kind, form = "date", self._date_form(self.options.dates[self.name])
        elif not self.distinct:
            kind, form = "text", ""
        else:
            kind, form = self._infer()
            remarks = self._check_text() if kind == "text" else []
        # Among texts every word is one, but for those that the user named.
        words = {"", *self.options.missing} if kind == "text" else self.words
        missing = np.array([cell in words for cell in self.cells], dtype=bool)
        written = self.cells.iloc[int(missing.argmax())] if missing.any() else ""
        cell_format = CellFormat(kind, form, written)
        return cell_format, cell_format.read(self.cells, missing), remarks

    def _infer(self) -> tuple[str, str]:
        """Return the kind and the form of the values."""
        if self._all(INTEGER):
            numbers = [int(cell) for cell in self.distinct]
            is_signed = min(numbers) >= -(2**63) and max(numbers) < 2**63
            if is_signed or (min(numbers) >= 0 and max(numbers) < 2**64):
                return "integer", ""
            return "text", ""  # which no integer of the machine can hold
        if self._all(self.number):
            return "number", self.decimal
        for words in FLAGS:
            if set(self.distinct) <= {*words.split()}:
                return "flag", words
        form = next((form for form in DATES if self._fits(form)), None)
        return ("text", "") if form is None else ("date", form)

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
                f"{self.table.path}, column {self.name!r}: the dates can be read as "
                f"{' or as '.join(fitting)}; say which, e.g. --date "
                f"'{self.name}={fitting[0]}'."
            )
        raise ValueError(
            f"{self._place(self.distinct[0])} has none of the forms of a date that are "
            f"known, or other cells have another; say which it is, e.g. --date "
            f"'{self.name}=%d %b %Y'."
        )

    def _check_text(self) -> list[str]:
        """Return what to say if a text looks like numbers or like dates."""
        # 007 is no mistake.
        is_fine = [self.number.fullmatch(c) or c.isdecimal() for c in self.distinct]
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
                f"{self.table.path}: column {self.name!r} is read as text. If it holds "
                f"dates, add --date '{self.name}'."
            ]
        return []

    def _place(self, cell: str) -> str:
        row = int((self.cells == cell).to_numpy().argmax())
        return f"{self.table.place(row, self.name)}: {cell!r}"
