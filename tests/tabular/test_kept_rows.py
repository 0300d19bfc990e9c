import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from gansampler.tabular.kept_rows import check_kept

OBJECTS = pd.DataFrame({"o": pd.Series([1, "a", None, 2.5], dtype=object)})
FRAME = pd.DataFrame(
    {
        "i": [1, 2, 3],
        "f": [0.5, np.nan, np.inf],
        "n": pd.array([2**60 + 1, None, 3], dtype="Int64"),
        "c": pd.Categorical(["a", None, "b"]),
        "s": ["x", None, "z"],
        "t": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
    }
)


def polars_frame():
    polars = pytest.importorskip("polars")
    return polars.DataFrame({"a": [1, None, 3], "b": ["x", "y", None]})


KEPT = {
    "frame": lambda: FRAME,
    "objects": lambda: OBJECTS,
    "array": lambda: np.array([[1.0, np.nan], [2.0, 3.0]]),
    "objects of an array": lambda: OBJECTS.to_numpy(),
    "list": lambda: [[1, "a", None], [2.5, "b", True]],
    "sparse": lambda: sparse.csc_array(np.array([[0, 1.5], [np.nan, 0]])),
    "series": lambda: FRAME["n"],
    "polars": polars_frame,
}


def doubled(table):
    """Put the rows of a table below it once more."""
    if isinstance(table, (pd.DataFrame, pd.Series)):
        return pd.concat([table, table], ignore_index=True)
    if isinstance(table, list):
        return [*table, *table]
    if sparse.issparse(table):
        return sparse.vstack([table, table]).asformat(table.format)
    if isinstance(table, np.ndarray):
        return np.concatenate([table, table])
    return table.vstack(table)


@pytest.mark.parametrize("name", KEPT)
def test__check_kept__rows_as_they_were__silent(name):
    table = KEPT[name]()
    check_kept(doubled(table), table)
    check_kept(table, table)


CHANGED = {
    "digit": (FRAME, FRAME.assign(n=pd.array([2**60, None, 3], dtype="Int64"))),
    "null": (FRAME, FRAME.assign(f=[0.5, 0.0, np.inf])),
    "type": (FRAME, FRAME.assign(i=[1.0, 2.0, 3.0])),
    "category": (FRAME, FRAME.assign(c=pd.Categorical(["b", None, "b"]))),
    "kind of null": (OBJECTS, OBJECTS.assign(o=[1, "a", np.nan, 2.5])),
    "type of an object": (OBJECTS, OBJECTS.assign(o=[1.0, "a", None, 2.5])),
    "true for one": (OBJECTS, OBJECTS.assign(o=[True, "a", None, 2.5])),
    "array": (np.array([1, 2]), np.array([1, 3])),
    "precision": (np.array([1.5]), np.array([1.5], dtype="float32")),
    "list": ([[1, 2]], [[1, 2.0]]),
    "order": ([[1], [2]], [[2], [1]]),
    "sparse": (sparse.csr_array([[0, 1.5]]), sparse.csr_array([[0, 1.25]])),
    "place": (sparse.csr_array([[0, 1.5]]), sparse.csr_array([[1.5, 0]])),
}


@pytest.mark.parametrize("name", CHANGED)
def test__check_kept__anything_changed__told(name):
    before, after = CHANGED[name]
    with pytest.raises(RuntimeError, match="did not come back unchanged"):
        check_kept(doubled(after), before)


def test__check_kept__column__named():
    with pytest.raises(RuntimeError, match="column 'n' differs"):
        check_kept(CHANGED["digit"][1], FRAME)


def test__check_kept__polars__column_named():
    frame = polars_frame()
    with pytest.raises(RuntimeError, match="column 'a' differs"):
        check_kept(frame.with_columns(a=2), frame)
