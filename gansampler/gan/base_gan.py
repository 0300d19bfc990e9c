"""What all generators have in common: from a table to a trained network to rows."""

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
"""Rows without which no GAN is trained. With 3 and with 5 rows a GAN still did better
than a bootstrap over 22 real tables (benchmarks/EXPERIMENTS.md)."""

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
"""Those of a generator whose training may be looked at."""

GAN = TypeVar("GAN", bound="BaseGAN")


class TrainingBrokeDownError(RuntimeError):
    """No generator of a training came near the real rows.

    Parameters
    ----------
    history : History
        The record of the training.
    """

    def __init__(self, history: History) -> None:
        super().__init__(
            f"Training broke down at iteration {history.n_iter}, before any generator "
            "came near the real rows. Set a smaller learning_rate, or go back to the "
            "default objective and penalty."
        )
        self.history = history


class BaseGAN(SamplingMixin, CallbackSupportMixin, BaseEstimator):
    """Fit a table and sample rows like it; the kinds of generators derive from it."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]]

    is_private = False
    """Whether the generator hides the rows that it is trained on."""

    @with_callbacks
    def fit(self: GAN, X: Any, y: Any = None) -> GAN:
        """Train the generator on the rows of a table.

        If anything fails or is interrupted, the generator stays as it was before.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table: an array, list, scipy sparse matrix, pandas or polars frame. It
            is never changed.

        y : None
            Not used; there for scikit-learn's sake.

        Returns
        -------
        self : object
            The fitted generator.

        Raises
        ------
        ValueError, TypeError
            Before any training: if a parameter or a column can't be used; the message
            names it, and the way out.

        RuntimeError
            If training breaks down before it came near the real rows.
        """
        with all_or_nothing(self):
            self._fit(X)
        return self

    def _fit(self, X: Any) -> None:
        if self.training_settings().auxiliary_classifier:
            raise ValueError(
                "auxiliary_classifier needs rows of several classes, which only a "
                "GANOverSampler has; leave it at 0."
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
        if not self.is_private:  # of whose rows nothing may be told
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
        """Train on the rows of one class, with what a sampler knows beside them.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            The rows of the class.

        context : ClassContext
            What else is known.

        Returns
        -------
        self : object
            The fitted generator.

        Raises
        ------
        TrainingBrokeDownError
            If no generator came near the real rows.
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
        """Train generators of the same parameters, each on the rows of a class.

        Classes are trained together where that saves time. If the memory of the device
        does not suffice, the training starts anew on the CPU, so that rows are those of
        ``device="cpu"``.

        Parameters
        ----------
        gans : sequence of generators
            The generator of each class, which are fitted.

        rows : sequence of DataFrame of shape (n_rows, n_features)
            The rows of each class.

        contexts : sequence of ClassContext
            What else is known of each.

        Returns
        -------
        failures : list of TrainingBrokeDownError or None
            For each class an error if no generator came near its rows.
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
        """Return `n` new rows as a frame, in one go."""
        check_is_fitted(self, "trained_")
        rows = np.empty((n, self._width()), dtype=np.float32)
        if self.trained_ is not None and n:  # torch has no draw of nothing
            rows = self.trained_.draw(n, seed)
        return self.encoder_.inverse_transform(rows, np.random.default_rng(seed))

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Read off a table what each of its columns is.

        Parameters
        ----------
        frame : DataFrame of shape (n_samples, n_features)
            The whole table.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical.

        Returns
        -------
        schema : TableSchema
            One column schema for each column.
        """
        return infer_schema(frame, categorical_features)

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error, before any training, if the table does not suit.

        Parameters
        ----------
        frame : DataFrame of shape (n_samples, n_features)
            The whole table.

        schema : TableSchema
            Its columns.

        n_rows : dict of object to int
            The rows of each class that is to be fitted.
        """

    def check_parameters(self) -> None:
        """Raise a ValueError, before any training, if a parameter can't be used."""
        self.training_settings()

    def training_settings(self) -> TrainingSettings:
        """Check the parameters, and return them as the trainer reads them.

        Returns
        -------
        settings : TrainingSettings
            The parameters.

        Raises
        ------
        ValueError
            If a parameter is out of range, or some make no sense together.
        """
        self._validate_params()
        settings = read_settings(self)
        for contradiction in self._contradictions(settings):
            raise ValueError(contradiction)
        return settings

    def n_looks(self) -> int:
        """Return how many looks there are at a training that does not end early."""
        return math.ceil(self.max_iter / CHECK_EVERY)

    @property
    def n_together(self) -> int:
        """How many classes :meth:`fit_classes` is best given at once."""
        return MAX_TOGETHER if can_be_stacked(self.training_settings()) else 1

    @property
    def uses_other_classes(self) -> bool:
        """Whether the generator learns from the rows of the other classes, too."""
        return bool(getattr(self, "auxiliary_classifier", 0))

    def save(self, path: str | os.PathLike[str], *, keep_data: bool = False) -> None:
        """Write the fitted generator to a file, from which nothing is ever executed.

        See :meth:`gansampler.GANOverSampler.save` and the :ref:`User Guide <saving>`.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there already is replaced as a whole or, if anything
            fails, left as it was.

        keep_data : bool, default=False
            Whether the file may hold training rows, without which
            ``condition="anchor"`` can't generate.

        Raises
        ------
        NotFittedError
            If nothing was fitted yet.

        TypeError
            If a network is code of your own; the message names it.

        ValueError
            If training rows would have to be in the file.
        """
        from gansampler.persistence.sampler_file import save_generator

        save_generator(self, path, keep_data=keep_data)

    @classmethod
    def load(cls: type[GAN], path: str | os.PathLike[str]) -> GAN:
        """Read a fitted generator from a file that :meth:`save` wrote.

        Nothing in the file is executed, also where it comes from someone else.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        generator : object
            The fitted generator, whose rows are those of the saved one.

        Raises
        ------
        ValueError
            If the file is none of ours, damaged, of another class, or in the format of
            another version.

        OSError
            If there is no such file, or it can't be read.
        """
        from gansampler.persistence.sampler_file import load_estimator

        return load_estimator(path, cls)

    def __sklearn_clone__(self: GAN) -> GAN:
        # With the user's callback itself: a copy would tell nobody, and what holds a
        # lock or an open file can't be copied.
        silent = copy(self)
        silent.callback = None
        cloned: GAN = BaseEstimator.__sklearn_clone__(silent)
        if hasattr(self, "callback"):
            cloned.callback = self.callback
        return cloned

    def _make_encoder(self, schema: TableSchema) -> Encoder:
        return TableEncoder(schema)

    def _contradictions(self, settings: TrainingSettings) -> Iterator[str]:
        """Find parameters that make no sense together, and the way out of each."""
        return contradictions(settings)

    def _width(self) -> int:
        check_is_fitted(self, "encoder_")
        return self.encoder_.layout_.width

    def _training_seed(self, context: ClassContext) -> int:
        if self.random_state is None and context.seed is not None:
            return context.seed
        return check_random_state(self.random_state).randint(MAX_SEED)

    def _encode(self, rows: pd.DataFrame, context: ClassContext) -> np.ndarray:
        """Learn how the rows of a class are encoded; return them, (n_rows, width)."""
        known = rows if context.all_rows is None else context.all_rows
        self.schema_ = context.schema
        self.categorical_features_ = self.schema_.categorical_features
        self._container = context.container
        self.encoder_ = self._make_encoder(context.schema).fit(known)
        self.trained_, self.history_ = None, History()
        return self.encoder_.transform(rows)

    def _class_rows(self, rows: np.ndarray, context: ClassContext) -> ClassRows:
        """Return what the trainer is given of a class with these encoded rows."""
        others, labelled = context.others, None
        if others is not None:
            encoded = self.encoder_.transform(others.rows)
            labelled = LabelledRows(encoded, others.codes, others.own)
        seed, layout = self._training_seed(context), self.encoder_.layout_
        return ClassRows(rows, layout, seed, labelled, context.watch)

    def _calibrate(self, given: ClassRows) -> None:
        """Put right what the trained generator of these rows gives; here nothing."""

    @staticmethod
    def _train(
        given: Sequence[ClassRows], settings: TrainingSettings, progress: str | None
    ) -> list[Any]:
        """Train on encoded rows; return the generator and the history of each class."""
        # Imported here, because torch takes seconds, which nobody should pay who only
        # imports the package.
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
    """Train on the device that is asked for, or on the CPU if it is too small."""
    try:
        return train(given, settings, progress)
    except RuntimeError as error:
        # torch's own error is one, and "mps" has none of its own.
        if settings.device == "cpu" or "out of memory" not in str(error):
            raise
    # Not within `except`, where the error's traceback still holds what was allocated.
    import torch

    torch.cuda.empty_cache()
    settings.device = "cpu"
    # scikit-learn's callbacks know how many looks there are, not of two trainings.
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
