"""A dask DataFrame with its labels, and the tasks that work on its partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from dask.delayed import Delayed, delayed

from gansampler.dask.partition_tasks import (
    SamplingPlan,
    merge_covering,
    merge_summaries,
    pack_generators,
    renumber,
    sample_partition,
    stratified_sample,
    summarise_partition,
    synthetic_labels,
    synthetic_rows,
    unpack_generators,
)
from gansampler.dask.row_sampling import RowSample
from gansampler.dask.table_summary import TableSummary
from gansampler.generation.class_generator import ClassGenerator
from gansampler.tabular.inference import infer_twins
from gansampler.tabular.scalar_twins import Twins
from gansampler.tabular.validation import check_unique_names

SPLIT_EVERY = 16
"""Number of partitions whose results are merged in one task."""


@dataclass(frozen=True)
class SampledRows:
    """The rows that leave their partitions, as tasks.

    Parameters
    ----------
    samples : dict of object to Delayed
        The sample of each class, with at least as many rows as needed.

    covering : dict of object to Delayed
        The covering rows of each class that is trained on a sample.

    stratified : tuple of two Delayed
        A sample of all classes, and its labels.
    """

    samples: dict[Any, Delayed]
    covering: dict[Any, Delayed]
    stratified: tuple[Delayed, Delayed]


class SyntheticPartition(NamedTuple):
    """A partition to be generated.

    Parameters
    ----------
    label : object
        The class of its rows.

    n : int
        The number of rows.

    seed : int
        The seed of the rows.
    """

    label: Any
    n: int
    seed: int


@dataclass(frozen=True)
class PartitionedTable:
    """A dask DataFrame and its labels, with the summary of both.

    Parameters
    ----------
    parts, labels : list of Delayed
        The partitions.

    meta : DataFrame of shape (0, n_features)
        An empty frame with the columns.

    target_meta : Series of shape (0,)
        An empty series like the labels.

    summary : TableSummary
        The summary of all partitions.

    twins : Twins
        The twins of columns that NumPy cannot represent, as far as dtypes tell.
    """

    parts: list[Delayed]
    labels: list[Delayed]
    meta: pd.DataFrame
    target_meta: pd.Series
    summary: TableSummary
    twins: Twins

    @classmethod
    def summarise(cls, X: Any, y: Any, categorical_features: Any) -> PartitionedTable:
        """Summarise a table on the workers, partition by partition.

        Parameters
        ----------
        X : dask DataFrame of shape (n_samples, n_features)
            The table.

        y : dask Series of shape (n_samples,)
            The labels, with the same number of partitions.

        categorical_features : "auto" or array-like
            Which columns are categorical.

        Returns
        -------
        table : PartitionedTable
            The table.

        Raises
        ------
        ValueError, TypeError
            If there are no rows, or partitions are invalid or contradict each other or
            dask's metadata.
        """
        # Don't fuse tasks, so that a source shared by X and y is read only once.
        parts, labels = (
            collection.optimize(fuse=False).to_delayed(optimize_graph=False)
            for collection in (X, y)
        )
        twins = infer_twins(X._meta, categorical_features)
        summarise = partial(
            summarise_partition,
            columns=X.columns,
            twins=twins,
            categorical_features=categorical_features,
        )
        summaries = [
            delayed(summarise)(number, *pair)
            for number, pair in enumerate(zip(parts, labels, strict=True))
        ]
        summary = _tree_reduce(delayed(merge_summaries), summaries).compute()
        _check_summary(twins.apply(X._meta), y, summary)
        return cls(
            parts,
            labels,
            X._meta.reset_index(drop=True),
            y._meta.reset_index(drop=True),
            summary,
            twins,
        )

    @property
    def starts(self) -> list[int]:
        """The position of each partition's first row, and the total number of rows."""
        return list(accumulate(self.summary.lengths, initial=0))

    def sample(self, plan: SamplingPlan, shares: Mapping[Any, int]) -> SampledRows:
        """Create the tasks that check the partitions and sample rows from them.

        Parameters
        ----------
        plan : SamplingPlan
            What to sample from each partition.

        shares : mapping of object to int
            The number of rows of each class in the sample of all classes.

        Returns
        -------
        sampled : SampledRows
            The rows, as tasks.
        """
        shared_plan = delayed(plan, traverse=False)
        partitions = zip(self.parts, self.labels, self.starts, strict=False)
        sampled = [
            delayed(sample_partition, nout=2)(number, *partition, shared_plan)
            for number, partition in enumerate(partitions)
        ]
        samples = {
            label: delayed(RowSample.join)([rows[label] for rows, _ in sampled])
            for label in plan.thresholds
        }
        merge = delayed(partial(merge_covering, schema=plan.schema))
        covering = {
            label: _tree_reduce(merge, [rows[label] for _, rows in sampled])
            for label in plan.covered
        }
        labels = pd.Series(list(shares), dtype=self.summary.target.dtype)
        dtype = np.asarray(labels).dtype
        shared = {label: samples[label] for label in shares}
        frame, y = delayed(stratified_sample, nout=2)(shared, shares, dtype)
        return SampledRows(samples, covering, (frame, y))

    def append(
        self,
        partitions: Sequence[SyntheticPartition],
        generators: Mapping[Any, ClassGenerator],
    ) -> tuple[Any, Any]:
        """Append synthetic partitions lazily.

        Parameters
        ----------
        partitions : sequence of SyntheticPartition
            The partitions to generate.

        generators : mapping of object to ClassGenerator
            The generator of each class.

        Returns
        -------
        X : dask DataFrame of shape (n_samples_new, n_features)
            The partitions of the table, followed by the synthetic ones.

        y : dask Series of shape (n_samples_new,)
            The labels of these rows.
        """
        # A single node of the graph, which is sent to each worker once.
        shared = delayed(unpack_generators)(pack_generators(generators))
        y = self.summary.target
        starts = list(accumulate((p.n for p in partitions), initial=self.starts[-1]))
        rows = [*map(delayed(renumber), self.parts, self.starts)]
        labels = [*map(delayed(renumber), self.labels, self.starts)]
        make_labels = delayed(partial(synthetic_labels, name=y.name, dtype=y.dtype))
        for (label, n, seed), first in zip(partitions, starts, strict=False):
            rows.append(delayed(synthetic_rows)(shared, label, n, seed, first))
            labels.append(make_labels(label, n, first))
        divisions = (*self.starts[:-1], *starts[:-1], starts[-1] - 1)
        make = partial(dd.from_delayed, divisions=divisions)
        # Otherwise dask would convert object columns to strings.
        with dask.config.set({"dataframe.convert-string": False}):
            return make(rows, meta=self.meta), make(labels, meta=self.target_meta)


def cut_into_partitions(
    wanted: Mapping[Any, int], seeds: Mapping[Any, int], size: int
) -> Iterator[SyntheticPartition]:
    """Split the rows of each class into partitions, each with its own seed.

    Parameters
    ----------
    wanted : mapping of object to int
        The number of rows to generate for each class.

    seeds : mapping of object to int
        The seed of each class.

    size : int
        Maximum number of rows of a partition.

    Yields
    ------
    partition : SyntheticPartition
        The next partition, class by class.
    """
    for label, n in wanted.items():
        sizes = [min(size, n - done) for done in range(0, n, size)]
        # The first partition has the seed of the class, as for a table in memory.
        more = np.random.SeedSequence(seeds[label]).generate_state(len(sizes))[1:]
        for k, seed in zip(sizes, [seeds[label], *more.tolist()], strict=True):
            yield SyntheticPartition(label, k, seed)


def check_collections(X: Any, y: Any) -> None:
    """Raise a TypeError or a ValueError if `X` and `y` can't be resampled together."""
    if not isinstance(X, dd.DataFrame):
        raise TypeError(
            f"X must be a dask DataFrame, got {_described(X)}. Use "
            "gansampler.GANOverSampler for a table in memory, or convert X with "
            "dask.dataframe.from_pandas or from_array."
        )
    if not isinstance(y, dd.Series):
        raise TypeError(
            f"y must be a dask Series, got {_described(y)}. Use a column of the table, "
            "such as `table['label']`, or convert y with "
            "dask.dataframe.from_pandas or from_array."
        )
    if X.npartitions != y.npartitions:
        raise ValueError(
            f"X has {X.npartitions} partitions, but y has {y.npartitions}. Take both "
            "from the same dask DataFrame, or repartition them identically."
        )
    if not len(X.columns):
        raise ValueError("X has no columns.")
    check_unique_names(X.columns)


def _described(collection: Any) -> str:
    kind = type(collection)
    return f"a {kind.__module__.split('.')[0]} {kind.__name__}"


def _check_summary(meta: pd.DataFrame, y: Any, summary: TableSummary) -> None:
    """Raise an error if there are no rows, or dtypes differ from dask's metadata."""
    if not sum(summary.lengths):
        raise ValueError("X has no rows.")
    expected = [*meta.dtypes, y._meta.dtype]
    columns = [*summary.columns, summary.target]
    for column, dtype in zip(columns, expected, strict=True):
        # dask need not know the categories of a categorical dtype.
        if str(column.dtype) != str(dtype):
            raise TypeError(
                f"Column {column.name!r} has the dtype {column.dtype}, but {dtype} in "
                "dask's metadata. Pass the right `meta` when you create it, or convert "
                "it with `astype`."
            )


def _tree_reduce(
    merge: Callable[[list[Any]], Delayed], nodes: Sequence[Delayed]
) -> Delayed:
    """Merge nodes in order, few enough at a time to fit on a worker."""
    while len(nodes) > 1:
        nodes = [
            merge(list(nodes[i : i + SPLIT_EVERY]))
            for i in range(0, len(nodes), SPLIT_EVERY)
        ]
    return nodes[0]
