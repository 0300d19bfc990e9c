"""Distances between two tables, column by column."""

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

    For numbers, dates and durations, this is the Kolmogorov–Smirnov statistic [1]_: the
    largest difference between the tables' shares of rows on one side of any threshold.
    A missing value lies on neither side. The distance is therefore at least the
    difference between the shares of missing values.

    For categorical columns, this is the total variation distance: the share of rows
    that would have to change their value. Missing counts as a value of its own.

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
    distances : Series of shape (n_features,), dtype float64
        The distance of each column, from 0 (alike) to 1 (nothing in common). The index
        holds the names of the columns, or their positions in an array.

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
    # Missing values go to one end, then to the other, so they are on neither side.
    parts = [
        [np.where(np.isnan(part), end, part) for part in (real, synthetic)]
        for end in (-np.inf, np.inf)
    ]
    # The p value is unused, and undefined for a single row.
    with np.errstate(divide="ignore", invalid="ignore"):
        return max(float(ks_2samp(*part, method="asymp").statistic) for part in parts)


def _total_variation(real: np.ndarray, synthetic: np.ndarray) -> float:
    levels = np.unique(np.concatenate([real, synthetic]), return_inverse=True)[1]
    counts = crosstab(levels, np.repeat([0, 1], [len(real), len(synthetic)])).count
    return float(
        np.abs(counts[:, 0] / len(real) - counts[:, 1] / len(synthetic)).sum() / 2
    )
