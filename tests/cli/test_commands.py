import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from gansampler import GANOverSampler
from gansampler.cli.commands import app
from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table

FAST = ["--max-iter", "3", "--seed", "0"]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    # As wide as needed, so that what is looked for stands on one line.
    runner = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1"})

    def run(*arguments):
        return runner.invoke(app, list(map(str, arguments)))

    return run


@pytest.fixture
def customers(tmp_path):
    """Write a table as it comes out of an office: semicolons, commas, Latin-1."""
    rng = np.random.default_rng(0)
    n = 120
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(
        rng.integers(0, 20_000, n), unit="D"
    )
    frame = pd.DataFrame(
        {
            "Kundennr": np.arange(5000, 5000 + n),
            "Größe": rng.normal(170, 10, n).round(1),
            "Geburtstag": born.strftime("%d.%m.%Y"),
            "aktiv": rng.choice(["true", "false"], n),
            "Stadt": rng.choice(["Köln", "Düren", ""], n),
            "Plz": rng.choice(["01067", "50667"], n),
            "Umsatz": rng.integers(0, 900, n).astype(float),
            "Tarif": rng.choice([101, 205, 300, 999], n),
            "Kündigung": np.repeat(["nein", "ja"], [90, 30]),
        }
    )
    frame.loc[::7, "Umsatz"] = np.nan
    path = tmp_path / "kunden.csv"
    frame.to_csv(path, sep=";", decimal=",", encoding="latin-1", index=False)
    return path


def read(path):
    return read_table(path, ReadOptions())


def test__resample__table_from_an_office__rows_kept_and_new_ones_alike(run, customers):
    done = run("resample", customers, "-t", "Kündigung", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    assert "120 rows and 60 new ones are in out.csv." in done.stdout
    assert "line 1: no UTF-8; the file is read and written as cp1252" in done.stderr
    assert "decimal comma" in done.stderr
    assert "'Kundennr' differs in each row, as an id does" in done.stderr
    table, out = read(customers), read("out.csv")
    original = customers.read_bytes().splitlines()
    with open("out.csv", "rb") as file:
        assert file.read().splitlines()[:121] == original
    assert out.csv_format == table.csv_format
    assert out.frame.dtypes.equals(table.frame.dtypes)
    assert out.frame["Kündigung"].value_counts().to_dict() == {"ja": 90, "nein": 90}
    new, rare = out.frame.iloc[120:], table.frame[table.frame["Kündigung"] == "ja"]
    assert new["Geburtstag"].between(*rare["Geburtstag"].agg(["min", "max"])).all()
    assert set(new["Plz"]) <= {"01067", "50667"}
    assert set(new["Stadt"].dropna()) <= {"Köln", "Düren"}
    assert set(new["Tarif"]) <= {101, 205, 300, 999}
    assert (new["Größe"].round(1) == new["Größe"]).all()
    assert new["Umsatz"].isna().any()


def test__resample__summary__counts_of_each_class(run, customers):
    options = ["--strategy", 0.5, "--drop", "Kundennr"]
    done = run(
        "resample", customers, "-t", "Kündigung", "-o", "out.csv", *options, *FAST
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["│", "ja", "│", "30", "│", "45", "│", "GAN,", "iteration", "3", "│"] in rows
    assert ["│", "nein", "│", "90", "│", "90", "│", "│"] in rows
    assert "seconds" in done.stdout
    assert "Kundennr" not in done.stderr
    assert "Kundennr" not in read("out.csv").frame


def test__resample__parquet_and_a_mark__types_kept(run, tmp_path):
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2020-01-01", periods=60, freq="D", tz="Asia/Tokyo"),
            "n": pd.array([1, 2, None] * 20, dtype="Int16"),
            "what": pd.Categorical(["a", "b", "c"] * 20),
            "rare": np.repeat([False, True], [40, 20]),
            "x": np.arange(60, dtype="float32"),
        }
    )
    frame.to_parquet("in.parquet")
    done = run(
        *("resample", "in.parquet", "-t", "rare", "-o", "out.parquet"),
        *("--mark", "made_up", *FAST),
    )
    assert done.exit_code == 0, done.output
    out = pd.read_parquet("out.parquet")
    made_up = out.pop("made_up")
    assert made_up.tolist() == [False] * 60 + [True] * 20
    assert out.dtypes.equals(frame.dtypes)
    pd.testing.assert_frame_equal(out.iloc[:60], frame)
    assert out["rare"].iloc[60:].all()


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "category", "float32"])
def test__resample__classes_of_any_dtype__kept(run, dtype):
    y = pd.Series([0] * 20 + [1] * 10).astype(dtype)
    pd.DataFrame({"x": np.arange(30.0) ** 1.5, "y": y}).to_parquet("in.parquet")
    written = pd.read_parquet("in.parquet")["y"]
    done = run("resample", "in.parquet", "-t", "y", "-o", "out.parquet", *FAST)
    assert done.exit_code == 0, done.output
    labels = pd.read_parquet("out.parquet")["y"]
    assert labels.dtype == written.dtype
    assert labels.iloc[30:].tolist() == [written.iloc[-1]] * 10


def test__resample__same_seed__same_rows(run, customers):
    for name in ("a.csv", "b.csv"):
        run("resample", customers, "-t", "Kündigung", "-o", name, *FAST)
    with open("a.csv", "rb") as a, open("b.csv", "rb") as b:
        assert a.read() == b.read()


def test__resample__codes_named_as_categories__no_number_in_between(run, tmp_path):
    rng = np.random.default_rng(0)
    codes = rng.choice(np.arange(0, 9000, 37), 120)
    frame = pd.DataFrame({"code": codes, "word": "a", "y": np.repeat([0, 1], [80, 40])})
    frame.to_csv("in.csv", index=False)
    run(
        "resample", "in.csv", "-t", "y", "-o", "out.csv", "--categorical", "code", *FAST
    )
    new = read("out.csv").frame.iloc[120:]
    assert set(new["code"]) <= set(codes[80:])
    assert (new["y"] == 1).all()
    assert len(new) == 40


def test__resample__constraint__holds_in_new_rows(run, tmp_path):
    rng = np.random.default_rng(0)
    start = rng.normal(size=90)
    frame = pd.DataFrame({"start": start, "end": start + rng.random(90)})
    frame.assign(y=np.repeat(["a", "b"], [60, 30])).to_csv("in.csv", index=False)
    rule = "start <= end"
    run("resample", "in.csv", "-t", "y", "-o", "out.csv", "--constraint", rule, *FAST)
    assert read("out.csv").frame.eval(rule).all()


def test__resample__quiet__warnings_only(run, customers):
    done = run("resample", customers, "-t", "Kündigung", "-o", "o.csv", "-q", *FAST)
    assert done.stdout == ""
    assert all(line.startswith("Warning: ") for line in done.stderr.splitlines())


def test__resample__warning_of_the_sampler__shown_as_one(run):
    frame = pd.DataFrame({"x": np.arange(30.0) ** 1.5, "y": [0] * 28 + [1] * 2})
    frame.to_csv("in.csv", index=False)
    done = run("resample", "in.csv", "-t", "y", "-o", "out.csv", *FAST)
    assert done.exit_code == 0
    assert "Warning: Class 1 has 2 rows" in done.stderr
    assert "smoothed bootstrap" in done.stdout


SMALL = "x,y\n" + "".join(f"{k * 1.5},{k % 3 > 0}\n" for k in range(30))


def small(text=SMALL):
    with open("in.csv", "w", encoding="utf-8") as file:
        file.write(text)
    return "in.csv"


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (None, ["-t", "z"], "in.csv has no column 'z'; its columns are 'x', 'y'."),
        (None, ["--drop", "z"], "in.csv has no column 'z'"),
        (None, ["--drop", "y"], "in.csv has no column 'y'"),
        (None, ["--drop", "x"], "in.csv has no column beside the target 'y'"),
        (None, ["--categorical", "z"], "in.csv has no column 'z'"),
        (None, ["--categorical", "y"], "in.csv has no column 'y'"),
        (None, ["--date", "z=%Y"], "in.csv has no column 'z'"),
        (None, ["--date", "x=%Y"], "in.csv, line 2, column 'x': '0.0' is no date"),
        (None, ["--strategy", "most"], "in.csv: "),
        (None, ["--strategy", "0.1"], "in.csv: The specified ratio"),
        (None, ["--constraint", "x < 0"], "in.csv: 10 of 10 real rows of class"),
        (None, ["--constraint", "z < 0"], "in.csv: The constraint 'z < 0' names ['z']"),
        (None, ["-t", "x"], "in.csv: the target 'x' holds numbers such as 0.0"),
        (None, ["-o", "none/out.csv"], "none/out.csv can't be written: the folder"),
        (
            "x,y\n1,a\n2,\n",
            [],
            "in.csv, line 3, column 'y': the class is missing, as in 1",
        ),
        ("x,y\n1,2020-01-01\n", [], "in.csv: the target 'y' holds dates such as 2020"),
        ("x,y\n1,a\n2,a\n", [], "in.csv: The target 'y' needs to have more than 1"),
        ("x,y\n1,a\n2,b,c\n", [], "in.csv, line 3: 3 cells"),
        (
            "x:y\n1:a\n",
            [],
            "If that is not how its cells are separated, say it with --s",
        ),
        ("x,y\n1,a\n1e999,b\n", [], "in.csv: Column 'x' contains infinity in 1 rows"),
    ],
)
def test__resample__faulty_table_or_option__told_without_traceback(
    run, text, options, message
):
    path = small(text or SMALL)
    done = run("resample", path, "-t", "y", "-o", "out.csv", *options, *FAST)
    assert done.exit_code == 1, done.output
    assert f"Error: {message}" in done.stderr or message in done.stderr
    assert "Traceback" not in done.output
    assert not os.path.exists("out.csv")


@pytest.mark.parametrize(
    "options",
    [
        ["--sep", "::"],
        ["--decimal", ";"],
        ["--seed", "-1"],
        ["--max-iter", "0"],
        ["--mark", "x"],
        ["--unknown"],
    ],
)
def test__resample__wrong_usage__exit_code_2(run, options):
    done = run("resample", small(), "-t", "y", "-o", "out.csv", *options)
    assert done.exit_code == 2, done.output
    assert "Usage: " in done.stderr


def test__resample__separator_by_name__read(run):
    path = small("x\ty\n" + "".join(f"{k}.5\t{k % 3 > 0}\n" for k in range(30)))
    done = run(
        "resample", path, "-t", "y", "-o", "out.csv", "--sep", r"\t", "-q", *FAST
    )
    assert done.exit_code == 0, done.output
    assert read("out.csv").frame["y"].sum() == 20


def test__resample__file_that_exists__replaced_only_by_force(run):
    command = ["resample", small(), "-t", "y", "-o", "out.csv", *FAST]
    with open("out.csv", "w", encoding="utf-8") as file:
        file.write("old")
    done = run(*command)
    assert done.exit_code == 2
    assert "out.csv exists; replace it with --force" in done.stderr
    with open("out.csv", encoding="utf-8") as file:
        assert file.read() == "old"
    assert run(*command, "--force").exit_code == 0
    assert len(read("out.csv").frame) == 40


def test__resample__no_such_file__told(run):
    done = run("resample", "none.csv", "-t", "y", "-o", "out.csv")
    assert done.exit_code == 1
    assert "Error: none.csv: No such file or directory." in done.stderr


def test__sample__saved_model__rows_in_the_form_of_the_table(run, customers):
    run(
        *("resample", customers, "-t", "Kündigung", "-o", "out.csv"),
        *("--save", "model", "--drop", "Kundennr", *FAST),
    )
    done = run("sample", "model", "-n", 25, "-o", "more.csv", "--seed", 1)
    assert done.exit_code == 0, done.output
    assert "25 rows of each of 1 classes are in more.csv." in done.stdout
    more, out = read("more.csv"), read("out.csv")
    assert more.csv_format == out.csv_format
    assert more.frame.columns.equals(out.frame.columns)
    assert more.frame["Kündigung"].tolist() == ["ja"] * 25
    run("sample", "model", "-n", 25, "-o", "more.parquet", "--seed", 1)
    same = pd.read_parquet("more.parquet")
    assert same["Größe"].tolist() == more.frame["Größe"].tolist()
    assert same["Geburtstag"].tolist() == more.frame["Geburtstag"].tolist()


def test__disk_is_full__told_and_old_files_intact(run, customers, full_disk, tmp_path):
    resample = ("resample", customers, "-t", "Kündigung", *FAST)
    run(*resample, "-o", "out.csv", "--save", "model")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    sample = ("sample", "model", "-n", 200)
    for command in (
        (*resample, "-o", "out.csv", "--save", "model", "--force"),
        (*sample, "-o", "out.csv", "--force"),
        (*sample, "-o", "more.parquet"),
        ("report", customers, "-t", "Kündigung", *FAST, "-o", "report.html"),
    ):
        with full_disk():
            done = run(*command)
        assert done.exit_code == 1
        assert "Error: " in done.stderr
        assert "File too large" in done.stderr
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("seed", [-1, 2**32, 2**64, 1.5, "a"])
@pytest.mark.parametrize("command", ["resample", "sample", "report", "compare"])
def test__seed__none_that_there_is__told(run, command, seed):
    done = run(command, "table.csv", "--seed", seed)
    assert done.exit_code == 2
    assert "Invalid value for '--seed'" in done.stderr


def test__sample__several_classes__all_or_those_named(run):
    text = "x,y\n" + "".join(f"{k * 1.5},{max(k - 30, 0) // 15}\n" for k in range(70))
    run("resample", small(text), "-t", "y", "-o", "o.csv", "--save", "model", *FAST)
    run("sample", "model", "-n", 3, "-o", "all.csv")
    assert read("all.csv").frame["y"].tolist() == [1] * 3 + [2] * 3
    run("sample", "model", "-n", 3, "-o", "one.csv", "--label", 2)
    assert read("one.csv").frame["y"].tolist() == [2] * 3
    done = run("sample", "model", "-n", 3, "-o", "none.csv", "--label", "2,0")
    assert done.exit_code == 1
    assert "model makes no rows of class '0'; it knows '1', '2'." in done.stderr


def test__sample__model_saved_in_python__columns_and_class(run):
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.repeat([0, 1], [40, 20])
    sampler = GANOverSampler(max_iter=3, random_state=0)
    sampler.fit_resample(pd.DataFrame(X, columns=["a", "b"]), y)
    sampler.save("model")
    run("sample", "model", "-n", 3, "-o", "out.csv")
    frame = read("out.csv").frame
    assert frame.columns.tolist() == ["a", "b", "class"]
    assert frame["class"].tolist() == [1] * 3


def test__sample__model_without_generators__told(run):
    sampler = GANOverSampler()
    sampler.fit_resample(np.arange(8.0).reshape(8, 1), [0, 1] * 4)
    sampler.save("model")
    done = run("sample", "model", "-n", 3, "-o", "out.csv")
    assert done.exit_code == 1
    assert "model makes no rows" in done.stderr


def test__sample__no_model__told(run):
    done = run("sample", small(), "-n", 3, "-o", "out.csv")
    assert done.exit_code == 1
    assert "Error: in.csv can't be read: it is truncated, or no file" in done.stderr


def test__resample__model_that_needs_data__table_written_and_told(run):
    text = "x,y\n" + "".join(f"{k * 1.5},{k > 27}\n" for k in range(30))
    command = ["resample", small(text), "-t", "y", "-o", "o.csv", "--save", "m", *FAST]
    done = run(*command)
    assert done.exit_code == 1
    assert len(read("o.csv").frame) == 56
    assert "Error: The table is written, but not m. " in done.stderr
    assert "Set `--keep-data` if" in done.stderr
    assert not os.path.exists("m")
    assert run(*command, "--force", "--keep-data").exit_code == 0
    assert os.path.exists("m")


def numbers(n=60):
    """Write a small table of numbers."""
    x = np.random.default_rng(0).normal(size=(n, 2)).round(3)
    y = np.repeat(["no", "yes"], [2 * n // 3, n // 3])
    x[:, 0] += 2 * (y == "yes")
    pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y}).to_csv("in.csv", index=False)
    return "in.csv"


QUICK = ["--splits", 2, "--no-tune", *FAST]


def test__compare__numbers__each_score_and_the_verdict(run):
    done = run("compare", numbers(), "-t", "y", "-o", "scores.csv", *QUICK)
    assert done.exit_code == 0, done.output
    assert "f1, LogisticRegression" in done.stdout
    assert "average_precision, HistGradientBoostingClassifier" in done.stdout
    assert "in 2 splits" in done.stdout.splitlines()[-1]
    scores = read("scores.csv").frame
    names = {"none", "GANOverSampler", "RandomOverSampler", "SMOTE"}
    assert set(scores["sampler"]) == names
    assert len(scores) == 2 * 2 * 4 * 2
    assert scores["error"].isna().all()


def test__compare__quiet__verdict_alone(run):
    options = ["--samplers", "SMOTE", "--scoring", "recall", "-q"]
    done = run("compare", numbers(), "-t", "y", *options, *QUICK)
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 1
    assert "recall" in done.stdout
    assert "SMOTE" in done.stdout


@pytest.mark.parametrize(
    ("table", "left_out"),
    [
        ({"a": ["u", "v", "w"] * 20, "b": [1.5, 2.5] * 30}, None),
        ({"a": ["u", "v", "w"] * 20, "b": ["true", "false"] * 30}, None),
        ({"a": ["u", "v", ""] * 20, "b": [1.5, 2.5] * 30}, "missing values"),
        ({"a": ["2020-01-01", "2021-01-01"] * 30, "b": [1.5, 2.5] * 30}, "dates"),
    ],
    ids=["mixed", "categories", "missing", "dates"],
)
def test__compare__table_of_some_kind__rivals_that_suit_it(run, table, left_out):
    pd.DataFrame(table | {"y": [0] * 40 + [1] * 20}).to_csv("in.csv", index=False)
    done = run("compare", "in.csv", "-t", "y", "-o", "scores.csv", *QUICK)
    assert done.exit_code == 0, done.output
    scores = read("scores.csv").frame
    assert scores["error"].isna().all()
    smote = {"SMOTENC", "SMOTEN"} & set(scores["sampler"])
    assert len(smote) == (left_out is None)
    assert (f"SMOTE takes no {left_out}, and is left out." in done.stdout) == bool(
        left_out
    )


def test__compare__unknown_sampler__names_those_that_there_are(run):
    done = run("compare", numbers(), "-t", "y", "--samplers", "CTGAN")
    assert done.exit_code == 2
    assert "'CTGAN' is none of ADASYN" in done.stderr


def test__report__table__page_of_each_class(run):
    done = run("report", numbers(), "-t", "y", "-o", "report.html", *FAST)
    assert done.exit_code == 0, done.output
    assert "The report is in report.html." in done.stdout
    assert "Warning: " in done.stderr  # three iterations make no good rows
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    assert "yes" in page


def test__report__with_held_out_rows__compared_with_them(run):
    frame = pd.read_csv(numbers(240)).sample(frac=1, random_state=0)
    frame.iloc[:120].to_csv("train.csv", index=False)
    frame.iloc[120:].to_csv("test.csv", index=False)
    command = ["report", "train.csv", "-t", "y", "-o", "report.html", "-f", *FAST]
    for holdout in ([], ["--holdout", "test.csv"]):
        done = run(*command, *holdout)
        assert done.exit_code == 0, done.output
        with open("report.html", encoding="utf-8") as file:
            page = file.read()
        unseen = re.search(r"\d+ rows that the generator has not seen", page)
        assert (unseen is not None) == bool(holdout)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"b": ["u", "v"] * 30}, "in.csv"),
        ({"c": 0.5}, "test.csv has no column 'b'"),
    ],
)
def test__report__held_out_rows_of_another_table__told(run, change, message):
    frame = pd.read_csv(numbers()).assign(**change)
    frame = frame.drop(columns="b") if "c" in change else frame
    frame.to_csv("test.csv", index=False)
    options = ["--holdout", "test.csv", *FAST]
    done = run("report", "in.csv", "-t", "y", "-o", "report.html", *options)
    assert done.exit_code == 1
    assert "Error: test.csv" in done.stderr
    assert message in done.stderr
    assert not os.path.exists("report.html")


@pytest.mark.parametrize(
    "arguments", [[], ["resample"], ["sample"], ["compare"], ["report"]]
)
def test__help__without_arguments__teaches(run, arguments):
    shown = run(*arguments)
    asked = run(*arguments, "--help")
    assert asked.exit_code == 0
    assert asked.stdout.strip() == shown.output.strip()
    for name in arguments:
        assert f"gansampler {name} " in asked.stdout
        assert "Examples" in asked.stdout


def test__resample__without_safetensors__told_before_training(run, monkeypatch):
    monkeypatch.delitem(
        sys.modules, "gansampler.persistence.sampler_file", raising=False
    )
    monkeypatch.setitem(sys.modules, "safetensors", None)
    done = run("resample", small(), "-t", "y", "-o", "out.csv", "--save", "m", *FAST)
    assert done.exit_code == 1
    assert "gansampler[save]" in done.stderr
    assert not os.path.exists("out.csv")


def test__version__printed(run):
    assert run("--version").stdout.startswith("gansampler 0.")


def run_process(*command, **environment):
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test__module__resample__as_a_user_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["-t", "y", "-o", "out.csv", *FAST]
    done = run_process("-m", "gansampler", "resample", small(), *options)
    assert done.returncode == 0, done.stderr
    assert "30 rows and 10 new ones are in out.csv." in done.stdout
    assert len(read("out.csv").frame) == 40


def test__module__without_the_extra__says_what_to_install():
    program = (
        "import sys; sys.modules['typer'] = None\n"
        "from gansampler.__main__ import main\nmain()"
    )
    done = run_process("-c", program)
    assert done.returncode == 1
    assert done.stderr == (
        "The command line needs typer, which is not installed here; install it with "
        '`pip install "gansampler[cli]"`.\n'
    )


def test__main__calls_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gansampler", "--version"])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_module("gansampler", run_name="__main__")
    assert exit_info.value.code == 0
    assert "gansampler 0." in capsys.readouterr().out


def test__main__without_the_extra__says_what_to_install(monkeypatch):
    # As the installed script does it.
    main = runpy.run_module("gansampler.__main__", run_name="script")["main"]
    monkeypatch.delitem(sys.modules, "gansampler.cli.commands")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit, match=r'pip install "gansampler\[cli\]"'):
        main()


def documented_commands():
    """Return the commands on the page of the command line and in the help."""
    page = (Path(__file__).parents[2] / "docs" / "command_line.rst").read_text()
    texts = [page, *(c.callback.__doc__ for c in app.registered_commands)]
    found = [
        command.split()
        for text in texts
        for command in re.findall(
            r"^ +(?:\$ )?gansampler (.*)", text.replace("\\\n", ""), re.M
        )
    ]
    return [command for command in found if len(command) > 2]


@pytest.mark.slow
def test__docs__each_command__runs(run):
    rng = np.random.default_rng(0)
    n = 90
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "plan_code": rng.choice([101, 205, 300], n),
            "since": pd.to_datetime(rng.integers(10, 99, n) * 10**16).strftime(
                "%d/%m/%Y"
            ),
            "paid": rng.normal(size=n),
            "churn": np.repeat(["no", "yes"], [70, 20]),
        }
    )
    for name in ("customers.csv", "train.csv", "test.csv"):
        frame.to_csv(name, index=False)
    commands = documented_commands()
    assert {command[0] for command in commands} == {
        "resample",
        "sample",
        "compare",
        "report",
    }
    # Models are made before they are used.
    for command in sorted(commands, key=lambda command: command[0] != "resample"):
        fast = [] if command[0] == "sample" else FAST[:2]
        fast += ["--splits", "2", "--no-tune"] if command[0] == "compare" else []
        done = run(*command, *fast, "--force")
        assert done.exit_code == 0, (command, done.output)
