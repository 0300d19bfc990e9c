"""Rejection sampling: keep the generated rows that look like their class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gansampler.generation.class_probability import make_class_probability
from gansampler.tabular.schema import TableSchema

MIN_PROBABILITY = 0.02
"""No row is rejected outright, because the classifier may be wrong."""


class Rejection:
    """Keep generated rows in proportion to the square of their class's probability.

    By the probability itself too many rows stay in the others' territory, by its fourth
    power the edges of the class are lost (benchmarks/EXPERIMENTS.md). The square is
    what two independent opinions agree on, which need not be a whole forest's.

    Parameters
    ----------
    estimator : classifier or "auto"
        A classifier with ``predict_proba``; "auto" is a random forest.

    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    class_probability_ : ClassProbability
        The fitted classifier that says how likely rows belong to each class.
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
            Its labels.

        seed : int
            Decides everything that is random.

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
            How many to keep.

        rng : numpy.random.Generator
            Decides which.

        Returns
        -------
        chosen : ndarray of shape (n,), dtype int
            Positions of the rows to keep.
        """
        # A candidate would be accepted where its number is below its weight over the
        # largest. Taking the smallest quotients is the same with the bound that leaves
        # as many as are wanted.
        opinions = self.class_probability_.two_opinions(candidates, label)
        weights = np.maximum(opinions, MIN_PROBABILITY).prod(axis=0)
        waits = rng.random(len(candidates)) / weights
        turns = _turn_by_pattern(_missing(candidates), waits, rng)
        return np.argpartition(turns, n - 1)[:n]

    def candidates_per_row(self, candidates: pd.DataFrame, label: Any) -> float:
        """Return how many candidates it takes to have one accepted.

        Parameters
        ----------
        candidates : DataFrame of shape (n_candidates, n_features)
            Some generated rows of one class.

        label : object
            The class.

        Returns
        -------
        n_candidates : float
            1 where all are as likely to belong to the class, more where few are.
        """
        probabilities = self.class_probability_.predict_proba(candidates)
        column = np.flatnonzero(self.class_probability_.classes_ == label)[0]
        weights = np.maximum(probabilities[:, column], MIN_PROBABILITY) ** 2
        return float(weights.max() / weights.mean())


def _missing(frame: pd.DataFrame) -> np.ndarray:
    """Tell which values are missing, of the columns where any are."""
    # Column by column, because pandas warns where sparse columns are put together.
    columns = [np.asarray(frame.iloc[:, j].isna()) for j in range(frame.shape[1])]
    incomplete = [column for column in columns if column.any()]
    return np.array(incomplete, dtype=bool).reshape(-1, len(frame)).T


def _turn_by_pattern(
    missing: np.ndarray, waits: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Let each pattern of missing values keep its share of the candidates.

    Else the classifier would change how often a value is missing, where it can tell the
    class by that.

    Parameters
    ----------
    missing : ndarray of shape (n_candidates, n_incomplete), dtype bool
        Which values are missing, may be without columns.

    waits : ndarray of shape (n_candidates,)
        Waiting times; within a pattern the shortest come first.

    rng : numpy.random.Generator
        Decides where a pattern's share is not a whole number.

    Returns
    -------
    turns : ndarray of shape (n_candidates,)
        Numbers whose smallest are to be kept, spread evenly over each pattern.
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
