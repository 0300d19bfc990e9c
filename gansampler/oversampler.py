"""``GANOverSampler``: a generative over-sampler that replaces SMOTE in a pipeline."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import Substitution, check_target_type
from joblib import effective_n_jobs
from sklearn.base import clone
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import validate_data

from gansampler.gan.callbacks import CallbackSupportMixin, ClassTasks, with_callbacks
from gansampler.gan.protocol import ClassContext, TableGenerator
from gansampler.generation.class_generator import fit_generators
from gansampler.generation.composition import (
    SAMPLER_CONSTRAINTS,
    SAMPLER_DOCS,
    ComposedSamplerMixin,
    draw_other_classes,
    fit_augmenter,
    fit_rejection,
    keep_fitted,
    make_generator,
    refuse_params,
    rejects,
)
from gansampler.generation.constraints import check_constraints
from gansampler.generation.diagnostics import (
    named_failures,
    warn_of_copies,
)
from gansampler.generation.memorization import Copies, measure_copies
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.tabular.containers import (
    Container,
    polars_to_pandas,
    restore_container,
    to_frame,
)
from gansampler.tabular.id_columns import warn_of_ids
from gansampler.tabular.inference import infer_twins
from gansampler.tabular.kept_rows import check_kept
from gansampler.tabular.labels import append_labels, read_target
from gansampler.tabular.scalar_twins import Twins
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_table
from gansampler.utils.formatting import printable
from gansampler.utils.parallel import run_jobs
from gansampler.utils.random import ClassSeeds
from gansampler.utils.rollback import all_or_nothing
from gansampler.utils.row_counts import check_room, whole_counts

logger = logging.getLogger(__name__)


@Substitution(
    sampling_strategy=BaseOverSampler._sampling_strategy_docstring, **SAMPLER_DOCS
)
class GANOverSampler(ComposedSamplerMixin, CallbackSupportMixin, BaseOverSampler):
    """Over-sample with one conditional tabular GAN for each minority class.

    For each class that needs rows, the sampler fits a generator on the rows of that
    class. The generator proposes several candidates for each row you need. A classifier
    fitted on the real rows of all classes then decides which candidates to keep. This
    keeps synthetic rows out of regions that belong to other classes.

    The sampler accepts any table: numbers, decimals, dates, times of day, durations,
    booleans, strings and categories, alone or mixed, with missing values in any column.
    The table may be an array, a sparse matrix, a pandas frame or a polars frame. You
    get back the same kind of table with the same dtypes and types of values.

    Read more in the :ref:`User Guide <user_guide>`.

    Parameters
    ----------
    {gan}

    {sampling_strategy}

    {categorical_features}

    {rejection_estimator}

    {augmentation}

    {constraints}

    n_jobs : int or None, default=None
        Number of classes to fit in parallel, through joblib. The generated rows do not
        depend on it. ``None`` means 1 unless in a :obj:`joblib.parallel_config`
        context.

    random_state : int, RandomState instance or None, default=None
        Controls all randomness, with two exceptions: the training of a private
        generator, and the training of a generator with its own `random_state`. Pass an
        int for reproducible rows. None draws from NumPy's global random state.

    verbose : int, default=0
        Set it to 1 to show progress bars: one for each class, or one for classes that
        are trained together. Whatever you set, the logger ``"gansampler"`` reports each
        training at level INFO.

    Attributes
    ----------
    sampling_strategy_ : dict
        The number of rows to generate for each class.

    generators_ : dict
        The fitted generator of each class that received rows. Call
        ``generators_[label].sample(n, random_state=0)`` to generate more.

    history_ : dict
        The training history of each class: the losses, the fidelity statistic and the
        iteration that was kept. The lists are empty where this package did not train
        the generator.

    copies_ : dict
        For each class with a trained generator, the shares of copies and near copies of
        real rows among the generated rows, next to the shares that are usual without
        copying. See :class:`gansampler.generation.memorization.Copies`. The dict is
        empty for a private generator, because the shares would reveal something about
        the rows.

    schema_ : TableSchema
        The type inferred for each column.

    relations_ : list of Relation
        The relations between columns that hold in every row, and therefore in every
        generated row. See :mod:`gansampler.tabular.relations`. Only a
        :class:`gansampler.TabularGAN` finds them, and only while its `keep_relations`
        is True.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns. Defined only if all names are strings.

    Raises
    ------
    ValueError
        Before any training, if a parameter, a label or a column is invalid. The message
        names it and suggests a fix.

    TypeError
        Before any training, if a column contains objects that are neither numbers nor
        declared as categorical.

    Warns
    -----
    UserWarning
        - If a text column identifies its rows, as e-mail addresses do.
        - If a class has too few rows for adversarial training, or its training broke
          down. Its rows then come from a smoothed bootstrap, or from the best generator
          before the breakdown.
        - If a generator collapsed, so that its rows hardly differ.
        - If a device ran out of memory, so that training moved to the CPU.
        - If the classifier that filters candidates can hardly tell a class from the
          others.
        - If far more generated rows than real rows are copies, or near copies, of real
          rows.

    See Also
    --------
    imblearn.over_sampling.SMOTE : Interpolate between neighbouring rows.

    imblearn.over_sampling.SMOTENC : Interpolate between the rows of mixed tables.

    imblearn.over_sampling.RandomOverSampler : Repeat or blur real rows.

    Notes
    -----
    Resample the training set only, as a step of an
    :class:`imblearn.pipeline.Pipeline`. If you resample before the split, rows
    derived from test rows leak into the training set.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler, TabularGAN
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> sorted(Counter(y.tolist()).items())
    [(0, 269), (1, 31)]
    >>> sampler = GANOverSampler(TabularGAN(max_iter=50), random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 269), (1, 269)]
    >>> sampler.generators_[1].sample(2, random_state=0).shape
    (2, 20)
    """

    sampling_strategy_: dict[Any, int]

    _parameter_constraints: ClassVar[dict] = {
        **BaseOverSampler._parameter_constraints,
        **SAMPLER_CONSTRAINTS,
    }

    def __init__(
        self,
        gan: Any = None,
        *,
        sampling_strategy: float | str | Mapping | Callable = "auto",
        categorical_features: str | Sequence = "auto",
        rejection_estimator: Any = "auto",
        n_candidates: int = 6,
        augmentation: Any = None,
        augmentation_fraction: float = 0.5,
        constraints: Any = None,
        n_jobs: int | None = None,
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
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, **params: Any) -> GANOverSampler:
        """Check the table and the parameters without training anything.

        Use :meth:`fit_resample` to resample. `fit` discards the results of an earlier
        :meth:`fit_resample`.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape \
                (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            The labels.

        **params : dict
            Not supported. A keyword such as `sample_weight` raises a TypeError.

        Returns
        -------
        self : object
            The sampler itself.
        """
        refuse_params("fit", params)
        table, target = polars_to_pandas(X), read_target(polars_to_pandas(y))
        whole_counts(self.sampling_strategy)
        with all_or_nothing(self):
            self._forget_fit()
            super().fit(table, target)
            self.sampling_strategy_ = OrderedDict(whole_counts(self.sampling_strategy_))
        return self

    @with_callbacks
    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Train a generator for each class that needs rows, and append its rows.

        If anything fails or is interrupted, the sampler keeps its previous state:
        unfitted, or fitted on the previous table.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape \
                (n_samples, n_features)
            The table: an array, list, scipy sparse matrix, pandas frame or polars
            frame. It is never modified.

        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            The labels, of any type, or one-vs-rest indicators.

        **params : dict
            Not supported, as in SMOTE. A keyword such as `sample_weight` raises a
            TypeError. Pass weights to the classifier instead.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix} of shape \
                (n_samples_new, n_features)
            The unchanged rows of `X`, followed by the synthetic rows class by class.
            The kind of table and its dtypes are those of `X`.

        y_resampled : array-like of shape (n_samples_new,)
            The labels of these rows.
        """
        refuse_params("fit_resample", params)
        table, target = polars_to_pandas(X), read_target(polars_to_pandas(y))
        whole_counts(self.sampling_strategy)
        with all_or_nothing(self):
            self._container = Container.of(X)
            X_res, y_res = super().fit_resample(table, target)
            labels, new = np.split(np.reshape(y_res, -1), [len(target)])
            X_res = restore_container(X_res, X)
            check_kept(X_res, X)
            return X_res, append_labels(y, labels, new)

    def _check_X_y(self, X: Any, y: Any) -> tuple[Any, np.ndarray, bool]:
        y = check_target_type(y)
        X = check_table(X)
        check_consistent_length(X, y)
        validate_data(self, X=X, y=y, reset=True, skip_check_array=True)
        return X, y, False  # not indicators: `read_target` has read those

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        frame = to_frame(X)
        gan = make_generator(self)
        # Of whose rows nothing may be told, not even what the objects in them are.
        features = self.categorical_features
        twins = Twins() if gan.is_private else infer_twins(frame, features)
        self._container = replace(self._container, twins=twins)
        frame = twins.apply(frame)
        schema = gan.read_schema(frame, features)
        strategy = whole_counts(self.sampling_strategy_)
        self.sampling_strategy_ = OrderedDict(strategy)
        wanted = {label: n for label, n in strategy.items() if n > 0}
        check_room(wanted, frame)
        if wanted and not gan.is_private:
            warn_of_ids(frame, schema)
        seeds = ClassSeeds.draw(check_random_state(self.random_state), list(wanted))
        rows = {label: frame.iloc[np.flatnonzero(y == label)] for label in wanted}
        n_rows = {label: len(own) for label, own in rows.items()}
        gan.check_table(frame, schema, n_rows)
        self._check_constraints(gan, frame, schema, rows)

        rejection = None
        if wanted and rejects(self, gan):
            rejection = fit_rejection(self, schema, frame, y, seeds.choosing)
        fitted = self._fit_classes(gan, frame, y, schema, rows, seeds.training)
        augmenters = {
            label: fit_augmenter(self, gan, schema, own) for label, own in rows.items()
        }
        keep_fitted(self, schema, fitted, augmenters, n_rows, rejection)
        synthetic = {
            label: self.generators_[label].sample_frame(n, seeds.sampling[label])
            for label, n in wanted.items()
        }
        self.copies_ = self._measure_copies(rows, synthetic, seeds.sampling)
        warn_of_copies(self.copies_)
        return self._append_synthetic(X, y, synthetic)

    def _check_constraints(
        self,
        gan: TableGenerator,
        frame: pd.DataFrame,
        schema: TableSchema,
        rows: dict[Any, pd.DataFrame],
    ) -> None:
        """Raise an error, before any training, if the constraints are invalid."""
        constraints = check_constraints(self.constraints, self._container.twins)
        if gan.is_private:
            # Whether a real row breaks a constraint would reveal something about it.
            constraints.satisfied(gan.declared_row(frame, schema))
            return
        for label, own in rows.items():
            constraints.check_real(own, label)

    def _fit_classes(
        self,
        gan: TableGenerator,
        frame: pd.DataFrame,
        y: np.ndarray,
        schema: TableSchema,
        rows: dict[Any, pd.DataFrame],
        seeds: dict[Any, int],
    ) -> dict[Any, TableGenerator]:
        """Fit the classes in parallel, in any order, because each has its own seed."""
        in_process = effective_n_jobs(self.n_jobs) == 1
        tasks = ClassTasks(
            self,
            self._init_callback_context(max_subtasks=len(rows)),
            n_looks=gan.n_looks(),
            in_process=in_process,
            # `make_generator` removed it from the generators to be fitted.
            callback=getattr(self.gan, "callback", None),
        )
        verbose = bool(self.verbose or getattr(gan, "verbose", 0))
        labels, size = list(rows), getattr(gan, "n_together", 1)
        # The same parts for every `n_jobs`, so that it does not change the rows.
        parts = [labels[at : at + size] for at in range(0, len(labels), size)]
        jobs = (
            delayed(fit_generators)(
                [clone(gan, safe=False) for _ in part],
                [rows[label] for label in part],
                [
                    ClassContext(
                        schema,
                        seeds[label],
                        self._container,
                        label=label,
                        others=draw_other_classes(gan, frame, y, label, seeds[label]),
                        watch=tasks.begin(label),
                        progress=_name_classes(part, labels) if verbose else None,
                    )
                    for label in part
                ],
            )
            for part in parts
        )
        fitted: dict[Any, TableGenerator] = {}
        with named_failures(self.n_jobs, rows, fitted):
            results = run_jobs(jobs, self.n_jobs)
            for part, result in zip(parts, results, strict=True):
                for label, generator in zip(part, result, strict=True):
                    fitted[label] = generator
                    tasks.end(label)
                    if hasattr(generator, "history_"):
                        _log_training(label, generator.history_, len(fitted), len(rows))
        tasks.end_all()
        return fitted

    def _measure_copies(
        self,
        rows: dict[Any, pd.DataFrame],
        synthetic: dict[Any, pd.DataFrame],
        seeds: dict[Any, int],
    ) -> dict[Any, Copies]:
        """Measure the copies of real rows for each class with a trained generator.

        Bootstrapped classes are left out: their own warning already says that they
        repeat real rows. Private generators are left out because the shares would
        reveal something about the rows.
        """
        return {
            label: measure_copies(
                rows[label],
                frame,
                self.generators_[label].gan.encoder_.transform,
                np.random.default_rng(seeds[label]),
            )
            for label, frame in synthetic.items()
            if _is_open(self.generators_[label].gan)
        }

    def _append_synthetic(
        self, X: Any, y: np.ndarray, synthetic: dict[Any, pd.DataFrame]
    ) -> tuple[Any, np.ndarray]:
        """Append the synthetic rows of each class, in order, to the real ones."""
        frames = list(synthetic.values())
        y_new = [
            np.full(len(frame), label, dtype=y.dtype)
            for label, frame in synthetic.items()
        ]
        below = frames[0] if frames else pd.DataFrame()
        if len(frames) > 1:  # avoid copying a single, possibly large, frame
            below = pd.concat(frames, ignore_index=True)
        container = Container.of(X, self._container.twins)
        return container.append(X, below), np.concatenate([y, *y_new])


def _name_classes(part: list[Any], labels: list[Any]) -> str:
    """Name the classes that are trained together, with their position among all."""
    name = f"class {printable(part[0])}"
    if len(labels) == 1:
        return name
    first = labels.index(part[0]) + 1
    if len(part) == 1:
        return f"{name} ({first} of {len(labels)})"
    numbers = f"{first} to {first + len(part) - 1} of {len(labels)}"
    return f"classes {printable(part[0])} to {printable(part[-1])} ({numbers})"


def _log_training(label: Any, history: Any, number: int, n_classes: int) -> None:
    """Log the end of a training at level INFO, which Python hides by default."""
    logger.info(
        "class %s (%d of %d): %d iterations, kept iteration %d, fidelity %s",
        printable(label),
        number,
        n_classes,
        history.n_iter,
        history.best_iteration,
        f"{min(history.fidelity):.3f}" if history.fidelity else "not recorded",
    )


def _is_open(gan: TableGenerator) -> bool:
    """Tell whether a generator was trained and is not private."""
    learned = gan.encoder_.layout_.width and not isinstance(gan, SmoothedBootstrap)
    return bool(learned) and not gan.is_private
