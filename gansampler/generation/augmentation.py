"""Augmentations that mix, slice or mirror the rows of a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from gansampler.tabular.column_codecs import MAX_STATES
from gansampler.tabular.column_values import take
from gansampler.tabular.containers import Container
from gansampler.tabular.encoder import join_columns
from gansampler.tabular.image_encoder import check_image_schema, read_image_shape
from gansampler.tabular.inference import infer_schema, infer_twins
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema
from gansampler.tabular.validation import read_table

MIX_ALPHA = 0.2
"""Puts most mixtures near one of their parents, so that the class keeps most of its
spread: 86 % of the variance of each column, compared with 67 % at 1.0."""

ROUNDING = 1e-9
"""Share of the range by which rounding may move a reflection out of it."""

BLOCKS = ("contiguous", "random")

AXES = ("horizontal", "vertical")


def mix_rows(
    X: Any,
    *,
    alpha: float = MIX_ALPHA,
    categorical_features: str | Sequence[Any] = "auto",
    random_state: Any = None,
) -> Any:
    """Mix each row of a class with another one (mixup).

    Row x becomes λ x + (1 - λ) x', where x' is another row, drawn at random, and λ is
    drawn from Beta(alpha, alpha) for each row [1]_. Numbers and dates are mixed in
    their own units and then rounded to the column's grid: the step of its integers, its
    decimals, or its few distinct values.

    Values that can't be mixed come from one parent, which is x with probability λ. It
    is the same parent for the whole row, so that categories that belong together stay
    together. This applies to categories, to columns of at most five distinct numbers,
    which are usually codes, and to numbers that are missing in one of the parents.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    alpha : float, default=0.2
        Parameter of the Beta distribution. Near 0, each row almost equals one of its
        parents; with 1, it lies anywhere between them.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns. "auto" decides by
        dtype.

    random_state : int, RandomState instance or None, default=None
        Controls all randomness.

    Returns
    -------
    mixed : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The mixed rows, in the same kind of table and the same dtypes as `X`. A list
        becomes an array.

    Raises
    ------
    ValueError
        If `alpha` is not a positive number, or a column is invalid.

    References
    ----------
    .. [1] H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz, "mixup: beyond empirical
       risk minimization", 2018.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.generation.augmentation import mix_rows
    >>> X = pd.DataFrame({"age": [20, 45, 61], "job": ["a", "b", "c"]})
    >>> mix_rows(X, alpha=1.0, random_state=0)
       age job
    0   31   b
    1   58   c
    2   54   b
    """
    if not 0 < alpha < np.inf:
        raise ValueError(f"alpha must be a positive number, got {alpha!r}.")
    return _augment_table(
        X, _mix, categorical_features, None, random_state, alpha=alpha
    )


def slice_rows(
    X: Any,
    *,
    block: str = "contiguous",
    categorical_features: str | Sequence[Any] = "auto",
    image_shape: Any = None,
    random_state: Any = None,
) -> Any:
    """Replace a block of columns in each row with that of another row of the class.

    If the rows are images, the block is a rectangle, as in CutMix [1]_. It lies
    entirely inside the image, and its share of the area is uniformly distributed.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    block : {"contiguous", "random"}, default="contiguous"
        Whether the block consists of neighbouring columns or of any columns. It has at
        least one column, but never all of them. Ignored if `image_shape` is set.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns. "auto" decides by
        dtype.

    image_shape : tuple of int, default=None
        If the rows are flattened images, their height, width and, if more than one, the
        number of channels.

    random_state : int, RandomState instance or None, default=None
        Controls all randomness.

    Returns
    -------
    sliced : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The sliced rows, in the same kind of table and the same dtypes as `X`. A list
        becomes an array.

    Raises
    ------
    ValueError
        If a parameter or a column is invalid. The message names it.

    References
    ----------
    .. [1] S. Yun, D. Han, S. J. Oh, S. Chun, J. Choe, Y. Yoo, "CutMix: regularization
       strategy to train strong classifiers with localizable features", 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.generation.augmentation import slice_rows
    >>> slice_rows(np.repeat([[1], [2], [3]], 4, axis=1), random_state=0)
    array([[1, 1, 2, 1],
           [3, 3, 2, 2],
           [3, 3, 2, 2]])
    """
    if block not in BLOCKS:
        raise ValueError(f"block must be one of {BLOCKS}, got {block!r}.")
    return _augment_table(
        X, _slice, categorical_features, image_shape, random_state, block=block
    )


def flip_rows(
    X: Any,
    *,
    categorical_features: str | Sequence[Any] = "auto",
    image_shape: Any = None,
    axis: str | None = None,
    random_state: Any = None,
) -> Any:
    """Mirror each row of a class.

    A row of a table is reflected about the mean m of the class: x becomes 2 m - x,
    rounded to the column's grid. All numbers and dates of the row are reflected at
    once, which preserves their covariances. Categories and missing values stay as they
    are. So do columns of at most five distinct numbers, which are usually codes and
    have no opposite, and any number whose reflection would leave the range of the
    class.

    An image is mirrored as a picture. Only flip images that mean the same thing in the
    mirror, which digits and letters do not.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns. "auto" decides by
        dtype.

    image_shape : tuple of int, default=None
        If the rows are flattened images, their height, width and, if more than one, the
        number of channels.

    axis : {"horizontal", "vertical"} or None, default=None
        How to mirror images: "horizontal" swaps left and right, "vertical" swaps top
        and bottom. None means "horizontal". Requires `image_shape`.

    random_state : int, RandomState instance or None, default=None
        Ignored, because flipping is not random. Present for API consistency with the
        other augmentations.

    Returns
    -------
    flipped : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The flipped rows, in the same kind of table and the same dtypes as `X`. A list
        becomes an array.

    Raises
    ------
    ValueError
        If a parameter or a column is invalid. The message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.generation.augmentation import flip_rows
    >>> flip_rows(np.array([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0]]))
    array([[ 3., 30.],
           [ 2., 10.],
           [ 1., 20.]])
    >>> flip_rows(np.array([[1, 2, 3, 4], [2, 1, 4, 3]]), image_shape=(2, 2))
    array([[2, 1, 4, 3],
           [1, 2, 3, 4]])
    """
    if axis is not None and (axis not in AXES or image_shape is None):
        raise ValueError(
            f"axis must be None or, with image_shape, one of {AXES}, got {axis!r} with "
            f"image_shape={image_shape!r}."
        )
    return _augment_table(
        X,
        _flip,
        *(categorical_features, image_shape, random_state),
        axis=axis or "horizontal",
    )


def _augment_table(
    X: Any,
    augment: Callable[..., pd.DataFrame],
    categorical_features: str | Sequence[Any],
    image_shape: Any,
    random_state: Any,
    **options: Any,
) -> Any:
    """Augment all rows of one class, and return the same kind of table."""
    frame = read_table(X, min_samples=0)
    twins = infer_twins(frame, categorical_features)
    frame = twins.apply(frame)
    schema = infer_schema(frame, categorical_features)
    if image_shape is not None:
        check_image_schema(schema, frame, image_shape)
    rows = frame.copy()
    if len(frame):
        statistics = ClassStatistics.of(frame, schema, image_shape)
        rng = check_random_state(random_state)
        rows = augment(frame, np.arange(len(frame)), statistics, rng, **options)
    return Container.of(X, twins).restore(rows.set_axis(frame.index))


@dataclass(frozen=True)
class ClassStatistics:
    """The statistics of a class's real rows that the augmentations use.

    Parameters
    ----------
    grids : list of (NumberGrid or None)
        The valid numbers of each column, or None if the column is not numeric.

    means : list of float
        The mean of each column's offsets, or NaN if it has no grid.

    image_shape : tuple of 3 int or None
        Height, width and channels.
    """

    grids: list[NumberGrid | None]
    means: list[float]
    image_shape: tuple[int, int, int] | None

    @classmethod
    def of(
        cls, real: pd.DataFrame, schema: TableSchema, image_shape: Any
    ) -> ClassStatistics:
        """Compute the statistics from all real rows of the class."""
        shape = None if image_shape is None else read_image_shape(image_shape)
        grids, means = [], []
        for j, column in enumerate(schema.columns):
            series = real.iloc[:, j]
            grid = _make_grid(column, series, is_pixel=shape is not None)
            grids.append(grid)
            means.append(_mean(grid.read(series)) if grid else np.nan)
        return cls(grids, means, shape)


def _make_grid(
    column: ColumnSchema, series: pd.Series, is_pixel: bool
) -> NumberGrid | None:
    if column.kind is Kind.CATEGORICAL or series.isna().all():
        return None
    grid = NumberGrid(column, series)
    # So few distinct numbers are usually codes. Pixels are always numbers.
    is_code = grid.legal is not None and len(grid.legal) <= MAX_STATES
    return None if is_code and not is_pixel else grid


def _mean(offsets: np.ndarray) -> float:
    # Divided first: a sum of numbers near 1e308 overflows.
    return float(np.nansum(offsets / np.count_nonzero(~np.isnan(offsets))))


def _mix(
    rows: pd.DataFrame,
    chosen: np.ndarray,
    statistics: ClassStatistics,
    rng: np.random.RandomState,
    alpha: float = MIX_ALPHA,
) -> pd.DataFrame:
    """Mix the rows at `chosen` with others; see :func:`mix_rows`."""
    if len(rows) < 2:
        return rows.iloc[chosen]
    partner = _draw_partners(chosen, len(rows), rng)
    weight = rng.beta(alpha, alpha, size=len(chosen))
    parent = np.where(rng.random_sample(len(chosen)) < weight, chosen, partner)
    mixed = []
    for j, grid in enumerate(statistics.grids):
        column = take(rows.iloc[:, j], parent)
        if grid is not None:
            offsets = grid.read(rows.iloc[:, j])
            # Halved, because the difference of two numbers near 1e308 overflows.
            first, second = offsets[chosen] / 2, offsets[partner] / 2
            blend = 2 * (second + weight * (first - second))
            column = _place_where_known(blend, grid, column)
        mixed.append(column)
    return join_columns(mixed, rows.columns)


def _slice(
    rows: pd.DataFrame,
    chosen: np.ndarray,
    statistics: ClassStatistics,
    rng: np.random.RandomState,
    block: str = "contiguous",
) -> pd.DataFrame:
    """Replace a block of the rows at `chosen`; see :func:`slice_rows`."""
    n_columns, image_shape = rows.shape[1], statistics.image_shape
    n_channels = image_shape[2] if image_shape else 1
    if len(rows) < 2 or n_columns // n_channels < 2:
        return rows.iloc[chosen]
    partner = _draw_partners(chosen, len(rows), rng)
    if image_shape:
        cut = _draw_rectangles(len(chosen), image_shape, rng)
    elif block == "contiguous":
        cut = _draw_runs(rng.randint(1, n_columns, size=len(chosen)), n_columns, rng)
    else:
        sizes = rng.randint(1, n_columns, size=(len(chosen), 1))
        cut = rng.random_sample((len(chosen), n_columns)).argsort(axis=1) < sizes
    sliced = [
        take(rows.iloc[:, j], np.where(cut[:, j], partner, chosen))
        for j in range(n_columns)
    ]
    return join_columns(sliced, rows.columns)


def _flip(
    rows: pd.DataFrame,
    chosen: np.ndarray,
    statistics: ClassStatistics,
    rng: np.random.RandomState,
    axis: str = "horizontal",
) -> pd.DataFrame:
    """Mirror the rows at `chosen`; see :func:`flip_rows`."""
    if statistics.image_shape is not None:
        return _mirror_images(rows.iloc[chosen], statistics, axis)
    flipped = []
    for j, grid in enumerate(statistics.grids):
        column = take(rows.iloc[:, j], chosen)
        if grid is not None:
            with np.errstate(over="ignore"):
                mean = statistics.means[j]
                offsets = mean - grid.read(column) + mean
            low, high = grid.edges
            slack = ROUNDING * (high / 2 - low / 2)
            offsets[(offsets < low - slack) | (offsets > high + slack)] = np.nan
            column = _place_where_known(offsets, grid, column)
        flipped.append(column)
    return join_columns(flipped, rows.columns)


AUGMENTATIONS: dict[str, Callable[..., pd.DataFrame]] = {
    "mix": _mix,
    "slice": _slice,
    "flip": _flip,
}
"""The augmentations by name."""


def _mirror_images(
    images: pd.DataFrame, statistics: ClassStatistics, axis: str
) -> pd.DataFrame:
    """Give each pixel the value of its mirror image, or the nearest valid value."""
    places = np.arange(images.shape[1]).reshape(statistics.image_shape)
    across = places[:, ::-1] if axis == "horizontal" else places[::-1]
    grids: list[Any] = statistics.grids  # none is missing: every pixel is a number
    mirrored = []
    for grid, source in zip(grids, across.ravel().tolist(), strict=True):
        numbers = grids[source].origin + grids[source].read(images.iloc[:, source])
        mirrored.append(grid.place(numbers - grid.origin))
    return join_columns(mirrored, images.columns)


def _draw_partners(
    chosen: np.ndarray, n_rows: int, rng: np.random.RandomState
) -> np.ndarray:
    """Draw another row for each row."""
    drawn = rng.randint(n_rows - 1, size=len(chosen))
    return drawn + (drawn >= chosen)


def _draw_runs(
    lengths: np.ndarray, size: int, rng: np.random.RandomState
) -> np.ndarray:
    """Place runs of these lengths at random; return a mask of shape (n, size)."""
    starts = rng.randint(size - lengths + 1)[:, np.newaxis]
    places = np.arange(size)
    return (places >= starts) & (places < starts + lengths[:, np.newaxis])


def _draw_rectangles(
    n: int, image_shape: tuple[int, int, int], rng: np.random.RandomState
) -> np.ndarray:
    """Draw rectangles smaller than the image as a mask of shape (n, n_pixels)."""
    height, width, channels = image_shape
    side = np.sqrt(rng.random_sample(n))  # so that the area is uniform
    heights, widths = (
        np.maximum(side * length, 1).astype(int) for length in (height, width)
    )
    down = _draw_runs(heights, height, rng)[:, :, np.newaxis]
    along = _draw_runs(widths, width, rng)[:, np.newaxis, :]
    return np.repeat((down & along).reshape(n, height * width), channels, axis=1)


def _place_where_known(
    offsets: np.ndarray, grid: NumberGrid, column: pd.Series
) -> pd.Series:
    """Replace the numbers whose offset is known, and leave the rest of the column."""
    known = ~np.isnan(offsets)
    positions = np.arange(len(column))
    positions[known] = len(column) + np.arange(known.sum())
    # Stack and select, because a sparse column does not support assignment.
    stacked = pd.concat([column, grid.place(offsets[known])], ignore_index=True)
    return take(stacked, positions)
