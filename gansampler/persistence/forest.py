"""A fitted random forest as plain arrays that give the same probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

ARRAYS = ("left", "right", "feature", "threshold", "missing_left", "value", "roots")
"""The arrays that make up a forest."""


MAX_TREES = 200
"""Most trees of a forest in a file: four times as many as are fitted."""

MAX_DEPTH = 700
"""Largest depth of a tree in a file. Trees fitted on 2,000 rows, with three in a leaf,
are never deeper, and prediction takes at most seconds."""


class StoredTree:
    """One tree of a stored forest.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The nodes of all trees; see :class:`StoredForest`.

    root : int
        The position of the tree's root.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], root: int) -> None:
        self.arrays = arrays
        self.root = root

    @property
    def tree_(self) -> SimpleNamespace:
        """What the tree of a scikit-learn classifier has under the same names."""
        value = self.arrays["value"][:, np.newaxis, :]
        return SimpleNamespace(apply=self.apply, value=value)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the share of each class in the leaf of each row; see :meth:`apply`."""
        return self.arrays["value"][self.apply(X)]

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return the leaf of each row.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), dtype float32
            The rows, NaN where a value is missing.

        Returns
        -------
        leaf : ndarray of shape (n_rows,), dtype int
            The positions of the leaves, those of the original tree.
        """
        left, right, feature, threshold, missing_left = (
            self.arrays[name] for name in ARRAYS[:5]
        )
        n_asked = feature.max() + 1
        if n_asked > X.shape[1]:
            raise ValueError(f"the forest needs {n_asked} columns, got {X.shape[1]}")
        node = np.full(len(X), self.root)
        walking = np.flatnonzero(left[node] >= 0)
        while len(walking):
            at = node[walking]
            value = X[walking, feature[at]]
            goes_left = value <= threshold[at]
            goes_left |= np.isnan(value) & missing_left[at]
            at = np.where(goes_left, left[at], right[at])
            node[walking] = at
            walking = walking[left[at] >= 0]
        return node


class StoredForest:
    """A scikit-learn random forest without scikit-learn's trees.

    scikit-learn's trees can only be restored from a pickle, which may execute anything,
    or from unchecked arrays, which may make them read outside their memory.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The classes.

    arrays : mapping of str to ndarray
        The nodes of all trees, one tree after another. `left` and `right` are the
        positions of the children, -1 for leaves. `feature` and `threshold` define the
        split, and `missing_left` tells whether missing values go left. `value` is the
        share of each class. `roots` contains the positions of the roots.

    Raises
    ------
    ValueError
        If the arrays are not a valid forest.
    """

    def __init__(self, classes: np.ndarray, arrays: Mapping[str, np.ndarray]) -> None:
        self.classes_ = classes
        self.arrays = {name: arrays[name] for name in ARRAYS}
        self._check()

    @classmethod
    def of(cls, forest: Any) -> StoredForest:
        """Convert a fitted forest.

        Parameters
        ----------
        forest : sklearn.ensemble.RandomForestClassifier
            The fitted forest, with a single output.

        Returns
        -------
        stored : StoredForest
            The same forest as arrays.
        """
        trees = [estimator.tree_ for estimator in forest.estimators_]
        roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]

        def children(side: str) -> np.ndarray:
            sides = [getattr(tree, f"children_{side}") for tree in trees]
            return np.concatenate(
                [np.where(c < 0, -1, c + r) for c, r in zip(sides, roots, strict=True)]
            )

        def of_nodes(name: str) -> np.ndarray:
            return np.concatenate([getattr(tree, name) for tree in trees])

        arrays = {
            "left": children("left").astype(np.int32),
            "right": children("right").astype(np.int32),
            "feature": of_nodes("feature").astype(np.int32),
            "threshold": of_nodes("threshold"),
            "missing_left": of_nodes("missing_go_to_left").astype(bool),
            "value": of_nodes("value")[:, 0, :],
            "roots": roots.astype(np.int32),
        }
        return cls(forest.classes_, arrays)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features), dtype float32
            The rows, NaN where a value is missing.

        Returns
        -------
        probabilities : ndarray of shape (n_rows, n_classes), dtype float64
            The probabilities, identical to those of the original forest.
        """
        total = np.zeros((len(X), len(self.classes_)))
        for tree in self.estimators_:
            # In the same order as scikit-learn, for identical sums.
            total += tree.predict_proba(X)
        return total / len(self.estimators_)

    @property
    def estimators_(self) -> list[StoredTree]:
        """The trees."""
        return [StoredTree(self.arrays, int(root)) for root in self.arrays["roots"]]

    def _check(self) -> None:
        """Raise a ValueError if a row could leave the trees or walk in circles."""
        left, right, value = (self.arrays[name] for name in ("left", "right", "value"))
        feature, roots = self.arrays["feature"], self.arrays["roots"]
        positions = (left, right, feature, roots)
        n_nodes = len(left)
        own = np.arange(n_nodes)
        lengths = {len(self.arrays[name]) for name in ARRAYS[:6]}
        is_leaf = (left < 0) & (right < 0)
        leads_on = (left > own) & (left < n_nodes) & (right > own) & (right < n_nodes)
        if (
            any(position.dtype.kind != "i" for position in positions)
            or lengths != {n_nodes}
            or value.shape[1:] != (len(self.classes_),)
            or not (is_leaf | leads_on).all()
            or not 0 < len(roots) <= MAX_TREES
            or roots.min() < 0
            or roots.max() >= n_nodes
            or feature.min() < -2
        ):
            raise ValueError("the trees of the forest are not valid")
        if self._depth() > MAX_DEPTH:
            raise ValueError(f"a tree of the forest is deeper than {MAX_DEPTH}")

    def _depth(self) -> int:
        """Return the depth of the deepest tree."""
        left, right = (self.arrays[name].tolist() for name in ("left", "right"))
        depth = [0] * len(left)
        for node in reversed(range(len(left))):  # children come after their parents
            if left[node] >= 0:
                depth[node] = 1 + max(depth[left[node]], depth[right[node]])
        return max(depth, default=0)
