"""Compare the synthetic rows of over-samplers with real rows that were held out.

Run `python benchmarks/fidelity.py --jobs 4`; a stopped run continues where it was.

Half of the minority and 70 % of the majority are resampled; the minority rows that a
method adds, at most 1000 of them, are compared with the other half of the minority.
Detection, precision, recall, density and coverage compare equally many rows of both.
"(training rows)" are those of the first half themselves: as close as real rows come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from methods import ALL_METHODS, METHODS
from records import SECONDS, row_columns
from running import Task, make_parser, make_tasks, noted_refusal, resample, run_study
from sklearn.model_selection import train_test_split
from tables import fill_missing

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
COLUMNS = row_columns(METRICS)


@dataclass
class Split:
    """The training part of a table and the minority rows held out, no cell missing.

    In `y_train` 1 is the minority class, and 0 the rest.
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

    Both parts are filled with the medians and modes of the training part.
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


def added_rows(split: Split, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Return the minority rows below the training part, of which there must be some."""
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


def subsample(rows: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw `n` rows without replacement, or return all where there are no more."""
    if len(rows) <= n:
        return rows
    return rows.iloc[rng.choice(len(rows), size=n, replace=False)]


def score_rows(synthetic: pd.DataFrame, split: Split, seed: int) -> dict[str, float]:
    """Compare synthetic rows of the minority with those held out, by all `METRICS`."""
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


def run_task(task: Task, score: Callable = score_rows) -> list[dict[str, Any]]:
    """Resample one training part and score the rows that were added.

    Parameters
    ----------
    task : Task
        The task.
    score : callable, default=score_rows
        Takes the synthetic rows, the split and the seed.

    Returns
    -------
    rows : list of dict
        One row of the CSV; a method that failed has an error and no scores.
    """
    split = split_table(*task.load(), task.seed)
    row = task.describe(split.X_train, split.y_train)
    row["minority_count_holdout"] = len(split.holdout)
    if task.method is None:
        row["synthetic_count"] = len(split.minority)
        # To themselves the training rows have no distance; it would say nothing.
        return [{**row, **score(split.minority, split, task.seed), RATIO: np.nan}]
    sampler = task.method(split.X_train, split.y_train, task.seed)
    with noted_refusal(row):
        resampled = resample(sampler, split.X_train, split.y_train, row)
        synthetic = round_whole(added_rows(split, *resampled), split.X_train)
        row["synthetic_count"] = len(synthetic)
        row |= score(synthetic, split, task.seed)
    return [row]


def report(records: pd.DataFrame) -> str:
    """Write what failed, and means and medians over what all methods have."""
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


def main() -> None:
    """Run what is missing and print the report."""
    parser = make_parser(
        __doc__, "fidelity.csv", list(METHODS), ALL_METHODS, ("--seeds", 2)
    )
    arguments = parser.parse_args()
    arguments.methods = [REAL_ROWS, *arguments.methods]
    tasks = make_tasks(arguments, {REAL_ROWS: None, **ALL_METHODS})
    run_study(arguments, tasks, run_task, report, COLUMNS)


if __name__ == "__main__":
    main()
