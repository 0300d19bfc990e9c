"""`GANOverSampler` as a user meets it: any table in, the same table out."""

import ast
import functools
import pickle
import re
import subprocess
import sys
import threading
import warnings
from collections import Counter

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from strategies import mixed_tables
from tables import (
    LABELS,
    arrow_frame,
    as_frame,
    assert_inputs_first,
    assert_legal,
    assert_same,
    deep,
    global_states,
    head,
    mixed_frame,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    quick,
    quick_gan,
    sparse_matrix,
)

import gansampler.gan.training
from gansampler import GANOverSampler
from gansampler.gan.class_training import ClassTraining

NUMBERS = np.random.default_rng(0).normal(size=(90, 3)).round(3)
HOLES = np.random.default_rng(1).random((90, 3)) < 0.2
NAMES = np.where(LABELS == 1, "rare", "common")


def read_only():
    array = NUMBERS.copy()
    array.flags.writeable = False
    return array


def object_array():
    return np.array(mixed_rows(), dtype=object)


def frame(columns, index=None):
    return pd.DataFrame(NUMBERS, columns=columns, index=index)


TABLES = {
    "float64": lambda: NUMBERS,
    "float32": lambda: NUMBERS.astype("float32"),
    "float16": lambda: NUMBERS.astype("float16"),
    "nan": lambda: np.where(HOLES, np.nan, NUMBERS),
    "int64": lambda: (NUMBERS * 100).astype("int64"),
    "uint8": lambda: (np.abs(NUMBERS) * 20).astype("uint8"),
    "bool": lambda: NUMBERS > 0,
    "datetime64": lambda: (NUMBERS * 1e9).astype("datetime64[s]"),
    "object": object_array,
    "strings": lambda: np.where(HOLES, "a", "bc"),
    "read_only": read_only,
    "fortran": lambda: np.asfortranarray(NUMBERS),
    "list": lambda: NUMBERS.tolist(),
    "list_of_mixed_rows": mixed_rows,
    "csr": sparse_matrix,
    "csc": lambda: sparse_matrix(np.float32).tocsc(),
    "csr_int": lambda: sparse_matrix(np.int64),
    "csr_array": lambda: sparse.csr_array(sparse_matrix()),
    "csc_array": lambda: sparse.csc_array(sparse_matrix()),
    "pandas": lambda: mixed_frame()[0],
    "pandas_sparse": pandas_sparse,
    "pandas_arrow": arrow_frame,
    "multi_index_columns": lambda: frame(
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["p", "q"])
    ),
    "integer_columns": lambda: frame([5, 0, 3]),
    "named_columns": lambda: frame(pd.Index(["a", "b", "c"], name="name")),
    "date_columns": lambda: frame(pd.date_range("2020", periods=3)),
    "multi_index_rows": lambda: frame(
        list("abc"), pd.MultiIndex.from_product([range(9), range(10)])
    ),
    "polars": polars_frame,
}

TARGETS = {
    "ints": lambda: LABELS,
    "list": LABELS.tolist,
    "bool": lambda: LABELS == 1,
    "strings": lambda: NAMES,
    "objects": lambda: NAMES.astype(object),
    "series": lambda: pd.Series(LABELS, name="t", index=np.arange(90)[::-1]),
    "series_Int64": lambda: pd.Series(LABELS, dtype="Int64"),
    "series_string": lambda: pd.Series(NAMES, dtype="string"),
    "series_boolean": lambda: pd.Series(LABELS == 1, dtype="boolean"),
    "series_category": lambda: pd.Series(
        pd.Categorical(NAMES, categories=["rare", "unused", "common"])
    ),
    "frame": lambda: pd.DataFrame({"t": LABELS}),
    "polars_ints": lambda: pl.Series("t", LABELS),
    "polars_strings": lambda: pl.Series("t", NAMES.tolist()),
    "polars_bool": lambda: pl.Series("t", LABELS == 1),
    "polars_categorical": lambda: pl.Series("t", NAMES.tolist(), dtype=pl.Categorical),
    "polars_enum": lambda: pl.Series(
        "t", NAMES.tolist(), dtype=pl.Enum(["rare", "unused", "common"])
    ),
    "polars_frame": lambda: pl.DataFrame({"t": LABELS}),
}


def test__defaults__of_each_parameter__those_of_the_docstring():
    told = re.findall(r"^ *([\w, ]+) : .*default=(.+)$", GANOverSampler.__doc__, re.M)
    defaults = {
        name: ast.literal_eval(value)
        for names, value in told
        for name in names.split(", ")
    }
    assert GANOverSampler().get_params() == defaults


def test__get_params__given_ones__as_given():
    given = {
        **{name: object() for name in GANOverSampler().get_params()},
        "gan": quick_gan(),
        "sampling_strategy": "all",
    }
    assert GANOverSampler(**given).get_params(deep=False) == given


def test__save__then_load__same_rows_and_training_rows_only_if_asked(tmp_path):
    sampler = quick(condition="anchor", rejection_estimator=None)
    sampler.fit_resample(NUMBERS, LABELS)
    path = tmp_path / "sampler.safetensors"
    with pytest.raises(ValueError, match="keep_data=True"):
        sampler.save(path)
    assert not path.exists()
    sampler.save(path, keep_data=True)
    loaded = GANOverSampler.load(path)
    assert type(loaded) is GANOverSampler
    rows = [one.generators_[1].sample(9, random_state=0) for one in (loaded, sampler)]
    assert_same(*rows)
    subclass = type("OwnSampler", (GANOverSampler,), {})
    assert type(subclass.load(path)) is subclass


def test__fit_resample__fitted__schema_and_history_of_each_class(fitted, mixed):
    assert [column.name for column in fitted.schema_.columns] == [*mixed[0].columns]
    generator = fitted.generators_[1]
    assert generator.history is fitted.history_[1]
    assert generator.rejection is not None
    assert generator.label == 1


# The invariants, for each container


@functools.cache
def fitted_on(kind):
    """Fit a sampler on a table, once for all tests that only ask it for rows."""
    sampler = quick()
    return sampler, *sampler.fit_resample(TABLES[kind](), LABELS)


@pytest.mark.parametrize("kind", TABLES)
def test__fit_resample__any_table__originals_first_then_legal_rows(kind, two_threads):
    X, y = TABLES[kind](), LABELS
    X_before, y_before = deep(X), y.copy()
    states = global_states()
    sampler = quick()

    X_res, y_res = sampler.fit_resample(X, y)

    assert_same(X, X_before)
    assert_same(y, y_before)
    assert global_states() == states
    assert torch.get_num_threads() == 2
    assert sampler.sampling_strategy_ == {1: 30}
    assert_inputs_first(X, y, X_res, y_res)
    assert y_res[90:].tolist() == [1] * 30
    synthetic = as_frame(X_res).iloc[90:]
    assert len(synthetic) == 30
    assert_legal(synthetic, as_frame(X)[y == 1])


@pytest.mark.parametrize("kind", TABLES)
def test__sample__any_table__container_and_dtypes_of_input(kind):
    X = TABLES[kind]()
    sampler, _, _ = fitted_on(kind)

    rows = sampler.generators_[1].sample(4, random_state=0)

    as_given = np.array(X, dtype=object) if kind == "list_of_mixed_rows" else X
    as_given = np.array(X) if kind == "list" else as_given
    assert type(rows) is type(as_given)
    assert rows.shape == (4, as_given.shape[1])
    if isinstance(rows, pd.DataFrame):
        assert rows.dtypes.equals(as_given.dtypes)
        assert rows.columns.equals(as_given.columns)
        assert rows.columns.names == as_given.columns.names
    elif isinstance(rows, pl.DataFrame):
        assert rows.schema == as_given.schema
    else:
        assert rows.dtype == as_given.dtype
    if sparse.issparse(rows):
        assert rows.format == as_given.format
    assert_legal(rows, as_frame(X)[LABELS == 1])


@pytest.mark.parametrize("condition", ["category", "anchor", "none"])
def test__sample__no_rows__empty_table_of_the_same_columns(mixed, condition):
    sampler = quick(max_iter=1, condition=condition)
    sampler.fit_resample(*mixed)
    rows = sampler.generators_[1].sample(0)
    assert_same(rows, mixed[0].iloc[:0].reset_index(drop=True))


@pytest.mark.parametrize("kind", TARGETS)
def test__fit_resample__any_target__container_and_dtype_of_input(kind):
    y = TARGETS[kind]()
    y_before = deep(y)

    X_res, y_res = quick(max_iter=1).fit_resample(NUMBERS, y)

    assert_same(y, y_before)
    assert_inputs_first(NUMBERS, y, X_res, y_res)
    rare = y_res.to_numpy().ravel() if hasattr(y_res, "to_numpy") else np.array(y_res)
    assert Counter(rare.tolist()) == {rare[0]: 60, rare[89]: 60}
    assert len(set(rare[90:].tolist())) == 1


@pytest.mark.parametrize("kind", ["float64", "pandas", "polars", "csr"])
def test__fit_resample__same_seed__same_rows(kind):
    X = TABLES[kind]()
    _, *first = fitted_on(kind)
    again = quick().fit_resample(X, LABELS)
    other = quick(random_state=1).fit_resample(X, LABELS)
    assert_same(first[0], again[0])
    assert_same(first[1], again[1])
    assert not as_frame(first[0]).equals(as_frame(other[0]))


def test__fit_resample__twice_by_one_sampler__same_rows(some_columns):
    sampler = quick()
    assert_same(
        sampler.fit_resample(*some_columns)[0], sampler.fit_resample(*some_columns)[0]
    )


def test__fit_resample__random_state_instance__advances_it():
    random_state = np.random.RandomState(0)
    sampler = quick(random_state=random_state)
    first, _ = sampler.fit_resample(NUMBERS, LABELS)
    second, _ = sampler.fit_resample(NUMBERS, LABELS)
    assert not np.array_equal(first, second)
    again, _ = quick(random_state=np.random.RandomState(0)).fit_resample(
        NUMBERS, LABELS
    )
    np.testing.assert_array_equal(first, again)


def test__fit_resample__without_random_state__follows_numpys_global_seed():
    results = []
    for seed in (0, 0, 1):
        np.random.seed(seed)  # noqa: NPY002 -- the state under test
        results.append(quick(random_state=None).fit_resample(NUMBERS, LABELS)[0])
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


@pytest.mark.parametrize("copy", [pickle, joblib], ids=["pickle", "joblib"])
def test__sample__after_round_trip__same_rows(fitted, copy, tmp_path):
    if copy is pickle:
        again = pickle.loads(pickle.dumps(fitted))
    else:
        joblib.dump(fitted, tmp_path / "sampler.joblib")
        again = joblib.load(tmp_path / "sampler.joblib")
    assert again.get_params(deep=False).keys() == fitted.get_params(deep=False).keys()
    assert_same(
        again.generators_[1].sample(20, random_state=3),
        fitted.generators_[1].sample(20, random_state=3),
    )


@given(mixed_tables())
@settings(max_examples=20)
def test__fit_resample__random_table__invariants_hold(table):
    X, y = table
    X_before = deep(X)
    sampler = quick(max_iter=2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Class .* fewer than", UserWarning)
        X_res, y_res = sampler.fit_resample(X, y)
    assert_same(X, X_before)
    assert_inputs_first(X, y, X_res, y_res)
    assert len(set(Counter(y_res.tolist()).values())) == 1
    for label, n_new in sampler.sampling_strategy_.items():
        rows = X_res.iloc[len(X) :][y_res[len(X) :] == label]
        assert len(rows) == n_new
        assert_legal(rows, X[y == label])


# Dtypes that need their own look


def test__fit_resample__integers_on_a_step__stay_on_it(some_columns):
    X_res, _ = quick().fit_resample(*some_columns)
    new = X_res["hundreds"].iloc[90:]
    assert (new % 100 == 0).all()
    assert new.nunique() > 3


def test__fit_resample__large_integers__keep_every_digit():
    X = pd.DataFrame({"id": 2**62 + 1 + 2 * np.arange(90)})
    X_res, _ = quick().fit_resample(X, LABELS)
    assert X_res["id"].dtype == "int64"
    assert (X_res["id"].iloc[90:] % 2 == 1).all()


@pytest.mark.parametrize("zone", [None, "UTC"])
def test__fit_resample__dates__stay_at_midnight(zone):
    days = np.random.default_rng(0).integers(0, 300, 90)
    date = pd.Timestamp("2020-01-01", tz=zone) + pd.to_timedelta(days, unit="D")
    X_res, _ = quick().fit_resample(pd.DataFrame({"date": date}), LABELS)
    new = X_res["date"].iloc[90:]
    assert new.equals(new.dt.normalize())
    assert new.nunique() > 5


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float32", "Float64"])
def test__fit_resample__one_decimal__stays_one_decimal(dtype):
    X = pd.DataFrame({"price": NUMBERS[:, 0].round(1)}).astype(dtype)
    X_res, _ = quick().fit_resample(X, LABELS)
    new = X_res["price"].iloc[90:].to_numpy()
    np.testing.assert_array_equal(new.round(1), new)


def test__fit_resample__few_values__emits_no_other():
    X = np.random.default_rng(0).choice([0.1, 2.25, 7.0], size=(90, 2))
    X_res, _ = quick().fit_resample(X, LABELS)
    assert set(X_res[90:].ravel()) <= {0.1, 2.25, 7.0}


def test__fit_resample__category_of_other_class__never_emitted():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "by_class": np.where(LABELS == 1, rng.choice(["a", "b"], 90), "c"),
            "number": NUMBERS[:, 0],
        }
    ).astype({"by_class": pd.CategoricalDtype(["a", "b", "c", "d"])})
    X_res, _ = quick().fit_resample(X, LABELS)
    assert set(X_res["by_class"].iloc[90:]) == {"a", "b"}


def test__fit_resample__column_constant_in_the_class__stays_constant():
    X = np.where(LABELS[:, None] == 1, [7.0, np.nan], NUMBERS[:, :2])
    X = np.column_stack([X, NUMBERS[:, 2]])
    X_res, _ = quick().fit_resample(X, LABELS)
    assert (X_res[90:, 0] == 7).all()
    assert np.isnan(X_res[90:, 1]).all()


def test__fit_resample__all_columns_constant__repeats_the_row_without_warning():
    X = np.ones((90, 2))
    sampler = quick()
    X_res, _ = sampler.fit_resample(X, LABELS)
    assert (X_res == 1).all()
    assert sampler.history_[1].n_iter == 0


def test__fit_resample__thousand_levels__narrow_output():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [1500, 1100])
    codes = np.r_[rng.integers(0, 2000, 1500), np.arange(1000), np.arange(100)]
    X = pd.DataFrame({"city": [f"c{k}" for k in codes], "x": rng.normal(size=2600)})
    sampler = quick()
    X_res, _ = sampler.fit_resample(X, y)
    assert list(X_res.columns) == ["city", "x"]
    assert set(X_res["city"].iloc[2600:]) <= set(X["city"][y == 1])
    assert X_res["city"].iloc[2600:].nunique() > 50


def test__fit_resample__all_categorical__rows_of_categories():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.choice(list("abcd"), size=(90, 4)), columns=list("wxyz"))
    sampler = quick()
    X_res, _ = sampler.fit_resample(X, LABELS)
    assert sampler.categorical_features_.tolist() == [0, 1, 2, 3]
    assert_legal(X_res.iloc[90:], X[LABELS == 1])


@pytest.mark.parametrize("condition", ["category", "anchor", "none"])
@pytest.mark.parametrize("penalty", ["r1", "r2", "r1_r2", "none"])
def test__fit_resample__each_condition_and_penalty__legal_rows(
    mixed, condition, penalty
):
    X, y = mixed
    X = X[["float", "with_nan", "few", "Int64", "category", "bool", "date"]]
    sampler = quick(condition=condition, penalty=penalty)
    X_res, _ = sampler.fit_resample(X, y)
    assert sampler.history_[1].n_iter == 5
    assert_legal(X_res.iloc[90:], X[y == 1])


def test__fit_resample__penalty__changes_what_is_learned():
    X, y = make_blobs([60, 30], n_features=3, random_state=0)

    def rows(**params):
        return quick(max_iter=20, **params).fit_resample(X, y)[0]

    none = rows(penalty="none")
    each = [none, rows(penalty="r1"), rows(penalty="r2"), rows(penalty="r1_r2")]
    each.append(rows(penalty="r1_r2", penalty_weight=10.0))
    assert len({array.tobytes() for array in each}) == 5
    np.testing.assert_allclose(rows(penalty_weight=0), none, rtol=1e-3, atol=1e-3)


# Missing values


@pytest.fixture(scope="module")
def holes():
    """Return a table whose classes miss values at different rates, and its balance."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [500, 300])

    def holes(common, rare):
        return rng.random(len(y)) < np.where(y == 1, rare, common)

    days = pd.to_timedelta(rng.integers(0, 300, len(y)), unit="D")
    X = pd.DataFrame(
        {
            "number": np.where(holes(0.6, 0.2), np.nan, rng.normal(size=len(y))),
            "integer": pd.array(
                np.where(holes(0.1, 0.5), None, rng.integers(0, 99, len(y))), "Int64"
            ),
            "string": pd.Series(
                np.where(holes(0.1, 0.3), None, rng.choice(["a", "b"], len(y))),
                dtype="str",
            ),
            "date": pd.Series(pd.Timestamp("2020-01-01") + days).mask(holes(0.5, 0.1)),
            "few": np.where(holes(0.3, 0.7), np.nan, rng.choice([1, 2, 3], len(y))),
            "boolean": pd.array(
                np.where(holes(0.2, 0.4), None, rng.random(len(y)) < 0.5), "boolean"
            ),
            "never": np.where(holes(0.5, 0), np.nan, rng.normal(size=len(y))),
            "always": np.where(holes(0.5, 1), np.nan, rng.normal(size=len(y))),
        }
    )
    sampler = GANOverSampler(sampling_strategy={1: 1300}, random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    return X[y == 1], X_res.iloc[len(X) :]


@pytest.mark.parametrize(
    "column", ["number", "integer", "string", "date", "few", "boolean"]
)
def test__fit_resample__missing_values__at_the_rate_of_the_class(holes, column):
    real, synthetic = holes
    rate = real[column].isna().mean()
    error = np.sqrt(rate * (1 - rate) * (1 / len(real) + 1 / len(synthetic)))
    assert abs(synthetic[column].isna().mean() - rate) < 3 * error


def test__fit_resample__class_without_missing_values__none_generated(holes):
    assert holes[1]["never"].notna().all()


def test__fit_resample__column_missing_throughout_a_class__stays_missing(holes):
    assert holes[1]["always"].isna().all()


# categorical_features


@pytest.mark.parametrize(
    ("categorical", "expected"),
    [
        ("auto", [1]),
        ([1], [1]),
        ([-1, 1], [1, 2]),
        ([False, True, True], [1, 2]),
        (np.array([False, True, False]), [1]),
        (["job", "level"], [1, 2]),
        (("job",), [1]),
        (pd.Index(["job"]), [1]),
    ],
)
def test__categorical_features__each_form__found(categorical, expected):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "age": NUMBERS[:, 0],
            "job": rng.choice(["a", "b"], 90),
            "level": rng.integers(0, 9, 90),
        }
    )
    sampler = quick(categorical_features=categorical)
    X_res, _ = sampler.fit_resample(X, LABELS)
    assert sampler.categorical_features_.tolist() == expected
    assert X_res.dtypes.equals(X.dtypes)


def test__categorical_features__empty__all_numeric():
    sampler = quick(categorical_features=[])
    sampler.fit_resample(NUMBERS, LABELS)
    assert sampler.categorical_features_.tolist() == []


def test__categorical_features__names_of_multi_index__found():
    X = frame(pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])).round(0)
    sampler = quick(categorical_features=[("a", 2)])
    X_res, _ = sampler.fit_resample(X, LABELS)
    assert sampler.categorical_features_.tolist() == [1]
    assert_legal(X_res.iloc[90:], X[LABELS == 1])


def test__categorical_features__mixed_types_declared__accepted():
    X = mixed_rows()
    for k, row in enumerate(X):
        row.append("many" if k % 3 else k % 2)
    X_res, _ = quick(categorical_features=[1, 3]).fit_resample(X, LABELS)
    assert {row[3] for row in X_res[90:]} == {"many", 0, 1}
    assert {type(row[3]) for row in X_res[90:]} == {str, int}


# Classes of any size and number


@pytest.mark.parametrize(("n_rows", "counted"), [(1, "1 row,"), (2, "2 rows,")])
@pytest.mark.parametrize("label", ["rare", 5])
def test__fit_resample__tiny_class__warns_and_bootstraps(n_rows, counted, label):
    X, _ = mixed_frame((60, n_rows))
    y = np.array([label if k >= 60 else type(label)(0) for k in range(60 + n_rows)])
    sampler = quick()
    with pytest.warns(UserWarning, match=f"Class {label!r} has {counted} fewer than"):
        X_res, y_res = sampler.fit_resample(X, y)
    assert Counter(y_res.tolist())[label] == 60
    assert_legal(X_res.iloc[60 + n_rows :], X[y == label])
    assert sampler.history_[label].n_iter == 0
    assert sampler.history_[label].fidelity == []
    assert_legal(sampler.generators_[label].sample(3, random_state=0), X[y == label])


def test__fit_resample__bootstrapped_class__rows_follow_the_seed():
    X, y = NUMBERS[:62], LABELS[:62]
    results = []
    for seed in (0, 0, 1):
        with pytest.warns(UserWarning, match="2 rows,"):
            results.append(quick(random_state=seed).fit_resample(X, y)[0])
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test__fit_resample__one_row__repeats_it():
    X, y = mixed_frame((60, 1))
    with pytest.warns(UserWarning, match="1 row,"):
        X_res, _ = quick().fit_resample(X, y)
    repeated = pd.concat([X.iloc[60:]] * 60, ignore_index=True)
    assert_same(X_res.iloc[60:].reset_index(drop=True), repeated)


@pytest.mark.parametrize("condition", ["none", "category", "anchor"])
@pytest.mark.parametrize("n_rows", [3, 10])
def test__fit_resample__few_rows__trains(n_rows, condition):
    X, y = mixed_frame((60, n_rows))
    sampler = quick(condition=condition)
    X_res, _ = sampler.fit_resample(X, y)
    assert sampler.history_[1].n_iter == 5
    assert_legal(X_res.iloc[60 + n_rows :], X[y == 1])
    assert len(X_res.iloc[60:].drop_duplicates()) > 45


def test__fit_resample__multiclass__each_class_from_its_own_rows():
    X, y = make_blobs([50, 20, 12], centers=[[0, 0], [9, 9], [-9, 9]], random_state=0)
    sampler = quick()
    X_res, y_res = sampler.fit_resample(X, y)
    assert y_res[82:].tolist() == [1] * 30 + [2] * 38
    assert list(sampler.generators_) == list(sampler.history_) == [1, 2]
    for label in (1, 2):
        assert_legal(X_res[82:][y_res[82:] == label], X[y == label])


def test__fit_resample__one_vs_rest__indicators_back():
    y = np.eye(3, dtype=int)[np.repeat([0, 1, 2], [50, 25, 15])]
    X_res, y_res = quick().fit_resample(NUMBERS, y)
    assert y_res.shape == (150, 3)
    assert y_res.sum(axis=0).tolist() == [50, 50, 50]
    assert_inputs_first(NUMBERS, y, X_res, y_res)


def test__fit_resample__labels_beyond_floats__kept_and_told_apart():
    y = pd.Series(np.where(LABELS, 2**53 + 1, 2**53), dtype="Int64")
    sampler = quick()
    _, y_res = sampler.fit_resample(NUMBERS, y)
    assert sampler.sampling_strategy_ == {2**53 + 1: 30}
    assert_same(y_res[:90], y)
    assert y_res[90:].tolist() == [2**53 + 1] * 30


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [
        ("auto", [60, 60, 60]),
        ("minority", [60, 20, 60]),
        ("not minority", [60, 60, 12]),
        ("not majority", [60, 60, 60]),
        ("all", [60, 60, 60]),
        ({1: 20, 2: 40}, [60, 20, 40]),
        ({0: 61, 2: 12}, [61, 20, 12]),
        (lambda y: {1: int((y == 0).sum()) - 5}, [60, 55, 12]),
    ],
)
def test__sampling_strategy__each_form__counts_as_promised(strategy, counts):
    X, y = make_blobs([60, 20, 12], n_features=3, random_state=0)
    sampler = quick(max_iter=1, sampling_strategy=strategy)
    _, y_res = sampler.fit_resample(X, y)
    assert np.bincount(y_res).tolist() == counts
    promised = Counter(y.tolist())
    promised.update(sampler.sampling_strategy_)
    assert [promised[label] for label in range(3)] == counts
    trained = {label for label, n in sampler.sampling_strategy_.items() if n}
    assert set(sampler.generators_) == trained


def test__sampling_strategy__ratio__counts_as_promised():
    _, y_res = quick(max_iter=1, sampling_strategy=0.75).fit_resample(NUMBERS, LABELS)
    assert np.bincount(y_res).tolist() == [60, 45]


@pytest.mark.parametrize("kind", ["float64", "pandas", "polars", "csr", "list"])
def test__sampling_strategy__no_new_rows__input_back(kind, no_training):
    X = TABLES[kind]()
    sampler = quick(sampling_strategy={1: 30})
    X_res, y_res = sampler.fit_resample(X, LABELS)
    assert_inputs_first(X, LABELS, X_res, y_res)
    assert len(y_res) == 90
    assert len(as_frame(X_res)) == 90
    assert sampler.generators_ == sampler.history_ == {}
    assert X_res is not X


# Bad input


def replace(column, value, row=7):
    X = mixed_frame()[0][["float", "str"]].reset_index(drop=True)
    X[column] = X[column].astype(object if isinstance(value, str) else X[column].dtype)
    X.loc[row, column] = value
    return X


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize(
    ("container", "column"),
    [
        (lambda X: X, "'float'"),
        (lambda X: X.astype({"float": "Float64"}), "'float'"),
        (lambda X: X.to_numpy(dtype=object), "0"),
        (lambda X: X[["float"]].to_numpy(), "0"),
        (lambda X: sparse.csr_matrix(X[["float"]].to_numpy()), "0"),
        (lambda X: X.to_numpy(dtype=object).tolist(), "0"),
        (pl.from_pandas, "'float'"),
    ],
)
def test__bad_input__infinity__names_column_row_and_fix(
    container, column, value, no_training
):
    X = container(replace("float", value))
    message = rf"Column {column} contains infinity in 1 rows \(first: row 7\)\. Replace"
    with pytest.raises(ValueError, match=message):
        quick().fit_resample(X, LABELS)


@pytest.mark.parametrize(
    "y",
    [
        np.where(np.arange(90) == 70, np.nan, LABELS),
        [None if k == 70 else label for k, label in enumerate(LABELS.tolist())],
        pd.Series(LABELS, dtype="Int64").mask(np.arange(90) == 70),
        pd.Series(NAMES, dtype="category").mask(np.arange(90) == 70),
        pl.Series([None if k == 70 else int(v) for k, v in enumerate(LABELS)]),
        np.where(np.arange(90)[:, None] == 70, np.nan, np.eye(2)[LABELS]),
    ],
    ids=["array", "list", "Int64", "category", "polars", "one_vs_rest"],
)
def test__bad_input__missing_label__names_row_and_fix(y, no_training):
    with pytest.raises(ValueError, match=r"y contains NaN.*first: row 70\)\. Drop"):
        quick().fit_resample(NUMBERS, y)


MANY_TYPES = replace("str", "p").assign(mix=[1, "x", 2.5] * 30)
LISTS = replace("str", "p").assign(lists=pd.Series([[1]] * 90))


@pytest.mark.parametrize(
    ("X", "params", "error", "message"),
    [
        (MANY_TYPES, {}, TypeError, "Column 'mix' mixes .*'x'; name 'mix' in"),
        (LISTS, {}, TypeError, "Column 'lists' contains objects of type list"),
        (
            LISTS,
            {"categorical_features": ["str", "lists"]},
            TypeError,
            r"Column 'lists' contains \[1\], a list, .*not hashable\. Convert it",
        ),
        (
            replace("float", 1.0),
            {"categorical_features": []},
            ValueError,
            "Column 'str' of dtype .* contains labels.* 'str' in `categorical_feat",
        ),
        (
            replace("float", 1.0).astype({"str": "category"}),
            {"categorical_features": ["float"]},
            ValueError,
            "Column 'str' of dtype category .* name 'str' in",
        ),
        (
            np.array(mixed_rows(), dtype=object),
            {"categorical_features": [0]},
            ValueError,
            "Column 1 of dtype object contains labels.* name 1 in `categorical_feat",
        ),
        (
            pd.DataFrame({"when": pd.interval_range(0, 90)}),
            {},
            TypeError,
            r"Column 'when' has the dtype interval\[int64, right\].*name 'when' in",
        ),
        (NUMBERS.astype(complex), {}, ValueError, "Complex data not supported"),
        (
            pd.DataFrame({"z": NUMBERS[:, 0].astype(complex)}),
            {},
            ValueError,
            "Complex data not supported: column 'z'",
        ),
        (np.empty((0, 3)), {}, ValueError, r"0 sample\(s\)"),
        (np.empty((90, 0)), {}, ValueError, r"0 feature\(s\)"),
        (MANY_TYPES.iloc[:0], {}, ValueError, r"0 sample\(s\) .*minimum of 1"),
        (MANY_TYPES[[]], {}, ValueError, r"0 feature\(s\) .*minimum of 1"),
        (pl.DataFrame({"a": []}), {}, ValueError, r"0 sample\(s\)"),
        (
            pd.concat([LISTS, LISTS[["str"]]], axis=1),
            {},
            ValueError,
            r"must be unique, but \['str'\] occur more than once\. Rename them",
        ),
        (NUMBERS[:-1], {}, ValueError, r"numbers of samples: \[89, 90\]"),
        (MANY_TYPES[["str"]].iloc[1:], {}, ValueError, r"samples: \[89, 90\]"),
        (NUMBERS[:, 0], {}, ValueError, "Expected 2D array"),
        (pl.DataFrame(NUMBERS).lazy(), {}, TypeError, r"LazyFrame.*Pass `X.collect"),
    ],
)
def test__bad_input__table__names_problem_and_fix(
    X, params, error, message, no_training
):
    with pytest.raises(error, match=message):
        quick(**params).fit_resample(X, LABELS)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(90, dtype=int), ValueError, "more than 1 class. Got 1 class"),
        (NUMBERS[:, 0], ValueError, "Unknown label type: continuous"),
        (None, ValueError, "Expected array-like"),
        (pl.DataFrame({"y": LABELS}).lazy(), TypeError, "LazyFrame has no rows yet"),
    ],
)
def test__bad_input__target__names_problem(y, error, message, no_training):
    with pytest.raises(error, match=message):
        quick().fit_resample(NUMBERS, y)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"device": "cuda:7"}, "device='cuda:7' is not available .*'auto' or one of"),
        ({"device": "nonsense"}, r"device='nonsense' is not available .*'cpu'"),
        ({"generator_layers": (16, 0)}, "'generator_layers' .*positive .*got 0 in"),
        ({"generator_layers": (2.5,)}, "'generator_layers' .*whole numbers.*got 2.5"),
        ({"critic_layers": [-3]}, "'critic_layers' .*positive .*got -3 in"),
        ({"critic_layers": (True,)}, "'critic_layers' .*got True"),
        ({"critic_layers": 16}, "'critic_layers' .*array-like. Got 16"),
        ({"batch_size": 0}, r"'batch_size' .*range \[1, inf\). Got 0"),
        ({"max_iter": 0}, "'max_iter' .*Got 0"),
        ({"latent_dim": 0}, "'latent_dim' .*Got 0"),
        ({"learning_rate": 0.0}, "'learning_rate' .*Got 0.0"),
        ({"ema_decay": 1.0}, "'ema_decay' .*Got 1.0"),
        ({"condition": "else"}, "'condition' .*'anchor'.*Got 'else'"),
        ({"penalty": "else"}, "'penalty' .*'r1_r2'.*Got 'else'"),
        ({"objective": "else"}, "'objective' .*'relativistic'.*Got 'else'"),
        (
            {"objective": "wasserstein", "penalty": "none"},
            "'wasserstein' needs a penalty.*choose 'clip'",
        ),
        ({"n_candidates": 0}, "'n_candidates' .*Got 0"),
        ({"rejection_estimator": LinearSVC()}, "'rejection_estimator' .*predict_proba"),
        ({"sampling_strategy": {1: 3}}, "there is 30 samples and 3 samples are asked"),
        ({"sampling_strategy": {9: 70}}, r"\{9\} target class is/are not present"),
        ({"sampling_strategy": 0.1}, "increase the ratio"),
        ({"categorical_features": "a"}, "'categorical_features' .*Got 'a'"),
        ({"categorical_features": ["a", "no"]}, r"names \['no'\], which .*'a', 'b'"),
        ({"categorical_features": [1, 3]}, r"positions \[3\], but .*3 columns"),
        ({"categorical_features": [-4]}, r"positions \[-4\], but .*3 columns"),
        ({"categorical_features": [True]}, "mask of 1 entries, but X has 3 columns"),
        ({"categorical_features": [[1]]}, r"one-dimensional, .*shape \(1, 1\)"),
    ],
)
def test__bad_input__parameter__names_it_and_value(params, message, no_training):
    X = frame(["a", "b", "c"])
    with pytest.raises(ValueError, match=message):
        quick(**params).fit_resample(X, LABELS)


def test__bad_input__part_of_a_multi_index_name__unknown(no_training):
    X = frame(pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]))
    with pytest.raises(ValueError, match=r"names \['a'\], which are not columns"):
        quick(categorical_features=["a"]).fit_resample(X, LABELS)


def test__fit__any_table__trains_nothing(mixed, no_training):
    X, y = mixed
    sampler = quick().fit(X, y)
    assert sampler.n_features_in_ == X.shape[1]
    assert sampler.feature_names_in_.tolist() == X.columns.tolist()
    assert not hasattr(sampler, "generators_")
    assert quick().fit(polars_frame(), pl.Series(LABELS)).n_features_in_ == 14


# Rejection


@pytest.fixture(scope="module")
def overlap():
    """Return two overlapping classes and a judge that has seen rows of its own."""
    centers = [[0.0, 0.0], [1.5, 0.0]]
    X, y = make_blobs([300, 60], centers=centers, random_state=0)
    X_judge, y_judge = make_blobs([2000, 2000], centers=centers, random_state=1)
    judge = ExtraTreesClassifier(min_samples_leaf=20, random_state=0)
    return X, y, judge.fit(X_judge, y_judge)


@pytest.mark.parametrize(
    "estimator", ["auto", LogisticRegression(class_weight="balanced")]
)
def test__rejection_estimator__overlapping_classes__rows_look_more_like_theirs(
    overlap, estimator
):
    X, y, judge = overlap

    def probabilities(rejection_estimator):
        # Long enough that there is some variety to choose from.
        sampler = quick(max_iter=300, rejection_estimator=rejection_estimator)
        sampler.fit_resample(X, y)
        rows = sampler.generators_[1].sample(3000, random_state=0)
        return judge.predict_proba(rows)[:, 1]

    kept, every = probabilities(estimator), probabilities(None)
    error = np.hypot(kept.std(), every.std()) / np.sqrt(3000)
    assert kept.mean() > every.mean() + 3 * error


@pytest.mark.parametrize("labels", [(0, 1), ("common", "rare")])
def test__class_that_nothing_tells_apart__warned_of_by_name(rng, labels):
    X = rng.normal(size=(2000, 2))
    y = np.repeat(labels, [1990, 10])
    with pytest.warns(
        UserWarning, match=rf"Class {labels[1]!r} \(10 rows\) can hardly"
    ):
        quick(rejection_estimator="auto").fit_resample(X, y)
    X[y == labels[1]] += 4
    # Where it can be told: a warning would be an error.
    quick(rejection_estimator="auto").fit_resample(X, y)


def test__n_candidates__one__same_as_no_rejection(some_columns):
    rows = [
        quick(**params).fit_resample(*some_columns)[0]
        for params in [{"n_candidates": 1}, {"rejection_estimator": None}]
    ]
    assert_same(*rows)


def test__rejection_estimator__given__is_not_fitted_itself(some_columns):
    estimator = LogisticRegression()
    quick(rejection_estimator=estimator).fit_resample(*some_columns)
    assert not hasattr(estimator, "coef_")


# Training as the user sees it


def test__device__cpu__same_rows_as_auto(some_columns):
    rows = [
        quick(device=device).fit_resample(*some_columns)[0]
        for device in ("cpu", "auto")
    ]
    assert_same(*rows)


def test__history__after_fit__records_the_training(fitted):
    history = fitted.history_[1]
    assert history.n_iter == 20
    assert history.iteration[-1] == 20
    lengths = {
        len(history.iteration),
        len(history.critic_loss),
        len(history.generator_loss),
        len(history.fidelity),
    }
    assert len(lengths) == 1
    assert not history.diverged


def test__verbose__one__bar_on_stderr(capfd):
    quick(verbose=1).fit_resample(NUMBERS, NAMES)
    out, err = capfd.readouterr()
    assert out == ""
    assert "class rare: 100%" in err
    assert "5/5" in err
    assert "fidelity=" in err


def test__verbose__several_classes__bars_say_which_of_how_many(capfd):
    y = np.repeat([0, 7, 8], [50, 20, 20])
    quick(auxiliary_classifier=0.1, verbose=1).fit_resample(NUMBERS, y)
    err = capfd.readouterr().err
    assert "class 7 (1 of 2): 100%" in err
    assert "class 8 (2 of 2): 100%" in err


def test__verbose__classes_trained_together__one_bar_says_which(capfd):
    quick(verbose=1).fit_resample(NUMBERS, np.repeat([0, 7, 8], [50, 20, 20]))
    assert "classes 7 to 8 (1 to 2 of 2): 100%" in capfd.readouterr().err


def test__fit_resample__logging__one_line_for_each_class(caplog):
    with caplog.at_level("INFO", logger="gansampler"):
        quick().fit_resample(NUMBERS, np.repeat([0, 7, 8], [50, 20, 20]))
    first, second = caplog.messages
    assert first.startswith(
        "class 7 (1 of 2): 5 iterations, kept iteration 5, fidelity"
    )
    assert second.startswith("class 8 (2 of 2): ")


@pytest.mark.parametrize("verbose", [0, 1])
def test__fit_resample__done__no_thread_left_behind(verbose):
    before = threading.enumerate()
    quick(verbose=verbose).fit_resample(NUMBERS, LABELS)
    assert threading.enumerate() == before


def test__verbose__zero__silent(capfd):
    quick(verbose=0).fit_resample(NUMBERS, LABELS)
    assert capfd.readouterr() == ("", "")


def test__early_stopping__no_improvement__stops_before_max_iter():
    params = {"max_iter": 2000, "n_iter_no_change": 50, "learning_rate": 0.01}
    sampler = quick(**params, early_stopping=True)
    sampler.fit_resample(NUMBERS, LABELS)
    history = sampler.history_[1]
    assert history.n_iter < 2000
    assert history.n_iter - history.best_iteration >= 50


def test__keyboard_interrupt__in_training__leaves_all_unharmed(
    fitted, mixed, monkeypatch, two_threads
):
    X, y = mixed
    X_before = X.copy(deep=True)
    sampler = pickle.loads(pickle.dumps(fitted))
    rows = sampler.generators_[1].sample(5, random_state=0)
    states = global_states()

    def interrupt(self, batch):
        raise KeyboardInterrupt

    monkeypatch.setattr(gansampler.gan.training.Trainer, "_generator_step", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, y)

    assert_same(X, X_before)
    assert torch.get_num_threads() == 2
    assert global_states() == states
    assert_same(sampler.generators_[1].sample(5, random_state=0), rows)
    monkeypatch.undo()
    assert_same(sampler.fit_resample(X, y)[0], clone(sampler).fit_resample(X, y)[0])


def test__training__breaks_down_at_once__warns_and_bootstraps(some_columns):
    X, y = some_columns
    sampler = quick(learning_rate=1e30)
    message = r"Training for class 1 \(30 rows\) broke down .*smoothed bootstrap.*rate"
    with pytest.warns(UserWarning, match=message):
        X_res, _ = sampler.fit_resample(X, y)
    assert sampler.history_[1].diverged
    assert_legal(X_res.iloc[90:], X[y == 1])
    assert np.isfinite(X_res["float"]).all()


def test__training__breaks_down_late__warns_and_keeps_the_best(
    some_columns, monkeypatch
):
    X, y = some_columns
    look = ClassTraining.look

    def break_down(self, average, iteration, losses):
        factor = np.nan if iteration > 50 else 1
        look(self, average, iteration, [factor * loss for loss in losses])

    monkeypatch.setattr(ClassTraining, "look", break_down)
    sampler = quick(max_iter=200)
    with pytest.warns(UserWarning, match=r"at iteration 75, .*iteration 50 is used"):
        X_res, _ = sampler.fit_resample(X, y)
    assert_legal(X_res.iloc[90:], X[y == 1])


def test__version__starts_with_two_numbers():
    parts = gansampler.__version__.split(".")
    assert [part.isdigit() for part in parts[:2]] == [True, True]


@pytest.mark.slow
def test__fit_resample__first_in_a_process__loads_neither_compiler_nor_algebra():
    # Either takes as long as torch itself, and neither is needed.
    code = (
        "import sys, numpy as np, torch; before = set(sys.modules);"
        "from gansampler import GANOverSampler;"
        "X = np.arange(60.0).reshape(30, 2) ** 0.5; y = np.arange(30) < 8;"
        "GANOverSampler(random_state=0).set_params(gan__max_iter=2).fit_resample(X, y);"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print('sympy' in new, 'torch._dynamo' in set(sys.modules) - before)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "False"]


def test__head__of_nothing_new__is_the_table():
    # Guards the helper that every invariant above rests on.
    assert_same(head(NUMBERS, 90), NUMBERS)
    with pytest.raises(AssertionError):
        assert_same(NUMBERS, NUMBERS + 1e-12)


@pytest.mark.processes
@pytest.mark.parametrize("n_classes", [3, 10])
def test__fit_resample__many_classes__same_rows_for_any_n_jobs(n_classes):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(n_classes + 1), [40, *[12] * n_classes])
    X = pd.DataFrame(
        {"a": rng.normal(size=len(y)) + y, "b": rng.choice([*"uvw"], len(y))}
    )
    alone = quick().fit_resample(X, y)
    together = quick(n_jobs=2).fit_resample(X, y)
    assert_same(together[0], alone[0])
    assert_same(together[1], alone[1])
    for label in range(1, n_classes + 1):
        rows = alone[0].iloc[len(y) :][alone[1][len(y) :] == label]
        assert_legal(rows, X[y == label])


def test__fit_resample__a_class_too_small_among_others__alone_is_bootstrapped():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2, 3], [40, 12, 2, 12])
    X = pd.DataFrame({"a": rng.normal(size=len(y)) + y})
    sampler = quick()
    with pytest.warns(UserWarning, match="Class 2 has 2 rows") as record:
        sampler.fit_resample(X, y)
    assert len(record) == 1
    kinds = [type(own.gan).__name__ for own in sampler.generators_.values()]
    assert kinds == ["TabularGAN", "SmoothedBootstrap", "TabularGAN"]
