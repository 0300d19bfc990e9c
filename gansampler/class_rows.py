"""The rows of one class, real and synthetic, laid side by side to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from gansampler.alike import encode_alike, read_alike
from gansampler.checks import as_written, check_table
from gansampler.containers import polars_to_pandas, to_frame
from gansampler.training_record import History

MIN_SAMPLES, MAX_SAMPLES = 200, 2000
"""Synthetic rows that are drawn for a smaller and for a larger class: of ten rows
nothing could be seen, and beyond two thousand nothing more."""


@dataclass(frozen=True)
class ClassRows:
    """What there is to see of one class.

    Parameters
    ----------
    label : object
        The class.

    real : DataFrame of shape (n_real, n_features)
        The rows that its generator was trained on.

    synthetic : DataFrame of shape (n_synthetic, n_features)
        Rows drawn from its generator.

    others : DataFrame of shape (n_others, n_features)
        The rows of the other classes.

    categorical_features : list of int
        Positions of the categorical columns.

    history : History
        The record of the training.
    """

    label: Any
    real: pd.DataFrame
    synthetic: pd.DataFrame
    others: pd.DataFrame
    categorical_features: list[int]
    history: History


def collect_rows(
    sampler: Any,
    X: Any,
    y: Any,
    *,
    label: Any = None,
    n_samples: int | None = None,
    random_state: Any = None,
) -> ClassRows:
    """Draw rows of one class and lay them beside the real ones.

    Parameters
    ----------
    sampler : GANOverSampler
        A fitted sampler.

    X, y : array-like of shape (n_samples, n_features) and of shape (n_samples,)
        The table and the labels that it was fitted on.

    label : object, default=None
        The class; it may be left out where there is one generator.

    n_samples : int, default=None
        How many rows to draw: by default as many as the class has, within
        :data:`MIN_SAMPLES` and :data:`MAX_SAMPLES`.

    random_state : int, RandomState instance or None, default=None
        Decides which.

    Returns
    -------
    rows : ClassRows
        The rows.
    """
    label = find_label(sampler, label)
    frame, own = split_rows(sampler, X, y, label)
    if n_samples is None:
        n_samples = int(np.clip(own.sum(), MIN_SAMPLES, MAX_SAMPLES))
    seed = check_random_state(random_state)
    synthetic = sampler.generators_[label].sample(n_samples, random_state=seed)
    return ClassRows(
        label=as_written(label),
        real=frame[own],
        synthetic=to_frame(polars_to_pandas(synthetic)),
        others=frame[~own],
        categorical_features=sampler.categorical_features_.tolist(),
        history=sampler.history_[label],
    )


def find_label(sampler: Any, label: Any) -> Any:
    """Give the label of the one generator, or say between which to choose."""
    check_is_fitted(sampler, "generators_")
    labels = list(sampler.generators_)
    if not labels:
        raise ValueError(
            "The sampler generated no rows, because no class lacked any; there is "
            "nothing to look at."
        )
    written = [as_written(one) for one in labels]
    if label is None and len(labels) > 1:
        raise ValueError(
            f"There are several generators: set label to one of {written}."
        )
    if label is None:
        return labels[0]
    if label not in labels:
        raise ValueError(
            f"label={as_written(label)!r} has no generator; set label to one of "
            f"{written}."
        )
    return label


def split_rows(
    sampler: Any, X: Any, y: Any, label: Any, names: tuple[str, str] = ("X", "y")
) -> tuple[pd.DataFrame, np.ndarray]:
    """Give a table as a frame and a mask of the rows of one class.

    Parameters
    ----------
    sampler : GANOverSampler
        What the table has to suit.

    X, y : array-like of shape (n_samples, n_features) and of shape (n_samples,)
        The table and its labels, or the indicators of all classes.

    label : object
        The class.

    names : tuple (X, y), default=("X", "y")
        What errors call the two.

    Returns
    -------
    frame : DataFrame of shape (n_samples, n_features)
        The table.

    own : ndarray of shape (n_samples,), dtype bool
        Which rows are of the class, at least one.
    """
    table = check_table(polars_to_pandas(X))
    target = _read_target(polars_to_pandas(y))
    check_consistent_length(table, target)
    validate_data(sampler, X=table, reset=False, skip_check_array=True)
    own = target == label
    if not own.any():
        raise ValueError(
            f"{names[1]} has no row of class {as_written(label)!r}; pass the rows that "
            f"{names[0]} and {names[1]} should hold of it."
        )
    return to_frame(table), own


def select_holdout(
    sampler: Any, X_holdout: Any, y_holdout: Any, label: Any
) -> pd.DataFrame | None:
    """Give the held-out rows of one class, None where none were held out."""
    if X_holdout is None and y_holdout is None:
        return None
    if X_holdout is None or y_holdout is None:
        lacking = "X_holdout" if X_holdout is None else "y_holdout"
        raise ValueError(
            f"{lacking} is missing; pass both X_holdout and y_holdout, or neither."
        )
    frame, own = split_rows(
        sampler, X_holdout, y_holdout, label, ("X_holdout", "y_holdout")
    )
    return frame[own]


def distances_among(frame: pd.DataFrame, categorical_features: Any) -> np.ndarray:
    """Give the distance from each row to the closest other row of the same table.

    What :func:`gansampler.metrics.closest_record_distances` is for rows that were in
    the training themselves; empty for a single row.
    """
    (rows,) = encode_alike(read_alike(categorical_features, X_train=frame))
    if len(rows) == 1:
        return np.empty(0)
    # The closest row is the row itself, or a copy.
    return KDTree(rows).query(rows, k=2)[0][:, 1]


def _read_target(y: Any) -> np.ndarray:
    target = np.asarray(y)
    if target.ndim == 2 and target.shape[1] > 1:
        return target.argmax(axis=1)  # as imbalanced-learn reads indicators
    return column_or_1d(target)
