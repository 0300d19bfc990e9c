"""Compare over-samplers on real tables under protocol A (see README.md).

Run `python benchmarks/quality.py --jobs 4`; a stopped run continues where it was.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
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
from methods import (
    ALL_METHODS,
    METHODS,
    UNCHANGED,
    Method,
    parameters_of,
)
from records import (
    append_records,
    check_settings,
    forget_tasks,
    read_records,
    task_keys,
)
from running import choose_tables, error_text, make_parser, run_tasks, some_of
from sklearn.utils._param_validation import InvalidParameterError
from summary import summarise
from tables import CLASSES, Split, kind_of, load_table, split_table

CHOICES = {**ALL_METHODS, **ABLATION, **FAMILY, **REGULARISERS}
GROUPS = {"ablation": ABLATION, "family": FAMILY, "regularisers": REGULARISERS}
PACKAGES = {
    "gansampler": "gansampler",
    "torch": "torch",
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "numpy": "numpy",
    "pandas": "pandas",
    "lightgbm": "lightgbm",
}
OPTIONAL_PACKAGES = ("smote-variants", "dsto-gan", "ctgan")


@dataclass
class Task:
    """One method on one split of one table.

    Parameters
    ----------
    data : Path
        Folder of the tables.
    table : str
        Name of the table.
    split : int
        Number of the split, which is its seed and the method's.
    name : str
        Name of the method.
    method : callable
        The method.
    rows : str
        How long tables are cut.
    classes : str
        Which classes the tables have.
    classifiers : sequence of str
        The classifiers that are fitted.
    """

    data: Path
    table: str
    split: int
    name: str
    method: Method
    rows: str
    classes: str
    classifiers: Sequence[str] = tuple(CLASSIFIERS)

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells the task from others in the CSV."""
        return self.table, self.split, self.name


def run_task(task: Task) -> list[dict[str, Any]]:
    """Resample one training part, then fit and score the classifiers.

    Parameters
    ----------
    task : Task
        The task.

    Returns
    -------
    rows : list of dict
        One for each classifier. A method that refused has an error, and the scores of
        the training part as it was, which is what its user is left with.
    """
    table = load_table(task.data, task.table, task.rows, task.classes)
    split = split_table(*table, seed=task.split)
    common = describe(task, split)
    # Outside `try`: a parameter that does not exist should stop the run, as a value
    # does that is not allowed.
    sampler = task.method(split.X_train, split.y_train, task.split)
    start = time.perf_counter()
    try:
        X, y = sampler.fit_resample(split.X_train, split.y_train)
        common["fit_resample seconds"] = round(time.perf_counter() - start, 4)
        check_resampled(task, split, y)
        scores = score_classifiers(task, split, X, y)
    except InvalidParameterError:
        raise
    except Exception as error:
        common["error"] = error_text(error)
        common["refused"] = 1
        scores = score_classifiers(task, split, split.X_train, split.y_train)
    return [{**common, "classifier": name, **values} for name, values in scores.items()]


def score_classifiers(
    task: Task, split: Split, X: pd.DataFrame, y: pd.Series
) -> dict[str, dict[str, float]]:
    """Fit the classifiers on a resampled training part and score the test part.

    Parameters
    ----------
    task : Task
        The task.
    split : Split
        The split of its table.
    X : DataFrame
        Resampled features.
    y : Series
        Resampled classes.

    Returns
    -------
    scores : dict of str to dict
        The scores of each classifier.
    """
    balanced = task.name == "class_weight"
    make = make_balanced_classifiers if balanced else make_classifiers
    return {
        name: score(split.y_test, predict(model, X, y, split.X_test))
        for name, model in make(task.split).items()
        if name in task.classifiers
    }


def describe(task: Task, split: Split) -> dict[str, Any]:
    """Return what the rows of one task have in common."""
    return {
        "table": task.table,
        "kind": kind_of(split.X_train),
        "minority_count_train": int(split.y_train.value_counts().min()),
        "rows": task.rows,
        "classes": task.classes,
        "split": task.split,
        "seed": task.split,
        "method": task.name,
        "parameters": parameters_of(task.method),
        "refused": 0,
        "error": "",
        "versions": versions(),
    }


def check_resampled(task: Task, split: Split, y: Any) -> None:
    """Raise where a method gave the training part back without a new row.

    BorderlineSMOTE does so, in silence, when it finds no minority row in danger.
    """
    if task.name not in UNCHANGED and len(y) <= len(split.y_train):
        raise RuntimeError("refused: it added no minority row")


def versions() -> str:
    """List the versions that the results depend on."""
    found = [f"python {platform.python_version()}"]
    for name, distribution in PACKAGES.items():
        try:
            found.append(f"{name} {version(distribution)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    for name in OPTIONAL_PACKAGES:
        if find_spec(name.replace("-", "_")):
            found.append(f"{name} {version(name)}")
    return "; ".join(found)


def progress(rows: list[dict[str, Any]]) -> str:
    """Write one line on a finished task."""
    row = rows[0]
    outcome = row["error"] or f"{row['fit_resample seconds']:.1f} s"
    return f"{row['table']}, split {row['split']}, {row['method']}: {outcome}"


def pending_tasks(tasks: list[Task], output: Path, fresh: bool) -> list[Task]:
    """Drop the tasks whose results are there, or with `fresh` their results."""
    if fresh:
        forget_tasks(output, {task.key for task in tasks})
    records = read_records(output)
    recorded = dict(zip(records["method"], records["parameters"], strict=True))
    for task in tasks:
        parameters = parameters_of(task.method)
        if recorded.get(task.name, parameters) != parameters:
            raise SystemExit(
                f"{output} has {task.name} with other parameters "
                f"({recorded[task.name]}): choose another name, or --fresh."
            )
    done = set(task_keys(records))
    return [task for task in tasks if task.key not in done]


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__doc__, "quality.csv", list(METHODS), CHOICES, GROUPS)
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
        default=CLASSIFIERS,
        help=f"some of {', '.join(CLASSIFIERS)}, into a CSV of their own",
    )
    add("--splits", type=int, default=3)
    add("--fresh", action="store_true", help="run again what is there already")
    add("--reference", default="GANOverSampler", help="of the summary")
    return parser.parse_args()


def main() -> None:
    """Run what is missing and print the summary."""
    arguments = parse_arguments()
    tables = choose_tables(arguments)
    if not tables:
        return
    chosen = {name: CHOICES[name] for name in arguments.methods}
    chosen.update(arguments.variant)
    settings = {"rows": arguments.rows, "classes": arguments.classes}
    tasks = [
        Task(
            arguments.data,
            table,
            split,
            name,
            method,
            **settings,
            classifiers=arguments.classifiers,
        )
        for split in range(arguments.splits)
        for table in tables
        for name, method in chosen.items()
    ]
    check_settings(arguments.output, settings)
    missing = pending_tasks(tasks, arguments.output, arguments.fresh)
    print(f"{len(tasks) - len(missing)} tasks are there, {len(missing)} to run.")
    append = partial(append_records, arguments.output)
    run_tasks(run_task, missing, arguments.jobs, append, progress)
    print(summarise(read_records(arguments.output), arguments.reference))


if __name__ == "__main__":
    main()
