"""Relations between columns that hold in every row of a table."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sum:
    """A column is the sum of others; of one other it is a copy.

    Parameters
    ----------
    column : hashable
        The name of the column.

    parts : tuple of hashable
        The columns whose sum it is. It is missing where one of them is.
    """

    column: Hashable
    parts: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{self.column} = {' + '.join(map(str, self.parts))}"


@dataclass(frozen=True)
class Determines:
    """Each category of one column goes with one value of another: city and country.

    Parameters
    ----------
    by : hashable
        The name of the column that determines the other.

    column : hashable
        The column that is determined.
    """

    by: Hashable
    column: Hashable

    def __str__(self) -> str:
        return f"{self.by} determines {self.column}"


@dataclass(frozen=True)
class OneHotGroup:
    """Of a group of columns of zeros and ones, one is 1 in each row.

    Parameters
    ----------
    columns : tuple of hashable
        Their names.
    """

    columns: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"one of {', '.join(map(str, self.columns))} is 1"


@dataclass(frozen=True)
class Order:
    """A column is never smaller than some others, where neither is missing.

    Parameters
    ----------
    column : hashable
        The name of the column: the end, say, of which others are the start.

    smaller : tuple of hashable
        The others.
    """

    column: Hashable
    smaller: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.smaller))} <= {self.column}"


@dataclass(frozen=True)
class MissingTogether:
    """Where one of a group of columns is missing, all of them are.

    Parameters
    ----------
    columns : tuple of hashable
        Their names.
    """

    columns: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.columns))} are missing together"


Relation = Sum | Determines | OneHotGroup | Order | MissingTogether
