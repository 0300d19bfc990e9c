"""Associations between the columns of a table, and their gap between two tables."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats.contingency import crosstab

from gansampler.evaluation.aligned_tables import Column, Features, align_tables


def association_matrix(
    X: Any, *, categorical_features: Features = "auto"
) -> pd.DataFrame:
    r"""Compute the association between each pair of columns.

    - Two numeric columns: Pearson's correlation, over the rows without missing values.
    - Two categorical columns: Cramér's V [1]_, without bias correction.
    - A categorical and a numeric column: the correlation ratio [2]_

      .. math:: \eta = \sqrt{\frac{\sum_c n_c (\bar x_c - \bar x)^2}
                {\sum_i (x_i - \bar x)^2}},

      over the rows in which the number is not missing.

    Missing values of a categorical column form a category of their own. The association
    with a constant column is 0.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    associations : DataFrame of shape (n_features, n_features), dtype float64
        A symmetric matrix with ones on the diagonal. Values range from -1 to 1 between
        numeric columns, and from 0 to 1 otherwise.

    See Also
    --------
    correlation_gap : The difference between the associations of two tables.

    References
    ----------
    .. [1] H. Cramér, "Mathematical methods of statistics", 1946.

    .. [2] K. Pearson, "On the general theory of skew correlation and non-linear
       regression", 1905.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.metrics import association_matrix
    >>> frame = pd.DataFrame(
    ...     {"x": [1, 2, 3, 4], "y": [-2, -4, -6, -8], "label": ["a", "a", "b", "b"]}
    ... )
    >>> association_matrix(frame).round(2)
              x     y  label
    x      1.00 -1.00   0.89
    y     -1.00  1.00   0.89
    label  0.89  0.89   1.00
    """
    columns = align_tables(categorical_features, X=X)
    names = [column.name for column in columns]
    return pd.DataFrame(_associations(columns, 0), index=names, columns=names)


def correlation_gap(
    X_real: Any, X_synthetic: Any, *, categorical_features: Features = "auto"
) -> float:
    """Compute the mean difference between the associations of two tables.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably held-out rows that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows with the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    Returns
    -------
    gap : float
        The mean absolute difference over all pairs of columns, from 0 (equal) to 2. The
        gap of a table with a single column is 0.

    See Also
    --------
    association_matrix : The associations that are compared.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics import correlation_gap
    >>> real = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    >>> correlation_gap(real, real)
    0.0
    >>> round(correlation_gap(real, real * [1, -1]), 6)
    2.0
    """
    columns = align_tables(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    pairs = np.triu_indices(len(columns), k=1)
    if len(pairs[0]) == 0:
        return 0.0
    gaps = np.abs(_associations(columns, 0) - _associations(columns, 1))
    return float(gaps[pairs].mean())


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
    """Scale numbers to [-1, 1], so that their squares keep their precision."""
    if np.isnan(numbers).all():
        return numbers
    deviations = numbers - np.nanmedian(numbers)
    return deviations / (np.nanmax(np.abs(deviations)) or 1)


def _cramers_v(labels: np.ndarray, others: np.ndarray) -> float:
    table = crosstab(labels, others, sparse=True).count
    rows, columns = (np.asarray(table.sum(axis=k)).ravel() for k in (1, 0))
    if min(table.shape) < 2:
        return 0.0
    # Uses non-empty cells only: the full table of two columns with many categories
    # would not fit in memory. Chi squared divided by n is the sum of them, minus 1.
    cells = table.tocoo()
    shares = cells.data / rows[cells.row] * (cells.data / columns[cells.col])
    return math.sqrt(min(max(shares.sum() - 1, 0) / (min(table.shape) - 1), 1.0))


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
