import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from strategies import frames
from tables import assert_same, pandas_sparse

from gansampler.tabular.bounded_encoder import BoundedEncoder, declared_schema
from gansampler.tabular.encoder import RowLayout

FRAME = pd.DataFrame(
    {
        "age": [30, 60, 90, 120, 0],
        "dose": [0.25, 0.5, 0.75, 1.0, 0.0],
        "job": pd.Categorical(
            ["a", "b", "a", "b", "a"], categories=["never", "b", "a"], ordered=True
        ),
        "smokes": [True, False, False, True, True],
    }
)
BOUNDS = {"age": (0, 120), "dose": (0.0, 1.0)}
CATEGORIES = {"job": ["never", "b", "a"]}


def make_encoder(frame, column_bounds, column_categories=None, features="auto"):
    schema = declared_schema(frame, column_categories, features)
    return BoundedEncoder(schema, column_bounds, column_categories).fit(frame)


def one_column(values, dtype=None):
    return pd.DataFrame({"x": pd.Series(values, dtype=dtype)})


def test__round_trip__table_within_its_bounds__comes_back():
    encoder = make_encoder(FRAME, BOUNDS, CATEGORIES)
    assert encoder.undeclared(FRAME) is None
    rows = encoder.transform(FRAME)
    assert rows.dtype == np.float32
    assert encoder.layout_ == RowLayout(n_scalars=2, block_sizes=(3, 2))
    np.testing.assert_allclose(rows[:, 0], [-0.5, 0, 0.5, 1, -1])
    assert_same(encoder.inverse_transform(rows), FRAME)


@st.composite
def bounds(draw, dtype):
    """Draw bounds of a column of numbers, which its dtype can hold."""
    if dtype.kind == "f":
        low = draw(st.floats(-(2.0**99), 2.0**99, width=32))
        return low, low + 2 + abs(low)
    limits = np.iinfo(dtype)
    low = draw(st.integers(limits.min, limits.max - 1))
    return low, draw(st.integers(low + 1, min(limits.max, low + 2**53)))


@given(frames(4), st.data())
def test__inverse_transform__any_matrix_and_bounds__numbers_within_them(frame, data):
    dtypes = frame.dropna(axis=1).dtypes
    numbers = [
        name
        for name, dtype in dtypes.items()
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf"
    ]
    assume(numbers)
    frame = frame[numbers]
    column_bounds = {name: data.draw(bounds(dtypes[name])) for name in numbers}
    encoder = make_encoder(frame, column_bounds)
    assert encoder.undeclared(frame) is None
    encoded = encoder.transform(frame)
    assert (np.abs(encoded) <= 1).all()
    shape = (5, encoder.layout_.width)
    any_rows = npst.arrays(np.float32, shape, elements=st.floats(-3, 3, width=32))
    for rows in (encoded, data.draw(any_rows)):
        decoded = encoder.inverse_transform(rows)
        assert decoded.dtypes.equals(frame.dtypes)
        for name, (low, high) in column_bounds.items():
            assert all(low <= value <= high for value in decoded[name].tolist())


def test__encoder__two_tables_of_one_kind__same_scales():
    other = FRAME.copy()
    other["age"], other["dose"] = [7, 7, 7, 7, 8], 0.125
    other["job"] = pd.Categorical(["b"] * 5, dtype=FRAME["job"].dtype)
    first, second = (
        make_encoder(table, BOUNDS, CATEGORIES) for table in (FRAME, other)
    )
    assert pickle.dumps(first) == pickle.dumps(second)
    rows = np.random.default_rng(0).normal(0, 1, (50, 7)).astype(np.float32)
    assert_same(first.inverse_transform(rows), second.inverse_transform(rows))
    np.testing.assert_array_equal(first.transform(FRAME), second.transform(FRAME))


def test__transform__beyond_the_bounds__on_the_nearer_one():
    frame = pd.DataFrame({"i": [-5, 5, 500], "f": [-np.inf, 0.5, np.inf]})
    encoder = make_encoder(frame, {"i": (0, 10), "f": (0, 1)})
    rows = encoder.transform(frame)
    np.testing.assert_allclose(rows, [[-1, -1], [0, 0], [1, 1]])
    decoded = encoder.inverse_transform(3 * rows)
    assert_same(decoded, pd.DataFrame({"i": [0, 5, 10], "f": [0.0, 0.5, 1.0]}))


def test__inverse_transform__category_that_is_never_shown__comes_out():
    encoder = make_encoder(FRAME, BOUNDS, CATEGORIES)
    row = np.zeros((1, 7), dtype=np.float32)
    row[0, [2, 5]] = 1
    decoded = encoder.inverse_transform(row)
    assert decoded["job"].tolist() == ["never"]
    assert decoded["job"].dtype == FRAME["job"].dtype
    assert decoded["smokes"].tolist() == [False]


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        ("int8", -128, 127),
        ("uint8", 0, 255),
        ("Int16", -300, 300),
        ("int32[pyarrow]", -(2**31), 2**31 - 1),
        ("uint64", 2**64 - 2**53, 2**64 - 1),
        ("int64", -(2**63), -(2**63) + 2**53),
        ("float32", 0.1, 0.7),
        ("Float32", -0.1, 0.1),
        ("float[pyarrow]", -0.3, 0.3),
        ("float64", -8e307, 8e307),
        ("float64", 0.0, 5e-324),
        ("float64", 0.3, 0.9),  # 0.3 + (0.9 - 0.3) is more
        ("Sparse[int64]", -3, 3),
        ("Sparse[float64]", 0.1, 0.2),
    ],
)
def test__inverse_transform__each_dtype__kept_and_within_the_bounds(dtype, low, high):
    frame = one_column([0, 0], dtype)
    encoder = make_encoder(frame, {"x": (low, high)})
    rows = np.array([[-9], [-1], [0.1], [1], [9]], dtype=np.float32)
    decoded = encoder.inverse_transform(rows)["x"]
    assert decoded.dtype == frame["x"].dtype
    values = [value.item() if hasattr(value, "item") else value for value in decoded]
    assert all(low <= value <= high for value in values)
    assert values[0] == values[1] < values[3] == values[4]
    if not pd.api.types.is_float_dtype(frame["x"].dtype):
        assert (values[0], values[4]) == (low, high)


@pytest.mark.parametrize("dtype", ["bool", "boolean", "bool[pyarrow]", "Sparse[bool]"])
def test__round_trip__each_boolean_dtype__comes_back(dtype):
    frame = one_column([True, True, False], dtype)
    encoder = make_encoder(frame, None)
    assert encoder.layout_ == RowLayout(0, (2,))
    assert_same(encoder.inverse_transform(encoder.transform(frame)), frame)


def test__bounds__fractions_for_integers__whole_numbers_within():
    encoder = make_encoder(one_column([1, 2]), {"x": (0.5, 9.5)})
    rows = np.array([[-1], [-0.8], [-0.9], [1]], dtype=np.float32)
    assert encoder.inverse_transform(rows)["x"].tolist() == [1, 2, 1, 9]


def test__column_bounds__names_and_positions__mean_the_same_column():
    rows = np.array([[0.3, 0.3, 1, 0, 0, 1, 0]], dtype=np.float32)
    expected = make_encoder(FRAME, BOUNDS, CATEGORIES).inverse_transform(rows)
    for bounds in ({0: (0, 120), 1: (0, 1)}, {-4: (0, 120), np.int64(1): (0, 1)}):
        decoded = make_encoder(FRAME, bounds, CATEGORIES).inverse_transform(rows)
        assert_same(decoded, expected)


def test__column_bounds__name_that_is_a_number__is_the_name():
    frame = pd.DataFrame({1: [0.5, 0.5], 0: [5.0, 5.0]})
    encoder = make_encoder(frame, {0: (0, 10), 1: (0, 1)})
    decoded = encoder.inverse_transform(np.ones((1, 2), dtype=np.float32))
    assert decoded.iloc[0].tolist() == [1, 10]


def test__fit__tuple_names__kept():
    frame = FRAME[["age", "dose"]].set_axis(
        pd.MultiIndex.from_tuples([("p", "age"), ("p", "dose")]), axis=1
    )
    encoder = make_encoder(frame, {("p", "age"): (0, 120), 1: (0, 1)})
    assert_same(encoder.inverse_transform(encoder.transform(frame)), frame)


def test__encoder__inputs__untouched():
    frame, bounds, categories = (
        FRAME.copy(deep=True),
        dict(BOUNDS),
        deepcopy(CATEGORIES),
    )
    make_encoder(frame, bounds, categories).transform(frame)
    assert_same(frame, FRAME)
    assert bounds == BOUNDS
    assert categories == CATEGORIES


NUMBER = one_column([1.5, 2.5])
WHOLE = one_column([1, 2])


@pytest.mark.parametrize(
    ("frame", "bounds", "error", "names"),
    [
        (FRAME, {"age": (0, 1)}, ValueError, ["'dose'", "column_bounds={'dose'"]),
        (FRAME, None, ValueError, ["'age'", "column_bounds"]),
        (FRAME, BOUNDS | {"job": (0, 1)}, ValueError, ["'job'", "Remove it"]),
        (FRAME, BOUNDS | {"smokes": (0, 1)}, ValueError, ["'smokes'", "Remove it"]),
        (FRAME, BOUNDS | {"sex": (0, 1)}, ValueError, ["'sex'", "'age', 'dose'"]),
        (FRAME, BOUNDS | {4: (0, 1)}, ValueError, ["4", "not a column"]),
        (FRAME, BOUNDS | {True: (0, 1)}, ValueError, ["True", "not a column"]),
        (FRAME, BOUNDS | {0: (0, 1)}, ValueError, ["'age' by name and by position"]),
        (NUMBER, [(0, 1)], TypeError, ["mapping", "[(0, 1)]"]),
        (NUMBER, {"x": 3}, TypeError, ["'x'", "pair", "3"]),
        (NUMBER, {"x": "ab"}, TypeError, ["'x'", "pair", "'ab'"]),
        (NUMBER, {"x": (1, 2, 3)}, TypeError, ["'x'", "pair", "(1, 2, 3)"]),
        (NUMBER, {"x": (0, "b")}, TypeError, ["'x'", "numbers", "'b'"]),
        (NUMBER, {"x": (False, 1)}, TypeError, ["'x'", "numbers", "False"]),
        (NUMBER, {"x": (1, 1)}, ValueError, ["'x'", "low < high", "(1, 1)"]),
        (NUMBER, {"x": (2.0, 1.0)}, ValueError, ["'x'", "low < high"]),
        (NUMBER, {"x": (0, np.inf)}, ValueError, ["'x'", "finite", "inf"]),
        (NUMBER, {"x": (np.nan, 1)}, ValueError, ["'x'", "finite", "nan"]),
        (NUMBER, {"x": (-1e308, 1e308)}, ValueError, ["'x'", "apart", "scale"]),
        (NUMBER, {"x": (0, 10**400)}, ValueError, ["'x'", "range of float64"]),
        (WHOLE, {"x": (0.1, 0.9)}, ValueError, ["'x'", "two numbers of int64"]),
        (WHOLE, {"x": (-(2**53), 1)}, ValueError, ["'x'", "apart", "scale"]),
        (WHOLE.astype("int8"), {"x": (0, 128)}, ValueError, ["int8", "-128 to 127"]),
        (WHOLE.astype("uint8"), {"x": (-1, 9)}, ValueError, ["uint8", "0 to 255"]),
        (
            WHOLE.astype("float32"),
            {"x": (1.00000001, 1.00000002)},
            ValueError,
            ["'x'", "two numbers of float32"],
        ),
        (WHOLE.astype("float16"), {"x": (0, 1e9)}, ValueError, ["float16", "65504"]),
        (one_column(["a", "b"], "str"), None, ValueError, ["column_categories={'x'"]),
        (one_column([True, False], object), None, ValueError, ["column_categories"]),
        (one_column(["a", "b"], "category"), None, ValueError, ["column_categories"]),
        (one_column([True], "category"), None, ValueError, ["column_categories"]),
        (one_column([1, 2], object), {"x": (0, 9)}, ValueError, ["'x'", "object"]),
        (
            one_column(pd.to_datetime(["2020-01-01", "2021-01-01"])),
            {"x": (0, 9)},
            ValueError,
            ["'x'", "datetime64", "convert the column to numbers"],
        ),
    ],
)
def test__encoder__bounds_that_are_none__names_the_column(frame, bounds, error, names):
    with pytest.raises(error) as raised:
        make_encoder(frame, bounds, CATEGORIES if frame is FRAME else None)
    assert all(name in str(raised.value) for name in names), raised.value


TEXT = one_column(["a", "b"], "str")


@pytest.mark.parametrize(
    ("frame", "categories", "error", "names"),
    [
        (TEXT, ["a", "b"], TypeError, ["column_categories", "mapping"]),
        (TEXT, {"y": ["a"]}, ValueError, ["column_categories", "'y'", "not a column"]),
        (TEXT, {"x": ["a"], 0: ["a"]}, ValueError, ["'x' by name and by position"]),
        (TEXT, {"x": "ab"}, TypeError, ["'x'", "a list of values", "'ab'"]),
        (TEXT, {"x": 3}, TypeError, ["'x'", "a list of values", "3"]),
        (TEXT, {"x": {"a": 1}}, TypeError, ["'x'", "a list of values"]),
        (TEXT, {"x": []}, ValueError, ["'x'", "one or more values"]),
        (TEXT, {"x": ["a", None]}, ValueError, ["'x'", "without missing ones"]),
        (TEXT, {"x": ["a", "b", "a"]}, ValueError, ["'x'", "'a' twice"]),
        (WHOLE, {"x": [1, 2.5]}, ValueError, ["'x'", "int64", "2.5"]),
        (WHOLE, {"x": [1, "b"]}, ValueError, ["'x'", "int64"]),
        (WHOLE.astype("int8"), {"x": [1, 300]}, ValueError, ["'x'", "300", "Convert"]),
        (
            NUMBER.astype("float32"),
            {"x": [1, 2**24 + 1]},
            ValueError,
            ["'x'", "float32", "16777217", "Convert"],
        ),
        (NUMBER.astype("float32"), {"x": [1, 1e39]}, ValueError, ["'x'", "1e+39"]),
        (NUMBER.astype("float32"), {"x": [1, 1e-60]}, ValueError, ["'x'", "1e-60"]),
        (
            NUMBER.astype("Float32"),
            {"x": [0.1, 0.1 + 1e-12]},
            ValueError,
            ["distinguish"],
        ),
        (TEXT.astype("category"), {"x": ["b", "a"]}, ValueError, ["'x'", "astype"]),
        (TEXT.astype("category"), {"x": ["a", "b", "c"]}, ValueError, ["'x'", "Enum"]),
    ],
)
def test__encoder__categories_that_are_none__names_the_column(
    frame, categories, error, names
):
    with pytest.raises(error) as raised:
        make_encoder(frame, None, categories)
    assert all(name in str(raised.value) for name in names), raised.value


def test__encoder__bounds_and_categories_of_one_column__refused():
    with pytest.raises(ValueError, match=r"column_bounds names 'x'.*Remove it"):
        make_encoder(WHOLE, {"x": (0, 9)}, {"x": [1, 2]})


def test__encoder__number_named_categorical__asks_for_its_categories():
    with pytest.raises(ValueError, match=r"'x' of dtype int64.*column_categories"):
        make_encoder(WHOLE, None, features=["x"])


@pytest.mark.parametrize(
    ("values", "dtype", "declared"),
    [
        (["a", "b"], "str", ["b", "never", "a"]),
        (["a", "b"], object, ("b", "never", "a")),
        (["a", "b"], "string", pd.Index(["b", "a"])),
        ([1, 3], "int64", [3, 2, 1]),
        ([1.5, 3], "Float32", np.array([3, 1.5])),
        ([1.5, np.inf], "float32", [2**24, np.inf, 1.5]),
        ([True, False], object, [True, False]),
        (
            pd.to_datetime(["2020-01-01", "2021-01-01"]),
            None,
            pd.to_datetime(["2020", "2021"]),
        ),
    ],
    ids=str,
)
def test__round_trip__declared_categories__only_these_come_out(values, dtype, declared):
    frame = one_column(values, dtype)
    encoder = make_encoder(frame, None, {"x": declared})
    assert encoder.undeclared(frame) is None
    assert encoder.layout_ == RowLayout(0, (len(declared),))
    assert_same(encoder.inverse_transform(encoder.transform(frame)), frame)
    decoded = encoder.inverse_transform(np.eye(len(declared), dtype=np.float32))
    assert decoded["x"].tolist() == list(declared)


@pytest.mark.parametrize(
    ("frame", "bounds", "categories"),
    [
        (one_column([1, None], "Int64"), {"x": (0, 1)}, None),
        (one_column([1.0, np.nan]), {"x": (0, 1)}, None),
        (one_column(["a", None], object), None, {"x": ["a", "b"]}),
        (one_column(["a", "secret"], "str"), None, {"x": ["a", "b"]}),
        (one_column([1, 77]), None, {"x": [1, 2]}),
        (one_column([True, None], "boolean"), None, None),
    ],
)
def test__undeclared__value_that_is_not_declared__its_column(frame, bounds, categories):
    frame = frame.assign(fine=True)
    encoder = make_encoder(frame, bounds, categories)
    assert encoder.undeclared(frame) == "x"
    assert encoder.undeclared(frame.iloc[:1]) is None


def test__encoder__sparse_frame__taken():
    frame = pandas_sparse().drop(columns="nan")
    encoder = make_encoder(frame, dict.fromkeys(["float", "int", "dense"], (-9, 9)))
    assert encoder.undeclared(frame) is None


@given(frames(4))
def test__declared_schema__any_table__says_nothing_of_its_rows(frame):
    same_dtypes = frame.iloc[:0]
    assert declared_schema(frame) == declared_schema(same_dtypes)
