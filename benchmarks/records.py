"""The CSV of results: one row for each table, seed, method and classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

TASK = ["table", "seed", "method"]
SECONDS = "fit_resample seconds"
COLUMNS = [
    "table",
    "kind",
    "minority_count_train",
    "rows",
    "classes",
    "split",
    "seed",
    "method",
    "parameters",
    "classifier",
    "AP",
    "ROC AUC",
    "F1",
    "G-mean",
    "MCC",
    "balanced accuracy",
    SECONDS,
    "refused",
    "error",
    "versions",
]
"""Those of quality.py, where the number of a split is its seed."""


def row_columns(scores: Sequence[str]) -> list[str]:
    """Return the columns of a study that scores the synthetic rows themselves."""
    return [
        "table",
        "kind",
        "rows",
        "seed",
        "method",
        "parameters",
        "minority_count_train",
        "minority_count_holdout",
        "synthetic_count",
        *scores,
        SECONDS,
        "error",
        "versions",
    ]


def read_records(path: Path) -> pd.DataFrame:
    """Read the results: no rows where there is no file yet."""
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS)
    # A method may be called "None"; only an empty cell is missing.
    texts = dict.fromkeys(["parameters", "error", "versions"], str)
    records = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=texts)
    return records.fillna(dict.fromkeys(texts, ""))


def check_settings(
    path: Path, settings: dict[str, str], columns: Sequence[str] | None = COLUMNS
) -> None:
    """Stop where a CSV has other columns, or results of other settings.

    Parameters
    ----------
    path : Path
        The CSV; it need not exist.
    settings : dict of str to str
        Columns that the CSV may have, and the one value that each is to have.
    columns : sequence of str, default=COLUMNS
        The columns that it is to have; None for any.
    """
    if not path.exists():
        return
    records = read_records(path)
    if columns is not None and list(records.columns) != list(columns):
        raise SystemExit(f"{path} has other columns: choose another --output.")
    for name, value in settings.items():
        others = sorted(set(records.get(name, [])) - {value})
        if others:
            raise SystemExit(
                f"{path} has results of --{name} {others[0]}: choose another --output."
            )


def append_records(
    path: Path, rows: list[dict], columns: Sequence[str] | None = COLUMNS
) -> None:
    """Append rows to a CSV, which is made with its folder where it does not exist.

    Parameters
    ----------
    path : Path
        The CSV.
    rows : list of dict
        The rows.
    columns : sequence of str, default=COLUMNS
        The columns of the CSV; None for those of the rows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=columns).round(6)
    frame.to_csv(path, mode="a", header=not path.exists(), index=False)


def forget_tasks(path: Path, tasks: set[tuple[str, int, str]]) -> None:
    """Remove the rows of the tasks (table, seed, method) that are to run again."""
    records = read_records(path)
    if not records.empty:
        kept = [task not in tasks for task in task_keys(records)]
        records[kept].to_csv(path, index=False)


def task_keys(records: pd.DataFrame) -> list[tuple[str, int, str]]:
    """Return the (table, seed, method) of each row."""
    return list(records[TASK].itertuples(index=False, name=None))
