"""Run jobs with joblib, and take their results as they come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel


def run_jobs(jobs: Iterable[Any], n_jobs: int | None) -> Iterable[Any]:
    """Return the results of jobs in their order, each as soon as it is there.

    Some of joblib's backends, "multiprocessing" and those built on it, know only how to
    return all results at once; with these they come at the end.

    Parameters
    ----------
    jobs : iterable
        What :func:`sklearn.utils.parallel.delayed` made.

    n_jobs : int or None
        How many to run at a time, as joblib reads it.

    Returns
    -------
    results : iterable
        Their results.
    """
    backend, _ = get_active_backend()
    lazy = getattr(backend, "supports_return_generator", False)
    return Parallel(n_jobs=n_jobs, return_as="generator" if lazy else "list")(jobs)
