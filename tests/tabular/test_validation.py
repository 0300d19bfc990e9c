import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from gansampler.tabular.validation import (
    check_table,
    check_target_complete,
    check_unique_names,
    read_table,
)
from gansampler.utils.formatting import as_written


@pytest.mark.parametrize(
    "y",
    [
        [0, None],
        (0.0, float("nan")),
        np.array(["a", None], dtype=object),
        pd.Series(["a", pd.NA], dtype="string"),
        pd.DataFrame({"p": [0, 1], "q": [1, None]}),
    ],
    ids=lambda y: type(y).__name__,
)
def test__target__label_missing__names_the_first_row(y):
    with pytest.raises(ValueError, match=r"NaN in 1 rows \(first: row 1\)\. Drop"):
        check_target_complete(y)


@pytest.mark.parametrize("y", [["a", "nan"], np.arange(2), pd.Series([True]), "text"])
def test__target__complete_or_none_at_all__passes(y):
    check_target_complete(y)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (
            np.array([1, "a"], dtype=object),
            TypeError,
            r"types \['int', 'str'\], .* `y.astype\(str\)`",
        ),
        (
            pd.Series([1, 2], dtype=object),
            TypeError,
            r"type int\. .* `y.astype\(int\)`",
        ),
        (np.array([["a"], [2]], dtype=object), TypeError, r"types \['int', 'str'\]"),
    ],
)
def test__target__objects_of_no_one_type__names_types_and_fix(y, error, message):
    with pytest.raises(error, match=message):
        check_target_complete(y)


@pytest.mark.parametrize(
    "y", [np.array(["a", "b"], dtype=object), np.array([[1, 2], [3, 4]], dtype=object)]
)
def test__target__objects_of_one_type_or_no_labels__passes(y):
    check_target_complete(y)


@pytest.mark.parametrize(("shape", "what"), [((0, 2), "sample"), ((2, 0), "feature")])
def test__table__empty_frame__says_of_what(shape, what):
    frame = pd.DataFrame(np.empty(shape))
    with pytest.raises(ValueError, match=rf"0 {what}\(s\) \(shape=\({shape[0]}, "):
        check_table(frame)


@pytest.mark.parametrize("kind", [pd.DataFrame, np.array, sparse.csr_matrix, list])
def test__table__fewer_rows_than_needed__says_how_many_and_who_needs_them(kind):
    X = kind([[1.0, 2.0], [3.0, 5.0]])
    with pytest.raises(ValueError, match=r"2 sample\(s\).* minimum of 3 .* by Name"):
        check_table(X, min_samples=3, estimator_name="Name")
    check_table(X, min_samples=2, estimator_name="Name")


def test__table__name_twice__named():
    with pytest.raises(ValueError, match="'a'"):
        check_table(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test__table__frame__is_given_back_as_it_is():
    frame = pd.DataFrame({"a": [1.0, None], "b": ["p", None]})
    assert check_table(frame) is frame


def test__check_unique_names__twice__named():
    check_unique_names(pd.Index(["a", "b"]))
    with pytest.raises(ValueError, match="Column names") as caught:
        check_unique_names(pd.Index(["b", "a", "b", 3, 3, 3]))
    assert str(caught.value) == (
        "Column names must be unique, but ['b', 3] occur more than once. Rename "
        "them, for example with `X.columns = [...]`."
    )


@pytest.mark.parametrize("rows", [[[1], [1, 2]], [[1, [2]], [3, [4, 5]]]])
def test__table__rows_unlike__says_so(rows):
    with pytest.raises(
        ValueError, match="rows of X must have the same length, and contain"
    ):
        check_table(rows)


def test__table__rows_of_sequences_of_one_length__says_so():
    with pytest.raises(ValueError, match=r"array with dim 3, but X must have 2.*\."):
        check_table([[[1, 2]], [[3, 4]]])


def test__table__complex__says_what_to_do():
    with pytest.raises(
        ValueError, match=r"Complex data not supported: X .*\. Use separate"
    ):
        check_table(np.array([[1j], [2]]))


@pytest.mark.parametrize("rows", [[[1, "p"], [None, "q"]], ((1, "p"), (None, "q"))])
def test__table__rows_in_a_list__array_with_its_holes(rows):
    table = check_table(rows)
    assert isinstance(table, np.ndarray)
    assert table.tolist()[0] == [1, "p"]
    assert pd.isna(table[1, 0])


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test__table__sparse_matrix__rows_or_columns_compressed(kind):
    matrix = sparse.csr_array(np.eye(5, 3) + 2 * np.eye(5, 3, k=-2)).asformat(kind)
    table = check_table(matrix)
    assert table.format == {"coo": "csr"}.get(kind, kind)
    np.testing.assert_array_equal(table.toarray(), matrix.toarray())


@pytest.mark.parametrize(
    ("label", "written"),
    [(np.int64(3), "3"), (np.str_("a"), "'a'"), (np.True_, "True"), ("a", "'a'")],
)
def test__as_written__any_label__shown_without_numpys_type(label, written):
    assert repr(as_written(label)) == written


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1, 2]}),
        np.ones((2, 1)),
        sparse.csr_matrix(np.ones((2, 1))),
        [[1], [2]],
    ],
    ids=lambda table: type(table).__name__,
)
def test__table__fewer_rows_than_needed__says_by_whom(table):
    message = (
        r"^Found array with 2 sample\(s\) \(shape=\(2, 1\)\) while a minimum of 3 is "
        r"required by TabularGAN\.$"
    )
    with pytest.raises(ValueError, match=message):
        check_table(table, estimator_name="TabularGAN", min_samples=3)
    assert check_table(table, min_samples=2) is not None


@pytest.mark.parametrize(
    "table", [np.empty((0, 2)), sparse.csr_matrix((0, 2)), pd.DataFrame(columns=[0, 1])]
)
def test__table__no_rows__refused_unless_they_are_allowed(table):
    with pytest.raises(ValueError, match="minimum of 1 is required by GANOverSampler"):
        check_table(table)
    assert check_table(table, min_samples=0).shape == (0, 2)


@pytest.mark.parametrize(
    "table",
    [
        [[1, "a"], [2, "b"]],
        pl.DataFrame({"p": [1, 2], "q": ["a", "b"]}),
        pd.DataFrame({"p": [1, 2], "q": ["a", "b"]}),
    ],
    ids=lambda table: type(table).__name__,
)
def test__read_table__any_container__its_values(table):
    frame = read_table(table)
    assert frame.to_numpy(dtype=object).tolist() == [[1, "a"], [2, "b"]]
    assert frame.columns.tolist() == list(getattr(table, "columns", [0, 1]))


def test__read_table__too_small__nobody_blamed():
    with pytest.raises(ValueError, match=r"minimum of 1 is required\.$"):
        read_table(np.empty((0, 2)))
