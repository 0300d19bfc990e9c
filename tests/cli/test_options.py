from itertools import pairwise
from pathlib import Path

import pytest
from small_tables import FAST, read, small
from typer.testing import CliRunner

from gansampler.cli.commands import app


@pytest.mark.parametrize(
    "options",
    [
        ["--sep", "::"],
        ["--decimal", ";"],
        ["--seed", "-1"],
        ["--max-iter", "0"],
        ["--mark", "x"],
        ["--mark", ""],
        ["--mark", " "],
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


@pytest.mark.parametrize("seed", [-1, 2**32, 2**64, 1.5, "a"])
@pytest.mark.parametrize("command", ["resample", "sample", "report", "compare"])
def test__seed__none_that_there_is__told(run, command, seed):
    done = run(command, "table.csv", "--seed", seed)
    assert done.exit_code == 2
    assert "Invalid value for '--seed'" in done.stderr


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


def test__dry_run__without_an_output__enough(run):
    assert run("resample", small(), "-t", "y", "--dry-run").exit_code == 0
    assert run("report", small(), "-t", "y", "--dry-run", "-f").exit_code == 0
    assert run("compare", small(), "-t", "y", "--dry-run").exit_code == 0
    for command in ("resample", "report"):
        done = run(command, small(), "-t", "y")
        assert done.exit_code == 2
        assert "name a file to write to" in done.stderr


@pytest.mark.parametrize(
    "options",
    [["--drop", '"a, b"'], ["--drop", 'k,"a, b"'], ["--drop", "k", "--drop", '"a, b"']],
)
def test__drop__name_with_a_comma__in_quotes(run, options):
    text = 'x,k,"a, b",y\n' + "".join(f"{k * 1.5},1,2,{k % 3 > 0}\n" for k in range(30))
    done = run("resample", small(text), "-t", "y", "-o", "out.csv", *options, *FAST)
    assert done.exit_code == 0, done.output
    assert "a, b" not in read("out.csv").frame


def test__date__forms_with_commas__taken_whole(run):
    dates = [f"June {k + 1}, 2021" for k in range(30)]
    rows = "".join(f'{k * 1.5},"{d}",{k % 3 > 0}\n' for k, d in enumerate(dates))
    options = ["--date", "d=%B %d, %Y", *FAST]
    done = run(
        "resample", small(f"x,d,y\n{rows}"), "-t", "y", "-o", "out.csv", *options
    )
    assert done.exit_code == 0, done.output
    assert read("out.csv").frame["d"].dtype.kind == "M"


def test__decimal__of_one_column__leaves_the_others(run):
    rows = "".join(f"{k}.{k:03};{k * 3}.125;{k % 3 > 0}\n" for k in range(1, 31))
    done = run(
        *("resample", small(f"a;b;y\n{rows}"), "-t", "y", "--dry-run"),
        *("--decimal", "a=,"),
    )
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "whole numbers thousands ." in lines["a"]
    assert "numbers" in lines["b"].replace("whole numbers", "")


def test__text__codes_that_look_like_dates__as_they_are(run):
    rows = "".join(f"2021010{k % 9 + 1},{k * 1.5},{k % 3 > 0}\n" for k in range(30))
    command = ["resample", small(f"a,b,y\n{rows}"), "-t", "y", "--dry-run"]
    assert "dates YYYYMMDD" in run(*command).stdout
    assert "To read text, use --text a." in run(*command).stderr
    done = run(*command, "--text", "a")
    assert "one of its 9 values" in done.stdout
    assert done.stderr == ""


def test__streams__table_in_and_out__as_with_files(run, monkeypatch):
    from typer.testing import CliRunner

    from gansampler.cli.commands import app

    run("resample", small(), "-t", "y", "-o", "out.csv", *FAST)
    done = CliRunner().invoke(
        app,
        ["resample", "-", "-t", "y", "-o", "-", *FAST],
        input=Path("in.csv").read_bytes(),
    )
    assert done.exit_code == 0, done.output
    assert done.stdout_bytes == Path("out.csv").read_bytes()
    assert "Wrote 30 original and 10 synthetic rows to standard output." in done.stderr


def test__streams__parquet__known_by_its_bytes(run):
    from typer.testing import CliRunner

    from gansampler.cli.commands import app

    read(small()).frame.to_parquet("in.parquet")
    with open("in.parquet", "rb") as file:
        done = CliRunner().invoke(
            app, ["resample", "-", "-t", "y", "-o", "-", "-q", *FAST], input=file.read()
        )
    assert done.exit_code == 0, done.output
    with open("out.parquet", "wb") as file:
        file.write(done.stdout_bytes)
    assert len(read("out.parquet").frame) == 40


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.xlsx", "an Excel workbook"), ("a.JSON", "JSON"), ("a.csv.gz", "compressed")],
)
def test__endings__of_other_formats__refused_by_name(run, no_training, name, kind):
    with open(name, "w", encoding="utf-8") as file:
        file.write("x")
    for command in (
        ["resample", name, "-t", "y", "-o", "out.csv"],
        ["resample", small(), "-t", "y", "-o", name, "-f"],
    ):
        done = run(*command)
        assert done.exit_code == 1
        assert f"The ending of {name} means {kind}" in done.stderr
        assert "Save the table as CSV" in done.stderr


@pytest.mark.parametrize("command", ["resample", "sample"])
def test__help__at_80_columns__no_line_broken_early(command, monkeypatch):
    # Which typer reads from the environment once in a process.
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 80)
    terminal = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    shown = terminal.invoke(app, [command, "--help"], prog_name="gansampler")
    lines = [text.rstrip() for text in shown.stdout.splitlines()]
    assert max(map(len, lines)) <= 80
    prose = lines[2 : lines.index(" Examples")]
    for text, following in pairwise(filter(None, prose)):
        if not text.endswith((".", ":")):
            assert len(text) + len(following.split()[0]) > 78, text


def test__completion__asked_for__a_script(run):
    shown = run("--help").stdout
    assert "--install-completion" in shown
    assert "--show-completion" in shown
