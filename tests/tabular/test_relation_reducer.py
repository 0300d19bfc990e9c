"""Rows are restored from free columns, and keep each relation whatever these hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gansampler.tabular.encoder import TableEncoder
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.relation_reducer import RelationReducer
from gansampler.tabular.relation_search import with_relations
from tests.tables import assert_same


def messy(n, seed):
    """Return a table with every kind of relation, also chained."""
    rng = np.random.default_rng(seed)
    city = rng.integers(0, 12, n)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 999, n), "D")
    code = rng.integers(0, 3, n)
    frame = pd.DataFrame(
        {
            "city": [f"city {k}" for k in city],
            "country": pd.Categorical([f"country {k % 4}" for k in city]),
            "end": start + pd.to_timedelta(rng.integers(0, 9, n), "D"),
            "start": start,
            **{f"is_{k}": (code == k).astype("int8") for k in range(3)},
            "net": rng.gamma(2, 50, n).round(2),
            "tax": rng.gamma(2, 9, n).round(2),
            "lab": rng.normal(size=n),
            "unit": rng.choice(["mg", "g"], n),
        }
    )
    frame["gross"] = (frame["net"] + frame["tax"]).round(2)
    frame["limit"] = (frame["gross"] + rng.gamma(1, 20, n)).round(2)
    frame["again"] = frame["net"].astype("float32").astype("float64")
    frame["again"] = frame["net"]
    frame.loc[rng.random(n) < 0.2, ["lab", "unit"]] = np.nan
    frame.loc[rng.random(n) < 0.2, "end"] = pd.NaT
    return frame


def assert_kept(rows, real):
    """Check each relation of the messy table."""
    pairs = set(zip(real["city"], real["country"], strict=True))
    assert set(zip(rows["city"], rows["country"], strict=True)) <= pairs
    assert (rows[["is_0", "is_1", "is_2"]].sum(axis=1) == 1).all()
    assert not (rows["start"] > rows["end"]).any()
    assert ((rows["net"] + rows["tax"]).round(2) == rows["gross"]).all()
    assert (rows["again"] == rows["net"]).all()
    assert not (rows["gross"] > rows["limit"]).any()
    assert rows["lab"].isna().equals(rows["unit"].isna())
    assert rows.dtypes.equals(real.dtypes)


@pytest.fixture(scope="module")
def real():
    return messy(400, 0)


@pytest.fixture(scope="module")
def encoder(real):
    schema = with_relations(infer_schema(real), real)
    assert len(schema.relations) >= 7
    return TableEncoder(schema).fit(real.iloc[:150])


def test__round_trip__every_relation__exact(encoder, real):
    rows = real.iloc[:150]
    again = encoder.inverse_transform(encoder.transform(rows))
    exact = [name for name in rows if name != "lab"]
    assert_same(again[exact], rows[exact])


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1e6))
def test__inverse_transform__any_matrix__relations_hold(encoder, real, seed, spread):
    rng = np.random.default_rng(seed)
    shape = 40, encoder.layout_.width
    rows = encoder.inverse_transform(
        (spread * rng.standard_normal(shape)).astype("float32")
    )
    assert_kept(rows, real)


def test__class_of_few_values__relations_hold(real):
    schema = with_relations(infer_schema(real), real)
    for rows in (real.iloc[:1], real.iloc[:2], real[real["city"] == "city 3"]):
        encoder = TableEncoder(schema).fit(rows)
        noise = np.random.default_rng(0).normal(size=(50, encoder.layout_.width))
        assert_kept(encoder.inverse_transform(noise.astype("float32")), real)


def test__transform__rows_of_other_classes__finite(encoder, real):
    assert np.isfinite(encoder.transform(real)).all()


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "uint8", object])
def test__order_of_few_values__legal_ones_and_never_below(rng, dtype):
    low = rng.integers(0, 6, 300)
    high = np.maximum(low, 2 * rng.integers(0, 5, 300))
    frame = pd.DataFrame({"low": low, "high": high}).astype(dtype)
    schema = with_relations(infer_schema(frame), frame)
    assert [str(relation) for relation in schema.relations] == ["low <= high"]
    encoder = TableEncoder(schema).fit(frame)
    noise = 3 * rng.normal(size=(500, encoder.layout_.width)).astype("float32")
    rows = encoder.inverse_transform(noise)
    assert (rows["low"] <= rows["high"]).all()
    assert set(rows["high"]) <= set(frame["high"])
    assert rows.dtypes.equals(frame.dtypes)


def test__times_to_the_nanosecond__never_before(rng):
    start = pd.Series(rng.integers(10**18, 2 * 10**18, 200).astype("datetime64[ns]"))
    wait = rng.integers(0, 3, 200) * rng.integers(1, 10**16, 200)
    frame = pd.DataFrame({"start": start, "end": start + pd.to_timedelta(wait, "ns")})
    schema = with_relations(infer_schema(frame), frame)
    encoder = TableEncoder(schema).fit(frame)
    noise = rng.normal(size=(2000, encoder.layout_.width)).astype("float32")
    rows = encoder.inverse_transform(noise)
    assert (rows["start"] <= rows["end"]).all()


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint64", "datetime64[ns]"])
def test__ends_beyond_the_range__no_pile_up_at_its_edges(rng, dtype):
    start = rng.integers(100, 10_000, 2_000)
    gap = rng.integers(1, 4_000, 2_000)
    frame = pd.DataFrame({"start": start, "end": start + gap}).astype(dtype)
    known = frame[frame["end"].astype("int64").between(2_000, 9_000)]
    schema = with_relations(infer_schema(frame), frame)
    reducer = RelationReducer(schema)
    distances = reducer.fit([frame["start"], frame["end"]]).reduce(
        [frame["start"], frame["end"]]
    )
    # The ends of this class lie in a part of the table's range.
    reducer.fit([known["start"], known["end"]])
    restored, end = reducer.restore(distances)
    is_inside = start < int(known["end"].astype("int64").max())
    end = end[is_inside]
    assert (end >= restored[is_inside]).all()
    assert end.min() >= known["end"].min()
    assert end.max() <= known["end"].max()
    most_frequent = end.value_counts().iloc[0]
    assert most_frequent <= 10


def test__largest_start_without_an_end__missing_rather_than_before():
    rng = np.random.default_rng(0)
    start = rng.integers(0, 100, 300).astype(float)
    end = start + rng.integers(0, 5, 300)
    end[start > 60] = np.nan
    frame = pd.DataFrame({"start": start, "end": end})
    schema = with_relations(infer_schema(frame), frame)
    encoder = TableEncoder(schema).fit(frame)
    noise = rng.normal(size=(500, encoder.layout_.width)).astype("float32")
    rows = encoder.inverse_transform(noise)
    assert not (rows["start"] > rows["end"]).any()
    assert rows["end"].max() <= frame["end"].max()
