"""What is done to one partition, or to what was picked of it, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d

from gansampler.dask.counting import Tally
from gansampler.dask.picking import Picks, pick_rows, witness_rows
from gansampler.generation.class_generator import ClassGenerator
from gansampler.generation.constraints import Constraints
from gansampler.tabular.image_encoder import check_image_schema
from gansampler.tabular.schema import Kind, TableSchema


@dataclass(frozen=True)
class Order:
    """What is to be picked from every partition, and checked in it.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    limits : mapping of object to float
        The classes from which rows are picked, and the limit of each one's lots.

    trained : sequence of object
        The classes whose rows have to satisfy the constraints.

    sampled : sequence of object
        The classes of which not all rows are picked, but witnesses are needed.

    seed : int
        Decides the lots.

    constraints : Constraints
        What real rows have to satisfy.

    image_shape : tuple of int or None
        The shape of the images where the rows are such.
    """

    schema: TableSchema
    limits: Mapping[Any, float]
    trained: Sequence[Any]
    sampled: Sequence[Any]
    seed: int
    constraints: Constraints
    image_shape: Any


def count_part(
    number: int,
    frame: pd.DataFrame,
    y: pd.Series,
    columns: pd.Index,
    categorical_features: str | Sequence[Any],
) -> Tally:
    """Count partition `number`; an error names it."""
    with _named(number):
        if not frame.columns.equals(columns):
            raise ValueError(
                f"It has the columns {frame.columns.tolist()}, but X's metadata have "
                f"{columns.tolist()}; pass the right `meta` where X is made."
            )
        return Tally.of(frame, y, categorical_features)


def merge_tallies(tallies: Sequence[Tally]) -> Tally:
    """Put the tallies of successive partitions together."""
    return reduce(Tally.merge, tallies)


def pick_part(
    number: int, frame: pd.DataFrame, y: pd.Series, first: int, order: Order
) -> tuple[dict[Any, Picks], dict[Any, pd.DataFrame]]:
    """Return the picks of each class and the witnesses of each sampled one."""
    frame, labels = _with_all_categories(frame, order.schema), column_or_1d(y)
    with _named(number):
        if order.image_shape is not None:
            check_image_schema(order.schema, frame, order.image_shape)
        for label in order.trained:
            order.constraints.check_real(frame[labels == label], label)
    picks = pick_rows(frame, labels, first, order.limits, order.seed)
    witnesses = {
        label: witness_rows(
            frame.set_axis(first + np.arange(len(frame)))[labels == label],
            order.schema,
        )
        for label in order.sampled
    }
    return picks, witnesses


def merge_witnesses(
    witnesses: Sequence[pd.DataFrame], schema: TableSchema
) -> pd.DataFrame:
    """Return the witnesses among those of successive partitions."""
    return witness_rows(pd.concat(witnesses), schema)


def sample_classes(
    picks: Mapping[Any, Picks], sizes: Mapping[Any, int], dtype: np.dtype
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a sample of so many rows of each class, in the table's order.

    Parameters
    ----------
    picks : mapping of object to Picks
        The rows picked of each class.

    sizes : mapping of object to int
        How many rows of each to give at most.

    dtype : numpy.dtype
        That of an array of the labels.

    Returns
    -------
    frame : DataFrame of shape (n_rows, n_features)
        The rows.

    y : ndarray of shape (n_rows,)
        Their labels.
    """
    parts = {label: picks[label].sample(n) for label, n in sizes.items()}
    frame = pd.concat(parts.values())
    y = np.concatenate([np.full(len(own), k, dtype) for k, own in parts.items()])
    order = np.argsort(frame.index)
    return frame.iloc[order], y[order]


def renumber(part: Any, first: int) -> Any:
    """Return a partition whose index counts from `first`."""
    return part.set_axis(pd.RangeIndex(first, first + len(part)))


def synthetic_rows(
    generators: Mapping[Any, ClassGenerator], label: Any, n: int, seed: int, first: int
) -> pd.DataFrame:
    """Generate `n` rows of a class, whose index counts from `first`."""
    return renumber(generators[label].sample_frame(n, seed), first)


def synthetic_labels(label: Any, n: int, first: int, name: Any, dtype: Any) -> Any:
    """Return `n` times a label, in an index that counts from `first`."""
    return renumber(pd.Series([label] * n, name=name, dtype=dtype), first)


def _with_all_categories(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return the categories of all partitions to the columns of one."""
    dtypes = {
        column.name: column.dtype
        for column, dtype in zip(schema.columns, frame.dtypes, strict=True)
        if column.kind is Kind.CATEGORICAL and column.dtype != dtype
    }
    return frame.astype(dtypes) if dtypes else frame


@contextmanager
def _named(number: int) -> Iterator[None]:
    """Let an error say in which partition it was found."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"Partition {number} of X: {error}") from error
