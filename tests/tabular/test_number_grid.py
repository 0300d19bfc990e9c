import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import columns
from tables import arrow_frame, mixed_frame, pandas_sparse

from gansampler.tabular.column_values import read_numbers
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.schema import Kind


def make_grid(values, dtype=None, n=None):
    """Make the grid of the first `n` values as a class, and the column of all."""
    series = pd.Series(values, dtype=dtype)
    column = infer_schema(series.to_frame("x")).columns[0]
    return NumberGrid(column, series.iloc[:n]), series


@given(columns(9), st.integers(1, 9), st.data())
def test__place__any_offsets__legal_numbers_of_the_class(series, n, data):
    column = infer_schema(series.to_frame("x")).columns[0]
    own = series.iloc[:n]
    if column.kind is Kind.CATEGORICAL or own.isna().all():
        return
    numbers = st.floats(allow_nan=False)
    offsets = np.array(data.draw(st.lists(numbers, max_size=5)), dtype=float)
    grid = NumberGrid(column, own)
    placed = grid.place(offsets)
    assert placed.dtype == series.dtype
    assert placed.index.equals(pd.RangeIndex(len(offsets)))
    values, missing = read_numbers(placed)
    assert not missing.any()
    assert all(grid.low <= value <= grid.high for value in values)
    if column.discrete:
        assert set(placed) <= set(own)
    if column.kind is Kind.INTEGER:
        low = int(grid.low)
        assert all((value - low) % column.step == 0 for value in values.tolist())


@pytest.mark.parametrize(
    "frame",
    [mixed_frame()[0], arrow_frame(), pandas_sparse()],
    ids=["mixed", "arrow", "sparse"],
)
def test__place__what_was_read__the_same_numbers(frame):
    for j, column in enumerate(infer_schema(frame).columns):
        if column.kind is Kind.CATEGORICAL:
            continue
        series = frame.iloc[:, j].reset_index(drop=True)
        grid = NumberGrid(column, series)
        offsets = grid.read(series)
        missing = np.isnan(offsets)
        assert missing.tolist() == series.isna().tolist()
        placed = grid.place(offsets[~missing])
        assert placed.dtype == series.dtype
        if column.name != "uint64":  # spans more than float64 counts one by one
            assert placed.tolist() == series[~missing].tolist()


def test__read__big_integers__nothing_lost():
    values = [2**62 + 1, 2**62 + 4, 2**62 + 8, 2**62 + 10]
    grid, series = make_grid(values)
    assert grid.read(series).tolist() == [0, 3, 7, 9]
    assert grid.edges == (0, 9)
    assert grid.origin == float(2**62)
    assert grid.place(np.array([3.4])).tolist() == [2**62 + 4]


def test__read__whole_range_of_int64__no_overflow():
    limits = np.iinfo(np.int64)
    grid, series = make_grid([limits.min, 0, limits.max])
    assert grid.read(series).tolist() == [0, 2.0**63, 2.0**64]
    placed = grid.place(np.array([-np.inf, 2.0**63, np.inf]))
    assert placed.tolist() == series.tolist()


def test__read__numbers_of_other_classes__on_their_side():
    grid, series = make_grid([10, 13, 14, 7, 90], n=3)
    assert grid.read(series).tolist() == [0, 3, 4, -3, 80]


def test__read__floats__themselves_and_missing():
    grid, series = make_grid([1.5, None, -2.25])
    np.testing.assert_array_equal(grid.read(series), [1.5, np.nan, -2.25])
    assert (grid.low, grid.high, grid.origin) == (-2.25, 1.5, 0)
    assert grid.edges == (-2.25, 1.5)


def test__place__step_and_decimals__kept():
    hundreds, _ = make_grid([300, 500, 1200])
    assert hundreds.place(np.array([349.0, 351.0, 9e9])).tolist() == [600, 700, 1200]
    decimal, _ = make_grid([0.5, 1.2, 7.1])
    assert decimal.place(np.array([0.0, 3.14159, 99.0])).tolist() == [0.5, 3.1, 7.1]


def test__place__few_values__nearest_that_the_class_shows():
    grid, _ = make_grid([1.0, 2.0, 10.0, 4.0] * 5, n=3)
    assert grid.legal.tolist() == [1, 2, 10]
    assert grid.place(np.array([-5, 1.4, 4.1, 6.1, 80])).tolist() == [1, 1, 2, 10, 10]


def test__place__one_value__that_value():
    for values in ([7, 7, 8, 12], [0.5, 0.5, 1.25, 3.75]):
        grid, _ = make_grid(values, n=2)
        assert grid.place(np.array([-9.0, 0.0, 9.0])).tolist() == [values[0]] * 3


def test__place__hour_that_strikes_twice__in_the_range():
    hours = pd.date_range("2023-10-29 00:30", periods=3, freq="h", tz="UTC")
    grid, series = make_grid(hours[1:].tz_convert("Europe/Berlin"))
    placed = grid.place(grid.read(series))
    assert placed.dtype == series.dtype
    assert placed.between(series.min(), series.max()).all()


def test__place__hour_that_the_clock_skips__the_next_that_there_is():
    days = ["2023-03-25 10:00:00", "2023-03-26 01:00:00", "2023-03-27 23:17:05"]
    grid, series = make_grid(pd.to_datetime(days).tz_localize("Europe/Berlin"))
    hours = pd.Timedelta("1h") / pd.Timedelta(1, series.dt.unit)
    skipped = grid.read(series)[1] + np.array([1, 1.25, 1.5]) * hours
    placed = grid.place(skipped)
    assert (placed == pd.Timestamp("2023-03-26 03:00", tz="Europe/Berlin")).all()


def test__place__steps_that_float64_can_not_count__the_largest_at_most():
    high = 2**53 + 3
    grid, _ = make_grid([0, 1, high])
    assert grid.place(np.array([1.0, np.inf])).tolist() == [1, high]


def test__place__whole_objects_in_a_column_of_others__in_their_range():
    grid, series = make_grid([100, 180, 250, 0.5], dtype=object, n=3)
    assert grid.read(series).tolist() == [100, 180, 250, 0.5]
    placed = grid.place(np.array([120.0, 900.0]))
    assert placed.tolist() == [120, 250]
    assert placed.dtype == object


def test__grid__few_values__not_in_the_order_of_the_rows():
    grid, _ = make_grid([10.0, 2.0, 4.0, 1.0] * 5, n=4)
    assert grid.legal.tolist() == [1, 2, 4, 10]
