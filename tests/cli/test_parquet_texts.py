import datetime

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_tables import FAST

N = 60
DAYS = [f"{k % 28 + 1:02}/{k % 9 + 1:02}/2021" for k in range(N)]


def write(**columns):
    rng = np.random.default_rng(0)
    own = {"x": pa.array(rng.normal(size=N)), "y": pa.array([0] * 40 + [1] * 20)}
    table = pa.table({**own, **columns})
    parquet.write_table(table, "in.parquet")
    return table


def resample(run, *options):
    return run(
        *("resample", "in.parquet", "-t", "y", "-o", "out.parquet", "-f"),
        *FAST,
        *options,
    )


@pytest.mark.parametrize("form", ["d", "d=%d/%m/%Y"])
def test__date__texts_of_a_parquet_file__new_dates_in_their_form(run, form):
    table = write(d=pa.array(DAYS, pa.large_string()))
    done = resample(run, "--date", form)
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.schema.equals(table.schema)
    assert out.slice(0, N).equals(table)
    new = out["d"].slice(N).to_pylist()
    assert set(new) - set(DAYS)
    for text in new:
        datetime.datetime.strptime(text, "%d/%m/%Y")
        assert len(text) == 10


def test__date__texts_that_look_like_dates__told_of(run):
    write(d=pa.array(DAYS), n=pa.array(["1.5", "2.5"] * 30))
    done = resample(run)
    assert (
        "type of column 'd' is text, but its cells look like dates. To read dates"
        in done.stderr
    )
    assert "type of column 'n' is text, but its cells look like numbers" in done.stderr


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test__missing__word_among_texts__missing_and_written_again(run, kind):
    table = write(c=pa.array(["a", "b", "?"] * 20, kind))
    done = resample(run, "--missing", "?", "--dry-run")
    line = next(line for line in done.stdout.splitlines() if line.startswith("c "))
    assert " 20  one of its 2 values" in line
    done = resample(run, "--missing", "?")
    assert done.exit_code == 0, done.output
    out = parquet.read_table("out.parquet")
    assert out.schema.equals(table.schema)
    assert out.slice(0, N).equals(table)
    assert set(out["c"].slice(N).to_pylist()) <= {"a", "b", "?"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--decimal", ","],
            "--decimal applies to CSV files only, but in.parquet is a Parquet file",
        ),
        (["--sep", ";"], "--sep applies to CSV files only"),
        (["--encoding", "utf-8"], "--encoding applies to CSV files only"),
        (["--missing", "?"], "--missing applies to text columns only, but in.parquet"),
        (["--date", "x"], "--date 'x': the column of in.parquet has the type double"),
        (["--date", "day=%Y"], "has the type date32[day] and needs no format"),
        (["--date", "z"], "in.parquet has no column 'z'"),
    ],
)
def test__options_of_csv__parquet__refused_never_ignored(run, options, message):
    write(day=pa.array([datetime.date(2021, 1, 1 + k % 28) for k in range(N)]))
    done = resample(run, *options)
    assert done.exit_code == 1
    assert message in done.stderr


def test__date__column_of_dates__as_it_is(run):
    table = write(day=pa.array([datetime.date(2021, 1, 1 + k % 28) for k in range(N)]))
    done = resample(run, "--date", "day")
    assert done.exit_code == 0, done.output
    assert parquet.read_table("out.parquet").schema.equals(table.schema)
