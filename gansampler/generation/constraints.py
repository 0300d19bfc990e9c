"""The user's constraints, which every generated row must satisfy."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt
from pandas.api.extensions import ExtensionArray

from gansampler.generation.expression_check import (
    check_growth,
    column_names,
    parse_expression,
)
from gansampler.tabular.scalar_twins import NO_TWINS, Twins
from gansampler.utils.formatting import short_repr
from gansampler.utils.random import MAX_SEED

MAX_TRIES = 100
"""Maximum number of rows generated for each row wanted."""

ROUND_ROWS = 10_000
"""Most rows to generate at a time, which bounds memory. At least as many are always
tried, so that a draw of one row does not give up earlier than a draw of many."""

SHOWN_COLUMNS = 5
"""Columns of a row that a message shows if a constraint names none."""

MAX_CONSTRAINTS = 1_000
"""Far more than anyone writes; it limits what an untrusted file can ask for."""


class Expression:
    """A constraint in the language of :meth:`pandas.DataFrame.eval`.

    As with SQL's CHECK, a row satisfies the constraint if any column that the
    expression names is missing in it. Compare a date that has a time zone with text
    that names one, such as '2020-01-01 00:00+00:00', and a time of day with a duration
    since midnight, such as '09:30:00'.

    Parameters
    ----------
    text : str
        The expression.

    Raises
    ------
    ValueError
        If the text is not a valid expression of columns.
    """

    def __init__(self, text: str) -> None:
        self.name = short_repr(text)
        self.text = text.strip()
        tree, quoted = parse_expression(self.text, self.name)
        self.named = column_names(tree, quoted, self.name)
        self.multiplied = check_growth(tree, quoted, self.name)

    def columns(self, rows: pd.DataFrame) -> list[Hashable]:
        """Return the columns that the expression names, or raise if any are unknown."""
        known = set(rows.columns)
        unknown = [name for name in self.named if name not in known]
        if unknown:
            raise ValueError(
                f"The constraint {self.name} names {short_repr(unknown)}, but the "
                f"columns of X are {short_repr(list(rows.columns))}. Correct the name, "
                "or pass a callable, which may use anything, such as "
                f"`lambda rows: rows[{short_repr(rows.columns[0])}] > 0`."
            )
        return list(self.named)

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy the expression."""
        columns = self.columns(rows)
        holds = np.any([rows[name].isna() for name in columns], axis=0)
        # Leave out incomplete rows, because objects can't be compared with None.
        # Without None, `infer_objects` may find a more specific dtype.
        complete = rows[columns][~holds].reset_index(drop=True).infer_objects()
        for name in self.multiplied:
            if pdt.infer_dtype(complete[name]).startswith(("string", "bytes", "mixed")):
                raise ValueError(
                    f"The constraint {self.name} multiplies column {name!r}, which "
                    "contains text. Compare the column instead, or pass a callable."
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
        Takes a frame and returns a boolean array or Series of shape (n_rows,). A
        missing entry counts as true.
    """

    def __init__(self, function: Callable[[pd.DataFrame], Any]) -> None:
        self.name = short_repr(getattr(function, "__name__", function))
        self.function = function

    def columns(self, rows: pd.DataFrame) -> list[Hashable]:
        """Return the first columns, since it is unknown which ones matter."""
        return list(rows.columns[:SHOWN_COLUMNS])

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy the callable, which receives a copy of them."""
        return _call(self.name, self.function, rows.copy())


Constraint = Expression | Predicate
"""A condition on single rows. `holds` takes rows with the index 0, 1, ... and returns a
bool array of shape (n_rows,). `columns` returns the columns to show for a row that
violates it."""


@dataclass(frozen=True)
class Constraints:
    """All constraints on the rows of a table.

    Parameters
    ----------
    entries : tuple of Constraint
        The constraints. If empty, every row satisfies them.

    twins : Twins
        The twins of the columns. Expressions see the twins, so that dates compare with
        text. Callables get the user's own values.
    """

    entries: tuple[Constraint, ...]
    twins: Twins = NO_TWINS

    def __len__(self) -> int:
        return len(self.entries)

    def satisfied(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows satisfy all constraints.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Rows of the table. They are not modified.

        Returns
        -------
        satisfied : ndarray of shape (n_rows,), dtype bool
            True for the rows that satisfy all constraints.

        Raises
        ------
        ValueError
            If a constraint names an unknown column, raises an error, or does not return
            a boolean mask.
        """
        return np.all(self._table(rows), axis=0)

    def check_real(self, rows: pd.DataFrame, label: Any) -> None:
        """Raise a ValueError if real rows violate a constraint.

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
                    f"{short_repr(label)} violate the constraint {constraint.name}. "
                    f"The first has index {short_repr(first.index[0])} and contains "
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
            How many rows to return, at least one.

        n_required : int
            How many rows are enough, at most `n_wanted`, if ``MAX_TRIES`` tries for
            each row wanted don't yield more.

        label : object
            The class.

        seed : int
            Determines the seeds passed to `make`.

        Returns
        -------
        rows : DataFrame of shape (n_rows, n_features)
            The first `n_wanted` rows that satisfy all constraints, or fewer, but at
            least `n_required`.

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
            # Estimate how many to make from the share that has passed so far.
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
                f"needed. The constraint {self.entries[worst].name} fails most often, "
                f"in {n_broken[worst]} rows. Relax it, train longer, or drop a column "
                "that it names and compute that column from the others after "
                "resampling."
            )
        return pd.concat(kept, ignore_index=True).iloc[:n_wanted]

    def _table(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which constraint holds in which row, (n_constraints, n_rows)."""
        # The user's index means nothing in generated rows.
        rows = rows.reset_index(drop=True)
        holds = np.ones((len(self), len(rows)), dtype=bool)
        is_own = [isinstance(constraint, Predicate) for constraint in self.entries]
        own = self.twins.restore(rows) if any(is_own) else rows
        for i, constraint in enumerate(self.entries):
            holds[i] = constraint.holds(own if is_own[i] else rows)
        return holds


def check_constraints(constraints: Any, twins: Twins = NO_TWINS) -> Constraints:
    """Parse the user's `constraints` parameter.

    Parameters
    ----------
    constraints : None, str, callable, or list of str and callables
        Expressions for :meth:`pandas.DataFrame.eval`, and callables that take a frame
        and return a boolean mask.

    twins : Twins, default=NO_TWINS
        The twins of the columns.

    Returns
    -------
    constraints : Constraints
        The constraints, empty for None and for an empty list.

    Raises
    ------
    TypeError
        If an entry is neither a string nor a callable.

    ValueError
        If an expression is invalid.

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
            f"constraints has {len(constraints)} entries, but at most "
            f"{MAX_CONSTRAINTS} are allowed. Pass one callable that checks them all."
        )
    entries = tuple(_read(i, entry) for i, entry in enumerate(constraints))
    return Constraints(entries, twins)


def _read(position: int, entry: Any) -> Constraint:
    if isinstance(entry, str):
        return Expression(entry)
    if callable(entry):
        return Predicate(entry)
    raise TypeError(
        f"constraints[{position}] must be a string such as 'start <= end', or a "
        "callable that takes a frame and returns a boolean mask, got "
        f"{short_repr(entry)}."
    )


def _call(
    name: str, function: Callable[[pd.DataFrame], Any], rows: pd.DataFrame
) -> np.ndarray:
    """Return a function's mask of `rows`, whose index is 0, 1, ..."""
    if len(rows) == 0:  # a mask would look like any other empty result
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
            f"The constraint {name} must return a boolean array or Series of shape "
            f"({len(rows)},) with one entry for each row, in the order of the rows, "
            f"got {_describe(result)}."
        )
    return mask


def _read_mask(result: Any, n_rows: int) -> np.ndarray | None:
    """Return a mask in which missing entries are true, or None if it is no mask."""
    if not isinstance(result, (pd.Series, np.ndarray, ExtensionArray)):
        return None
    if result.ndim != 1:
        return None
    mask = pd.Series(result)
    kind = pdt.infer_dtype(mask, skipna=True)  # "empty" where all are missing
    # With a reordered index, each row would get another row's answer.
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
