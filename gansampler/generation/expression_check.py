"""Parse an expression and reject what could exhaust memory or never end.

An expression may come from an untrusted file, and pandas evaluates it.
"""

from __future__ import annotations

import ast
import re

MAX_LENGTH = 10_000
MAX_NODES = 2_000
MAX_DEPTH = 60
"""Limits far beyond what anyone writes. They keep an expression in an untrusted file
from blocking whoever loads it. pandas can't evaluate deeper expressions."""

MAX_POWER = 64
"""Largest exponent. Powers of powers of whole numbers would exhaust memory."""

QUOTED = re.compile(
    r"""`(?P<name>(?:[^`]|``)+)`     # a column, a backtick in its name doubled
    |'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"  # text""",
    re.VERBOSE,
)


def parse_expression(text: str, name: str) -> tuple[ast.expr, dict[str, str]]:
    """Return an expression's tree, and the columns behind its placeholder names.

    Each quoted column is replaced by a placeholder name, and each string by None.
    """
    if len(text) > MAX_LENGTH:
        raise _too_long(name, f"{len(text)} characters", MAX_LENGTH)
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        if not match["name"]:
            return "None"
        word = f"_quoted_column_{len(quoted)}"
        quoted[word] = match["name"].replace("``", "`")
        return word

    # Replace everything quoted with something that Python can parse.
    bare = QUOTED.sub(stand_in, text)
    if "@" in bare:
        raise ValueError(
            f"The constraint {name} refers to a variable with '@', which is not "
            "supported. Write the value itself, or pass a callable."
        )
    try:
        tree = ast.parse(bare, mode="eval").body
    except SyntaxError as error:
        raise ValueError(
            f"The constraint {name} can't be parsed: {error.msg}. Write a comparison "
            "of columns such as 'start <= end' (equality is ==), with backticks "
            "around names that contain spaces."
        ) from error
    except (RecursionError, MemoryError) as error:
        raise _too_long(name, "more levels than Python can parse", MAX_DEPTH) from error
    n_nodes, depth = _size(tree)
    if n_nodes > MAX_NODES:
        raise _too_long(name, f"{n_nodes} parts", MAX_NODES)
    if depth > MAX_DEPTH:
        raise _too_long(name, f"{depth} levels", MAX_DEPTH)
    return tree, quoted


def _too_long(name: str, what: str, most: int) -> ValueError:
    return ValueError(
        f"The constraint {name} has {what}, but at most {most} are allowed. Split it, "
        "or pass a callable."
    )


def _size(tree: ast.expr) -> tuple[int, int]:
    """Return how many nodes a tree has, and on how many levels."""
    n_nodes, depth = 0, 0
    level: list[ast.AST] = [tree]
    while level:  # level by level, so that a deep tree needs no deep stack
        n_nodes, depth = n_nodes + len(level), depth + 1
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
    return n_nodes, depth


def column_names(tree: ast.expr, quoted: dict[str, str], name: str) -> tuple[str, ...]:
    """Return the names in an expression that must be columns."""
    nodes = list(ast.walk(tree))
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    plain = [n.id for n in nodes if isinstance(n, ast.Name) and n not in functions]
    if not plain:
        raise ValueError(
            f"The constraint {name} names no column. Write a comparison of columns "
            "such as 'start <= end'."
        )
    # The quoted names come first.
    found = [*quoted.values(), *(word for word in plain if word not in quoted)]
    return tuple(dict.fromkeys(found))


def check_growth(tree: ast.expr, quoted: dict[str, str], name: str) -> tuple[str, ...]:
    """Reject what could exhaust memory; return the columns that are multiplied.

    Those columns must not contain text: ``*`` would repeat it and ``%`` would format
    it.
    """
    multiplied: list[str] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.BinOp):
            continue
        if isinstance(node.op, ast.Pow):
            _check_power(node, name)
        if isinstance(node.op, (ast.Pow, ast.Mult, ast.Mod)):
            inner = list(ast.walk(node))
            if any(_is_text(n) or isinstance(n, (ast.List, ast.Tuple)) for n in inner):
                raise ValueError(
                    f"The constraint {name} multiplies a string or a list. Write out "
                    "the result, or pass a callable."
                )
            words = [n.id for n in inner if isinstance(n, ast.Name)]
            multiplied += [quoted.get(word, word) for word in words]
    return tuple(dict.fromkeys(multiplied))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _check_power(node: ast.BinOp, name: str) -> None:
    """Raise a ValueError unless the exponent of a power is a small number."""
    exponent = node.right
    if isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    value = getattr(exponent, "value", None)
    is_small = isinstance(value, (int, float)) and abs(value) <= MAX_POWER
    is_nested = any(
        isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow)
        for inner in ast.walk(node.left)
    )
    if not is_small or is_nested:
        raise ValueError(
            f"The constraint {name} has an exponent that is not a number up to "
            f"{MAX_POWER}, or a power of a power. Pass a callable instead."
        )
