"""Remove columns that relations determine from a table, and restore them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.column_values import (
    distinct_values,
    find_positions,
    read_numbers,
    take,
)
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.relations import (
    Determines,
    MissingTogether,
    OneHotGroup,
    Order,
    Relation,
    Sum,
)
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

Columns = dict[Hashable, pd.Series]
"""Columns of a table by name, each with the index 0, 1, ..."""


SLACK = 2e-5
"""Share of half a range by which a number may miss the range, because encoded numbers
are rounded."""


class RelationReducer:
    """Reduce rows to their free columns, and restore complete rows from them.

    Restored rows satisfy every relation, whatever the free columns contain: the sum is
    computed, the country is looked up, the group of flags is set from one category, and
    the end is counted from the start.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table and the relations between them.

    Attributes
    ----------
    free_ : tuple of ColumnSchema
        The free columns. An end is replaced by its distance from the start, and a group
        of flags by one category.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.inference import infer_schema
    >>> from gansampler.tabular.relation_reducer import RelationReducer
    >>> from gansampler.tabular.relation_search import with_relations
    >>> city = pd.Series(["Rome", "Bonn", "Pisa"] * 20)
    >>> country = pd.Series(["Italy", "Germany", "Italy"] * 20)
    >>> frame = pd.DataFrame({"city": city, "country": country})
    >>> schema = with_relations(infer_schema(frame), frame)
    >>> print(*schema.relations)
    city determines country
    >>> reducer = RelationReducer(schema).fit([city, country])
    >>> [column.name for column in reducer.free_]
    ['city']
    >>> city, country = reducer.restore([city[:2]])
    >>> country.tolist()
    ['Italy', 'Germany']
    """

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema

    def fit(self, columns: list[pd.Series]) -> RelationReducer:
        """Learn the values that belong together in the rows of one class.

        Parameters
        ----------
        columns : list of Series of shape (n_rows,)
            All columns of the class's rows.

        Returns
        -------
        self : RelationReducer
            The fitted reducer.
        """
        by_name = {column.name: column for column in self.schema.columns}
        named = self._named(columns)
        steps = [_make_step(r, by_name, named) for r in self.schema.relations]
        self.steps_ = _in_order([step for step in steps if step is not None])
        free = dict(by_name)
        for step in self.steps_:
            step.reduce_schema(free)
        self.free_ = tuple(free.values())
        return self

    def reduce(self, columns: list[pd.Series]) -> list[pd.Series]:
        """Return the free columns of rows of the table."""
        named = self._named(columns)
        free = dict(named)
        for step in self.steps_:
            step.reduce(named, free)
        return list(free.values())

    def restore(self, free: list[pd.Series]) -> list[pd.Series]:
        """Return all columns of rows, given the free ones."""
        names = [column.name for column in self.free_]
        columns = dict(zip(names, free, strict=True))
        for step in self.steps_:
            step.restore(columns)
        return [columns[column.name] for column in self.schema.columns]

    def _named(self, columns: list[pd.Series]) -> Columns:
        names = [column.name for column in self.schema.columns]
        # Reset the index, because frames may have different ones.
        plain = [series.reset_index(drop=True) for series in columns]
        return dict(zip(names, plain, strict=True))


class _LeavingOut:
    """Remove a column, and compute it from others."""

    relation: Any  # with a `column`

    def reduce_schema(self, free: dict[Hashable, ColumnSchema]) -> None:
        """Remove the column."""
        del free[self.relation.column]

    def reduce(self, columns: Columns, free: Columns) -> None:
        """Remove the column."""
        del free[self.relation.column]


class SumStep(_LeavingOut):
    """Remove a sum, and compute it.

    Parameters
    ----------
    relation : Sum
        The relation.

    schema : ColumnSchema
        The column with the sum.
    """

    def __init__(self, relation: Sum, schema: ColumnSchema) -> None:
        self.relation = relation
        self.schema = schema

    def restore(self, columns: Columns) -> None:
        """Compute the sum, which is missing where a part is missing."""
        parts = [columns[name] for name in self.relation.parts]
        columns[self.relation.column] = self._cast(parts)

    def _cast(self, parts: list[pd.Series]) -> pd.Series:
        if len(parts) == 1 and parts[0].dtype == self.schema.dtype:
            return parts[0]
        read = [read_numbers(part) for part in parts]
        missing = np.any([mask for _, mask in read], axis=0)
        total = np.zeros(len(missing))
        for values, mask in read:
            total[~mask] += values
        if self.schema.decimals is not None:
            total = np.round(total, self.schema.decimals)
        return _as_column(total, missing, self.schema)


class LookupStep(_LeavingOut):
    """Remove a column that a category determines, and look it up.

    Parameters
    ----------
    relation : Determines
        The relation.

    known, values : Series of shape (n_values,)
        The categories in the class, and the value that each one determines.
    """

    def __init__(
        self, relation: Determines, known: pd.Series, values: pd.Series
    ) -> None:
        self.relation = relation
        self.known = known
        self.values = values

    @classmethod
    def of(cls, relation: Determines, columns: Columns) -> LookupStep:
        """Learn which value each category determines in the rows of a class."""
        by = columns[relation.by]
        known = distinct_values(by)
        position = find_positions(by, known)
        _, first = np.unique(position, return_index=True)
        return cls(relation, known, take(columns[relation.column], first))

    def restore(self, columns: Columns) -> None:
        """Look up the value that each category determines."""
        positions = find_positions(columns[self.relation.by], self.known)
        columns[self.relation.column] = take(self.values, positions)


class OneHotStep:
    """Replace a group of flags by one category, the position of the set flag.

    Parameters
    ----------
    relation : OneHotGroup
        The group.

    dtypes : tuple of dtype
        The dtypes of its columns.
    """

    def __init__(self, relation: OneHotGroup, dtypes: tuple[Any, ...]) -> None:
        self.relation = relation
        self.dtypes = dtypes

    def reduce_schema(self, free: dict[Hashable, ColumnSchema]) -> None:
        """Put the category in the place of the first flag."""
        first, *others = self.relation.columns
        free[first] = ColumnSchema(first, Kind.CATEGORICAL, np.dtype("int64"))
        for name in others:
            del free[name]

    def reduce(self, columns: Columns, free: Columns) -> None:
        """Replace the flags by the position of the set flag."""
        first, *others = self.relation.columns
        flags = [columns[name].astype(float) for name in self.relation.columns]
        free[first] = pd.Series(np.argmax(flags, axis=0).astype("int64"))
        for name in others:
            del free[name]

    def restore(self, columns: Columns) -> None:
        """Set the flags."""
        position = columns[self.relation.columns[0]].to_numpy()
        pairs = zip(self.relation.columns, self.dtypes, strict=True)
        for k, (name, dtype) in enumerate(pairs):
            columns[name] = pd.Series((position == k).astype("int8")).astype(dtype)


class OrderStep:
    """Replace a column by its distance from the largest of the smaller columns.

    If all of these are missing, the distance counts from the smallest number of the
    class.

    Parameters
    ----------
    relation : Order
        The relation.

    schemas : dict of hashable to ColumnSchema
        The columns of the relation.

    grid : NumberGrid
        The valid numbers of the larger column.

    absent : Series of shape (1,) or (0,)
        The missing value of the larger column, if it has one.
    """

    def __init__(
        self,
        relation: Order,
        schemas: dict[Hashable, ColumnSchema],
        grid: NumberGrid,
        absent: pd.Series,
    ) -> None:
        self.relation = relation
        self.schemas = schemas
        self.grid = grid
        self.absent = absent

    @classmethod
    def of(
        cls,
        relation: Order,
        by_name: dict[Hashable, ColumnSchema],
        columns: Columns,
    ) -> OrderStep | None:
        """Learn the valid numbers of a class, if it has any."""
        larger = columns[relation.column]
        if larger.isna().all():
            return None
        names = relation.column, *relation.smaller
        schemas = {name: by_name[name] for name in names}
        absent = distinct_values(larger[larger.isna()])
        return cls(
            relation, schemas, NumberGrid(schemas[relation.column], larger), absent
        )

    def reduce_schema(self, free: dict[Hashable, ColumnSchema]) -> None:
        """Replace the column by the distance."""
        decimals = [
            0 if schema.kind is Kind.INTEGER else schema.decimals
            for schema in self.schemas.values()
        ]
        known = [d for d in decimals if d is not None]
        free[self.relation.column] = ColumnSchema(
            self.relation.column,
            Kind.CONTINUOUS,
            np.dtype("float64"),
            decimals=max(known) if len(known) == len(decimals) else None,
        )

    def reduce(self, columns: Columns, free: Columns) -> None:
        """Replace the column by the distance."""
        values, missing = read_numbers(columns[self.relation.column])
        distance = np.full(len(missing), np.nan)
        distance[~missing] = values - self._floor(columns)[~missing]
        free[self.relation.column] = pd.Series(distance)

    def restore(self, columns: Columns) -> None:
        """Add the distance, and round the sum to the column's grid, never below."""
        distance = columns[self.relation.column].to_numpy(dtype="float64")
        known = ~np.isnan(distance)
        floor = self._floor(columns)[known]
        distances = self._within_range(floor, np.maximum(distance[known], 0.0))
        placed, legal = self.grid.place_above(floor, distances)
        if len(self.absent):
            # Beyond the largest number of the class, use its missing value.
            known[known] = legal
        else:
            legal[:] = True
        position = np.zeros(len(known), dtype=np.intp)
        position[known] = len(self.absent) + np.flatnonzero(legal)
        both = pd.concat([self.absent, placed], ignore_index=True)
        column = take(both, position).astype(self.grid.column.dtype)
        columns[self.relation.column] = column

    def _within_range(self, floor: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Replace distances that lead out of the range of the class.

        Cutting them would pile up rows at the ends of the range. Each is replaced by a
        distance of another row that fits, at the same rank among those that fit as the
        old one had among those that do not.
        """
        floor = floor.astype("float64")  # unsigned numbers would wrap around
        low, high = float(self.grid.low), float(self.grid.high)
        with np.errstate(over="ignore"):
            least, most = low - floor, high - floor  # (n_rows,)
        slack = SLACK * (high / 2 - low / 2)
        below, above = distance < least - slack, distance > most + slack
        moves = np.flatnonzero(below | above)
        if not len(moves):  # the usual case, which needs no sorting
            return distance
        ordered, n_rows = np.sort(distance), len(distance)
        begin = np.searchsorted(ordered, (least - slack)[moves], side="left")
        end = np.searchsorted(ordered, (most + slack)[moves], side="right")
        rank = np.searchsorted(ordered, distance[moves], side="left")
        share = np.where(
            below[moves],
            (rank + 0.5) / np.maximum(begin, 1),
            (rank - end + 0.5) / np.maximum(n_rows - end, 1),
        )
        fits = begin < end
        position = begin + (share * (end - begin)).astype(np.intp)
        replaced = distance.copy()
        replaced[moves[fits]] = ordered[np.minimum(position, end - 1)[fits]]
        return replaced

    def _floor(self, columns: Columns) -> np.ndarray:
        """Return the largest of the smaller numbers of each row, (n_rows,)."""
        floors = []
        for name in self.relation.smaller:
            values, missing = read_numbers(columns[name])
            if values.dtype.kind == "f" and self.grid.low.dtype.kind != "f":
                values = np.ceil(values)
            floor = np.full(len(missing), self.grid.low)
            floor[~missing] = values
            floors.append(floor)
        return np.maximum.reduce(floors)


Step = SumStep | LookupStep | OneHotStep | OrderStep
"""Preserves one relation by removing columns and restoring them."""


def _as_column(
    numbers: np.ndarray, missing: np.ndarray, schema: ColumnSchema
) -> pd.Series:
    """Return numbers in the dtype of a column."""
    whole = schema.kind is Kind.INTEGER
    values = numbers.astype(np.int64) if whole else numbers
    column = pd.Series(values).astype("Int64" if whole else "Float64").mask(missing)
    return column.astype(schema.dtype)


def _make_step(
    relation: Relation, by_name: dict[Hashable, ColumnSchema], columns: Columns
) -> Step | None:
    """Return the step that preserves a relation in one class, None if not needed."""
    if isinstance(relation, Sum):
        return SumStep(relation, by_name[relation.column])
    if isinstance(relation, Determines):
        return LookupStep.of(relation, columns)
    if isinstance(relation, OneHotGroup):
        dtypes = tuple(by_name[name].dtype for name in relation.columns)
        return OneHotStep(relation, dtypes)
    if isinstance(relation, Order):
        return OrderStep.of(relation, by_name, columns)
    return None  # the encoder handles columns that are missing together


def _in_order(steps: list[Step]) -> list[Step]:
    """Return steps in an order that restores the sources of each step first."""
    waiting, done = list(steps), []
    while waiting:
        targets = {name for step in waiting for name in _targets(step.relation)}
        ready = [step for step in waiting if not targets & set(_sources(step.relation))]
        if not ready:
            raise ValueError("relations between columns are circular")
        done.extend(ready)
        waiting = [step for step in waiting if step not in ready]
    return done


def _targets(relation: Relation) -> tuple[Hashable, ...]:
    """Return the columns that a relation restores."""
    if isinstance(relation, (OneHotGroup, MissingTogether)):
        return relation.columns
    return (relation.column,)


def _sources(relation: Relation) -> tuple[Hashable, ...]:
    """Return the columns from which a relation restores others."""
    if isinstance(relation, Sum):
        return relation.parts
    if isinstance(relation, Determines):
        return (relation.by,)
    return relation.smaller if isinstance(relation, Order) else ()
