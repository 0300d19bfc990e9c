"""`PrivateTabularGAN`, on its own and in a sampler, as a user meets it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier
from tables import assert_same, deep, global_states, quick, quick_gan

from gansampler.gan import PrivateTabularGAN, TabularGAN
from gansampler.gan.history import History

pytest.importorskip("opacus")

BOUNDS = {"number": (-6, 6), "count": (0, 99)}
CATEGORIES = {"letter": ["a", "b", "never"]}
ALONE = {"delta": 1e-3, "column_bounds": BOUNDS, "column_categories": CATEGORIES}
PRIVATE = ALONE | {"rejection_estimator": "auto"}


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
        best_iteration=5,
        n_iter=5,
        epsilon=gan.history_.epsilon,
        delta=1e-3,
        total_epsilon=gan.history_.epsilon,
        total_delta=1e-3,
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
    (
        {"epsilon": 1e-6, "delta": 1e-9},
        "No amount of noise is enough for epsilon=1e-06",
    ),
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
        ({"delta": 0.5}, "delta=0.5 does not protect a class of 100 rows"),
    ],
    ids=str,
)
def test__fit_resample__not_private__error_before_training(
    table, change, message, no_private_training
):
    with pytest.raises(ValueError, match=message):
        quick(PrivateTabularGAN, **(PRIVATE | change)).fit_resample(*table)


@pytest.mark.parametrize(
    ("change", "message"), [*WRONG, ({"delta": 0.5}, "delta=0.5 does not protect")]
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
        (pd.Series(["a", "b", "b"] * 100).astype("category"), "'letter'"),
        (pd.Series(pd.date_range("2020-01-01", periods=300)), "'letter'"),
        (pd.Series(["a", None, "b"] * 100), "'letter'"),
    ],
    ids=["undeclared category", "categories of the rows", "dates", "missing values"],
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


SECRET = "rare disease of one patient"


@pytest.mark.parametrize("kind", ["str", "object", "category", "missing"])
def test__fit__value_of_one_person__not_in_the_message(
    table, kind, no_private_training
):
    letters = table[0]["letter"].astype(object)
    letters[250] = None if kind == "missing" else SECRET
    X = table[0].assign(
        letter=letters if kind in ("object", "missing") else letters.astype(kind)
    )
    with pytest.raises(ValueError, match="letter") as raised:
        quick_gan(PrivateTabularGAN, **ALONE).fit(X)
    message = str(raised.value)
    assert SECRET not in message
    assert "250" not in message
    assert "1 " not in message  # nor how many


@pytest.mark.parametrize("dtype", ["Categorical", "Enum"])
def test__fit__polars_categories__only_declared_ones(table, dtype):
    polars = pytest.importorskip("polars")
    letters = table[0]["letter"].astype(str).tolist()
    frame = polars.from_pandas(table[0][["number", "count"]])
    declared = polars.Enum(CATEGORIES["letter"])
    kind = declared if dtype == "Enum" else polars.Categorical
    frame = frame.with_columns(letter=polars.Series(letters, dtype=kind))
    gan = quick_gan(PrivateTabularGAN, **ALONE)
    if dtype == "Categorical":  # of which polars knows only those in the rows
        with pytest.raises(ValueError, match=r"'letter'.*Enum"):
            gan.fit(frame)
        return
    rows = gan.fit(frame).sample(200, random_state=0)
    assert rows.schema == frame.schema
    assert set(rows["letter"]) <= set(CATEGORIES["letter"])


def test__fit_resample__declared_texts__file_and_rows_hold_no_others(table, tmp_path):
    X, y = table
    X = X.assign(letter=X["letter"].astype(object))
    sampler = quick(PrivateTabularGAN, **PRIVATE)
    sampler.fit_resample(X, y)
    rows = sampler.generators_[1].sample(2_000, random_state=0)
    assert set(rows["letter"]) <= set(CATEGORIES["letter"])
    pytest.importorskip("safetensors")
    sampler.save(tmp_path / "file")
    assert b"never" in (tmp_path / "file").read_bytes()
    assert sampler.schema_ == sampler.generators_[1].gan.schema_


@pytest.mark.parametrize("label", [0, 1])
def test__fit_resample__infinite_number__cut_to_its_bound(table, label):
    X, y = table[0].copy(), table[1]
    X.loc[int(np.flatnonzero(y == label)[0]), "number"] = np.inf
    X_res, _ = quick(PrivateTabularGAN, **PRIVATE).fit_resample(X, y)
    assert_same(X_res.iloc[:300], X)
    assert_declared(X_res.iloc[300:], X)


@pytest.mark.parametrize("largest", [5, 98], ids=["all meet it", "one breaks it"])
def test__fit_resample__constraint_of_a_private_class__no_word_of_real_rows(
    table, largest
):
    X, y = table[0].copy(), table[1]
    X.loc[250, "count"] = largest
    sampler = quick(PrivateTabularGAN, **PRIVATE, constraints="count < 90")
    X_res, _ = sampler.fit_resample(X, y)
    assert (X_res["count"].iloc[300:] < 90).all()


@pytest.mark.parametrize(
    ("constraint", "message"),
    [("age > 0", "age"), ("count > 'x'", "can't be evaluated")],
)
def test__fit_resample__constraint_that_the_declaration_rules_out__before_training(
    table, constraint, message, no_private_training
):
    sampler = quick(PrivateTabularGAN, **PRIVATE, constraints=constraint)
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(*table)


def test__history__classes_and_refits__classes_in_parallel_and_refits_add_up(table):
    X, _ = table
    y = np.repeat(["a", "b", "c"], [150, 90, 60])
    sampler = quick(PrivateTabularGAN, **PRIVATE, epsilon=2.0)
    sampler.fit_resample(X, y)
    first = sampler.history_
    most = max(history.epsilon for history in first.values())
    assert {h.total_epsilon for h in first.values()} == {most}
    assert {h.total_delta for h in first.values()} == {1e-3}
    sampler.fit_resample(X, y)
    assert {h.total_epsilon for h in sampler.history_.values()} == {2 * most}
    assert {h.total_delta for h in sampler.history_.values()} == {2e-3}
    again = clone(sampler)
    again.fit_resample(X, y)
    assert {h.total_epsilon for h in again.history_.values()} == {most}


def test__history__generator_fitted_twice__adds_up_also_after_loading(table, tmp_path):
    pytest.importorskip("safetensors")
    X, _ = table
    gan = quick_gan(PrivateTabularGAN, **ALONE, epsilon=2.0).fit(X)
    once = gan.history_.total_epsilon
    assert once == gan.history_.epsilon
    gan.save(tmp_path / "file")
    loaded = PrivateTabularGAN.load(tmp_path / "file")
    assert loaded.history_ == gan.history_
    loaded.fit(X)
    assert loaded.history_.total_epsilon == 2 * once
    assert loaded.history_.epsilon == once


def test__history__fit_in_between__still_adds_up(table):
    sampler = quick(PrivateTabularGAN, **PRIVATE, epsilon=2.0)
    sampler.fit_resample(*table)
    once = sampler.history_[1].total_epsilon
    sampler.fit(*table)
    assert not hasattr(sampler, "history_")
    sampler.fit(*table)
    sampler.fit_resample(*table)
    assert sampler.history_[1].total_epsilon == 2 * once


def test__history__open_generator_in_between__still_adds_up(table):
    sampler = quick(PrivateTabularGAN, **PRIVATE, epsilon=2.0)
    sampler.fit_resample(*table)
    once, private = sampler.history_[1].total_epsilon, sampler.gan
    sampler.set_params(gan=TabularGAN(max_iter=3)).fit_resample(*table)
    assert sampler.history_[1].epsilon is None
    assert sampler.history_[1].total_epsilon == once
    sampler.set_params(gan=private).fit_resample(*table)
    assert sampler.history_[1].total_epsilon == 2 * once


def test__history__nothing_to_generate_in_between__still_adds_up(table):
    X, y = table
    sampler = quick(PrivateTabularGAN, **PRIVATE, epsilon=2.0)
    sampler.fit_resample(X, y)
    once = sampler.history_[1].total_epsilon
    sampler.fit_resample(X, np.repeat([0, 1], 150))
    assert sampler.history_ == {}
    sampler.fit_resample(X, y)
    assert sampler.history_[1].total_epsilon == 2 * once


TEXTS = np.repeat(["a", "cccc"], 150).reshape(-1, 1)


@pytest.mark.parametrize("make", ["sampler", "generator"])
def test__fit__text_longer_than_those_of_the_array__named_before_training(
    make, no_private_training
):
    declared = {0: ["a", "cccc", "a long one"]}
    message = (
        "declares 'a long one' for column 0.*<U4, .*Convert the column first.*astype"
    )
    params = {"column_categories": declared}
    gan = quick_gan(PrivateTabularGAN, **params)
    sampler = quick(PrivateTabularGAN, **params, rejection_estimator="auto")
    y = np.repeat([0, 1], [200, 100])
    fit = {
        "generator": lambda: gan.fit(TEXTS),
        "sampler": lambda: sampler.fit_resample(TEXTS, y),
    }
    with pytest.raises(ValueError, match=message):
        fit[make]()


def test__fit__text_longer_than_others__comes_out_where_the_array_holds_it():
    declared = {0: ["a", "cccc", "a long one"]}
    for X in (TEXTS.astype(object), TEXTS.astype("<U10")):
        gan = quick_gan(PrivateTabularGAN, column_categories=declared).fit(X)
        rows = gan.sample(500, random_state=0)
        assert rows.dtype == X.dtype
        assert set(np.unique(rows)) == set(declared[0])


def test__fit__polars_date__no_time_of_day_declared(no_private_training):
    polars = pytest.importorskip("polars")
    days = polars.Series([0, 1] * 150).cast(polars.Date)
    noon = [pd.Timestamp(1970, 1, 1 + k // 2, 12 * (k % 2)) for k in (0, 2, 3)]
    with pytest.raises(ValueError, match=r"declares .*12:00.* for column 'day'.*Date"):
        quick_gan(PrivateTabularGAN, column_categories={"day": noon}).fit(
            polars.DataFrame({"day": days})
        )
