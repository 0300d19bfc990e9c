import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from gansampler.generation import class_probability
from gansampler.generation.class_probability import make_class_probability
from gansampler.tabular.inference import infer_schema


def fit(frame, y, estimator="auto", seed=0):
    return make_class_probability(estimator, infer_schema(frame)).fit(frame, y, seed)


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs([100, 40], centers=[[0, 0], [4, 0]], random_state=0)
    return pd.DataFrame(X), y


def test__fit__estimator_given__cloned_and_seeded_where_it_is_not(blobs):
    free = DecisionTreeClassifier(max_features=1, splitter="random")
    trees = [fit(*blobs, free, seed).model_[-1] for seed in (0, 0, 1)]
    assert not hasattr(free, "tree_")
    assert free.random_state is None
    assert trees[0].random_state == trees[1].random_state != trees[2].random_state
    seeded = DecisionTreeClassifier(random_state=7)
    assert fit(*blobs, seeded).model_[-1].random_state == 7


def test__fit__classifier_in_a_pipeline__seeded_too(blobs):
    free = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=5))
    first, again, other = (
        fit(*blobs, free, seed).probability(blobs[0], 1) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test__fit__more_rows_than_the_limit__some_of_each_class(monkeypatch, rng):
    monkeypatch.setattr(class_probability, "MAX_FIT_ROWS", 100)
    y = np.repeat([0, 1, 2], [900, 300, 3])
    seen = {}

    class Recorder(GaussianNB):
        def fit(self, X, y):
            seen.update(zip(*np.unique(y, return_counts=True), strict=True))
            return super().fit(X, y)

    frame = pd.DataFrame({"x": rng.normal(size=len(y)) + y})
    fitted = fit(frame, y, Recorder())
    assert seen == {0: 75, 1: 25, 2: 2}
    assert fitted.classes_.tolist() == [0, 1, 2]
    assert fitted.average_precision_ == {}


def test__fit__classifier_with_scores_out_of_bag__precision_of_each_class(blobs):
    forest = RandomForestClassifier(n_estimators=30, oob_score=True)
    precision = fit(*blobs, forest).average_precision_
    assert set(precision) == {0, 1}
    assert min(precision.values()) > 0.9


def test__fit__long_table_of_rare_classes__no_warning_of_too_few_trees(rng):
    # The majority's hundred rows in the sample stand for 200 each: all trees see them.
    y = np.repeat(np.arange(20), [20_000, *[150] * 19])
    fitted = fit(pd.DataFrame({"x": rng.normal(8 * y)}), y)
    assert fitted.average_precision_[19] > 0.5


def test__fit__scores_of_rows_not_seen__those_of_scikit_learn(blobs):
    frame, y = blobs
    fitted = fit(frame, y)
    features = fitted.features_.transform(frame)
    forest = clone(fitted.forest_).set_params(oob_score=True)
    forest.fit(features, y, sample_weight=np.ones(len(y)))
    ours = class_probability._out_of_bag(fitted.forest_, features)
    np.testing.assert_allclose(ours, forest.oob_decision_function_)


def test__fit__two_rows__trees_that_have_seen_both_are_left_out():
    fitted = fit(pd.DataFrame({"x": [0.0, 1.0]}), np.array([0, 1]))
    assert set(fitted.average_precision_) == {0, 1}


def test__two_opinions__rows_all_alike__in_the_mean_the_forests_own(blobs):
    fitted = fit(*blobs)
    doubtful = pd.DataFrame(np.repeat([[2.0, 0.0]], 500, axis=0))
    expected = fitted.probability(doubtful, 1)[0]
    opinions = fitted.two_opinions(doubtful, 1)
    np.testing.assert_allclose(opinions.mean(axis=1), expected)
    assert len(np.unique(opinions)) > 1  # each row asks other trees
    # Were the two one and the same, this would be larger by their variance.
    assert opinions.prod(axis=0).mean() <= expected**2


@pytest.mark.parametrize("n", [1, 3, 49, 51])
def test__two_opinions__any_number_of_rows__probabilities_near_the_forests(blobs, n):
    fitted = fit(*blobs)
    rows = blobs[0].iloc[-n:]
    opinions = fitted.two_opinions(rows, 1)
    assert opinions.shape == (2, n)
    probabilities = fitted.probability(rows, 1)
    np.testing.assert_allclose(opinions.mean(axis=0), probabilities, atol=0.5)
    assert opinions.min() >= 0
    assert opinions.max() <= 1 + 1e-12


def test__two_opinions__classifier_of_the_users__its_probability_twice(blobs):
    fitted = fit(*blobs, GaussianNB())
    expected = fitted.probability(blobs[0], 0)
    np.testing.assert_array_equal(fitted.two_opinions(blobs[0], 0), [expected] * 2)
