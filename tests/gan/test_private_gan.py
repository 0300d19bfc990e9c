"""`PrivateTabularGAN`, on its own and in a sampler, as a user meets it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier
from tables import assert_same, deep, global_states, quick, quick_gan

from gansampler.gan import PrivateTabularGAN
from gansampler.gan.history import History

pytest.importorskip("opacus")

BOUNDS = {"number": (-6, 6), "count": (0, 99)}
PRIVATE = {"delta": 1e-3, "column_bounds": BOUNDS, "rejection_estimator": "auto"}
ALONE = {"delta": 1e-3, "column_bounds": BOUNDS}


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


def assert_declared(rows, like):
    """Check that rows have the columns of a table, within what was declared."""
    assert_same(rows.dtypes, like.dtypes)
    for name, (low, high) in BOUNDS.items():
        assert rows[name].between(low, high).all()
    assert rows["letter"].notna().all()


def test__fit_resample__private__rows_in_bounds_and_what_was_spent(table):
    X, y = table
    sampler = quick(PrivateTabularGAN, **PRIVATE, epsilon=2.0)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_same(X_res.iloc[:300], X)
    assert np.bincount(y_res).tolist() == [200, 200]
    assert_declared(X_res.iloc[300:], X)
    history = sampler.history_[1]
    assert sampler.generators_[1].history == history
    assert 1.9 < history.epsilon <= 2.0
    assert history.delta == 1e-3
    assert history.critic_loss == []
    assert sampler.copies_ == {}


@pytest.mark.parametrize("params", [{}, {"n_candidates": 1}], ids=str)
def test__fit_resample__private__nothing_chooses_among_the_rows(table, params):
    params = PRIVATE | params
    sampler = quick(PrivateTabularGAN, **params)
    sampler.fit_resample(*table)
    assert sampler.generators_[1].rejection is None


def test__fit__seed_of_the_sampler_or_of_numpy__another_training_each_time(table):
    X, y = table
    rows = []
    for _ in range(2):
        np.random.seed(0)  # noqa: NPY002 -- what else could seed it
        sampler = quick(PrivateTabularGAN, **PRIVATE, random_state=0)
        sampler.fit_resample(X, y)
        rows.append(sampler.generators_[1].sample(50, random_state=0))
        np.random.seed(0)  # noqa: NPY002
        gan = quick_gan(PrivateTabularGAN, **ALONE).fit(X)
        rows.append(gan.sample(50, random_state=0))
        assert_same(gan.sample(50, random_state=0), rows[-1])
        assert_same(sampler.generators_[1].sample(50, random_state=0), rows[-2])
    assert not rows[0].equals(rows[2])
    assert not rows[1].equals(rows[3])


def test__sample__its_random_state__decides_which_rows(table):
    gan = quick_gan(PrivateTabularGAN, **ALONE).fit(table[0])
    first = gan.sample(50, random_state=0)
    assert_same(gan.sample(50, random_state=0), first)
    assert not gan.sample(50, random_state=1).equals(first)


def test__fit__alone__declared_rows_and_what_was_spent(table):
    X, _ = table
    before, states = deep(X), global_states()
    gan = quick_gan(PrivateTabularGAN, **ALONE, epsilon=2.0).fit(X)
    rows = gan.sample(400, random_state=0)
    assert global_states() == states
    assert_same(X, before)
    assert rows.shape == (400, 3)
    assert_declared(rows, X)
    assert list(gan.feature_names_in_) == list(X.columns)
    assert gan.history_ == History(
        best_iteration=5, n_iter=5, epsilon=gan.history_.epsilon, delta=1e-3
    )
    assert 1.9 < gan.history_.epsilon <= 2.0
    copy = pickle.loads(pickle.dumps(gan))
    assert_same(copy.sample(400, random_state=0), rows)


def test__save__loaded__same_rows_and_what_was_spent(table, tmp_path):
    gan = quick_gan(PrivateTabularGAN, **ALONE).fit(table[0])
    gan.save(tmp_path / "gan.safetensors")
    loaded = PrivateTabularGAN.load(tmp_path / "gan.safetensors")
    assert type(loaded) is PrivateTabularGAN
    assert loaded.history_ == gan.history_
    assert loaded.schema_ == gan.schema_
    assert_same(loaded.sample(20, random_state=0), gan.sample(20, random_state=0))


def test__fit__array__bounds_by_position():
    X = np.random.default_rng(0).uniform(0, 10, (200, 2)).astype("float32")
    bounds = {0: (0, 10), 1: (-1, 20)}
    gan = quick_gan(PrivateTabularGAN, column_bounds=bounds).fit(X)
    rows = gan.sample(300, random_state=0)
    assert rows.dtype == np.float32
    for column, (low, high) in zip(rows.T, bounds.values(), strict=True):
        assert low <= column.min()
        assert column.max() <= high


def test__fit__steps_and_decimals_of_the_rows__are_not_learned():
    X = pd.DataFrame({"even": np.arange(0, 200, 2), "one_decimal": np.arange(100) / 10})
    gan = quick_gan(
        PrivateTabularGAN, column_bounds={"even": (0, 200), "one_decimal": (0, 10)}
    ).fit(X)
    rows = gan.sample(300, random_state=0)
    assert (rows["even"] % 2 == 1).any()
    assert (rows["one_decimal"].round(1) != rows["one_decimal"]).any()
    other = X.assign(even=np.arange(100), one_decimal=np.arange(100) / 100)
    assert (
        gan.schema_
        == quick_gan(PrivateTabularGAN, column_bounds=gan.column_bounds)
        .fit(other)
        .schema_
    )


@pytest.mark.parametrize("make", ["sampler", "generator"])
def test__pickle__private__holds_no_number_of_the_rows(make):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"number": rng.normal(size=300)})
    params = {"delta": 1e-3, "column_bounds": {"number": (-6, 6)}}
    if make == "sampler":
        sampler = quick(PrivateTabularGAN, **params, rejection_estimator=None)
        sampler.fit_resample(X, np.repeat([0, 1], [200, 100]))
        given_away = pickle.dumps(sampler.generators_[1])
    else:
        given_away = pickle.dumps(quick_gan(PrivateTabularGAN, **params).fit(X))
    for number in X["number"]:
        assert np.float64(number).tobytes() not in given_away
        assert np.float32(number / 6).tobytes() not in given_away


WRONG = [
    ({"objective": "relativistic"}, "objective"),
    ({"penalty": "r1"}, "penalty"),
    ({"column_bounds": None}, "'number'"),
    ({"column_bounds": {"number": (-6, 6)}}, "'count'"),
    ({"column_bounds": BOUNDS | {"age": (0, 1)}}, "'age'"),
    ({"epsilon": 0.0}, "epsilon"),
    ({"epsilon": 1e-6, "delta": 1e-9}, "No noise is enough for epsilon=1e-06"),
]


@pytest.fixture
def no_private_training(monkeypatch):
    """Fail a test that gets as far as a training."""
    module = pytest.importorskip("gansampler.gan.private_training")

    def refuse(*args, **kwargs):
        pytest.fail("a training was started")

    monkeypatch.setattr(module, "train_private", refuse)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *WRONG,
        ({"rejection_estimator": DecisionTreeClassifier()}, "rejection_estimator=None"),
        ({"augmentation": "mix"}, "augmentation=None"),
        ({"delta": 0.5}, "delta=0.5 is no protection for a class of 100 rows"),
    ],
    ids=str,
)
def test__fit_resample__not_private__error_before_training(
    table, change, message, no_private_training
):
    with pytest.raises(ValueError, match=message):
        quick(PrivateTabularGAN, **(PRIVATE | change)).fit_resample(*table)


@pytest.mark.parametrize(
    ("change", "message"), [*WRONG, ({"delta": 0.5}, "delta=0.5 is no protection")]
)
def test__fit__not_private__error_before_training(
    table, change, message, no_private_training
):
    gan = quick_gan(PrivateTabularGAN, **(ALONE | change))
    with pytest.raises(ValueError, match=message):
        gan.fit(table[0])
    assert not hasattr(gan, "history_")


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (pd.Series(["a", "b", "c"] * 100), "'letter'"),
        (pd.Series(pd.date_range("2020-01-01", periods=300)), "'letter'"),
        (pd.Series([1.0, np.nan, 3.0] * 100).astype("category"), "'letter'"),
    ],
    ids=["undeclared categories", "dates", "missing values"],
)
def test__fit__column_that_would_tell_of_its_rows__named(
    table, column, name, no_private_training
):
    X = table[0].assign(letter=column)
    with pytest.raises(ValueError, match=name):
        quick_gan(PrivateTabularGAN, **ALONE).fit(X)


def test__fit_resample__tiny_private_class__error_instead_of_a_bootstrap(table):
    X, y = table
    rows = np.r_[0:50, 298:300]
    with pytest.raises(ValueError, match=r"Class 1 has 2 rows.*sampling_strategy"):
        quick(PrivateTabularGAN, **PRIVATE).fit_resample(X.iloc[rows], y[rows])


def test__fit__two_rows__refused(table):
    with pytest.raises(ValueError, match="PrivateTabularGAN"):
        quick_gan(PrivateTabularGAN, **ALONE).fit(table[0].iloc[:2])


def test__fit__breaks_down__error_and_left_as_it_was(table):
    X, _ = table
    gan = quick_gan(PrivateTabularGAN, **ALONE).fit(X)
    before = gan.sample(20, random_state=0)
    gan.set_params(learning_rate=1e30)
    with pytest.raises(RuntimeError, match="smaller learning_rate"):
        gan.fit(X)
    assert_same(gan.sample(20, random_state=0), before)


def test__fit_resample__breaks_down__error_instead_of_a_bootstrap(table):
    sampler = quick(PrivateTabularGAN, **PRIVATE, learning_rate=1e30)
    with pytest.raises(RuntimeError, match="smoothed bootstrap would repeat real rows"):
        sampler.fit_resample(*table)
    assert not hasattr(sampler, "generators_")
