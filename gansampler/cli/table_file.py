"""A table as read from a file, with the places of its cells for messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gansampler.cli.csv_format import CsvFormat
from gansampler.utils.formatting import list_some


@dataclass(frozen=True)
class TableFile:
    """A table as it was read.

    Parameters
    ----------
    path : str or Path
        The file.

    frame : DataFrame of shape (n_rows, n_columns)
        The parsed values.

    cells : DataFrame of shape (n_rows, n_columns) or None
        The cells of a CSV file as strings, character by character.

    csv_format : CsvFormat
        The format of the CSV file, or the one to write.

    lines : sequence of int or None
        The line of the CSV file on which each row begins.

    remarks : tuple of str
        Warnings about how the file was read.

    arrow : pyarrow.Table or None
        The contents of a Parquet file, in its own types.

    quoted : mapping of str to ndarray of shape (n_rows,)
        Which cells of a CSV file are quoted, for the columns with quoted cells.
    """

    path: str | Path
    frame: pd.DataFrame
    cells: pd.DataFrame | None = None
    csv_format: CsvFormat = field(default_factory=CsvFormat)
    lines: Sequence[int] | None = None
    remarks: tuple[str, ...] = ()
    arrow: Any = None
    quoted: Mapping[str, np.ndarray] = field(default_factory=dict)

    def place(self, row: int, name: str) -> str:
        """Return the place of a cell, for a message."""
        where = f"row {row}" if self.lines is None else f"line {self.lines[row]}"
        return f"{self.path}, {where}, column {name!r}"

    def drop(self, names: Sequence[str]) -> TableFile:
        """Return the table without some columns."""
        for name in names:
            self.check_column(name)
        frame = self.frame.drop(columns=list(names))
        cells = None if self.cells is None else self.cells.drop(columns=list(names))
        return replace(self, frame=frame, cells=cells)

    def check_column(self, name: str) -> None:
        """Raise a ValueError if the table has no such column."""
        columns = self.frame.columns
        if name in columns:
            return
        hint = ""
        if len(columns) == 1:
            hint = " If the cells have another separator, set it with --sep."
        raise ValueError(
            f"{self.path} has no column {name!r}. Its columns are "
            f"{list_some(columns)}.{hint}"
        )


def check_names_differ(where: str, names: Sequence[str]) -> None:
    """Raise a ValueError if two columns of a file have the same name.

    Parameters
    ----------
    where : str
        The place of the names, for the message.

    names : sequence of str
        The names.
    """
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        raise ValueError(
            f"{where}: column names must be unique, but these occur more than once: "
            f"{list_some(twice)}. Rename them in the file."
        )
