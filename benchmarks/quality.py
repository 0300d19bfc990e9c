"""Compare over-samplers on real tables under protocol A (see README.md).

Run `python benchmarks/quality.py --jobs 4`; a stopped run continues where it was.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import pandas as pd
from ablation import ABLATION
from classifiers import (
    CLASSIFIERS,
    make_balanced_classifiers,
    make_classifiers,
    predict,
    score,
)
from family import FAMILY, REGULARISERS
from methods import ALL_METHODS, METHODS, UNCHANGED
from records import COLUMNS
from running import (
    Task,
    make_parser,
    make_tasks,
    noted_refusal,
    resample,
    run_study,
    some_of,
)
from summary import summarise
from tables import CLASSES, Split, split_table

GROUPS = {"ablation": ABLATION, "family": FAMILY, "regularisers": REGULARISERS}
CHOICES = {**ALL_METHODS, **ABLATION, **FAMILY, **REGULARISERS}


def run_task(task: Task) -> list[dict[str, Any]]:
    """Resample one training part, then fit and score the classifiers.

    Returns
    -------
    rows : list of dict
        One for each classifier. A method that refused has an error, and the scores of
        the training part as it was, which is what its user is left with.
    """
    split = split_table(*task.load(), seed=task.seed)
    X, y = split.X_train, split.y_train
    common = task.describe(X, y)
    sampler = task.method(X, y, task.seed)
    with noted_refusal(common):
        X_resampled, y_resampled = resample(sampler, X, y, common)
        # BorderlineSMOTE gives the training part back when it finds no row in danger.
        if task.name not in UNCHANGED and len(y_resampled) <= len(y):
            raise RuntimeError("refused: it added no minority row")
        scores = score_classifiers(task, split, X_resampled, y_resampled)
    if common["refused"]:
        scores = score_classifiers(task, split, X, y)
    return [{**common, "classifier": name, **values} for name, values in scores.items()]


def score_classifiers(
    task: Task, split: Split, X: pd.DataFrame, y: pd.Series
) -> dict[str, dict[str, float]]:
    """Fit the classifiers on a resampled training part and score the test part."""
    balanced = task.name == "class_weight"
    make = make_balanced_classifiers if balanced else make_classifiers
    return {
        name: score(split.y_test, predict(model, X, y, split.X_test))
        for name, model in make(task.seed).items()
        if name in (task.classifiers or CLASSIFIERS)
    }


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(
        __doc__, "quality.csv", list(METHODS), CHOICES, ("--splits", 3), GROUPS
    )
    add = parser.add_argument
    add(
        "--classes",
        choices=list(CLASSES),
        default="all",
        help="tables as they are, or the rarest class against the rest",
    )
    add(
        "--classifiers",
        type=some_of(CLASSIFIERS),
        help=f"some of {', '.join(CLASSIFIERS)}, into a CSV of their own",
    )
    add("--reference", default="GANOverSampler", help="of the summary")
    return parser.parse_args()


def main() -> None:
    """Run what is missing and print the summary."""
    arguments = parse_arguments()
    tasks = make_tasks(
        arguments,
        CHOICES,
        classes=arguments.classes,
        classifiers=arguments.classifiers,
    )
    summarise_all = partial(summarise, reference=arguments.reference)
    run_study(arguments, tasks, run_task, summarise_all, COLUMNS)


if __name__ == "__main__":
    main()
