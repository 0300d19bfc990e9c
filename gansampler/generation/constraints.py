"""What every generated row must satisfy, by the user's own word."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt
from pandas.api.extensions import ExtensionArray

from gansampler.tabular.scalar_twins import Twins
from gansampler.utils.formatting import short_repr
from gansampler.utils.random import MAX_SEED

MAX_TRIES = 100
"""Rows generated at most for each row wanted."""

ROUND_ROWS = 10_000
"""Rows generated at a time, so that memory does not follow the tries. As many are
always tried, lest a draw of one row gives up where a draw of many would not."""

SHOWN_COLUMNS = 5
"""Columns of a row that a message shows where a constraint names none."""

MAX_CONSTRAINTS = 1_000
MAX_LENGTH = 10_000
MAX_NODES = 2_000
MAX_DEPTH = 60
"""Bounds of constraints, far beyond what anyone writes: an expression in a file from
somewhere else must not keep its reader busy for long. pandas can't evaluate deeper
ones."""

MAX_POWER = 64
"""Largest exponent: powers of powers of whole numbers would outgrow memory."""

QUOTED = re.compile(
    r"""`(?P<name>(?:[^`]|``)+)`     # a column, a backtick in its name doubled
    |'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"  # text""",
    re.VERBOSE,
)


class Expression:
    """A constraint in the language of :meth:`pandas.DataFrame.eval`.

    As with SQL's CHECK, nothing is known against a row in which a column that the
    expression names is missing: it satisfies the constraint. A date with a time zone
    is compared with text that names one, such as '2020-01-01 00:00+00:00', a time of
    day with a duration since midnight, such as '09:30:00'.

    Parameters
    ----------
    text : str
        The expression.

    Raises
    ------
    ValueError
        If it can't be read as an expression of columns.
    """

    def __init__(self, text: str) -> None:
        self.name = short_repr(text)
        self.text = text.strip()
        tree, quoted = _parse(self.text, self.name)
        self.named = _names_in(tree, quoted, self.name)
        self.multiplied = _check_growth(tree, quoted, self.name)

    def columns(self, rows: pd.DataFrame) -> list[Hashable]:
        """Return the columns that the expression names, or say which are unknown."""
        known = set(rows.columns)
        unknown = [name for name in self.named if name not in known]
        if unknown:
            raise ValueError(
                f"The constraint {self.name} names {short_repr(unknown)}, which are "
                f"not columns of X; its columns are {short_repr(list(rows.columns))}. "
                "Correct it, or pass a callable, which may use anything, such as "
                f"`lambda rows: rows[{short_repr(rows.columns[0])}] > 0`."
            )
        return list(self.named)

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy the expression."""
        columns = self.columns(rows)
        holds = np.any([rows[name].isna() for name in columns], axis=0)
        # The rows in which nothing named is missing, because objects with None among
        # them can't be compared. Without None they may have a dtype of their own.
        complete = rows[columns][~holds].reset_index(drop=True).infer_objects()
        for name in self.multiplied:
            if pdt.infer_dtype(complete[name]).startswith(("string", "bytes", "mixed")):
                raise ValueError(
                    f"The constraint {self.name} multiplies column {name!r}, which "
                    "holds texts; compare it instead, or pass a callable."
                )
        holds[~holds] = _call(
            self.name, lambda rows: rows.eval(self.text, engine="python"), complete
        )
        return holds


class Predicate:
    """A constraint as a callable.

    Parameters
    ----------
    function : callable
        Takes a frame and returns a boolean array or Series of shape (n_rows,), in which
        a missing entry counts as true.
    """

    def __init__(self, function: Callable[[pd.DataFrame], Any]) -> None:
        self.name = short_repr(getattr(function, "__name__", function))
        self.function = function

    def columns(self, rows: pd.DataFrame) -> list[Hashable]:
        """Return the first columns: which ones matter is not known."""
        return list(rows.columns[:SHOWN_COLUMNS])

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy the callable, which gets a copy of them."""
        return _call(self.name, self.function, rows.copy())


Constraint = Expression | Predicate
"""What each row by itself must satisfy. Its `holds` takes rows of the index 0, 1, ...
and returns a bool array of shape (n_rows,); its `columns` tell why a row breaks it."""


@dataclass(frozen=True)
class Constraints:
    """All that the rows of a table must satisfy.

    Parameters
    ----------
    entries : tuple of Constraint
        The constraints; without any, every row satisfies them.

    twins : Twins
        What columns of the rows stand for others. Expressions see them as they are, so
        that dates compare with texts; callables get the user's own values.
    """

    entries: tuple[Constraint, ...]
    twins: Twins = field(default_factory=Twins)

    def __len__(self) -> int:
        return len(self.entries)

    def satisfied(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy all constraints.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Rows of the table; they are not changed.

        Returns
        -------
        satisfied : ndarray of shape (n_rows,), dtype bool
            True for the rows that satisfy all.

        Raises
        ------
        ValueError
            If a constraint names an unknown column, raises, or returns no boolean mask.
        """
        return np.all(self._table(rows), axis=0)

    def check_real(self, rows: pd.DataFrame, label: Any) -> None:
        """Raise a ValueError if real rows break a constraint.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            The real rows of a class.

        label : object
            The class.
        """
        for constraint, holds in zip(self.entries, self._table(rows), strict=True):
            if not holds.all():
                first = rows.iloc[[int(np.argmin(holds))]]
                raise ValueError(
                    f"{np.sum(~holds)} of {len(rows)} real rows of class "
                    f"{short_repr(label)} break the constraint {constraint.name}. The "
                    f"first has the index {short_repr(first.index[0])} and holds "
                    f"{_write_row(first, constraint.columns(rows))}. Correct the rows "
                    "or the constraint."
                )

    def draw(
        self,
        make: Callable[[int, int], pd.DataFrame],
        n_wanted: int,
        n_required: int,
        label: Any,
        seed: int,
    ) -> pd.DataFrame:
        """Generate rows until enough of them satisfy the constraints.

        Parameters
        ----------
        make : callable
            ``make(k, seed)`` generates `k` rows of the class.

        n_wanted : int
            How many rows to give, at least one.

        n_required : int
            How many will do, at most `n_wanted`, where more can't be had in
            ``MAX_TRIES`` tries for each row wanted.

        label : object
            The class.

        seed : int
            Decides the seeds that `make` is given.

        Returns
        -------
        rows : DataFrame of shape (n_rows, n_features)
            The first `n_wanted` rows that satisfy all constraints, or at least
            `n_required` of them.

        Raises
        ------
        RuntimeError
            If fewer than `n_required` rows satisfy the constraints.
        """
        rng = np.random.default_rng(seed)
        kept: list[pd.DataFrame] = []
        n_kept = n_made = 0
        n_broken = np.zeros(len(self), dtype=np.int64)
        n_most = max(MAX_TRIES * n_wanted, ROUND_ROWS)
        while n_kept < n_wanted and n_made < n_most:
            # As many as are missing, by the share that has passed so far.
            hoped = math.ceil((n_wanted - n_kept) * (n_made + 1) / (n_kept + 1))
            k = min(hoped, ROUND_ROWS, n_most - n_made)
            rows = make(k, int(rng.integers(MAX_SEED)))
            holds = self._table(rows)
            passed = np.all(holds, axis=0)
            kept.append(rows.loc[passed])
            n_kept += int(passed.sum())
            n_made += k
            n_broken += (~holds).sum(axis=1)
        if n_kept < n_required:
            worst = int(np.argmax(n_broken))
            raise RuntimeError(
                f"Only {n_kept} of {n_made} generated rows of class "
                f"{short_repr(label)} satisfy the constraints, and {n_required} are "
                f"needed. The constraint {self.entries[worst].name} is broken most "
                f"often, by {n_broken[worst]} rows: loosen it, train longer, or leave "
                "out a "
                "column that it names and derive that column from the others after "
                "resampling."
            )
        return pd.concat(kept, ignore_index=True).iloc[:n_wanted]

    def _table(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which constraint holds in which row, (n_constraints, n_rows)."""
        # By position: the user's index means nothing in generated rows.
        rows = rows.reset_index(drop=True)
        holds = np.ones((len(self), len(rows)), dtype=bool)
        is_own = [isinstance(constraint, Predicate) for constraint in self.entries]
        own = self.twins.restore(rows) if any(is_own) else rows
        for i, constraint in enumerate(self.entries):
            holds[i] = constraint.holds(own if is_own[i] else rows)
        return holds


def check_constraints(constraints: Any, twins: Twins | None = None) -> Constraints:
    """Read what the user passes as constraints.

    Parameters
    ----------
    constraints : None, str, callable, or list of str and callables
        Expressions for :meth:`pandas.DataFrame.eval`, and callables that take a frame
        and give a boolean mask.

    twins : Twins or None, default=None
        What columns of the rows stand for others.

    Returns
    -------
    constraints : Constraints
        The constraints, none for None and an empty list.

    Raises
    ------
    TypeError
        If an entry is neither a string nor a callable.

    ValueError
        If an expression can't be read.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.generation.constraints import check_constraints
    >>> constraints = check_constraints(["start <= end", lambda rows: rows["end"] < 9])
    >>> rows = pd.DataFrame({"start": [1, 5, None, 1], "end": [3, 4, 4, 9]})
    >>> constraints.satisfied(rows)
    array([ True, False,  True, False])
    """
    if constraints is None:
        constraints = []
    if isinstance(constraints, str) or callable(constraints):
        constraints = [constraints]
    if not isinstance(constraints, (list, tuple)):
        raise TypeError(
            "constraints must be None, a string, a callable or a list of strings and "
            f"callables, got {short_repr(constraints)}."
        )
    if len(constraints) > MAX_CONSTRAINTS:
        raise ValueError(
            f"constraints has {len(constraints)} entries, at most {MAX_CONSTRAINTS} "
            "are possible; pass one callable that checks them all."
        )
    entries = tuple(_read(i, entry) for i, entry in enumerate(constraints))
    return Constraints(entries, twins or Twins())


def _read(position: int, entry: Any) -> Constraint:
    if isinstance(entry, str):
        return Expression(entry)
    if callable(entry):
        return Predicate(entry)
    raise TypeError(
        f"constraints[{position}] must be a string such as 'start <= end', or a "
        "callable that takes a frame and gives a boolean mask, got "
        f"{short_repr(entry)}."
    )


def _parse(text: str, name: str) -> tuple[ast.expr, dict[str, str]]:
    """Return an expression's tree, and what its names for quoted columns stand for.

    Texts stand in it as None.
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

    # What is quoted gives way to what Python reads.
    bare = QUOTED.sub(stand_in, text)
    if "@" in bare:
        raise ValueError(
            f"The constraint {name} holds an '@', but variables are not known where it "
            "is evaluated; write the value itself, or pass a callable."
        )
    try:
        tree = ast.parse(bare, mode="eval").body
    except SyntaxError as error:
        raise ValueError(
            f"The constraint {name} can't be read: {error.msg}. Write a comparison of "
            "columns such as 'start <= end' (equality is ==), names with spaces in "
            "backticks."
        ) from error
    except (RecursionError, MemoryError) as error:
        raise _too_long(name, "more levels than Python reads", MAX_DEPTH) from error
    n_nodes, depth = _size(tree)
    if n_nodes > MAX_NODES:
        raise _too_long(name, f"{n_nodes} parts", MAX_NODES)
    if depth > MAX_DEPTH:
        raise _too_long(name, f"{depth} levels", MAX_DEPTH)
    return tree, quoted


def _too_long(name: str, what: str, most: int) -> ValueError:
    return ValueError(
        f"The constraint {name} has {what}, at most {most} are possible; split it, or "
        "pass a callable."
    )


def _size(tree: ast.expr) -> tuple[int, int]:
    """Return how many nodes a tree has, and on how many levels."""
    n_nodes, depth = 0, 0
    level: list[ast.AST] = [tree]
    while level:  # level by level, for a deep one must not need a deep stack
        n_nodes, depth = n_nodes + len(level), depth + 1
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
    return n_nodes, depth


def _names_in(tree: ast.expr, quoted: dict[str, str], name: str) -> tuple[str, ...]:
    """Return the names of an expression that are to be columns."""
    nodes = list(ast.walk(tree))
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    plain = [n.id for n in nodes if isinstance(n, ast.Name) and n not in functions]
    if not plain:
        raise ValueError(
            f"The constraint {name} names no column; write a comparison of columns "
            "such as 'start <= end'."
        )
    # The quoted ones first, as they are read.
    found = [*quoted.values(), *(word for word in plain if word not in quoted)]
    return tuple(dict.fromkeys(found))


def _check_growth(tree: ast.expr, quoted: dict[str, str], name: str) -> tuple[str, ...]:
    """Refuse what could outgrow memory; return the columns that are multiplied.

    These must not hold texts, which a product repeats and a remainder fills in.
    """
    multiplied: list[str] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.BinOp):
            continue
        if isinstance(node.op, ast.Pow):
            _check_power(node, name)
        if isinstance(node.op, (ast.Pow, ast.Mult, ast.Mod)):
            inner = list(ast.walk(node))
            texts = [
                n for n in inner if isinstance(n, ast.Constant) and n.value is None
            ]
            if texts or any(isinstance(n, (ast.List, ast.Tuple)) for n in inner):
                raise ValueError(
                    f"The constraint {name} multiplies a text or a list; write it out, "
                    "or pass a callable."
                )
            words = [n.id for n in inner if isinstance(n, ast.Name)]
            multiplied += [quoted.get(word, word) for word in words]
    return tuple(dict.fromkeys(multiplied))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _check_power(node: ast.BinOp, name: str) -> None:
    """Raise a ValueError unless a power is one by a small number."""
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
            f"The constraint {name} has a power whose exponent is no number up to "
            f"{MAX_POWER}, or a power of a power; pass a callable."
        )


def _call(
    name: str, function: Callable[[pd.DataFrame], Any], rows: pd.DataFrame
) -> np.ndarray:
    """Return a function's mask of `rows`, whose index is 0, 1, ..."""
    if len(rows) == 0:  # where a mask can't be told from other empty things
        return np.ones(0, dtype=bool)
    try:
        result = function(rows)
    except Exception as error:
        raise ValueError(
            f"The constraint {name} can't be evaluated: {type(error).__name__}: {error}"
        ) from error
    mask = _read_mask(result, len(rows))
    if mask is None:
        raise ValueError(
            f"The constraint {name} must give a boolean array or Series of shape "
            f"({len(rows)},), one entry for each row in the rows' order, got "
            f"{_describe(result)}."
        )
    return mask


def _read_mask(result: Any, n_rows: int) -> np.ndarray | None:
    """Return a mask in which missing counts as true, None for what is no mask."""
    if not isinstance(result, (pd.Series, np.ndarray, ExtensionArray)):
        return None
    if result.ndim != 1:
        return None
    mask = pd.Series(result)
    kind = pdt.infer_dtype(mask, skipna=True)  # "empty" where all are missing
    # An index in another order would give each row another row's answer.
    if kind not in {"boolean", "empty"} or not mask.index.equals(pd.RangeIndex(n_rows)):
        return None
    holds = np.array(mask.isna(), dtype=bool)
    holds[~holds] = mask[~holds].to_numpy(dtype=bool)
    return holds


def _describe(result: Any) -> str:
    known = [a for a in ("dtype", "shape") if hasattr(result, a)]
    return f"a {type(result).__name__}" + "".join(
        f" {a} {getattr(result, a)}" for a in known
    )


def _write_row(row: pd.DataFrame, columns: list[Hashable]) -> str:
    """Write the columns of a frame of one row, as a dict."""
    values = (f"{short_repr(c)}: {short_repr(row[c].iloc[0])}" for c in columns)
    return "{" + ", ".join(values) + "}"
