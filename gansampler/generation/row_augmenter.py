"""Augment a share of the rows that a sampler generates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gansampler.generation.augmentation import AUGMENTATIONS, ClassStatistics
from gansampler.tabular.column_values import cast_column
from gansampler.tabular.encoder import join_columns
from gansampler.tabular.scalar_twins import NO_TWINS, Twins
from gansampler.tabular.schema import TableSchema


class Augmenter:
    """Replace a share of the generated rows of a class with augmented ones.

    Parameters
    ----------
    augmentation : str, callable or list of them
        A name in `AUGMENTATIONS`, or a function of a DataFrame of rows and a
        RandomState that returns the same number of rows. With a list, each augmented
        row gets one entry, drawn with equal probability.

    fraction : float
        The share of rows to augment, from 0 to 1.

    schema : TableSchema
        The columns of the whole table.

    image_shape : tuple of int, default=None
        The shape of the images, if the rows are images.
    """

    def __init__(
        self,
        augmentation: Any,
        fraction: float,
        schema: TableSchema,
        image_shape: Any = None,
    ) -> None:
        self.augmentation = augmentation
        self.fraction = fraction
        self.schema = schema
        self.image_shape = image_shape

    def fit(self, real: pd.DataFrame) -> Augmenter:
        """Learn which values are valid.

        Parameters
        ----------
        real : DataFrame of shape (n_rows, n_features)
            All real rows of the class.

        Returns
        -------
        self : Augmenter
            The fitted augmenter.
        """
        self.augmentations_ = check_augmentation(self.augmentation)
        self.statistics_ = ClassStatistics.of(real, self.schema, self.image_shape)
        return self

    def apply(
        self,
        rows: pd.DataFrame,
        rng: np.random.RandomState,
        twins: Twins = NO_TWINS,
    ) -> pd.DataFrame:
        """Augment some of the rows.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Generated rows of the class. Partners for a row are drawn from all of them.
            A callable receives only the rows to augment.

        rng : numpy.random.RandomState
            Controls all randomness.

        twins : Twins, default=NO_TWINS
            What columns of the rows stand for others, which a callable gets.

        Returns
        -------
        rows : DataFrame of shape (n_rows, n_features)
            The rows with a share of them augmented, in the same order and dtypes.

        Raises
        ------
        TypeError, ValueError
            If a callable returns rows that differ in number, columns or dtypes.
        """
        n_chosen = round(self.fraction * len(rows))
        chosen = rng.permutation(len(rows))[:n_chosen]
        turn = rng.randint(len(self.augmentations_), size=n_chosen)
        parts, order = [rows], np.arange(len(rows))
        for k, augmentation in enumerate(self.augmentations_):
            positions = chosen[turn == k]
            if len(positions):
                order[positions] = sum(map(len, parts)) + np.arange(len(positions))
                if callable(augmentation):
                    own = rows.iloc[positions]
                    parts.append(_call(augmentation, own, rng, twins))
                else:
                    augment = AUGMENTATIONS[augmentation]
                    parts.append(augment(rows, positions, self.statistics_, rng))
        stacked = pd.concat(parts, ignore_index=True)
        return stacked.iloc[order].set_axis(rows.index)


def check_augmentation(augmentation: Any) -> list[Any]:
    """Check the user's `augmentation` parameter.

    Parameters
    ----------
    augmentation : str, callable or list of them
        Names in `AUGMENTATIONS` or functions.

    Returns
    -------
    augmentations : list of str or callable
        The augmentations as a list.

    Raises
    ------
    ValueError
        If the parameter is anything else, or an empty list.
    """
    is_list = isinstance(augmentation, (list, tuple))
    augmentations = list(augmentation) if is_list else [augmentation]
    for one in augmentations:
        if not callable(one) and not (isinstance(one, str) and one in AUGMENTATIONS):
            raise ValueError(
                f"augmentation must be one of {sorted(AUGMENTATIONS)}, a function, or "
                f"a list of them, got {one!r}."
            )
    if not augmentations:
        raise ValueError(
            f"augmentation is an empty list. Choose from {sorted(AUGMENTATIONS)}."
        )
    return augmentations


def _call(
    function: Callable[..., Any],
    rows: pd.DataFrame,
    rng: np.random.RandomState,
    twins: Twins,
) -> pd.DataFrame:
    """Call the user's augmentation, and cast its columns to the original dtypes."""
    name = getattr(function, "__name__", repr(function))
    rows = rows.reset_index(drop=True)
    given = function(twins.restore(rows.copy()), rng)
    if not isinstance(given, pd.DataFrame):
        raise TypeError(
            f"Augmentation {name!r} must return a DataFrame, got a "
            f"{type(given).__name__}."
        )
    if given.shape != rows.shape:
        raise ValueError(
            f"Augmentation {name!r} must return as many rows and columns as it is "
            f"given, {rows.shape}, got {given.shape}."
        )
    given = twins.read(given.reset_index(drop=True))
    columns = [
        _cast(given.iloc[:, j], rows.dtypes.iloc[j], f"{name!r}, column {column!r}")
        for j, column in enumerate(rows.columns)
    ]
    return join_columns(columns, rows.columns)


def _cast(given: pd.Series, dtype: Any, where: str) -> pd.Series:
    """Return a column in `dtype`, or raise an error that names a bad value."""
    try:
        return cast_column(given, dtype)
    except ValueError as error:
        raise ValueError(f"Augmentation {where}: {error}.") from error
