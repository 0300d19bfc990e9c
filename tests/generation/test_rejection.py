import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from tables import arrow_frame, global_states, mixed_frame, pandas_sparse

import gansampler.generation.class_probability
from gansampler.generation.rejection import Rejection
from gansampler.tabular.inference import infer_schema


def fit(frame, y, estimator="auto", seed=0):
    return Rejection(estimator, infer_schema(frame)).fit(frame, y, seed)


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs([100, 40], centers=[[0, 0], [4, 0]], random_state=0)
    return pd.DataFrame(X), y


@pytest.mark.parametrize("estimator", ["auto", LogisticRegression(), GaussianNB()])
def test__choose__candidates_of_both_sides__prefers_those_of_the_class(
    blobs, estimator, rng
):
    candidates = pd.DataFrame(np.repeat([[0.0, 0.0], [4.0, 0.0]], 200, axis=0))
    rejection = fit(*blobs, estimator)
    for label, own in [(0, slice(0, 200)), (1, slice(200, 400))]:
        chosen = rejection.choose(candidates, label, 100, rng)
        is_own = np.zeros(400, dtype=bool)
        is_own[own] = True
        assert is_own[chosen].mean() > 0.9


@pytest.mark.parametrize("n", [0, 1, 17, 40])
def test__choose__n__as_many_distinct_candidates(blobs, n, rng):
    frame, y = blobs
    chosen = fit(frame, y).choose(frame.iloc[:40], 1, n, rng)
    assert len(chosen) == len(set(chosen.tolist())) == n
    assert all(0 <= position < 40 for position in chosen)


def test__choose__all_candidates_hopeless__still_gives_n(blobs, rng):
    far = pd.DataFrame(np.full((30, 2), -9.0))
    assert len(fit(*blobs, LogisticRegression()).choose(far, 1, 10, rng)) == 10


def test__choose__same_seed__same_choice_and_global_state_untouched(blobs):
    frame, y = blobs
    states = global_states()
    first, again, other = (
        fit(frame, y, seed=seed).choose(frame, 1, 30, np.random.default_rng(seed))
        for seed in (0, 0, 1)
    )
    assert global_states() == states
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


@pytest.mark.parametrize("make", [lambda: mixed_frame()[0], arrow_frame, pandas_sparse])
@pytest.mark.parametrize("estimator", ["auto", LogisticRegression(max_iter=1000)])
def test__fit__every_dtype_and_missing_values__taken(make, estimator, rng):
    frame, y = make(), mixed_frame()[1]
    before = frame.copy(deep=True)
    rejection = fit(frame, y, estimator)
    assert rejection.judge_.classes_.tolist() == [0, 1]
    # Rows of the class beside those of the other: the first are to be preferred.
    chosen = np.concatenate([rejection.choose(frame, 1, 30, rng) for _ in range(20)])
    error = np.sqrt(y.mean() * (1 - y.mean()) / len(chosen))
    assert y[chosen].mean() > y.mean() + 3 * error
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("estimator", ["auto", LogisticRegression()])
@pytest.mark.parametrize("column", ["number", "string"])
def test__choose__missingness_tells_classes_apart__share_missing_kept(
    estimator, column, rng
):
    y = np.repeat([0, 1], [80, 20])
    frame = pd.DataFrame({"number": rng.normal(size=100), "string": ["a"] * 100})
    frame[column] = frame[column].mask(y == 1)
    chosen = fit(frame, y, estimator).choose(frame, 1, 30, rng)
    assert frame[column].iloc[chosen].isna().sum() == 6


def test__fit__numbers_of_any_size__finite_features(rng):
    values = np.r_[[1e300, -1e300, 1e38], rng.normal(size=57)]
    frame = pd.DataFrame({"x": values, "y": rng.normal(size=60)})
    rejection = fit(frame, np.repeat([0, 1], 30))
    assert len(rejection.choose(frame, 1, 10, rng)) == 10


def test__fit__column_missing_throughout__taken(rng):
    frame = pd.DataFrame({"x": rng.normal(size=40), "empty": np.nan})
    frame["text"] = pd.Series([None] * 40, dtype=object)
    rejection = fit(frame, np.repeat([0, 1], 20))
    assert len(rejection.choose(frame, 0, 5, rng)) == 5


def test__fit__string_labels__known(blobs, rng):
    frame, y = blobs
    rejection = fit(frame, np.where(y == 1, "rare", "common"))
    assert rejection.judge_.classes_.tolist() == ["common", "rare"]
    assert len(rejection.choose(frame, "rare", 5, rng)) == 5


def test__fit__estimator_given__cloned_and_seeded_where_it_is_not(blobs):
    frame, y = blobs
    free = DecisionTreeClassifier(max_features=1, splitter="random")
    rejections = [fit(frame, y, free, seed) for seed in (0, 0, 1)]
    trees = [rejection.judge_.model_[-1] for rejection in rejections]
    assert not hasattr(free, "tree_")
    assert free.random_state is None
    assert trees[0].random_state == trees[1].random_state != trees[2].random_state
    seeded = DecisionTreeClassifier(random_state=7)
    assert fit(frame, y, seeded).judge_.model_[-1].random_state == 7


def test__fit__more_rows_than_the_limit__some_of_each_class(monkeypatch, rng):
    monkeypatch.setattr(gansampler.generation.class_probability, "MAX_FIT_ROWS", 100)
    y = np.repeat([0, 1, 2], [900, 300, 3])
    seen = {}

    class Recorder(GaussianNB):
        def fit(self, X, y):
            seen.update(zip(*np.unique(y, return_counts=True), strict=True))
            return super().fit(X, y)

    frame = pd.DataFrame({"x": rng.normal(size=len(y)) + y})
    rejection = fit(frame, y, Recorder())
    assert seen == {0: 75, 1: 25, 2: 2}
    assert rejection.judge_.classes_.tolist() == [0, 1, 2]


def test__choose__category_not_seen_in_the_fit__taken(rng):
    frame = pd.DataFrame({"s": ["a", "b"] * 20, "x": rng.normal(size=40)})
    rejection = fit(frame, np.repeat([0, 1], 20))
    candidates = frame.assign(s=["a", "new"] * 20)
    assert len(rejection.choose(candidates, 1, 10, rng)) == 10


def test__fit__classifier_in_a_pipeline__seeded_too(blobs):
    frame, y = blobs
    free = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=5))
    first, again = (
        fit(frame, y, free, seed=3).choose(frame, 1, 30, np.random.default_rng(0))
        for _ in range(2)
    )
    assert first.tolist() == again.tolist()


@pytest.mark.parametrize("estimator", ["auto", LogisticRegression()])
def test__fit__words_that_are_no_unicode__taken(estimator, rng):
    # Python's strings hold half a surrogate pair, pandas' own can't.
    words = pd.Series(["\ud800", "a", "b", None] * 10, dtype=object)
    frame, y = pd.DataFrame({"word": words}), np.repeat([0, 1], 20)
    rejection = Rejection(estimator, infer_schema(frame)).fit(frame, y, seed=0)
    assert len(rejection.choose(frame, 1, 5, rng)) == 5


def test__fit__thousands_of_largest_numbers__sum_does_not_overflow(rng):
    values = np.full(3000, np.finfo(np.float64).max)
    values[::2] = np.nan
    frame, y = pd.DataFrame({"x": values}), rng.integers(0, 2, 3000)
    rejection = Rejection("auto", infer_schema(frame)).fit(frame, y, seed=0)
    assert len(rejection.choose(frame, 1, 5, rng)) == 5


def test__fit__long_table_of_rare_classes__no_warning_of_too_few_trees(rng):
    # The majority's hundred rows in the sample stand for 200 each: all trees see them.
    y = np.repeat(np.arange(20), [20_000, *[150] * 19])
    judge = fit(pd.DataFrame({"x": rng.normal(8 * y)}), y).judge_
    assert judge.average_precision_[19] > 0.5


def test__fit__scores_of_rows_not_seen__those_of_scikit_learn(blobs):
    frame, y = blobs
    judge = fit(frame, y).judge_
    forest = clone(judge.forest_).set_params(oob_score=True)
    forest.fit(judge.features_.transform(frame), y, sample_weight=np.ones(len(y)))
    ours = gansampler.generation.class_probability._out_of_bag(
        judge.forest_, judge.features_.transform(frame)
    )
    np.testing.assert_allclose(ours, forest.oob_decision_function_)


def test__fit__zero_of_both_signs_as_a_category__one_category(rng):
    # To Arrow they are two values, to Python's hashes one.
    frame = pd.DataFrame({"x": pd.array([0.0, -0.0, 1.0] * 10, "double[pyarrow]")})
    schema = infer_schema(frame, ["x"])
    rejection = Rejection("auto", schema).fit(frame, np.repeat([0, 1], 15), seed=0)
    assert len(rejection.choose(frame, 1, 5, rng)) == 5


def test__fit__two_rows__trees_that_have_seen_both_are_left_out():
    judge = fit(pd.DataFrame({"x": [0.0, 1.0]}), np.array([0, 1])).judge_
    assert set(judge.average_precision_) == {0, 1}
