from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from scipy import sparse
from strategies import frames, matrices
from tables import (
    arrow_frame,
    assert_same,
    mixed_frame,
    pandas_sparse,
    polars_frame,
    sparse_matrix,
)

from gansampler.tabular.containers import (
    Container,
    is_polars,
    polars_to_pandas,
    restore_container,
    to_array,
    to_frame,
)

ARRAY = np.arange(12.0).reshape(4, 3)


@given(matrices())
def test__restore__what_to_frame_gave__the_same_array(array):
    assert_same(Container.of(array).restore(to_frame(array)), array)


@pytest.mark.parametrize("name", ["csr", "csc"])
@given(matrices())
def test__restore__sparse__format_class_and_dtype_kept(name, array):
    for kind in (sparse.csr_matrix, sparse.csr_array):
        X = kind(array).asformat(name)
        assert_same(Container.of(X).restore(to_frame(X)), X)


@given(frames(6))
def test__restore__pandas__the_frame_itself(frame):
    assert to_frame(frame) is frame
    assert Container.of(frame).restore(frame) is frame


def test__restore__polars__the_same_frame():
    X = polars_frame()
    assert_same(Container.of(X).restore(polars_to_pandas(X)), X)


def test__restore__object_array__objects_as_they_were():
    X = np.array([[1, "a", None], [2.5, True, np.nan]], dtype=object)
    again = Container.of(X).restore(to_frame(X))
    assert repr(again) == repr(X)


@given(frames(6))
def test__append__pandas__rows_below_and_dtypes_kept(frame):
    frame.index = frame.index[::-1]
    both = Container.of(frame).append(frame, frame.iloc[:2])
    assert both.dtypes.equals(frame.dtypes)
    assert_same(both.iloc[:6], frame.reset_index(drop=True))
    assert_same(
        both.iloc[6:].reset_index(drop=True), frame.iloc[:2].reset_index(drop=True)
    )


@pytest.mark.parametrize("make", [arrow_frame, pandas_sparse])
def test__append__extension_dtypes__kept(make):
    frame = make()
    both = Container.of(frame).append(frame, frame.iloc[:2])
    assert both.dtypes.equals(frame.dtypes)
    assert len(both) == len(frame) + 2


@pytest.mark.parametrize(
    "X",
    [ARRAY, sparse_matrix(), sparse_matrix(np.int64).tocsc(), sparse.csc_array(ARRAY)],
)
def test__append__array__rows_below(X):
    rows = to_frame(X).iloc[1:3]
    both = Container.of(X).append(X, rows)
    assert_same(both[: X.shape[0]], X)
    assert_same(both[X.shape[0] :], X[1:3])


@pytest.mark.parametrize(
    "X", [ARRAY, sparse_matrix(), pd.DataFrame(ARRAY, [3, 2, 1, 0])]
)
def test__append__no_rows__a_copy(X):
    both = Container.of(X).append(X, pd.DataFrame())
    assert both is not X
    expected = X.reset_index(drop=True) if isinstance(X, pd.DataFrame) else X
    assert_same(both, expected)


def test__to_frame__array__a_view():
    frame = to_frame(ARRAY)
    assert np.shares_memory(frame.to_numpy(), ARRAY)
    assert frame.columns.tolist() == [0, 1, 2]


@pytest.mark.parametrize("container", [list, tuple])
def test__to_array__mixed_rows__numbers_stay_numbers(container):
    values = to_array(container([[1, "a"], [2.5, "b"]]))
    assert values.tolist() == [[1, "a"], [2.5, "b"]]
    assert to_array(container([[1, 2], [3, 4]])).dtype == np.int64


def test__is_polars__tables__told_apart():
    assert is_polars(pl.DataFrame(ARRAY))
    assert is_polars(pl.Series([1]))
    assert not is_polars(pd.DataFrame(ARRAY))
    assert not is_polars(ARRAY)


def test__polars_to_pandas__ints_with_nulls__every_digit_kept():
    numbers = [2**53 + 1, None, 2**63 - 1]
    table = pl.DataFrame(
        {"a": numbers, "b": pl.Series([1, None, 2**64 - 1], dtype=pl.UInt64)}
    )
    frame = polars_to_pandas(table)
    assert frame.dtypes.astype(str).tolist() == ["Int64", "UInt64"]
    assert frame["a"].dropna().tolist() == [2**53 + 1, 2**63 - 1]
    assert frame["b"].dropna().tolist() == [1, 2**64 - 1]


@pytest.mark.parametrize("table", [ARRAY, mixed_frame()[0], [1, 2], None])
def test__polars_to_pandas__not_polars__itself(table):
    assert polars_to_pandas(table) is table


def test__polars_to_pandas__lazy__says_collect():
    with pytest.raises(TypeError, match=r"LazyFrame has no rows.*`X.collect\(\)`"):
        polars_to_pandas(pl.DataFrame(ARRAY).lazy())


@pytest.mark.parametrize(
    ("column", "dtype"),
    [([object, int], pl.Object), ([[1], [2]], None), ([{"a": 1}, {"a": 2}], None)],
)
def test__polars_to_pandas__neither_numbers_nor_labels__names_column(column, dtype):
    table = pl.DataFrame({"x": [1, 2], "odd": pl.Series(column, dtype=dtype)})
    with pytest.raises(TypeError, match=r"Column 'odd' of polars dtype .*\. Unnest it"):
        polars_to_pandas(table)


def test__polars_to_pandas__no_such_dtype_in_pandas__names_column():
    table = pl.DataFrame({"x": [1], "odd": pl.Series([2**100], dtype=pl.Int128)})
    with pytest.raises(TypeError, match=r"'odd' of polars dtype Int128 can't be read"):
        polars_to_pandas(table)


def test__polars_to_pandas__target_of_no_such_dtype__the_reason_itself():
    with pytest.raises(Exception, match="i128"):
        polars_to_pandas(pl.Series([2**100], dtype=pl.Int128))


def test__restore_container__polars__originals_untouched():
    X = pl.DataFrame({"a": [1, None], "b": ["x", "y"]})
    rows = pd.DataFrame({"a": [1, np.nan, 3, np.nan], "b": ["x", "y", "y", None]})
    X_res = restore_container(rows, X)
    assert_same(X_res[:2], X)
    assert X_res[2:].rows() == [(3, "y"), (None, None)]


@pytest.mark.parametrize("name", ["csr", "csc", "coo", "lil", "dok"])
def test__restore_container__sparse__format_of_the_user(name):
    X = sparse.csr_array(ARRAY).asformat(name)
    assert_same(restore_container(X.tocsr(), X), X)


def test__restore_container__list__whole_numbers_beside_others_stay_whole():
    X = [[1, 2.5], [3, True]]
    X_res = restore_container([[1.0, 2.5], [3.0, 1.0], [1.2, 2.0]], X)
    assert repr(X_res) == "[[1, 2.5], [3, True], [1.2, 2.0]]"
    assert X_res[0] is not X[0]


@pytest.mark.parametrize("X", [pd.DataFrame(ARRAY), ARRAY, [ARRAY[0], ARRAY[1]]])
def test__restore_container__others__left_alone(X):
    X_res = object()
    assert restore_container(X_res, X) is X_res


def test__to_frame__foreign_byte_order__numbers_that_pandas_can_take():
    foreign = ARRAY.astype(">f8")
    frame = to_frame(foreign)
    assert_same(frame.iloc[[0]], pd.DataFrame(ARRAY[:1]))
    mixed = pd.DataFrame({"a": foreign[:, 0]}, index=[3, 2, 1, 0]).assign(b=["x"] * 4)
    assert to_frame(mixed).dtypes.tolist() == [np.float64, mixed["b"].dtype]
    assert to_frame(mixed).index.tolist() == [3, 2, 1, 0]


def test__append__foreign_byte_order__kept():
    foreign = ARRAY.astype(">f4")
    both = Container.of(foreign).append(foreign, pd.DataFrame(ARRAY[:1], dtype="f4"))
    assert_same(both, np.concatenate([ARRAY, ARRAY[:1]]).astype(">f4"))


def test__restore__array__may_be_written_to():
    X = np.arange(6.0).reshape(3, 2)
    restored = Container.of(X).restore(pd.DataFrame(X.copy()))
    restored[0, 0] = 9
    assert restored[0, 0] == 9


@pytest.mark.parametrize(
    ("X", "value", "is_lost"),
    [
        (np.array([["ab"]]), "abc", True),
        (np.array([["ab"]]), "b", False),
        (np.array([["ab"]]), "a\0", True),
        (np.array([["ab"]], dtype=object), "abc", False),
        (np.array([[1]], dtype="M8[D]"), pd.Timestamp("2020-01-01 12:00"), True),
        (np.array([[1]], dtype="M8[D]"), pd.Timestamp("2020-01-01"), False),
        (np.array([[1.5]]), 0.1, False),
        (sparse_matrix(np.int8), 3, False),
        (pl.DataFrame({"a": [date(2020, 1, 1)]}), pd.Timestamp(2020, 1, 1, 12), True),
        (pl.DataFrame({"a": [Decimal("1.25")]}), Decimal("1.255"), True),
        (pl.DataFrame({"a": [Decimal("1.25")]}), Decimal("1.5"), False),
        (pl.DataFrame({"a": ["x"]}), "a long one", False),
        (pd.DataFrame({"a": ["x"]}), "a long one", False),
    ],
    ids=range(13),
)
def test__find_lost__value__told_if_it_would_come_back_as_another(X, value, is_lost):
    rows = pd.DataFrame({"a": [value]})
    lost = Container.of(X).find_lost(rows)
    assert lost == ((0, value) if is_lost else None)


def test__restore__text_longer_than_those_of_the_array__told_instead_of_cut():
    X = np.array([["ab", "c"]])
    rows = pd.DataFrame([["ab", "c"], ["ab", "a long one"]])
    message = r"'a long one' in column 1.*<U2, would truncate.*X\.astype\(object\)"
    for refill in (Container.of(X).restore, lambda r: Container.of(X).append(X, r)):
        with pytest.raises(ValueError, match=message):
            refill(rows)
    assert_same(Container.of(X).restore(rows.iloc[:1]), X)
