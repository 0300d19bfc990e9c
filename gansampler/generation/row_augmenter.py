"""Augment a share of the rows that a sampler generates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gansampler.generation.augmentation import AUGMENTATIONS, ClassStatistics
from gansampler.tabular.column_values import cast_column
from gansampler.tabular.encoder import join_columns
from gansampler.tabular.scalar_twins import Twins
from gansampler.tabular.schema import TableSchema


class Augmenter:
    """Replace a share of the generated rows of a class by augmented ones.

    Parameters
    ----------
    augmentation : str, callable or list of them
        A name in `AUGMENTATIONS` or a function of rows, a DataFrame, and a RandomState
        that returns as many rows. Of a list, each row to be augmented gets one,
        drawn with equal chances.

    fraction : float
        The share of the rows that are augmented, in 0 to 1.

    schema : TableSchema
        The columns of the whole table.

    image_shape : tuple of int, default=None
        The shape of the images where the rows are such.
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
        """Learn what is legal.

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
        twins: Twins | None = None,
    ) -> pd.DataFrame:
        """Augment some of the rows.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Generated rows of the class. A row's partners are drawn from all of them;
            a callable is given the rows that it is to augment.

        rng : numpy.random.RandomState
            Decides everything that is random.

        twins : Twins or None, default=None
            What columns of the rows stand for others, which a callable gets.

        Returns
        -------
        rows : DataFrame of shape (n_rows, n_features)
            The rows in the same order and dtypes, a share of them augmented.

        Raises
        ------
        TypeError, ValueError
            If a callable does not give back rows like those that it was given.
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
                    parts.append(_call(augmentation, own, rng, twins or Twins()))
                else:
                    augment = AUGMENTATIONS[augmentation]
                    parts.append(augment(rows, positions, self.statistics_, rng))
        stacked = pd.concat(parts, ignore_index=True)
        return stacked.iloc[order].set_axis(rows.index)


def check_augmentation(augmentation: Any) -> list[Any]:
    """Check what augmentation is asked for.

    Parameters
    ----------
    augmentation : str, callable or list of them
        Names in `AUGMENTATIONS` or functions.

    Returns
    -------
    augmentations : list of str or callable
        The same as a list.

    Raises
    ------
    ValueError
        If it is anything else, or an empty list.
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
            f"augmentation is an empty list; name some of {sorted(AUGMENTATIONS)}."
        )
    return augmentations


def _call(
    function: Callable[..., Any],
    rows: pd.DataFrame,
    rng: np.random.RandomState,
    twins: Twins,
) -> pd.DataFrame:
    """Call the user's augmentation, and put its columns back in their dtypes."""
    name = getattr(function, "__name__", repr(function))
    rows = rows.reset_index(drop=True)
    given = function(twins.restore(rows.copy()), rng)
    if not isinstance(given, pd.DataFrame):
        raise TypeError(
            f"Augmentation {name!r} must give back a DataFrame, got a "
            f"{type(given).__name__}."
        )
    if given.shape != rows.shape:
        raise ValueError(
            f"Augmentation {name!r} must give back as many rows and columns as it is "
            f"given, {rows.shape}, got {given.shape}."
        )
    given = twins.read(given.reset_index(drop=True))
    columns = [
        _cast(given.iloc[:, j], rows.dtypes.iloc[j], f"{name!r}, column {column!r}")
        for j, column in enumerate(rows.columns)
    ]
    return join_columns(columns, rows.columns)


def _cast(given: pd.Series, dtype: Any, where: str) -> pd.Series:
    """Return a column in `dtype`, or say which of its values that can't hold."""
    try:
        return cast_column(given, dtype)
    except ValueError as error:
        raise ValueError(f"Augmentation {where}: {error}") from error
