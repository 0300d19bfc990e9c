"""Work that several fits of a comparison share and do only once."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from time import perf_counter
from typing import Any

import joblib
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, clone


class Once:
    """A cache of results, with the seconds each one took to compute.

    Parameters
    ----------
    within : Once, default=None
        The cache of the larger task. Its clock also counts the seconds saved here.
    """

    def __init__(self, within: Once | None = None) -> None:
        self.results: dict[str, tuple[Any, float]] = {}
        self.clock: Clock = Clock() if within is None else within.clock

    def find(self, key: str, make: Callable[[], Any]) -> Any:
        """Return the result under a key, and compute it the first time.

        Parameters
        ----------
        key : str
            A key that identifies the input of the result.

        make : callable
            Computes the result. Errors are not cached.

        Returns
        -------
        result : object
            The result.
        """
        if key in self.results:
            self.clock.seconds_spared += self.results[key][1]
        else:
            self.results[key] = self.clock.time(make)
        return self.results[key][0]


class Clock:
    """Measure how long a task would take without any cache."""

    def __init__(self) -> None:
        self.seconds_spared = 0.0

    def time(self, make: Callable[[], Any]) -> tuple[Any, float]:
        """Compute a result, and add the seconds that caches saved to its duration.

        Parameters
        ----------
        make : callable
            Computes the result.

        Returns
        -------
        result : object
            The result.

        seconds : float
            The duration without any cache.
        """
        spared, start = self.seconds_spared, perf_counter()
        result = make()
        return result, perf_counter() - start + self.seconds_spared - spared


class SharedResampling(BaseEstimator):
    """A sampler that resamples each table once, for all estimators.

    A clone is the object itself. A model that is refitted on the same rows, for another
    estimator or another score, gets the same resampled rows for free.

    Parameters
    ----------
    sampler : sampler
        The sampler, with a seed.

    resampled : Once
        The cache of resampled tables.
    """

    def __init__(self, sampler: Any, resampled: Once) -> None:
        self.sampler = sampler
        self.resampled = resampled

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Resample the table, or return a copy of the earlier result.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            The labels.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix}
            The resampled table.

        y_resampled : array-like
            The labels.
        """
        return deepcopy(
            self.resampled.find(
                joblib.hash((X, y)), lambda: clone(self.sampler).fit_resample(X, y)
            )
        )

    def __sklearn_clone__(self) -> SharedResampling:
        return self


class SharedPipeline(Pipeline):
    """A pipeline that shares its fits on the same rows with its clones.

    Tuning the threshold for one score, for another score and not at all requires the
    same fits.

    Parameters
    ----------
    steps : list of (str, estimator)
        Preprocessor, sampler and classifier, with seeds. Only clones of them are
        fitted.

    fitted : Once
        The cache of fitted pipelines.
    """

    def __init__(self, steps: list[tuple[str, Any]], *, fitted: Once) -> None:
        super().__init__(steps)
        self.unfitted = steps
        self.fitted = fitted

    def fit(self, X: Any, y: Any) -> SharedPipeline:
        """Fit the steps, or reuse steps that were fitted on the same rows.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            The labels.

        Returns
        -------
        self : object
            The pipeline itself, fitted.
        """
        steps = [(name, clone(step)) for name, step in self.unfitted]
        self.steps = self.fitted.find(
            joblib.hash((X, y)), lambda: Pipeline(steps).fit(X, y).steps
        )
        return self

    def __sklearn_clone__(self) -> SharedPipeline:
        return SharedPipeline(self.unfitted, fitted=self.fitted)
