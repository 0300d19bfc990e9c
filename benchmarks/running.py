"""What the studies share: their command line, and tasks run side by side."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from methods import parse_variant
from tables import ROWS, list_tables
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_tasks(
    run: Callable[[Any], Any],
    tasks: Sequence[Any],
    jobs: int,
    append: Callable[[Any], None],
    progress: Callable[[Any], str],
) -> None:
    """Run tasks in parallel; this process alone writes the results.

    Parameters
    ----------
    run : callable
        Takes a task and gives its result.
    tasks : sequence
        What to run.
    jobs : int
        Number of processes.
    append : callable
        Writes a result.
    progress : callable
        Gives one line on a result.
    """
    # More than one thread a process would slow everything down, small nets most.
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    with threadpool_limits(1):
        results = parallel(delayed(run)(task) for task in tasks)
        for number, result in enumerate(results, start=1):
            append(result)
            print(f"[{number}/{len(tasks)}] {progress(result)}", flush=True)


def error_text(error: Exception) -> str:
    """Write an error on one line that is not too long for a CSV."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def make_parser(
    description: str,
    output: str,
    methods: Sequence[str],
    choices: Iterable[str],
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
    add("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    add("--output", type=Path, default=HERE / "results" / output)
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
