"""From the options of the command line to a table and its classes, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from pandas.api import types as pdt

from gansampler.cli.output import Speaker
from gansampler.cli.table_files import (
    CellFormat,
    CsvFormat,
    ReadOptions,
    TableFile,
    check_column,
    read_table,
)
from gansampler.utils.atomic_write import check_folder

MIN_ID_ROWS = 10
"""In shorter tables a column of distinct values may be chance."""


def names_in(given: Sequence[str] | None) -> list[str]:
    """Return the names in options that may be repeated, and hold several each."""
    return [name for text in given or () for name in text.split(",")]


def read_options(
    sep: str | None,
    encoding: str | None,
    decimal: str | None,
    missing: list[str] | None,
    date: list[str] | None,
) -> ReadOptions:
    """Return what the options say of how to read a file."""
    if sep is not None:
        sep = sep.replace("\\t", "\t")
        if len(sep) != 1:
            raise typer.BadParameter(f"one sign, not {sep!r}.", param_hint="--sep")
    if decimal not in (None, ".", ","):
        raise typer.BadParameter(". or ,", param_hint="--decimal")
    dates = {}
    for entry in names_in(date):
        name, _, form = entry.partition("=")
        dates[name] = form or None
    return ReadOptions(sep, encoding, decimal, tuple(names_in(missing)), dates)


def check_writable(force: bool, *paths: Path | None) -> None:
    """Refuse, before any work, files that can't be written or that are there."""
    for path in paths:
        if path is not None and path.exists() and not force:
            raise typer.BadParameter(f"{path} exists; replace it with --force.")
        if path is not None:
            check_folder(path)  # not after minutes of training


def read_data(
    path: Path,
    target: str,
    options: ReadOptions,
    drop: Sequence[str] | None,
    say: Speaker,
) -> TableFile:
    """Read the table, leave out what is to be dropped, and check its target."""
    data = read_table(path, options)
    for remark in data.remarks:
        say.warn(remark)
    check_column(path, data.frame, target)
    data = data.drop(names_in(drop))
    check_column(path, data.frame, target)
    if len(data.frame.columns) == 1:
        raise ValueError(f"{path} has no column beside the target {target!r}.")
    _check_target(data, target)
    for name in data.frame.columns.drop(target):
        if _is_id(data.frame[name]):
            say.warn(
                f"{path}: column {name!r} differs in each row, as an id does. New rows "
                f"would get ids that mean nothing; leave it out with --drop {name!r}."
            )
    return data


def read_holdout(
    path: Path,
    data: TableFile,
    target: str,
    options: ReadOptions,
    drop: Sequence[str] | None,
    say: Speaker,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return held-out rows, in the dtypes of the table, and their classes."""
    held = read_data(path, target, options, drop, say)
    for name in data.frame.columns:
        check_column(path, held.frame, name)
    try:
        frame = held.frame[data.frame.columns].astype(data.frame.dtypes)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{path} holds other kinds of values than {data.path}: {error}."
        ) from error
    return frame.drop(columns=target), labels_of(frame[target])


def _check_target(data: TableFile, target: str) -> None:
    labels = data.frame[target]
    missing = labels.isna().to_numpy(dtype=bool)
    if missing.any():
        raise ValueError(
            f"{data.place(int(missing.argmax()), target)}: the class is missing, as in "
            f"{int(missing.sum())} of {len(labels)} rows; drop these rows."
        )
    is_number = pdt.is_float_dtype(labels.dtype) and bool((labels % 1 != 0).any())
    if is_number or pdt.is_datetime64_any_dtype(labels.dtype):
        raise ValueError(
            f"{data.path}: the target {target!r} holds "
            f"{'numbers' if is_number else 'dates'} such as {labels.iloc[0]}, not "
            "classes; name another column, or put its values into classes first."
        )


def _is_id(values: pd.Series) -> bool:
    """Tell whether a column names its rows: distinct texts, or counted through."""
    if len(values) < MIN_ID_ROWS or not values.is_unique or values.isna().any():
        return False
    if pdt.is_integer_dtype(values.dtype):
        return int(values.max()) - int(values.min()) == len(values) - 1
    return pdt.is_string_dtype(values.dtype)


def labels_of(y: pd.Series) -> np.ndarray:
    """Return the classes as whole numbers, as booleans or as texts."""
    if pdt.is_bool_dtype(y.dtype):
        return y.to_numpy(dtype=bool)
    if pdt.is_numeric_dtype(y.dtype):
        return y.to_numpy(dtype="int64")
    return y.to_numpy(dtype=object)


def take_notes(data: TableFile, target: str) -> dict[str, Any]:
    """Return what a saved model has to know of the file that it was made from."""
    csv_format = data.csv_format or CsvFormat()
    formats = {name: list(astuple(form)) for name, form in csv_format.columns.items()}
    return {
        "target": target,
        "columns": data.frame.columns.tolist(),
        "separator": csv_format.separator,
        "encoding": csv_format.encoding,
        "formats": formats,
    }


def format_of(notes: dict[str, Any]) -> CsvFormat:
    """Return how the file stood from which a saved model was made."""
    formats = notes.get("formats", {}).items()
    columns = {name: CellFormat(*form) for name, form in formats}
    separator, encoding = notes.get("separator", ","), notes.get("encoding", "utf-8")
    return CsvFormat(separator, encoding, columns)


def with_target(rows: pd.DataFrame, notes: dict[str, Any], label: Any) -> pd.DataFrame:
    """Put the class beside the rows, where it was in the table."""
    target = notes.get("target", "class")
    return rows.assign(**{target: label})[notes.get("columns", [*rows.columns, target])]
