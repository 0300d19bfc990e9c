"""Infer what one column of a CSV file contains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gansampler.cli.cell_shapes import Padding
from gansampler.cli.csv_format import CellFormat, FlagForm, Form, ReadOptions, TextForm
from gansampler.cli.date_form import DateForm, refine
from gansampler.cli.date_inference import find_date_form
from gansampler.cli.number_inference import find_number_form
from gansampler.cli.number_pattern import NUMBER, are_names
from gansampler.cli.table_file import TableFile

MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "n.a", "nan", "-nan", "nat", "null", "(null)", "none"}
    | {
        "<na>",
        "#n/a",
        "#na",
        "#div/0!",
        "#value!",
        "#ref!",
        "#num!",
        "#null!",
        "#name?",
    }
    | {"?", "??", "-", "--", "---", "\u2013", "\u2014", ".", "..", "*", "\\n", "nil"}
    | {"unknown", "missing", "not available", "0000-00-00", "0000-00-00 00:00:00"}
)
"""Markers of missing values among numbers, dates and flags, in lower case. In text only
the empty cell is missing, because "NA" may mean Namibia and "None" may be an answer."""

LONGEST_WORD = max(map(len, MISSING))

FLAGS = (("true", "false"), ("TRUE", "FALSE"), ("True", "False"))
"""Spellings of flags, true first. Any other word, or a mix of them, is text."""

ODD_SHARE = 0.1
"""Warn of a number column with at most this share of odd cells: they may be errors."""

ODD_WORDS, FINE_CELLS = 3, 5
"""Also warn if at most this many distinct odd cells occur among at least this many
others: they may be markers of missing values, whatever their share."""

SAMPLE = 300
"""Number of distinct cells from which to guess the decimal separator of a file, and
whether text is meant to be dates."""


@dataclass(frozen=True)
class FileHabits:
    """Conventions of the whole file, for columns that are ambiguous.

    Parameters
    ----------
    decimal : str
        The decimal separator of most columns.

    day_first : bool
        Whether the day comes first in 1/2/2021.
    """

    decimal: str = "."
    day_first: bool = False

    @classmethod
    def of(cls, cells: pd.DataFrame, separator: str) -> FileHabits:
        """Infer the conventions; a comma between cells is no decimal separator."""
        if separator == ",":
            return cls()
        found = set()
        for name in cells:
            column = dict.fromkeys(cells[name].head(10 * SAMPLE).map(str.strip))
            sample = [cell for cell in column if cell.casefold() not in MISSING]
            form = find_number_form(sample[:SAMPLE], None, ".") if sample else None
            if form is not None and not form[1] and max(form[0].places) > 0:
                found.add(form[0].decimal)
        return cls("," if found == {","} else ".", "." not in found)


class ColumnReader:
    """Infer the format of one column of a CSV file, and read it.

    Parameters
    ----------
    table : TableFile
        The file, whose cells are known.

    name : str
        The name of the column.

    habits : FileHabits
        The conventions of the whole file.

    options : ReadOptions
        The user's options.
    """

    def __init__(
        self, table: TableFile, name: str, habits: FileHabits, options: ReadOptions
    ) -> None:
        self.table = table
        self.name = name
        self.cells: list[str] = table.frame[name].tolist()
        self.decimal = options.decimals.get(name, options.decimal)
        self.habits = habits
        self.options = options
        # In Python, because pandas has a high cost per column.
        self.counts = Counter(self.cells)
        self.stripped = {cell: cell.strip() for cell in self.counts}
        self.distinct = [
            text
            for text in dict.fromkeys(self.stripped.values())
            if not self._is_missing(text)
        ]

    def read(self) -> tuple[CellFormat, pd.Series, list[str]]:
        """Return the format of the column, its values, and warnings."""
        form, said = self._find_form()
        remarks = [f"{self._column}: {text}" for text in said]
        if isinstance(form, TextForm):
            remarks += self._check_text()
        # In text, only the empty cell and the user's markers are missing values.
        is_missing = {
            cell: self._stands_for_nothing(cell, form) for cell in self.counts
        }
        present = [cell for cell in self.counts if not is_missing[cell]]
        gaps = Counter({c: n for c, n in self.counts.items() if is_missing[c]})
        gap = gaps.most_common(1)[0][0] if gaps else ""
        padding = Padding()
        if isinstance(form, TextForm):
            form = TextForm(self._find_padded(present))
        elif present:
            padding = Padding.of(present)
        quoted, quoted_missing = self._find_quotes(is_missing)
        cell_format = CellFormat(form, gap, padding, quoted, quoted_missing)
        return cell_format, self._values(form, present), remarks

    @property
    def _column(self) -> str:
        return f"{self.table.path}, column {self.name!r}"

    def _find_form(self) -> tuple[Form, list[str]]:
        """Return the form of the cells, and warnings."""
        if self.name in self.options.dates:
            return self._told_date(self.options.dates[self.name])
        if not self.distinct or self.name in self.options.texts:
            return TextForm(), []
        found = self._compact_dates() or find_number_form(
            self.distinct, self.decimal, self.habits.decimal
        )
        words = next((w for w in FLAGS if set(self.distinct) <= {*w}), None)
        if words is not None:
            return FlagForm(*words), []
        found = found or find_date_form(self.distinct, self.habits.day_first)
        if found is None:
            return TextForm(), []
        form, said = found
        return form, [said.replace("NAME", self.name)] if said else []

    def _compact_dates(self) -> tuple[DateForm, str] | None:
        """Return the form of dates written like whole numbers."""
        if len(self.distinct[0]) not in (8, 12, 14) or not self.distinct[0].isdecimal():
            return None
        return find_date_form(self.distinct, self.habits.day_first)

    def _stands_for_nothing(self, cell: str, form: Form) -> bool:
        text = self.stripped[cell]
        if isinstance(form, TextForm):
            return not text or text in self.options.missing
        return self._is_missing(text)

    def _is_missing(self, text: str) -> bool:
        is_word = len(text) <= LONGEST_WORD and text.casefold() in MISSING
        return is_word or text in self.options.missing

    def _find_padded(self, present: Sequence[str]) -> dict[str, str]:
        """Return the most common spelling of strings with surrounding blanks."""
        if all(self.stripped[cell] == cell for cell in present):
            return {}
        ways: dict[str, Counter[str]] = {}
        for cell in present:
            own = ways.setdefault(self.stripped[cell], Counter())
            own[cell] = self.counts[cell]
        mostly = {text: own.most_common(1)[0][0] for text, own in ways.items()}
        return {text: cell for text, cell in mostly.items() if text != cell}

    def _find_quotes(self, is_missing: dict[str, bool]) -> tuple[bool, bool]:
        """Tell whether all cells are quoted, and whether missing ones are."""
        flags = self.table.quoted.get(self.name)
        if flags is None:
            return False, False
        gaps = np.array([is_missing[cell] for cell in self.cells], dtype=bool)
        quoted_gaps = bool(gaps.any()) and bool(flags[gaps].mean() > 0.5)
        return bool(flags[~gaps].all()) and not gaps.all(), quoted_gaps

    def _values(self, form: Form, present: Sequence[str]) -> pd.Series:
        """Return the values of all cells; each distinct cell is parsed once."""
        place = {cell: k for k, cell in enumerate(present)}
        codes = np.array([place.get(cell, -1) for cell in self.cells])
        missing = codes < 0
        parsed = form.parse([self.stripped[cell] for cell in present])
        if isinstance(form, TextForm):
            texts = parsed.reindex(codes) if len(present) else pd.Series(index=codes)
            return texts.reset_index(drop=True).astype("string")
        if not len(present):  # an empty column that the user declares as dates
            return pd.Series(pd.NaT, index=range(len(codes)), dtype="datetime64[us]")
        values = parsed.iloc[codes].reset_index(drop=True)
        if not missing.any():
            return values
        nullable = {"int64": "Int64", "uint64": "UInt64", "bool": "boolean"}
        dtype: Any = nullable.get(str(values.dtype))
        return (values if dtype is None else values.astype(dtype)).mask(missing)

    def _told_date(self, form: str | None) -> tuple[Form, list[str]]:
        """Return the form of a column that the user declares as dates."""
        if not self.distinct:
            return DateForm(()), []
        if form is None:
            found = find_date_form(self.distinct, self.habits.day_first, told=True)
            if found is not None:
                said = found[1].replace("NAME", self.name)
                return found[0], [said] if said else []
            raise ValueError(
                f"{self._place(self.distinct[0])} has no known date format, or other "
                "cells have a different one. Specify it, for example with --date "
                f"'{self.name}=%d %b %Y'."
            )
        odd = next((c for c in self.distinct if not _fits(form, c)), None)
        patterns = None if odd else refine(form, self.distinct)
        if patterns is None:
            raise ValueError(
                f"{self._place(odd or self.distinct[0])} is not a date of the format "
                f"{form}."
            )
        return DateForm(tuple(patterns)), []

    def _check_text(self) -> list[str]:
        """Return warnings if text looks like numbers or dates."""
        if self.name in self.options.texts or not self.distinct:
            return []
        numbers = [NUMBER.fullmatch(cell) is not None for cell in self.distinct]
        if all(numbers):
            return self._check_alike()
        odd = self._odd_cells(numbers)
        what = "number"
        if not odd:
            day_first = self.habits.day_first
            sample = self.distinct[:SAMPLE]
            dates = [find_date_form([cell], day_first) is not None for cell in sample]
            if sum(dates) < FINE_CELLS or sum(dates) < len(dates) / 2:
                return []
            rest = self.distinct[SAMPLE:]
            dates += [find_date_form([cell], day_first) is not None for cell in rest]
            odd, what = self._odd_cells(dates), "date"
            if all(dates):
                return [
                    f"{self._column} is read as text, because its dates have several "
                    "ambiguous formats. If it contains dates, set their format with "
                    "--date."
                ]
        if not odd:
            return []
        return [
            f"{self._place(odd[0])} is not a {what}, although most cells of the column "
            "are, so the column is read as text. Correct the cell or, if it marks a "
            f"missing value, add --missing '{odd[0]}'."
        ]

    def _check_alike(self) -> list[str]:
        """Return warnings if all cells are numbers, but in different forms."""
        if are_names(self.distinct):
            return []
        return [
            f"{self._column} is read as text, because its numbers have different units "
            f"or separators, or are too large: {self.distinct[0]!r} and "
            f"{self.distinct[-1]!r}."
        ]

    def _odd_cells(self, is_fine: Sequence[bool]) -> list[str]:
        """Return the odd cells, if they are rare or have few distinct values."""
        odd = [c for c, fine in zip(self.distinct, is_fine, strict=True) if not fine]
        if len(odd) <= ODD_WORDS and len(is_fine) - len(odd) >= FINE_CELLS:
            return odd
        wanted = set(odd)
        n_odd = sum(n for c, n in self.counts.items() if self.stripped[c] in wanted)
        return odd if n_odd <= ODD_SHARE * self._n_present else []

    @cached_property
    def _n_present(self) -> int:
        known = set(self.distinct)
        return sum(n for cell, n in self.counts.items() if self.stripped[cell] in known)

    def _place(self, text: str) -> str:
        row = next(k for k, cell in enumerate(self.cells) if cell.strip() == text)
        return f"{self.table.place(row, self.name)}: {text!r}"


def _fits(form: str, cell: str) -> bool:
    patterns = refine(form, [cell])
    return patterns is not None and bool(patterns[0].parse([cell]).notna().all())
