"""How likely a row belongs to its class: by a forest, or by the user's classifier."""

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
"""Trees of the forest: as good as 100 (benchmarks/EXPERIMENTS.md, 13)."""

MAX_FOREST_ROWS = 2_000
"""Real rows that the forest is fitted on at most, so that it takes no longer for a
larger table: as good as 10,000 (benchmarks/EXPERIMENTS.md, 13)."""

MAX_FIT_ROWS = 10_000
"""Real rows that a classifier of the user's is fitted on at most."""


class ForestClassProbability:
    """A random forest on a bounded sample of the real rows.

    The sample has of each class the same number, as far as there are as many, and
    weighs its rows so that the classes count as in the whole table. Trees need neither
    imputed nor scaled numbers, nor a column for each category.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes that it knows.

    average_precision_ : dict of object to float
        How well it tells each class from the others on rows out of bag, which it has
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
        # Without class weights, which make a rare class likely far into the others'.
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

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of each class, (n_rows, n_classes)."""
        return self.forest_.predict_proba(self.features_.transform(frame))


class EstimatorClassProbability:
    """A clone of the user's classifier, on imputed, scaled and one-hot encoded rows.

    Parameters
    ----------
    estimator : classifier
        A classifier with ``predict_proba``.

    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes that it knows.

    average_precision_ : dict of object to float
        How well it tells each class from the others on rows out of bag; empty where the
        classifier predicts none of these.
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

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of each class, (n_rows, n_classes)."""
        return self.model_.predict_proba(frame)


ClassProbability = ForestClassProbability | EstimatorClassProbability
"""What tells how likely rows belong to each class."""


def make_class_probability(estimator: Any, schema: TableSchema) -> ClassProbability:
    """Return the forest for "auto", else what clones the user's classifier."""
    if isinstance(estimator, str):
        return ForestClassProbability(schema)
    return EstimatorClassProbability(estimator, schema)


def _out_of_bag(forest: RandomForestClassifier, features: np.ndarray) -> np.ndarray:
    """Return each row's mean probabilities by trees that have not seen it.

    Zeros where all have. That is so where rows of a long table stand for many, which
    are in every tree's sample; scikit-learn's own `oob_score` then warns the user of
    too few trees.
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
    """Return each class's average precision by out-of-bag scores, (n, classes)."""
    scores = np.nan_to_num(scores)  # a row that every tree has seen
    return {
        label: float(
            average_precision_score(y == label, scores[:, k], sample_weight=weights)
        )
        for k, label in enumerate(classes)
    }
