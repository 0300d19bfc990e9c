"""Find relations between columns that hold in every row and are not due to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from gansampler.tabular.column_values import (
    is_boolean,
    is_temporal,
    read_floats,
    read_numbers,
)
from gansampler.tabular.number_facts import MAX_UNITS
from gansampler.tabular.relations import (
    Determines,
    MissingTogether,
    OneHotGroup,
    Order,
    Relation,
    Sum,
)
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

CHANCE = 1e-6
"""Largest probability with which independent columns may look related in all rows."""

MAX_COLUMNS = 300
"""Widest table to search, because the pairs of a wider one would take minutes."""

MAX_ROWS = 5_000
"""Number of rows to search for relations. Those found are checked in all rows."""

N_FIRST = 200
"""Rows to check first, because they rule out nearly all pairs."""

MAX_PARTS = 20
"""Maximum number of columns in a sum."""


def with_relations(schema: TableSchema, frame: pd.DataFrame) -> TableSchema:
    """Return a schema that includes the relations between the columns of a table.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    frame : DataFrame of shape (n_samples, n_features)
        All rows of the table.

    Returns
    -------
    schema : TableSchema
        The schema with its `relations`. At most one relation computes each column, and
        no column depends on itself.
    """
    if not 1 < len(schema.columns) <= MAX_COLUMNS:
        return schema
    step = -(-len(frame) // MAX_ROWS)
    sample = _Columns(schema, frame.iloc[::step])
    found = _Search(sample).find()
    table = _Columns(schema, frame) if step > 1 else sample
    kept = tuple(relation for relation in found if _holds(relation, table))
    return replace(schema, relations=kept)


class _Columns:
    """The columns of a table by position, read on demand.

    Parameters
    ----------
    schema : TableSchema
        The columns.

    frame : DataFrame of shape (n_rows, n_columns)
        The rows.
    """

    def __init__(self, schema: TableSchema, frame: pd.DataFrame) -> None:
        self.schema = schema
        self.frame = frame
        self.names = [column.name for column in schema.columns]
        self.position = {name: j for j, name in enumerate(self.names)}
        self._codes: dict[int, np.ndarray] = {}
        self._numbers: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def codes(self, j: int) -> np.ndarray:
        """Return a code for each value, (n_rows,), -1 if missing."""
        if j not in self._codes:
            self._codes[j] = pd.factorize(self.frame.iloc[:, j])[0]
        return self._codes[j]

    def missing(self, j: int) -> np.ndarray:
        """Tell which values of a column are missing, (n_rows,)."""
        return self.codes(j) < 0

    def numbers(self, j: int) -> np.ndarray:
        """Return a column of numbers or dates as floats, NaN if missing."""
        if j not in self._numbers:
            self._numbers[j] = read_floats(self.frame.iloc[:, j], np.inf)
        return self._numbers[j]

    def is_number(self, j: int) -> bool:
        """Tell whether a column contains numbers, dates or booleans exact as floats."""
        column = self.schema.columns[j]
        if column.kind is Kind.CATEGORICAL and not is_boolean(column.dtype):
            return False
        if is_temporal(column.dtype):  # never added, and compared as integers
            return True
        numbers = self.numbers(j)
        return not (np.abs(numbers[~np.isnan(numbers)]) >= MAX_UNITS).any()

    def exact(self, j: int) -> np.ndarray:
        """Return exact numbers or dates, with integers as integers, 0 if missing."""
        values, missing = read_numbers(self.frame.iloc[:, j])
        exact = np.zeros(len(self), dtype=values.dtype)
        exact[~missing] = values
        return exact

    def is_flag(self, j: int) -> bool:
        """Tell whether a column contains both zeros and ones, and nothing else."""
        if not self.is_number(j) or self.missing(j).any():
            return False
        return np.array_equal(np.unique(self.numbers(j)), [0, 1])

    def is_measured(self, j: int) -> bool:
        """Tell whether a column contains more than two distinct numbers."""
        return self.is_number(j) and len(np.unique(self.codes(j))) > 2

    def unit(self, j: int) -> str:
        """Return a unit that columns must share to be comparable."""
        dtype = self.schema.columns[j].dtype
        return str(dtype) if is_temporal(dtype) else "number"


def _can_hold(column: ColumnSchema, number: float) -> bool:
    """Tell whether a column's dtype can represent a number this large."""
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    return dtype.kind not in "iu" or number <= np.iinfo(dtype).max


class _Search:
    """Search for relations such that at most one of them computes each column.

    Parameters
    ----------
    table : _Columns
        The rows to search.
    """

    def __init__(self, table: _Columns) -> None:
        self.table = table
        columns = range(len(table.names))
        self.n_values = {j: len(np.unique(table.codes(j))) for j in columns}
        self.free = {j for j in columns if self.n_values[j] > 1}
        self.sources: dict[int, set[int]] = {}

    def find(self) -> list[Relation]:
        """Return the relations; earlier searches take precedence over later ones."""
        searches: list[Callable[[], Iterator[Relation]]] = [
            self._sums,
            self._determined,
            self._one_hot,
            self._orders,
            self._missing_together,
        ]
        return [relation for search in searches for relation in search()]

    def _sums(self) -> Iterator[Relation]:
        """Find sums: columns that are in the span of the others."""
        table = self.table
        yield from self._copies()
        measured = [
            j
            for j in sorted(self.free)
            if table.unit(j) == "number" and (table.is_measured(j) or table.is_flag(j))
        ]
        missing = np.array([table.missing(j) for j in measured])
        rows = np.flatnonzero(~missing.any(axis=0)) if measured else np.empty(0, int)
        basis = _Basis(len(rows))
        for j in measured:
            numbers = table.numbers(j)[rows]
            signs = basis.signs_of(numbers)
            if signs is None:
                basis.add(j, numbers)
                continue
            yield from self._sum(*_as_sum(j, signs))

    def _copies(self) -> Iterator[Relation]:
        """Find columns of numbers or dates that are equal in all rows."""
        first: dict[tuple[str, bytes], int] = {}
        for j in sorted(self.free):
            if self.table.is_number(j):
                key = self.table.unit(j), self.table.numbers(j).tobytes()
                original = first.setdefault(key, j)
                if original != j:
                    yield from self._sum(j, [original])

    def _sum(self, target: int, parts: list[int]) -> Iterator[Relation]:
        """Yield the relation if a column is the sum of others, and not by chance."""
        table = self.table
        if not 0 < len(parts) <= MAX_PARTS or target not in self.free:
            return
        # A new sum may not be one of the few values of a discrete column.
        column = table.schema.columns[target]
        largest = sum(float(np.nanmax(np.abs(table.numbers(k)))) for k in parts)
        if len(parts) > 1 and (column.discrete or not _can_hold(column, largest)):
            return
        relation = Sum(self._name(target), self._names(parts))
        if not _holds(relation, table):
            return
        total = np.sum([table.numbers(k) for k in parts], axis=0)
        chance = _chance_equal(pd.factorize(total)[0], table.codes(target))
        if _is_no_chance(chance, len(table)) and not self._reach(parts, target):
            yield self._take(target, parts, relation)

    def _determined(self) -> Iterator[Relation]:
        """Find columns that a category determines, preferring coarse categories."""
        table, columns = self.table, self.table.schema.columns
        sources = [
            j
            for j in self.free
            if (columns[j].kind is Kind.CATEGORICAL or columns[j].discrete)
            and 2 * self.n_values[j] <= len(table)
        ]
        by_number = {j: columns[j].kind is not Kind.CATEGORICAL for j in sources}
        for by in sorted(sources, key=lambda j: (by_number[j], self.n_values[j], j)):
            for j in sorted(self.free - {by}) if by in self.free else ():
                if self._determines(by, j) and not self._reach([by], j):
                    relation = Determines(self._name(by), self._name(j))
                    yield self._take(j, [by], relation)

    def _determines(self, by: int, j: int) -> bool:
        if self.n_values[j] > self.n_values[by]:
            return False
        known, codes = self.table.codes(by), self.table.codes(j)
        if not _is_function(known[:N_FIRST], codes[:N_FIRST]):
            return False
        # The first row of each category is no evidence.
        told = len(known) - self.n_values[by]
        chance = _chance_equal(codes, codes)
        return _is_no_chance(chance, told) and _is_function(known, codes)

    def _one_hot(self) -> Iterator[Relation]:
        """Find groups of columns with exactly one 1 per row, adjacent columns first."""
        flags = [j for j in sorted(self.free) if self.table.is_flag(j)]
        for side_by_side in (True, False):
            for start in list(flags):
                if start not in flags:  # another group has it
                    continue
                group = self._exclusive([j for j in flags if j >= start], side_by_side)
                if group:
                    flags = [j for j in flags if j not in group]
                    self.free -= set(group)
                    yield OneHotGroup(self._names(group))

    def _exclusive(self, flags: list[int], side_by_side: bool) -> list[int]:
        """Return the group that starts with the first column, or nothing."""
        group: list[int] = []
        covered = np.zeros(len(self.table), dtype=bool)
        for j in flags:
            is_set = self.table.numbers(j) == 1
            if not (covered & is_set).any():
                group.append(j)
                covered |= is_set
            elif side_by_side:
                break
            if covered.all():
                break
        shares = np.array([self.table.numbers(j).mean() for j in group])
        others = np.array(
            [np.prod(1 - np.delete(shares, k)) for k in range(len(group))]
        )
        chance = min(float(shares @ others), 1.0)
        is_group = covered.all() and _is_no_chance(chance, len(self.table))
        return group if is_group else []

    def _orders(self) -> Iterator[Relation]:
        """Find columns that are never smaller than others."""
        table = self.table
        units: dict[str, list[int]] = {}
        for j in range(len(table.names)):
            if table.is_measured(j):
                units.setdefault(table.unit(j), []).append(j)
        smaller = {
            j: found
            for unit in units.values()
            for j, found in self._below(unit).items()
        }
        for j in sorted(smaller):
            known = {k for k in smaller[j] if not self._reach([k], j)}
            # Omit orders that follow from other orders.
            known -= {
                i
                for k in known
                if not table.missing(k).any()
                for i in known & smaller.get(k, set())
            }
            if known and j in self.free:
                parts = sorted(known)
                yield self._take(j, parts, Order(self._name(j), self._names(parts)))

    def _below(self, columns: list[int]) -> dict[int, set[int]]:
        """Return for each column the columns that are never larger."""
        if len(columns) < 2:
            return {}
        numbers = np.column_stack([self.table.numbers(j) for j in columns])
        found: dict[int, set[int]] = {}
        for b, j in enumerate(columns):
            first = numbers[:N_FIRST]
            candidates = np.flatnonzero(~(first > first[:, [b]]).any(axis=0))
            for a in candidates[candidates != b]:
                if _is_below(numbers[:, a], numbers[:, b]):
                    found.setdefault(j, set()).add(columns[a])
        return found

    def _missing_together(self) -> Iterator[Relation]:
        """Find columns that are missing in the same rows."""
        groups: dict[bytes, list[int]] = {}
        for j in range(len(self.table.names)):
            if j not in self.sources and self.table.missing(j).any():
                groups.setdefault(self.table.missing(j).tobytes(), []).append(j)
        for group in groups.values():
            share = float(self.table.missing(group[0]).mean())
            chance = share**2 + (1 - share) ** 2
            if len(group) > 1 and _is_no_chance(chance, len(self.table)):
                yield MissingTogether(self._names(group))

    def _take(self, target: int, sources: list[int], relation: Relation) -> Relation:
        """Record the sources of a column, so that no other relation computes it."""
        self.free.discard(target)
        self.sources[target] = set(sources)
        return relation

    def _reach(self, columns: list[int], target: int) -> bool:
        """Tell whether one of the columns is computed from the target."""
        seen, waiting = set(), list(columns)
        while waiting:
            j = waiting.pop()
            if j == target:
                return True
            if j not in seen:
                seen.add(j)
                waiting.extend(self.sources.get(j, ()))
        return False

    def _name(self, j: int) -> object:
        return self.table.names[j]

    def _names(self, columns: list[int]) -> tuple[object, ...]:
        return tuple(self.table.names[j] for j in columns)


class _Basis:
    """Numeric columns that are linearly independent.

    Parameters
    ----------
    n_rows : int
        The length of the columns.
    """

    def __init__(self, n_rows: int) -> None:
        self.columns: list[int] = []
        self.orthogonal = np.zeros((n_rows, 0))
        self.plain = np.zeros((n_rows, 0))

    def add(self, j: int, numbers: np.ndarray) -> None:
        """Add a column that is not in the span of the others."""
        rest = self._rest(numbers)
        size = np.linalg.norm(rest)
        # With as many columns as rows, anything would be a combination of them.
        if size > 0 and 2 * len(self.columns) < len(numbers):
            self.columns.append(j)
            self.orthogonal = np.column_stack([self.orthogonal, rest / size])
            self.plain = np.column_stack([self.plain, numbers])

    def signs_of(self, numbers: np.ndarray) -> dict[int, int] | None:
        """Return the coefficients, 1 or -1, of a column in the span of the basis."""
        rest = self._rest(numbers)
        if np.linalg.norm(rest) > 1e-9 * np.linalg.norm(numbers) or not self.columns:
            return None
        weights = np.linalg.lstsq(self.plain, numbers, rcond=None)[0]
        signs = np.rint(weights).astype(int)
        if np.abs(weights - signs).max() > 1e-6 or np.abs(signs).max() > 1:
            return {}
        used = np.flatnonzero(signs)
        return {self.columns[k]: int(signs[k]) for k in used}

    def _rest(self, numbers: np.ndarray) -> np.ndarray:
        """Subtract the projection, twice for accuracy."""
        for _ in range(2):
            numbers = numbers - self.orthogonal @ (self.orthogonal.T @ numbers)
        return numbers


def _as_sum(j: int, signs: dict[int, int]) -> tuple[int, list[int]]:
    """Return a column that is a sum of others, if any: b if a = b - c."""
    plus = [k for k, sign in signs.items() if sign > 0]
    minus = [k for k, sign in signs.items() if sign < 0]
    if not minus:
        return j, plus
    return (plus[0], sorted([j, *minus])) if len(plus) == 1 else (j, [])


def _is_function(known: np.ndarray, codes: np.ndarray) -> bool:
    """Tell whether equal values in one column imply equal values in the other."""
    order = np.argsort(known, kind="stable")
    known, codes = known[order], codes[order]
    return not ((known[1:] == known[:-1]) & (codes[1:] != codes[:-1])).any()


def _is_below(low: np.ndarray, high: np.ndarray) -> bool:
    """Tell whether numbers are never larger than others, and not by chance."""
    both = ~(np.isnan(low) | np.isnan(high))
    low, high = low[both], high[both]
    if not len(low) or (low > high).any() or np.array_equal(low, high):
        return False
    n_above = len(high) - np.searchsorted(np.sort(high), low, side="left")
    return _is_no_chance(float(n_above.mean() / len(high)), len(low))


def _chance_equal(one: np.ndarray, other: np.ndarray) -> float:
    """Return the highest share of rows in which two columns agree by chance."""
    shares = [np.sort(np.unique(c, return_counts=True)[1])[::-1] for c in (one, other)]
    n_both = min(map(len, shares))
    return float(shares[0][:n_both] @ shares[1][:n_both] / len(one) ** 2)


def _is_no_chance(chance: float, n_rows: int) -> bool:
    """Tell whether so many rows are unlikely to agree by chance."""
    return n_rows > 0 and (chance <= 0 or n_rows * np.log(chance) < np.log(CHANCE))


def _holds(relation: Relation, table: _Columns) -> bool:
    """Tell whether a relation holds in all rows of a table."""
    at = table.position
    if isinstance(relation, Sum) and len(relation.parts) == 1:
        j, k = at[relation.column], at[relation.parts[0]]
        same_missing = np.array_equal(table.missing(j), table.missing(k))
        return same_missing and np.array_equal(table.exact(j), table.exact(k))
    if isinstance(relation, Sum):
        parts = [table.numbers(at[name]) for name in relation.parts]
        return _equals(table, at[relation.column], np.sum(parts, axis=0))
    if isinstance(relation, Determines):
        return _is_function(
            table.codes(at[relation.by]), table.codes(at[relation.column])
        )
    if isinstance(relation, OneHotGroup):
        flags = [table.numbers(at[name]) for name in relation.columns]
        return all(np.isin(f, [0, 1]).all() for f in flags) and bool(
            (np.sum(flags, axis=0) == 1).all()
        )
    if isinstance(relation, Order):
        return not any(
            _exceeds(table, at[name], at[relation.column]) for name in relation.smaller
        )
    masks = [table.missing(at[name]) for name in relation.columns]
    return all(np.array_equal(mask, masks[0]) for mask in masks)


def _exceeds(table: _Columns, low: int, high: int) -> bool:
    """Tell whether a number or a date is larger than another in the same row."""
    both = ~(table.missing(low) | table.missing(high))
    return bool((table.exact(low) > table.exact(high))[both].any())


def _equals(table: _Columns, j: int, total: np.ndarray) -> bool:
    """Tell whether a column is a sum, up to the rounding of floats."""
    numbers = table.numbers(j)
    if not np.array_equal(np.isnan(numbers), np.isnan(total)):
        return False
    decimals = table.schema.columns[j].decimals
    if decimals is not None:
        total = np.round(total, decimals)
    return np.allclose(numbers, total, rtol=1e-12, atol=0, equal_nan=True)
