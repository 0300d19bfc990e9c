"""A saved model, with its notes on the table file that it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gansampler import GANOverSampler
from gansampler.cli.csv_format import CsvFormat
from gansampler.cli.table_file import TableFile
from gansampler.utils.formatting import list_some


def save_model(
    sampler: GANOverSampler, path: Path, keep_data: bool, table: TableFile, target: str
) -> None:
    """Save a sampler, with notes on the file that its table was read from."""
    from gansampler.persistence.sampler_file import save_sampler

    notes = {
        "target": target,
        "columns": table.frame.columns.tolist(),
        "csv_format": table.csv_format.to_dict(),
    }
    try:
        save_sampler(sampler, path, keep_data=keep_data, notes=notes)
    except ValueError as error:
        # The message names the Python parameter.
        message = str(error).replace("keep_data=True", "--keep-data")
        raise ValueError(
            f"The table was written, but {path} was not. {message}"
        ) from error


def read_csv_format(notes: dict[str, Any]) -> CsvFormat:
    """Return the format of the file that a saved model was made from."""
    if "csv_format" not in notes:
        return CsvFormat()
    return CsvFormat.from_dict(notes["csv_format"])


def insert_target(
    rows: pd.DataFrame, notes: dict[str, Any], label: Any
) -> pd.DataFrame:
    """Add the class to the rows: where it was in the file, else as the last column.

    A model saved in Python does not know the name of the target. The column is then
    called "class", followed by underscores if a feature already has that name.
    """
    if "target" in notes:
        return rows.assign(**{notes["target"]: label})[notes["columns"]]
    rows = rows.set_axis([_as_text(name) for name in rows.columns], axis=1)
    target = "class"
    while target in rows.columns:
        target += "_"
    plain = {name: _as_plain(rows[name]) for name in rows.columns}
    return rows.assign(**plain, **{target: label})


def _as_text(name: Any) -> str:
    """Return the name of a column as text, as files need it."""
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _as_plain(values: pd.Series) -> pd.Series:
    """Return a column in a dtype that files support."""
    dtype = values.dtype
    if isinstance(dtype, pd.SparseDtype):
        return pd.Series(np.asarray(values))
    inner: Any = dtype
    if isinstance(dtype, pd.CategoricalDtype):
        inner = dtype.categories.dtype
    if isinstance(inner, (pd.IntervalDtype, pd.PeriodDtype)):
        return values.astype("string")
    return values


def choose_generators(
    model: Path, generators: dict[Any, Any], wanted: list[str]
) -> dict[Any, Any]:
    """Return the generators of the named classes, or of all classes."""
    by_name = {str(label): label for label in generators}
    for name in wanted or by_name:
        if name not in by_name:
            raise ValueError(
                f"{model} can't generate rows of class {name!r}. Its classes are "
                f"{list_some(by_name)}."
            )
    if not by_name:
        raise ValueError(
            f"{model} can't generate rows, because no class needed any when it was "
            "fitted."
        )
    return {by_name[name]: generators[by_name[name]] for name in wanted or by_name}
