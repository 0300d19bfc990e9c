"""Distances to the closest training row, a sign of memorisation."""

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
        The rows that the generator was trained on, with the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    distances : ndarray of shape (n_synth,), dtype float64
        0 for a copy of a training row.

    See Also
    --------
    closest_record_ratio : The distances relative to those of held-out rows.

    Notes
    -----
    Distances are Euclidean distances between encoded rows. Numbers are standardised
    by the median and interquartile range of the training rows, or by their standard
    deviation if that range is zero. Categories are one-hot encoded, so that two
    different categories have distance 1. Missing numbers are replaced by the median and
    get an indicator column. Beyond the 32 most frequent categories of a column, all
    others count as one.

    The distance to the closest record is not a measure of privacy [1]_.

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
    """Compare the distances of synthetic and held-out rows to the training rows.

    The ratio is the median distance from synthetic rows to their closest training row,
    divided by the same median for held-out rows. It shows whether the generator has
    memorised training rows. **It is not a measure of privacy**: rows that pass this
    check can still reveal who was in the training set [1]_.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows.

    X_train : {array-like, dataframe, sparse matrix} of shape (n_train, n_features)
        The rows that the generator was trained on, with the same columns.

    X_holdout : {array-like, dataframe, sparse matrix} of shape (n_holdout, n_features)
        Held-out rows of the same class, which the generator has not seen, with the same
        columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    ratio : float
        About 1 if synthetic rows are as new as real rows, 0 for copies, above 1 if
        synthetic rows are farther away than real rows. If at least half of the held-out
        rows repeat training rows, as in tables with few categories, their median is 0.
        The ratio is then infinite, or NaN if the median of the synthetic rows is 0 too.
        In such a table, copies can't be distinguished from chance.

    See Also
    --------
    closest_record_distances : The distances and their definition.

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
    """Distances from synthetic and real rows to the training rows.

    Parameters
    ----------
    synthetic, real : ndarray of shape (n_rows, 2), dtype float64
        The distances from each row to the closest and to the second closest training
        row. Infinite if there is no such row.

    unseen : bool
        Whether the real rows were held out. If False, they are the training rows
        themselves, and the distances are to other training rows.
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
    """Measure the distances from synthetic and real rows to the training rows.

    :func:`closest_record_distances` defines the distances. Without held-out rows, the
    training rows are the real rows.
    """
    tables = {"X_train": train, "X_synthetic": synthetic}
    if holdout is not None:
        tables["X_holdout"] = holdout
    known, new, *unseen = encode_aligned(categorical_features, **tables)
    tree = KDTree(known)
    # The closest training row to a training row is the row itself, or a copy.
    real = tree.query(unseen[0], k=2)[0] if unseen else tree.query(known, k=3)[0][:, 1:]
    return Closeness(tree.query(new, k=2)[0], real, bool(unseen))


def _closest(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    return KDTree(others).query(rows)[0]
