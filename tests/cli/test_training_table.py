import os
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from small_tables import FAST, SMALL, numbers, read, small


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (None, ["-t", "z"], "in.csv has no column 'z'. Its columns are 'x', 'y'."),
        (None, ["--drop", "z"], "in.csv has no column 'z'"),
        (None, ["--drop", "y"], "in.csv has no column 'y'"),
        (None, ["--drop", "x"], "in.csv has no columns other than the target 'y'"),
        (None, ["--categorical", "z"], "in.csv has no column 'z'"),
        (None, ["--categorical", "y"], "in.csv has no column 'y'"),
        (None, ["--date", "z=%Y"], "in.csv has no column 'z'"),
        (None, ["--date", "x=%Y"], "in.csv, line 2, column 'x': '0.0' is not a date"),
        (
            None,
            ["--strategy", "most"],
            "--strategy 'most' must be one of auto, minority",
        ),
        (None, ["--strategy", "0.1"], "in.csv: The specified ratio"),
        (None, ["--constraint", "x < 0"], "in.csv: 10 of 10 real rows of class"),
        (None, ["--constraint", "z < 0"], "in.csv: The constraint 'z < 0' names ['z']"),
        (None, ["-t", "x"], "in.csv: the target 'x' contains numbers such as 0.0"),
        (None, ["-o", "none/out.csv"], "none/out.csv can't be written: the folder"),
        (
            "x,y\n1,a\n2,\n",
            [],
            "in.csv, line 3, column 'y': the class is missing (1 of 2",
        ),
        (
            "x,y\n1,2020-01-01\n",
            [],
            "in.csv: the target 'y' contains dates such as 2020",
        ),
        ("x,y\n1,a\n2,a\n", [], "in.csv: The target 'y' needs to have more than 1"),
        ("x,y\n1,a\n2,b,c\n", [], "in.csv, line 3: 3 cells"),
        (
            "x:y\n1:a\n",
            [],
            "If the cells have another separator, set it with --s",
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


def test__resample__no_such_file__told(run):
    done = run("resample", "none.csv", "-t", "y", "-o", "out.csv")
    assert done.exit_code == 1
    assert "Error: none.csv: No such file or directory." in done.stderr


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


def test__resample__file_that_exists__replaced_only_by_force(run):
    command = ["resample", small(), "-t", "y", "-o", "out.csv", *FAST]
    with open("out.csv", "w", encoding="utf-8") as file:
        file.write("old")
    done = run(*command)
    assert done.exit_code == 2
    assert "out.csv already exists. Overwrite it with --force" in done.stderr
    with open("out.csv", encoding="utf-8") as file:
        assert file.read() == "old"
    assert run(*command, "--force").exit_code == 0
    assert len(read("out.csv").frame) == 40


def other_names(path):
    """Return further names of a file: another spelling, a link and a hard link."""
    os.makedirs("folder", exist_ok=True)
    os.symlink(path, "link")
    os.link(path, "hard link")
    os.symlink(os.getcwd(), "folder/back")
    spellings = [f"./{path}", f"folder/../{path}", os.path.abspath(path)]
    return [path, *spellings, "link", "hard link", f"folder/back/{path}"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks who may make links")
@pytest.mark.parametrize(
    ("read_file", "command"),
    [
        ("in.csv", ["resample", "in.csv", "-t", "y", "-o"]),
        ("in.csv", ["resample", "in.csv", "-t", "y", "-o", "out.csv", "--save"]),
        ("in.csv", ["compare", "in.csv", "-t", "y", "-o"]),
        ("in.csv", ["report", "in.csv", "-t", "y", "-o"]),
        ("test.csv", ["report", "in.csv", "-t", "y", "--holdout", "test.csv", "-o"]),
        ("model", ["sample", "model", "-n", "3", "-o"]),
    ],
)
def test__any_command__output_that_is_read__refused_even_by_force(
    run, read_file, command
):
    for name in {small(), read_file}:
        Path(name).write_text(SMALL, encoding="utf-8")
    names = other_names(read_file)
    before = sorted(os.listdir())
    for name in names:
        for force in ([], ["--force"]):
            done = run(*command, name, *force)
            assert done.exit_code == 2, (name, done.output)
            message = f"{Path(name)} is the input file {read_file}. Write to another"
            assert message.replace(" ", "") in re.sub(r"[\s│]", "", done.stderr)
            assert Path(read_file).read_text(encoding="utf-8") == SMALL
    assert sorted(os.listdir()) == before
