import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import frames
from tables import arrow_frame, mixed_frame, pandas_sparse

from gansampler.tabular.inference import column_facts, infer_schema
from gansampler.tabular.number_facts import MAX_DISCRETE_VALUES
from gansampler.tabular.schema import ColumnSchema, Kind

NUMBERS = np.random.default_rng(0).normal(size=100)


def infer_one(values, dtype=None, **params):
    frame = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    return infer_schema(frame, **params).columns[0]


@given(frames(8))
def test__infer__any_frame__one_column_each_and_frame_unchanged(frame):
    before = frame.copy(deep=True)
    schema = infer_schema(frame)
    assert [column.name for column in schema.columns] == frame.columns.tolist()
    assert [column.dtype for column in schema.columns] == frame.dtypes.tolist()
    pd.testing.assert_frame_equal(frame, before)
    for j, column in enumerate(schema.columns):
        assert (j in schema.categorical_features) == (column.kind is Kind.CATEGORICAL)
        assert column.step >= 1
        assert (column.decimals is None) or column.kind is Kind.CONTINUOUS


@given(frames(8), st.data())
def test__infer__declared_by_any_form__same_schema(frame, data):
    n = frame.shape[1]
    auto = infer_schema(frame).categorical_features.tolist()
    more = data.draw(st.sets(st.integers(0, n - 1)))
    positions = sorted(more | set(auto))
    mask = [j in positions for j in range(n)]
    names = [frame.columns[j] for j in positions]
    negative = [j - n for j in positions]
    schemas = [infer_schema(frame, f) for f in (positions, mask, names, negative)]
    assert all(schema == schemas[0] for schema in schemas)
    assert schemas[0].categorical_features.tolist() == positions


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("float", Kind.CONTINUOUS),
        ("float32", Kind.CONTINUOUS),
        ("Float64", Kind.CONTINUOUS),
        ("int", Kind.INTEGER),
        ("uint64", Kind.INTEGER),
        ("Int64", Kind.INTEGER),
        ("date", Kind.INTEGER),
        ("some_date", Kind.INTEGER),
        ("zoned", Kind.INTEGER),
        ("duration", Kind.INTEGER),
        ("boolean", Kind.CATEGORICAL),
        ("string", Kind.CATEGORICAL),
        ("object", Kind.CATEGORICAL),
        ("str", Kind.CATEGORICAL),
        ("category", Kind.CATEGORICAL),
        ("ordered", Kind.CATEGORICAL),
        ("bool", Kind.CATEGORICAL),
    ],
)
def test__infer__auto__kind_of_each_dtype(mixed, column, kind):
    schema = infer_schema(mixed[0])
    assert schema.columns[mixed[0].columns.get_loc(column)].kind is kind


def test__infer__arrow_dtypes__kinds():
    kinds = {c.name: c.kind.value for c in infer_schema(arrow_frame()).columns}
    assert {kinds.pop(name) for name in ("bool", "string")} == {"categorical"}
    assert {kinds.pop(name) for name in ("float", "float32")} == {"continuous"}
    assert set(kinds.values()) == {"integer"}


def test__infer__sparse_columns__kinds():
    kinds = [column.kind.value for column in infer_schema(pandas_sparse()).columns]
    numbers = ["continuous", "continuous", "integer"]
    assert kinds == [*numbers, "categorical", "continuous"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, 3], Kind.INTEGER),
        ([1, None, 3], Kind.INTEGER),
        ([np.int8(1), 2**62, 3], Kind.INTEGER),
        ([1, 2.5, np.nan], Kind.CONTINUOUS),
        ([1, 2**70], Kind.CONTINUOUS),
        ([Fraction(1, 4), 2, 3], Kind.CONTINUOUS),
        (["a", None], Kind.CATEGORICAL),
        ([True, None], Kind.CATEGORICAL),
        ([None, None], Kind.CATEGORICAL),
        ([np.nan, np.nan], Kind.CATEGORICAL),
    ],
)
def test__infer__object_column__kind_of_its_values(values, kind):
    assert infer_one(values, object).kind is kind


@pytest.mark.parametrize("dtype", ["bool", "boolean", "object"])
def test__infer__booleans_left_out__categorical_anyway(dtype):
    column = infer_one([True, False, True], dtype, categorical_features=[])
    assert column.kind is Kind.CATEGORICAL


@pytest.mark.parametrize("n_distinct", [2, MAX_DISCRETE_VALUES])
def test__infer__few_values__discrete(n_distinct):
    values = NUMBERS[:n_distinct].tolist()
    assert infer_one(values * 2).discrete
    assert infer_one([*values * 2, None, None]).discrete
    assert not infer_one([*values, *values[:-1]]).discrete


def test__infer__many_values__not_discrete():
    assert not infer_one(NUMBERS[: MAX_DISCRETE_VALUES + 1].tolist() * 9).discrete


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", "Float32", object])
@pytest.mark.parametrize("decimals", [0, 1, 4])
def test__infer__rounded_numbers__decimals(dtype, decimals):
    assert infer_one(NUMBERS.round(decimals), dtype).decimals == decimals


@pytest.mark.parametrize("values", [NUMBERS, NUMBERS * 1e12, [np.nan] * 3])
def test__infer__numbers_without_rounding__no_decimals(values):
    assert infer_one(values).decimals is None


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([300, 500, 1200], 100),
        ([-7, 0, 7, 21], 7),
        ([10, 3, 17], 7),
        ([1, 2, 3], 1),
        ([5, 15], 1),
        ([4, 4, 4], 1),
        ([-(2**63), 0, 2**62], 2**62),
        ([-(2**63), 2**63 - 1, 0], 1),
    ],
)
def test__infer__integers__step(values, step):
    assert infer_one(values, "int64").step == step


def test__infer__days__step_of_a_day():
    days = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta([0, 3, 7], unit="D"))
    one_day = pd.Series(pd.to_timedelta([1], unit="D")).astype("timedelta64[ns]")
    assert infer_one(days.astype("datetime64[ns]")).step == one_day.astype("int64")[0]


@pytest.mark.parametrize(
    ("values", "decimals"), [([1e9, 0.5, 0.25], 2), ([2.5e9 + 0.5, 0.5, 0.25], 2)]
)
def test__infer__one_large_number__decimals_of_the_others(values, decimals):
    assert infer_one(values).decimals == decimals


def test__infer__whole_among_first_numbers__all_are_looked_at():
    n = 1000
    steps = infer_one([*range(0, 100 * n, 100), 100 * n + 50])
    assert steps.step == 50
    assert infer_one([*range(0, 2 * n, 2), 1]).step == 1
    rounded = infer_one([*NUMBERS[:50].round(1).tolist() * 20, 0.125])
    assert rounded.decimals == 3
    few = [*range(MAX_DISCRETE_VALUES)] * 100
    assert infer_one(few).discrete
    assert not infer_one([*few, -1]).discrete


def merged(one, other):
    """Return what two parts of a column say of it together."""
    facts = [column_facts(pd.DataFrame({"x": part}))[0] for part in (one, other)]
    return facts[0].merge(facts[1])


def test__merge__categories_that_differ__in_the_order_of_their_parts():
    facts = merged(
        pd.Categorical(["a"], categories=["b", "a"]),
        pd.Categorical(["c"], categories=["c", "a"]),
    )
    assert facts.dtype.categories.tolist() == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.5, 1.25], [0.125]),
        ([0.125], [0.5, 1.25]),
        ([0.1, 0.25], [0.125, 0.2]),
        (np.float32([0.1, 0.2, 0.35]), np.float32([0.1])),
        ([100, 300, 700], [1000, 1400]),
        ([1, 8, 15], [15, 22, 36]),
        ([100, 100, 100], [350, 350, 350]),
        ([-300, -100], [100, 500]),
        (range(MAX_DISCRETE_VALUES), range(5, MAX_DISCRETE_VALUES + 1)),
        ([*range(MAX_DISCRETE_VALUES)], [*range(MAX_DISCRETE_VALUES)]),
        (NUMBERS[:30], NUMBERS[:30]),
        ([1.0], [None]),
    ],
    ids=range(12),
)
def test__merge__two_parts_of_a_column__as_the_whole(one, other):
    dtype = getattr(one, "dtype", None)
    parts = [pd.Series(part, dtype=dtype) for part in (one, other)]
    if parts[1].isna().all():
        parts[1] = parts[1].astype(parts[0].dtype)
    whole = pd.concat(parts, ignore_index=True)
    assert merged(*parts).schema() == infer_one(whole)


@pytest.mark.parametrize("declared", [["y"], []])
def test__infer__nothing_but_missing_objects__declared_numbers_or_left_to_us(declared):
    frame = pd.DataFrame({"x": pd.Series([None] * 3, dtype=object), "y": list("abc")})
    if "y" not in declared:
        frame["y"] = [1, 2, 3]
    column = infer_schema(frame, declared).columns[0]
    assert column == ColumnSchema("x", Kind.CONTINUOUS, np.dtype(object), discrete=True)
    assert infer_schema(frame).columns[0].kind is Kind.CATEGORICAL


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (
            pd.Categorical(["a"]),
            pd.Series([1]),
            "Column 'x' has the dtype category in some rows and int64 in others. "
            "Convert it to a single dtype.",
        ),
        (
            pd.Series([1], dtype=object),
            pd.Series(["a"], dtype=object),
            "Column 'x' contains numbers in some rows and labels in others. Name 'x' "
            "in `categorical_features`, or convert the column to one type.",
        ),
        (
            pd.Categorical(["a"], ordered=True),
            pd.Categorical(["b"]),
            "Column 'x' is an ordered category whose categories differ: ['a'] in some "
            "rows and ['b'] in others. Set the same categories for all rows.",
        ),
    ],
    ids=["dtypes", "contents", "order"],
)
def test__merge__parts_that_differ__told_how(one, other, message):
    with pytest.raises(TypeError, match="Column 'x'") as caught:
        merged(one, other)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ([True], "is a mask of 1 entries, but X has 3 columns."),
        ([3, -4, 1], "names the positions [3, -4], but X has 3 columns (0 to 2)."),
        (
            ["a", "no"],
            "names ['no'], which are not columns of X. Its columns are "
            "['a', 'b', 'c'].",
        ),
        ([[1]], "must be one-dimensional, got an array of shape (1, 1)."),
        ("none", "must be one-dimensional, got an array of shape ()."),
    ],
)
def test__infer__declared_what_is_not_there__told_so(declared, message):
    frame = pd.DataFrame(np.eye(3), columns=list("abc"))
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole message
        infer_schema(frame, declared)
    assert str(caught.value) == f"categorical_features {message}"


@pytest.mark.parametrize(
    ("values", "declared", "message"),
    [
        (
            pd.Series([10**400, 1], dtype=object),
            "auto",
            "Column 'x' contains an integer of 401 digits, too large for a float. "
            "Scale the column, or name 'x' in `categorical_features`.",
        ),
        (
            pd.Series(["a", "b"], dtype=object),
            [],
            "Column 'x' of dtype object contains labels, but `categorical_features` "
            "leaves it out; name 'x' in `categorical_features` or convert the column "
            "to numbers.",
        ),
        (
            pd.Series([1, "a"], dtype=object),
            "auto",
            "Column 'x' mixes the types ['int', 'str']; first odd value: 'a'; name 'x' "
            "in `categorical_features` or convert the column to one type.",
        ),
        (
            pd.Series([{}], dtype=object),
            "auto",
            "Column 'x' contains objects of type dict; first odd value: {}; name 'x' "
            "in `categorical_features` or convert the column to one type.",
        ),
        (
            pd.Series([[1]], dtype=object),
            ["x"],
            "Column 'x' contains [1], a list, which can't be a category because it is "
            "not hashable. Convert it to a string or a number, or drop the column.",
        ),
        (
            pd.Series(pd.period_range("2020", periods=2)),
            "auto",
            "Column 'x' has the dtype period[D], which can't be read as numbers; name "
            "'x' in `categorical_features` or convert the column.",
        ),
        (pd.Series([1j]), "auto", "Complex data not supported: column 'x'."),
        (
            pd.Series([1.0, np.inf, np.nan, -np.inf]),
            "auto",
            "Column 'x' contains infinity in 2 rows (first: row 1). Replace it with "
            "NaN, which counts as missing, or with a finite number.",
        ),
    ],
    ids=range(8),
)
def test__infer__column_that_can_not_be_read__name_value_and_way_out(
    values, declared, message
):
    with pytest.raises((TypeError, ValueError)) as caught:
        infer_schema(values.to_frame("x"), declared)
    assert str(caught.value) == message


def test__infer__duplicate_names__named():
    with pytest.raises(ValueError, match=r"must be unique, but \['x'\]"):
        infer_schema(pd.DataFrame(np.eye(2), columns=["x", "x"]))


def test__infer__names_in_a_plain_index_of_tuples__found():
    frame = pd.DataFrame(np.eye(3))
    frame.columns = pd.Index(["x", ("y", 1), 3], tupleize_cols=False)
    schema = infer_schema(frame, [("y", 1), "x"])
    assert schema.categorical_features.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, "a"], r"mixes the types \['int', 'str'\]; first odd value: 'a'; name 'x'"),
        ([1, True], r"mixes the types \['bool', 'int'\]; first odd value: True"),
        ([{}, {}], r"objects of type dict; first odd value: {}; name 'x' in"),
        ([Decimal(1)], "objects of type Decimal"),
        ([datetime.date(2020, 1, 1)], "objects of type date"),
        ([1 + 2j], "objects of type complex"),
    ],
)
def test__infer__objects_that_are_no_numbers__named(values, message):
    with pytest.raises(TypeError, match=f"Column 'x' .*{message}"):
        infer_one(values, object)


@pytest.mark.parametrize(
    "dtype",
    [pa.date32(), pa.dictionary(pa.int32(), pa.string()), pa.time32("s")],
)
def test__infer__arrow_dtype_that_is_no_number__named(dtype):
    if isinstance(dtype, pa.DictionaryType):
        values = pa.array(["a", "b"]).dictionary_encode()
    else:
        values = pa.array([1, 2], type=dtype)
    column = pd.arrays.ArrowExtensionArray(values)
    with pytest.raises(TypeError, match=r"Column 'x' has the dtype .*; name 'x' in"):
        infer_one(column)
    assert infer_one(column, categorical_features=[0]).kind is Kind.CATEGORICAL


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", object])
def test__infer__infinity__names_column_rows_and_fix(dtype):
    message = r"Column 'x' contains infinity in 2 rows \(first: row 2\)\. Replace it"
    with pytest.raises(ValueError, match=message):
        infer_one([1.0, None, np.inf, 2.0, -np.inf], dtype)


def test__infer__infinity_declared__a_category():
    column = infer_one([1.0, np.inf], categorical_features=["x"])
    assert column.kind is Kind.CATEGORICAL


def test__infer__mixed_frame__categorical_positions():
    frame, _ = mixed_frame()
    expected = [
        *("boolean", "string", "object", "str", "category", "ordered", "bool"),
        "constant",
    ]
    positions = infer_schema(frame).categorical_features
    assert frame.columns[positions].tolist() == expected


def test__infer__integer_beyond_all_floats__names_column_and_way_out():
    frame = pd.DataFrame({"id": pd.Series([10**400, 1, 2], dtype=object)})
    with pytest.raises(ValueError, match=r"'id' contains an integer of 401 digits"):
        infer_schema(frame)
    schema = infer_schema(frame, ["id"])
    assert schema.columns[0].kind is Kind.CATEGORICAL


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([[1], [2]], pa.list_(pa.int64())), ([{"a": 1}], pa.struct([("a", pa.int64())]))],
)
def test__infer__arrow_lists_and_records_declared__not_hashable(values, dtype):
    series = pd.Series(pa.array(values, dtype), dtype=pd.ArrowDtype(dtype))
    with pytest.raises(TypeError, match=r"Column 'x' contains .* is not hashable"):
        infer_schema(pd.DataFrame({"x": series}), ["x"])


@pytest.mark.parametrize("declared", ["auto", [], ["x"]])
def test__infer__arrow_null_column__taken(declared):
    frame = pd.DataFrame({"x": pd.array([None] * 3, pd.ArrowDtype(pa.null()))})
    (column,) = infer_schema(frame, declared).columns
    assert column.dtype == frame["x"].dtype
