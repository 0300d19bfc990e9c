"""Relations between columns that hold in every row of a table."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sum:
    """A column is the sum of other columns, or a copy of a single one.

    Parameters
    ----------
    column : hashable
        The name of the column.

    parts : tuple of hashable
        The columns in the sum. The sum is missing where one of them is missing.
    """

    column: Hashable
    parts: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{self.column} = {' + '.join(map(str, self.parts))}"


@dataclass(frozen=True)
class Determines:
    """Each category of one column determines the value of another: city and country.

    Parameters
    ----------
    by : hashable
        The name of the column that determines the other.

    column : hashable
        The name of the determined column.
    """

    by: Hashable
    column: Hashable

    def __str__(self) -> str:
        return f"{self.by} determines {self.column}"


@dataclass(frozen=True)
class OneHotGroup:
    """In a group of columns of zeros and ones, exactly one is 1 in each row.

    Parameters
    ----------
    columns : tuple of hashable
        The names of the columns.
    """

    columns: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"one of {', '.join(map(str, self.columns))} is 1"


@dataclass(frozen=True)
class Order:
    """A column is never smaller than other columns, where neither is missing.

    Parameters
    ----------
    column : hashable
        The name of the larger column, such as the end of a period.

    smaller : tuple of hashable
        The names of the smaller columns, such as the start of the period.
    """

    column: Hashable
    smaller: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.smaller))} <= {self.column}"


@dataclass(frozen=True)
class MissingTogether:
    """The columns of a group are always missing together.

    Parameters
    ----------
    columns : tuple of hashable
        The names of the columns.
    """

    columns: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.columns))} are missing together"


Relation = Sum | Determines | OneHotGroup | Order | MissingTogether
