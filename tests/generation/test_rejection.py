import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from tables import arrow_frame, global_states, mixed_frame, pandas_sparse

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
    assert rejection.class_probability_.classes_.tolist() == [0, 1]
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
    assert rejection.class_probability_.classes_.tolist() == ["common", "rare"]
    assert len(rejection.choose(frame, "rare", 5, rng)) == 5


def test__choose__category_not_seen_in_the_fit__taken(rng):
    frame = pd.DataFrame({"s": ["a", "b"] * 20, "x": rng.normal(size=40)})
    rejection = fit(frame, np.repeat([0, 1], 20))
    candidates = frame.assign(s=["a", "new"] * 20)
    assert len(rejection.choose(candidates, 1, 10, rng)) == 10


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


def test__fit__zero_of_both_signs_as_a_category__taken(rng):
    # To Arrow they are two values, to Python one.
    frame = pd.DataFrame({"x": pd.array([0.0, -0.0, 1.0] * 10, "double[pyarrow]")})
    schema = infer_schema(frame, ["x"])
    rejection = Rejection("auto", schema).fit(frame, np.repeat([0, 1], 15), seed=0)
    assert len(rejection.choose(frame, 1, 5, rng)) == 5
