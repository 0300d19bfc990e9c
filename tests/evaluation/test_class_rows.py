import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError
from tables import deep, mixed_frame, polars_frame, quick, sparse_matrix

from gansampler import GANOverSampler
from gansampler.evaluation.class_rows import (
    MAX_SAMPLES,
    MIN_SAMPLES,
    collect_rows,
    generated_labels,
    select_holdout,
)


def collect(sampler, X, y, label=None, n_samples=None, random_state=None):
    return collect_rows(sampler, X, y, label, n_samples, random_state)


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
    rows = collect(fitted, X, y, random_state=0)
    assert rows.label == 1
    pd.testing.assert_frame_equal(rows.real, X[y == 1])
    pd.testing.assert_frame_equal(rows.others, X[y == 0])
    assert len(rows.synthetic) == MIN_SAMPLES
    assert rows.synthetic.dtypes.equals(X.dtypes)
    assert rows.history is fitted.history_[1]
    pd.testing.assert_frame_equal(X, before)


def test__collect__same_seed__same_rows(mixed, fitted):
    first, second, other = (
        collect(fitted, *mixed, random_state=seed).synthetic for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)


@pytest.mark.parametrize(("n", "expected"), [(30, 200), (250, 250), (2600, 2000)])
def test__collect__classes_of_all_sizes__as_many_within_bounds(n, expected):
    assert (MIN_SAMPLES, MAX_SAMPLES) == (200, 2000)
    X, y = small(n=(n + 1, n))
    sampler = quick(rejection_estimator=None)
    sampler.fit_resample(X, y)
    assert len(collect(sampler, X, y).synthetic) == expected
    assert len(collect(sampler, X, y, n_samples=7).synthetic) == 7


@pytest.mark.parametrize("table", [polars_frame, sparse_matrix])
def test__collect__other_containers__frames(table):
    X, y = table(), np.repeat([0, 1], [60, 30])
    sampler = quick()
    sampler.fit_resample(X, y)
    rows = collect(sampler, X, y)
    assert len(rows.real) == 30
    assert rows.synthetic.columns.equals(rows.real.columns)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csc_array])
def test__collect__indicators__rows_of_the_class(container):
    X, y = small()
    indicators = container(np.stack([y == 0, y == 1], axis=1).astype(int))
    sampler = quick()
    sampler.fit_resample(X, indicators)
    rows = collect(sampler, X, indicators)
    np.testing.assert_array_equal(rows.real, X[y == 1])


def test__collect__indicators_without_a_class__refused():
    X, y = small()
    indicators = np.stack([y == 0, y == 1], axis=1).astype(int)
    sampler = quick()
    sampler.fit_resample(X, indicators)
    indicators[[3, 70]] = 0
    with pytest.raises(ValueError, match=r"2 rows of y belong to no class .* row 3\)"):
        collect(sampler, X, indicators)
    with pytest.raises(ValueError, match="Row 5 of y belongs to several classes"):
        select_holdout(
            sampler, X, np.where(np.arange(90)[:, np.newaxis] == 5, 1, indicators), 1
        )


def test__collect__several_generators__asks_which(two):
    sampler, X, y = two
    with pytest.raises(ValueError, match=r"Set label to one of \['b', 'c'\]"):
        collect(sampler, X, y)
    assert len(collect(sampler, X, y, label="c").real) == 9


def test__collect__label_without_generator__says_which_have_one(two):
    with pytest.raises(ValueError, match=r"label='a' has no generator.*\['b', 'c'\]"):
        collect(*two, label="a")


def test__collect__nothing_generated__says_why():
    X, y = small()
    sampler = quick(sampling_strategy={1: 30})
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="no class lacked any"):
        collect(sampler, X, y)


def test__labels__not_fitted__not_fitted_error():
    with pytest.raises(NotFittedError, match="Call fit_resample first"):
        generated_labels(GANOverSampler())


def test__collect__other_tables__says_what_is_wrong(mixed, fitted):
    X, y = mixed
    with pytest.raises(ValueError, match="feature names"):
        collect(fitted, X.rename(columns={"int": "integer"}), y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        collect(fitted, X, y[:-1])
    with pytest.raises(ValueError, match="y has no row of class 1"):
        collect(fitted, X, np.zeros_like(y))


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
