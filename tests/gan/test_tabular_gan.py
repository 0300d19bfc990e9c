"""`TabularGAN` on its own: any table, more rows like it."""

import functools
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
    parametrize_with_checks,
)
from strategies import frames, matrices
from tables import (
    arrow_frame,
    as_frame,
    assert_legal,
    assert_same,
    deep,
    global_states,
    mixed_frame,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    quick_gan,
    sparse_matrix,
)

import gansampler.gan.sampling
from gansampler import TabularGAN
from gansampler.gan.class_training import ClassTraining
from gansampler.gan.history import CHECK_EVERY

TINY = TabularGAN(
    max_iter=5, batch_size=16, generator_layers=(8,), critic_layers=(8,), latent_dim=4
)


@parametrize_with_checks([TINY])
def test__sklearn_suite__passes(estimator, check):
    check(estimator)


def test__parameter_validation__names_parameter():
    check_param_validation("TabularGAN", TINY)


def test__column_names__consistent():
    check_dataframe_column_names_consistency("TabularGAN", TINY)


def numbers(dtype=np.float64, missing=False):
    """Make an array of two normal columns and one of few values."""
    rng = np.random.default_rng(0)
    X = np.column_stack([20 * rng.normal(size=(60, 2)), rng.integers(0, 4, 60)])
    if missing:
        X[rng.random(X.shape) < 0.2] = np.nan
    return X.astype(dtype)


TABLES = {
    "every dtype of pandas": lambda: mixed_frame()[0],
    "pandas on Arrow": arrow_frame,
    "pandas, sparse": pandas_sparse,
    "polars": polars_frame,
    "float64": numbers,
    "float32 with NaN": lambda: numbers(np.float32, missing=True),
    "float64 with NaN": lambda: numbers(missing=True),
    "big-endian": lambda: numbers(">f8"),
    "int64": lambda: numbers(np.int64),
    "int8": lambda: numbers(np.int8),
    "bool": lambda: numbers(bool),
    "objects": lambda: np.array(mixed_rows(), dtype=object),
    "list": mixed_rows,
    "list of numbers": lambda: numbers().tolist(),
    "csr": sparse_matrix,
    "csr float32": lambda: sparse_matrix(np.float32),
    "csc": lambda: sparse_matrix().tocsc(),
    "csr array": lambda: sparse.csr_array(sparse_matrix()),
    "one column": lambda: numbers()[:, :1],
}


def assert_like(rows, X, n):
    """Check that rows are kept as `X` is, and show nothing that it does not."""
    assert rows.shape == (n, len(X[0]) if isinstance(X, list) else X.shape[1])
    if isinstance(X, list):
        assert isinstance(rows, np.ndarray)
    else:
        assert type(rows) is type(X)
    if isinstance(X, pd.DataFrame):
        assert_same(rows.dtypes, X.dtypes)
        assert rows.index.equals(pd.RangeIndex(n))
    elif isinstance(X, pl.DataFrame):
        assert rows.schema == X.schema
    elif not isinstance(X, list):
        assert rows.dtype == X.dtype
    if sparse.issparse(X):
        assert rows.format == X.format
    assert_legal(rows, X)


def below(parts):
    """Put parts of a table below each other."""
    if isinstance(parts[0], pd.DataFrame):
        return pd.concat(parts, ignore_index=True)
    if isinstance(parts[0], pl.DataFrame):
        return pl.concat(parts)
    if sparse.issparse(parts[0]):
        return sparse.vstack(parts, format=parts[0].format)
    return np.concatenate(parts).astype(parts[0].dtype)


@pytest.mark.parametrize("name", TABLES)
def test__fit__any_table__legal_rows_in_the_same_container(name, two_threads):
    X = TABLES[name]()
    before, states = deep(X), global_states()
    gan = quick_gan(random_state=0)
    assert gan.fit(X) is gan
    rows = gan.sample(300, random_state=0)
    assert_same(X, before)
    assert global_states() == states
    assert torch.get_num_threads() == 2
    assert_like(rows, X, 300)
    assert_like(gan.sample(0, random_state=0), X, 0)
    n_features = rows.shape[1]
    assert gan.n_features_in_ == len(gan.schema_.columns) == n_features
    names = list(X.columns) if hasattr(X, "columns") else None
    assert list(getattr(gan, "feature_names_in_", [])) == (names or [])


@functools.cache
def fitted_on(name):
    """Fit a GAN on a table, once for all tests that only ask it for rows."""
    return quick_gan(random_state=0).fit(TABLES[name]())


@pytest.mark.parametrize("name", TABLES)
def test__random_state__any_table__decides_training_and_rows(name):
    X = TABLES[name]()
    gan = fitted_on(name)
    rows = gan.sample(50, random_state=1)
    assert_same(quick_gan(random_state=0).fit(X).sample(50, random_state=1), rows)
    assert_same(gan.sample(50, random_state=1), rows)
    other = gan.sample(50, random_state=2)
    trained_otherwise = quick_gan(random_state=1).fit(X).sample(50, random_state=1)
    for others in (other, trained_otherwise):
        assert not as_frame(others).equals(as_frame(rows))


@pytest.mark.parametrize("name", TABLES)
def test__sample_parts__any_table__below_each_other_what_sample_returns(
    name, monkeypatch
):
    gan = fitted_on(name)
    monkeypatch.setattr(gansampler.gan.sampling, "CHUNK_ROWS", 30)
    whole = gan.sample(100, random_state=0)
    parts = list(gan.sample_parts(100, random_state=0))
    assert [part.shape[0] for part in parts] == [30, 30, 30, 10]
    assert_same(below(parts), whole)
    assert [part.shape[0] for part in gan.sample_parts(0)] == [0]


@pytest.mark.parametrize("name", TABLES)
def test__pickle__any_table__draws_the_same(name):
    gan = fitted_on(name)
    copy = pickle.loads(pickle.dumps(gan))
    assert_same(copy.sample(20, random_state=0), gan.sample(20, random_state=0))
    assert copy.history_ == gan.history_
    assert copy.schema_ == gan.schema_


def test__random_state__none__numpys_global_one(some_columns):
    X, _ = some_columns
    rows = []
    for seed in (0, 0, 1):
        np.random.seed(seed)  # noqa: NPY002 -- what None draws from
        rows.append(quick_gan().fit(X).sample(50))
    assert_same(rows[0], rows[1])
    assert not rows[0].equals(rows[2])


def test__fit__missing_values__come_out_about_as_often(mixed):
    X, _ = mixed
    gan = quick_gan(max_iter=200, random_state=0).fit(X)
    rows = gan.sample(500, random_state=0)
    share = rows.isna().mean()
    pd.testing.assert_series_equal(share, X.isna().mean(), atol=0.15)
    assert ((share > 0) == X.isna().any()).all()


def test__fit__clusters__rows_near_them():
    rng = np.random.default_rng(0)
    side = rng.choice([-1, 1], 300)
    X = pd.DataFrame(
        {
            "x": 3 * side + rng.normal(0, 0.3, 300),
            "side": np.where(side > 0, "right", "left"),
        }
    )
    rows = TabularGAN(random_state=0).fit(X).sample(1000, random_state=0)
    agree = (rows["x"] > 0) == (rows["side"] == "right")
    assert agree.mean() > 0.95
    assert 0.3 < (rows["x"] > 0).mean() < 0.7
    assert (rows["x"].abs() > 1.5).mean() > 0.85  # a GAN leaves a bridge


def test__fit__again__as_a_fresh_one(some_columns):
    X, y = some_columns
    gan = quick_gan(random_state=0).fit(numbers()).fit(X[y == 1])
    fresh = quick_gan(random_state=0).fit(X[y == 1])
    assert_same(gan.sample(50, random_state=0), fresh.sample(50, random_state=0))
    assert gan.history_ == fresh.history_
    assert vars(gan).keys() == vars(fresh).keys()
    gan.fit(numbers())
    assert not hasattr(gan, "feature_names_in_")


def test__fit__constant_table__its_rows():
    X = pd.DataFrame({"number": [3] * 5, "word": ["a"] * 5, "nothing": [None] * 5})
    gan = quick_gan().fit(X)
    assert_same(gan.sample(5, random_state=0), X)
    assert gan.history_.n_iter == 0


@pytest.mark.parametrize("given", [["code"], [1], [False, True]], ids=str)
def test__categorical_features__numbers_that_are_codes__never_between(given):
    rng = np.random.default_rng(0)
    codes = rng.choice([1, 5, 900, *range(2000, 2030)], 90)
    X = pd.DataFrame({"x": rng.normal(size=90), "code": codes})
    gan = quick_gan(categorical_features=given, random_state=0).fit(X)
    assert gan.categorical_features_.tolist() == [1]
    assert set(gan.sample(300, random_state=0)["code"]) <= set(X["code"])
    assert quick_gan().fit(X).categorical_features_.tolist() == []


@settings(max_examples=25)
@given(st.integers(3, 14).flatmap(frames), st.integers(0, 30))
def test__fit__any_frame__legal_rows_in_its_dtypes(X, n):
    gan = quick_gan(max_iter=1, random_state=0).fit(X)
    assert_like(gan.sample(n, random_state=0), X, n)


@settings(max_examples=15)
@given(matrices().filter(lambda X: len(X) >= 3 and np.isfinite(X).all()))
def test__fit__any_array__legal_rows_in_its_dtype(X):
    gan = quick_gan(max_iter=1, random_state=0).fit(X)
    assert_like(gan.sample(9, random_state=0), X, 9)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, np.array, list])
@pytest.mark.parametrize("n", [1, 2])
def test__fit__too_few_rows__refused_by_name(n, kind, no_training):
    X = numbers()[:n]
    X = pl.DataFrame(X) if kind is pl.DataFrame else kind(X.tolist())
    with pytest.raises(ValueError, match=rf"{n} sample\(s\).* 3 .* by TabularGAN"):
        quick_gan().fit(X)


@pytest.mark.parametrize(
    ("params", "X", "message"),
    [
        ({"auxiliary_classifier": 0.5}, numbers(), "auxiliary_classifier.*Leave it"),
        ({"pac": 5}, numbers(), "batch_size=32 .* pac=5"),
        ({"categorical_features": ["age"]}, numbers(), "age"),
        ({}, numbers() + 1j, "Complex data not supported"),
        ({}, numbers()[0], "2D array"),
        ({}, np.zeros((5, 2, 2)), "array with dim 3"),
        ({}, pd.DataFrame(np.eye(3), columns=["a", "b", "a"]), "'a'"),
        ({}, np.full((5, 2), np.inf), "inf"),
        ({}, pl.DataFrame({"a": [1, 2, 3]}).lazy(), "collect"),
        ({}, pd.DataFrame({"a": [{}, {}, {}]}), "'a'"),
    ],
    ids=[
        "auxiliary classifier",
        "packs",
        "no such column",
        "complex",
        "one-dimensional",
        "three-dimensional",
        "name twice",
        "infinite",
        "lazy",
        "objects",
    ],
)
def test__fit__what_can_t_be_used__error_before_training(
    params, X, message, no_training
):
    gan = quick_gan(**params)
    with pytest.raises((ValueError, TypeError), match=message):
        gan.fit(X)
    assert not [name for name in vars(gan) if name.endswith("_")]


@pytest.mark.parametrize("n", [-1, 2.0, "3", True, None])
def test__sample__no_number_of_rows__error(n):
    gan = quick_gan().fit(numbers())
    for draw in (gan.sample, gan.sample_parts):
        with pytest.raises(ValueError, match="n must be a non-negative whole number"):
            draw(n)
    assert len(gan.sample(np.int64(3))) == 3


@pytest.mark.parametrize("seed", [-1, "seed", 1.5])
def test__sample__no_seed__error(seed):
    gan = quick_gan().fit(numbers())
    for draw in (gan.sample, gan.sample_parts):
        with pytest.raises(ValueError, match="random_state must be"):
            draw(3, random_state=seed)


def test__sample__not_fitted__says_so(tmp_path):
    for use in ("sample", "sample_parts", "save"):
        argument = tmp_path / "file" if use == "save" else 3
        with pytest.raises(NotFittedError, match="TabularGAN"):
            getattr(quick_gan(), use)(argument)


def interrupt(look):
    raise KeyboardInterrupt


FAULTS = {
    "breaks down": ({"learning_rate": 1e30}, RuntimeError, "smaller learning_rate"),
    "interrupted": ({"callback": interrupt}, KeyboardInterrupt, None),
    "wrong parameter": ({"max_iter": 0}, ValueError, "max_iter"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test__fit__fails__estimator_left_as_it_was(fault, some_columns):
    params, error, message = FAULTS[fault]
    fresh = quick_gan(**params)
    with pytest.raises(error, match=message):
        fresh.fit(numbers())
    assert not [name for name in vars(fresh) if name.endswith("_")]
    with pytest.raises(NotFittedError):
        fresh.sample(3)

    gan = quick_gan(random_state=0).fit(some_columns[0])
    before, attributes = gan.sample(20, random_state=0), set(vars(gan))
    with pytest.raises(error, match=message):
        gan.set_params(**params).fit(numbers())
    assert set(vars(gan)) == attributes
    assert_same(gan.sample(20, random_state=0), before)


def test__fit__breaks_down_late__best_generator_and_a_warning(monkeypatch):
    look = ClassTraining.look

    def break_down(self, average, iteration, losses):
        factor = np.inf if iteration >= 2 * CHECK_EVERY else 1
        look(self, average, iteration, [factor * loss for loss in losses])

    monkeypatch.setattr(ClassTraining, "look", break_down)
    gan = quick_gan(max_iter=4 * CHECK_EVERY, random_state=0)
    with pytest.warns(UserWarning, match=r"the table \(60 rows\) broke down") as told:
        gan.fit(numbers())
    assert told[0].filename == __file__
    assert gan.history_.diverged
    assert gan.history_.n_iter == 2 * CHECK_EVERY
    assert_legal(gan.sample(20), numbers())


def test__fit__generator_ignores_its_input__warned_that_it_collapsed():
    def constant(n_in, n_out, random_state):
        network = torch.nn.Linear(n_in, n_out)
        network.weight.data.zero_()
        network.weight.requires_grad_(False)
        return network

    gan = quick_gan(max_iter=100, generator=constant, random_state=0)
    with pytest.warns(
        UserWarning, match=r"generator for the table \(60 rows\) collapsed"
    ):
        gan.fit(numbers()[:, :2])
    assert gan.history_.collapsed


class OutOfMemoryOnce(torch.nn.Linear):
    """Fail the second time that it learns, as where a device has too little memory."""

    n_passes = 0

    def forward(self, inputs):
        type(self).n_passes += torch.is_grad_enabled()
        if type(self).n_passes == 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB.")
        return super().forward(inputs)


def test__device__out_of_memory__trained_on_the_cpu_with_a_warning(monkeypatch):
    # A device of its own name, which computes as the CPU.
    monkeypatch.setattr("gansampler.gan.settings.check_device", lambda device: device)
    params = {"critic": lambda n_in, n_out, _: OutOfMemoryOnce(n_in, n_out)}
    gan = quick_gan(device="cpu:0", random_state=0, **params)
    with pytest.warns(
        UserWarning, match=r"ran out of memory, so the table \(60 rows\)"
    ):
        gan.fit(numbers())
    assert gan.history_.out_of_memory
    on_cpu = quick_gan(device="cpu", random_state=0, **params).fit(numbers())
    assert not on_cpu.history_.out_of_memory
    assert_same(gan.sample(9, random_state=0), on_cpu.sample(9, random_state=0))


def test__history__fitted__a_look_every_so_often():
    gan = quick_gan(max_iter=2 * CHECK_EVERY + 5, random_state=0).fit(numbers())
    history = gan.history_
    assert history.iteration == [CHECK_EVERY, 2 * CHECK_EVERY, 2 * CHECK_EVERY + 5]
    assert np.isfinite([*history.critic_loss, *history.generator_loss]).all()
    assert history.n_iter == 2 * CHECK_EVERY + 5


@pytest.mark.parametrize("verbose", [0, 1])
def test__verbose__fit__progress_bar_only_if_asked_for(verbose, capsys):
    quick_gan(verbose=verbose).fit(numbers()).sample(3)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("TabularGAN" in err) == bool(verbose)
    assert ("5/5" in err) == bool(verbose)


@pytest.mark.parametrize("condition", ["none", "category", "anchor"])
def test__save__loaded__same_rows_and_record(condition, mixed, tmp_path):
    X, _ = mixed
    gan = quick_gan(condition=condition, random_state=0).fit(X)
    path = tmp_path / "gan.safetensors"
    if condition == "anchor":
        with pytest.raises(ValueError, match="keep_data"):
            gan.save(path)
        assert not path.exists()
    gan.save(path, keep_data=condition == "anchor")
    loaded = TabularGAN.load(path)
    assert type(loaded) is TabularGAN
    assert loaded.get_params() == gan.get_params()
    assert loaded.history_ == gan.history_
    assert loaded.schema_ == gan.schema_
    assert_same(loaded.sample(50, random_state=0), gan.sample(50, random_state=0))
    for part, other in zip(
        *(g.sample_parts(20, random_state=0) for g in (gan, loaded)), strict=True
    ):
        assert_same(part, other)


def test__fit__texts_that_name_the_rows__warned_of():
    X = pd.DataFrame(
        {"n": np.arange(60.0) % 7, "mail": [f"u{k}@a.org" for k in range(60)]}
    )
    with pytest.warns(
        UserWarning, match=r"Column 'mail' contains e-mail.*X\.drop"
    ) as told:
        quick_gan(random_state=0).fit(X)
    assert told[0].filename == __file__
