"""How far two tables lie apart, column by column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from scipy.stats.contingency import crosstab

from gansampler.evaluation.aligned_tables import Column, Features, align_tables


def marginal_distances(
    X_real: Any, X_synthetic: Any, *, categorical_features: Features = "auto"
) -> pd.Series:
    """Compute the distance between real and synthetic values of each column.

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
    >>> from gansampler.evaluation.metrics import marginal_distances
    >>> real = pd.DataFrame({"age": [31, 45, 28, 60], "job": ["a", "b", "a", "a"]})
    >>> synthetic = pd.DataFrame(
    ...     {"age": [31, 45, 61, 62], "job": ["a", "a", None, "b"]}
    ... )
    >>> marginal_distances(real, synthetic)
    age    0.50
    job    0.25
    Name: distance, dtype: float64
    """
    columns = align_tables(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    distances = [marginal_distance(column) for column in columns]
    names = [column.name for column in columns]
    return pd.Series(distances, index=names, name="distance", dtype=float)


def marginal_distance(column: Column) -> float:
    """Return the distance between the two parts of one aligned column."""
    measure = _total_variation if column.categorical else _kolmogorov_smirnov
    return measure(*column.parts)


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
