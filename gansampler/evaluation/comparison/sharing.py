"""What several fits of a comparison have in common, done once."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from time import perf_counter
from typing import Any

import joblib
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, clone


class Once:
    """Results by their keys, and the seconds that it took to find them.

    Parameters
    ----------
    within : Once, default=None
        Of the larger task whose seconds count what is spared here, too.
    """

    def __init__(self, within: Once | None = None) -> None:
        self.results: dict[str, tuple[Any, float]] = {}
        self.clock: Clock = Clock() if within is None else within.clock

    def find(self, key: str, make: Callable[[], Any]) -> Any:
        """Make a result, or give the one that was made before under this key.

        Parameters
        ----------
        key : str
            What the result depends on.

        make : callable
            It returns the result; an error is not kept.

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
    """Tell how long something would take if nothing had been done before."""

    def __init__(self) -> None:
        self.seconds_spared = 0.0

    def time(self, make: Callable[[], Any]) -> tuple[Any, float]:
        """Make a result, and count the seconds together with those spared in it.

        Parameters
        ----------
        make : callable
            It returns the result.

        Returns
        -------
        result : object
            The result.

        seconds : float
            What it takes where nothing is shared.
        """
        spared, start = self.seconds_spared, perf_counter()
        result = make()
        return result, perf_counter() - start + self.seconds_spared - spared


class SharedResampling(BaseEstimator):
    """A sampler that resamples each table once, for all estimators that want it.

    Its clones are itself, so that what is refitted on the same rows, for another
    estimator or another score, gets the same resampled rows at no cost.

    Parameters
    ----------
    sampler : sampler
        With a seed.

    resampled : Once
        The tables that it has resampled.
    """

    def __init__(self, sampler: Any, resampled: Once) -> None:
        self.sampler = sampler
        self.resampled = resampled

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Resample, or give what came out before, as a copy.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            Its labels.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix}
            The resampled table.

        y_resampled : array-like
            Its labels.
        """
        return deepcopy(
            self.resampled.find(
                joblib.hash((X, y)), lambda: clone(self.sampler).fit_resample(X, y)
            )
        )

    def __sklearn_clone__(self) -> SharedResampling:
        return self


class SharedPipeline(Pipeline):
    """A pipeline that is fitted once on the same rows, together with its clones.

    A threshold for one score, one for another and none at all ask for the same fits.

    Parameters
    ----------
    steps : list of (str, estimator)
        Preprocessor, sampler and classifier, with seeds; they are never fitted
        themselves.

    fitted : Once
        The pipelines that were fitted.
    """

    def __init__(self, steps: list[tuple[str, Any]], *, fitted: Once) -> None:
        super().__init__(steps)
        self.unfitted = steps
        self.fitted = fitted

    def fit(self, X: Any, y: Any) -> SharedPipeline:
        """Fit, or take over the steps that were fitted before.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            Its labels.

        Returns
        -------
        self : object
            The pipeline itself.
        """
        steps = [(name, clone(step)) for name, step in self.unfitted]
        self.steps = self.fitted.find(
            joblib.hash((X, y)), lambda: Pipeline(steps).fit(X, y).steps
        )
        return self

    def __sklearn_clone__(self) -> SharedPipeline:
        return SharedPipeline(self.unfitted, fitted=self.fitted)
