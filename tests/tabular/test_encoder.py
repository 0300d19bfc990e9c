import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from strategies import frames
from tables import (
    arrow_frame,
    assert_legal,
    assert_on_grid,
    assert_same,
    mixed_frame,
    pandas_sparse,
)

from gansampler.tabular.encoder import RowLayout, TableEncoder
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.schema import Kind

SKEWED = np.r_[np.random.default_rng(0).lognormal(0, 3, 200), -1e9, 1e12]


def fit(frame, categorical_features="auto"):
    return TableEncoder(infer_schema(frame, categorical_features)).fit(frame)


def fit_one(values, dtype=None):
    frame = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    return fit(frame), frame


def assert_round_trip(frame, encoder):
    """Check that a table comes back, numbers up to float32 on the asinh scale."""
    rows = encoder.transform(frame)
    assert rows.dtype == np.float32
    assert rows.shape == (len(frame), encoder.layout_.width)
    assert np.isfinite(rows).all()
    again = encoder.inverse_transform(rows)
    assert again.dtypes.equals(frame.dtypes)
    assert again.columns.equals(frame.columns)
    assert_legal(again, frame)
    for j, column in enumerate(encoder.schema.columns):
        old, new = frame.iloc[:, j], again.iloc[:, j]
        assert new.isna().tolist() == old.isna().tolist()
        if column.kind is Kind.CATEGORICAL:
            assert new.dropna().tolist() == old.dropna().tolist()
    # What float32 could not hold apart shows in the table, not in its encoding.
    np.testing.assert_allclose(encoder.transform(again), rows, rtol=1e-4, atol=1e-4)


@given(frames(7))
def test__round_trip__any_frame__comes_back(frame):
    frame = frame.reset_index(drop=True)
    assert_round_trip(frame, fit(frame))


@pytest.mark.parametrize("make", [arrow_frame, pandas_sparse, lambda: mixed_frame()[0]])
def test__round_trip__every_dtype__comes_back(make):
    frame = make().reset_index(drop=True)
    assert_round_trip(frame, fit(frame))


@given(frames(7), st.data())
def test__inverse_transform__any_matrix__legal_rows(frame, data):
    encoder = fit(frame)
    shape = (5, encoder.layout_.width)
    numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    rows = data.draw(npst.arrays(np.float32, shape, elements=numbers))
    decoded = encoder.inverse_transform(rows)
    assert len(decoded) == 5
    assert_on_grid(decoded, frame, encoder.schema)


@given(frames(10), st.data())
def test__encoder__of_a_class__knows_nothing_of_the_others(frame, data):
    in_class = np.array(data.draw(st.lists(st.booleans(), min_size=10, max_size=10)))
    in_class[0] = True
    rows = frame[in_class]
    encoder = TableEncoder(infer_schema(frame)).fit(rows)
    noise = np.random.default_rng(0).normal(0, 9, (20, encoder.layout_.width))
    assert_legal(encoder.inverse_transform(noise.astype(np.float32)), rows)


def test__round_trip__small_numbers__exact(mixed):
    frame, _ = mixed
    exact = frame[["one_decimal", "int", "int8", "few", "hundreds", "date", "Int64"]]
    exact = exact.reset_index(drop=True)
    encoder = fit(exact)
    assert_same(encoder.inverse_transform(encoder.transform(exact)), exact)


@pytest.mark.parametrize(
    "values", [SKEWED, [-1e300, 0.0, 1e300, 1e-300], [5e-324, 1e-323, 0, 1e-310]]
)
def test__round_trip__heavy_tails__close_and_finite(values):
    encoder, frame = fit_one(values)
    rows = encoder.transform(frame)
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() < 100
    again = encoder.inverse_transform(rows)["x"]
    np.testing.assert_allclose(
        again, values, rtol=1e-3, atol=1e-3 * np.percentile(np.abs(values), 75)
    )


def test__transform__outlier__does_not_squeeze_the_rest():
    rng = np.random.default_rng(0)
    encoder, frame = fit_one(np.r_[rng.normal(size=200), 1e6])
    bulk = encoder.transform(frame)[:200, 0]
    assert bulk.std() > 0.3


def test__transform__scalar__standardised():
    encoder, frame = fit_one(np.random.default_rng(0).normal(5, 3, 300))
    scalar = encoder.transform(frame)[:, 0]
    assert abs(scalar.mean()) < 1e-5
    assert abs(scalar.std() - 1) < 1e-5


@pytest.mark.parametrize("n_equal", [0, 150])
@pytest.mark.parametrize("size", [1.0, 1e-3])
def test__transform__scalar__asinh_of_distances_from_the_median(rng, n_equal, size):
    values = size * np.r_[np.full(n_equal, 3.5), rng.lognormal(2, 1, 45)]
    encoder, frame = fit_one(values)
    own = values[n_equal:]  # the others are an atom, of which the scale knows nothing
    centre = np.median(own)
    quarter, three_quarters = np.percentile(own, [25, 75])
    # That of a normal distribution of this interquartile range.
    spread = (three_quarters - quarter) / 1.349
    scaled = np.arcsinh((own - centre) / spread)
    expected = np.r_[np.zeros(n_equal), (scaled - scaled.mean()) / scaled.std()]
    np.testing.assert_allclose(encoder.transform(frame)[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("n_values", [5, 6])
def test__layout__number_of_few_values__states_up_to_five(n_values):
    encoder, _ = fit_one(np.tile(np.arange(n_values) ** 2.0, 9))
    if n_values == 5:
        assert encoder.layout_ == RowLayout(n_scalars=0, block_sizes=(5,))
    else:
        assert encoder.layout_ == RowLayout(n_scalars=1, block_sizes=())


def test__layout__value_of_a_fifth_of_the_rows__a_state():
    ordinary = [0.5, 1.5, 2.25, 3.0, 4.0, 5.5, 7.0, 9.0]
    assert fit_one([0.0, 0.0, *ordinary])[0].layout_.block_sizes == (2,)
    assert fit_one([0.0, 0.0, *ordinary, 12.0])[0].layout_.block_sizes == ()


@pytest.mark.parametrize(("n_rows", "n_scalars"), [(2, 0), (3, 1)])
def test__layout__class_of_two_numbers__no_scalar(rng, n_rows, n_scalars):
    frame = pd.DataFrame({"x": rng.normal(size=50)})
    encoder = TableEncoder(infer_schema(frame)).fit(frame[:n_rows])
    assert encoder.layout_.n_scalars == n_scalars


def test__round_trip__two_heaps_at_the_ends_of_float64__each_to_its_own():
    values = np.r_[np.linspace(-1.7, -1.6, 20), np.linspace(1.6, 1.7, 20)] * 1e308
    encoder, frame = fit_one(values)
    again = encoder.inverse_transform(encoder.transform(frame))["x"]
    np.testing.assert_allclose(again, values, rtol=1e-5)


def test__layout__columns__scalars_then_blocks():
    frame = pd.DataFrame(
        {
            "letter": list("abcd") * 3,
            "number": np.arange(12.0) ** 2,
            "constant": 1,
            "bit": [True, False] * 6,
            "holes": [*np.arange(10.0) * 3, np.nan, np.nan],
        }
    )
    encoder = fit(frame)
    layout = encoder.layout_
    assert layout == RowLayout(n_scalars=2, block_sizes=(4, 2, 2))
    assert layout.width == 10
    assert layout.block_of_column.tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    rows = encoder.transform(frame)
    one_hot = np.add.reduceat(rows[:, 2:], [0, 4, 6], axis=1)
    np.testing.assert_array_equal(one_hot, 1)
    assert set(np.unique(rows[:, 2:])) == {0, 1}


def test__layout__nothing_but_constants__empty():
    encoder, frame = fit_one([3, 3, 3])
    assert encoder.layout_.width == 0
    assert encoder.layout_.block_of_column.tolist() == []
    assert_same(encoder.inverse_transform(np.empty((3, 0), np.float32)), frame)


def test__transform__zero_inflated__zeros_have_a_state():
    rng = np.random.default_rng(0)
    values = np.where(rng.random(200) < 0.5, 0, rng.normal(10, 1, 200))
    encoder, frame = fit_one(values)
    assert encoder.layout_.block_sizes == (2,)
    rows = encoder.transform(frame)
    np.testing.assert_array_equal(rows[:, 2] == 1, values == 0)
    rows[:, 0] = 0.5
    assert (encoder.inverse_transform(rows)["x"][values == 0] == 0).all()


def test__inverse_transform__missing_state__missing_value():
    encoder, _ = fit_one([None, 1, 5, 9, 30, None, 42], "Int64")
    rows = np.array([[0.1, 2, 1], [0.1, 1, 2], [9, 1, 2]], dtype=np.float32)
    decoded = encoder.inverse_transform(rows)["x"]
    assert decoded.isna().tolist() == [False, True, True]
    assert decoded.dtype == "Int64"


def test__inverse_transform__beyond_the_range__on_its_edge():
    encoder, _ = fit_one(np.random.default_rng(0).normal(size=99))
    values = encoder.inverse_transform(np.array([[-99], [99]], dtype=np.float32))["x"]
    expected = encoder.codecs_[0].grid.low, encoder.codecs_[0].grid.high
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test__inverse_transform__values_between_few_levels__nearest_level():
    encoder, frame = fit_one([1.0, 2.5, 10.0] * 9)
    rows = encoder.transform(frame) + np.float32(0.05)
    assert_same(encoder.inverse_transform(rows), frame)


def test__inverse_transform__no_rows__empty_frame_of_same_dtypes(mixed):
    encoder = fit(mixed[0])
    rows = np.empty((0, encoder.layout_.width), dtype=np.float32)
    assert_same(
        encoder.inverse_transform(rows), mixed[0].iloc[:0].reset_index(drop=True)
    )


def test__categories__ordered_and_unused__kept():
    dtype = pd.CategoricalDtype(["low", "mid", "high", "never"], ordered=True)
    encoder, frame = fit_one(["high", "low", "mid", None], dtype)
    assert_same(encoder.inverse_transform(encoder.transform(frame)), frame)
    assert encoder.layout_.block_sizes == (4,)


def test__categories__mixed_objects__come_back_as_they_were():
    values = [1, "1", None, 2.5, ("t", 1)] * 2
    frame = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    encoder = fit(frame, ["x"])
    again = encoder.inverse_transform(encoder.transform(frame))["x"].tolist()
    assert repr(again) == repr(values)


def test__inverse_transform__dates_across_summer_time__at_midnight_in_the_range(rng):
    days = pd.to_timedelta(rng.integers(0, 700, 60), unit="D")
    frame = pd.DataFrame({"day": pd.Timestamp("2023-01-01") + days})
    frame["day"] = frame["day"].dt.tz_localize("Europe/Berlin")
    encoder = TableEncoder(infer_schema(frame)).fit(frame)
    assert encoder.inverse_transform(encoder.transform(frame)).equals(frame)
    noise = rng.normal(size=(500, encoder.layout_.width)).astype(np.float32)
    decoded = encoder.inverse_transform(noise)["day"]
    assert decoded.dtype == frame["day"].dtype
    assert (decoded.dt.hour == 0).all()
    assert decoded.between(frame["day"].min(), frame["day"].max()).all()


def test__inverse_transform__hours_that_strike_twice__in_the_range(rng):
    hours = pd.date_range("2023-10-29 00:30", periods=3, freq="h", tz="UTC")
    day = pd.Series(np.tile(hours.tz_convert("Europe/Berlin"), 30))
    frame = pd.DataFrame({"day": day + pd.to_timedelta(np.arange(90), unit="s")})
    encoder = TableEncoder(infer_schema(frame)).fit(frame)
    noise = rng.normal(size=(500, encoder.layout_.width)).astype(np.float32)
    decoded = encoder.inverse_transform(noise)["day"]
    assert decoded.between(frame["day"].min(), frame["day"].max()).all()


def test__inverse_transform__integers_too_large_for_floats__distinct_ones_kept(rng):
    values = [10**30 + k for k in range(90)]
    frame = pd.DataFrame({"huge": pd.Series(values, dtype=object)})
    encoder = TableEncoder(infer_schema(frame)).fit(frame)
    assert encoder.inverse_transform(encoder.transform(frame)).equals(frame)


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(-1, 1, 50) * 1.7e308,
        np.r_[np.zeros(49), 1.7e308, -1.7e308],
        np.r_[np.zeros(49), 5e-324, 1e-310],
        np.arange(50) * 1e-300,
        np.linspace(1, 1 + 1e-14, 50),
    ],
)
def test__encoder__numbers_at_the_ends_of_float64__finite_and_in_range(values, rng):
    frame = pd.DataFrame({"x": values})
    encoder = TableEncoder(infer_schema(frame)).fit(frame)
    assert np.isfinite(encoder.transform(frame)).all()
    noise = 10 * rng.normal(size=(200, encoder.layout_.width)).astype(np.float32)
    decoded = encoder.inverse_transform(noise)["x"]
    assert decoded.between(values.min(), values.max()).all()


@given(frames(10), st.integers(1, 9))
def test__transform__rows_of_other_classes__finite_and_at_most_one_state(frame, n):
    encoder = TableEncoder(infer_schema(frame)).fit(frame.iloc[:n])
    rows = encoder.transform(frame)
    assert rows.shape == (10, encoder.layout_.width)
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows[:n], encoder.transform(frame.iloc[:n]))
    layout = encoder.layout_
    states = rows[:, layout.n_scalars :]
    assert set(np.unique(states)) <= {0, 1}
    for block in range(len(layout.block_sizes)):
        assert (states[:, layout.block_of_column == block].sum(axis=1) <= 1).all()


def test__transform__states_of_other_classes__no_state_at_all():
    frame = pd.DataFrame(
        {
            "letter": [*"abab" * 5, "c", "a"],
            "few": [*[1, 2] * 10, 3, None],
            "atom": [*(0.5 * k * (k % 2) for k in range(20)), 4.0, None],
        }
    )
    encoder = TableEncoder(infer_schema(frame)).fit(frame.iloc[:20])
    assert encoder.layout_ == RowLayout(n_scalars=1, block_sizes=(2, 2, 2))
    other = encoder.transform(frame.iloc[20:])
    assert other[:, 1:3].tolist() == [[0, 0], [1, 0]]
    assert other[:, 3:5].tolist() == [[0, 0], [0, 0]]
    assert other[:, 5:].tolist() == [[1, 0], [0, 0]]
    assert other[1, 0] == 0


@pytest.mark.parametrize("far", [1e300, -1e300, 1.7e308, -1.7e308])
def test__transform__number_far_out_of_the_class__finite_and_beyond_it(rng, far):
    frame = pd.DataFrame({"x": np.r_[rng.random(50), far, -0.5]})
    encoder = TableEncoder(infer_schema(frame)).fit(frame.iloc[:50])
    rows = encoder.transform(frame)[:, 0]
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() < 1e4
    outside = rows[50] > rows[:50].max() if far > 0 else rows[50] < rows[:50].min()
    assert outside
    assert rows[51] < rows[:50].min()


def test__transform__integers_below_the_class__below_it():
    frame = pd.DataFrame({"x": [*range(100, 150), -5, 2**62]})
    encoder = TableEncoder(infer_schema(frame)).fit(frame.iloc[:50])
    rows = encoder.transform(frame)[:, 0]
    assert rows[50] < rows[:50].min()
    assert rows[51] > rows[:50].max()


def test__round_trip__whole_numbers_among_objects__themselves(rng):
    whole = [int(value) for value in rng.integers(100, 300, 60)]
    frame = pd.DataFrame({"x": pd.Series([*whole, *rng.random(9)], dtype=object)})
    rows = frame.iloc[:60]
    encoder = TableEncoder(infer_schema(frame)).fit(rows)
    again = encoder.inverse_transform(encoder.transform(rows))["x"].astype(float)
    np.testing.assert_allclose(again, whole, rtol=1e-4)


def test__layout__number_of_few_values__states_and_the_column_s_own_dtype(rng):
    frame = pd.DataFrame(
        {
            "few": rng.choice([0, 1, 4, 9], 60, p=[0.8, 0.1, 0.05, 0.05]).astype(
                "int8"
            ),
            "more": np.tile(np.arange(10.0), 6),
        }
    )
    encoder = TableEncoder(infer_schema(frame)).fit(frame)
    assert encoder.layout_ == RowLayout(n_scalars=1, block_sizes=(4,))
    assert encoder.inverse_transform(encoder.transform(frame)).equals(frame)
