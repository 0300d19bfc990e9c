"""The rows that are sampled do not depend on how the table is cut."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import frames

from gansampler.dask.row_sampling import (
    RowSample,
    covering_rows,
    key_threshold,
    sample_rows,
)
from gansampler.tabular.inference import infer_schema

pytestmark = pytest.mark.usefixtures("one_process")

N = 2000
Y = np.tile(["a", "b", "b", "b"], N // 4)
TABLE = pd.DataFrame({"x": np.arange(N)}, index=np.arange(N) % 7)


def samples_of_parts(cuts, thresholds, seed=0):
    edges = [0, *sorted(cuts), N]
    parts = [
        sample_rows(TABLE.iloc[start:stop], Y[start:stop], start, thresholds, seed)
        for start, stop in pairwise(edges)
    ]
    return {
        label: RowSample.join([part[label] for part in parts]) for label in thresholds
    }


@given(st.lists(st.integers(0, N), max_size=6))
def test__sample_rows__any_cuts__the_same_rows(cuts):
    thresholds = {"a": key_threshold(50, 500), "b": key_threshold(20, 1500)}
    whole, parts = samples_of_parts([], thresholds), samples_of_parts(cuts, thresholds)
    for label, n in {"a": 50, "b": 20}.items():
        rows = parts[label].smallest(n)
        pd.testing.assert_frame_equal(rows, whole[label].smallest(n))
        assert len(rows) == n
        # In the table's order, by their position in it, and of their class.
        assert rows.index.is_monotonic_increasing
        assert_array_equal(rows["x"], rows.index)
        assert set(Y[rows.index]) == {label}


def test__sample_rows__all_are_wanted__all_of_the_class():
    samples = samples_of_parts([100, 700], {"a": key_threshold(500, 500)})
    assert_array_equal(samples["a"].smallest(500).index, np.flatnonzero(Y == "a"))


def test__sample_rows__other_seed__other_rows():
    thresholds = {"a": key_threshold(50, 500)}
    one, other = (
        samples_of_parts([], thresholds, seed)["a"].smallest(50) for seed in (0, 1)
    )
    assert set(one["x"]) != set(other["x"])


def test__sample_rows__many_samples__every_row_as_often():
    thresholds = {"b": key_threshold(150, 1500)}
    samples = [
        samples_of_parts([], thresholds, seed)["b"].smallest(150).index
        for seed in range(400)
    ]
    counts = np.bincount(np.concatenate(samples), minlength=N)[Y == "b"]
    # 400 samples of a tenth: 40 times each, with a deviation of 6.
    assert counts.min() > 10
    assert counts.max() < 75
    assert abs(counts[:750].mean() - 40) < 1


def test__key_threshold__hardly_more_rows_than_wanted():
    assert key_threshold(100, 100) == 1
    for n_rows in (10**4, 10**7):
        assert 100 < key_threshold(100, n_rows) * n_rows < 170


@given(frames(12), st.lists(st.integers(0, 12), max_size=3).map(sorted))
def test__covering_rows__of_parts__those_of_the_whole(frame, cuts):
    frame = frame.set_axis(np.arange(100, 112))
    schema = infer_schema(frame)
    edges = [0, *cuts, 12]
    parts = [
        covering_rows(frame.iloc[start:stop], schema) for start, stop in pairwise(edges)
    ]
    whole = covering_rows(frame, schema)
    pd.testing.assert_frame_equal(covering_rows(pd.concat(parts), schema), whole)


@given(frames(12))
def test__covering_rows__any_frame__all_that_is_legal(frame):
    schema = infer_schema(frame)
    covering = covering_rows(frame, schema)
    for j, column in enumerate(schema.columns):
        series, shown = frame.iloc[:, j], covering.iloc[:, j]
        assert shown.isna().any() == series.isna().any()
        if j in schema.categorical_features or column.discrete:
            assert set(shown.dropna()) == set(series.dropna())
        elif series.notna().any():
            assert (shown.min(), shown.max()) == (series.min(), series.max())


def test__covering_rows__many_rows__few():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"x": rng.normal(size=1000), "c": rng.choice(["a", "b"], 1000)}
    )
    assert len(covering_rows(frame, infer_schema(frame))) <= 4
