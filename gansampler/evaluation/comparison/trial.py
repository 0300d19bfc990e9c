"""One split of a comparison: resample, then fit and score every classifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.utils import _safe_indexing

from gansampler.evaluation.comparison.counted_score import count_once
from gansampler.evaluation.comparison.sharing import (
    Once,
    SharedPipeline,
    SharedResampling,
)
from gansampler.utils.random import seeded

N_TUNING_SPLITS = 3
"""Folds of the training set for tuning a threshold. scikit-learn's default is five, but
each fold trains another GAN."""


class Tried(NamedTuple):
    """The records of a trial, and the seconds it took."""

    records: list[dict[str, Any]]
    seconds: float


class Split(NamedTuple):
    """Positions of the training and test rows, and a seed.

    Samplers and estimators without a seed of their own use this one.
    """

    train: np.ndarray
    test: np.ndarray
    seed: int


@dataclass(frozen=True)
class Trial:
    """The procedure that scores a sampler on a split.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table.

    y : ndarray of shape (n_samples,)
        The labels.

    preprocessor : transformer or None
        The step before the sampler.

    estimators : dict of str to classifier
        The classifiers after the sampler.

    scorers : dict of str to callable
        The scores.

    tuned : list of str
        The scores with a tuned threshold.
    """

    X: Any
    y: np.ndarray
    preprocessor: Any
    estimators: dict[str, Any]
    scorers: dict[str, Any]
    tuned: list[str]

    def score(self, sampler: Any, split: Split) -> Tried:
        """Score a sampler, or none, with every estimator on one split.

        Parameters
        ----------
        sampler : sampler or None
            The sampler.

        split : Split
            The split.

        Returns
        -------
        tried : Tried
            One record per estimator and score.
        """
        start = perf_counter()
        resampled = Once()
        if sampler is not None:
            sampler = SharedResampling(seeded(sampler, split.seed), resampled)
        records = [
            record
            for name in self.estimators
            for record in self._score_pair(name, sampler, split, Once(resampled))
        ]
        return Tried(records, perf_counter() - start)

    def _score_pair(
        self, name: str, sampler: SharedResampling | None, split: Split, fitted: Once
    ) -> Iterator[dict[str, Any]]:
        """Score one estimator after one sampler, with a threshold for each score."""
        X_train, y_train = _safe_indexing(self.X, split.train), self.y[split.train]
        X_test, y_test = _safe_indexing(self.X, split.test), self.y[split.test]
        model = self._make_model(name, sampler, split.seed, fitted)
        models: dict[str | None, tuple[Any, float]] = {}
        for metric, scorer in self.scorers.items():
            record: dict[str, Any] = {"metric": metric, "estimator": name, "error": ""}
            aim = metric if metric in self.tuned else None
            try:
                if aim not in models:
                    fit = self._tune(model, aim, split.seed).fit
                    models[aim] = fitted.clock.time(partial(fit, X_train, y_train))
                best, record["fit_time"] = models[aim]
                record["threshold"] = getattr(best, "best_threshold_", np.nan)
                record["score"] = scorer(best, X_test, y_test)
            except Exception as error:
                record["error"] = f"{type(error).__name__}: {error}"
            yield record

    def _make_model(
        self, name: str, sampler: SharedResampling | None, seed: int, fitted: Once
    ) -> SharedPipeline:
        """Join the preprocessor, the sampler and the estimator in a pipeline."""
        steps = [
            ("preprocess", self.preprocessor and seeded(self.preprocessor, seed)),
            ("resample", sampler),
            ("classify", seeded(self.estimators[name], seed)),
        ]
        return SharedPipeline(
            [(key, step) for key, step in steps if step is not None], fitted=fitted
        )

    def _tune(self, model: SharedPipeline, aim: str | None, seed: int) -> Any:
        """Wrap the model so that its threshold maximises `aim`."""
        if aim is None:
            return model
        return TunedThresholdClassifierCV(
            model,
            scoring=self._counted[aim],
            cv=StratifiedKFold(N_TUNING_SPLITS, shuffle=True, random_state=seed),
            n_jobs=1,  # other processes would not share the resampled rows
        )

    @cached_property
    def _counted(self) -> dict[str, Any]:
        """The scorers of `tuned`, which run once per candidate threshold."""
        return {name: count_once(self.scorers[name], self.y[0]) for name in self.tuned}
