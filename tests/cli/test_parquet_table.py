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
    with pytest.raises(ValueError, match=r"table\.parquet is no Parquet file"):
        read_table(path, ReadOptions())


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


def test__resample__decimals_to_csv__digit_by_digit(run):
    large = [Decimal(10**20 + k) / 100 for k in range(N)]
    column = pa.array(large, pa.decimal128(25, 2))
    table, _ = resample(run, column)
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    texts = pd.read_csv("out.csv", dtype=str)["column"][:N].tolist()
    assert texts == [str(value) for value in table["column"].to_pylist()]
