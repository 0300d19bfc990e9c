import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from tables import deep, mixed_frame, polars_frame, quick, sparse_matrix

from gansampler import GANOverSampler
from gansampler.evaluation.class_rows import (
    MAX_SAMPLES,
    MIN_SAMPLES,
    ClassRows,
    collect_rows,
    labels_of,
    measure_closeness,
    select_holdout,
    thin_out,
)


def small(seed=0, n=(60, 30)):
    y = np.repeat([0, 1], n)
    return np.random.default_rng(seed).normal(size=(len(y), 2)) + 3 * y[:, None], y


@pytest.fixture(scope="module")
def two():
    """Return a sampler with generators of two classes, and what it was fitted on."""
    y = np.repeat(["a", "b", "c"], [40, 12, 9])
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    sampler = quick()
    sampler.fit_resample(X, y)
    return sampler, X, y


def test__collect__one_generator__its_rows_and_the_others(mixed, fitted):
    X, y = mixed
    before = deep(X)
    rows = collect_rows(fitted, X, y, random_state=0)
    assert rows.label == 1
    pd.testing.assert_frame_equal(rows.real, X[y == 1])
    pd.testing.assert_frame_equal(rows.others, X[y == 0])
    assert len(rows.synthetic) == MIN_SAMPLES
    assert rows.synthetic.dtypes.equals(X.dtypes)
    assert rows.history is fitted.history_[1]
    pd.testing.assert_frame_equal(X, before)


def test__collect__same_seed__same_rows(mixed, fitted):
    first, second, other = (
        collect_rows(fitted, *mixed, random_state=seed).synthetic for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)


@pytest.mark.parametrize(("n", "expected"), [(30, 200), (250, 250), (2600, 2000)])
def test__collect__classes_of_all_sizes__as_many_within_bounds(n, expected):
    assert (MIN_SAMPLES, MAX_SAMPLES) == (200, 2000)
    X, y = small(n=(n + 1, n))
    sampler = quick(rejection_estimator=None)
    sampler.fit_resample(X, y)
    assert len(collect_rows(sampler, X, y).synthetic) == expected
    assert len(collect_rows(sampler, X, y, n_samples=7).synthetic) == 7


@pytest.mark.parametrize("table", [polars_frame, sparse_matrix])
def test__collect__other_containers__frames(table):
    X, y = table(), np.repeat([0, 1], [60, 30])
    sampler = quick()
    sampler.fit_resample(X, y)
    rows = collect_rows(sampler, X, y)
    assert len(rows.real) == 30
    assert rows.synthetic.columns.equals(rows.real.columns)


def test__collect__one_vs_rest_target__its_class():
    X, y = small()
    indicators = np.stack([y == 0, y == 1], axis=1).astype(int)
    sampler = quick()
    sampler.fit_resample(X, indicators)
    rows = collect_rows(sampler, X, indicators)
    np.testing.assert_array_equal(rows.real, X[y == 1])


def test__collect__several_generators__asks_which(two):
    sampler, X, y = two
    with pytest.raises(ValueError, match=r"set label to one of \['b', 'c'\]"):
        collect_rows(sampler, X, y)
    assert len(collect_rows(sampler, X, y, label="c").real) == 9


def test__collect__label_without_generator__says_which_have_one(two):
    with pytest.raises(ValueError, match=r"label='a' has no generator.*\['b', 'c'\]"):
        collect_rows(*two, label="a")


def test__collect__nothing_generated__says_why():
    X, y = small()
    sampler = quick(sampling_strategy={1: 30})
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="no class lacked any"):
        collect_rows(sampler, X, y)


def test__labels__not_fitted__not_fitted_error():
    with pytest.raises(NotFittedError):
        labels_of(GANOverSampler())


def test__collect__other_tables__says_what_is_wrong(mixed, fitted):
    X, y = mixed
    with pytest.raises(ValueError, match="feature names"):
        collect_rows(fitted, X.rename(columns={"int": "integer"}), y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        collect_rows(fitted, X, y[:-1])
    with pytest.raises(ValueError, match="y has no row of class 1"):
        collect_rows(fitted, X, np.zeros_like(y))


def test__holdout__given__rows_of_the_class(mixed, fitted):
    X, y = mixed_frame(seed=1)
    pd.testing.assert_frame_equal(select_holdout(fitted, X, y, 1), X[y == 1])
    assert select_holdout(fitted, None, None, 1) is None


def test__holdout__half_of_it__names_the_other_half(mixed, fitted):
    X, y = mixed
    with pytest.raises(ValueError, match="y_holdout is missing"):
        select_holdout(fitted, X, None, 1)
    with pytest.raises(ValueError, match="X_holdout is missing"):
        select_holdout(fitted, None, y, 1)
    with pytest.raises(ValueError, match="y_holdout has no row of class 1"):
        select_holdout(fitted, X, np.zeros_like(y), 1)


def test__thin_out__more_rows__as_many_in_their_order():
    frame = pd.DataFrame({"x": range(100)})
    thinned = thin_out(frame, 10, np.random.RandomState(0))["x"].tolist()
    assert len(thinned) == 10
    assert thinned == sorted(set(thinned))
    assert thin_out(frame, 100, np.random.RandomState(0)) is frame


def line(*places):
    return pd.DataFrame({"x": [float(place) for place in places]})


def closeness_of(real, synthetic, holdout=None):
    rows = ClassRows("a", line(*real), line(*synthetic), line(), [], None)
    return measure_closeness(rows, None if holdout is None else line(*holdout))


def test__closeness__held_out_rows__two_closest_training_rows():
    closeness = closeness_of([0, 1, 3], [1, 2], [5, 0, 3])
    np.testing.assert_allclose(
        closeness.real[:, 1] / closeness.real[0, 1], [1, 0.25, 0.5]
    )
    assert closeness.real[:, 0].tolist()[1:] == [0, 0]
    assert closeness.synthetic[0, 0] == 0
    assert closeness.unseen


def test__closeness__no_holdout__training_rows_among_themselves():
    closeness = closeness_of([0, 1, 3, 3], [3])
    ratios = closeness.real / closeness.real[0, 0]
    np.testing.assert_allclose(ratios, [[1, 3], [1, 2], [0, 2], [0, 2]])
    assert not closeness.unseen


def test__closeness__one_training_row__no_other_within_reach():
    closeness = closeness_of([2], [2, 3])
    assert np.isinf(closeness.real).all()
    assert np.isinf(closeness.synthetic[:, 1]).all()
    assert np.isfinite(closeness.synthetic[:, 0]).all()
