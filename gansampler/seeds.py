"""Seeds for estimators whose user has set none."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone


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
