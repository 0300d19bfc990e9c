"""Tables in Parquet files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow

from gansampler.cli.table_file import TableFile

ENDINGS = (".parquet", ".pq")
"""Endings of Parquet files; all others are taken for CSV."""


def is_parquet(path: str | Path) -> bool:
    """Tell whether a file is a Parquet file by its ending."""
    return Path(path).suffix.lower() in ENDINGS


def read_parquet(path: str | Path) -> TableFile:
    """Read a table, a named index as columns."""
    try:
        frame = pd.read_parquet(path)
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is no Parquet file: {error}.") from error
    # The names that pandas gives itself are not names of columns.
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(named) if named else frame
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise ValueError(f"{path} has columns whose names are no text: {odd}.")
    return TableFile(path, frame.reset_index(drop=True))
