"""Run all samplers on all splits, in order and in parallel."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from joblib import effective_n_jobs
from sklearn.utils.parallel import delayed
from threadpoolctl import threadpool_limits

from gansampler.evaluation.comparison.progress import TimeLeft
from gansampler.evaluation.comparison.trial import Split, Trial
from gansampler.utils.parallel import run_jobs

FEW_ROWS = 50_000
"""Up to this many rows, classifiers are fitted on one thread. Gradient boosting on
5,000 rows took 0.5 s of CPU time on one thread, but 35 s on two threads while another
program kept one core busy. Two threads were no faster than one with 30,000 rows, but
faster with 200,000."""

Task = tuple[str, int]
"""The name of a sampler and the number of a split."""


def run_trials(
    trial: Trial,
    samplers: dict[str, Any],
    splits: list[Split],
    n_jobs: int | None,
    verbose: bool,
) -> list[dict[str, Any]]:
    """Score all samplers on all splits, starting with no resampling.

    The other samplers then run split by split. If the comparison is interrupted, all
    samplers have finished the same splits, and the time left can be estimated early.

    Parameters
    ----------
    trial : Trial
        The trial of every sampler.

    samplers : dict of str to sampler
        The samplers, with no resampling first.

    splits : list of Split
        The splits.

    n_jobs : int or None
        Number of trials in parallel.

    verbose : bool
        Whether to show a progress bar.

    Returns
    -------
    records : list of dict
        The scores, sampler by sampler.
    """
    baseline, *others = samplers
    numbers = range(len(splits))
    stages = (
        [(baseline, split) for split in numbers],
        [(name, split) for split in numbers for name in others],
    )
    found: dict[Task, list[dict[str, Any]]] = {}
    names = [name for tasks in stages for name, _ in tasks]
    n_workers = effective_n_jobs(n_jobs)
    with _few_threads(len(trial.y)), TimeLeft(names, n_workers, verbose) as bar:
        try:
            for tasks in stages:
                jobs = (
                    delayed(trial.score)(samplers[name], splits[split])
                    for name, split in tasks
                )
                scored = run_jobs(jobs, n_jobs)
                for (name, split), tried in zip(tasks, scored, strict=True):
                    found[name, split] = tried.records
                    bar.update(name, tried.seconds)
                _check_baseline(found, baseline)
        except KeyboardInterrupt:
            n_finished = _count_finished(found, samplers)
            if n_finished < 2:  # too few to compare
                raise
            _warn_of_interrupt(n_finished, len(splits))
            numbers = range(n_finished)
    return [
        {**record, "sampler": name, "split": split}
        for name in samplers
        for split in numbers
        for record in found[name, split]
    ]


def _few_threads(n_rows: int) -> AbstractContextManager[Any]:
    """Limit classifiers to one thread; joblib limits its own processes."""
    return threadpool_limits(1) if n_rows <= FEW_ROWS else nullcontext()


def _check_baseline(found: dict[Task, list[dict[str, Any]]], baseline: str) -> None:
    """Raise a ValueError if an estimator fails on every split without resampling."""
    records = [
        one
        for (name, _), of_trial in found.items()
        if name == baseline
        for one in of_trial
    ]
    for name in dict.fromkeys(record["estimator"] for record in records):
        errors = [one["error"] for one in records if one["estimator"] == name]
        if all(errors):
            raise ValueError(
                f"The estimator {name!r} fails on this table even without resampling: "
                f"{errors[0]}"
            )


def _count_finished(
    found: dict[Task, list[dict[str, Any]]], samplers: dict[str, Any]
) -> int:
    """Count the splits that every sampler has finished."""
    return min(sum(name == one for one, _ in found) for name in samplers)


def _warn_of_interrupt(n_finished: int, n_splits: int) -> None:
    warnings.warn(
        f"Interrupted: the result covers the first {n_finished} of {n_splits} splits. "
        "With fewer splits, only larger differences are significant.",
        stacklevel=4,
    )
