"""The session in the documentation is what the command line prints."""

import shlex
import shutil
from itertools import islice
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
def test__session__each_command__prints_what_the_page_shows(run_in_full, tmp_path):
    text = (DOCS / "session.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    starts = [k for k, line in enumerate(lines) if line.startswith("$ gansampler")]
    starts += [k for k, line in enumerate(lines) if line.startswith("$ head")]
    shutil.copy(DOCS / "orders.csv", tmp_path)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        command = shlex.split(lines[start][2:])
        if command[0] == "head":
            with open(tmp_path / command[-1], encoding="cp1252") as file:
                shown = [line.rstrip("\n") for line in islice(file, int(command[2]))]
        else:
            shown = run_in_full(*command[1:]).output.splitlines()
        assert [s.rstrip() for s in shown if s.strip()] == lines[start + 1 : end]


def test__session__new_rows__in_the_forms_of_the_file(run, tmp_path):
    shutil.copy(DOCS / "orders.csv", tmp_path)
    for name in ("orders.csv", "balanced.csv"):
        done = run("resample", name, "-t", "returned", "--dry-run", "-q")
        forms = [line[12:51] for line in done.stdout.splitlines()]
        if name == "orders.csv":
            before = forms
            command = "resample orders.csv -t returned -o balanced.csv --max-iter 3"
            assert run(*command.split()).exit_code == 0
    assert forms == before
