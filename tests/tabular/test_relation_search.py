"""Relations that are found, and those that are left to chance."""

import numpy as np
import pandas as pd
import pytest

import gansampler.tabular.relation_search as search
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.relation_search import with_relations
from gansampler.tabular.relations import (
    Determines,
    MissingTogether,
    OneHotGroup,
    Order,
    Sum,
)


def find(frame):
    return list(with_relations(infer_schema(frame), frame).relations)


@pytest.fixture
def start(rng):
    return pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 999, 300), "D")


def test__copy__found(rng):
    frame = pd.DataFrame({"a": rng.normal(size=100)}).assign(b=lambda f: f["a"])
    assert find(frame) == [Sum("b", ("a",))]


@pytest.mark.parametrize("first", [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]])
def test__sum__found_in_any_order_of_columns(rng, first):
    frame = pd.DataFrame(rng.gamma(2, 50, (100, 2)).round(2), columns=["a", "b"])
    frame["c"] = (frame["a"] + frame["b"]).round(2)
    (relation,) = find(frame[first])
    assert relation.column == "c"
    assert set(relation.parts) == {"a", "b"}


def test__sum__one_row_is_none__not_found(rng):
    frame = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "b"])
    frame["c"] = frame["a"] + frame["b"]
    frame.loc[7, "c"] += 0.5
    assert find(frame) == []


def test__two_rare_flags_that_agree__may_be_chance():
    flag = np.zeros(200)
    flag[[3, 90]] = 1
    noise = np.random.default_rng(0).normal(size=200)
    assert find(pd.DataFrame({"a": flag, "b": flag, "noise": noise})) == []


def test__category_that_determines__found_and_not_the_other_way(rng):
    city = rng.integers(0, 12, 300)
    frame = pd.DataFrame({"country": city % 4, "city": city}).astype(str)
    assert find(frame) == [Determines("city", "country")]


def test__category_of_single_rows__determines_nothing(rng):
    names = [f"name {k}" for k in range(100)]
    frame = pd.DataFrame({"name": names, "group": rng.choice(["a", "b"], 100)})
    assert find(frame) == []


def test__chain_of_categories__each_by_one_and_without_a_circle(rng):
    a = rng.integers(0, 20, 400)
    frame = pd.DataFrame({"a": a, "b": a % 10, "c": a % 5, "again": a}).astype(str)
    found = find(frame)
    assert {r.column for r in found} | {r.by for r in found} == {*frame.columns}
    assert len({r.column for r in found}) == len(found) == 3


@pytest.mark.parametrize("dtype", ["int64", "float32", "bool"])
def test__one_hot_group__found(rng, dtype):
    code = rng.integers(0, 4, 200)
    frame = pd.DataFrame({f"is_{k}": code == k for k in range(4)}).astype(dtype)
    frame.insert(2, "x", rng.normal(size=200))
    assert find(frame) == [OneHotGroup(("is_0", "is_1", "is_2", "is_3"))]


def test__flags_that_are_exclusive_but_not_always_set__no_group(rng):
    code = rng.integers(0, 5, 200)
    assert find(pd.DataFrame({f"is_{k}": code == k for k in range(4)})) == []


def test__dates_in_order__found_with_missing_ends(rng, start):
    frame = pd.DataFrame({"start": start})
    frame["end"] = frame["start"] + pd.to_timedelta(rng.integers(0, 9, 300), "D")
    frame.loc[::3, "end"] = pd.NaT
    assert find(frame) == [Order("end", ("start",))]


def test__order_that_follows_from_others__left_out(rng):
    a = rng.normal(size=300)
    frame = pd.DataFrame({"a": a, "b": a + rng.random(300)})
    frame["c"] = frame["b"] + rng.random(300)
    assert find(frame) == [Order("b", ("a",)), Order("c", ("b",))]


def test__numbers_and_dates__never_compared(rng, start):
    frame = pd.DataFrame({"start": start, "x": rng.normal(size=300)})
    assert find(frame) == []


def test__ranges_that_never_meet__no_order(rng):
    frame = pd.DataFrame({"a": rng.random(300), "b": 5 + rng.random(300)})
    assert find(frame) == []


def test__few_rows__nothing_is_taken_for_a_relation():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 3.0, 4.0, 6.0]})
    assert find(frame) == []


def test__missing_together__found_across_dtypes(rng):
    frame = pd.DataFrame({"x": rng.normal(size=200), "c": rng.choice([*"abc"], 200)})
    frame.loc[rng.random(200) < 0.2, :] = np.nan
    assert find(frame) == [MissingTogether(("x", "c"))]


def test__long_table__what_fails_in_rows_not_looked_at__not_found(rng, monkeypatch):
    monkeypatch.setattr(search, "MAX_ROWS", 100)
    frame = pd.DataFrame({"a": rng.normal(size=1000)})
    frame["copy"], frame["other"] = frame["a"], frame["a"]
    frame.loc[1, "other"] += 9  # every tenth row is looked at
    found = find(frame)
    assert Sum("copy", ("a",)) in found
    assert not any("other" in str(relation) for relation in found)


def test__noise__no_relations(rng):
    frame = pd.DataFrame(rng.normal(size=(300, 12)))
    frame[12] = rng.choice([*"abcd"], 300)
    frame[13] = rng.integers(0, 2, 300)
    assert find(frame) == []
