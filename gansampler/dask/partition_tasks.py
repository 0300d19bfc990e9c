"""The tasks of the workers, on one partition or on rows sampled from all partitions."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d

from gansampler.dask.row_sampling import RowSample, covering_rows, sample_rows
from gansampler.dask.table_summary import TableSummary
from gansampler.gan.callbacks import NoTask, Watch
from gansampler.gan.protocol import ClassContext, OtherClasses, TableGenerator
from gansampler.generation.class_generator import ClassGenerator, fit_generator
from gansampler.generation.composition import fit_augmenter, make_generator
from gansampler.generation.constraints import Constraints
from gansampler.generation.row_augmenter import Augmenter
from gansampler.tabular.containers import Container
from gansampler.tabular.scalar_twins import Twins
from gansampler.tabular.schema import Kind, TableSchema
from gansampler.utils.formatting import printable


@dataclass(frozen=True)
class SamplingPlan:
    """What to check in every partition, and what to sample from it.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    gan : TableGenerator
        The generator, which checks the table.

    twins : Twins
        What stands for columns that can't be counted.

    constraints : Constraints
        The constraints on the real rows of the classes to be fitted.

    n_rows : dict of object to int
        The number of rows of each class to be fitted, in the whole table.

    thresholds : mapping of object to float
        The threshold of the random keys for each class to sample from.

    covered : sequence of object
        The classes that are trained on a sample, and therefore need covering rows.

    seed : int
        Determines the random keys.
    """

    schema: TableSchema
    gan: TableGenerator
    twins: Twins
    constraints: Constraints
    n_rows: dict[Any, int]
    thresholds: Mapping[Any, float]
    covered: Sequence[Any]
    seed: int


def summarise_partition(
    number: int,
    frame: pd.DataFrame,
    y: pd.Series,
    columns: pd.Index,
    twins: Twins,
    categorical_features: str | Sequence[Any],
) -> TableSummary:
    """Summarise partition `number`, which errors name."""
    with _naming_partition(number):
        if not frame.columns.equals(columns):
            raise ValueError(
                f"It has the columns {frame.columns.tolist()}, but the metadata of X "
                f"have {columns.tolist()}. Pass the right `meta` when you create X."
            )
        return TableSummary.of(twins.apply(frame), y, categorical_features)


def merge_summaries(summaries: Sequence[TableSummary]) -> TableSummary:
    """Merge the summaries of successive partitions."""
    return reduce(TableSummary.merge, summaries)


def sample_partition(
    number: int, frame: pd.DataFrame, y: pd.Series, first: int, plan: SamplingPlan
) -> tuple[dict[Any, RowSample], dict[Any, pd.DataFrame]]:
    """Check and sample partition `number`, which starts at row `first` of the table.

    Returns
    -------
    samples : dict of object to RowSample
        A sample of each class in the plan.

    covering : dict of object to DataFrame
        The covering rows of each class that needs them.
    """
    frame = _with_all_categories(plan.twins.apply(frame), plan.schema)
    labels = column_or_1d(y)
    with _naming_partition(number):
        plan.gan.check_table(frame, plan.schema, plan.n_rows)
        for label in plan.n_rows:
            plan.constraints.check_real(frame[labels == label], label)
    samples = sample_rows(frame, labels, first, plan.thresholds, plan.seed)
    frame = frame.set_axis(first + np.arange(len(frame)))
    covering = {k: covering_rows(frame[labels == k], plan.schema) for k in plan.covered}
    return samples, covering


def merge_covering(
    covering: Sequence[pd.DataFrame], schema: TableSchema
) -> pd.DataFrame:
    """Return the covering rows of successive partitions."""
    return covering_rows(pd.concat(covering), schema)


def stratified_sample(
    samples: Mapping[Any, RowSample], sizes: Mapping[Any, int], dtype: np.dtype
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a given number of rows per class in the table's order, with labels.

    Parameters
    ----------
    samples : mapping of object to RowSample
        The rows sampled from each class.

    sizes : mapping of object to int
        Maximum number of rows of each class.

    dtype : numpy.dtype
        The dtype of the labels.

    Returns
    -------
    frame : DataFrame of shape (n_rows, n_features)
        The rows.

    y : ndarray of shape (n_rows,)
        The labels of the rows.
    """
    rows = {label: samples[label].smallest(n) for label, n in sizes.items()}
    frame = pd.concat(rows.values())
    y = np.concatenate([np.full(len(own), k, dtype) for k, own in rows.items()])
    order = np.argsort(frame.index)
    return frame.iloc[order], y[order]


def fit_class(
    sampler: Any,
    schema: TableSchema,
    container: Container,
    label: Any,
    sample: RowSample,
    covering: pd.DataFrame | None,
    others: OtherClasses | None,
    seed: int,
) -> tuple[TableGenerator, Augmenter | None]:
    """Fit the generator of a class on its rows, or on a sample of them.

    Parameters
    ----------
    sampler : DaskGANOverSampler
        The unfitted sampler.

    schema : TableSchema
        The columns of the whole table.

    container : Container
        What the table is kept in.

    label : object
        The class.

    sample : RowSample
        Rows of the class, at least as many as the sampler trains on.

    covering : DataFrame or None
        The covering rows of the class, None if it is trained on all rows.

    others : OtherClasses or None
        Rows of all classes, for a generator that learns from them.

    seed : int
        Controls the randomness of training.

    Returns
    -------
    gan : TableGenerator
        The fitted generator.

    augmenter : Augmenter or None
        The fitted augmenter, if any.
    """
    gan = make_generator(sampler)  # on the worker, which has its device
    rows = known = sample.smallest(sampler.max_train_rows)
    if covering is not None:
        known = pd.concat([rows, covering.drop(rows.index, errors="ignore")])
        known = known.sort_index()
    augmenter = fit_augmenter(sampler, gan, schema, known)
    is_verbose = sampler.verbose or getattr(gan, "verbose", 0)
    context = ClassContext(
        schema,
        seed,
        container,
        label=label,
        all_rows=known,
        others=others,
        watch=Watch(label, getattr(sampler.gan, "callback", None), NoTask()),
        progress=f"class {printable(label)}" if is_verbose else None,
    )
    return fit_generator(gan, rows, context), augmenter


def renumber(part: Any, first: int) -> Any:
    """Return a partition whose index counts from `first`."""
    return part.set_axis(pd.RangeIndex(first, first + len(part)))


def pack_generators(generators: Mapping[Any, ClassGenerator]) -> bytes:
    """Compress the generators, because dask warns of graphs over ten megabytes."""
    return zlib.compress(cloudpickle.dumps(generators))


def unpack_generators(packed: bytes) -> dict[Any, ClassGenerator]:
    """Unpack the generators on a worker."""
    return cloudpickle.loads(zlib.decompress(packed))


def synthetic_rows(
    generators: Mapping[Any, ClassGenerator], label: Any, n: int, seed: int, first: int
) -> pd.DataFrame:
    """Generate `n` rows of a class, whose index counts from `first`."""
    return renumber(generators[label].sample_pandas(n, seed), first)


def synthetic_labels(label: Any, n: int, first: int, name: Any, dtype: Any) -> Any:
    """Return `n` copies of a label, with an index that counts from `first`."""
    return renumber(pd.Series([label] * n, name=name, dtype=dtype), first)


def _with_all_categories(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Cast the columns of one partition to the categories of all."""
    dtypes = {
        column.name: column.dtype
        for column, dtype in zip(schema.columns, frame.dtypes, strict=True)
        if column.kind is Kind.CATEGORICAL and column.dtype != dtype
    }
    return frame.astype(dtypes) if dtypes else frame


@contextmanager
def _naming_partition(number: int) -> Iterator[None]:
    """Make errors name the partition."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"Partition {number} of X: {error}") from error
