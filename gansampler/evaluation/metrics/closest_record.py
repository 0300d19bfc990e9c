"""Distances to the closest training row, which show whether rows were memorised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from gansampler.evaluation.aligned_tables import Features, encode_aligned


def closest_record_distances(
    X_synthetic: Any, X_train: Any, *, categorical_features: Features = "auto"
) -> np.ndarray:
    """Compute the distance from each synthetic row to the closest training row.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows.

    X_train : {array-like, dataframe, sparse matrix} of shape (n_train, n_features)
        The rows that the generator has learned from, in the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    distances : ndarray of shape (n_synth,), dtype float64
        0 for a copy of a training row.

    See Also
    --------
    closest_record_ratio : Whether the distances are small for rows of this kind.

    Notes
    -----
    Distances are Euclidean on encoded rows: numbers standardised by the training rows'
    median and interquartile range (by their standard deviation where that is zero);
    categories one-hot encoded so that two different ones are at distance 1; missing
    numbers set to the median and marked. A column's categories beyond the 32 most
    frequent count as one.

    The distance to the closest record is no measure of privacy [1]_.

    References
    ----------
    .. [1] Z. Yao, N. Krčo, G. Ganev, Y.-A. de Montjoye, "The DCR delusion: measuring
       the privacy risk of synthetic data", 2025.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.metrics import closest_record_distances
    >>> train = pd.DataFrame({"x": [0.0, 1.0, 2.0], "job": ["a", "b", "b"]})
    >>> synthetic = pd.DataFrame({"x": [1.0, 1.0], "job": ["b", "c"]})
    >>> closest_record_distances(synthetic, train)
    array([0., 1.])
    """
    train, synthetic = encode_aligned(
        categorical_features, X_train=X_train, X_synthetic=X_synthetic
    )
    return _closest(synthetic, train)


def closest_record_ratio(
    X_synthetic: Any,
    X_train: Any,
    X_holdout: Any,
    *,
    categorical_features: Features = "auto",
) -> float:
    """Compare how close synthetic and real rows come to the training rows.

    The median distance of the synthetic rows to their closest training row, divided
    by that of held-out real rows. It says whether the generator has memorised the
    training rows. **It is no measure of privacy**: rows that pass it can still give
    away who was in the training set [1]_.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows.

    X_train : {array-like, dataframe, sparse matrix} of shape (n_train, n_features)
        The rows that the generator has learned from, in the same columns.

    X_holdout : {array-like, dataframe, sparse matrix} of shape (n_holdout, n_features)
        Real rows of the same population, here the same class, that the generator has
        not seen, in the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    ratio : float
        About 1 for rows as new as real ones, 0 for copies; above 1 for rows farther
        off than real ones. If half of the held-out rows are themselves repetitions of
        training rows, as in tables of few categories, their median is 0, and the ratio
        is infinite, or NaN where the median of the synthetic rows is 0 too: copies
        can't be told from chance there.

    See Also
    --------
    closest_record_distances : The distances, and how they are measured.

    References
    ----------
    .. [1] Z. Yao, N. Krčo, G. Ganev, Y.-A. de Montjoye, "The DCR delusion: measuring
       the privacy risk of synthetic data", 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics import closest_record_ratio
    >>> rng = np.random.default_rng(0)
    >>> train, holdout, new = rng.normal(size=(3, 200, 2))
    >>> closest_record_ratio(train[:50], train, holdout)
    0.0
    >>> 0.8 < closest_record_ratio(new, train, holdout) < 1.2
    True
    """
    tables = {"X_train": X_train, "X_synthetic": X_synthetic, "X_holdout": X_holdout}
    train, synthetic, holdout = encode_aligned(categorical_features, **tables)
    distance = float(np.median(_closest(synthetic, train)))
    usual = float(np.median(_closest(holdout, train)))
    if usual == 0:
        return np.nan if distance == 0 else np.inf
    return distance / usual


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


def measure_closeness(
    train: pd.DataFrame,
    synthetic: pd.DataFrame,
    holdout: pd.DataFrame | None,
    categorical_features: Features,
) -> Closeness:
    """Measure how close synthetic and real rows come to the training rows.

    Distances are those of :func:`closest_record_distances`; without held-out rows the
    real ones are the training rows.
    """
    tables = {"X_train": train, "X_synthetic": synthetic}
    if holdout is not None:
        tables["X_holdout"] = holdout
    known, new, *unseen = encode_aligned(categorical_features, **tables)
    tree = KDTree(known)
    # The closest training row to a training row is that row itself, or a copy.
    real = tree.query(unseen[0], k=2)[0] if unseen else tree.query(known, k=3)[0][:, 1:]
    return Closeness(tree.query(new, k=2)[0], real, bool(unseen))


def _closest(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    return KDTree(others).query(rows)[0]
