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
import time
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from classifiers import make_classifiers, predict, score
from methods import ALL_METHODS
from operating_summary import summarise
from quality import Task, describe, pending_tasks, progress
from ratios import add_rows, added_rows, rows_to_add
from records import append_records, read_records
from running import choose_tables, error_text, make_parser, run_tasks
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.utils._param_validation import InvalidParameterError
from tables import load_table, split_table
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
        """Return the synthetic rows, none where the method refuses."""
        # Mistaken parameters stop the run, as in quality.py.
        sampler = self.task.method(X, y, self.task.split)
        start = time.perf_counter()
        try:
            resampled = sampler.fit_resample(X, y)
        except InvalidParameterError:
            raise
        except Exception as error:
            self.errors.append(error_text(error))
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


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    # Class weights add no rows, so that they have no ratio to choose.
    choices = [name for name in ALL_METHODS if name != "class_weight"]
    parser = make_parser(__doc__, "operating_points.csv", METHODS, choices)
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument(
        "--fresh", action="store_true", help="run again what is there already"
    )
    return parser.parse_args()


def main() -> None:
    """Run what is missing and print the summary."""
    arguments = parse_arguments()
    tables = choose_tables(arguments)
    if not tables:
        return
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
    append = partial(append_records, arguments.output, columns=None)
    run_tasks(run_task, missing, arguments.jobs, append, progress)
    print(summarise(read_records(arguments.output)))


if __name__ == "__main__":
    main()
