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

import time
from typing import Any

import numpy as np
import pandas as pd
from classifiers import make_classifiers, predict, score
from methods import ALL_METHODS
from operating_summary import summarise
from ratios import add_rows, added_rows, rows_to_add
from records import SECONDS
from running import Task, make_parser, make_tasks, noted_refusal, run_study
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from tables import split_table
from thresholds import score_tuned, tune_thresholds

RATIOS = (0, 0.1, 0.25, 0.5, 1)
N_FOLDS = 3
METHODS = ["none", "RandomOverSampler", "SMOTE", "BorderlineSMOTE", "GANOverSampler"]


class Resampling:
    """Resample one training part after another, and remember time and refusals."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.seconds = 0.0
        self.errors: list[str] = []

    def synthetic_rows(self, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
        """Return the synthetic rows, none where the method refuses."""
        sampler = self.task.method(X, y, self.task.seed)
        outcome: dict[str, Any] = {}
        start = time.perf_counter()
        with noted_refusal(outcome):
            resampled = sampler.fit_resample(X, y)
        self.seconds += time.perf_counter() - start
        if outcome:
            self.errors.append(outcome["error"])
            return X.iloc[:0]
        rows = added_rows(y, *resampled)
        if rows.empty and self.task.name != "none":
            self.errors.append("refused: it added no minority row")
        return rows

    def probabilities(
        self, X: pd.DataFrame, y: pd.Series, X_test: pd.DataFrame
    ) -> pd.DataFrame:
        """Resample once, then fit every classifier at every ratio.

        Returns
        -------
        probabilities : DataFrame
            Of the minority class in `X_test`: a column for each classifier and ratio.
        """
        rows = self.synthetic_rows(X, y)
        counts = rows_to_add(y, RATIOS, len(rows))
        # Ratios below the table's own add the same rows, none: they are fitted once.
        fitted = {}
        for n in sorted(set(counts.values())):
            X_added, y_added = add_rows(X, y, rows, n)
            fitted[n] = {
                name: predict(model, X_added, y_added, X_test)[:, 1]
                for name, model in make_classifiers(self.task.seed).items()
            }
        columns = {
            (name, ratio): values
            for ratio, n in counts.items()
            for name, values in fitted[n].items()
        }
        return pd.DataFrame(columns, index=X_test.index)

    def out_of_fold(self, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
        """Predict each fold from the others; see `probabilities`."""
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=self.task.seed)
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

    Returns
    -------
    rows : list of dict
        One for each classifier and ratio, and one for the ratio that was chosen. A
        resampling that was refused counts in `refused`; the rows stay as they are.
    """
    # Missing cells are filled once, from all folds, for every method alike.
    split = split_table(*task.load(), seed=task.seed)
    y = split.y_train
    resampling = Resampling(task)
    out_of_fold = resampling.out_of_fold(split.X_train, y)
    test = resampling.probabilities(split.X_train, y, split.X_test)
    common = {
        **task.describe(split.X_train, y),
        "refused": len(resampling.errors),
        "error": next(iter(resampling.errors), ""),
        SECONDS: round(resampling.seconds, 4),
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
    y, y_test : Series
        Classes of the training part and of the test part.
    out_of_fold, test : DataFrame
        Their probabilities of the minority class, a column a ratio.

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


def main() -> None:
    """Run what is missing and print the summary."""
    # Class weights add no rows, so that they have no ratio to choose.
    choices = {
        name: ALL_METHODS[name] for name in ALL_METHODS if name != "class_weight"
    }
    splits = ("--splits", 2)
    parser = make_parser(__doc__, "operating_points.csv", METHODS, choices, splits)
    arguments = parser.parse_args()
    tasks = make_tasks(arguments, choices)
    run_study(arguments, tasks, run_task, summarise)


if __name__ == "__main__":
    main()
