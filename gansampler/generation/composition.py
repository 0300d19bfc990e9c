"""What a sampler is composed of: a generator, choosing, constraints, augmentation."""

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
"""Rows from which an auxiliary classifier learns, in the classes' proportions."""

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
"""The parameters of every sampler, beside those of imbalanced-learn."""

SAMPLER_DOCS = {
    "gan": """gan : generator, default=None
        What learns the rows of a class and generates more like them; it is cloned for
        each class. None is a :class:`gansampler.TabularGAN` at its defaults. Others are
        :class:`gansampler.gan.ImageGAN`, :class:`gansampler.gan.PrivateTabularGAN`, and
        any estimator of your own with ``fit(X)`` and ``sample(n, random_state)``; see
        :class:`gansampler.gan.protocol.TableGenerator`. Its parameters can be set by
        ``set_params(gan__max_iter=500)``, also where `gan` is None.""",
    "categorical_features": """categorical_features : "auto" or array-like of shape \
            (n_cat_features,) or (n_features,), dtype={bool, int, str}, default="auto"
        Which columns are categorical:

        - "auto": columns of pandas category, string and boolean dtype, and object
          columns that hold strings or booleans;
        - a boolean mask, positions or names of the categorical columns. Columns of
          strings that are left out raise an error; boolean columns are categorical
          anyway.""",
    "rejection_estimator": """rejection_estimator : "auto", None or classifier, \
            default="auto"
        The classifier by which candidates are kept: in proportion to the square of
        their class's probability. "auto" is a random forest, or none where the
        generator is private; None keeps all, and any classifier with ``predict_proba``
        is cloned and fitted on imputed, standardised and one-hot encoded rows. None is
        nearest to the distribution of the class.

    n_candidates : int, default=6
        Rows generated for each row kept, at most. As many are generated as it takes to
        keep each in proportion to the square of its class's probability; where the
        classes lie apart that is little more than one. Where it would take more than
        `n_candidates`, the likeliest rows are kept a little too seldom. Without
        rejection it is one.""",
    "augmentation": """augmentation : {"mix", "slice", "flip"}, callable, list of \
            these or None, default=None
        How some of the generated rows are changed before rejection, see
        :mod:`gansampler.generation.augmentation`. Of a list each row gets one. A
        callable is called as ``(rows, random_state)`` and returns as many rows.

    augmentation_fraction : float, default=0.5
        Share of the generated rows to which `augmentation` is applied.""",
    "constraints": """constraints : str, callable, list of these or None, default=None
        What every generated row has to satisfy: expressions of
        :meth:`pandas.DataFrame.eval` such as ``"start <= end"``, or functions of a
        frame that return a boolean mask. As in SQL, a row in which a value is missing
        satisfies an expression on it. A function gets the values of your table. To an
        expression, Python's dates are pandas dates, which compare with text, times of
        day are durations since midnight, and decimals are numbers. Real rows are
        checked before training; generated ones that fail are replaced, within
        bounds.""",
}
"""What samplers say of them, by the name of the first parameter of each entry."""


Sampler = TypeVar("Sampler", bound="ComposedSamplerMixin")


class ComposedSamplerMixin:
    """What every sampler that is composed of a generator offers its users."""

    gan: Any
    generators_: dict[Any, ClassGenerator]
    history_: dict[Any, History]
    schema_: TableSchema
    categorical_features_: np.ndarray
    _container: Container

    @property
    def relations_(self) -> list[Relation]:
        """What holds between columns, in new rows as in those of the table."""
        check_resampled(self, "schema_")
        return list(self.schema_.relations)

    def set_params(self, **params: Any) -> Any:
        """Set parameters of the sampler, or by ``gan__<name>`` of its generator.

        Parameters
        ----------
        **params : dict
            The parameters. Where `gan` is None, those of a generator make it a
            :class:`gansampler.TabularGAN`.

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
        """Forget what was fitted, but not what a private training has spent."""
        if hasattr(self, "history_"):
            self._earlier_history = self.history_
        forget_fitted(self)

    def save(self, path: str | os.PathLike[str], *, keep_data: bool = False) -> None:
        """Write the fitted sampler to a file, from which nothing is ever executed.

        It is a safetensors file with JSON inside, the same whatever device the
        training was done on. It needs ``pip install "gansampler[save]"``. Read more in
        the :ref:`User Guide <saving>`.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there already is replaced as a whole or, if anything
            fails, left as it was.

        keep_data : bool, default=False
            Whether the file may hold training rows and what they can be read off.
            Without it the classifier that chooses among the generated rows is left out,
            so that a loaded sampler takes them as they come, and what can't generate
            without training rows is refused: ``condition="anchor"`` and the smoothed
            bootstrap of tiny classes. Choose another condition, or leave tiny classes
            out of `sampling_strategy`. The User Guide lists what is in every file.

        Raises
        ------
        NotFittedError
            If nothing was fitted yet.

        TypeError
            If something is code or of an unknown type: a generator, a network, a
            constraint or an augmentation of your own, a `rejection_estimator`; the
            message names it.

        ValueError
            If training rows would have to be in the file.

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
        """Read a fitted sampler from a file that :meth:`save` wrote.

        Nothing in the file is executed, also where it comes from someone else. Its
        checksum tells damage, not who wrote it.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        sampler : GANOverSampler
            The fitted sampler. Its generators give the very rows that the saved ones
            gave, by the same `random_state` and versions of the packages, unless they
            were chosen from more and `keep_data` was not set; then a warning says so.

        Raises
        ------
        ValueError
            If the file is none of ours, damaged, or in the format of a newer version.

        OSError
            If there is no such file, or it can't be read.
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
    """Raise a TypeError if there are any parameters: the methods take X and y only."""
    if params:
        raise TypeError(
            f"{method}() got an unexpected keyword argument {next(iter(params))!r}. It "
            "takes X and y only, as over-samplers of imbalanced-learn do. Set "
            "parameters in the constructor or with `set_params`."
        )


def make_generator(sampler: Any) -> TableGenerator:
    """Make the generator that a sampler clones, and check that all parts go together.

    Parameters
    ----------
    sampler : GANOverSampler or DaskGANOverSampler
        The sampler, whose own parameters were checked.

    Returns
    -------
    gan : TableGenerator
        Not fitted; the user's own is left as it is.

    Raises
    ------
    ValueError
        If a parameter of the generator can't be used, or two of its and the sampler's
        contradict each other.
    """
    gan = TabularGAN() if sampler.gan is None else clone(sampler.gan)
    gan = as_class_generator(gan)
    if sampler.augmentation is not None:
        check_augmentation(sampler.augmentation)
    named = getattr(gan, "categorical_features", "auto")
    if not (isinstance(named, str) and named == "auto"):
        raise ValueError(
            "categorical_features of the generator is for a generator on its own; set "
            "categorical_features of the sampler instead."
        )
    gan.check_parameters()
    if hasattr(gan, "callback"):  # which is told through the context of each class
        gan.callback = None
    if gan.is_private:
        _check_private(sampler)
    return gan


def _check_private(sampler: Any) -> None:
    """Raise a ValueError if private rows would be chosen, or changed by real ones."""
    if sampler.rejection_estimator not in (None, "auto") and sampler.n_candidates > 1:
        raise ValueError(
            "A private generator can't have a rejection_estimator, because it is "
            "fitted on real rows; set rejection_estimator=None."
        )
    if sampler.augmentation is not None:
        raise ValueError(
            "A private generator can't have an augmentation, because what is legal is "
            "learned from real rows; set augmentation=None."
        )


def rejects(sampler: Any, gan: TableGenerator) -> bool:
    """Tell whether a sampler chooses among candidates of a generator."""
    is_off = sampler.rejection_estimator is None or gan.is_private
    return not is_off and sampler.n_candidates > 1


def fit_rejection(
    sampler: Any, schema: TableSchema, frame: pd.DataFrame, y: np.ndarray, seed: int
) -> Rejection:
    """Fit what chooses among candidates, on real rows of all classes and labels."""
    return Rejection(sampler.rejection_estimator, schema).fit(frame, y, seed)


def fit_augmenter(
    sampler: Any, gan: TableGenerator, schema: TableSchema, rows: pd.DataFrame
) -> Augmenter | None:
    """Fit what changes some of the generated rows, on the real rows of a class."""
    if sampler.augmentation is None:
        return None
    fraction = float(sampler.augmentation_fraction)
    image_shape = getattr(gan, "image_shape", None)
    return Augmenter(sampler.augmentation, fraction, schema, image_shape).fit(rows)


def draw_other_classes(
    gan: TableGenerator, frame: pd.DataFrame, y: np.ndarray, label: Any, seed: int
) -> OtherClasses | None:
    """Draw rows of all classes for a generator that learns from them."""
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
    """Set a sampler's fitted attributes, and warn of what is not as it should be.

    Parameters
    ----------
    sampler : GANOverSampler or DaskGANOverSampler
        The sampler.

    schema : TableSchema
        The columns of the table.

    fitted : mapping of object to TableGenerator
        The fitted generator of each class.

    augmenters : mapping of object to (Augmenter or None)
        What changes some of the rows of each class.

    n_rows : mapping of object to int
        The real rows of each class.

    rejection : Rejection or None
        What chooses among candidates.
    """
    sampler.schema_ = schema
    sampler.categorical_features_ = schema.categorical_features
    earlier = getattr(sampler, "history_", {})
    earlier = earlier or getattr(sampler, "_earlier_history", {})
    if earlier and not fitted:  # so that the next fit knows of it
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
            # With fewer rows there is nothing that the classifier could have learned.
            rejection=rejection if n_rows[label] >= MIN_TRAINING_ROWS else None,
            n_candidates=sampler.n_candidates,
        )
        for label, gan in fitted.items()
    }
    warn_of_trainings(n_rows, sampler.history_)
    if rejection is not None:
        precision = rejection.class_probability_.average_precision_
        warn_of_lost_classes(n_rows, precision)
