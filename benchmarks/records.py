"""The CSV of results: one row for each table, split, method and classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

TASK = ["table", "split", "method"]
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
    "fit_resample seconds",
    "refused",
    "error",
    "versions",
]
# What the results of an older version were, which did not record it.
FORMERLY = {"rows": "natural", "classes": "rarest", "refused": 0}


def read_records(path: Path) -> pd.DataFrame:
    """Read the results.

    Parameters
    ----------
    path : Path
        The CSV; it need not exist.

    Returns
    -------
    records : DataFrame
        The rows, none where there is no file yet.
    """
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS)
    # A method may be called "None"; only an empty cell is missing.
    texts = dict.fromkeys(["parameters", "error", "versions"], str)
    records = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=texts)
    for name in FORMERLY.keys() - records.columns:
        records[name] = FORMERLY[name]
    return records.fillna(dict.fromkeys(texts, ""))


def check_settings(path: Path, settings: dict[str, str]) -> None:
    """Stop where a CSV has results of other settings, or of an older version.

    Parameters
    ----------
    path : Path
        The CSV; it need not exist.
    settings : dict of str to str
        Columns of the CSV and the one value that each is to have.
    """
    if not path.exists():
        return
    if list(pd.read_csv(path, nrows=0).columns) != COLUMNS:
        raise SystemExit(f"{path} has other columns: choose another --output.")
    records = read_records(path)
    for name, value in settings.items():
        others = sorted(set(records[name]) - {value})
        if others:
            raise SystemExit(
                f"{path} has results of --{name} {others[0]}: choose another --output."
            )


def append_records(
    path: Path, rows: list[dict], columns: Sequence[str] | None = COLUMNS
) -> None:
    """Append the rows of one task.

    Parameters
    ----------
    path : Path
        The CSV; made with its folder where it does not exist.
    rows : list of dict
        One for each classifier.
    columns : sequence of str, default=COLUMNS
        The columns of the CSV; None for those of the rows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=columns).round(6)
    frame.to_csv(path, mode="a", header=not path.exists(), index=False)


def forget_tasks(path: Path, tasks: set[tuple[str, int, str]]) -> None:
    """Remove the rows of tasks that are to run again.

    Parameters
    ----------
    path : Path
        The CSV; it need not exist.
    tasks : set of (table, split, method)
        The tasks.
    """
    records = read_records(path)
    if records.empty:
        return
    kept = [task not in tasks for task in task_keys(records)]
    records[kept].to_csv(path, index=False)


def task_keys(records: pd.DataFrame) -> list[tuple[str, int, str]]:
    """Return the (table, split, method) of each row."""
    return list(records[TASK].itertuples(index=False, name=None))
