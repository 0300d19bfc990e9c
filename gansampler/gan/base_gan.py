"""The base class of all generators: encode a table, train a network, sample rows."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from gansampler.gan.callbacks import CallbackSupportMixin, NoTask, Watch, with_callbacks
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.diagnostics import warn_of_faults
from gansampler.gan.history import CHECK_EVERY, History, LabelledRows
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.protocol import ClassContext, Encoder
from gansampler.gan.sampling import SamplingMixin
from gansampler.gan.settings import (
    MAX_TOGETHER,
    TrainingSettings,
    can_be_stacked,
    contradictions,
    read_settings,
)
from gansampler.tabular.containers import Container, polars_to_pandas, to_frame
from gansampler.tabular.encoder import TableEncoder
from gansampler.tabular.id_columns import warn_of_ids
from gansampler.tabular.inference import infer_schema, infer_twins
from gansampler.tabular.scalar_twins import Twins
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_table
from gansampler.utils.random import MAX_SEED
from gansampler.utils.rollback import all_or_nothing

MIN_TRAINING_ROWS = 3
"""Fewest rows to train a GAN on. Over 22 real tables a GAN still did better than a
bootstrap with 3 and with 5 rows (benchmarks/EXPERIMENTS.md)."""

POSITIVE_INT = [Interval(Integral, 1, None, closed="left")]
NOT_NEGATIVE = [Interval(Real, 0, None, closed="left")]

COMMON_CONSTRAINTS: dict[str, list[Any]] = {
    "instance_noise": NOT_NEGATIVE,
    "latent_dim": POSITIVE_INT,
    "generator_layers": ["array-like"],
    "critic_layers": ["array-like"],
    "generator": [callable, None],
    "max_iter": POSITIVE_INT,
    "batch_size": POSITIVE_INT,
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "n_critic": [StrOptions({"auto"}), *POSITIVE_INT],
    "ema_decay": [Interval(Real, 0, 1, closed="left")],
    "device": [str],
    "verbose": ["verbose"],
}
"""The parameters that every generator has."""

OPEN_CONSTRAINTS: dict[str, list[Any]] = {
    **COMMON_CONSTRAINTS,
    "objective": [StrOptions(set(OBJECTIVES))],
    "penalty": [StrOptions(set(PENALTIES))],
    "penalty_weight": NOT_NEGATIVE,
    "spectral_norm": ["boolean"],
    "feature_matching": NOT_NEGATIVE,
    "auxiliary_classifier": NOT_NEGATIVE,
    "critic": [callable, None],
    "early_stopping": ["boolean"],
    "n_iter_no_change": POSITIVE_INT,
    "callback": [callable, None],
    "random_state": ["random_state"],
}
"""The parameters of generators that are not private and so may be monitored."""

GAN = TypeVar("GAN", bound="BaseGAN")


class TrainingBrokeDownError(RuntimeError):
    """Training ended without any generator that came close to the real rows.

    Parameters
    ----------
    history : History
        The training history.
    """

    def __init__(self, history: History) -> None:
        super().__init__(
            f"Training broke down at iteration {history.n_iter}, before the generator "
            "came close to the real rows. Set a smaller learning_rate, or return to "
            "the default objective and penalty."
        )
        self.history = history


class BaseGAN(SamplingMixin, CallbackSupportMixin, BaseEstimator):
    """Base class of generators, which fit a table and sample rows like it."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]]

    is_private = False
    """Whether the generator protects its training rows by differential privacy."""

    @with_callbacks
    def fit(self: GAN, X: Any, y: Any = None) -> GAN:
        """Train the generator on the rows of a table.

        If anything fails or is interrupted, the generator keeps its previous state.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table: an array, list, scipy sparse matrix, pandas frame or polars
            frame. It is never modified.

        y : None
            Ignored. Present for API consistency with scikit-learn.

        Returns
        -------
        self : object
            The fitted generator.

        Raises
        ------
        ValueError, TypeError
            Before any training, if a parameter or a column is invalid. The message
            names it and suggests a fix.

        RuntimeError
            If training breaks down before the generator comes close to the real rows.
        """
        with all_or_nothing(self):
            self._fit(X)
        return self

    def _fit(self, X: Any) -> None:
        if self.training_settings().auxiliary_classifier:
            raise ValueError(
                "auxiliary_classifier needs rows of several classes, which only a "
                "GANOverSampler provides. Leave it at 0."
            )
        name = type(self).__name__
        table = check_table(
            polars_to_pandas(X), min_samples=MIN_TRAINING_ROWS, estimator_name=name
        )
        validate_data(self, X=table, reset=True, skip_check_array=True)
        frame = to_frame(table)
        # Of private rows nothing may be told, not even what the objects in them are.
        features = getattr(self, "categorical_features", "auto")
        twins = Twins() if self.is_private else infer_twins(frame, features)
        self._container = Container.of(X, twins)
        frame = twins.apply(frame)
        schema = self.read_schema(frame, features)
        self.check_table(frame, schema, {None: len(frame)})
        if not self.is_private:  # a warning would reveal something about its rows
            warn_of_ids(frame, schema)
        task = self._init_callback_context(max_subtasks=self.n_looks())
        task.call_on_fit_task_begin(estimator=self)
        context = ClassContext(
            schema,
            None,
            self._container,
            watch=Watch(None, getattr(self, "callback", None), task, self),
            progress=name if self.verbose else None,
        )
        self.fit_class(frame, context)
        task.call_on_fit_task_end(estimator=self)
        warn_of_faults(self.history_, f"the table ({len(frame)} rows)")

    def fit_class(self: GAN, rows: pd.DataFrame, context: ClassContext) -> GAN:
        """Train on the rows of one class.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            The rows of the class.

        context : ClassContext
            What the sampler knows beyond these rows.

        Returns
        -------
        self : object
            The fitted generator.

        Raises
        ------
        TrainingBrokeDownError
            If no generator came close to the real rows.
        """
        (failure,) = self.fit_classes([self], [rows], [context])
        if failure is not None:
            raise failure
        return self

    @classmethod
    def fit_classes(
        cls,
        gans: Sequence[BaseGAN],
        rows: Sequence[pd.DataFrame],
        contexts: Sequence[ClassContext],
    ) -> list[TrainingBrokeDownError | None]:
        """Train generators with the same parameters, each on the rows of one class.

        Classes are trained together where that saves time. If the device runs out of
        memory, training restarts on the CPU, and the rows are those of
        ``device="cpu"``.

        Parameters
        ----------
        gans : sequence of generators
            The generator of each class. They are fitted in place.

        rows : sequence of DataFrame of shape (n_rows, n_features)
            The rows of each class.

        contexts : sequence of ClassContext
            What the sampler knows beyond the rows of each class.

        Returns
        -------
        failures : list of TrainingBrokeDownError or None
            For each class, None, or an error if no generator came close to its rows.
        """
        settings, varied, given = gans[0].training_settings(), [], []
        for gan, own, context in zip(gans, rows, contexts, strict=True):
            encoded = gan._encode(own, context)
            if encoded.shape[1]:  # else all columns are constant
                varied.append(gan)
                given.append(gan._class_rows(encoded, context))
        progress = contexts[0].progress
        if varied:
            results = _train_on_device(cls._train, given, settings, progress)
            for gan, trained_on, result in zip(varied, given, results, strict=True):
                gan.trained_, gan.history_ = result
                gan._calibrate(trained_on)
        return [
            TrainingBrokeDownError(gan.history_)
            if gan._width() and gan.trained_ is None
            else None
            for gan in gans
        ]

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once."""
        check_is_fitted(self, "trained_")
        rows = np.empty((n, self._width()), dtype=np.float32)
        if self.trained_ is not None and n:  # torch can't draw zero rows
            rows = self.trained_.draw(n, seed)
        return self.encoder_.inverse_transform(rows, np.random.default_rng(seed))

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Infer the type of each column of a table.

        Parameters
        ----------
        frame : DataFrame of shape (n_samples, n_features)
            The whole table.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical.

        Returns
        -------
        schema : TableSchema
            One entry for each column.
        """
        return infer_schema(frame, categorical_features)

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error, before any training, if the generator can't learn the table.

        Parameters
        ----------
        frame : DataFrame of shape (n_samples, n_features)
            The whole table.

        schema : TableSchema
            The columns of the table.

        n_rows : dict of object to int
            The number of rows of each class to be fitted.
        """

    def check_parameters(self) -> None:
        """Raise a ValueError, before any training, if a parameter is invalid."""
        self.training_settings()

    def training_settings(self) -> TrainingSettings:
        """Check the parameters and return them in the form the trainer expects.

        Returns
        -------
        settings : TrainingSettings
            The parameters.

        Raises
        ------
        ValueError
            If a parameter is out of range, or parameters contradict each other.
        """
        self._validate_params()
        settings = read_settings(self)
        for contradiction in self._contradictions(settings):
            raise ValueError(contradiction)
        return settings

    def n_looks(self) -> int:
        """Return how often training is evaluated, unless it stops early."""
        return math.ceil(self.max_iter / CHECK_EVERY)

    @property
    def n_together(self) -> int:
        """The best number of classes to pass to :meth:`fit_classes` at once."""
        return MAX_TOGETHER if can_be_stacked(self.training_settings()) else 1

    @property
    def uses_other_classes(self) -> bool:
        """Whether the generator also learns from the rows of the other classes."""
        return bool(getattr(self, "auxiliary_classifier", 0))

    def save(self, path: str | os.PathLike[str], *, keep_data: bool = False) -> None:
        """Save the fitted generator to a file that contains data only, never code.

        See :meth:`gansampler.GANOverSampler.save` and the :ref:`User Guide <saving>`.

        Parameters
        ----------
        path : str or path-like
            The file to write. An existing file is replaced atomically. If anything
            fails, it is left unchanged.

        keep_data : bool, default=False
            Whether the file may contain training rows. ``condition="anchor"`` can't
            generate without them.

        Raises
        ------
        NotFittedError
            If the generator is not fitted.

        TypeError
            If a network is your own code. The message names it.

        ValueError
            If the file would have to contain training rows and `keep_data` is False.
        """
        from gansampler.persistence.sampler_file import save_generator

        save_generator(self, path, keep_data=keep_data)

    @classmethod
    def load(cls: type[GAN], path: str | os.PathLike[str]) -> GAN:
        """Load a fitted generator from a file that :meth:`save` wrote.

        Loading never executes anything in the file, so files from untrusted sources are
        safe to load.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        generator : object
            The fitted generator. It generates the same rows as the saved one.

        Raises
        ------
        ValueError
            If the file is not a gansampler file, is damaged, belongs to another class,
            or has the format of another version.

        OSError
            If the file does not exist or can't be read.
        """
        from gansampler.persistence.sampler_file import load_estimator

        return load_estimator(path, cls)

    def __sklearn_clone__(self: GAN) -> GAN:
        # Keep the user's callback itself: a copy would report to nobody, and objects
        # that hold a lock or an open file can't be copied.
        silent = copy(self)
        silent.callback = None
        cloned: GAN = BaseEstimator.__sklearn_clone__(silent)
        if hasattr(self, "callback"):
            cloned.callback = self.callback
        return cloned

    def _make_encoder(self, schema: TableSchema) -> Encoder:
        return TableEncoder(schema)

    def _contradictions(self, settings: TrainingSettings) -> Iterator[str]:
        """Yield a message with a fix for each contradiction between parameters."""
        return contradictions(settings)

    def _width(self) -> int:
        check_is_fitted(self, "encoder_")
        return self.encoder_.layout_.width

    def _training_seed(self, context: ClassContext) -> int:
        if self.random_state is None and context.seed is not None:
            return context.seed
        return check_random_state(self.random_state).randint(MAX_SEED)

    def _encode(self, rows: pd.DataFrame, context: ClassContext) -> np.ndarray:
        """Fit the encoder, and return the encoded rows, of shape (n_rows, width)."""
        known = rows if context.all_rows is None else context.all_rows
        self.schema_ = context.schema
        self.categorical_features_ = self.schema_.categorical_features
        self._container = context.container
        self.encoder_ = self._make_encoder(context.schema).fit(known)
        self.trained_, self.history_ = None, History()
        return self.encoder_.transform(rows)

    def _class_rows(self, rows: np.ndarray, context: ClassContext) -> ClassRows:
        """Bundle what the trainer needs to know about a class."""
        others, labelled = context.others, None
        if others is not None:
            encoded = self.encoder_.transform(others.rows)
            labelled = LabelledRows(encoded, others.codes, others.own)
        seed, layout = self._training_seed(context), self.encoder_.layout_
        return ClassRows(rows, layout, seed, labelled, context.watch)

    def _calibrate(self, given: ClassRows) -> None:
        """Correct the output of the trained generator. Does nothing by default."""

    @staticmethod
    def _train(
        given: Sequence[ClassRows], settings: TrainingSettings, progress: str | None
    ) -> list[Any]:
        """Train on encoded rows; return the generator and the history of each class."""
        # torch takes seconds to import, which `import gansampler` should not cost.
        from gansampler.gan.training import train

        return train(given, settings, progress)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        return tags


def _train_on_device(
    train: Callable[..., list[Any]],
    given: Sequence[ClassRows],
    settings: TrainingSettings,
    progress: str | None,
) -> list[Any]:
    """Train on the requested device, or on the CPU if it runs out of memory."""
    try:
        return train(given, settings, progress)
    except RuntimeError as error:
        # torch's out-of-memory error is one; "mps" has no error type of its own.
        if settings.device == "cpu" or "out of memory" not in str(error):
            raise
    # Outside `except`, where the traceback would keep the memory alive.
    import torch

    torch.cuda.empty_cache()
    settings.device = "cpu"
    # scikit-learn's callbacks expect a fixed number of evaluations, not a second
    # training.
    given = [
        replace(own, watch=replace(own.watch, task=NoTask()))
        if isinstance(own.watch, Watch)
        else own
        for own in given
    ]
    results = train(given, settings, progress)
    for _, history in results:
        history.out_of_memory = True
    return results
