"""`GANOverSampler` with differential privacy, as a user meets it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from tables import assert_same, quick

BOUNDS = {"number": (-6, 6), "count": (0, 99)}
PRIVATE = {
    "privacy": "dp",
    "objective": "non_saturating",
    "penalty": "none",
    "rejection_estimator": None,
    "delta": 1e-3,
    "column_bounds": BOUNDS,
}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    letters = pd.CategoricalDtype(["a", "b", "never"])
    X = pd.DataFrame(
        {
            "number": rng.normal(size=300),
            "count": rng.integers(0, 9, 300),
            "letter": pd.Series(rng.choice(["a", "b"], 300)).astype(letters),
        }
    )
    return X, np.repeat([0, 1], [200, 100])


def test__fit_resample__private__rows_in_bounds_and_what_was_spent(table):
    X, y = table
    sampler = quick(**PRIVATE, epsilon=2.0)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_same(X_res.iloc[:300], X)
    assert np.bincount(y_res).tolist() == [200, 200]
    new = X_res.iloc[300:]
    for name, (low, high) in BOUNDS.items():
        assert new[name].between(low, high).all()
    history = sampler.history_[1]
    assert sampler.generators_[1].history == history
    assert 1.9 < history.epsilon <= 2.0
    assert history.delta == 1e-3
    assert history.critic_loss == []
    assert sampler.copies_ == {}


def test__random_state__private__a_number_repeats_and_none_does_not(table):
    first, again = (quick(**PRIVATE).fit_resample(*table)[0] for _ in range(2))
    assert_same(first, again)
    np.random.seed(0)  # noqa: NPY002 -- what None draws from otherwise
    secret = quick(**PRIVATE, random_state=None).fit_resample(*table)[0]
    np.random.seed(0)  # noqa: NPY002
    other = quick(**PRIVATE, random_state=None).fit_resample(*table)[0]
    assert not secret.equals(other)


def test__generator__private__holds_no_number_of_the_rows():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"number": rng.normal(size=300)})
    sampler = quick(**(PRIVATE | {"column_bounds": {"number": (-6, 6)}}))
    sampler.fit_resample(X, np.repeat([0, 1], [200, 100]))
    given_away = pickle.dumps(sampler.generators_[1])
    for number in X["number"]:
        assert np.float64(number).tobytes() not in given_away
        assert np.float32(number / 6).tobytes() not in given_away


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rejection_estimator": "auto"}, "rejection_estimator=None"),
        ({"augmentation": "mix"}, "augmentation=None"),
        ({"objective": "relativistic"}, "set objective='non_saturating'"),
        ({"column_bounds": None}, "'number'"),
        ({"delta": 0.5}, "delta=0.5 is no protection for a class of 100 rows"),
        ({"epsilon": 0.0}, "epsilon"),
        ({"privacy": "secret"}, "privacy"),
    ],
    ids=str,
)
def test__fit_resample__not_private__error_before_training(table, change, message):
    with pytest.raises(ValueError, match=message):
        quick(**(PRIVATE | change)).fit_resample(*table)


def test__fit_resample__tiny_private_class__error_instead_of_a_bootstrap(table):
    X, y = table
    rows = np.r_[0:50, 298:300]
    with pytest.raises(ValueError, match=r"Class 1 has 2 rows.*sampling_strategy"):
        quick(**PRIVATE).fit_resample(X.iloc[rows], y[rows])
