from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from strategies import frames, matrices
from tables import (
    arrow_frame,
    assert_legal,
    assert_on_grid,
    assert_same,
    deep,
    global_states,
    mixed_frame,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    sparse_matrix,
)

from gansampler.generation.augmentation import (
    flip_rows,
    mix_rows,
    slice_rows,
)
from gansampler.tabular.inference import infer_schema

FUNCTIONS = [
    mix_rows,
    partial(mix_rows, alpha=1.0),
    slice_rows,
    partial(slice_rows, block="random"),
    flip_rows,
]

SEEDS = st.integers(0, 2**32 - 1)


# Public functions, whatever the table.


@pytest.mark.parametrize("function", FUNCTIONS)
@settings(max_examples=15)
@given(frame=frames(8), seed=SEEDS)
def test__function__any_frame__legal_rows_in_its_dtypes(function, frame, seed):
    before, states = deep(frame), global_states()
    rows = function(frame, random_state=seed)
    assert rows.index.equals(frame.index)
    assert_on_grid(rows, frame, infer_schema(frame))
    assert_same(rows, function(frame, random_state=seed))
    assert_same(frame, before)
    assert global_states() == states


@pytest.mark.parametrize("function", FUNCTIONS)
@settings(max_examples=15)
@given(array=matrices(), seed=SEEDS)
def test__function__any_array__the_same_kind(function, array, seed):
    if array.dtype.kind == "f":
        array = np.where(np.isinf(array), np.nan, array)
    before = array.copy()
    rows = function(array, random_state=seed)
    assert type(rows) is np.ndarray
    assert (rows.shape, rows.dtype) == (array.shape, array.dtype)
    assert not np.shares_memory(rows, array)
    assert rows.flags.writeable
    assert_legal(rows, array)
    np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "table",
    [
        mixed_frame()[0],
        arrow_frame(),
        pandas_sparse(),
        polars_frame(),
        sparse_matrix(),
        sparse_matrix(np.int64).tocsc(),
        sparse.csc_array(np.eye(5)),
        np.array([["a", 1.5], ["b", None], ["c", 2]], dtype=object),
    ],
    ids=lambda table: type(table).__name__,
)
def test__function__every_container__kept(function, table):
    before = deep(table)
    rows = function(table, random_state=0)
    assert type(rows) is type(table)
    assert rows.shape == table.shape
    assert_same(table, before)
    assert_legal(rows, table)
    if isinstance(table, pd.DataFrame):
        assert rows.dtypes.equals(table.dtypes)
        assert rows.index.equals(table.index)
    elif isinstance(table, pl.DataFrame):
        assert rows.schema == table.schema
    else:
        assert rows.dtype == table.dtype
        assert getattr(rows, "format", None) == getattr(table, "format", None)


@pytest.mark.parametrize("function", FUNCTIONS)
def test__function__list_of_mixed_rows__array_of_them(function):
    rows = function(mixed_rows(), random_state=0)
    assert rows.shape == (90, 3)
    assert rows.dtype == object
    assert_legal(rows, mixed_rows())
    rows = function([[1.5, "a"], [2.5, "b"]], random_state=0)
    assert {type(number) for number in rows[:, 0]} == {float}


@pytest.mark.parametrize("function", FUNCTIONS)
def test__function__no_rows__none_of_the_same_dtypes(function, mixed):
    assert_same(function(mixed[0].iloc[:0]), mixed[0].iloc[:0])
    assert function(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("function", FUNCTIONS)
def test__function__one_row__itself(function, mixed):
    row = mixed[0].iloc[:1]
    rows = function(row, random_state=0)
    assert_same(rows, row)
    assert rows is not row


@pytest.mark.parametrize("function", FUNCTIONS)
def test__function__columns_named_categorical__no_new_numbers(function):
    codes = np.arange(12).reshape(6, 2) * 10
    rows = function(codes, categorical_features=[0, 1], random_state=0)
    assert set(rows[:, 0]) <= set(codes[:, 0])
    assert set(rows[:, 1]) <= set(codes[:, 1])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.arange(3.0), "Expected 2D array"),
        (pd.DataFrame(index=range(3)), "0 feature.* minimum of 1 is required.$"),
        (np.array([[1.0], [np.inf]]), "Column 0 contains infinity"),
    ],
)
def test__function__no_table__named(function, table, message):
    with pytest.raises(ValueError, match=message):
        function(table)


# Mixing.


def test__mix__numbers__between_two_different_rows_of_the_class(rng):
    x = np.arange(50) * 1000 + rng.random(50)
    mixed = mix_rows(np.c_[x, 3 * x + 1], alpha=5.0, random_state=0)
    # Both columns are mixed with the same weight and partner.
    np.testing.assert_allclose(mixed[:, 1], 3 * mixed[:, 0] + 1)
    assert (np.abs(mixed[:, 0] - x) > 1).all()


def test__mix__default_alpha__keeps_most_of_the_spread(rng):
    X = rng.normal(size=(4000, 1))
    mixed = mix_rows(X, random_state=0)
    assert mixed.var() / X.var() == pytest.approx(0.86, abs=0.04)
    mixed = mix_rows(X, alpha=1.0, random_state=0)
    assert mixed.var() / X.var() == pytest.approx(0.67, abs=0.04)
    assert mixed.mean() == pytest.approx(X.mean(), abs=0.05)


def test__mix__categories_and_codes__of_one_parent_as_often_as_its_weight(rng):
    group = np.arange(1000) % 2
    X = pd.DataFrame(
        {
            "x": 100 * group + rng.random(1000),
            "code": group,
            "letter": group.astype(str),
        }
    )
    mixed = mix_rows(X, alpha=0.05, random_state=0)
    assert (mixed["letter"] == mixed["code"].astype(str)).all()
    # With so small an alpha nearly all rows are next to one of their parents.
    assert ((mixed["x"] > 50) == mixed["code"].eq(1)).mean() > 0.95
    assert 0.4 < (mixed["code"] != X["code"])[X["code"] == 0].mean() * 2 < 0.6


def test__mix__dates__between_in_whole_days():
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(30) ** 2, unit="D")
    mixed = mix_rows(pd.DataFrame({"day": days}), alpha=1.0, random_state=0)["day"]
    assert (mixed == mixed.dt.normalize()).all()
    assert not set(mixed) <= set(days)


def test__mix__equal_numbers__themselves(rng):
    X = np.r_[rng.random(30), np.full(300, 1 / 3)][:, np.newaxis]
    mixed = mix_rows(X, alpha=1.0, random_state=0)
    near = np.isclose(mixed, 1 / 3, rtol=1e-12, atol=0)
    assert near.sum() > 200
    assert (mixed[near] == 1 / 3).all()


def test__mix__missing_in_a_parent__that_of_one_parent():
    X = pd.DataFrame({"x": [np.nan, *np.arange(40.0) ** 2], "y": np.arange(41.0)})
    mixed = pd.concat([mix_rows(X, alpha=1.0, random_state=seed) for seed in range(50)])
    assert 0 < mixed["x"].isna().mean() < 0.05
    partner_missing = mixed.loc[0, "x"]
    assert 5 < partner_missing.isna().sum() < 45
    assert set(partner_missing.dropna()) <= set(X["x"])


@pytest.mark.parametrize("alpha", [0, -1.0, np.inf, np.nan])
def test__mix__alpha_that_is_none__named(alpha):
    with pytest.raises(ValueError, match=f"alpha must be a positive .* got {alpha}"):
        mix_rows(np.eye(3), alpha=alpha)


@pytest.mark.parametrize("function", FUNCTIONS)
def test__function__numbers_at_the_ends_of_float64__in_the_range(function):
    large = np.r_[0, np.linspace(1.5e308, 1.7e308, 59)]
    X = np.c_[large, -large, np.linspace(-1, 1, 60) * 1.7e308, large * 1e-320]
    rows = function(X, random_state=0)
    assert_legal(rows, X)
    assert not np.array_equal(rows[:, 2], X[:, 2])


# Slicing.


def row_numbers(n_rows, n_columns):
    """Make a table whose cells tell the row that they come from."""
    return np.repeat(np.arange(n_rows)[:, np.newaxis], n_columns, axis=1)


@pytest.mark.parametrize("block", ["contiguous", "random"])
def test__slice__rows__of_two_parents_with_at_least_a_column_each(block):
    X = row_numbers(400, 6)
    sliced = slice_rows(X, block=block, random_state=0)
    foreign = sliced != X
    assert set(foreign.sum(axis=1)) == {1, 2, 3, 4, 5}
    assert foreign.any(axis=0).all()
    for i, row in enumerate(sliced):
        assert len({i, *row}) == 2


def test__slice__contiguous__one_run_and_random__any():
    X = row_numbers(400, 6)

    def borders(block):
        foreign = slice_rows(X, block=block, random_state=0) != X
        return np.abs(np.diff(np.pad(foreign, [(0, 0), (1, 1)]).astype(int))).sum(1)

    assert (borders("contiguous") == 2).all()
    assert (borders("random") > 2).any()


def test__slice__one_column__as_it_was():
    X = np.arange(5.0)[:, np.newaxis]
    assert_same(slice_rows(X, random_state=0), X)


def test__slice__images__a_rectangle_of_another(rng):
    X = row_numbers(300, 5 * 4 * 3)
    sliced = slice_rows(X, image_shape=(5, 4, 3), random_state=0)
    foreign = (sliced != X).reshape(-1, 5, 4, 3)
    assert (foreign.all(axis=3) == foreign.any(axis=3)).all()
    pixels = foreign[..., 0]
    area = pixels.any(axis=2).sum(axis=1) * pixels.any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(pixels.sum(axis=(1, 2)), area)
    assert area.min() >= 1
    assert area.max() == 4 * 3
    assert pixels.any(axis=0).all()


def test__slice__large_images__half_of_the_area_on_average():
    X = row_numbers(500, 400)
    foreign = slice_rows(X, image_shape=(20, 20), random_state=0) != X
    assert foreign.mean() == pytest.approx(0.46, abs=0.05)


@pytest.mark.parametrize("image_shape", [(1, 6), (6, 1), (2, 3)])
def test__slice__narrow_images__part_of_them(image_shape):
    X = row_numbers(100, 6)
    foreign = slice_rows(X, image_shape=image_shape, random_state=0) != X
    assert foreign.any(axis=1).all()
    assert not foreign.all(axis=1).any()


def test__slice__images_of_one_pixel__as_they_were():
    X = row_numbers(5, 3)
    assert_same(slice_rows(X, image_shape=(1, 1, 3), random_state=0), X)


def test__slice__unknown_block__named():
    with pytest.raises(ValueError, match=r"block must be one of .* got 'diagonal'"):
        slice_rows(np.eye(3), block="diagonal")


# Flipping.


def test__flip__numbers__reflected_and_their_covariance_kept(rng):
    X = rng.multivariate_normal([5, -3], [[2, 1], [1, 1]], size=500)
    X = np.r_[X, 2 * X.mean(axis=0) - X]  # so that no reflection leaves the range
    flipped = flip_rows(X)
    np.testing.assert_allclose(flipped, 2 * X.mean(axis=0) - X)
    np.testing.assert_allclose(np.cov(flipped.T), np.cov(X.T))


def test__flip__out_of_the_range__left_as_it_was():
    X = np.array([0.0, 1.0, 2.5, 4.0, 42.5])[:, np.newaxis]
    assert flip_rows(X).ravel().tolist() == [20, 19, 17.5, 16, 42.5]


def test__flip__codes_categories_and_missing__left_as_they_were():
    X = pd.DataFrame(
        {
            "bit": [0, 1] * 10,
            "letter": list("ab") * 10,
            "holes": [None, *np.arange(19.0)],
            "grade": [*range(10)] * 2,
        }
    )
    flipped = flip_rows(X)
    assert_same(flipped[["bit", "letter"]], X[["bit", "letter"]])
    assert flipped["holes"].isna().tolist() == X["holes"].isna().tolist()
    assert flipped["holes"][1:].tolist() == list(range(18, -1, -1))
    assert set(flipped["grade"]) <= set(X["grade"])
    assert flipped["grade"][0] > 7


@pytest.mark.parametrize("axis", [None, "horizontal", "vertical"])
def test__flip__images__mirrored(rng, axis):
    images = rng.random((7, 3, 4, 2))
    images = np.r_[images, images[:, ::-1]]
    images = np.r_[images, images[:, :, ::-1]]  # so that each value may be anywhere
    X = images.reshape(28, 24)
    flipped = flip_rows(X, image_shape=(3, 4, 2), axis=axis)
    expected = images[:, ::-1] if axis == "vertical" else images[:, :, ::-1]
    np.testing.assert_array_equal(flipped.reshape(images.shape), expected)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "Int64"])
def test__flip__images_of_other_ranges__each_pixel_in_its_own(dtype):
    X = pd.DataFrame({"left": [100, 150, 120], "right": [130, 7, 255]}).astype(dtype)
    flipped = flip_rows(X, image_shape=(1, 2))
    assert flipped.dtypes.equals(X.dtypes)
    assert flipped["left"].tolist() == [130, 100, 150]
    assert flipped["right"].tolist() == [100, 150, 120]


@pytest.mark.parametrize(
    ("axis", "image_shape"), [("diagonal", (2, 2)), ("vertical", None)]
)
def test__flip__axis_that_there_is_not__named(axis, image_shape):
    with pytest.raises(ValueError, match=f"axis must be .* got {axis!r} with image"):
        flip_rows(np.eye(4), axis=axis, image_shape=image_shape)


@pytest.mark.parametrize("function", [slice_rows, flip_rows])
def test__images__table_that_holds_none__named(function):
    with pytest.raises(ValueError, match="needs 6 columns, but X has 4"):
        function(np.eye(4), image_shape=(2, 3))
    with pytest.raises(ValueError, match=r"column 'b' has missing values\. Fill"):
        function(pd.DataFrame({"a": [1, 2], "b": [1, None]}), image_shape=(1, 2))
    assert function(np.empty((0, 4)), image_shape=(2, 2)).shape == (0, 4)
