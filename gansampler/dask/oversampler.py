"""Over-sampling of dask DataFrames: the table stays where it is."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature, signature
from itertools import accumulate
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import validate_data

from gansampler.dask.counting import Tally, rows_to_generate
from gansampler.dask.on_workers import (
    Order,
    count_part,
    merge_tallies,
    merge_witnesses,
    pick_part,
    renumber,
    sample_classes,
    synthetic_labels,
    synthetic_rows,
)
from gansampler.dask.picking import Picks, lot_limit
from gansampler.gan.callbacks import NoTask, Watch
from gansampler.gan.history import History
from gansampler.generation.class_generator import ClassGenerator, Encoder, RowSource
from gansampler.generation.class_probability import MAX_FIT_ROWS
from gansampler.generation.classwise import MIN_TRAINING_ROWS, make_encoder, train_class
from gansampler.generation.constraints import check_constraints
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter
from gansampler.oversampler import (
    GANOverSampler,
    warn_of_bootstraps,
    warn_of_faults,
    warn_of_lost_classes,
)
from gansampler.tabular.containers import Container
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_unique_names
from gansampler.utils.random import MAX_SEED
from gansampler.utils.rollback import all_or_nothing
from gansampler.utils.subsampling import stratified_sizes

try:
    import cloudpickle
    import dask
    import dask.dataframe as dd
    from dask.delayed import Delayed, delayed
except ImportError as error:
    raise ImportError(
        "gansampler.dask.oversampler needs dask, which is not installed here; install it with "
        '`pip install "gansampler[dask]"`.'
    ) from error

FAN_IN = 16
"""What parts of a table say is put together so many at a time, on the workers."""


class DaskGANOverSampler(GANOverSampler):
    """Over-sample a dask DataFrame with one tabular GAN for each minority class.

    It does what :class:`gansampler.GANOverSampler` does, with tables that no single
    machine could hold:

    - columns and classes are counted on the workers, partition by partition;
    - the rows of a minority class, or a sample of them, travel to the worker that
      trains its GAN;
    - the result is lazy: the partitions of the table, then synthetic ones, each of
      which is generated on a worker when it is asked for.

    Rows of the majority stay where they are, but for a sample of at most about
    10,000 rows of all classes, in their proportions. It travels to one worker, for the
    classifier that chooses among the candidates and for an `auxiliary_classifier`;
    with ``rejection_estimator=None`` and no auxiliary classifier there is none. No real
    row comes to the process that calls, except what a generator itself keeps
    (``condition="anchor"``, and classes of one or two rows).

    The same `random_state` gives the same rows, whatever the number of workers and
    threads, the order in which they finish, and the partitions of the table, as long
    as its rows stand in the same order. A table of at most 10,000 rows gets the very
    rows that :class:`gansampler.GANOverSampler` generates, as long as each class wants
    no more than `partition_size`.

    Read more in the :ref:`User Guide <cluster>`.

    Parameters
    ----------
    max_train_rows : int, default=100_000
        Rows of a class that travel to its trainer at most. Of a larger class a sample
        is drawn, and with it come the few rows that show its ranges, its categories
        and in which columns values may be missing: those are always learned from all
        rows of the class. A thousand iterations draw about as many rows.

    partition_size : int, default=100_000
        Rows of each synthetic partition. The rows depend on it.

    **params : dict
        The parameters of :class:`gansampler.GANOverSampler`. A `sampling_strategy`
        that is callable is given `y` as it is. `device` is one of the workers';
        `n_jobs` has no effect, because the classes are tasks of the cluster anyway.
        `privacy` has to be None.

    Attributes
    ----------
    sampling_strategy_ : dict
        The number of rows to generate for each class.

    generators_ : dict
        The fitted generator of each class for which rows are generated;
        ``generators_[label].sample(n, random_state=0)`` gives more, as a pandas frame.

    history_ : dict
        The record of each class's training.

    schema_ : TableSchema
        What each column was taken for.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where all of them are strings.

    Raises
    ------
    ValueError
        Before any training: if a parameter, a label, a column or a partition can't be
        used; the message names it, and the way out.

    TypeError
        Before any training: if `X` or `y` is not dask's, or partitions do not hold the
        same in a column.

    Warns
    -----
    UserWarning
        As :class:`gansampler.GANOverSampler` does.

    See Also
    --------
    gansampler.GANOverSampler : The same for a table in memory.

    Notes
    -----
    The table is read twice before training, and again when the result is computed; a
    source that is slow to read is best persisted before.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> from sklearn.datasets import make_classification
    >>> from gansampler.dask.oversampler import DaskGANOverSampler
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> X = dd.from_array(X, chunksize=100, columns=[f"x{j}" for j in range(20)])
    >>> y = dd.from_array(y, chunksize=100)
    >>> sampler = DaskGANOverSampler(max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> X_res.npartitions
    4
    >>> sorted(y_res.value_counts().compute().items())
    [(0, 269), (1, 269)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **GANOverSampler._parameter_constraints,
        "max_train_rows": [Interval(Integral, MIN_TRAINING_ROWS, None, closed="left")],
        "partition_size": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        max_train_rows: int = 100_000,
        partition_size: int = 100_000,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.max_train_rows = max_train_rows
        self.partition_size = partition_size

    def fit(self, X: Any, y: Any, **params: Any) -> DaskGANOverSampler:
        """Check the table and the parameters; nothing is trained.

        Use :meth:`fit_resample` in all cases.

        Parameters
        ----------
        X : dask DataFrame of shape (n_samples, n_features)
            The table.

        y : dask Series of shape (n_samples,)
            The labels.

        **params : dict
            Not used.

        Returns
        -------
        self : object
            The sampler itself.
        """
        self._count(X, y)
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Train a GAN for each class with rows to generate, and add its rows lazily.

        Parameters
        ----------
        X : dask DataFrame of shape (n_samples, n_features)
            The table.

        y : dask Series of shape (n_samples,)
            The labels, in as many partitions of the same lengths. The index means
            nothing, as anywhere in imbalanced-learn.

        **params : dict
            Not used.

        Returns
        -------
        X_resampled : dask DataFrame of shape (n_samples_new, n_features)
            The partitions of `X`, then synthetic ones, class by class, with the same
            columns and dtypes. The index counts from 0, as in imbalanced-learn, so
            that all divisions are known.

        y_resampled : dask Series of shape (n_samples_new,)
            Their labels, with the same divisions.
        """
        with all_or_nothing(self):
            table = self._count(X, y)
            random_state = check_random_state(self.random_state)
            wanted = {label: n for label, n in self.sampling_strategy_.items() if n > 0}
            seeds = random_state.randint(MAX_SEED, size=(len(wanted), 2))
            training_seeds = dict(zip(wanted, seeds[:, 0].tolist(), strict=True))
            trained, rejection = self._fit(table, training_seeds, random_state)
            self._keep(table.tally, trained, rejection)
            pieces = _cut(wanted, seeds[:, 1].tolist(), self.partition_size)
            return _append(table, list(pieces), self.generators_)

    def _count(self, X: Any, y: Any) -> _Table:
        """Check all that can be checked without training, and count."""
        self._validate_params()
        if self.privacy is not None:
            raise ValueError(
                "privacy='dp' is not available for dask DataFrames; use "
                "gansampler.GANOverSampler on a table in memory."
            )
        # Whether there is such a device is for the workers to say.
        clone(self).set_params(device="cpu")._training_config()
        check_constraints(self.constraints)
        _check_collections(X, y)
        validate_data(self, X=X._meta, reset=True, skip_check_array=True)
        table = _Table.count(X, y, self.categorical_features)
        strategy = self.sampling_strategy
        strategy = strategy(y) if callable(strategy) else strategy
        self.sampling_strategy_ = rows_to_generate(strategy, table.tally.counts)
        return table

    def _fit(
        self,
        table: _Table,
        seeds: Mapping[Any, int],
        random_state: np.random.RandomState,
    ) -> tuple[dict[Any, _FittedClass], Rejection | None]:
        """Train each class with a seed and fit the rejection, as tasks."""
        rejection_seed = random_state.randint(MAX_SEED)
        travelling = self._pick(table, list(seeds), random_state.randint(MAX_SEED))
        sampler = delayed(clone(self), traverse=False)
        schema = delayed(table.tally.schema, traverse=False)
        trained = {
            label: delayed(_fit_class)(
                sampler,
                schema,
                label,
                travelling.picks[label],
                travelling.witnesses.get(label),
                travelling.others if self.auxiliary_classifier else None,
                seed,
            )
            for label, seed in seeds.items()
        }
        rejection = None
        if self._rejects() and seeds:
            rejection = delayed(_fit_rejection)(
                sampler, schema, travelling.others, rejection_seed
            )
        return dask.compute(trained, rejection)

    def _pick(self, table: _Table, trained: Sequence[Any], seed: int) -> _Travelling:
        """Plan which rows travel to the trainers and to the rejection."""
        counts = table.tally.counts
        needs_others = trained and (self.auxiliary_classifier or self._rejects())
        shares = stratified_sizes(counts, MAX_FIT_ROWS) if needs_others else {}
        n_picked = shares | {
            label: max(shares.get(label, 0), self.max_train_rows) for label in trained
        }
        order = Order(
            schema=table.tally.schema,
            limits={
                label: lot_limit(n, counts[label]) for label, n in n_picked.items()
            },
            trained=trained,
            sampled=[k for k in trained if counts[k] > self.max_train_rows],
            seed=seed,
            constraints=check_constraints(self.constraints),
            image_shape=self.image_shape,
        )
        return _Travelling.plan(table, order, shares)

    def _keep(
        self,
        tally: Tally,
        trained: Mapping[Any, _FittedClass],
        rejection: Rejection | None,
    ) -> None:
        """Set what is fitted, and warn of what is not as it should be."""
        self.schema_ = tally.schema
        self.categorical_features_ = self.schema_.categorical_features
        self.history_ = {label: one.history for label, one in trained.items()}
        rows = {label: range(tally.counts[label]) for label in trained}
        self.generators_ = {
            label: ClassGenerator(
                label,
                one.source,
                one.encoder,
                Container("pandas"),
                one.history,
                augmenter=one.augmenter,
                constraints=check_constraints(self.constraints),
                rejection=rejection if len(rows[label]) >= MIN_TRAINING_ROWS else None,
                n_candidates=self.n_candidates,
            )
            for label, one in trained.items()
        }
        warn_of_bootstraps(rows, self.history_)
        warn_of_faults(rows, self.history_)
        if rejection is not None:
            warn_of_lost_classes(rows, rejection.class_probability_.average_precision_)


def _full_signature() -> Signature:
    """Return the signature of the constructor with the parameters that it passes on."""
    own = signature(DaskGANOverSampler.__init__).parameters.values()
    passed_on = list(signature(GANOverSampler.__init__).parameters.values())[1:]
    named = [p for p in own if p.kind is not Parameter.VAR_KEYWORD]
    return Signature([*named, *passed_on])


# scikit-learn reads the parameters of an estimator off it.
DaskGANOverSampler.__init__.__signature__ = _full_signature()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Table:
    """A dask DataFrame and its labels, counted.

    Parameters
    ----------
    parts, labels : list of Delayed
        The partitions.

    meta : DataFrame
        An empty frame with the columns.

    tally : Tally
        What is known of all partitions.
    """

    parts: list[Delayed]
    labels: list[Delayed]
    meta: pd.DataFrame
    target_meta: pd.Series
    tally: Tally

    @classmethod
    def count(cls, X: Any, y: Any, categorical_features: Any) -> _Table:
        """Count on the workers, partition by partition."""
        # Not fused, so that what both are taken from is read once for both.
        parts, labels = (
            collection.optimize(fuse=False).to_delayed(optimize_graph=False)
            for collection in (X, y)
        )
        tallies = [
            delayed(count_part)(number, *pair, X.columns, categorical_features)
            for number, pair in enumerate(zip(parts, labels, strict=True))
        ]
        tally = _tree(delayed(merge_tallies), tallies).compute()
        _check_counted(X, y, tally)
        return cls(parts, labels, X._meta, y._meta, tally)

    @property
    def starts(self) -> list[int]:
        """The position of each partition's first row, and that beyond the last row."""
        return list(accumulate(self.tally.lengths, initial=0))


@dataclass(frozen=True)
class _Travelling:
    """The rows that leave their partitions, as tasks.

    Parameters
    ----------
    picks : dict of object to Delayed
        The picks of each class, at least as many as are needed.

    witnesses : dict of object to Delayed
        The witnesses of each class of which not all rows are needed.

    others : Delayed
        A sample of all classes and its labels.
    """

    picks: dict[Any, Delayed]
    witnesses: dict[Any, Delayed]
    others: Delayed

    @classmethod
    def plan(
        cls, table: _Table, order: Order, shares: Mapping[Any, int]
    ) -> _Travelling:
        """Plan to pick from each partition, `shares` of each class for the sample."""
        shared_order = delayed(order, traverse=False)
        parts = zip(table.parts, table.labels, table.starts, strict=False)
        picked = [
            delayed(pick_part, nout=2)(number, *part, shared_order)
            for number, part in enumerate(parts)
        ]
        picks = {
            label: delayed(Picks.join)([rows[label] for rows, _ in picked])
            for label in order.limits
        }
        merge = delayed(partial(merge_witnesses, schema=order.schema))
        witnesses = {
            label: _tree(merge, [shown[label] for _, shown in picked])
            for label in order.sampled
        }
        dtype = np.asarray(
            pd.Series(list(shares), dtype=table.tally.target.dtype)
        ).dtype
        others = delayed(sample_classes)({k: picks[k] for k in shares}, shares, dtype)
        return cls(picks, witnesses, others)


@dataclass(frozen=True)
class _FittedClass:
    """What a worker makes of the rows of a class."""

    source: RowSource
    encoder: Encoder
    history: History
    augmenter: Augmenter | None


def _fit_class(
    sampler: DaskGANOverSampler,
    schema: TableSchema,
    label: Any,
    picks: Picks,
    witnesses: pd.DataFrame | None,
    others: tuple[pd.DataFrame, np.ndarray] | None,
    seed: int,
) -> _FittedClass:
    """Train on the rows of a class, or on a sample, and know what all of them show."""
    config = sampler._training_config()
    rows = known = picks.sample(sampler.max_train_rows)
    if witnesses is not None:
        known = pd.concat([rows, witnesses.drop(rows.index, errors="ignore")])
        known = known.sort_index()
    encoder = make_encoder(schema, config, None).fit(known)
    labelled = None
    if others is not None:
        (labelled,) = sampler._label_rows(*others, {label: encoder}, [seed])
    source, history = train_class(
        label,
        encoder.transform(rows),
        encoder.layout_,
        config,
        seed,
        bool(sampler.verbose),
        labelled,
        Watch(label, sampler.callback, NoTask()),
    )
    return _FittedClass(source, encoder, history, sampler._fit_augmenter(schema, known))


def _fit_rejection(
    sampler: DaskGANOverSampler,
    schema: TableSchema,
    others: tuple[pd.DataFrame, np.ndarray],
    seed: int,
) -> Rejection:
    """Fit what chooses among candidates."""
    return Rejection(sampler.rejection_estimator, schema).fit(*others, seed)


@dataclass(frozen=True)
class _Piece:
    """A synthetic partition that is to be generated."""

    label: Any
    n: int
    seed: int


def _cut(
    wanted: Mapping[Any, int], seeds: Sequence[int], size: int
) -> Iterator[_Piece]:
    """Cut the rows of each class into partitions, each of which has its own seed."""
    for (label, n), seed in zip(wanted.items(), seeds, strict=True):
        sizes = [min(size, n - done) for done in range(0, n, size)]
        # The first has the class's own, with which a table in memory is generated.
        more = np.random.SeedSequence(seed).generate_state(len(sizes))[1:]
        for k, own in zip(sizes, [seed, *more.tolist()], strict=True):
            yield _Piece(label, k, own)


def _append(
    table: _Table,
    pieces: Sequence[_Piece],
    generators: Mapping[Any, ClassGenerator],
) -> tuple[Any, Any]:
    """Put the synthetic partitions behind those of the table, all of them lazy."""
    # One node of the graph, which goes to each worker once; it is packed because dask
    # warns of graphs beyond ten megabytes, which a forest soon fills.
    shared = delayed(_unpack)(zlib.compress(cloudpickle.dumps(generators)))
    target = table.tally.target
    name, dtype = target.name, target.dtype
    starts = list(accumulate((p.n for p in pieces), initial=table.starts[-1]))
    rows = [*map(delayed(renumber), table.parts, table.starts)]
    labels = [*map(delayed(renumber), table.labels, table.starts)]
    for piece, first in zip(pieces, starts, strict=False):
        rows.append(
            delayed(synthetic_rows)(shared, piece.label, piece.n, piece.seed, first)
        )
        labels.append(
            delayed(synthetic_labels)(piece.label, piece.n, first, name, dtype)
        )
    divisions = (*table.starts[:-1], *starts[:-1], starts[-1] - 1)
    # Else dask would turn columns of objects into strings.
    with dask.config.set({"dataframe.convert-string": False}):
        return tuple(
            dd.from_delayed(
                delayeds, meta=meta.reset_index(drop=True), divisions=divisions
            )
            for delayeds, meta in ((rows, table.meta), (labels, table.target_meta))
        )


def _unpack(packed: bytes) -> dict[Any, ClassGenerator]:
    """Return the generators again, on a worker."""
    return cloudpickle.loads(zlib.decompress(packed))


def _tree(merge: Callable[[list[Any]], Delayed], nodes: Sequence[Delayed]) -> Delayed:
    """Put nodes together in their order, so many at a time that all fit a worker."""
    while len(nodes) > 1:
        nodes = [
            merge(list(nodes[i : i + FAN_IN])) for i in range(0, len(nodes), FAN_IN)
        ]
    return nodes[0]


def _check_collections(X: Any, y: Any) -> None:
    """Raise a TypeError or a ValueError if `X` and `y` can't be resampled together."""
    if not isinstance(X, dd.DataFrame):
        raise TypeError(
            f"X must be a dask DataFrame, got {_described(X)}; use "
            "gansampler.GANOverSampler for a table in memory, or make one by "
            "dask.dataframe.from_pandas or from_array."
        )
    if not isinstance(y, dd.Series):
        raise TypeError(
            f"y must be a dask Series, got {_described(y)}; take a column of the "
            "table, such as `table['label']`, or make one by "
            "dask.dataframe.from_pandas or from_array."
        )
    if X.npartitions != y.npartitions:
        raise ValueError(
            f"X has {X.npartitions} partitions and y has {y.npartitions}; take both "
            "from the same dask DataFrame, or repartition them alike."
        )
    if not len(X.columns):
        raise ValueError("X has no columns.")
    check_unique_names(X.columns)


def _described(collection: Any) -> str:
    kind = type(collection)
    return f"a {kind.__module__.split('.')[0]} {kind.__name__}"


def _check_counted(X: Any, y: Any, tally: Tally) -> None:
    """Raise an error if there are no rows, or not of the dtypes that dask expects."""
    if not sum(tally.lengths):
        raise ValueError("X has no rows.")
    expected = [*X._meta.dtypes, y._meta.dtype]
    for column, dtype in zip([*tally.columns, tally.target], expected, strict=True):
        # Of a category dask need not know which there are.
        if str(column.dtype) != str(dtype):
            raise TypeError(
                f"Column {column.name!r} has the dtype {column.dtype}, but {dtype} in "
                "dask's metadata; pass the right `meta` where it is made, or convert "
                "it by `astype`."
            )
