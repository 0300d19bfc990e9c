"""Which sampling ratio, which threshold? Every method with the same freedom.

Run `python benchmarks/operating_points.py --jobs 4`; a stopped run continues where it
was. On the training part of each split, three-fold cross-validation with resampling
inside the folds gives out-of-fold probabilities at each ratio of minority to majority.
From these come the ratio of the best average precision ("chosen"; 0, no resampling, is
among them) and, for each ratio, the thresholds. The classifiers are then fitted on the
whole training part and scored on the test part. Tables have two classes, the rarest
against the rest.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from classifiers import make_classifiers, predict, score
from joblib import Parallel, delayed
from methods import ALL_METHODS, parse_variant
from operating_summary import summarise
from quality import (
    HERE,
    THREAD_VARIABLES,
    Task,
    describe,
    names,
    pending_tasks,
    progress,
)
from ratios import add_rows, added_rows, rows_to_add
from records import read_records
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.utils._param_validation import InvalidParameterError
from tables import ROWS, list_tables, load_table, split_table
from threadpoolctl import threadpool_limits
from thresholds import score_tuned, tune_thresholds

RATIOS = (0, 0.1, 0.25, 0.5, 1)
N_FOLDS = 3
METHODS = ["none", "RandomOverSampler", "SMOTE", "BorderlineSMOTE", "GANOverSampler"]


class Resampling:
    """Resample one training part after another, and remember time and refusals.

    Parameters
    ----------
    task : Task
        The task.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.seconds = 0.0
        self.errors: list[str] = []

    def synthetic_rows(self, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
        """Give the synthetic rows, none where the method refuses."""
        # Mistaken parameters stop the run, as in quality.py.
        sampler = self.task.method(X, y, self.task.split)
        start = time.perf_counter()
        try:
            resampled = sampler.fit_resample(X, y)
        except InvalidParameterError:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self.errors.append(" ".join(text.split())[:300])
            return X.iloc[:0]
        finally:
            self.seconds += time.perf_counter() - start
        rows = added_rows(y, *resampled)
        if rows.empty and self.task.name != "none":
            self.errors.append("refused: it added no minority row")
        return rows

    def probabilities(
        self, X: pd.DataFrame, y: pd.Series, X_test: pd.DataFrame
    ) -> pd.DataFrame:
        """Resample once, then fit every classifier at every ratio.

        Parameters
        ----------
        X : DataFrame
            Features of the training rows.
        y : Series
            1 for the minority class, 0 for the rest.
        X_test : DataFrame
            Features of the rows to predict.

        Returns
        -------
        probabilities : DataFrame
            Of the minority class: a column for each classifier and ratio.
        """
        rows = self.synthetic_rows(X, y)
        counts = rows_to_add(y, RATIOS, len(rows))
        # Ratios below the table's own add the same rows, none: they are fitted once.
        fitted = {}
        for n in sorted(set(counts.values())):
            X_added, y_added = add_rows(X, y, rows, n)
            fitted[n] = {
                name: predict(model, X_added, y_added, X_test)[:, 1]
                for name, model in make_classifiers(self.task.split).items()
            }
        columns = {
            (name, ratio): values
            for ratio, n in counts.items()
            for name, values in fitted[n].items()
        }
        return pd.DataFrame(columns, index=X_test.index)

    def out_of_fold(self, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
        """Predict each fold from the others; see `probabilities`."""
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=self.task.split)
        parts = [
            self.probabilities(
                X.iloc[fit].reset_index(drop=True),
                y.iloc[fit].reset_index(drop=True),
                X.iloc[held_out],
            )
            for fit, held_out in folds.split(X, y)
        ]
        return pd.concat(parts).loc[X.index]


def run_task(task: Task) -> list[dict[str, Any]]:
    """Tune one method on one training part and score it on the test part.

    Parameters
    ----------
    task : Task
        The task.

    Returns
    -------
    rows : list of dict
        One for each classifier and ratio, and one for the ratio that was chosen. A
        resampling that was refused counts in `refused`; the rows stay as they are.
    """
    table = load_table(task.data, task.table, task.rows, task.classes)
    # Missing cells are filled once, from all folds, for every method alike.
    split = split_table(*table, seed=task.split)
    y = split.y_train
    resampling = Resampling(task)
    out_of_fold = resampling.out_of_fold(split.X_train, y)
    test = resampling.probabilities(split.X_train, y, split.X_test)
    common = {
        **describe(task, split),
        "refused": len(resampling.errors),
        "error": next(iter(resampling.errors), ""),
        "fit_resample seconds": round(resampling.seconds, 4),
    }
    return [
        {**common, "classifier": classifier, **row}
        for classifier in test.columns.unique(0)
        for row in score_ratios(
            y, out_of_fold[classifier], split.y_test, test[classifier]
        )
    ]


def score_ratios(
    y: pd.Series, out_of_fold: pd.DataFrame, y_test: pd.Series, test: pd.DataFrame
) -> list[dict[str, Any]]:
    """Choose ratio and thresholds on the training part; score them on the test part.

    Parameters
    ----------
    y : Series
        Classes of the training part.
    out_of_fold : DataFrame
        Probabilities of the minority class in the training part, a column a ratio.
    y_test : Series
        Classes of the test part.
    test : DataFrame
        Probabilities of the minority class in the test part, a column a ratio.

    Returns
    -------
    rows : list of dict
        One for each ratio, and one for the chosen ratio: the lowest of the best.
    """
    rows = {}
    for ratio in out_of_fold:
        probability = test[ratio].to_numpy()
        thresholds = tune_thresholds(y, out_of_fold[ratio].to_numpy())
        rows[ratio] = {
            "ratio": f"{ratio:g}",
            "ratio used": ratio,
            "out-of-fold AP": average_precision_score(y, out_of_fold[ratio]),
            **score(y_test, np.column_stack([1 - probability, probability])),
            **score_tuned(y_test, probability, thresholds),
            **{f"{name} threshold": value for name, value in thresholds.items()},
        }
    best = max(rows, key=lambda ratio: rows[ratio]["out-of-fold AP"])
    return [*rows.values(), {**rows[best], "ratio": "chosen"}]


def run_tasks(tasks: list[Task], output: Path, jobs: int) -> None:
    """Run tasks in parallel; this process alone writes the results.

    Parameters
    ----------
    tasks : list of Task
        What to run.
    output : Path
        The CSV that the rows are appended to.
    jobs : int
        Number of processes.
    """
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    output.parent.mkdir(parents=True, exist_ok=True)
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    with threadpool_limits(1):
        results = parallel(delayed(run_task)(task) for task in tasks)
        for number, rows in enumerate(results, start=1):
            frame = pd.DataFrame(rows).round(6)
            frame.to_csv(output, mode="a", header=not output.exists(), index=False)
            print(f"[{number}/{len(tasks)}] {progress(rows[0])}", flush=True)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    add("--output", type=Path, default=HERE / "results" / "operating_points.csv")
    add("--tables", type=names, help="names, comma-separated (default: all)")
    add("--rows", choices=list(ROWS), default="natural", help="how long tables are cut")
    add("--methods", type=names, default=METHODS, help="as in quality.py")
    add(
        "--variant",
        type=parse_variant,
        action="append",
        default=[],
        help="NAME:parameter=value,... adds GANOverSampler with these parameters",
    )
    add("--splits", type=int, default=2)
    add("--jobs", type=int, default=1)
    add("--fresh", action="store_true", help="run again what is there already")
    arguments = parser.parse_args()
    # Class weights add no rows, so that they have no ratio to choose.
    unknown = set(arguments.methods) - (set(ALL_METHODS) - {"class_weight"})
    if unknown:
        parser.error(f"unknown methods: {', '.join(sorted(unknown))}")
    return arguments


def main() -> None:
    """Run what is missing and print the summary."""
    arguments = parse_arguments()
    known = list_tables(arguments.data)
    if not known:
        print(f"No tables at {arguments.data}: nothing to do (see --data).")
        return
    tables = arguments.tables or known
    unknown = sorted(set(tables) - set(known))
    if unknown:
        raise SystemExit(f"Unknown tables: {', '.join(unknown)}.")
    chosen = {name: ALL_METHODS[name] for name in arguments.methods}
    chosen.update(arguments.variant)
    tasks = [
        Task(arguments.data, table, split, name, method, arguments.rows, "rarest")
        for split in range(arguments.splits)
        for table in tables
        for name, method in chosen.items()
    ]
    if set(read_records(arguments.output)["rows"]) - {arguments.rows}:
        raise SystemExit(f"{arguments.output} has other --rows: choose another.")
    missing = pending_tasks(tasks, arguments.output, arguments.fresh)
    print(f"{len(tasks) - len(missing)} tasks are there, {len(missing)} to run.")
    run_tasks(missing, arguments.output, arguments.jobs)
    print(summarise(read_records(arguments.output)))


if __name__ == "__main__":
    main()
