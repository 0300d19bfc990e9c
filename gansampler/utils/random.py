"""Seeds from the user, and for estimators whose seed is not set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class ClassSeeds:
    """The seeds of one call of `fit_resample`, the same for every kind of sampler.

    Parameters
    ----------
    training, sampling : dict of object to int
        The seeds of each class.

    choosing : int
        The seed of the classifier for rejection.
    """

    training: dict[Any, int]
    sampling: dict[Any, int]
    choosing: int

    @classmethod
    def draw(
        cls, random_state: np.random.RandomState, labels: Sequence[Any]
    ) -> ClassSeeds:
        """Draw the seeds of the classes, then the seed of the classifier."""
        seeds = random_state.randint(MAX_SEED, size=(len(labels), 2))
        training, sampling = (
            dict(zip(labels, column.tolist(), strict=True)) for column in seeds.T
        )
        return cls(training, sampling, random_state.randint(MAX_SEED))


def check_seed(random_state: Any) -> np.random.RandomState:
    """Return the RandomState of a `random_state` parameter.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        The user's parameter.

    Returns
    -------
    random_state : RandomState
        The source of randomness.

    Raises
    ------
    ValueError
        If the parameter is anything else, or a number out of range.
    """
    try:
        return check_random_state(random_state)
    except ValueError as error:
        raise ValueError(
            "random_state must be a whole number from 0 to 2**32 - 1, a "
            f"numpy.random.RandomState or None, got {random_state!r}."
        ) from error


def seeded(estimator: Any, seed: int) -> Any:
    """Clone an estimator, and set a seed wherever `random_state` is None.

    Parameters
    ----------
    estimator : estimator object
        A classifier, a sampler or a pipeline. It is not modified.

    seed : int
        The seed. Nested estimators get it too, because they would otherwise draw from
        NumPy's global random state.

    Returns
    -------
    clone : estimator object
        The unfitted clone.
    """
    copy = clone(estimator)
    unset = {
        name: seed
        for name, value in copy.get_params().items()
        if name.split("__")[-1] == "random_state" and value is None
    }
    return copy.set_params(**unset)
