"""How good synthetic rows are: alike, varied, hard to detect, and no copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg, sparse
from scipy.spatial import KDTree
from scipy.stats import entropy, ks_2samp
from scipy.stats.contingency import association, crosstab
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import pairwise_distances_chunked, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils import check_array, check_random_state

from gansampler.evaluation.aligned_tables import (
    Column,
    Features,
    column_names,
    encode_alike,
    read_alike,
)
from gansampler.utils.random import MAX_SEED

__all__ = [
    "PrecisionRecallDensityCoverage",
    "association_matrix",
    "closest_record_distances",
    "closest_record_ratio",
    "correlation_gap",
    "detection_auc",
    "frechet_distance",
    "inception_score",
    "marginal_distances",
    "precision_recall_density_coverage",
]

WORKING_MEMORY = 128
"""MiB of distances that are held at a time."""


def marginal_distances(
    X_real: Any, X_synthetic: Any, *, categorical_features: Features = "auto"
) -> pd.Series:
    """Distance between the real and the synthetic values of each column.

    Columns of numbers, dates and durations are compared by the Kolmogorov–Smirnov
    statistic [1]_: the largest difference, over all thresholds, between the two
    tables' shares of rows that lie on one side of the threshold. A missing value lies
    on neither side, so that the distance is never less than the difference of the
    missing rates.

    Categorical columns are compared by the total variation: the share of rows that
    would have to change their value. There, missing is a value like any other.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably ones that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows, in the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    distances : Series of shape (n_features,), dtype float64
        A number from 0, alike, to 1, nothing in common, for each column name (or
        position, for an array).

    References
    ----------
    .. [1] N. Smirnov, "Table for estimating the goodness of fit of empirical
       distributions", 1948.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.metrics.metrics import marginal_distances
    >>> real = pd.DataFrame({"age": [31, 45, 28, 60], "job": ["a", "b", "a", "a"]})
    >>> synthetic = pd.DataFrame(
    ...     {"age": [31, 45, 61, 62], "job": ["a", "a", None, "b"]}
    ... )
    >>> marginal_distances(real, synthetic)
    age    0.50
    job    0.25
    Name: distance, dtype: float64
    """
    columns = read_alike(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    distances = [
        _total_variation(*column.parts)
        if column.categorical
        else _kolmogorov_smirnov(*column.parts)
        for column in columns
    ]
    return pd.Series(
        distances, index=column_names(columns), name="distance", dtype=float
    )


def association_matrix(
    X: Any, *, categorical_features: Features = "auto"
) -> pd.DataFrame:
    r"""How strongly each two columns of a table go together.

    - two numeric columns: Pearson's correlation, over the rows in which neither is
      missing;
    - two categorical columns: Cramér's V [1]_, not corrected for bias;
    - a categorical and a numeric column: the correlation ratio [2]_

      .. math:: \eta = \sqrt{\frac{\sum_c n_c (\bar x_c - \bar x)^2}
                {\sum_i (x_i - \bar x)^2}},

      over the rows in which the number is not missing.

    A missing category is a category. Where there is nothing to go together, because a
    column is constant, the association is 0.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    associations : DataFrame of shape (n_features, n_features), dtype float64
        A symmetric matrix with ones on its diagonal; numbers from -1 to 1 between
        numeric columns and from 0 to 1 elsewhere.

    See Also
    --------
    correlation_gap : How far the associations of two tables lie apart.

    References
    ----------
    .. [1] H. Cramér, "Mathematical methods of statistics", 1946.

    .. [2] K. Pearson, "On the general theory of skew correlation and non-linear
       regression", 1905.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.metrics.metrics import association_matrix
    >>> frame = pd.DataFrame(
    ...     {"x": [1, 2, 3, 4], "y": [-2, -4, -6, -8], "label": ["a", "a", "b", "b"]}
    ... )
    >>> association_matrix(frame).round(2)
              x     y  label
    x      1.00 -1.00   0.89
    y     -1.00  1.00   0.89
    label  0.89  0.89   1.00
    """
    columns = read_alike(categorical_features, X=X)
    names = column_names(columns)
    return pd.DataFrame(_associations(columns, 0), index=names, columns=names)


def correlation_gap(
    X_real: Any, X_synthetic: Any, *, categorical_features: Features = "auto"
) -> float:
    """Mean absolute difference between two tables' associations of columns.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably ones that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows, in the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    gap : float
        The mean over the pairs of columns, from 0, the same associations, to 2. A
        table of one column has no pairs and a gap of 0.

    See Also
    --------
    association_matrix : What is compared, pair by pair.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics.metrics import correlation_gap
    >>> real = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    >>> correlation_gap(real, real)
    0.0
    >>> round(correlation_gap(real, real * [1, -1]), 6)
    2.0
    """
    columns = read_alike(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    pairs = np.triu_indices(len(columns), k=1)
    if len(pairs[0]) == 0:
        return 0.0
    gaps = np.abs(_associations(columns, 0) - _associations(columns, 1))
    return float(gaps[pairs].mean())


def detection_auc(
    X_real: Any,
    X_synthetic: Any,
    *,
    categorical_features: Features = "auto",
    estimator: Any = "auto",
    cv: Any = 5,
    random_state: Any = None,
) -> float:
    """How well a classifier tells synthetic rows from real ones.

    A classifier two-sample test [1]_: the area under the ROC curve of a classifier
    of "synthetic", each row scored by a model that was fitted without it.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows, in the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    estimator : "auto" or classifier, default="auto"
        A classifier with ``predict_proba``, which is cloned and fitted on imputed,
        standardised and one-hot encoded rows; "auto" is a class-balanced random forest.

    cv : int or cross-validation splitter, default=5
        The number of shuffled, stratified folds, or what makes the folds.

    random_state : int, RandomState instance or None, default=None
        Decides the folds and the forest; a classifier or splitter of your own has a
        ``random_state`` of its own.

    Returns
    -------
    auc : float
        From 0.5, indistinguishable, to 1. Well below 0.5 where rows of one table are
        copies of rows in the other: the twin that was fitted has the other label.

    References
    ----------
    .. [1] D. Lopez-Paz, M. Oquab, "Revisiting classifier two-sample tests", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics.metrics import detection_auc
    >>> rng = np.random.default_rng(0)
    >>> real, good, poor = rng.normal(size=(3, 100, 2)) + [[[0]], [[0]], [[2]]]
    >>> auc = detection_auc(real, good, random_state=0)
    >>> 0.4 < auc < 0.6
    True
    >>> detection_auc(real, poor, random_state=0) > 0.9
    True
    """
    columns = read_alike(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    real, synthetic = encode_alike(columns)
    y = np.repeat([0, 1], [len(real), len(synthetic)])
    seeds = check_random_state(random_state).randint(MAX_SEED, size=2)
    model = _check_detector(estimator, int(seeds[0]))
    folds = _check_folds(cv, len(real), len(synthetic), int(seeds[1]))
    rows = np.concatenate([real, synthetic])
    scores = cross_val_predict(model, rows, y, cv=folds, method="predict_proba")
    return float(roc_auc_score(y, scores[:, 1]))


@dataclass(frozen=True)
class PrecisionRecallDensityCoverage:
    """How realistic and how varied synthetic rows are.

    What :func:`precision_recall_density_coverage` gives.

    Parameters
    ----------
    precision : float
        Share of synthetic rows that lie among the real ones, from 0 to 1.

    recall : float
        Share of real rows that lie among the synthetic ones, from 0 to 1.

    density : float
        How densely the real rows lie around the synthetic ones. About 1 where both
        follow the same distribution; not bounded by 1.

    coverage : float
        Share of real rows that have a synthetic one close by, from 0 to 1.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall_density_coverage(
    X_real: Any,
    X_synthetic: Any,
    *,
    categorical_features: Features = "auto",
    n_neighbors: int = 5,
) -> PrecisionRecallDensityCoverage:
    """Fidelity and diversity of synthetic rows, by nearest neighbours.

    Around each row lies a ball that reaches to its `n_neighbors`-th neighbour in its
    own table. Precision and recall [1]_ are the shares of rows in any ball of the
    other table; density counts in how many balls, and coverage [2]_ is the share of
    real balls that are not empty. Balls are closed, so that in tables with repeated
    rows a ball of radius zero holds the copies of its row.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably ones that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows, in the same columns, preferably as many as real ones: the more
        rows, the greater the coverage and the smaller the balls.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    n_neighbors : int, default=5
        The neighbour, not counting the row itself, to which a ball reaches.

    Returns
    -------
    scores : PrecisionRecallDensityCoverage
        The four numbers, as attributes.

    Notes
    -----
    Distances are Euclidean on encoded rows: numbers standardised by the real rows'
    median and interquartile range, categories one-hot encoded so that two different
    ones are at distance 1, missing numbers marked. All pairs of rows are compared.

    References
    ----------
    .. [1] T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen, T. Aila, "Improved
       precision and recall metric for assessing generative models", 2019.

    .. [2] M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi, J. Yoo, "Reliable fidelity and
       diversity metrics for generative models", 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics.metrics import (
    ...     precision_recall_density_coverage,
    ... )
    >>> real = np.random.default_rng(0).normal(size=(100, 2))
    >>> one_corner = np.random.default_rng(1).normal(size=(100, 2)) * 0.1 + 1
    >>> scores = precision_recall_density_coverage(real, one_corner)
    >>> scores.precision, scores.recall < 0.2, scores.coverage < 0.2
    (1.0, True, True)
    """
    columns = read_alike(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    real, synthetic = encode_alike(columns)
    _check_neighbors(n_neighbors, {"X_real": real, "X_synthetic": synthetic})
    by_synthetic, by_real = _count_in_balls(
        synthetic, real, _squared_radii(real, n_neighbors)
    )
    real_by_synthetic, _ = _count_in_balls(
        real, synthetic, _squared_radii(synthetic, n_neighbors)
    )
    return PrecisionRecallDensityCoverage(
        precision=float(np.mean(by_synthetic > 0)),
        recall=float(np.mean(real_by_synthetic > 0)),
        density=float(np.mean(by_synthetic) / n_neighbors),
        coverage=float(np.mean(by_real > 0)),
    )


def closest_record_distances(
    X_synthetic: Any, X_train: Any, *, categorical_features: Features = "auto"
) -> np.ndarray:
    """Distance from each synthetic row to the closest training row.

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
    >>> from gansampler.evaluation.metrics.metrics import closest_record_distances
    >>> train = pd.DataFrame({"x": [0.0, 1.0, 2.0], "job": ["a", "b", "b"]})
    >>> synthetic = pd.DataFrame({"x": [1.0, 1.0], "job": ["b", "c"]})
    >>> closest_record_distances(synthetic, train)
    array([0., 1.])
    """
    columns = read_alike(categorical_features, X_train=X_train, X_synthetic=X_synthetic)
    train, synthetic = encode_alike(columns)
    return _closest(synthetic, train)


def closest_record_ratio(
    X_synthetic: Any,
    X_train: Any,
    X_holdout: Any,
    *,
    categorical_features: Features = "auto",
) -> float:
    """Whether synthetic rows keep closer to the training rows than real rows do.

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
    >>> from gansampler.evaluation.metrics.metrics import closest_record_ratio
    >>> rng = np.random.default_rng(0)
    >>> train, holdout, new = rng.normal(size=(3, 200, 2))
    >>> closest_record_ratio(train[:50], train, holdout)
    0.0
    >>> 0.8 < closest_record_ratio(new, train, holdout) < 1.2
    True
    """
    columns = read_alike(
        categorical_features,
        X_train=X_train,
        X_synthetic=X_synthetic,
        X_holdout=X_holdout,
    )
    train, synthetic, holdout = encode_alike(columns)
    distance = float(np.median(_closest(synthetic, train)))
    usual = float(np.median(_closest(holdout, train)))
    if usual == 0:
        return np.nan if distance == 0 else np.inf
    return distance / usual


def frechet_distance(
    X_real: Any,
    X_synthetic: Any,
    *,
    categorical_features: Features = "auto",
    encoder: Any = "auto",
) -> float:
    r"""Fréchet distance between normal distributions fitted to the encoded rows.

    .. math:: \lVert \mu_r - \mu_s \rVert^2 + \operatorname{Tr}\bigl(\Sigma_r +
              \Sigma_s - 2 (\Sigma_r \Sigma_s)^{1/2}\bigr),

    which is the square of a distance, as in the Fréchet inception distance [1]_.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably ones that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows, in the same columns. The fewer rows, the greater the distance
        by chance: compare distances of equally many rows only.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`; not
        used with an `encoder` of your own.

    encoder : "auto", transformer or callable, default="auto"
        What turns the rows into numbers: a fitted transformer or a function, which are
        given each table as it is and return an array of shape (n_rows, n_encoded).
        "auto" standardises numbers by the real rows' median and interquartile range,
        one-hot encodes categories and marks missing numbers.

    Returns
    -------
    distance : float
        From 0, the same means and covariances; not bounded.

    References
    ----------
    .. [1] M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter, "GANs
       trained by a two time-scale update rule converge to a local Nash equilibrium",
       2017.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics.metrics import frechet_distance
    >>> real = np.random.default_rng(0).normal(size=(100, 2))
    >>> round(frechet_distance(real, real + [3, 4], encoder=np.asarray), 6)
    25.0
    """
    if isinstance(encoder, str) and encoder == "auto":
        columns = read_alike(
            categorical_features, X_real=X_real, X_synthetic=X_synthetic
        )
        real, synthetic = encode_alike(columns)
    else:
        real, synthetic = (_apply(encoder, X) for X in (X_real, X_synthetic))
        if real.shape[1] != synthetic.shape[1]:
            raise ValueError(
                f"The encoder gives {real.shape[1]} columns for X_real, but "
                f"{synthetic.shape[1]} for X_synthetic; it must give as many for both."
            )
    return _frechet(real, synthetic)


def inception_score(X_synthetic: Any, classifier: Any) -> float:
    r"""How surely, and how evenly, a classifier sorts synthetic rows into classes.

    .. math:: \exp \mathbb{E}_x \operatorname{KL}\bigl(p(y \mid x) \,\|\, p(y)\bigr),

    the inception score [1]_ with a classifier of your own in the place of Inception.
    It does not look at real rows: a generator of one perfect row a class has the best
    score.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows of all classes, as the classifier takes them.

    classifier : fitted classifier
        A classifier with ``predict_proba``, fitted on real rows.

    Returns
    -------
    score : float
        From 1, every row has the same probabilities, to the number of classes: every
        row has one certain class, and there are equally many of each.

    References
    ----------
    .. [1] T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford, X. Chen,
       "Improved techniques for training GANs", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from gansampler.evaluation.metrics.metrics import inception_score
    >>> classifier = DecisionTreeClassifier().fit([[0], [1], [2]], ["a", "b", "c"])
    >>> round(inception_score([[0], [1], [2], [2], [1], [0]], classifier), 6)
    3.0
    >>> inception_score([[0], [0]], classifier)
    1.0
    """
    if not hasattr(classifier, "predict_proba"):
        raise TypeError(
            f"classifier must have predict_proba, got {classifier!r}; use one that "
            "has, e.g. sklearn.calibration.CalibratedClassifierCV(classifier)."
        )
    p = check_array(classifier.predict_proba(X_synthetic), input_name="predict_proba")
    odd = np.flatnonzero((p.min(axis=1) < 0) | (np.abs(p.sum(axis=1) - 1) > 1e-3))
    if len(odd):
        raise ValueError(
            "predict_proba must give probabilities that sum to 1 in each row, got "
            f"{p[odd[0]].tolist()} for row {odd[0]}; calibrate the classifier, e.g. by "
            "sklearn.calibration.CalibratedClassifierCV."
        )
    return float(np.exp(entropy(p, p.mean(axis=0, keepdims=True), axis=1).mean()))


def _kolmogorov_smirnov(real: np.ndarray, synthetic: np.ndarray) -> float:
    # Beyond all values on either side in turn, a missing one is on neither.
    parts = [
        [np.where(np.isnan(part), end, part) for part in (real, synthetic)]
        for end in (-np.inf, np.inf)
    ]
    # The p value, which is not used, can't be had from a single row.
    with np.errstate(divide="ignore", invalid="ignore"):
        return max(float(ks_2samp(*part, method="asymp").statistic) for part in parts)


def _total_variation(real: np.ndarray, synthetic: np.ndarray) -> float:
    levels = np.unique(np.concatenate([real, synthetic]), return_inverse=True)[1]
    counts = crosstab(levels, np.repeat([0, 1], [len(real), len(synthetic)])).count
    return float(
        np.abs(counts[:, 0] / len(real) - counts[:, 1] / len(synthetic)).sum() / 2
    )


def _associations(columns: list[Column], table: int) -> np.ndarray:
    """Return the association matrix of one of the tables."""
    parts = [column.parts[table] for column in columns]
    numeric = [j for j, column in enumerate(columns) if not column.categorical]
    matrix = np.zeros((len(columns), len(columns)))
    numbers = pd.DataFrame({j: _centred(parts[j]) for j in numeric})
    matrix[np.ix_(numeric, numeric)] = numbers.corr().fillna(0).clip(-1, 1)
    for j, k in combinations(range(len(columns)), 2):
        if columns[j].categorical and columns[k].categorical:
            matrix[j, k] = matrix[k, j] = _cramers_v(parts[j], parts[k])
        elif columns[j].categorical or columns[k].categorical:
            labels, values = (j, k) if columns[j].categorical else (k, j)
            matrix[j, k] = matrix[k, j] = _correlation_ratio(
                parts[labels], parts[values]
            )
    np.fill_diagonal(matrix, 1)
    return matrix


def _centred(numbers: np.ndarray) -> np.ndarray:
    """Bring numbers into [-1, 1], where their squares keep their digits."""
    if np.isnan(numbers).all():
        return numbers
    deviations = numbers - np.nanmedian(numbers)
    return deviations / (np.nanmax(np.abs(deviations)) or 1)


def _cramers_v(labels: np.ndarray, others: np.ndarray) -> float:
    counts = crosstab(labels, others).count
    if min(counts.shape) < 2:
        return 0.0
    return min(float(association(counts, method="cramer")), 1.0)


def _correlation_ratio(labels: np.ndarray, numbers: np.ndarray) -> float:
    present = ~np.isnan(numbers)
    values = _centred(numbers[present])
    groups = np.unique(labels[present], return_inverse=True)[1]
    deviations = values - values.mean() if len(values) else values
    total = np.sum(deviations**2)
    if total == 0:
        return 0.0
    sums, sizes = np.bincount(groups, deviations), np.bincount(groups)
    return min(float(np.sqrt(np.sum(sums**2 / sizes) / total)), 1.0)


def _check_detector(estimator: Any, seed: int) -> Any:
    if isinstance(estimator, str) and estimator == "auto":
        return RandomForestClassifier(class_weight="balanced", random_state=seed)
    if not hasattr(estimator, "predict_proba") or isinstance(estimator, type):
        raise TypeError(
            "estimator must be 'auto' or a classifier with predict_proba, got "
            f"{estimator!r}."
        )
    return estimator


def _check_folds(cv: Any, n_real: int, n_synthetic: int, seed: int) -> Any:
    if not isinstance(cv, (int, np.integer)):
        return cv
    for table, n in {"X_real": n_real, "X_synthetic": n_synthetic}.items():
        if n < cv:
            raise ValueError(
                f"cv={cv} folds need at least {cv} rows of each table, but {table} has "
                f"{n}; pass more rows or a smaller cv (2 at least)."
            )
    return StratifiedKFold(int(cv), shuffle=True, random_state=seed)


def _check_neighbors(n_neighbors: int, tables: dict[str, np.ndarray]) -> None:
    if not isinstance(n_neighbors, (int, np.integer)) or n_neighbors < 1:
        raise ValueError(
            f"n_neighbors must be a whole number from 1 on, got {n_neighbors!r}."
        )
    for table, rows in tables.items():
        if len(rows) <= n_neighbors:
            raise ValueError(
                f"n_neighbors={n_neighbors} needs at least {n_neighbors + 1} rows of "
                f"each table, but {table} has {len(rows)}; pass more rows or a smaller "
                "n_neighbors."
            )


def _squared_distances(rows: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """Return squared distances chunk by chunk, exactly zero between equal rows.

    scikit-learn's own "euclidean" expands the square, so that copies differ.
    """
    return pairwise_distances_chunked(
        rows, others, metric="sqeuclidean", working_memory=WORKING_MEMORY
    )


def _squared_radii(rows: np.ndarray, n_neighbors: int) -> np.ndarray:
    # The nearest row is the row itself, or a copy.
    return np.concatenate(
        [
            np.partition(chunk, n_neighbors, axis=1)[:, n_neighbors]
            for chunk in _squared_distances(rows, rows)
        ]
    )


def _count_in_balls(
    rows: np.ndarray, centres: np.ndarray, squared_radii: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Count the balls that each row lies in, and the rows that lie in each ball."""
    by_row, by_ball = [], np.zeros(len(centres), dtype=int)
    # Of equal distances, which tables of few values have many, rounding makes unequal
    # ones.
    reach = squared_radii * (1 + 1e-9)
    for chunk in _squared_distances(rows, centres):
        inside = chunk <= reach
        by_row.append(inside.sum(axis=1))
        by_ball += inside.sum(axis=0)
    return np.concatenate(by_row), by_ball


def _closest(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    return KDTree(others).query(rows)[0]


def _apply(encoder: Any, X: Any) -> np.ndarray:
    """Encode a table by the user's own encoder."""
    if hasattr(encoder, "transform") and not isinstance(encoder, type):
        encoded = encoder.transform(X)
    elif callable(encoder):
        encoded = encoder(X)
    else:
        raise TypeError(
            "encoder must be 'auto', a fitted transformer or a function, got "
            f"{encoder!r}."
        )
    encoded = encoded.toarray() if sparse.issparse(encoded) else encoded
    return check_array(encoded, dtype=np.float64, input_name="the encoder's output")


def _frechet(real: np.ndarray, synthetic: np.ndarray) -> float:
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    covariances = [_covariance(rows) for rows in (real, synthetic)]
    # The trace of the root of the product is the sum of the singular values of the
    # product of the roots, which exists for singular matrices too.
    roots = [_root(covariance) for covariance in covariances]
    overlap = linalg.svdvals(roots[0] @ roots[1]).sum()
    spread = sum(np.trace(covariance) for covariance in covariances)
    return max(float(shift @ shift + spread - 2 * overlap), 0.0)


def _covariance(rows: np.ndarray) -> np.ndarray:
    deviations = rows - rows.mean(axis=0)
    return deviations.T @ deviations / max(len(rows) - 1, 1)


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
