import os
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from small_tables import FAST, read, small

from gansampler import GANOverSampler, TabularGAN


def test__sample__saved_model__rows_in_the_form_of_the_table(run, customers):
    run(
        *("resample", customers, "-t", "Kündigung", "-o", "out.csv"),
        *("--save", "model", "--drop", "Kundennr", *FAST),
    )
    done = run("sample", "model", "-n", 25, "-o", "more.csv", "--seed", 1)
    assert done.exit_code == 0, done.output
    assert "Wrote 25 rows of one class to more.csv." in done.stdout
    assert "save with --keep-data" in " ".join(done.stderr.split())
    assert "keep_data" not in done.stderr
    more, out = read("more.csv"), read("out.csv")
    assert more.csv_format == out.csv_format
    assert more.frame.columns.equals(out.frame.columns)
    assert more.frame["Kündigung"].tolist() == ["ja"] * 25
    run("sample", "model", "-n", 25, "-o", "more.parquet", "--seed", 1)
    same = pd.read_parquet("more.parquet")
    assert same["Größe"].tolist() == more.frame["Größe"].tolist()
    assert same["Geburtstag"].tolist() == more.frame["Geburtstag"].tolist()


def test__sample__model_of_a_messy_file__forms_as_in_the_file(run, tmp_path):
    shutil.copy(Path(__file__).parents[2] / "docs" / "orders.csv", tmp_path)
    options = ["--drop", "order_id,email", "--save", "model", *FAST]
    run("resample", "orders.csv", "-t", "returned", "-o", "out.csv", *options)
    done = run("sample", "model", "-n", 60, "-o", "more.csv", "--seed", 1)
    assert done.exit_code == 0, done.output
    more, out = read("more.csv"), read("out.csv")
    for name, cells in more.csv_format.columns.items():
        known = out.csv_format.columns[name]
        if cells.kind in ("date", "time", "flag"):
            assert cells.form == known.form, name
        assert cells.kind == known.kind, name
    assert more.frame["price"].between(0, 2200).all()
    assert more.cells["price"].str.fullmatch(r"(\d\.)?\d{1,3},\d\d €").all()
    assert more.cells["change"].str.fullmatch(r"[+-]\d+").all()
    assert set(more.cells["city"]) <= {"Köln", "Düren ", "München", "Aßlar"}
    assert set(more.cells["rating"][more.frame["rating"].isna()]) <= {"?"}


def test__sample__model_of_dates_that_was_saved_in_python__dates(run, tmp_path):
    days = [date(2020, 1, 1) + timedelta(days=k) for k in range(60)]
    X = pd.DataFrame({"day": days, "paid": [Decimal(k).scaleb(-2) for k in range(60)]})
    sampler = GANOverSampler(TabularGAN(max_iter=3), random_state=0)
    sampler.fit_resample(X, [0] * 40 + [1] * 20)
    sampler.save(tmp_path / "model")
    done = run("sample", "model", "-n", 5, "-o", "more.parquet")
    assert done.exit_code == 0, done.output
    more = pd.read_parquet("more.parquet")
    assert {*map(type, more["day"])} == {date}
    assert {*map(type, more["paid"])} == {Decimal}


def test__sample__several_classes__all_or_those_named(run):
    text = "x,y\n" + "".join(f"{k * 1.5},{max(k - 30, 0) // 15}\n" for k in range(70))
    run("resample", small(text), "-t", "y", "-o", "o.csv", "--save", "model", *FAST)
    run("sample", "model", "-n", 3, "-o", "all.csv")
    assert read("all.csv").frame["y"].tolist() == [1] * 3 + [2] * 3
    run("sample", "model", "-n", 3, "-o", "one.csv", "--label", 2)
    assert read("one.csv").frame["y"].tolist() == [2] * 3
    done = run("sample", "model", "-n", 3, "-o", "none.csv", "--label", "2,0")
    assert done.exit_code == 1
    assert (
        "model can't generate rows of class '0'. Its classes are '1', '2'."
        in done.stderr
    )


def test__sample__model_saved_in_python__columns_and_class(run):
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.repeat([0, 1], [40, 20])
    sampler = GANOverSampler(random_state=0).set_params(gan__max_iter=3)
    sampler.fit_resample(pd.DataFrame(X, columns=["a", "b"]), y)
    sampler.save("model")
    run("sample", "model", "-n", 3, "-o", "out.csv")
    frame = read("out.csv").frame
    assert frame.columns.tolist() == ["a", "b", "class"]
    assert frame["class"].tolist() == [1] * 3


@pytest.mark.filterwarnings("ignore:.* was saved without keep_data")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test__sample__features_named_class__kept_beside_the_class(run, ending):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"class": rng.choice(["1st", "2nd"], 60), "x": rng.normal(size=60)}
    )
    sampler = GANOverSampler(random_state=0).set_params(gan__max_iter=3)
    sampler.fit_resample(X, np.repeat([0, 1], [40, 20]))
    sampler.save("model")
    assert run("sample", "model", "-n", 9, "-o", f"out.{ending}").exit_code == 0
    frame = read(f"out.{ending}").frame
    assert frame.columns.tolist() == ["class", "x", "class_"]
    assert set(frame["class"]) <= {"1st", "2nd"}
    assert frame["class_"].tolist() == [1] * 9


def odd_tables():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(60, 2))
    levels = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])
    return {
        "array": numbers,
        "levels": pd.DataFrame(numbers, columns=levels),
        "sparse": sparse.random(60, 3, 0.5, format="csr", random_state=0),
        "pandas sparse": pd.DataFrame(numbers.round()).astype("Sparse[float64]"),
        "intervals": pd.DataFrame({"age": pd.cut(numbers[:, 0], [-9, 0, 9])}),
        "durations": pd.DataFrame({"d": pd.to_timedelta(range(60), unit="s")}),
    }


@pytest.mark.filterwarnings("ignore:.* was saved without keep_data")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", odd_tables())
def test__sample__model_of_any_table__a_file(run, name, ending):
    sampler = GANOverSampler(random_state=0).set_params(gan__max_iter=3)
    sampler.fit_resample(odd_tables()[name], np.repeat([0, 1], [40, 20]))
    sampler.save("model")
    done = run("sample", "model", "-n", 9, "-o", f"out.{ending}")
    assert done.exit_code == 0, done.output
    frame = read(f"out.{ending}").frame
    assert len(frame) == 9
    assert frame.columns[-1] == "class"
    if name == "levels":
        assert frame.columns.tolist() == ["a, x", "a, y", "class"]


def test__sample__model_without_generators__told(run):
    sampler = GANOverSampler()
    sampler.fit_resample(np.arange(8.0).reshape(8, 1), [0, 1] * 4)
    sampler.save("model")
    done = run("sample", "model", "-n", 3, "-o", "out.csv")
    assert done.exit_code == 1
    assert "model can't generate rows" in done.stderr


def test__sample__no_model__told(run):
    done = run("sample", small(), "-n", 3, "-o", "out.csv")
    assert done.exit_code == 1
    assert (
        "Error: in.csv can't be read: it is truncated, or `save` did not" in done.stderr
    )


def test__resample__model_that_needs_data__table_written_and_told(run):
    text = "x,y\n" + "".join(f"{k * 1.5},{k > 27}\n" for k in range(30))
    command = ["resample", small(text), "-t", "y", "-o", "o.csv", "--save", "m", *FAST]
    done = run(*command)
    assert done.exit_code == 1
    assert len(read("o.csv").frame) == 56
    assert "Error: The table was written, but m was not. " in done.stderr
    assert "Set `--keep-data` if" in done.stderr
    assert not os.path.exists("m")
    assert run(*command, "--force", "--keep-data").exit_code == 0
    assert os.path.exists("m")
