"""Real and synthetic rows of one class, from a fitted sampler and its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import validate_data

from gansampler.tabular.containers import polars_to_pandas, to_counted
from gansampler.tabular.labels import read_target
from gansampler.tabular.validation import check_table
from gansampler.utils.fitted import check_resampled
from gansampler.utils.formatting import as_written

if TYPE_CHECKING:
    from gansampler.gan.history import History

MIN_SAMPLES, MAX_SAMPLES = 200, 2000
"""Limits to the number of synthetic rows that are drawn. Ten rows would show nothing,
and more than two thousand nothing new."""


@dataclass(frozen=True)
class ClassRows:
    """Real and synthetic rows of one class, and the rows of the other classes.

    Parameters
    ----------
    label : object
        The class.

    real : DataFrame of shape (n_real, n_features)
        The rows that the generator was trained on.

    synthetic : DataFrame of shape (n_synthetic, n_features)
        Rows drawn from the generator.

    others : DataFrame of shape (n_others, n_features)
        The rows of the other classes.

    categorical_features : list of int
        Positions of the categorical columns.

    history : History or None
        The record of the training, or None if it is unknown.
    """

    label: Any
    real: pd.DataFrame
    synthetic: pd.DataFrame
    others: pd.DataFrame
    categorical_features: list[int]
    history: History | None


def collect_rows(
    sampler: Any,
    X: Any,
    y: Any,
    label: Any,
    n_samples: int | None,
    random_state: Any,
    *,
    chosen: bool = True,
) -> ClassRows:
    """Draw synthetic rows of one class and collect its real rows.

    Parameters
    ----------
    sampler : GANOverSampler
        A fitted sampler.

    X, y : array-like of shape (n_samples, n_features) and of shape (n_samples,)
        The table and the labels that the sampler was fitted on.

    label : object or None
        The class. None is allowed if the sampler has one generator.

    n_samples : int or None
        Number of rows to draw. With None, as many as the class has, but at least
        :data:`MIN_SAMPLES` and at most :data:`MAX_SAMPLES`.

    random_state : int, RandomState instance or None
        Controls which rows are drawn.

    chosen : bool, default=True
        Whether to apply the sampler's rejection sampling.

    Returns
    -------
    rows : ClassRows
        The rows.
    """
    label = find_label(sampler, label)
    frame, own = _split_rows(sampler, X, y, label)
    if n_samples is None:
        n_samples = int(np.clip(own.sum(), MIN_SAMPLES, MAX_SAMPLES))
    seed = check_random_state(random_state)
    generator = sampler.generators_[label]
    if not chosen:
        generator = generator.without_rejection()
    synthetic = generator.sample(n_samples, random_state=seed)
    return ClassRows(
        label=as_written(label),
        real=frame[own],
        synthetic=to_counted(polars_to_pandas(synthetic)),
        others=frame[~own],
        categorical_features=sampler.categorical_features_.tolist(),
        history=sampler.history_[label],
    )


def generated_labels(sampler: Any) -> list[Any]:
    """Return the classes with a generator; raise an error if there are none."""
    check_resampled(sampler)
    labels = list(sampler.generators_)
    if not labels:
        raise ValueError(
            "The sampler generated no rows, because no class lacked any. There is "
            "nothing to evaluate. Check `sampling_strategy`."
        )
    return labels


def find_label(sampler: Any, label: Any) -> Any:
    """Return the label, by default that of the only generator."""
    labels = generated_labels(sampler)
    if label is None and len(labels) == 1:
        return labels[0]
    if label in labels:
        return label
    problem = (
        "The sampler has several generators"
        if label is None
        else f"label={as_written(label)!r} has no generator"
    )
    written = [as_written(one) for one in labels]
    raise ValueError(f"{problem}. Set label to one of {written}.")


def select_holdout(
    sampler: Any, X_holdout: Any, y_holdout: Any, label: Any
) -> pd.DataFrame | None:
    """Return the held-out rows of one class, or None without held-out rows."""
    if X_holdout is None and y_holdout is None:
        return None
    if X_holdout is None or y_holdout is None:
        lacking = "X_holdout" if X_holdout is None else "y_holdout"
        raise ValueError(
            f"{lacking} is missing. Pass both X_holdout and y_holdout, or neither."
        )
    frame, own = _split_rows(
        sampler, X_holdout, y_holdout, label, ("X_holdout", "y_holdout")
    )
    return frame[own]


def _split_rows(
    sampler: Any, X: Any, y: Any, label: Any, names: tuple[str, str] = ("X", "y")
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table as a frame, and a mask of the rows of one class."""
    table = check_table(polars_to_pandas(X))
    target = column_or_1d(read_target(polars_to_pandas(y)))
    check_consistent_length(table, target)
    validate_data(sampler, X=table, reset=False, skip_check_array=True)
    own = target == label
    if not own.any():
        raise ValueError(
            f"{names[1]} has no row of class {as_written(label)!r}. Add its rows to "
            f"{names[0]} and {names[1]}."
        )
    return to_counted(table), own
