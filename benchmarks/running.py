"""What the studies share: command line, tasks, and how they are run side by side."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed
from machine import THREAD_VARIABLES, versions
from methods import Method, parameters_of, parse_variant
from records import (
    SECONDS,
    append_records,
    check_settings,
    forget_tasks,
    read_records,
    task_keys,
)
from sklearn.utils._param_validation import InvalidParameterError
from tables import ROWS, kind_of, list_tables, load_table
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
RESULTS = HERE / "results"


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
        Seed of the split and of the method.
    name : str
        Name of the method.
    method : callable or None
        The method; None for the training rows themselves.
    rows : str
        How long tables are cut.
    classes : str, default="rarest"
        Which classes the tables have.
    classifiers : sequence of str, default=None
        The classifiers that are fitted; all of them by default.
    """

    data: Path
    table: str
    seed: int
    name: str
    method: Method | None
    rows: str
    classes: str = "rarest"
    classifiers: Sequence[str] | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells the task from others in the CSV."""
        return self.table, self.seed, self.name

    def load(self) -> tuple[pd.DataFrame, pd.Series]:
        """Load the table; see `load_table`."""
        return load_table(self.data, self.table, self.rows, self.classes)

    def describe(self, X: pd.DataFrame, y: pd.Series) -> dict[str, Any]:
        """Return what the rows of the CSV say of the task and its training part."""
        return {
            "table": self.table,
            "kind": kind_of(X),
            "minority_count_train": int(y.value_counts().min()),
            "rows": self.rows,
            "classes": self.classes,
            "split": self.seed,
            "seed": self.seed,
            "method": self.name,
            "parameters": parameters_of(self.method),
            "refused": 0,
            "error": "",
            "versions": versions(),
        }


def make_tasks(
    arguments: argparse.Namespace,
    methods: Mapping[str, Method | None],
    **settings: Any,
) -> list[Task]:
    """Make the tasks asked for, none where there are no tables.

    Parameters
    ----------
    arguments : Namespace
        The command line; see `make_parser`.
    methods : mapping of str to callable
        The methods that there are.
    **settings : dict
        Further attributes of each task.

    Returns
    -------
    tasks : list of Task
        One for each seed, table and method.
    """
    chosen = {name: methods[name] for name in arguments.methods}
    chosen |= dict(arguments.variant)
    tables = choose_tables(arguments)
    return [
        Task(arguments.data, table, seed, name, method, arguments.rows, **settings)
        for seed in range(arguments.seeds)
        for table in tables
        for name, method in chosen.items()
    ]


def run_study(
    arguments: argparse.Namespace,
    tasks: Sequence[Task],
    run: Callable[[Task], list[dict[str, Any]]],
    summarise: Callable[[pd.DataFrame], str],
    columns: Sequence[str] | None = None,
) -> None:
    """Run the tasks whose results are missing, and print a summary of them all.

    Parameters
    ----------
    arguments : Namespace
        The command line; see `make_parser`.
    tasks : sequence of Task
        What is asked for; nothing is done where there is none.
    run : callable
        Takes a task and returns the rows of its results.
    summarise : callable
        Takes all results and returns a text.
    columns : sequence of str, default=None
        The columns of the CSV; those of the rows by default.
    """
    if not tasks:
        return
    settings = {"rows": arguments.rows, "classes": tasks[0].classes}
    check_settings(arguments.output, settings, columns)
    missing = pending_tasks(tasks, arguments.output, arguments.fresh)
    print(f"{len(tasks) - len(missing)} tasks are there, {len(missing)} to run.")
    for rows in run_tasks(run, missing, arguments.jobs):
        append_records(arguments.output, rows, columns)
    print(summarise(read_records(arguments.output)))


def pending_tasks(tasks: Sequence[Task], path: Path, fresh: bool) -> list[Task]:
    """Drop the tasks whose results are there, or with `fresh` their results."""
    if fresh:
        forget_tasks(path, {task.key for task in tasks})
    records = read_records(path)
    recorded = dict(zip(records["method"], records["parameters"], strict=True))
    for task in tasks:
        parameters = parameters_of(task.method)
        if recorded.get(task.name, parameters) != parameters:
            raise SystemExit(
                f"{path} has results of {task.name} with other parameters "
                f"({recorded[task.name]}): choose another name, or --fresh."
            )
    done = set(task_keys(records))
    return [task for task in tasks if task.key not in done]


def run_tasks(
    run: Callable[[Task], list[dict[str, Any]]], tasks: Sequence[Task], jobs: int
) -> Iterator[list[dict[str, Any]]]:
    """Run tasks in parallel, say how far it is, and yield the rows of each."""
    # More than one thread a process would slow everything down, small nets most.
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    with threadpool_limits(1):
        results = parallel(delayed(run)(task) for task in tasks)
        for number, rows in enumerate(results, start=1):
            yield rows
            row = rows[0]
            outcome = row["error"] or f"{row.get(SECONDS, 0):.1f} s"
            where = f"{row['table']}, {row['seed']}, {row['method']}"
            print(f"[{number}/{len(tasks)}] {where}: {outcome}", flush=True)


def resample(
    sampler: Any, X: pd.DataFrame, y: pd.Series, row: dict[str, Any]
) -> tuple[pd.DataFrame, pd.Series]:
    """Resample, and write into a row of the results how long it took."""
    start = time.perf_counter()
    resampled = sampler.fit_resample(X, y)
    row[SECONDS] = round(time.perf_counter() - start, 4)
    return resampled


@contextmanager
def noted_refusal(row: dict[str, Any]) -> Iterator[None]:
    """Write into a row of the results why a method refused.

    Samplers are made outside: a parameter that does not exist stops the run, as a
    value does that is not allowed.
    """
    try:
        yield
    except InvalidParameterError:
        raise
    except Exception as error:
        # On one line that is not too long for a CSV.
        text = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        row |= {"error": text, "refused": 1}


def make_parser(
    description: str,
    output: str,
    methods: Sequence[str],
    choices: Iterable[str],
    repeats: tuple[str, int],
    groups: Mapping[str, Iterable[str]] | None = None,
) -> argparse.ArgumentParser:
    """Make the command line that all studies have.

    Parameters
    ----------
    description : str
        What the study does.
    output : str
        Name of its CSV.
    methods : sequence of str
        The methods that are run by default.
    choices : iterable of str
        All methods that there are.
    repeats : (str, int)
        The option that says how many splits there are, and its default.
    groups : mapping of str to iterable of str, optional
        Names for several methods at once.

    Returns
    -------
    parser : ArgumentParser
        To be given the options of the study.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add, choices = parser.add_argument, list(choices)
    add("--data", type=Path, default=DATA)
    add("--output", type=Path, default=RESULTS / output)
    add("--tables", type=names, help="names, comma-separated (default: all)")
    add("--rows", choices=list(ROWS), default="natural", help="how long tables are cut")
    groups = groups or {}
    grouped = {method for group in groups.values() for method in group}
    listed = ", ".join([*groups, *(name for name in choices if name not in grouped)])
    add("--methods", type=some_of(choices, groups), default=methods, help=listed)
    add(
        "--variant",
        type=parse_variant,
        action="append",
        default=[],
        help="NAME:parameter=value,... adds GANOverSampler with these parameters",
    )
    option, n = repeats
    help_ = f"0, 1, ... (default: {n} of them)"
    add(option, type=int, default=n, dest="seeds", metavar="N", help=help_)
    add("--fresh", action="store_true", help="run again what is there already")
    add("--jobs", type=int, default=1)
    return parser


def names(text: str) -> list[str]:
    """Split a comma-separated list."""
    return [name.strip() for name in text.split(",")]


def some_of(
    choices: Iterable[str], groups: Mapping[str, Iterable[str]] | None = None
) -> Callable[[str], list[str]]:
    """Make what splits a comma-separated list and refuses names that there are not."""

    def parse(text: str) -> list[str]:
        listed = [(groups or {}).get(name, [name]) for name in names(text)]
        chosen = [name for group in listed for name in group]
        unknown = set(chosen) - set(choices)
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
        return chosen

    return parse


def choose_tables(arguments: argparse.Namespace) -> list[str]:
    """Return the tables asked for, none where there are no tables at all."""
    known = list_tables(arguments.data)
    if not known:
        print(f"No tables at {arguments.data}: nothing to do (see --data).")
        return []
    tables = arguments.tables or known
    unknown = sorted(set(tables) - set(known))
    if unknown:
        raise SystemExit(f"Unknown tables: {', '.join(unknown)}.")
    return tables
