"""Phrases that read as a translation never come back.

The list is of phrases, not of words: each has been found more than once in this
project, and a native reader stumbles over it. Rewrite the sentence that a failure
shows, do not swap words in it.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

NEVER = {
    r"so that (it|he|she|they|nobody|nothing) can't": "say what happens instead",
    r"of each class as many": "an equal number of rows per class",
    r"held against": "compared with, checked against",
    r"(is|are) refused": "raises an error, is rejected",
    r"refused by name": "raises an error that names it",
    r"hand(s|ed)? (it )?over": "pass, return",
    r"what it takes": "what is needed, how many are needed",
    r"as (it|they) (comes?|came)\b": "unchanged, unfiltered",
    r"counts? anew|\banew\b": "again, from zero",
    r"takes no longer": "is no slower",
    r"\bby (itself|themselves)\b": "alone, separately, automatically",
    r"for what (it|they) (is|are)\b": "say what it is",
    r"at hand": "available",
    r"learnt nothing": "has learned nothing",
    r"may well be as good": "may do just as well",
    r"helped to make": "were used for",
    r"be tried beside": "also try",
    r"which is to say|thereby|whereby": "start a new sentence",
    r"the way out\b": "the fix, how to fix it",
    r"as the user (has|had) it": "as the user passed it",
    r"what is wanted": "name it",
    r"(is|are) none here": "is not, are not",
    r"from (one|two|three|five|ten|\d+) (rows?|columns?) on\b": "with ... or more",
    r"\blest\b": "so that ... not",
    r"put right": "correct, fix",
    r"there (are|is) none; a name": "not supported",
    r"(is|are) told of\b": "a warning, an error",
    r"in one go": "at once",
    r"for instance by": "for example with",
    r"as many as there are": "all of them",
}
"""Each phrase, as a regular expression in small letters, and what to write instead."""

PAGES = (
    "*.md",
    "docs/*.rst",
    "docs/explanation/**/*.rst",
    "docs/how_to/*.rst",
    "docs/reference/*.rst",
    "examples/*.py",
    "benchmarks/README.md",
)
"""Patterns of pages that are checked; what a build writes is not among them."""


MODULES = sorted((ROOT / "gansampler").rglob("*.py"))


def strings(source):
    """Yield the line and the text of each docstring, message, help and comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [v.value for v in node.values if isinstance(v, ast.Constant)]
            yield node.lineno, " ".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def faults(path, texts):
    found = []
    for line, text in texts:
        plain = " ".join(text.split()).lower()
        for phrase, instead in NEVER.items():
            for match in re.finditer(phrase, plain):
                part = plain[max(match.start() - 30, 0) : match.end() + 30]
                where = f"{path.relative_to(ROOT)}:{line}"
                found.append(f"{where}: ...{part}... (instead: {instead})")
    return sorted(set(found))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test__package__docstrings_and_messages__no_phrase_that_we_never_want(path):
    assert not faults(path, strings(path.read_text(encoding="utf-8")))


def test__pages__no_phrase_that_we_never_want():
    paths = [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        # By paragraph, because a phrase may stand across the end of a line.
        starts = [0, *(match.end() for match in re.finditer(r"\n\s*\n", text))]
        pairs = zip(starts, [*starts[1:], len(text)], strict=True)
        found += faults(path, [(text[:a].count("\n") + 1, text[a:b]) for a, b in pairs])
    assert not found


def test__faults__phrase_across_lines_in_a_message__found_with_its_line():
    source = 'x = 1\nraise ValueError(f"{x} is held\\n against what the file holds")\n'
    (fault,) = faults(ROOT / "gansampler/x.py", strings(source))
    assert fault.startswith("gansampler/x.py:2: ...")
    assert "instead: compared with" in fault
