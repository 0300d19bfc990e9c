"""Rejection sampling: keep the generated rows that look like their class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gansampler.generation.class_probability import make_class_probability
from gansampler.tabular.schema import TableSchema

MIN_PROBABILITY = 0.02
"""Lowest probability assumed for a row. The classifier may be wrong, so no row is
rejected for certain."""


class Rejection:
    """Keep generated rows in proportion to the square of their class's probability.

    With the probability itself, too many rows stay in regions of other classes; with
    its fourth power, the edges of the class are lost (benchmarks/EXPERIMENTS.md). The
    product of two independent estimates has the square as its mean, and each estimate
    needs only part of the forest.

    Parameters
    ----------
    estimator : classifier or "auto"
        A classifier with ``predict_proba``; "auto" is a random forest.

    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    class_probability_ : ClassProbability
        The fitted classifier, which estimates how likely rows are to belong to a class.
    """

    def __init__(self, estimator: Any, schema: TableSchema) -> None:
        self.estimator = estimator
        self.schema = schema

    def fit(self, frame: pd.DataFrame, y: np.ndarray, seed: int) -> Rejection:
        """Fit the classifier on real rows of all classes.

        Parameters
        ----------
        frame : DataFrame of shape (n_samples, n_features)
            The whole table.

        y : ndarray of shape (n_samples,)
            The labels of the table.

        seed : int
            Controls all randomness.

        Returns
        -------
        self : Rejection
            The fitted rejection.
        """
        unfitted = make_class_probability(self.estimator, self.schema)
        self.class_probability_ = unfitted.fit(frame, y, seed)
        return self

    def choose(
        self, candidates: pd.DataFrame, label: Any, n: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose `n` of the candidates.

        Parameters
        ----------
        candidates : DataFrame of shape (n_candidates, n_features)
            Generated rows of one class, at least `n`.

        label : object
            The class.

        n : int
            How many candidates to keep.

        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        chosen : ndarray of shape (n,), dtype int
            Positions of the candidates to keep.
        """
        # Plain rejection sampling accepts a candidate if a uniform number is below its
        # weight divided by the largest weight. Keeping the smallest quotients is the
        # same, with the bound chosen to keep exactly `n`.
        opinions = self.class_probability_.two_opinions(candidates, label)
        weights = np.maximum(opinions, MIN_PROBABILITY).prod(axis=0)
        waits = rng.random(len(candidates)) / weights
        turns = _turn_by_pattern(_missing(candidates), waits, rng)
        return np.argpartition(turns, n - 1)[:n]

    def candidates_per_row(self, candidates: pd.DataFrame, label: Any) -> float:
        """Return how many candidates are needed to accept one.

        Parameters
        ----------
        candidates : DataFrame of shape (n_candidates, n_features)
            Some generated rows of one class.

        label : object
            The class.

        Returns
        -------
        n_candidates : float
            1 if all candidates are equally likely to belong to the class, more if only
            a few are likely to.
        """
        probability = self.class_probability_.probability(candidates, label)
        weights = np.maximum(probability, MIN_PROBABILITY) ** 2
        return float(weights.max() / weights.mean())


def _missing(frame: pd.DataFrame) -> np.ndarray:
    """Tell which values are missing, for the columns with missing values."""
    # Column by column, because pandas warns when it combines sparse columns.
    columns = [np.asarray(frame.iloc[:, j].isna()) for j in range(frame.shape[1])]
    incomplete = [column for column in columns if column.any()]
    return np.array(incomplete, dtype=bool).reshape(-1, len(frame)).T


def _turn_by_pattern(
    missing: np.ndarray, waits: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Preserve the share of each pattern of missing values among the candidates.

    Otherwise rejection would change how often a value is missing, if that helps the
    classifier to tell the class.

    Parameters
    ----------
    missing : ndarray of shape (n_candidates, n_incomplete), dtype bool
        Which values are missing. There may be no columns.

    waits : ndarray of shape (n_candidates,)
        Waiting times. Within a pattern the shortest come first.

    rng : numpy.random.Generator
        Decides if a pattern's share is not a whole number.

    Returns
    -------
    turns : ndarray of shape (n_candidates,)
        Numbers spread evenly over each pattern; keep the candidates with the smallest.
    """
    if not missing.size:
        return waits
    packed = np.packbits(missing, axis=1)
    pattern = np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(pattern)
    order = np.lexsort((waits, pattern))
    rank = np.empty(len(waits), dtype=np.int64)
    rank[order] = np.arange(len(waits)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return (rank + rng.random(len(sizes))[pattern]) / sizes[pattern]
