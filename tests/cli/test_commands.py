import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_tables import FAST, QUICK, numbers, read, small

from gansampler.cli.commands import app


def test__resample__table_from_an_office__rows_kept_and_new_ones_alike(run, customers):
    done = run("resample", customers, "-t", "Kündigung", "-o", "out.csv", *FAST)
    assert done.exit_code == 0, done.output
    assert "Wrote 120 original and 60 synthetic rows to out.csv." in done.stdout
    assert (
        "line 1: not valid UTF-8, so the file is read and written as cp1252"
        in done.stderr
    )
    assert "column 'Kundennr' contains running numbers" in done.stderr
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


def test__disk_is_full__told_and_old_files_intact(run, customers, full_disk, tmp_path):
    resample = ("resample", customers, "-t", "Kündigung", *FAST)
    run(*resample, "-o", "out.csv", "--save", "model")
    few_columns = numbers()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    sample = ("sample", "model", "-n", 200)
    for command in (
        (*resample, "-o", "out.csv", "--save", "model", "--force"),
        (*sample, "-o", "out.csv", "--force"),
        (*sample, "-o", "more.parquet"),
        ("report", few_columns, "-t", "y", *FAST, "-o", "report.html"),
    ):
        with full_disk():
            done = run(*command)
        assert done.exit_code == 1
        assert "Error: " in done.stderr
        assert "File too large" in done.stderr
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test__compare__numbers__each_score_and_the_verdict(run):
    done = run("compare", numbers(), "-t", "y", "-o", "scores.csv", *QUICK)
    assert done.exit_code == 0, done.output
    assert "f1, LogisticRegression" in done.stdout
    assert "average_precision, HistGradientBoostingClassifier" in done.stdout
    assert "over 2 splits" in done.stdout.splitlines()[-1]
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


def test__report__table__page_of_each_class(run):
    done = run("report", numbers(), "-t", "y", "-o", "report.html", *FAST)
    assert done.exit_code == 0, done.output
    assert "Wrote the report to report.html." in done.stdout
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    assert "yes" in page


def test__report__with_held_out_rows_and_no_real_ones__compared_and_not_shown(run):
    frame = pd.read_csv(numbers(240)).sample(frac=1, random_state=0)
    frame.iloc[:120].to_csv("train.csv", index=False)
    frame.iloc[120:].to_csv("test.csv", index=False)
    command = ["report", "train.csv", "-t", "y", "-o", "report.html", "-f"]
    command += ["--no-real-rows", *FAST]  # which leaves half of the pictures
    for holdout in ([], ["--holdout", "test.csv"]):
        done = run(*command, *holdout)
        assert done.exit_code == 0, done.output
        with open("report.html", encoding="utf-8") as file:
            page = file.read()
        unseen = re.search(r"\d+ held-out rows, which the generator has not", page)
        assert (unseen is not None) == bool(holdout)
        assert "No value of a real row is shown." in page
        assert "Warning: " not in done.stderr
    moved = pd.read_csv("test.csv")
    numbers_of = moved.select_dtypes("number").columns
    moved[numbers_of] += 1000
    moved.to_csv("moved.csv", index=False)
    done = run(*command, "--holdout", "moved.csv")
    assert "Warning: Copying" in done.stderr  # all is near beside rows so far away


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


def documented_commands():
    """Return the commands on the page of the command line and in the help."""
    page = Path(__file__).parents[2] / "docs" / "how_to" / "command_line.rst"
    texts = [
        page.read_text(encoding="utf-8"),
        *(c.callback.__doc__ for c in app.registered_commands),
    ]
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


EVIL = "a\x1b[31m\x9b2J\r\u202eb"
SHOWN = r"a\x1b[31m\x9b2J\r\u202eb"


def test__resample__escapes_in_labels_names_and_files__written_out(run):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({EVIL: rng.normal(size=60), "x": rng.normal(size=60)})
    frame["y"] = np.repeat([EVIL, "no"], [20, 40])
    frame.to_parquet("in.parquet")
    done = run("resample", "in.parquet", "-t", "y", "-o", f"{EVIL}.parquet", *FAST)
    assert done.exit_code == 0, done.output
    again = run("resample", "in.parquet", "-t", "y", "-o", f"{EVIL}.parquet", *FAST)
    missing = run("resample", f"no {EVIL}.csv", "-t", "y", "-o", "o.csv", *FAST)
    target = run("resample", "in.parquet", "-t", EVIL[1:], "-o", "o.csv", *FAST)
    assert again.exit_code == 2
    assert missing.exit_code == target.exit_code == 1
    for output in (done.output, again.output, missing.output, target.output):
        text = output.replace("\n", "")
        assert text.isprintable(), ascii(text)
    assert SHOWN in done.output.replace("\n", "")


def test__resample__two_outputs_that_are_one_file__refused(run):
    in_ = numbers()
    os.symlink("o.csv", "link")
    for other in ("o.csv", "./o.csv", "link", os.path.abspath("o.csv")):
        done = run("resample", in_, "-t", "y", "-o", "o.csv", "--save", other, *FAST)
        assert done.exit_code == 2
        assert "are the same file" in " ".join(done.output.split())
        assert not os.path.exists("o.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("option", ["-o", "--save"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/dev/null", "not a regular file"),
        (".", "it is a folder"),
        ("fifo", "not a regular file"),
        ("read-only", "the file is read-only"),
        ("none/o.csv", "does not exist"),
    ],
)
def test__resample__target_that_can_t_be_written__told_before_training(
    run, option, path, message, monkeypatch
):
    def refuse(*args, **kwargs):
        pytest.fail("a training was started")

    monkeypatch.setattr("gansampler.oversampler.fit_generators", refuse)
    os.mkfifo("fifo")
    Path("read-only").write_text("old")
    os.chmod("read-only", 0o444)
    paths = {"-o": "o.csv", option: path}
    flat = [word for pair in paths.items() for word in pair]
    done = run("resample", numbers(), "-t", "y", "--force", *flat, *FAST)
    assert done.exit_code == 1
    assert message in done.stderr
    assert Path("read-only").read_text() == "old"
