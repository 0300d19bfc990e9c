"""A table as it was read from a file, with the places of its cells for messages."""

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
        Its values, by type.

    cells : DataFrame of shape (n_rows, n_columns) or None
        What stands in a CSV file, letter by letter.

    csv_format : CsvFormat
        How it stands there, or would stand.

    lines : sequence of int or None
        The line of the CSV file on which each row begins.

    remarks : tuple of str
        What the user should know of how it was read.

    arrow : pyarrow.Table or None
        What stands in a Parquet file, by its own types.

    quoted : mapping of str to ndarray of shape (n_rows,)
        Which cells of a CSV file are in quotes, of the columns in which some are.
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
        """Say where a cell stands, for a message."""
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
            hint = " If that is not how its cells are separated, say it with --sep."
        raise ValueError(
            f"{self.path} has no column {name!r}; its columns are "
            f"{list_some(columns)}.{hint}"
        )


def check_names_differ(where: str, names: Sequence[str]) -> None:
    """Raise a ValueError if two columns of a file have one name.

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
            f"{where}: the names of the columns must differ, but {list_some(twice)} "
            "stand more than once; rename them in the file."
        )
