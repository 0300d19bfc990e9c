"""Encode the rows of one class as images, with all pixels on one scale."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.encoder import RowLayout, join_columns
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.schema import Kind, TableSchema

MAX_PIXEL = 10.0
"""Limit to which numbers of other classes are clipped on the scale of the class."""


class ImageEncoder:
    """Encode rows that are flattened images, and decode such matrices.

    All pixels share one linear scale from -1, the lowest value of the class, to 1, the
    highest, so that neighbouring pixels stay comparable. A decoded pixel takes a value
    that is valid for its own column in this class.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table, all of them numbers.

    image_shape : tuple of int
        Height, width and, if there is more than one, the number of channels.

    Attributes
    ----------
    layout_ : RowLayout
        One scalar for each column.

    grids_ : list of NumberGrid
        The valid numbers of each column.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.image_encoder import ImageEncoder
    >>> from gansampler.tabular.inference import infer_schema
    >>> frame = pd.DataFrame([[0, 8, 16, 4], [16, 0, 4, 8]])
    >>> encoder = ImageEncoder(infer_schema(frame), (2, 2)).fit(frame)
    >>> encoder.transform(frame).tolist()
    [[-1.0, 0.0, 1.0, -0.5], [1.0, -1.0, -0.5, 0.0]]
    >>> encoder.inverse_transform(encoder.transform(frame)).equals(frame)
    True
    """

    def __init__(self, schema: TableSchema, image_shape: tuple[int, ...]) -> None:
        self.schema = schema
        self.image_shape = image_shape

    def fit(self, frame: pd.DataFrame) -> ImageEncoder:
        """Learn the pixels of one class.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            All rows of the class, at least one.

        Returns
        -------
        self : ImageEncoder
            The fitted encoder.
        """
        self.grids_ = [
            NumberGrid(column, frame.iloc[:, j])
            for j, column in enumerate(self.schema.columns)
        ]
        self.columns_ = frame.columns
        self.layout_ = RowLayout(n_scalars=len(self.grids_), block_sizes=())
        low = min(float(grid.low) for grid in self.grids_)
        high = max(float(grid.high) for grid in self.grids_)
        # Halved first: a sum or difference near 1e308 overflows.
        self.center_, self.radius_ = low / 2 + high / 2, high / 2 - low / 2
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows of this class or of others.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows of the table.

        Returns
        -------
        rows : ndarray of shape (n_rows, n_features), dtype float32
            The encoded rows: from -1 to 1 for rows of this class, from -10 to 10 for
            others. All zeros if the class has only one value.
        """
        rows = np.zeros((len(frame), self.layout_.width), dtype=np.float32)
        if self.radius_ == 0:
            return rows
        for j, grid in enumerate(self.grids_):
            numbers = grid.origin + grid.read(frame.iloc[:, j])
            with np.errstate(over="ignore"):
                scaled = (numbers - self.center_) / self.radius_
            rows[:, j] = np.clip(scaled, -MAX_PIXEL, MAX_PIXEL)
        return rows

    def inverse_transform(
        self, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Decode rows.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_features), dtype float32
            Encoded rows.

        rng : numpy.random.Generator or None, default=None
            Not used, because nothing is drawn.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_features)
            Valid rows of the class, in the user's dtypes.
        """
        with np.errstate(over="ignore"):
            numbers = rows.astype(np.float64) * self.radius_ + self.center_
        decoded = [
            grid.place(numbers[:, j] - grid.origin)
            for j, grid in enumerate(self.grids_)
        ]
        return join_columns(decoded, self.columns_)


def read_image_shape(image_shape: Any) -> tuple[int, int, int]:
    """Check the shape of an image.

    Parameters
    ----------
    image_shape : sequence of 2 or 3 int
        Height, width and, if there is more than one, the number of channels.

    Returns
    -------
    shape : tuple of 3 int
        Height, width and number of channels.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> from gansampler.tabular.image_encoder import read_image_shape
    >>> read_image_shape((28, 28))
    (28, 28, 1)
    """
    sides = list(image_shape) if np.iterable(image_shape) else []
    if len(sides) not in (2, 3) or not all(map(_is_count, sides)):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels) in "
            f"positive whole numbers, got {image_shape!r}."
        )
    height, width, channels = [int(side) for side in sides] + [1] * (3 - len(sides))
    return height, width, channels


def check_image_schema(
    schema: TableSchema, frame: pd.DataFrame, image_shape: Any
) -> None:
    """Check that the rows of a table can be flattened images.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    frame : DataFrame of shape (n_samples, n_features)
        The whole table.

    image_shape : sequence of 2 or 3 int
        Height, width and, if there is more than one, the number of channels.

    Raises
    ------
    ValueError
        If the number of columns does not match, or a column is categorical, contains
        dates or has missing values. The message names the column.
    """
    shape = read_image_shape(image_shape)
    if prod(shape) != len(schema.columns):
        raise ValueError(
            f"image_shape={image_shape!r} needs {prod(shape)} columns, but X has "
            f"{len(schema.columns)}."
        )
    for j, column in enumerate(schema.columns):
        fault = None
        if column.kind is Kind.CATEGORICAL:
            fault = "is categorical. Convert it to numbers"
        elif column.dtype.kind in "mM":
            fault = "contains dates or durations. Convert it to numbers"
        elif frame.iloc[:, j].isna().any():
            fault = "has missing values. Fill them in"
        if fault:
            raise ValueError(
                f"With image_shape each column is a pixel, but column {column.name!r} "
                f"{fault}."
            )


def _is_count(side: Any) -> bool:
    is_whole = isinstance(side, (int, np.integer)) and not isinstance(side, bool)
    return is_whole and side > 0
