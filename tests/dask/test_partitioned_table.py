"""What is wrong with a table in partitions is said before anything is trained."""

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from partitions import cut, quick_dask

pytestmark = pytest.mark.usefixtures("one_process")

FRAME = pd.DataFrame({"x": np.arange(40.0), "s": ["u", "v"] * 20})
TARGET = pd.Series([0, 0, 0, 1] * 10, name="y")


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (
            FRAME,
            TARGET,
            TypeError,
            "X must be a dask DataFrame, got a pandas DataFrame",
        ),
        (cut(FRAME, [9]), TARGET, TypeError, "y must be a dask Series, got a pandas"),
        (
            cut(FRAME, [9]),
            cut(TARGET.to_frame(), [9]),
            TypeError,
            r"y must be a dask Series, got a dask DataFrame. Use a column",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET, []),
            ValueError,
            "X has 2 partitions, but y has 1",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET, [8]),
            ValueError,
            "Partition [01] of X: X has (9|31) rows, but y has (8|32) labels",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET.where(TARGET.index != 12), [9]),
            ValueError,
            r"Partition 1 of X: y contains NaN in 1 rows \(first: row 3\)",
        ),
        (
            cut(FRAME.replace(20.0, np.inf), [9]),
            cut(TARGET, [9]),
            ValueError,
            "Partition 1 of X: Column 'x' contains infinity",
        ),
        (cut(FRAME[[]], [9]), cut(TARGET, [9]), ValueError, "X has no columns"),
        (cut(FRAME[:0], [0]), cut(TARGET[:0], [0]), ValueError, "X has no rows"),
        (
            cut(FRAME, [9]),
            cut(TARGET.replace(1, 0), [9]),
            ValueError,
            "needs to have more than 1 class",
        ),
        (cut(FRAME, [9]), cut(TARGET + 0.5, [9]), ValueError, "continuous"),
    ],
)
def test__fit_resample__bad_tables__error_says_what(no_training, X, y, error, message):
    with pytest.raises(error, match=message):
        quick_dask().fit_resample(X, y)


def test__fit__partitions_that_are_not_as_dask_was_told__error(no_training):
    y = cut(TARGET, [9])
    part = FRAME.iloc[:9], FRAME.iloc[9:]
    told = dd.from_map(part.__getitem__, [0, 1], meta=FRAME.astype({"x": int}).iloc[:0])
    with pytest.raises(
        TypeError, match="'x' has the dtype float64, but int64 in dask's"
    ):
        quick_dask().fit(told, y)
    told = dd.from_map(part.__getitem__, [0, 1], meta=FRAME.rename(columns={"x": "z"}))
    with pytest.raises(ValueError, match=r"Partition [01] of X: It has the columns"):
        quick_dask().fit(told, y)
