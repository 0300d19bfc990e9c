"""Run jobs with joblib, and return results as soon as they are ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel


def run_jobs(jobs: Iterable[Any], n_jobs: int | None) -> Iterable[Any]:
    """Return the results of jobs in order, each as soon as it is ready.

    Some joblib backends, "multiprocessing" and those built on it, can only return all
    results at once. With these, the results come at the end.

    Parameters
    ----------
    jobs : iterable
        Jobs made by :func:`sklearn.utils.parallel.delayed`.

    n_jobs : int or None
        Number of jobs to run in parallel, as joblib interprets it.

    Returns
    -------
    results : iterable
        The results of the jobs.
    """
    backend, _ = get_active_backend()
    lazy = getattr(backend, "supports_return_generator", False)
    return Parallel(n_jobs=n_jobs, return_as="generator" if lazy else "list")(jobs)
