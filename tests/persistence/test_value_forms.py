import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import columns
from tables import arrow_frame, mixed_frame, pandas_sparse

from gansampler.persistence.json_codec import NoFormError, Reader, Writer, by_attributes
from gansampler.persistence.value_forms import VALUES


def through_json(value, forms=VALUES):
    """Write a value, send it through JSON, and read it."""
    writer = Writer(forms)
    plain = writer.write(value)
    text = json.dumps([plain, writer.shared], allow_nan=False)
    plain, shared = json.loads(text)
    reader = Reader(forms, writer.arrays)
    reader.read_shared(shared)
    return reader.read(plain)


VALUES_OF_ALL_TYPES = [
    None,
    True,
    2**70,
    "ü",
    "\ud800",
    0.1,
    -0.0,
    5e-324,
    float("inf"),
    b"\x00\xff",
    (1, [2.5, {"a": 3, 4: None, True: "yes"}]),
    OrderedDict([(np.int64(1), 2)]),
    np.int8(-3),
    np.uint64(2**64 - 1),
    np.float32(0.1),
    np.float64("-inf"),
    np.bool_(True),
    np.str_("é"),
    np.datetime64("2020-01-01", "D"),
    np.timedelta64(3, "s"),
    pd.Timestamp("2020-10-25 01:30", tz="UTC").tz_convert("Europe/Berlin"),
    pd.Timestamp("2020-01-01 00:00:00.000000001"),
    pd.Timedelta(3, "s"),
    Decimal("1.10"),
    date(2020, 2, 29),
    time(23, 59, 1),
    datetime(2020, 2, 29, 1, 2, 3, 4),
    timedelta(-3, 2, 1),
]


@pytest.mark.parametrize("value", VALUES_OF_ALL_TYPES, ids=repr)
def test__write__then_read__same_value_of_same_type(value):
    again = through_json(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


@pytest.mark.parametrize("value", [float("nan"), np.float32("nan"), pd.NA, pd.NaT])
def test__write__missing_value__same_kind_of_missing(value):
    again = through_json(value)
    assert type(again) is type(value)
    assert pd.isna(again)


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, np.nan]], dtype=np.float32),
        np.arange(6).reshape(2, 3).T,
        np.array([True, False]),
        np.array(["a", "bcd"]),
        np.array(["a", None, 3], dtype=object),
        np.empty(0),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test__write__array__same_array_of_its_own(array):
    again = through_json(array)
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)
    assert again.flags.writeable


def test__write__random_state__draws_the_same():
    state = np.random.RandomState(3)
    state.standard_normal()  # of which half is kept for the next draw
    again = through_json(state)
    np.testing.assert_array_equal(again.standard_normal(5), state.standard_normal(5))


def all_columns():
    frames = (mixed_frame()[0], arrow_frame(), pandas_sparse())
    for frame in frames:
        for name in frame:
            yield pytest.param(frame[name], id=f"{name}-{frame[name].dtype}")
    berlin = pd.to_datetime(["2020-10-25 00:30", "2020-10-25 01:30", None], utc=True)
    cut = pd.cut([1.0, 2.0, 9.0], [0.0, 1.5, 4.0])
    more = {
        "interval categories": pd.Series(cut),
        "interval": pd.Series(cut.categories),
        "period": pd.Series(pd.PeriodIndex(["2020-01", None], freq="M")),
        "hour twice": pd.Series(berlin.tz_convert("Europe/Berlin")),
        "offset": pd.Series(berlin.tz_convert(timezone(timedelta(hours=2)))),
        "mixed": pd.Series([1, True, "1", None, np.nan, 2**70], dtype=object),
        "float16": pd.Series([0.1, np.nan], dtype="float16"),
        "python strings": pd.Series(["a", None], dtype="string[python]"),
        "decimal": pd.Series(
            [Decimal("1.10"), None], dtype=pd.ArrowDtype(pa.decimal128(5, 2))
        ),
        "old date": pd.Series(np.array(["0001-01-01", "NaT"], dtype="M8[s]")),
        "nothing": pd.Series([], dtype="Int8"),
    }
    for name, series in more.items():
        yield pytest.param(series, id=name)


@pytest.mark.parametrize("series", all_columns())
def test__write__column_of_any_dtype__same_values(series):
    again = through_json(series)
    pd.testing.assert_series_equal(
        again, series.reset_index(drop=True), check_names=False, check_exact=True
    )
    assert list(map(type, again)) == list(map(type, series))


@given(columns(8))
def test__write__random_column__same_values(series):
    pd.testing.assert_series_equal(through_json(series), series, check_exact=True)


@given(st.floats() | st.integers() | st.text() | st.booleans() | st.none())
def test__write__random_value__same_value(value):
    again = through_json(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(1, 9, 2, name="r"),
        pd.Index(["a", "b"]),
        pd.Index(["a", 1, ("b", 2), None], dtype=object, name=("x", 1)),
        pd.Index([1.5, 2.5]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.DatetimeIndex(["2020-01-01", "2021-01-01"]),
        pd.CategoricalIndex(["a", "b"]),
    ],
    ids=lambda index: type(index).__name__,
)
def test__write__index__same_index(index):
    again = through_json(index)
    pd.testing.assert_index_equal(again, index, exact=True)


@pytest.mark.parametrize(
    "value",
    [
        print,
        lambda: 0,
        object(),
        1 + 2j,
        np.longdouble(1),
        np.complex128(1),
        np.array([[object()]]),
        np.array([1j]),
        pd.Series([object()], dtype=object),
        pd.Series([[1]], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
        pd.Series(pd.arrays.FloatingArray(np.array([np.nan, 1.0]), np.zeros(2, bool))),
        np.random.RandomState(np.random.PCG64(0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test__write__what_is_code_or_unknown__told(value):
    with pytest.raises(NoFormError):
        Writer(VALUES).write([value])


@dataclass(frozen=True)
class Pair:
    left: object
    right: object


PAIRS = (*VALUES, by_attributes(Pair, "left", "right"))


def test__by_attributes__one_object_in_two_places__one_object_again():
    inner = Pair(1, (2, 3))
    again = through_json([Pair(inner, None), inner], PAIRS)
    assert again == [Pair(inner, None), inner]
    assert again[0].left is again[1]


def test__by_attributes__subclass__not_taken_for_its_parent():
    class Child(Pair):
        pass

    with pytest.raises(NoFormError, match="Child"):
        Writer(PAIRS).write(Child(1, 2))


def test__by_attributes__attribute_that_the_form_does_not_know__told():
    forms = (by_attributes(Pair, "left"),)
    with pytest.raises(
        NoFormError, match=r"Pair has the attributes \['left', 'right'\]"
    ):
        Writer(forms).write(Pair(1, 2))


def test__read__tag_that_no_form_has__refused():
    with pytest.raises(KeyError, match="builtins"):
        Reader(VALUES, {}).read({"builtins.eval": "1"})
