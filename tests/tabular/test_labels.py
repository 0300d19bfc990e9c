import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from tables import assert_same

from gansampler.tabular.labels import append_labels, read_target

LARGE = 2**53 + 1


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([0, 1, 1]), [0, 1, 1]),
        (["b", "a", "b"], ["b", "a", "b"]),
        (pd.Series([LARGE, LARGE - 1], dtype="Int64"), [LARGE, LARGE - 1]),
        (pd.Series([LARGE, 2], dtype="int64[pyarrow]"), [LARGE, 2]),
        (pd.DataFrame({"y": pd.array([LARGE, 2], dtype="Int64")}), [LARGE, 2]),
        (pd.Series([True, False], dtype="category"), [True, False]),
        (pd.Series(["p", "q"], dtype="string"), ["p", "q"]),
        (np.array([[0, 1], [1, 0]]), [1, 0]),
        ([[0, 0, 1], [1, 0, 0]], [2, 0]),
        (pd.DataFrame({"a": [True, False], "b": [False, True]}), [0, 1]),
        (sparse.csr_matrix([[0, 1], [1, 0]]), [1, 0]),
    ],
)
def test__read__labels_in_any_container__every_digit_of_them(y, labels):
    assert np.asarray(read_target(y)).tolist() == labels


@pytest.mark.parametrize("y", [None, "text", 3])
def test__read__no_target__left_to_imbalanced_learn(y):
    assert read_target(y) is y


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([[0, 1], [1, 1]], "Row 1 of y belongs to several classes. Multilabel"),
        (
            np.eye(3)[[0, 1, 1]] * [1, 0, 1],
            r"2 rows of y belong to no class \(.* row 1",
        ),
    ],
)
def test__read__indicators_of_no_one_class__names_the_row(y, message):
    with pytest.raises(ValueError, match=message):
        read_target(y)


@pytest.mark.parametrize(
    ("y", "labels", "new", "expected"),
    [
        (np.array([3, 5], "int8"), [3, 5], [5], np.array([3, 5, 5], "int8")),
        (np.array([[3], [5]]), [3, 5], [5], np.array([3, 5, 5])),
        (["a", "b"], ["a", "b"], ["b"], ["a", "b", "b"]),
        ([["a"], ["b"]], ["a", "b"], ["b"], ["a", "b", "b"]),
        ([[0, 1], [1, 0]], [1, 0], [0], [[0, 1], [1, 0], [1, 0]]),
        (
            pd.Series([LARGE, 1], index=[7, 7], dtype="Int64", name="y"),
            [LARGE, 1],
            [LARGE, LARGE],
            pd.Series([LARGE, 1, LARGE, LARGE], dtype="Int64", name="y"),
        ),
        (
            pd.Series([True, False], dtype="category"),
            [True, False],
            [False],
            pd.Series([True, False, False], dtype="category"),
        ),
        (
            # The second column is no row's.
            pd.DataFrame({"a": [1, 0], "b": [0, 0], "c": [False, True]}, index=[5, 6]),
            [0, 2],
            [2],
            pd.DataFrame({"a": [1, 0, 0], "b": [0, 0, 0], "c": [False, True, True]}),
        ),
        (
            sparse.csc_array([[0, 1], [1, 0]]),
            [1, 0],
            [0],
            sparse.csc_array([[0, 1], [1, 0], [1, 0]]),
        ),
        (
            pl.Series("y", ["p", "q"], dtype=pl.Categorical),
            ["p", "q"],
            ["q"],
            pl.Series("y", ["p", "q", "q"], dtype=pl.Categorical),
        ),
        (
            pl.DataFrame({"y": [1, 2]}),
            [1, 2],
            [1],
            pl.DataFrame({"y": [1, 2, 1]}),
        ),
    ],
)
def test__append__any_container__labels_of_new_rows_below(y, labels, new, expected):
    assert_same(append_labels(y, np.array(labels), np.array(new)), expected)


def test__append__nothing_new__a_copy():
    y = np.array([0, 1])
    again = append_labels(y, y, y[:0])
    again[0] = 9
    assert y.tolist() == [0, 1]
