"""Seeds as the user sets them, and for estimators whose user has set none."""

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
        That of the classifier that chooses rows.
    """

    training: dict[Any, int]
    sampling: dict[Any, int]
    choosing: int

    @classmethod
    def draw(
        cls, random_state: np.random.RandomState, labels: Sequence[Any]
    ) -> ClassSeeds:
        """Draw the seeds of the classes, then that of the classifier."""
        seeds = random_state.randint(MAX_SEED, size=(len(labels), 2))
        training, sampling = (
            dict(zip(labels, column.tolist(), strict=True)) for column in seeds.T
        )
        return cls(training, sampling, random_state.randint(MAX_SEED))


def check_seed(random_state: Any) -> np.random.RandomState:
    """Return what a `random_state` stands for, or say what it may be.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        What the user gave.

    Returns
    -------
    random_state : RandomState
        What to draw from.

    Raises
    ------
    ValueError
        If it is anything else, or a number out of range.
    """
    try:
        return check_random_state(random_state)
    except ValueError as error:
        raise ValueError(
            "random_state must be a whole number from 0 to 2**32 - 1, a "
            f"numpy.random.RandomState or None, got {random_state!r}."
        ) from error


def seeded(estimator: Any, seed: int) -> Any:
    """Clone an estimator, with a seed wherever its `random_state` is None.

    Parameters
    ----------
    estimator : estimator object
        A classifier, a sampler or a pipeline; it is left as it is.

    seed : int
        The seed. Estimators inside it get it too, for else they draw from NumPy's
        global random state.

    Returns
    -------
    clone : estimator object
        Not fitted.
    """
    copy = clone(estimator)
    unset = {
        name: seed
        for name, value in copy.get_params().items()
        if name.split("__")[-1] == "random_state" and value is None
    }
    return copy.set_params(**unset)
