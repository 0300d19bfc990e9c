"""Precision, recall, density and coverage of synthetic rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from gansampler.evaluation.aligned_tables import (
    Features,
    check_row_counts,
    encode_aligned,
)

WORKING_MEMORY = 128
"""MiB of distances in memory at the same time."""


@dataclass(frozen=True)
class PrecisionRecallDensityCoverage:
    """The result of :func:`precision_recall_density_coverage`.

    Parameters
    ----------
    precision : float
        Share of synthetic rows that lie among real rows, from 0 to 1.

    recall : float
        Share of real rows that lie among synthetic rows, from 0 to 1.

    density : float
        How densely real rows surround the synthetic rows. About 1 if both follow the
        same distribution, but it can exceed 1.

    coverage : float
        Share of real rows with a synthetic row close by, from 0 to 1.
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
    """Compute the realism and variety of synthetic rows from nearest neighbours.

    Each row has a ball that reaches to its `n_neighbors`-th neighbour in its own table.
    Precision and recall [1]_ are the shares of rows inside any ball of the other table.
    Density counts how many balls a row lies in. Coverage [2]_ is the share of real
    balls that contain a synthetic row. Balls include their surface, so a ball of radius
    zero contains the copies of its row.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably held-out rows that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows with the same columns, preferably as many as real rows. More rows
        mean more coverage and smaller balls.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    n_neighbors : int, default=5
        The neighbour that a ball reaches, not counting the row itself.

    Returns
    -------
    scores : PrecisionRecallDensityCoverage
        The four scores, as attributes.

    Notes
    -----
    Distances are Euclidean distances between encoded rows. Numbers are standardised
    by the median and interquartile range of the real rows. Categories are one-hot
    encoded, so that two different categories have distance 1. Missing numbers get an
    indicator column. The time grows with the product of the numbers of rows.

    References
    ----------
    .. [1] T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen, T. Aila, "Improved
       precision and recall metric for assessing generative models", 2019.

    .. [2] M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi, J. Yoo, "Reliable fidelity and
       diversity metrics for generative models", 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics import (
    ...     precision_recall_density_coverage,
    ... )
    >>> real = np.random.default_rng(0).normal(size=(100, 2))
    >>> one_corner = np.random.default_rng(1).normal(size=(100, 2)) * 0.1 + 1
    >>> scores = precision_recall_density_coverage(real, one_corner)
    >>> scores.precision, scores.recall < 0.2, scores.coverage < 0.2
    (1.0, True, True)
    """
    real, synthetic = encode_aligned(
        categorical_features, X_real=X_real, X_synthetic=X_synthetic
    )
    if not isinstance(n_neighbors, (int, np.integer)) or n_neighbors < 1:
        raise ValueError(
            f"n_neighbors must be a positive whole number, got {n_neighbors!r}."
        )
    tables = {"X_real": real, "X_synthetic": synthetic}
    check_row_counts("n_neighbors", n_neighbors, n_neighbors + 1, **tables)
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


def _squared_distances(rows: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """Return squared distances chunk by chunk, exactly zero between equal rows.

    scikit-learn's "euclidean" expands the square, which makes copies differ.
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
    """Count the balls around each row, and the rows inside each ball."""
    by_row, by_ball = [], np.zeros(len(centres), dtype=int)
    # Tables with few values have many equal distances, which rounding makes unequal.
    reach = squared_radii * (1 + 1e-9)
    for chunk in _squared_distances(rows, centres):
        inside = chunk <= reach
        by_row.append(inside.sum(axis=1))
        by_ball += inside.sum(axis=0)
    return np.concatenate(by_row), by_ball
