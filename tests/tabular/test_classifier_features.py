"""Any table as numbers."""

import numpy as np
import pandas as pd
import pytest
from tables import mixed_frame, mixed_rows, pandas_sparse, sparse_matrix

from gansampler.tabular.classifier_features import TableFeatures, TreeFeatures
from gansampler.tabular.containers import to_array
from gansampler.tabular.inference import infer_schema


@pytest.mark.parametrize(
    "make_table",
    [
        lambda: mixed_frame()[0],
        lambda: to_array(mixed_rows()),
        pandas_sparse,
        sparse_matrix,
    ],
    ids=["frame", "objects", "sparse frame", "csr"],
)
def test__table_features__any_table__finite_numbers(make_table):
    table = make_table()
    features = TableFeatures().fit_transform(table)
    assert features.shape[0] == table.shape[0]
    assert features.shape[1] >= table.shape[1] - 1
    assert np.isfinite(features).all()


def test__table_features__new_rows__on_the_scale_of_those_fitted():
    frame, _ = mixed_frame()
    frame = frame[["int", "str"]]
    transformer = TableFeatures().fit(frame)
    moved = frame.assign(int=frame["int"] + frame["int"].std(ddof=0), str="new")
    before, after = (transformer.transform(table) for table in (frame, moved))
    np.testing.assert_allclose(after[:, 0], before[:, 0] + 1)
    assert before[:, 1:].sum() == len(frame)
    assert not after[:, 1:].any()  # a category that was not there


def test__table_features__schema_given__read_by_it():
    frame = pd.DataFrame({"code": [1, 2, 3, 1]})
    features = TableFeatures(infer_schema(frame, ["code"])).fit_transform(frame)
    assert features.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test__tree_features__numbers_categories_and_missing__codes_and_nan():
    frame = pd.DataFrame({"x": [1e300, -1.5, None], "s": ["b", "a", None]})
    features = TreeFeatures(infer_schema(frame)).fit(frame)
    np.testing.assert_array_equal(
        features.transform(frame),
        np.float32([[1e34, 1], [-1.5, 0], [np.nan, np.nan]]),
    )
    new = features.transform(frame.assign(s=["a", "new", "b"]))
    np.testing.assert_array_equal(new[:, 1], [0, np.nan, 1])
