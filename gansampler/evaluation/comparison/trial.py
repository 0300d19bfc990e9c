"""One split of a comparison: a sampler resamples, and every classifier is scored."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import joblib
import numpy as np
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.utils import _safe_indexing

from gansampler.utils.random import seeded

N_TUNING_SPLITS = 3
"""Folds of the training part on which a threshold is tuned. scikit-learn has five; each
fold trains a GAN anew."""


class Split(NamedTuple):
    """Rows for training and for the test, by their positions, and a seed.

    The seed is that of all that is random in a fit and has none.
    """

    train: np.ndarray
    test: np.ndarray
    seed: int


class SharedResampling(BaseEstimator):
    """A sampler that resamples each table once, for all estimators that want it.

    Its clones are itself, so that what is refitted on the same rows, for another
    estimator or another score, gets the same resampled rows at no cost.

    Parameters
    ----------
    sampler : sampler
        With a seed.
    """

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler
        self.resampled: dict[str, tuple[Any, Any, float]] = {}
        self.seconds_spared = 0.0

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
        key = joblib.hash((X, y))
        if key in self.resampled:
            self.seconds_spared += self.resampled[key][2]
        else:
            start = perf_counter()
            rows = clone(self.sampler).fit_resample(X, y)
            self.resampled[key] = (*rows, perf_counter() - start)
        return deepcopy(self.resampled[key][:2])

    def __sklearn_clone__(self) -> SharedResampling:
        return self


@dataclass(frozen=True)
class Trial:
    """What every sampler is put through.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table.

    y : ndarray of shape (n_samples,)
        Its labels.

    preprocessor : transformer or None
        What comes before the sampler.

    estimators : dict of str to classifier
        What comes after it.

    scorers : dict of str to callable
        The scores.

    tuned : list of str
        The scores for which a threshold is tuned.
    """

    X: Any
    y: np.ndarray
    preprocessor: Any
    estimators: dict[str, Any]
    scorers: dict[str, Any]
    tuned: list[str]

    def score(self, sampler: Any, split: Split) -> list[dict[str, Any]]:
        """Score a sampler, or none, with every estimator on one split.

        Parameters
        ----------
        sampler : sampler or None
            The sampler.

        split : Split
            The split.

        Returns
        -------
        records : list of dict
            One for each estimator and score.
        """
        if sampler is not None:
            sampler = SharedResampling(seeded(sampler, split.seed))
        return [
            record
            for name in self.estimators
            for record in self._score_pair(name, sampler, split)
        ]

    def _score_pair(
        self, name: str, sampler: SharedResampling | None, split: Split
    ) -> Iterator[dict[str, Any]]:
        """Score one estimator behind one sampler; for each threshold it is fitted."""
        X_test, y_test = _safe_indexing(self.X, split.test), self.y[split.test]
        fitted: dict[str | None, tuple[Any, float]] = {}
        for metric, scorer in self.scorers.items():
            record: dict[str, Any] = {"metric": metric, "estimator": name, "error": ""}
            aim = metric if metric in self.tuned else None
            try:
                if aim not in fitted:
                    model = self._make_model(name, sampler, aim, split.seed)
                    fitted[aim] = model, self._fit(model, sampler, split.train)
                model, record["fit_time"] = fitted[aim]
                record["threshold"] = getattr(model, "best_threshold_", np.nan)
                record["score"] = scorer(model, X_test, y_test)
            except Exception as error:
                record["error"] = f"{type(error).__name__}: {error}"
            yield record

    def _make_model(
        self, name: str, sampler: SharedResampling | None, aim: str | None, seed: int
    ) -> Any:
        """Make preprocessor, sampler and estimator one, with a threshold for `aim`."""
        steps = [
            ("preprocess", self.preprocessor and seeded(self.preprocessor, seed)),
            ("resample", sampler),
            ("classify", seeded(self.estimators[name], seed)),
        ]
        model = Pipeline([(key, step) for key, step in steps if step is not None])
        if aim is None:
            return model
        folds = StratifiedKFold(N_TUNING_SPLITS, shuffle=True, random_state=seed)
        return TunedThresholdClassifierCV(
            model,
            scoring=self.scorers[aim],
            cv=folds,
            n_jobs=1,  # processes of its own would not share the resampled rows
        )

    def _fit(
        self, model: Any, sampler: SharedResampling | None, train: np.ndarray
    ) -> float:
        """Fit, and give the seconds that it takes where nothing is shared."""
        spared = sampler.seconds_spared if sampler else 0.0
        start = perf_counter()
        model.fit(_safe_indexing(self.X, train), self.y[train])
        seconds = perf_counter() - start
        return seconds + (sampler.seconds_spared - spared if sampler else 0.0)
