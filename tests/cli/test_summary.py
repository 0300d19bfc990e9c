import numpy as np
import pandas as pd
from small_tables import FAST, numbers, small


def messy(n=60):
    rows = [
        f"{1000 + k};u{k}@a.org;{k * 37.5:.2f} €;{k % 28 + 1}/1/2021;"
        f"{'?' if k % 9 else k};{'abc'[k % 3]};1;{'yes' if k < 20 else 'no'}"
        for k in range(n)
    ]
    return "\n".join(["id;mail;paid;on;score;kind;same;y", *rows]) + "\n"


def test__dry_run__messy_table__a_line_each_and_no_training(run, no_training):
    done = run("resample", small(messy()), "-t", "y", "--dry-run", "--drop", "id")
    assert done.exit_code == 0, done.output
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert list(lines) == ["column", *messy().split("\n")[0].split(";")]
    assert "nothing, because it is dropped" in lines["id"]
    assert "values of real rows; see --drop" in lines["mail"]
    assert "numbers €" in lines["paid"]
    assert "from 0.00 € to 2212.50 €" in lines["paid"]
    assert "dates D/M/YYYY" in lines["on"]
    assert " 53  from 0 to 54" in lines["score"]
    assert "one of its 3 values" in lines["kind"]
    assert "always the same" in lines["same"]
    assert "their class (now no 40, yes 20)" in lines["y"]
    (warning,) = done.stderr.splitlines()
    assert "column 'mail' contains e-mail addresses" in warning
    assert "--drop 'mail'" in warning


def test__resample__ordinary_table__summary_and_no_warning(run):
    done = run("resample", numbers(), "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert done.stdout.startswith("column  type")
    quiet = run("resample", "in.csv", "-t", "y", "-o", "out.csv", "-q", "-f", *FAST)
    assert quiet.output == ""


def test__dry_run__parquet__types_told(run):
    frame = pd.DataFrame(
        {
            "x": np.linspace(0, 1, 60) ** 2,
            "when": pd.date_range("2020-01-01", periods=60),
            "kind": ["a", "b", "c"] * 20,
            "y": ["no"] * 40 + ["yes"] * 20,
        }
    )
    frame.to_parquet("in.parquet")
    done = run("resample", "in.parquet", "-t", "y", "--dry-run")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "numbers (double)" in lines["x"]
    assert "from 0 to 1" in lines["x"]
    assert "from 2020-01-01 to 2020-02-29" in lines["when"]
    assert "one of its 3 values" in lines["kind"]


def test__dry_run__very_many_columns__first_ones_listed(run):
    names = ",".join(f"c{k}" for k in range(300))
    text = f"{names},y\n" + "".join(
        f"{','.join('12' * 150)},{k % 2}\n" for k in range(9)
    )
    done = run("resample", small(text), "-t", "y", "--dry-run")
    assert "... and 201 more columns" in done.stdout
    assert len(done.stdout.splitlines()) == 102


def test__dry_run__classes__as_they_stand_in_the_file(run):
    rows = "".join(f"{k}.5,{'10%' if k % 3 else '20%'}\n" for k in range(30))
    done = run("resample", small(f"x,y\n{rows}"), "-t", "y", "--dry-run")
    assert "now 10% 20, 20% 10" in done.stdout


def test__dry_run__amounts_in_two_currencies__no_id(run):
    rows = "".join(f"{'$€'[k % 2]}{k}.50,{k % 3 > 0}\n" for k in range(30))
    done = run("resample", small(f"x,y\n{rows}"), "-t", "y", "--dry-run")
    (warning,) = done.stderr.splitlines()
    assert "have different units or separators" in warning
