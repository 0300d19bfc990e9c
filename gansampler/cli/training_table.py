"""Read the table that a command learns from, check it and split off its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from pandas.api import types as pdt

from gansampler.cli.options import TrainingOptions, split_names
from gansampler.cli.output import Console
from gansampler.cli.parquet_table import (
    check_label_type,
    check_types,
    is_decimal,
    read_codes,
)
from gansampler.cli.summary import describe_id, find_ids, summarise
from gansampler.cli.table_file import TableFile
from gansampler.cli.table_io import check_ending, is_stream, read_table
from gansampler.tabular.column_values import is_temporal
from gansampler.utils.atomic_write import check_target
from gansampler.utils.formatting import printable

MAX_WHOLE = 2**53
"""From here on floats skip whole numbers, so that classes could be merged."""


def check_writable(
    force: bool, outputs: Sequence[Path | None], inputs: Sequence[Path | None]
) -> None:
    """Raise an error, before any work, if an output file must not be written.

    Existing files are only overwritten with `force`. Input files are never overwritten,
    because a corrected command could not read them again.
    """
    wanted = [path for path in outputs if path is not None and not is_stream(path)]
    sources = {_place(path): path for path in inputs if path and path.exists()}
    for path in wanted:
        check_target(path)  # now, not after minutes of training
        source = sources.get(_place(path))
        if source is not None:
            raise typer.BadParameter(
                f"{printable(path)} is the input file {printable(source)}. Write to "
                "another file."
            )
        if path.exists() and not force:
            raise typer.BadParameter(
                f"{printable(path)} already exists. Overwrite it with --force."
            )
    if len({_place(path) for path in wanted}) < len(wanted):
        names = " and ".join(map(printable, wanted))
        raise typer.BadParameter(f"{names} are the same file. Write to two files.")


def check_table_endings(*outputs: Path | None) -> None:
    """Raise an error, before any work, if a format can't be written."""
    for path in outputs:
        if path is not None:
            check_ending(path)


def _place(path: Path) -> tuple[object, ...]:
    """Return an identifier that is the same for all names of a file."""
    if path.exists():
        return path.stat().st_dev, path.stat().st_ino
    return (path.resolve(),)


def read_training_table(
    path: Path, options: TrainingOptions, console: Console
) -> TableFile:
    """Read a table, drop columns, and check its target."""
    target = options.target
    with console.status(f"Reading {path}"):
        table = read_table(path, options.for_reading())
    for remark in table.remarks:
        console.warn(remark)
    table.check_column(target)
    whole, table = table, table.drop(split_names(options.drop))
    table.check_column(target)
    if len(table.frame.columns) == 1:
        raise ValueError(f"{path} has no columns other than the target {target!r}.")
    if table.arrow is not None:
        check_label_type(path, table.arrow, target)
        check_types(path, table.arrow, table.frame.columns.drop(target).tolist())
        table = _read_codes(table, [target, *split_names(options.categorical)])
    _check_target(table, target)
    ids = find_ids(table.frame.drop(columns=target))
    for name, what in ids.items():
        console.warn(
            f"{path}: column {name!r} contains {what}, so new rows would get "
            f"{describe_id(what)}. Leave it out with --drop {_quoted(name)}."
        )
    for line in summarise(whole, table, target, ids):
        if options.dry_run:
            console.result(line)
        else:
            console.info(line)
    return table


def _quoted(name: str) -> str:
    """Return a name as it must be quoted in an option with a list of names."""
    return f"'\"{name}\"'" if "," in name else repr(name)


def _read_codes(table: TableFile, names: list[str]) -> TableFile:
    """Return a table whose decimal codes keep all of their digits."""
    codes = {
        name: read_codes(table.arrow[name])
        for name in names
        if name in table.frame.columns and is_decimal(table.arrow, name)
    }
    return replace(table, frame=table.frame.assign(**codes))


def read_holdout(
    path: Path, table: TableFile, options: TrainingOptions, console: Console
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return held-out rows in the dtypes of the table, and their classes."""
    held = read_training_table(path, options, console)
    for name in table.frame.columns:
        held.check_column(name)
    try:
        frame = held.frame[table.frame.columns].astype(table.frame.dtypes)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{path} contains other types of values than {table.path}: {error}."
        ) from error
    return split_target(frame, options.target)


def split_target(frame: pd.DataFrame, target: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the features, and the classes as whole numbers, booleans or strings."""
    y = frame[target]
    if pdt.is_bool_dtype(y.dtype):
        dtype = "bool"
    else:
        dtype = "int64" if pdt.is_numeric_dtype(y.dtype) else "object"
    if pdt.is_unsigned_integer_dtype(y.dtype) and y.max() >= 2**63:
        dtype = "uint64"
    return frame.drop(columns=target), y.to_numpy(dtype=dtype)


def _check_target(table: TableFile, target: str) -> None:
    labels = table.frame[target]
    missing = labels.isna().to_numpy(dtype=bool)
    if missing.any():
        raise ValueError(
            f"{table.place(int(missing.argmax()), target)}: the class is missing "
            f"({int(missing.sum())} of {len(labels)} rows in total). Remove these rows."
        )
    is_number = pdt.is_float_dtype(labels.dtype) and bool(
        ((labels % 1 != 0) | (labels.abs() >= MAX_WHOLE)).any()
    )
    if is_number or is_temporal(labels.dtype):
        raise ValueError(
            f"{table.path}: the target {target!r} contains "
            f"{'numbers' if is_number else 'dates'} such as {labels.iloc[0]}, not "
            "classes. Name another column, or bin its values into classes first."
        )
