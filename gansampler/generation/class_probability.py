"""How likely a row is to belong to its class, by a forest or the user's classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from gansampler.tabular.classifier_features import TableFeatures, TreeFeatures
from gansampler.tabular.schema import TableSchema
from gansampler.utils.random import MAX_SEED, seeded
from gansampler.utils.subsampling import balanced_rows, stratified_rows

N_TREES = 50
"""Trees of the forest. 50 do as well as 100 (benchmarks/EXPERIMENTS.md, 13)."""

TREES_PER_OPINION = 5
"""Trees in one opinion on a row. Two opinions cost a fifth of the whole forest and
choose candidates that are just as good (benchmarks/EXPERIMENTS.md, 18)."""

MAX_FOREST_ROWS = 2_000
"""Most real rows to fit the forest on, which bounds its cost for large tables. 2,000 do
as well as 10,000 (benchmarks/EXPERIMENTS.md, 13)."""

MAX_FIT_ROWS = 10_000
"""Most real rows to fit a user's classifier on."""


class ForestClassProbability:
    """A random forest on a bounded sample of the real rows.

    The sample contains an equal number of rows per class, or all rows of smaller
    classes. Sample weights restore the class proportions of the whole table. Trees need
    no imputation, scaling or one-hot encoding.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes seen during fitting.

    average_precision_ : dict of object to float
        The average precision for each class on out-of-bag rows, which the trees have
        not seen.
    """

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema

    def fit(
        self, frame: pd.DataFrame, y: np.ndarray, seed: int
    ) -> ForestClassProbability:
        """Fit the forest on the real rows of all classes."""
        rng = np.random.default_rng(seed)
        rows, weights = balanced_rows(y, MAX_FOREST_ROWS, rng)
        frame, y = frame.iloc[rows], y[rows]
        self.features_ = TreeFeatures(self.schema).fit(frame)
        # No class weights: they would make a rare class likely deep in other classes.
        self.forest_ = RandomForestClassifier(
            n_estimators=N_TREES,
            min_samples_leaf=3,
            random_state=int(rng.integers(MAX_SEED)),
        )
        features = self.features_.transform(frame)
        self.forest_.fit(features, y, sample_weight=weights)
        self.classes_ = self.forest_.classes_
        scores = _out_of_bag(self.forest_, features)
        self.average_precision_ = _precision(self.classes_, scores, y, weights)
        return self

    def probability(self, frame: pd.DataFrame, label: Any) -> np.ndarray:
        """Return the probability of one class, (n_rows,)."""
        features, column = self.features_.transform(frame), _column(self, label)
        trees = self.forest_.estimators_
        total = np.zeros(len(features))
        for tree in trees:
            total += _votes(tree, features, column)
        return total / len(trees)

    def two_opinions(self, frame: pd.DataFrame, label: Any) -> np.ndarray:
        """Return two independent estimates of the class's probability, (2, n_rows).

        Each one is the mean of a few trees, which differ from row to row. On average,
        both estimates equal that of the whole forest, and their product equals its
        square.
        """
        features = self.features_.transform(frame)
        n_rows, trees = len(features), self.forest_.estimators_
        n_asked = max(min(TREES_PER_OPINION, len(trees) // 2), 1)
        column = _column(self, label)
        # There are as many blocks of rows as trees. Each tree votes on its own block
        # and the following ones, wrapping around at the end.
        edges = np.arange(2 * len(trees) + 1) * n_rows // len(trees)
        twice = np.concatenate([features, features])
        opinions = np.zeros((2, 2 * n_rows))
        for own, tree in enumerate(trees):
            for opinion, first in zip(opinions, (own, own + n_asked), strict=True):
                rows = slice(edges[first], edges[first + n_asked])
                opinion[rows] += _votes(tree, twice[rows], column)
        return (opinions[:, :n_rows] + opinions[:, n_rows:]) / n_asked


class EstimatorClassProbability:
    """A clone of the user's classifier on imputed, scaled and one-hot encoded rows.

    Parameters
    ----------
    estimator : classifier
        A classifier with ``predict_proba``.

    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes seen during fitting.

    average_precision_ : dict of object to float
        The average precision for each class on out-of-bag rows. Empty if the classifier
        has no out-of-bag predictions.
    """

    def __init__(self, estimator: Any, schema: TableSchema) -> None:
        self.estimator = estimator
        self.schema = schema

    def fit(
        self, frame: pd.DataFrame, y: np.ndarray, seed: int
    ) -> EstimatorClassProbability:
        """Fit the clone on the real rows of all classes."""
        rng = np.random.default_rng(seed)
        rows = stratified_rows(y, MAX_FIT_ROWS, rng)
        classifier = seeded(self.estimator, int(rng.integers(MAX_SEED)))
        self.model_ = make_pipeline(TableFeatures(self.schema), classifier)
        self.model_.fit(frame.iloc[rows], y[rows])
        self.classes_ = self.model_.classes_
        self.average_precision_ = {}
        if hasattr(classifier, "oob_decision_function_"):
            scores = classifier.oob_decision_function_
            self.average_precision_ = _precision(self.classes_, scores, y[rows])
        return self

    def probability(self, frame: pd.DataFrame, label: Any) -> np.ndarray:
        """Return the probability of one class, (n_rows,)."""
        return self.model_.predict_proba(frame)[:, _column(self, label)]

    def two_opinions(self, frame: pd.DataFrame, label: Any) -> np.ndarray:
        """Return the only estimate of the class's probability twice, (2, n_rows)."""
        return np.tile(self.probability(frame, label), (2, 1))


ClassProbability = ForestClassProbability | EstimatorClassProbability
"""Estimates how likely rows are to belong to each class."""


def make_class_probability(estimator: Any, schema: TableSchema) -> ClassProbability:
    """Return the forest for "auto", else a wrapper of the user's classifier."""
    if isinstance(estimator, str):
        return ForestClassProbability(schema)
    return EstimatorClassProbability(estimator, schema)


def _column(fitted: ClassProbability, label: Any) -> int:
    """Return the position of a class among the fitted classes."""
    return int(np.flatnonzero(fitted.classes_ == label)[0])


def _votes(tree: Any, features: np.ndarray, column: int) -> np.ndarray:
    """Return the share of one class in the leaf of each row, (n_rows,)."""
    # Unlike `predict_proba`, this costs no more with hundreds of classes.
    return tree.tree_.value[tree.tree_.apply(features), 0, column]


def _out_of_bag(forest: RandomForestClassifier, features: np.ndarray) -> np.ndarray:
    """Return each row's mean probabilities over the trees that have not seen it.

    Rows that every tree has seen get zeros. This happens in a long table, whose sampled
    rows have such large weights that every tree draws some of them. scikit-learn's own
    `oob_score` would then warn the user of too few trees.
    """
    scores = np.zeros((len(features), len(forest.classes_)))
    n_trees = np.zeros(len(features))
    for tree, drawn in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        outside = np.bincount(drawn, minlength=len(features)) == 0
        if outside.any():
            scores[outside] += tree.predict_proba(features[outside])
            n_trees[outside] += 1
    return scores / np.maximum(n_trees, 1)[:, np.newaxis]


def _precision(
    classes: np.ndarray,
    scores: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None = None,
) -> dict[Any, float]:
    """Return each class's average precision from out-of-bag scores, (n, classes)."""
    scores = np.nan_to_num(scores)  # NaN if every tree has seen the row
    return {
        label: float(
            average_precision_score(y == label, scores[:, k], sample_weight=weights)
        )
        for k, label in enumerate(classes)
    }
