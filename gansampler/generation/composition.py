"""What a sampler is composed of: a generator, what chooses, constraints, augmentation."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from gansampler.gan.protocol import OtherClasses, TableGenerator
from gansampler.gan.tabular_gan import TabularGAN
from gansampler.generation.class_generator import as_class_generator
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter, check_augmentation
from gansampler.tabular.schema import TableSchema
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
        Rows generated for each row kept; more of them leave less in the territory
        of other classes, and less at the edges of the class. Without rejection, one.""",
    "augmentation": """augmentation : {"mix", "slice", "flip"}, callable, list of these \
            or None, default=None
        How some of the generated rows are changed before rejection, see
        :mod:`gansampler.generation.augmentation`. Of a list each row gets one. A
        callable is called as ``(rows, random_state)`` and returns as many rows.

    augmentation_fraction : float, default=0.5
        Share of the generated rows to which `augmentation` is applied.""",
    "constraints": """constraints : str, callable, list of these or None, default=None
        What every generated row has to satisfy: expressions of
        :meth:`pandas.DataFrame.eval` such as ``"start <= end"``, or functions of a
        frame that return a boolean mask. As in SQL, a row in which a value is missing
        satisfies an expression on it. Real rows are checked before training; generated
        ones that fail are replaced, within bounds.""",
}
"""What samplers say of them, by the name of the first parameter of each entry."""


class DefaultGANMixin:
    """Let ``set_params(gan__max_iter=5)`` work where `gan` is None."""

    gan: Any

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
            "A private generator can't have a rejection_estimator, because it is fitted "
            "on real rows; set rejection_estimator=None."
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
