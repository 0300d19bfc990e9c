"""The rows of one class, real and synthetic, laid side by side to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from gansampler.evaluation.aligned_tables import encode_alike, read_alike
from gansampler.gan.history import History
from gansampler.tabular.containers import polars_to_pandas, to_frame
from gansampler.tabular.validation import check_table
from gansampler.utils.formatting import as_written

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

    history : History or None
        The record of the training, None where it is not known.
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


def labels_of(sampler: Any) -> list[Any]:
    """Return the classes for which a fitted sampler has generators, at least one."""
    check_is_fitted(sampler, "generators_")
    labels = list(sampler.generators_)
    if not labels:
        raise ValueError(
            "The sampler generated no rows, because no class lacked any; there is "
            "nothing to look at."
        )
    return labels


def find_label(sampler: Any, label: Any) -> Any:
    """Return the label of the one generator, or say between which to choose."""
    labels = labels_of(sampler)
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
    """Return a table as a frame and a mask of the rows of one class.

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
    """Return the held-out rows of one class, None where none were held out."""
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


def thin_out(frame: pd.DataFrame, n: int, random_state: Any) -> pd.DataFrame:
    """Draw `n` rows at random where there are more, in the order of the table."""
    if len(frame) <= n:
        return frame
    return frame.iloc[np.sort(random_state.permutation(len(frame))[:n])]


@dataclass(frozen=True)
class Closeness:
    """How close rows come to the training rows.

    Parameters
    ----------
    synthetic, real : ndarray of shape (n_rows, 2), dtype float64
        The distances from each synthetic and from each real row to the closest training
        row and to the second closest, infinite where there is none.

    unseen : bool
        Whether the real rows were held out; otherwise they are the training rows
        themselves, and the distances those to other ones.
    """

    synthetic: np.ndarray
    real: np.ndarray
    unseen: bool


def measure_closeness(rows: ClassRows, holdout: pd.DataFrame | None) -> Closeness:
    """Measure how close synthetic and real rows come to the training rows.

    Distances are those of :func:`gansampler.evaluation.metrics.metrics.closest_record_distances`.
    """
    tables = {"X_train": rows.real, "X_synthetic": rows.synthetic}
    if holdout is not None:
        tables["X_holdout"] = holdout
    columns = read_alike(rows.categorical_features, **tables)
    train, synthetic, *unseen = encode_alike(columns)
    tree = KDTree(train)
    # The closest training row to a training row is that row itself, or a copy.
    real = tree.query(unseen[0], k=2)[0] if unseen else tree.query(train, k=3)[0][:, 1:]
    return Closeness(tree.query(synthetic, k=2)[0], real, bool(unseen))


def _read_target(y: Any) -> np.ndarray:
    target = np.asarray(y)
    if target.ndim == 2 and target.shape[1] > 1:
        return target.argmax(axis=1)  # as imbalanced-learn reads indicators
    return column_or_1d(target)
