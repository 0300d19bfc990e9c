"""The parts of a sampler: generator, rejection, constraints and augmentation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.history import History, add_up
from gansampler.gan.protocol import OtherClasses, TableGenerator
from gansampler.gan.tabular_gan import TabularGAN
from gansampler.generation.class_generator import ClassGenerator, as_class_generator
from gansampler.generation.constraints import check_constraints
from gansampler.generation.diagnostics import warn_of_lost_classes, warn_of_trainings
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter, check_augmentation
from gansampler.tabular.containers import Container
from gansampler.tabular.relations import Relation
from gansampler.tabular.schema import TableSchema
from gansampler.utils.fitted import check_resampled
from gansampler.utils.rollback import forget_fitted
from gansampler.utils.subsampling import stratified_rows

MAX_LABELLED_ROWS = 10_000
"""Most rows to train an auxiliary classifier on, in the classes' proportions."""

SAMPLER_CONSTRAINTS: dict[str, list[Any]] = {
    "gan": [HasMethods(["fit", "sample"]), None],
    "categorical_features": [StrOptions({"auto"}), "array-like"],
    "rejection_estimator": [
        StrOptions({"auto"}),
        HasMethods(["fit", "predict_proba"]),
        None,
    ],
    "n_candidates": [Interval(Integral, 1, None, closed="left")],
    "augmentation": [str, callable, list, tuple, None],
    "augmentation_fraction": [Interval(Real, 0, 1, closed="both")],
    "constraints": [str, callable, list, tuple, None],
    "n_jobs": [Integral, None],
    "verbose": ["verbose"],
}
"""The parameters of every sampler, in addition to those of imbalanced-learn."""

SAMPLER_DOCS = {
    "gan": """gan : generator, default=None
        The generator, which learns the rows of a class and generates more like them. It
        is cloned for each class. None means a :class:`gansampler.TabularGAN` with its
        defaults. Alternatives are :class:`gansampler.gan.ImageGAN`,
        :class:`gansampler.gan.PrivateTabularGAN`, and any estimator of your own with
        ``fit(X)`` and ``sample(n, random_state)``; see
        :class:`gansampler.gan.protocol.TableGenerator`. You can set its parameters with
        ``set_params(gan__max_iter=500)``, even if `gan` is None.""",
    "categorical_features": """categorical_features : "auto" or array-like of shape \
            (n_cat_features,) or (n_features,), dtype={bool, int, str}, default="auto"
        Which columns are categorical:

        - "auto": columns of pandas category, string and boolean dtype, and object
          columns that contain strings or booleans.
        - A boolean mask, positions or names of the categorical columns. String columns
          that you leave out raise an error. Boolean columns are always
          categorical.""",
    "rejection_estimator": """rejection_estimator : "auto", None or classifier, \
            default="auto"
        The classifier for rejection sampling. Each candidate is kept in proportion to
        the square of the probability that the classifier gives its class. "auto" is a
        random forest, or no classifier if the generator is private. None keeps every
        candidate, which stays closest to the distribution of the class. Any other
        classifier with ``predict_proba`` is cloned and fitted on imputed, standardised
        and one-hot encoded rows.

    n_candidates : int, default=6
        Maximum number of rows generated for each row kept. The sampler generates as
        many as rejection sampling needs, which is little more than one where the
        classes are well separated. If it would need more than `n_candidates`, the most
        likely rows are kept slightly too rarely. Without rejection it is 1.""",
    "augmentation": """augmentation : {"mix", "slice", "flip"}, callable, list of \
            these or None, default=None
        How to change some of the generated rows before rejection; see
        :mod:`gansampler.generation.augmentation`. With a list, each augmented row gets
        one entry. A callable is called as ``(rows, random_state)`` and must return the
        same number of rows.

    augmentation_fraction : float, default=0.5
        Share of the generated rows to augment.""",
    "constraints": """constraints : str, callable, list of these or None, default=None
        The conditions that every generated row must satisfy: expressions for
        :meth:`pandas.DataFrame.eval` such as ``"start <= end"``, or functions of a
        frame that return a boolean mask. As in SQL, a row with a missing value
        satisfies any expression on that value. A function gets the values of your
        table. In an expression, compare Python's dates with text and times of day with
        durations since midnight; decimals are numbers. Real rows are checked before
        training. Generated rows that fail are replaced, up to a limited number of
        tries.""",
}
"""Maps the first parameter of each entry to the text of the entry."""


Sampler = TypeVar("Sampler", bound="ComposedSamplerMixin")


class ComposedSamplerMixin:
    """Methods and attributes shared by all samplers with a generator."""

    gan: Any
    generators_: dict[Any, ClassGenerator]
    history_: dict[Any, History]
    schema_: TableSchema
    categorical_features_: np.ndarray
    _container: Container

    @property
    def relations_(self) -> list[Relation]:
        """The relations between columns, in the table and in every generated row."""
        check_resampled(self, "schema_")
        return list(self.schema_.relations)

    def set_params(self, **params: Any) -> Any:
        """Set parameters of the sampler, or of its generator as ``gan__<name>``.

        Parameters
        ----------
        **params : dict
            The parameters. If `gan` is None, setting a parameter of the generator
            replaces it with a :class:`gansampler.TabularGAN`.

        Returns
        -------
        self : object
            The sampler.
        """
        is_default = params.get("gan", self.gan) is None
        if is_default and any(name.startswith("gan__") for name in params):
            params = {**params, "gan": TabularGAN()}
        return super().set_params(**params)  # type: ignore[misc]

    def _forget_fit(self) -> None:
        """Forget the fit, except the privacy budget that it spent."""
        if hasattr(self, "history_"):
            self._earlier_history = self.history_
        forget_fitted(self)

    def save(self, path: str | os.PathLike[str], *, keep_data: bool = False) -> None:
        """Save the fitted sampler to a file that contains data only, never code.

        The file is a safetensors file with JSON inside. It does not depend on the
        device used for training. Saving needs ``pip install "gansampler[save]"``. Read
        more in the :ref:`User Guide <saving>`.

        Parameters
        ----------
        path : str or path-like
            The file to write. An existing file is replaced atomically. If anything
            fails, it is left unchanged.

        keep_data : bool, default=False
            Whether the file may contain training rows or data that reveals them.
            Without it, the file omits the classifier for rejection sampling, so a
            loaded sampler keeps every candidate. Generators that need training rows
            then raise a ValueError: those with ``condition="anchor"``, and the smoothed
            bootstrap of tiny classes. Choose another condition, or leave tiny classes
            out of `sampling_strategy`. The User Guide lists what every file contains.

        Raises
        ------
        NotFittedError
            If the sampler is not fitted.

        TypeError
            If a part is code or of an unknown type: your own generator, network,
            constraint or augmentation, or a `rejection_estimator`. The message names
            it.

        ValueError
            If the file would have to contain training rows and `keep_data` is False.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from sklearn.datasets import make_classification
        >>> from gansampler import GANOverSampler, TabularGAN
        >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
        >>> sampler = GANOverSampler(TabularGAN(max_iter=50), random_state=0)
        >>> X_res, y_res = sampler.fit_resample(X, y)
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "sampler.safetensors"
        ...     sampler.save(path, keep_data=True)
        ...     loaded = GANOverSampler.load(path)
        >>> rows = loaded.generators_[1].sample(2, random_state=0)
        >>> bool((rows == sampler.generators_[1].sample(2, random_state=0)).all())
        True
        """
        from gansampler.persistence.sampler_file import save_sampler

        save_sampler(self, path, keep_data=keep_data)

    @classmethod
    def load(cls: type[Sampler], path: str | os.PathLike[str]) -> Sampler:
        """Load a fitted sampler from a file that :meth:`save` wrote.

        Loading never executes anything in the file, so files from untrusted sources are
        safe to load. The checksum detects damage; it does not prove who wrote the file.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        sampler : GANOverSampler
            The fitted sampler. With the same `random_state` and the same package
            versions, its generators give the same rows as the saved ones. The exception
            is a sampler with rejection that was saved without `keep_data`; a warning
            then says so.

        Raises
        ------
        ValueError
            If the file is not a gansampler file, is damaged, or has the format of a
            newer version.

        OSError
            If the file does not exist or can't be read.
        """
        from gansampler.persistence.sampler_file import load_estimator

        return load_estimator(path, cls)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def refuse_params(method: str, params: Mapping[str, Any]) -> None:
    """Raise a TypeError if there are any parameters, which no sampler supports."""
    if params:
        raise TypeError(
            f"{method}() got an unexpected keyword argument {next(iter(params))!r}. It "
            "takes X and y only, like other over-samplers. Set parameters in the "
            "constructor or with `set_params`."
        )


def make_generator(sampler: Any) -> TableGenerator:
    """Make the generator that a sampler clones, and check that all parts fit together.

    Parameters
    ----------
    sampler : GANOverSampler or DaskGANOverSampler
        The sampler, whose own parameters were already checked.

    Returns
    -------
    gan : TableGenerator
        An unfitted clone; the user's own generator stays as it is.

    Raises
    ------
    ValueError
        If a parameter of the generator is invalid, or contradicts one of the sampler.
    """
    gan = TabularGAN() if sampler.gan is None else clone(sampler.gan)
    gan = as_class_generator(gan)
    if sampler.augmentation is not None:
        check_augmentation(sampler.augmentation)
    named = getattr(gan, "categorical_features", "auto")
    if not (isinstance(named, str) and named == "auto"):
        raise ValueError(
            "categorical_features of the generator has no effect within a sampler. Set "
            "categorical_features of the sampler instead."
        )
    gan.check_parameters()
    if hasattr(gan, "callback"):  # the context of each class carries it instead
        gan.callback = None
    if gan.is_private:
        _check_private(sampler)
    return gan


def _check_private(sampler: Any) -> None:
    """Raise a ValueError if real rows would affect the rows of a private generator."""
    if sampler.rejection_estimator not in (None, "auto") and sampler.n_candidates > 1:
        raise ValueError(
            "A private generator can't be combined with a rejection_estimator, which "
            "is fitted on real rows. Set rejection_estimator=None."
        )
    if sampler.augmentation is not None:
        raise ValueError(
            "A private generator can't be combined with an augmentation, which learns "
            "the valid values from real rows. Set augmentation=None."
        )


def rejects(sampler: Any, gan: TableGenerator) -> bool:
    """Tell whether a sampler uses rejection with this generator."""
    is_off = sampler.rejection_estimator is None or gan.is_private
    return not is_off and sampler.n_candidates > 1


def fit_rejection(
    sampler: Any, schema: TableSchema, frame: pd.DataFrame, y: np.ndarray, seed: int
) -> Rejection:
    """Fit the rejection on the real rows of all classes."""
    return Rejection(sampler.rejection_estimator, schema).fit(frame, y, seed)


def fit_augmenter(
    sampler: Any, gan: TableGenerator, schema: TableSchema, rows: pd.DataFrame
) -> Augmenter | None:
    """Fit the augmenter on the real rows of a class, if the sampler has one."""
    if sampler.augmentation is None:
        return None
    fraction = float(sampler.augmentation_fraction)
    image_shape = getattr(gan, "image_shape", None)
    return Augmenter(sampler.augmentation, fraction, schema, image_shape).fit(rows)


def draw_other_classes(
    gan: TableGenerator, frame: pd.DataFrame, y: np.ndarray, label: Any, seed: int
) -> OtherClasses | None:
    """Draw rows of all classes if the generator learns from them."""
    if not gan.uses_other_classes:
        return None
    picked = stratified_rows(y, MAX_LABELLED_ROWS, np.random.default_rng(seed))
    classes, codes = np.unique(y[picked], return_inverse=True)
    return OtherClasses(
        rows=frame.iloc[picked],
        codes=codes.reshape(-1).astype(np.int64),
        own=int(np.flatnonzero(classes == label)[0]),
    )


def keep_fitted(
    sampler: Any,
    schema: TableSchema,
    fitted: Mapping[Any, TableGenerator],
    augmenters: Mapping[Any, Augmenter | None],
    n_rows: Mapping[Any, int],
    rejection: Rejection | None,
) -> None:
    """Set a sampler's fitted attributes, and warn of any problems with the fit.

    Parameters
    ----------
    sampler : GANOverSampler or DaskGANOverSampler
        The sampler.

    schema : TableSchema
        The columns of the table.

    fitted : mapping of object to TableGenerator
        The fitted generator of each class.

    augmenters : mapping of object to (Augmenter or None)
        The augmenter of each class.

    n_rows : mapping of object to int
        The number of real rows of each class.

    rejection : Rejection or None
        The fitted rejection, None to keep every candidate.
    """
    sampler.schema_ = schema
    sampler.categorical_features_ = schema.categorical_features
    earlier = getattr(sampler, "history_", {})
    earlier = earlier or getattr(sampler, "_earlier_history", {})
    if earlier and not fitted:  # the next fit needs it to add up the budget
        sampler._earlier_history = earlier
    sampler.history_ = {label: gan.history_ for label, gan in fitted.items()}
    add_up(sampler.history_.values(), earlier.values())
    constraints = check_constraints(sampler.constraints, sampler._container.twins)
    sampler.generators_ = {
        label: ClassGenerator(
            label,
            gan,
            sampler._container,
            augmenter=augmenters[label],
            constraints=constraints,
            # The classifier can't learn anything from fewer rows.
            rejection=rejection if n_rows[label] >= MIN_TRAINING_ROWS else None,
            n_candidates=sampler.n_candidates,
        )
        for label, gan in fitted.items()
    }
    warn_of_trainings(n_rows, sampler.history_)
    if rejection is not None:
        precision = rejection.class_probability_.average_precision_
        warn_of_lost_classes(n_rows, precision)
