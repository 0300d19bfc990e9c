"""``DaskGANOverSampler``: over-sample tables that no single machine could hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any, ClassVar

import dask
from dask.delayed import delayed
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import Substitution
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import validate_data

from gansampler.dask.partition_tasks import SamplingPlan, fit_class
from gansampler.dask.partitioned_table import (
    PartitionedTable,
    SampledRows,
    check_collections,
    cut_into_partitions,
)
from gansampler.dask.row_sampling import key_threshold
from gansampler.dask.sampling_strategy import rows_to_generate
from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.protocol import TableGenerator
from gansampler.generation.class_probability import MAX_FIT_ROWS
from gansampler.generation.composition import (
    SAMPLER_CONSTRAINTS,
    SAMPLER_DOCS,
    ComposedSamplerMixin,
    draw_other_classes,
    fit_rejection,
    keep_fitted,
    make_generator,
    refuse_params,
    rejects,
)
from gansampler.generation.constraints import check_constraints
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter
from gansampler.tabular.containers import Container
from gansampler.utils.random import MAX_SEED, ClassSeeds
from gansampler.utils.rollback import all_or_nothing
from gansampler.utils.subsampling import stratified_sizes


@Substitution(
    sampling_strategy=BaseOverSampler._sampling_strategy_docstring, **SAMPLER_DOCS
)
class DaskGANOverSampler(ComposedSamplerMixin, BaseOverSampler):
    """Over-sample a dask DataFrame with one tabular GAN for each minority class.

    It does the same as :class:`gansampler.GANOverSampler`, for tables that no single
    machine could hold:

    - The workers count columns and classes partition by partition.
    - The rows of a minority class, or a sample of them, travel to the worker that
      trains its generator.
    - The result is lazy: the partitions of the table, followed by synthetic partitions.
      A worker generates each synthetic partition when you compute it.

    Rows of the majority class stay where they are, except for a sample of at most about
    10,000 rows of all classes, in their proportions. The sample travels to the workers
    that fit the classifier for rejection sampling, and to generators that learn from
    other classes (`auxiliary_classifier`). With ``rejection_estimator=None`` and no
    such generator, no sample is drawn. The calling process receives no real rows,
    except those that a generator itself keeps (``condition="anchor"``, classes of one
    or two rows, some generators of your own).

    The same `random_state` gives the same rows, as long as the rows of the table keep
    their order. The number of workers and threads, the order in which they finish, and
    the partitioning do not matter. For a table of at most 10,000 rows, you get exactly
    the rows that :class:`gansampler.GANOverSampler` generates, as long as no class
    needs more than `partition_size` rows.

    Read more in the :ref:`User Guide <cluster>`.

    Parameters
    ----------
    {gan}

        It must not be private. Its `device` refers to the workers.

    {sampling_strategy}

        A callable receives `y` itself, a dask Series.

    {categorical_features}

    {rejection_estimator}

    {augmentation}

    {constraints}

    max_train_rows : int, default=100_000
        Maximum number of rows of a class that travel to its trainer. A larger class is
        sampled. Ranges, categories and which columns may have missing values are always
        learned from all rows of the class, so the few rows that show them are added to
        the sample. A thousand iterations draw about as many rows as the default.

    partition_size : int, default=100_000
        Number of rows in each synthetic partition. The generated rows depend on it.

    random_state : int, RandomState instance or None, default=None
        Controls all randomness, except the training of a generator with its own
        `random_state`. None draws from NumPy's global random state.

    verbose : int, default=0
        Set it to 1 to show a progress bar for each class, on its worker.

    Attributes
    ----------
    sampling_strategy_ : dict
        The number of rows to generate for each class.

    generators_ : dict
        The fitted generator of each class that receives rows. Call
        ``generators_[label].sample(n, random_state=0)`` to generate more, as a pandas
        frame.

    history_ : dict
        The training history of each class.

    schema_ : TableSchema
        The type inferred for each column.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns. Defined only if all names are strings.

    Raises
    ------
    ValueError
        Before any training, if a parameter, a label, a column or a partition is
        invalid. The message names it and suggests a fix.

    TypeError
        Before any training, if `X` or `y` is not a dask collection, or partitions have
        different types of values in a column.

    Warns
    -----
    UserWarning
        In the same cases as :class:`gansampler.GANOverSampler`, except for copies,
        which are not measured.

    See Also
    --------
    gansampler.GANOverSampler : Over-sample a table in memory.

    Notes
    -----
    The table is read twice before training, and again when you compute the result. If
    the source is slow, call ``persist()`` first.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import TabularGAN
    >>> from gansampler.dask import DaskGANOverSampler
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> X = dd.from_array(X, chunksize=100, columns=[f"x{{j}}" for j in range(20)])
    >>> y = dd.from_array(y, chunksize=100)
    >>> sampler = DaskGANOverSampler(TabularGAN(max_iter=50), random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> X_res.npartitions
    4
    >>> sorted(y_res.value_counts().compute().items())
    [(0, 269), (1, 269)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseOverSampler._parameter_constraints,
        **{name: c for name, c in SAMPLER_CONSTRAINTS.items() if name != "n_jobs"},
        "max_train_rows": [Interval(Integral, MIN_TRAINING_ROWS, None, closed="left")],
        "partition_size": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        gan: Any = None,
        *,
        sampling_strategy: float
        | str
        | Mapping[Any, int]
        | Callable[..., Any] = "auto",
        categorical_features: str | Sequence[Any] = "auto",
        rejection_estimator: Any = "auto",
        n_candidates: int = 6,
        augmentation: Any = None,
        augmentation_fraction: float = 0.5,
        constraints: Any = None,
        max_train_rows: int = 100_000,
        partition_size: int = 100_000,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.gan = gan
        self.categorical_features = categorical_features
        self.rejection_estimator = rejection_estimator
        self.n_candidates = n_candidates
        self.augmentation = augmentation
        self.augmentation_fraction = augmentation_fraction
        self.constraints = constraints
        self.max_train_rows = max_train_rows
        self.partition_size = partition_size
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, **params: Any) -> DaskGANOverSampler:
        """Check the table and the parameters without training anything.

        Use :meth:`fit_resample` to resample.

        Parameters
        ----------
        X : dask DataFrame of shape (n_samples, n_features)
            The table.

        y : dask Series of shape (n_samples,)
            The labels.

        **params : dict
            Not supported. Any other keyword argument raises a TypeError.

        Returns
        -------
        self : object
            The sampler itself.
        """
        refuse_params("fit", params)
        with all_or_nothing(self):
            self._forget_fit()
            self._check(X, y)
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Train a generator for each class that needs rows, and append rows lazily.

        If anything fails or is interrupted, the sampler keeps its previous state.

        Parameters
        ----------
        X : dask DataFrame of shape (n_samples, n_features)
            The table.

        y : dask Series of shape (n_samples,)
            The labels, with the same number of partitions and the same index as `X`.
            dask aligns rows by index, so a different index raises an error.

        **params : dict
            Not supported. Any other keyword argument raises a TypeError.

        Returns
        -------
        X_resampled : dask DataFrame of shape (n_samples_new, n_features)
            The partitions of `X`, followed by synthetic ones class by class, with the
            same columns and dtypes. The index counts from 0, as in imbalanced-learn, so
            all divisions are known.

        y_resampled : dask Series of shape (n_samples_new,)
            The labels of these rows, with the same divisions.
        """
        refuse_params("fit_resample", params)
        with all_or_nothing(self):
            return self._fit_resample(X, y)

    def _fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        gan, table = self._check(X, y)
        wanted = {label: n for label, n in self.sampling_strategy_.items() if n > 0}
        random_state = check_random_state(self.random_state)
        seeds = ClassSeeds.draw(random_state, list(wanted))
        sampled = self._sample(gan, table, list(wanted), random_state.randint(MAX_SEED))
        self._container = Container("pandas", twins=table.twins)
        fitted, rejection = self._fit_on_workers(gan, table, sampled, seeds)
        generators = {label: gan for label, (gan, _) in fitted.items()}
        augmenters = {label: augmenter for label, (_, augmenter) in fitted.items()}
        counts = {label: table.summary.counts[label] for label in fitted}
        schema = table.summary.schema
        keep_fitted(self, schema, generators, augmenters, counts, rejection)
        partitions = cut_into_partitions(wanted, seeds.sampling, self.partition_size)
        return table.append(list(partitions), self.generators_)

    def _check(self, X: Any, y: Any) -> tuple[TableGenerator, PartitionedTable]:
        """Check everything possible before training, and summarise the table."""
        self._validate_params()
        if getattr(self.gan, "is_private", False):
            raise ValueError(
                f"Private generators such as {type(self.gan).__name__} do not support "
                "dask DataFrames. Use gansampler.GANOverSampler on a table in memory."
            )
        sampler = clone(self)
        if hasattr(self.gan, "device"):  # only the workers know which devices exist
            sampler.set_params(gan__device="cpu")
        gan = make_generator(sampler)
        check_constraints(self.constraints)
        check_collections(X, y)
        validate_data(self, X=X._meta, reset=True, skip_check_array=True)
        table = PartitionedTable.summarise(X, y, self.categorical_features)
        strategy = self.sampling_strategy
        strategy = strategy(y) if callable(strategy) else strategy
        self.sampling_strategy_ = rows_to_generate(strategy, table.summary.counts)
        return gan, table

    def _sample(
        self, gan: TableGenerator, table: PartitionedTable, labels: list[Any], seed: int
    ) -> SampledRows:
        """Plan which rows leave their partitions to fit these classes."""
        counts = table.summary.counts
        needs_others = labels and (gan.uses_other_classes or rejects(self, gan))
        shares = stratified_sizes(counts, MAX_FIT_ROWS) if needs_others else {}
        n_sampled = shares | {
            label: max(shares.get(label, 0), self.max_train_rows) for label in labels
        }
        plan = SamplingPlan(
            schema=table.summary.schema,
            gan=gan,
            twins=table.twins,
            constraints=check_constraints(self.constraints, table.twins),
            n_rows={label: counts[label] for label in labels},
            thresholds={k: key_threshold(n, counts[k]) for k, n in n_sampled.items()},
            covered=[k for k in labels if counts[k] > self.max_train_rows],
            seed=seed,
        )
        return table.sample(plan, shares)

    def _fit_on_workers(
        self,
        gan: TableGenerator,
        table: PartitionedTable,
        sampled: SampledRows,
        seeds: ClassSeeds,
    ) -> tuple[dict[Any, tuple[TableGenerator, Augmenter | None]], Rejection | None]:
        """Fit each class and the rejection as dask tasks."""
        sampler = delayed(clone(self), traverse=False)
        schema = delayed(table.summary.schema, traverse=False)
        container = delayed(self._container, traverse=False)
        draw = delayed(draw_other_classes)
        fitted = {}
        for label, seed in seeds.training.items():
            others = None
            if gan.uses_other_classes:
                others = draw(gan, *sampled.stratified, label, seed)
            sample, covering = sampled.samples[label], sampled.covering.get(label)
            fitted[label] = delayed(fit_class)(
                sampler, schema, container, label, sample, covering, others, seed
            )
        rejection = None
        if fitted and rejects(self, gan):
            rejection = delayed(fit_rejection)(
                sampler, schema, *sampled.stratified, seeds.choosing
            )
        return dask.compute(fitted, rejection)
