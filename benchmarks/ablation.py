"""`GANOverSampler` without one of its parts, to see what each part is worth.

What a parameter switches off is a variant; the other parts are patched out, because no
user should be offered them: `quality.py --methods "encoder: standardised,..."`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from methods import Method, gan_over_sampler
from sklearn.ensemble import RandomForestClassifier

BALANCED_FOREST = RandomForestClassifier(
    min_samples_leaf=3, class_weight="balanced", random_state=0
)


class Patched:
    """A sampler with one function of the package replaced while it resamples.

    `target` is its full name, and `replacement` what is there instead.
    """

    def __init__(self, sampler: Any, target: str, replacement: Any) -> None:
        self.sampler = sampler
        self.target = target
        self.replacement = replacement

    def fit_resample(
        self, X: pd.DataFrame, y: pd.Series
    ) -> tuple[pd.DataFrame, pd.Series]:
        """Resample with the replacement in place."""
        with mock.patch(self.target, self.replacement):
            return self.sampler.fit_resample(X, y)


def standardised() -> tuple[str, Any]:
    """Standardise numbers as they are, instead of on the asinh scale."""
    from gansampler.tabular.column_codecs import _AsinhScale

    class Standardised(_AsinhScale):
        def _compress(self, values: np.ndarray) -> np.ndarray:
            return values.astype(float)

        def backward(self, scaled: np.ndarray) -> np.ndarray:
            return scaled * self.std + self.mean

    return "gansampler.tabular.column_codecs._AsinhScale", Standardised


def last_checkpoint() -> tuple[str, Any]:
    """Keep the last generator instead of the one of the best look."""
    from gansampler.gan.class_training import ClassTraining

    look = ClassTraining.look

    def look_and_keep(training: Any, average: Any, iteration: int, losses: Any) -> None:
        look(training, average, iteration, losses)
        if not training.history.diverged:
            training.history.best_iteration = iteration
            training.best = deepcopy(average.state_dict())

    return "gansampler.gan.class_training.ClassTraining.look", look_and_keep


PATCHES: dict[str, Callable[[], tuple[str, Any]]] = {
    "standardised": standardised,
    "last checkpoint": last_checkpoint,
}


def patched(X: pd.DataFrame, y: pd.Series, seed: int, *, patch: str) -> Patched:
    """Return the sampler with one of `PATCHES`."""
    return Patched(gan_over_sampler(X, y, seed), *PATCHES[patch]())


def variant(**parameters: Any) -> Method:
    """Return the sampler with other parameters."""
    return partial(gan_over_sampler, **parameters)


ABLATION: dict[str, Method] = {
    "objective: non-saturating": variant(objective="non_saturating"),
    "objective: Wasserstein": variant(objective="wasserstein"),
    "penalty: none": variant(penalty="none"),
    "noise: none": variant(instance_noise=0.0),
    "rejection: none": variant(rejection_estimator=None),
    "rejection: balanced forest": variant(rejection_estimator=BALANCED_FOREST),
    "condition: category": variant(condition="category"),
    "condition: anchor": variant(condition="anchor"),
    "encoder: standardised": partial(patched, patch="standardised"),
    "average: none": variant(ema_decay=0.0),
    "checkpoint: the last": partial(patched, patch="last checkpoint"),
}
