"""Every block of code in the documentation runs, as it stands there."""

import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "docs",
    "docs/how_to",
    "docs/explanation",
    "docs/explanation/decisions",
    "docs/reference",
)
PAGES = sorted(
    [*ROOT.glob("*.md"), *(page for f in FOLDERS for page in ROOT.glob(f"{f}/*.rst"))]
)

RST_BLOCK = re.compile(
    r"^\.\. (?P<kind>code-block:: \w+|testsetup::)\n"
    r"(?P<options>(?:[ ]{3}:.*\n)*)"
    r"\n(?P<code>(?:(?:[ ]{3}.*)?\n)+)",
    re.MULTILINE,
)
MARKDOWN_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<code>.*?)^```", re.M | re.S)

NOT_RUN = {"clusters.rst": 2, "migrate.rst": 2, "watch_training.rst": 1}
"""Blocks of each page that need packages which are not ours to install, newer ones than
ours, or a cluster."""


@dataclass
class Block:
    """A block of code, with its place for error messages and tracebacks."""

    kind: str
    code: str
    line: int
    runs: bool


def read_blocks(page):
    text = page.read_text(encoding="utf-8")
    pattern = RST_BLOCK if page.suffix == ".rst" else MARKDOWN_BLOCK
    return [
        Block(
            kind=found["kind"].removeprefix("code-block:: ").removesuffix("::"),
            code=textwrap.dedent(found["code"]),
            line=text[: found.start("code")].count("\n") + 1,
            runs="not-run" not in (found.groupdict().get("options") or ""),
        )
        for found in pattern.finditer(text)
    ]


def python_blocks(page):
    return [b for b in read_blocks(page) if b.kind in {"python", "testsetup"}]


def pages_to_run():
    """Return the pages with Python, without those that are the beginning of another."""
    sources = {
        page: [block.code.strip() for block in python_blocks(page)]
        for page in PAGES
        if python_blocks(page)
    }
    return [
        page
        for page, own in sources.items()
        if not any(
            own == other[: len(own)] and len(own) < len(other)
            for other in sources.values()
        )
    ]


def shell_lines():
    """Return each line of the shell blocks, and of the blocks that name no language."""
    return sorted(
        {
            line.split("#")[0].strip()
            for page in PAGES
            for block in read_blocks(page)
            if block.kind in {"bash", ""}
            for line in block.code.splitlines()
            if line.strip()
        }
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("page", pages_to_run(), ids=lambda page: page.name)
def test__page__its_python_blocks_in_order__run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # for what they write
    namespace = {"__name__": "__main__"}
    for block in python_blocks(page):
        if block.runs:
            # Blank lines, so that a traceback shows the line of the page.
            source = "\n" * (block.line - 1) + block.code
            exec(compile(source, page, "exec"), namespace)


def test__pages__blocks_that_do_not_run__few_and_known():
    not_run = {
        page.name: sum(not block.runs for block in python_blocks(page))
        for page in PAGES
        if any(not block.runs for block in python_blocks(page))
    }
    assert not_run == NOT_RUN


def test__pages__each_python_block__found():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        n_marked = len(
            re.findall(r"^(?:\.\. code-block:: python|```python)$", text, re.M)
        )
        n_found = sum(block.kind == "python" for block in read_blocks(page))
        assert n_found == n_marked, page.name


@pytest.mark.parametrize("line", [x for x in shell_lines() if x.startswith("make")])
def test__shell_block__make__target_exists(line):
    done = subprocess.run(
        f"{line} --dry-run", shell=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test__shell_blocks__commands__known():
    commands = {line.split()[0] for line in shell_lines()}
    assert commands <= {"make", "pip", "gansampler"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test__page__links_to_files__exist(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    targets += re.findall(r"^\s+:file: (\S+)", text, re.M)
    targets += re.findall(
        r"^\.\. (?:include|literalinclude|figure):: (\S+)", text, re.M
    )
    built = ("auto_examples/", "_help/", "../auto_examples/", "../_help/")
    missing = [
        target
        for target in targets
        if not target.startswith(built) and not (page.parent / target).exists()
    ]
    assert missing == []
