"""Which of the generated rows are kept: those that look like their class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from gansampler.schema import Kind, TableSchema, read_floats

MAX_FIT_ROWS = 10_000
"""Real rows that the classifier is fitted on at most, in the classes' proportions."""

MAX_CATEGORIES = 32
"""A categorical column's rarer categories count as one for the classifier."""

MIN_PROBABILITY = 0.02
"""No row is rejected outright, because the classifier may be wrong."""

SHARPNESS = 2
"""Power of the class probability: at 1 too many rows stay in the others' territory, at
4 the edges of the class itself are lost (benchmarks/EXPERIMENTS.md)."""


class Rejection:
    """Keep generated rows in proportion to the square of their class's probability.

    Parameters
    ----------
    estimator : classifier or "auto"
        A classifier with ``predict_proba``; "auto" is a random forest.

    schema : TableSchema
        The columns of the table.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes that the classifier knows.

    average_precision_ : dict of object to float
        How well the classifier tells each class from the others on rows that it has
        not seen; empty for one that does not predict its rows out of bag.
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
        rng = np.random.default_rng(seed)
        rows = stratified_rows(y, MAX_FIT_ROWS, rng)
        classifier = _make_classifier(self.estimator, int(rng.integers(2**31 - 1)))
        self.model_ = make_pipeline(_make_features(self.schema), classifier)
        self.model_.fit(_plain(frame.iloc[rows], self.schema), y[rows])
        self.classes_ = self.model_.classes_
        self.average_precision_ = _out_of_bag_precision(self.model_[-1], y[rows])
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
        probabilities = self.model_.predict_proba(_plain(candidates, self.schema))
        column = int(np.flatnonzero(self.classes_ == label)[0])
        weights = np.maximum(probabilities[:, column], MIN_PROBABILITY) ** SHARPNESS
        # The smallest of exponential waiting times are a weighted sample without
        # replacement (Efraimidis & Spirakis, 2006).
        waits = rng.exponential(size=len(candidates)) / weights
        # Column by column, because pandas warns where sparse columns are put together.
        missing = [
            np.asarray(candidates.iloc[:, j].isna())
            for j in range(len(self.schema.columns))
        ]
        turns = _turn_by_pattern(np.column_stack(missing), waits, rng)
        return np.argpartition(turns, n - 1)[:n]


def _turn_by_pattern(
    missing: np.ndarray, waits: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Let each pattern of missing values keep its share of the candidates.

    Else the classifier would change how often a value is missing, where it can tell the
    class by that.

    Parameters
    ----------
    missing : ndarray of shape (n_candidates, n_features), dtype bool
        Which values are missing.

    waits : ndarray of shape (n_candidates,)
        Waiting times; within a pattern the shortest come first.

    rng : numpy.random.Generator
        Decides where a pattern's share is not a whole number.

    Returns
    -------
    turns : ndarray of shape (n_candidates,)
        Numbers whose smallest are to be kept, spread evenly over each pattern.
    """
    packed = np.packbits(missing, axis=1)
    pattern = np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(pattern)
    order = np.lexsort((waits, pattern))
    rank = np.empty(len(waits), dtype=np.int64)
    rank[order] = np.arange(len(waits)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return (rank + rng.random(len(sizes))[pattern]) / sizes[pattern]


def _make_classifier(estimator: Any, seed: int) -> ClassifierMixin:
    if isinstance(estimator, str):
        # Without class weights, which make a rare class likely far into the others'.
        return RandomForestClassifier(
            n_estimators=100, min_samples_leaf=3, oob_score=True, random_state=seed
        )
    classifier = clone(estimator)
    # Those of nested classifiers too, for else they draw from the global state.
    unset = {
        name: seed
        for name, value in classifier.get_params().items()
        if name.split("__")[-1] == "random_state" and value is None
    }
    return classifier.set_params(**unset)


def _out_of_bag_precision(classifier: Any, y: np.ndarray) -> dict[Any, float]:
    """Give the average precision of each class on rows that a tree has not seen."""
    scores = getattr(classifier, "oob_decision_function_", None)
    if scores is None:
        return {}
    scores = np.nan_to_num(scores)  # a row that every tree has seen
    return {
        label: float(average_precision_score(y == label, scores[:, k]))
        for k, label in enumerate(classifier.classes_)
    }


def _make_features(schema: TableSchema) -> ColumnTransformer:
    """Make what turns a table into numbers that any classifier takes."""
    categorical = schema.categorical_features.tolist()
    numeric = [j for j in range(len(schema.columns)) if j not in set(categorical)]
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    labels = OneHotEncoder(
        max_categories=MAX_CATEGORIES,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
        dtype=np.float32,
    )
    return ColumnTransformer([("n", numbers, numeric), ("c", labels, categorical)])


def _plain(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Give the columns as float64 with NaN or as strings, whatever their dtypes."""
    columns = {}
    for j, column in enumerate(schema.columns):
        series = frame.iloc[:, j]
        if column.kind is Kind.CATEGORICAL:
            columns[j] = series.astype(object).where(series.notna(), "").map(str)
            continue
        # Bounded so that neither squares nor the forest's float32 overflow.
        columns[j] = pd.Series(read_floats(series, bound=1e37), index=frame.index)
    return pd.DataFrame(columns, index=frame.index)


def stratified_rows(y: np.ndarray, n_max: int, rng: np.random.Generator) -> np.ndarray:
    """Give positions of at most about `n_max` rows, two of each class at least."""
    if len(y) <= n_max:
        return np.arange(len(y))
    labels, counts = np.unique(y, return_counts=True)
    rows = []
    for label, n in stratified_sizes(
        dict(zip(labels, counts, strict=True)), n_max
    ).items():
        rows.append(rng.choice(np.flatnonzero(y == label), size=n, replace=False))
    return np.concatenate(rows)


def stratified_sizes(counts: Mapping[Any, int], n_max: int) -> dict[Any, int]:
    """Give how many of each class's rows make at most about `n_max`, two at least."""
    total = sum(counts.values())
    return {
        label: min(n, max(2, round(n_max * n / total))) for label, n in counts.items()
    }
