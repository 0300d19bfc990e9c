import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from gansampler.persistence.forest import StoredForest


def make_rows(n, seed, missing=0.1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4)).round(1).astype(np.float32)
    X[:, 3] = rng.integers(0, 5, n)
    X[rng.random(X.shape) < missing] = np.nan
    return X


def fit(n_classes=2, missing=0.1, **params):
    X = make_rows(300, 0, missing)
    scores = np.nan_to_num(X).sum(axis=1) + np.random.default_rng(1).normal(size=300)
    y = np.digitize(scores, np.linspace(0, 4, n_classes)[1:])
    forest = RandomForestClassifier(
        n_estimators=20, min_samples_leaf=3, random_state=0, **params
    )
    return forest.fit(X, y, sample_weight=1 + np.arange(300) % 3)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test__predict_proba__rows_new_and_old__as_the_forest_to_the_bit(n_classes, missing):
    forest = fit(n_classes, missing)
    stored = StoredForest.of(forest)
    for X in (make_rows(300, 0), make_rows(500, 2, 0.3), make_rows(1, 3)):
        np.testing.assert_array_equal(stored.predict_proba(X), forest.predict_proba(X))
    np.testing.assert_array_equal(stored.classes_, forest.classes_)


def test__predict_proba__on_a_threshold__goes_as_in_the_forest():
    forest = fit()
    tree = forest.estimators_[0].tree_
    threshold = tree.threshold[0]
    X = np.zeros((3, 4), dtype=np.float32)
    X[:, tree.feature[0]] = [np.float32(threshold), 1e30, -1e30]
    stored = StoredForest.of(forest)
    np.testing.assert_array_equal(stored.predict_proba(X), forest.predict_proba(X))


def test__predict_proba__trees_without_a_split__shares_of_the_classes():
    forest = fit(max_depth=1, max_leaf_nodes=None, min_impurity_decrease=1.0)
    X = make_rows(5, 2)
    stored = StoredForest.of(forest)
    np.testing.assert_array_equal(stored.predict_proba(X), forest.predict_proba(X))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda arrays: arrays["left"].__setitem__(0, 10**6),
        lambda arrays: arrays["left"].__setitem__(0, 0),
        lambda arrays: arrays["right"].__setitem__(0, 0),
        lambda arrays: arrays["right"].__setitem__(0, -1),
        lambda arrays: arrays.update(value=arrays["value"][:, :1]),
        lambda arrays: arrays.update(threshold=arrays["threshold"][1:]),
        lambda arrays: arrays.update(roots=arrays["roots"][:0]),
    ],
    ids=[
        "beyond",
        "circle",
        "other circle",
        "half a leaf",
        "one class",
        "too short",
        "no tree",
    ],
)
def test__init__arrays_that_are_no_forest__refused(spoil):
    stored = StoredForest.of(fit())
    arrays = {name: array.copy() for name, array in stored.arrays.items()}
    spoil(arrays)
    with pytest.raises(ValueError, match="are not valid"):
        StoredForest(stored.classes_, arrays)


def test__predict_proba__fewer_columns_than_asked_for__told():
    forest = StoredForest.of(fit())
    n_asked = forest.arrays["feature"].max() + 1
    with pytest.raises(ValueError, match=f"needs {n_asked} columns, got 1"):
        forest.predict_proba(np.zeros((3, 1), dtype=np.float32))


def test__estimators__a_saved_forest__each_tree_says_what_it_said():
    forest, X = fit(), np.zeros((3, 4), dtype=np.float32)
    for ours, theirs in zip(
        StoredForest.of(forest).estimators_, forest.estimators_, strict=True
    ):
        np.testing.assert_array_equal(ours.predict_proba(X), theirs.predict_proba(X))
