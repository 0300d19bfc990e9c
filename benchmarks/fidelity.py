"""Compare the synthetic rows of over-samplers with real rows that were held out.

Run `python benchmarks/fidelity.py --jobs 4`; a stopped run continues where it was.

Half of the minority and 70 % of the majority are resampled; the minority rows that a
method adds, at most 1000 of them, are compared with the other half of the minority.
Detection, precision, recall, density and coverage compare equally many rows of both.
"(training rows)" are those of the first half themselves: as close as real rows come.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from methods import ALL_METHODS, METHODS, Method, parameters_of
from quality import versions
from records import append_records, read_records
from running import choose_tables, error_text, make_parser, run_tasks
from sklearn.model_selection import train_test_split
from sklearn.utils._param_validation import InvalidParameterError
from tables import fill_missing, kind_of, load_table

from gansampler.evaluation.metrics import (
    closest_record_ratio,
    correlation_gap,
    detection_auc,
    marginal_distances,
    precision_recall_density_coverage,
)

HOLDOUT_SIZE = {1: 0.5, 0: 0.3}
MAX_SYNTHETIC = 1000
N_NEIGHBORS = CV = 5
REAL_ROWS = "(training rows)"
TASK = ["table", "seed", "method"]
RATIO = "closest-record ratio"
METRICS = [
    "marginal distance",
    "correlation gap",
    "detection AUC",
    "precision",
    "recall",
    "density",
    "coverage",
    RATIO,
]
SECONDS = "fit_resample seconds"
COLUMNS = [
    "table",
    "kind",
    "rows",
    "seed",
    "method",
    "parameters",
    "minority_count_train",
    "minority_count_holdout",
    "synthetic_count",
    *METRICS,
    SECONDS,
    "error",
    "versions",
]


@dataclass
class Task:
    """One method on one split of one table.

    Parameters
    ----------
    data : Path
        Folder of the tables.
    table : str
        Name of the table.
    seed : int
        Seed of the split, of the method and of the subsamples.
    name : str
        Name of the method.
    method : callable or None
        The method; None for the training rows themselves.
    rows : str
        How long tables are cut.
    """

    data: Path
    table: str
    seed: int
    name: str
    method: Method | None
    rows: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells the task from others in the CSV."""
        return self.table, self.seed, self.name

    @property
    def parameters(self) -> str:
        """The parameters of a variant, empty for a method without any."""
        return parameters_of(self.method)


@dataclass
class Split:
    """The training part of a table, and the minority rows held out.

    Parameters
    ----------
    X_train : DataFrame
        Features, without missing cells.
    y_train : Series
        1 for the minority class, 0 for the rest.
    holdout : DataFrame
        The minority rows that are held out.
    """

    X_train: pd.DataFrame
    y_train: pd.Series
    holdout: pd.DataFrame

    @property
    def minority(self) -> pd.DataFrame:
        """The minority rows of the training part."""
        return self.X_train[self.y_train == 1]


def split_table(X: pd.DataFrame, y: pd.Series, seed: int) -> Split:
    """Hold out half of the minority and 30 % of the majority.

    Parameters
    ----------
    X : DataFrame
        Features.
    y : Series
        1 for the minority class, 0 for the rest.
    seed : int
        Seed of the split.

    Returns
    -------
    split : Split
        Both parts, filled with the medians and modes of the training part.
    """
    parts = {
        label: train_test_split(X[y == label], test_size=size, random_state=seed)
        for label, size in HOLDOUT_SIZE.items()
    }
    X_train = pd.concat([train for train, _ in parts.values()]).sort_index()
    y_train = y[X_train.index].reset_index(drop=True)
    filled = fill_missing(X_train, parts[1][1])
    X_train, holdout = (part.reset_index(drop=True) for part in filled)
    return Split(X_train, y_train, holdout)


def run_task(task: Task) -> dict[str, Any]:
    """Resample one training part and judge the rows that were added.

    Parameters
    ----------
    task : Task
        The task.

    Returns
    -------
    row : dict
        A row of the CSV; a method that failed has an error and no scores.
    """
    split = split_table(*load_table(task.data, task.table, task.rows), task.seed)
    row = describe(task, split)
    if task.method is None:
        scores = judge(split.minority, split, task.seed)
        # To themselves the training rows have no distance; it would say nothing.
        return {**row, "synthetic_count": len(split.minority), **scores, RATIO: np.nan}
    # Mistaken parameters stop the run, as in quality.py.
    sampler = task.method(split.X_train, split.y_train, task.seed)
    start = time.perf_counter()
    try:
        resampled = sampler.fit_resample(split.X_train, split.y_train)
        row[SECONDS] = round(time.perf_counter() - start, 4)
        synthetic = round_whole(added_rows(split, *resampled), split.X_train)
        row["synthetic_count"] = len(synthetic)
        return {**row, **judge(synthetic, split, task.seed)}
    except InvalidParameterError:
        raise
    except Exception as error:
        row["error"] = error_text(error)
        return row


def describe(task: Task, split: Split) -> dict[str, Any]:
    """Return what is known of a task before it is run."""
    return {
        "table": task.table,
        "kind": kind_of(split.X_train),
        "rows": task.rows,
        "seed": task.seed,
        "method": task.name,
        "parameters": task.parameters,
        "minority_count_train": len(split.minority),
        "minority_count_holdout": len(split.holdout),
        "error": "",
        "versions": versions(),
    }


def added_rows(split: Split, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Return the minority rows below the training part, or raise where there are none."""
    n = len(split.X_train)
    if len(X) <= n:
        raise RuntimeError("refused: it added no row")
    before, after = (part.astype(object) for part in (split.X_train, X.iloc[:n]))
    if not np.array_equal(before, after):
        raise RuntimeError("refused: it does not keep the training rows first")
    added = X.iloc[n:][np.asarray(y)[n:] == 1]
    if added.empty:
        raise RuntimeError("refused: it added no minority row")
    return added


def round_whole(synthetic: pd.DataFrame, X_train: pd.DataFrame) -> pd.DataFrame:
    """Round the columns of whole numbers, as a user would where a method does not."""
    numbers = X_train.select_dtypes("number")
    whole = [name for name in numbers if (X_train[name] % 1 == 0).all()]
    return synthetic.assign(**{name: synthetic[name].round() for name in whole})


def judge(synthetic: pd.DataFrame, split: Split, seed: int) -> dict[str, float]:
    """Compare synthetic rows with those held out.

    Parameters
    ----------
    synthetic : DataFrame
        Synthetic rows of the minority.
    split : Split
        The split that they come from.
    seed : int
        Seed of the subsamples and of the detecting forest.

    Returns
    -------
    scores : dict of str to float
        One of each of `METRICS`.
    """
    rng = np.random.default_rng(seed)
    synthetic = subsample(synthetic, MAX_SYNTHETIC, rng)
    n = min(len(synthetic), len(split.holdout))
    real, fake = (subsample(part, n, rng) for part in (split.holdout, synthetic))
    scores = precision_recall_density_coverage(
        real, fake, n_neighbors=min(N_NEIGHBORS, n - 1)
    )
    return {
        "marginal distance": marginal_distances(split.holdout, synthetic).mean(),
        "correlation gap": correlation_gap(split.holdout, synthetic),
        "detection AUC": detection_auc(real, fake, cv=min(CV, n), random_state=seed),
        "precision": scores.precision,
        "recall": scores.recall,
        "density": scores.density,
        "coverage": scores.coverage,
        RATIO: closest_record_ratio(synthetic, split.minority, split.holdout),
    }


def subsample(rows: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw `n` rows without replacement, or give all where there are no more."""
    if len(rows) <= n:
        return rows
    return rows.iloc[rng.choice(len(rows), size=n, replace=False)]


def pending_tasks(tasks: list[Task], records: pd.DataFrame) -> list[Task]:
    """Drop the tasks whose results are there; stop where they are of another setting.

    Parameters
    ----------
    tasks : list of Task
        What is asked for.
    records : DataFrame
        The results so far.

    Returns
    -------
    missing : list of Task
        What is to be run.
    """
    settings = records.groupby("method")[["rows", "parameters"]].first()
    for task in tasks:
        if task.name not in settings.index:
            continue
        there = tuple(settings.loc[task.name])
        if there != (task.rows, task.parameters):
            raise SystemExit(
                f"There are results of {task.name} with --rows {there[0]} and the "
                f"parameters ({there[1]}): choose another name or --output."
            )
    done = set(records[TASK].itertuples(index=False, name=None))
    return [task for task in tasks if task.key not in done]


def progress(row: dict[str, Any]) -> str:
    """Write one line on a finished task."""
    outcome = row["error"] or f"AUC {row['detection AUC']:.3f}"
    return f"{row['table']}, seed {row['seed']}, {row['method']}: {outcome}"


def report(records: pd.DataFrame) -> str:
    """Write means and medians over the tables and seeds that all methods have.

    Parameters
    ----------
    records : DataFrame
        The results.

    Returns
    -------
    text : str
        What failed, a table of means and one of medians.
    """
    failed = records[records["error"] != ""]
    lines = [
        f"{method} failed on {', '.join(sorted(set(group['table'])))}: {error}"
        for (method, error), group in failed.groupby(["method", "error"])
    ]
    scored = records[records["error"] == ""]
    n_methods = scored.groupby(["table", "seed"])["method"].transform("nunique")
    cells = scored[n_methods == scored["method"].nunique()]
    if cells.empty:
        return "\n".join([*lines, "There is no table that all methods have."])
    by_table = cells.groupby(["method", "table"])[[*METRICS, SECONDS]].mean()
    means = by_table.groupby("method").mean()
    medians = by_table.groupby("method").median()
    # A ratio may be infinite, which leaves a median but no mean.
    means[[RATIO, SECONDS]] = medians[[RATIO, SECONDS]]
    count = f"over {cells['table'].nunique()} tables that all methods have"
    titles = {
        f"Means {count} (ratio and seconds: medians)": means,
        f"Medians {count}": medians,
    }
    for title, frame in titles.items():
        ordered = frame.sort_values("detection AUC")
        lines += ["", title, ordered.to_string(float_format="{:.3f}".format)]
    return "\n".join(lines)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__doc__, "fidelity.csv", list(METHODS), ALL_METHODS)
    help_ = "0, 1, ... (default: 2 of them)"
    parser.add_argument("--seeds", type=int, default=2, help=help_)
    return parser.parse_args()


def main() -> None:
    """Run what is missing and print the report."""
    arguments = parse_arguments()
    tables = choose_tables(arguments)
    if not tables:
        return
    chosen: dict[str, Method | None] = {REAL_ROWS: None}
    chosen |= {name: ALL_METHODS[name] for name in arguments.methods}
    chosen |= dict(arguments.variant)
    tasks = [
        Task(arguments.data, table, seed, name, method, arguments.rows)
        for seed in range(arguments.seeds)
        for table in tables
        for name, method in chosen.items()
    ]
    missing = pending_tasks(tasks, read_records(arguments.output))
    print(f"{len(tasks) - len(missing)} tasks are there, {len(missing)} to run.")
    run_tasks(
        run_task,
        missing,
        arguments.jobs,
        lambda row: append_records(arguments.output, [row], COLUMNS),
        progress,
    )
    print(report(read_records(arguments.output)))


if __name__ == "__main__":
    main()
