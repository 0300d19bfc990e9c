import datetime
import warnings
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import assert_same, head, quick, quick_gan

from gansampler import GANOverSampler
from gansampler.evaluation.metrics import marginal_distances
from gansampler.gan import PrivateTabularGAN
from gansampler.generation.augmentation import mix_rows
from gansampler.tabular.kept_rows import check_kept
from gansampler.tabular.scalar_twins import Twin, find_twins

N_ROWS = (14, 8)
Y = np.repeat([0, 1], N_ROWS)
N = len(Y)

MOMENTS = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30))
RECENT = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1))
SPANS = st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6))
BERLIN, PLUS_TWO = ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=2))

OBJECTS = {
    "date": st.dates(),
    "datetime": MOMENTS,
    "datetime of an offset": MOMENTS.map(lambda t: t.replace(tzinfo=PLUS_TWO)),
    "datetime of a zone": RECENT.map(lambda t: t.replace(tzinfo=BERLIN)),
    "Timestamp": RECENT.map(pd.Timestamp),
    "Timestamp of nanoseconds": st.integers(0, 10**18).map(pd.Timestamp),
    "Timestamp of a zone": RECENT.map(lambda t: pd.Timestamp(t, tz="Asia/Tokyo")),
    "time": st.times(),
    "timedelta": SPANS,
    "Timedelta": SPANS.map(pd.Timedelta),
    "Decimal": st.decimals(-(10**6), 10**6, places=2),
    "whole Decimal": st.integers(-(10**25), 10**25).map(Decimal),
}
ARROW = {
    "date32": (st.dates(), pa.date32()),
    "time32": (st.times().map(lambda t: t.replace(microsecond=0)), pa.time32("s")),
    "time64": (st.times(), pa.time64("ns")),
    "duration": (SPANS, pa.duration("us")),
    "decimal": (OBJECTS["Decimal"], pa.decimal128(20, 2)),
    "dictionary": (st.sampled_from("cab"), pa.dictionary(pa.int8(), pa.string())),
    "dictionary of numbers": (
        st.integers(0, 3),
        pa.dictionary(pa.int32(), pa.int64()),
    ),
}
PERIODS = ["D", "M", "Q", "h"]
POLARS = {
    "Decimal": (OBJECTS["Decimal"], pl.Decimal(20, 2)),
    "Time": (st.times(), pl.Time),
    "Duration": (SPANS, pl.Duration("us")),
    "Date": (st.dates(date(1900, 1, 1), date(2100, 1, 1)), pl.Date),
    "Enum": (st.sampled_from("cab"), pl.Enum(["c", "b", "a"])),
    "Categorical": (st.sampled_from("cab"), pl.Categorical),
}


def with_numbers(column):
    """Return a frame of a column and of numbers beside it."""
    return pd.DataFrame({"value": column, "x": np.arange(N) ** 1.5})


def lists(elements, missing=None):
    """Draw as many values as there are rows, some of them missing."""
    some = st.just(missing) | elements
    return st.lists(some, min_size=N, max_size=N)


@st.composite
def tables(draw):
    """Draw a table with a column that NumPy can't count."""
    library = draw(st.sampled_from(["objects", "array", "arrow", "period", "polars"]))
    if library in ("objects", "array"):
        elements = OBJECTS[draw(st.sampled_from([*OBJECTS]))]
        missing = draw(st.sampled_from([None, np.nan, pd.NaT, pd.NA]))
        values = pd.Series(draw(lists(elements, missing)), dtype=object)
        frame = with_numbers(values)
        return frame if library == "objects" else frame.to_numpy(dtype=object)
    if library == "arrow":
        elements, dtype = ARROW[draw(st.sampled_from([*ARROW]))]
        values = pa.array(draw(lists(elements)), type=dtype)
        return with_numbers(pd.Series(pd.arrays.ArrowExtensionArray(values)))
    if library == "period":
        moments, freq = draw(lists(RECENT, pd.NaT)), draw(st.sampled_from(PERIODS))
        return with_numbers(pd.Series(pd.PeriodIndex(moments, freq=freq)))
    elements, dtype = POLARS[draw(st.sampled_from([*POLARS]))]
    values = pl.Series("value", draw(lists(elements)), dtype=dtype)
    return pl.DataFrame([values, pl.Series("x", np.arange(N) ** 1.5)])


def types_of(column):
    return {type(value) for value in column}


def decimals_of(column):
    exponents = [v.as_tuple().exponent for v in column if isinstance(v, Decimal)]
    return max([0, *(-exponent for exponent in exponents)])


def values_of(table):
    """Return the values of the first column as a list."""
    if isinstance(table, np.ndarray):
        return table[:, 0].tolist()
    column = table.iloc[:, 0] if isinstance(table, pd.DataFrame) else table["value"]
    return list(column)


@given(X=tables())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test__resample__values_that_numpy_can_not_count__more_of_their_type(X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sampler = quick(rejection_estimator=None)
        X_res, _ = sampler.fit_resample(X, Y)
    check_kept(X_res, X)
    assert_same(head(X_res, N), X)
    new, old = values_of(X_res)[N:], values_of(X)[N_ROWS[0] :]
    assert types_of(new) <= types_of(old)
    assert decimals_of(new) <= decimals_of(values_of(X))
    present = [value for value in new if not pd.isna(value)]
    known = [value for value in old if not pd.isna(value)]
    if known:
        assert all(min(known) <= value <= max(known) for value in present)
    rows = sampler.generators_[1].sample(3, random_state=0)
    with TemporaryDirectory() as folder:
        sampler.save(Path(folder) / "sampler", keep_data=True)
        again = GANOverSampler.load(Path(folder) / "sampler")
        assert_same(again.generators_[1].sample(3, random_state=0), rows)


DAYS = [date(2020, 1, 1) + timedelta(days=k % 29) for k in range(60)]
FRAME = pd.DataFrame(
    {
        "start": DAYS,
        "end": [day + timedelta(days=k % 25) for k, day in enumerate(DAYS)],
        "opens": [time(8 + k % 9, 30) for k in range(60)],
        "took": [timedelta(minutes=7 * k) for k in range(60)],
        "paid": [Decimal(k * 111).scaleb(-2) for k in range(60)],
        "fee": [Decimal(k * k % 97).scaleb(-2) for k in range(60)],
        "total": [Decimal(k * 111 + k * k % 97).scaleb(-2) for k in range(60)],
    },
    dtype=object,
)
LABELS = np.repeat([0, 1], [35, 25])


def new_rows(X=FRAME, **params):
    X_res, _ = quick(**params).fit_resample(X, LABELS)
    return X_res.iloc[len(X) :]


def test__resample__dates_and_decimals__grid_and_relations_kept():
    sampler = quick()
    new = sampler.fit_resample(FRAME, LABELS)[0].iloc[60:]
    assert (new["end"] >= new["start"]).all()
    assert (new["total"] == new["paid"] + new["fee"]).all()
    assert all(value.minute == 30 for value in new["opens"])
    assert all(value.as_tuple().exponent == -2 for value in new["paid"])
    assert len(sampler.relations_) >= 2


def test__resample__expression_and_callable__text_and_own_values():
    kept = new_rows(
        constraints=[
            "start < '2020-01-28' or end > '2020-01-05'",
            "opens >= '08:00:00' and paid < 9999.5",
            lambda rows: rows["start"].map(lambda day: type(day) is date),
            lambda rows: rows["took"] >= timedelta(0),
            lambda rows: rows["paid"] >= Decimal(0),
        ]
    )
    assert len(kept)
    late = new_rows(constraints=["end >= '2020-01-01'"])
    assert (late["end"] >= date(2020, 1, 1)).all()
    with pytest.raises(ValueError, match="real rows of class 1 violate"):
        new_rows(constraints=["paid < 0"])


@pytest.mark.parametrize("day", [date(2020, 1, 9), pd.Timestamp("2020-01-09")])
def test__resample__augmentation_of_ones_own__own_values(day):
    def move(rows, random_state):
        assert {*map(type, rows["start"])} == {date}
        assert {*map(type, rows["paid"])} == {Decimal}
        return rows.assign(start=day, paid=Decimal("2.25"))

    new = new_rows(augmentation=move, augmentation_fraction=1.0)
    assert {*new["start"]} == {date(2020, 1, 9)}
    assert {*map(str, new["paid"])} == {"2.25"}


def test__tabular_gan__sample__the_same_types():
    gan = quick_gan(random_state=0).fit(FRAME)
    for rows in (gan.sample(5), pd.concat(gan.sample_parts(5))):
        for name in FRAME.columns:
            assert {*map(type, rows[name])} == {type(FRAME[name].iloc[0])}


def test__resample__declared_as_categories__only_those_seen():
    thirds = [Decimal(k % 7) / 3 for k in range(60)]
    X = FRAME.assign(paid=thirds, fee=[Decimal(10**20 + 3 + k % 9) for k in range(60)])
    for features in ("auto", ["paid", "fee", "start"]):
        new = new_rows(X, categorical_features=features)
        assert {*new["fee"]} <= {*X["fee"]}
        assert {*new["start"]} <= {*X["start"]}
    assert {*map(str, new["paid"])} <= {*map(str, thirds)}


@pytest.mark.parametrize(
    ("column", "odd", "words"),
    [
        ("start", "2020-01-01", ["mixes the types ['date', 'str']", "'2020-01-01'"]),
        ("paid", 1.5, ["mixes the types ['Decimal', 'float']", "value: 1.5;"]),
        ("start", datetime.datetime(2020, 1, 1), ["['date', 'datetime']"]),
        ("opens", time(1, tzinfo=datetime.UTC), ["time zone. Remove it with"]),
        ("paid", Decimal("Infinity"), ["Decimal('Infinity') is out of"]),
        ("paid", Decimal("1e-500"), ["Decimal('1E-500') is out of range"]),
        ("paid", Decimal("1e999999999"), ["is out of range"]),
        ("took", timedelta.max, ["is out of range. Replace or drop it"]),
    ],
)
def test__resample__odd_value_in_a_column__named_with_a_way_out(column, odd, words):
    X = FRAME.copy()
    X.at[7, column] = odd
    with pytest.raises((TypeError, ValueError)) as caught:
        quick().fit_resample(X, LABELS)
    for word in [repr(column), *words]:
        assert word in str(caught.value)


def test__resample__several_time_zones__way_out():
    zones = [datetime.UTC, PLUS_TWO]
    stamps = [
        datetime.datetime(2020, 1, 1 + k % 9, tzinfo=zones[k % 2]) for k in range(60)
    ]
    X = FRAME.assign(at=pd.Series(stamps, dtype=object))
    with pytest.raises(TypeError, match=r"Column 'at' .*time zones differ: UTC, UTC"):
        quick().fit_resample(X, LABELS)
    fixed = X.assign(at=pd.to_datetime(X["at"], utc=True))
    assert str(new_rows(fixed)["at"].dtype).endswith("UTC]")


def test__resample__string_view__way_out():
    texts = pa.array(["a", "b"] * 30, type=pa.string_view())
    X = pd.DataFrame({"c": pd.Series(pd.arrays.ArrowExtensionArray(texts))})
    with pytest.raises(TypeError, match=r"string_view.*X\['c'\] = X\['c'\].tolist"):
        quick().fit_resample(X, LABELS)
    X["c"] = X["c"].tolist()
    assert {*new_rows(X)["c"]} <= {"a", "b"}


def test__private__dates__of_those_declared_or_a_way_out():
    X = FRAME[["start"]].assign(x=np.arange(60.0))

    def fit_resample(**declared):
        declared["column_bounds"] = {"x": (0, 60)} | declared.get("column_bounds", {})
        gan = PrivateTabularGAN(max_iter=3, batch_size=8, epsilon=3.0, **declared)
        return GANOverSampler(gan).fit_resample(X, LABELS)[0].iloc[60:]

    with pytest.raises(TypeError, match=r"'start' must be numbers, got datetime.date"):
        fit_resample(column_bounds={"start": (date(2020, 1, 1), date(2020, 2, 1))})
    with pytest.raises(ValueError, match=r"column_categories=.*to numbers and set"):
        fit_resample(column_bounds={"start": (0, 1)})
    days = [date(2020, 1, day) for day in range(1, 32)]
    assert {*fit_resample(column_categories={"start": days})["start"]} <= {*days}


def test__metrics_and_augmentation__dates_and_decimals__taken():
    distances = marginal_distances(FRAME, FRAME.iloc[:30].reset_index(drop=True))
    assert 0 < distances["start"] < 1
    mixed = mix_rows(FRAME, random_state=0)
    assert {*map(type, mixed["took"])} == {timedelta}


@pytest.mark.parametrize("change", [{"kind": "eval"}, {"decimals": 10**9}])
def test__twin__of_a_forged_file__refused(change):
    with pytest.raises(ValueError, match=r"kind of column|at most 400"):
        Twin(**({"kind": "Decimal"} | change))


def test__find_twins__numbers_and_texts__none():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": [1, "y"]})
    assert find_twins(frame).by_position == {}
    assert find_twins(frame).apply(frame) is frame
