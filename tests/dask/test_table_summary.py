"""The merged summaries of partitions are the summary of the whole table."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import frames

from gansampler.dask.table_summary import TableSummary
from gansampler.tabular.inference import infer_schema

pytestmark = pytest.mark.usefixtures("one_process")

CUTS = st.lists(st.integers(0, 12), max_size=4).map(sorted)


def summary_of_parts(frame, y, cuts):
    """Summarise the parts between cuts, some of them empty, and merge."""
    edges = [0, *cuts, len(frame)]
    summaries = [
        TableSummary.of(frame.iloc[start:stop], y.iloc[start:stop])
        for start, stop in pairwise(edges)
    ]
    whole = summaries[0]
    for summary in summaries[1:]:
        whole = whole.merge(summary)
    return whole


@given(frames(12), st.lists(st.sampled_from("abc"), min_size=12, max_size=12), CUTS)
def test__merge__any_cuts__as_the_whole_table(frame, labels, cuts):
    y = pd.Series(labels, name="y")
    summary = summary_of_parts(frame, y, cuts)
    assert summary.schema == infer_schema(frame)
    assert summary.counts == y.value_counts().to_dict()
    assert summary.lengths == tuple(np.diff([0, *cuts, 12]))
    assert (summary.target.name, summary.target.dtype) == ("y", y.dtype)


def test__merge__categories_that_differ__all_of_them():
    parts = [pd.DataFrame({"x": pd.Categorical(list(own))}) for own in ("ba", "c")]
    summaries = [TableSummary.of(part, pd.Series([0] * len(part))) for part in parts]
    dtype = summaries[0].merge(summaries[1]).schema.columns[0].dtype
    assert_array_equal(dtype.categories, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([1, 2], [1.0, 2.0], "'x' has the dtype int64 in some rows and float64 in"),
        (
            pd.Categorical(["a"], ordered=True),
            pd.Categorical(["b"], ordered=True),
            r"'x' is an ordered category.*\['a'\] in some rows and \['b'\]",
        ),
        (
            pd.Series(["a"], dtype=object),
            pd.Series([1], dtype=object),
            "'x' contains labels in some rows and numbers in others. Name 'x' in",
        ),
    ],
)
def test__merge__parts_that_contradict__error_names_the_column(left, right, message):
    summaries = [
        TableSummary.of(pd.DataFrame({"x": values}), pd.Series([0] * len(values)))
        for values in (left, right)
    ]
    with pytest.raises(TypeError, match=message):
        summaries[0].merge(summaries[1])


def test__merge__object_column_that_is_missing_in_a_part__what_the_others_say():
    frame = pd.DataFrame({"x": [None, None, 1, 2.5, None]}, dtype=object)
    y = pd.Series([0] * 5)
    for cuts in ([2], [2, 4], [2, 3]):
        assert summary_of_parts(frame, y, cuts).schema == infer_schema(frame)


def test__of__labels_that_are_no_classes__error():
    frame, y = pd.DataFrame({"x": [1, 2, 3]}), pd.Series([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="continuous"):
        TableSummary.of(frame, y)


def test__of__missing_label__error():
    with pytest.raises(ValueError, match=r"y contains NaN in 1 rows \(first: row 1\)"):
        TableSummary.of(pd.DataFrame({"x": [1, 2]}), pd.Series([0, None]))


def test__of__fewer_labels_than_rows__error():
    with pytest.raises(ValueError, match="X has 2 rows, but y has 1 labels"):
        TableSummary.of(pd.DataFrame({"x": [1, 2]}), pd.Series([0]))
