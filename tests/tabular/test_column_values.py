from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gansampler.tabular.column_values import distinct_values, read_floats, read_numbers


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=9))
def test__read_numbers__integers__exact(values):
    series = pd.Series(values, dtype="Int64")
    numbers, missing = read_numbers(series)
    assert missing.tolist() == [value is None for value in values]
    assert numbers.dtype == np.int64
    assert numbers.tolist() == [value for value in values if value is not None]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pd.Series([2**64 - 1, 1], dtype="uint64"), [2**64 - 1, 1]),
        (pd.Series([1, None], dtype="UInt8"), [1]),
        (pd.Series([1.5, None], dtype="Float64"), [1.5]),
        (pd.Series([1.5, None], dtype="double[pyarrow]"), [1.5]),
        (pd.Series(pd.arrays.SparseArray([0, 0, 3])), [0, 0, 3]),
        (pd.Series([2, None, 3], dtype=object), [2, 3]),
        (pd.Series([], dtype="float64"), []),
        (pd.Series(pd.to_datetime(["1970-01-02", None])).astype("M8[s]"), [86400]),
        (
            pd.Series(pd.to_timedelta(["1s"])).astype("duration[ms][pyarrow]"),
            [1000],
        ),
        (
            pd.Series(pd.to_datetime(["1970-01-01 01:00"]))
            .astype("M8[s]")
            .dt.tz_localize("Etc/GMT-1"),
            [3600],
        ),
    ],
)
def test__read_numbers__each_dtype__values(series, expected):
    numbers, missing = read_numbers(series)
    assert numbers.tolist() == expected
    assert missing.tolist() == series.isna().tolist()


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([-(2**63), 2**63 - 1], np.int64), ([2**63], float), ([-(2**63) - 1], float)],
)
def test__read_numbers__integers_among_objects__exact_where_int64_holds_them(
    values, dtype
):
    numbers, _ = read_numbers(pd.Series(values, dtype=object))
    assert numbers.dtype == dtype
    assert numbers.tolist() == [dtype(value) for value in values]


def test__read_numbers__small_integers_of_numpy_among_objects__int64():
    numbers, _ = read_numbers(pd.Series([np.int8(1), np.int8(2)], dtype=object))
    assert numbers.dtype == np.int64


@pytest.mark.parametrize(
    ("dtype", "wide"),
    [
        ("int8", np.int64),
        ("Int16", np.int64),
        ("uint8", np.uint64),
        ("float32", np.float64),
        ("Float32", np.float64),
        ("float[pyarrow]", np.float64),
    ],
)
def test__read_numbers__narrow_dtype__widened(dtype, wide):
    numbers, _ = read_numbers(pd.Series([1, 2], dtype=dtype))
    assert numbers.dtype == wide


def test__read_floats__any_numbers__cut_to_the_bound_and_nan_where_missing():
    series = pd.Series([1, None, -7, 10**6, -(10**6)], dtype="Int64")
    expected = [1, np.nan, -7, 100, -100]
    np.testing.assert_array_equal(read_floats(series, bound=100.0), expected)


def test__distinct_values__missing_of_any_kind__once():
    series = pd.Series(["b", None, "a", np.nan, "b"], dtype=object)
    assert distinct_values(series).tolist() == [None, "a", "b"]


def test__distinct_values__look_alikes_of_other_types__order_not_of_the_rows():
    pair = [Decimal(1), "1"]
    orders = [distinct_values(pd.Series(p, dtype=object)) for p in (pair, pair[::-1])]
    assert repr(orders[0].tolist()) == repr(orders[1].tolist())


@pytest.mark.parametrize("dtype", [object, "str", "category", "float64"])
def test__distinct_values__of_nothing__nothing(dtype):
    assert len(distinct_values(pd.Series([], dtype=dtype))) == 0
