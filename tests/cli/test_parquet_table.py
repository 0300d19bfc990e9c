import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_tables import FAST
from tables import mixed_frame

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_table


def test__parquet__frame_of_all_dtypes__same(tmp_path):
    path = tmp_path / "table.parquet"
    # Parquet knows no categories that are numbers.
    frame = mixed_frame()[0].reset_index(drop=True).drop(columns="ordered")
    frame.to_parquet(path)
    table = read_table(path, ReadOptions())
    pd.testing.assert_frame_equal(table.frame, frame)
    write_table(path, table, frame, mark="new")
    both = pd.concat([frame, frame], ignore_index=True)
    both["new"] = np.repeat([False, True], len(frame))
    pd.testing.assert_frame_equal(pd.read_parquet(path), both)


def test__parquet__named_index__a_column(tmp_path):
    path = tmp_path / "table.pq"
    pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="id")).to_parquet(path)
    table = read_table(path, ReadOptions())
    assert table.frame.columns.tolist() == ["id", "a"]
    assert table.drop(["id"]).frame.columns.tolist() == ["a"]


def test__parquet__odd_names_or_none_at_all__told(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({1: [1]}).to_parquet(path)
    with pytest.raises(ValueError, match=r"table\.parquet has columns whose names"):
        read_table(path, ReadOptions())
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"table\.parquet is not a Parquet file"):
        read_table(path, ReadOptions())


def test__parquet__name_twice__told_in_plain_words(tmp_path):
    path = tmp_path / "table.parquet"
    columns = [pa.array([1, 2])] * 4
    parquet.write_table(pa.table(columns, names=["b", "a", "b", "y"]), path)
    message = r"table\.parquet: column names must be unique, but .* more than once: 'b'"
    with pytest.raises(ValueError, match=message):
        read_table(path, ReadOptions())


def test__parquet__very_many_columns__each_in_its_place(tmp_path):
    path = tmp_path / "wide.parquet"
    day = datetime.date(2020, 1, 1)
    kinds = [[day, day], ["a", None], [1, None], [1.5, 2.5], [Decimal("1.5"), None]]
    arrays = [pa.array(kinds[k % 5]) for k in range(4_000)]
    parquet.write_table(pa.table(arrays, names=[f"c{k}" for k in range(4_000)]), path)
    frame = read_table(path, ReadOptions()).frame  # not in minutes
    assert frame.columns[[0, -1]].tolist() == ["c0", "c3999"]
    kinds = frame.dtypes.astype(str).tolist()
    assert kinds[::5] == ["datetime64[ms]"] * 800
    assert kinds[2:5] == ["Int64", "float64", "float64"]
    assert frame.iloc[0, -5:].tolist() == [pd.Timestamp(day), "a", 1, 1.5, 1.5]


N = 60
LARGE = 2**60
COLUMNS = {
    "whole with nulls": pa.array([None if k % 5 == 0 else LARGE + k for k in range(N)]),
    "small with nulls": pa.array([None if k < 9 else k for k in range(N)], pa.int8()),
    "unsigned": pa.array([2**63 + k for k in range(N)], pa.uint64()),
    "flags with nulls": pa.array([None if k < 9 else k % 2 == 0 for k in range(N)]),
    "half_floats": pa.array(np.arange(N, dtype="float16") / 3),
    "dates": pa.array([datetime.date(2021, 1, 1 + k % 28) for k in range(N)]),
    "decimals": pa.array([Decimal(f"{k}.{k:02}") for k in range(N)]),
    "dictionary": pa.array(list("ab") * (N // 2)).dictionary_encode(),
    "large texts": pa.array(list("ab") * (N // 2), pa.large_string()),
    "zoned times": pa.array(range(N), pa.timestamp("us", "Europe/Paris")),
    "durations": pa.array(range(N), pa.duration("s")),
    "nothing": pa.nulls(N),
}


def resample(run, column, *options):
    x = pa.array(np.random.default_rng(0).normal(size=N))
    y = pa.array([0] * 40 + [1] * 20, pa.int16())
    table = pa.table({"x": x, "column": column, "y": y})
    parquet.write_table(table, "in.parquet")
    done = run(
        *("resample", "in.parquet", "-t", "y", "-o", "out.parquet"), *FAST, *options
    )
    return table, done


@pytest.mark.parametrize("name", COLUMNS)
def test__resample__parquet_of_any_type__rows_and_types_as_they_were(name, run):
    table, done = resample(run, COLUMNS[name])
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.schema.equals(table.schema)
    assert out.num_rows == 80
    assert out.slice(0, N).equals(table)


def test__resample__parquet_with_a_mark__rows_as_they_were(run):
    table, done = resample(run, COLUMNS["whole with nulls"], "--mark", "new")
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.slice(0, N).drop_columns("new").equals(table)
    assert out["new"].to_pylist() == [False] * N + [True] * 20


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1, 2]] * N),
        pa.array([{"a": 1}] * N),
        pa.array([b"x"] * N),
        pa.array([[("a", 1)]] * N, pa.map_(pa.string(), pa.int64())),
    ],
    ids=lambda column: str(column.type),
)
def test__resample__parquet_column_that_is_none__named_with_a_way_out(column, run):
    done = resample(run, column)[1]
    assert done.exit_code == 1
    assert "column 'column': its type" in done.stderr
    assert "--drop 'column'" in done.stderr
    table, done = resample(run, column, "--drop", "column")
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.slice(0, N).equals(table.drop_columns("column"))


TIMES = pa.array([datetime.time(k % 24) for k in range(N)])


def times_of(kind):
    unit = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
    whole = pa.int32() if kind.bit_width == 32 else pa.int64()
    return pa.array([(k * 1800) % 86400 * unit for k in range(N)], whole).cast(kind)


@pytest.mark.parametrize(
    "kind", [pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")]
)
@pytest.mark.parametrize("options", [[], ["--categorical", "column"]])
def test__resample__times_of_day__new_ones_within_the_range(kind, options, run):
    table, done = resample(run, times_of(kind), *options)
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    table = parquet.read_table("in.parquet")  # which knows no seconds, only thousandths
    assert out.schema.equals(table.schema)
    assert out.slice(0, N).equals(table)
    new = out["column"].slice(N).to_pylist()
    rare = table["column"].slice(40).to_pylist()
    assert min(rare) <= min(new) <= max(new) <= max(rare)
    if options:
        assert set(new) <= set(rare)


def test__resample__times_of_day_to_csv__by_the_clock(run):
    resample(run, times_of(pa.time64("us")))
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    texts = pd.read_csv("out.csv", dtype=str)["column"]
    assert texts.str.fullmatch(r"[012]\d:[03]0:00").all()


@pytest.mark.parametrize("kind", [pa.time32("ms"), pa.time64("us"), pa.time64("ns")])
def test__sample__times_of_day__as_in_the_file(kind, run):
    resample(run, times_of(kind), "--save", "model")
    for output in ("more.parquet", "more.csv"):
        done = run("sample", "model", "-n", 5, "-o", output, "--seed", 0)
        assert done.exit_code == 0, done.output
    more = parquet.read_table("more.parquet")
    assert more.schema.field("column").type == kind
    texts = pd.read_csv("more.csv", dtype=str)["column"].tolist()
    assert [str(time)[:8] for time in more["column"].to_pylist()] == texts


def test__resample__dictionary_of_times__kept(run):
    _, done = resample(run, TIMES.dictionary_encode())
    assert done.exit_code == 0, done.output
    table = parquet.read_table("in.parquet")
    assert parquet.read_table("out.parquet").slice(0, N).equals(table)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (TIMES, "'y' of type time64[us] does not contain classes"),
        (TIMES.dictionary_encode(), "does not contain classes"),
        (pa.array(range(N), pa.duration("s")), "'y' of type duration[s] does not"),
        (pa.array([[1]] * N), "does not contain classes"),
        (pa.array([b"x"] * N), "does not contain classes"),
        (
            pa.array([Decimal(10**20 + k % 2) / 10 for k in range(N)]),
            "'y' contains numbers such as 10000000000000000000.1, not classes",
        ),
        (
            pa.array([1e20 * (1 + k % 2) for k in range(N)]),
            "contains numbers such as 1e",
        ),
    ],
)
def test__resample__target_of_no_classes__told_what_to_do(labels, message, run):
    table = pa.table({"x": pa.array(np.arange(N) ** 1.5), "y": labels})
    parquet.write_table(table, "in.parquet")
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.parquet", *FAST)
    assert done.exit_code == 1
    assert message in done.stderr
    assert "Name another column" in done.stderr
    assert "astype" not in done.stderr


DECIMALS = pa.decimal128(30, 2)


@pytest.mark.parametrize(
    ("rare", "frequent", "kind", "shown"),
    [
        (10**20 + 1, 10**20, pa.decimal128(30), str(10**20 + 1)),
        (10**20 + 1, 10**20, DECIMALS, f"{10**20 + 1}.00"),
        (2**60 + 1, 2**60, DECIMALS, str(2**60 + 1)),
        (-1, 0, DECIMALS, "-1"),
        (2**63 + 1, 2**63, pa.uint64(), str(2**63 + 1)),
    ],
)
def test__resample__classes_that_one_float_would_hold__kept_apart(
    rare, frequent, kind, shown, run
):
    y = [*[frequent] * 40, *[rare] * 20]
    labels = pa.array(y if kind == pa.uint64() else map(Decimal, y), kind)
    table = pa.table({"x": pa.array(np.arange(N) ** 1.5), "y": labels})
    parquet.write_table(table, "in.parquet")
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.parquet", *FAST)
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.schema.equals(table.schema)
    assert out["y"].to_pylist() == labels.to_pylist() + [labels[-1].as_py()] * 20
    row = next(line for line in done.stdout.splitlines() if "GAN, iteration" in line)
    assert row.replace("│", " ").split()[:3] == [shown, "20", "40"]


def test__resample__decimals_that_are_codes__none_that_there_was_not(run):
    codes = [Decimal(10**20 + 7 * k) for k in (1, 2, 3)]
    column = pa.array(codes * (N // 3), DECIMALS)
    table, done = resample(run, column, "--categorical", "column")
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.slice(0, N).equals(table)
    assert set(out["column"].to_pylist()) == set(codes)


def test__resample__decimals_to_csv__as_many_digits_in_new_rows(run):
    column = pa.array([Decimal(k % 9) for k in range(N)], pa.decimal128(5, 2))
    resample(run, column)
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    texts = pd.read_csv("out.csv", dtype=str)["column"].iloc[N:]
    assert texts.str.fullmatch(r"[0-8]\.00").all()


def test__resample__decimals_to_csv__digit_by_digit(run):
    large = [Decimal(10**20 + k) / 100 for k in range(N)]
    column = pa.array(large, pa.decimal128(25, 2))
    table, _ = resample(run, column)
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    texts = pd.read_csv("out.csv", dtype=str)["column"][:N].tolist()
    assert texts == [str(value) for value in table["column"].to_pylist()]
