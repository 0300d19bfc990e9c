"""What is counted part by part is what counting the whole table gives."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.utils import check_sampling_strategy
from numpy.testing import assert_array_equal
from strategies import frames

from gansampler.dask.counting import Tally, rows_to_generate
from gansampler.tabular.inference import infer_schema

CUTS = st.lists(st.integers(0, 12), max_size=4).map(sorted)


def tally_of_parts(frame, y, cuts):
    """Count the parts between cuts, some of them empty, and put them together."""
    edges = [0, *cuts, len(frame)]
    tallies = [
        Tally.of(frame.iloc[start:stop], y.iloc[start:stop])
        for start, stop in pairwise(edges)
    ]
    whole = tallies[0]
    for tally in tallies[1:]:
        whole = whole.merge(tally)
    return whole


@given(frames(12), st.lists(st.sampled_from("abc"), min_size=12, max_size=12), CUTS)
def test__merge__any_cuts__as_the_whole_table(frame, labels, cuts):
    y = pd.Series(labels, name="y")
    tally = tally_of_parts(frame, y, cuts)
    assert tally.schema == infer_schema(frame)
    assert tally.counts == y.value_counts().to_dict()
    assert tally.lengths == tuple(np.diff([0, *cuts, 12]))
    assert (tally.target.name, tally.target.dtype) == ("y", y.dtype)


def test__merge__categories_that_differ__all_of_them():
    parts = [pd.DataFrame({"x": pd.Categorical(list(own))}) for own in ("ba", "c")]
    tallies = [Tally.of(part, pd.Series([0] * len(part))) for part in parts]
    dtype = tallies[0].merge(tallies[1]).schema.columns[0].dtype
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
            "'x' holds labels in some rows and numbers in others; name 'x' in",
        ),
    ],
)
def test__merge__parts_that_contradict__error_names_the_column(left, right, message):
    tallies = [
        Tally.of(pd.DataFrame({"x": values}), pd.Series([0] * len(values)))
        for values in (left, right)
    ]
    with pytest.raises(TypeError, match=message):
        tallies[0].merge(tallies[1])


def test__merge__object_column_that_is_missing_in_a_part__what_the_others_say():
    frame = pd.DataFrame({"x": [None, None, 1, 2.5, None]}, dtype=object)
    y = pd.Series([0] * 5)
    for cuts in ([2], [2, 4], [2, 3]):
        assert tally_of_parts(frame, y, cuts).schema == infer_schema(frame)


def test__of__labels_that_are_no_classes__error():
    frame, y = pd.DataFrame({"x": [1, 2, 3]}), pd.Series([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="continuous"):
        Tally.of(frame, y)


def test__of__missing_label__error():
    with pytest.raises(ValueError, match=r"y contains NaN in 1 rows \(first: row 1\)"):
        Tally.of(pd.DataFrame({"x": [1, 2]}), pd.Series([0, None]))


def test__of__fewer_labels_than_rows__error():
    with pytest.raises(ValueError, match="X has 2 rows and y has 1 labels"):
        Tally.of(pd.DataFrame({"x": [1, 2]}), pd.Series([0]))


STRATEGIES = [
    *("auto", "minority", "not minority", "not majority", "all", "majority"),
    *(0.2, 0.5, 0.9, 1.0),
    *({"b": 30}, {"c": 40, "a": 50}, {"a": 1}, {"z": 9}, {"b": -1}),
]


@pytest.mark.parametrize("counts", [{"a": 40, "b": 9, "c": 40}, {"b": 9, "a": 20}])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test__rows_to_generate__any_strategy__as_imbalanced_learn(strategy, counts):
    y = np.repeat(list(counts), list(counts.values()))
    try:
        expected = check_sampling_strategy(strategy, y, "over-sampling")
    except ValueError:
        with pytest.raises(ValueError, match="sampling_strategy"):
            rows_to_generate(strategy, counts)
    else:
        wanted = rows_to_generate(strategy, counts)
        assert list(wanted.items()) == list(expected.items())


def test__rows_to_generate__one_class__error():
    with pytest.raises(ValueError, match="more than 1 class"):
        rows_to_generate("auto", {"a": 3})
