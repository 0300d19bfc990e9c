"""How a table stands in a CSV file: what the user says of it, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


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
    """

    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    dates: Mapping[str, str | None] = field(default_factory=dict)


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
            return _nullable(pd.Series(np.array(whole, dtype)), missing, nullable)
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

    def to_cells(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the cells of rows; columns of no known format stay values."""
        cells = {
            name: pd.Series(form.write(rows[name]), rows.index, dtype=object)
            for name, form in self.columns.items()
            if name in rows.columns
        }
        return rows.assign(**cells)
