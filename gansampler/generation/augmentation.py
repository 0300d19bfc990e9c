"""New rows of a class out of rows of it: mixed, sliced together, mirrored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_array, check_random_state

from gansampler.tabular.column_values import take
from gansampler.tabular.containers import (
    Container,
    polars_to_pandas,
    to_array,
    to_frame,
)
from gansampler.tabular.encoder import MAX_STATES, join_columns
from gansampler.tabular.image_encoder import check_image_schema, read_image_shape
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

MIX_ALPHA = 0.2
"""Most mixtures lie near one of the parents, so that the class keeps most of its spread
(86 % of the variance of each column, where 1.0 keeps 67 %)."""

ROUNDING = 1e-9
"""A reflection that leaves the range by this share of it does so by rounding."""

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
    their own units and put on the column's grid: the step of integers, decimals, or
    the few values that the column takes.

    What can't be mixed comes from one parent, the same one for all of the row, so that
    categories that belong together stay together; it is x with probability λ. These
    are the categories, columns of at most five distinct numbers, which are most often
    codes, and numbers that one of the parents lacks.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    alpha : float, default=0.2
        Parameter of the Beta distribution. Near 0 a row is almost one of its parents;
        with 1 it lies anywhere between them.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns; "auto" goes by
        the dtypes.

    random_state : int, RandomState instance or None, default=None
        Decides everything that is random.

    Returns
    -------
    mixed : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The mixed rows, in the container and the dtypes of `X`; an array for a list.

    Raises
    ------
    ValueError
        If `alpha` is not a positive number, or a column can't be read.

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
    augment = partial(_mix, alpha=alpha)
    return _augment_table(X, augment, categorical_features, None, random_state)


def slice_rows(
    X: Any,
    *,
    block: str = "contiguous",
    categorical_features: str | Sequence[Any] = "auto",
    image_shape: Any = None,
    random_state: Any = None,
) -> Any:
    """Replace a block of columns of each row by that of another row of the class.

    Where the rows are images the block is a rectangle, as in CutMix [1]_; its share of
    the image is uniform, and it lies wholly inside.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    block : {"contiguous", "random"}, default="contiguous"
        Neighbouring columns or any; at least one, and not all. Has no effect where
        `image_shape` is given.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns; "auto" goes by
        the dtypes.

    image_shape : tuple of int, default=None
        Height, width and, where there is more than one, the number of channels, where
        the rows are flattened images.

    random_state : int, RandomState instance or None, default=None
        Decides everything that is random.

    Returns
    -------
    sliced : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The sliced rows, in the container and the dtypes of `X`; an array for a list.

    Raises
    ------
    ValueError
        If a parameter or a column can't be used; the message names it.

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
    augment = partial(_slice, block=block)
    return _augment_table(X, augment, categorical_features, image_shape, random_state)


def flip_rows(
    X: Any,
    *,
    categorical_features: str | Sequence[Any] = "auto",
    image_shape: Any = None,
    axis: str | None = None,
    random_state: Any = None,
) -> Any:
    """Mirror each row of a class.

    A row of a table is reflected about the mean m of the class: x becomes 2 m - x, put
    on the column's grid, in all numbers and dates of the row at once, which keeps the
    covariances among them. Left as they are: categories, columns of at most five
    distinct numbers, which are most often codes and have no opposite, missing values,
    and a number whose reflection would leave the range of the class.

    An image is mirrored as such. Flip only what is the same thing in the mirror:
    digits and letters are not.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_rows, n_features)
        Rows of one class.

    categorical_features : "auto" or array-like, default="auto"
        Names, positions or a boolean mask of the categorical columns; "auto" goes by
        the dtypes.

    image_shape : tuple of int, default=None
        Height, width and, where there is more than one, the number of channels, where
        the rows are flattened images.

    axis : {"horizontal", "vertical"} or None, default=None
        With `image_shape`: whether left and right change places, which None stands
        for, or top and bottom. A table has no axis.

    random_state : int, RandomState instance or None, default=None
        Has no effect, because nothing is random; for the other augmentations' sake.

    Returns
    -------
    flipped : {ndarray, dataframe, sparse matrix} of shape (n_rows, n_features)
        The flipped rows, in the container and the dtypes of `X`; an array for a list.

    Raises
    ------
    ValueError
        If a parameter or a column can't be used; the message names it.

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
    augment = partial(_flip, axis=axis or "horizontal")
    return _augment_table(X, augment, categorical_features, image_shape, random_state)


class Augmenter:
    """Replace a share of the generated rows of a class by augmented ones.

    Parameters
    ----------
    augmentation : str, callable or list of them
        A name in `AUGMENTATIONS` or a function of rows, a DataFrame, and a RandomState
        that gives back as many rows. Of a list, each row to be augmented gets one,
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
        self.pattern_ = _ClassPattern.of(real, self.schema, self.image_shape)
        return self

    def apply(self, rows: pd.DataFrame, rng: np.random.RandomState) -> pd.DataFrame:
        """Augment some of the rows.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Generated rows of the class. A row's partners are drawn from all of them;
            a callable is given the rows that it is to augment.

        rng : numpy.random.RandomState
            Decides everything that is random.

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
        parts, order, n_stacked = [rows], np.arange(len(rows)), len(rows)
        for k, augmentation in enumerate(self.augmentations_):
            own = chosen[turn == k]
            if len(own) == 0:
                continue
            if callable(augmentation):
                parts.append(_call(augmentation, rows.iloc[own], rng))
            else:
                augment = AUGMENTATIONS[augmentation]
                parts.append(augment(rows, own, self.pattern_, rng))
            order[own] = n_stacked + np.arange(len(own))
            n_stacked += len(own)
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


@dataclass(frozen=True)
class _ClassPattern:
    """What the augmentations know of a class from its real rows.

    Parameters
    ----------
    grids : list of (NumberGrid or None)
        The legal numbers of each column, None where it is not calculated with.

    means : list of float
        The mean of each column's offsets, NaN where it has no grid.

    image_shape : tuple of 3 int or None
        Height, width and channels.
    """

    grids: list[NumberGrid | None]
    means: list[float]
    image_shape: tuple[int, int, int] | None

    @classmethod
    def of(
        cls, real: pd.DataFrame, schema: TableSchema, image_shape: Any
    ) -> _ClassPattern:
        shape = None if image_shape is None else read_image_shape(image_shape)
        columns = [real.iloc[:, j] for j in range(real.shape[1])]
        grids = [
            _make_grid(column, series, is_pixel=shape is not None)
            for column, series in zip(schema.columns, columns, strict=True)
        ]
        means = [
            _mean(grid.read(series)) if grid else np.nan
            for grid, series in zip(grids, columns, strict=True)
        ]
        return cls(grids, means, shape)


def _make_grid(
    column: ColumnSchema, series: pd.Series, is_pixel: bool
) -> NumberGrid | None:
    if column.kind is Kind.CATEGORICAL or series.isna().all():
        return None
    grid = NumberGrid(column, series)
    # So few numbers are most often codes. A pixel goes with its neighbours.
    is_code = grid.legal is not None and len(grid.legal) <= MAX_STATES
    return None if is_code and not is_pixel else grid


def _mean(offsets: np.ndarray) -> float:
    # Divided first: a sum of numbers near 1e308 overflows.
    return float(np.nansum(offsets / np.count_nonzero(~np.isnan(offsets))))


def _mix(
    rows: pd.DataFrame,
    own: np.ndarray,
    pattern: _ClassPattern,
    rng: np.random.RandomState,
    alpha: float = MIX_ALPHA,
) -> pd.DataFrame:
    """Mix the rows at `own` with others; see :func:`mix_rows`."""
    if len(rows) < 2:
        return rows.iloc[own]
    partner = _draw_partners(own, len(rows), rng)
    weight = rng.beta(alpha, alpha, size=len(own))
    parent = np.where(rng.random_sample(len(own)) < weight, own, partner)
    mixed = []
    for j, grid in enumerate(pattern.grids):
        column = take(rows.iloc[:, j], parent)
        if grid is not None:
            offsets = grid.read(rows.iloc[:, j])
            # Halved, because the difference of two numbers near 1e308 overflows.
            first, second = offsets[own] / 2, offsets[partner] / 2
            blend = 2 * (second + weight * (first - second))
            column = _place_where_known(blend, grid, column)
        mixed.append(column)
    return join_columns(mixed, rows.columns)


def _slice(
    rows: pd.DataFrame,
    own: np.ndarray,
    pattern: _ClassPattern,
    rng: np.random.RandomState,
    block: str = "contiguous",
) -> pd.DataFrame:
    """Replace a block of the rows at `own`; see :func:`slice_rows`."""
    n_columns = rows.shape[1]
    n_places = n_columns // pattern.image_shape[2] if pattern.image_shape else n_columns
    if len(rows) < 2 or n_places < 2:
        return rows.iloc[own]
    partner = _draw_partners(own, len(rows), rng)
    if pattern.image_shape:
        cut = _draw_rectangles(len(own), pattern.image_shape, rng)
    elif block == "contiguous":
        cut = _draw_runs(rng.randint(1, n_columns, size=len(own)), n_columns, rng)
    else:
        sizes = rng.randint(1, n_columns, size=(len(own), 1))
        cut = rng.random_sample((len(own), n_columns)).argsort(axis=1) < sizes
    sliced = [
        take(rows.iloc[:, j], np.where(cut[:, j], partner, own))
        for j in range(n_columns)
    ]
    return join_columns(sliced, rows.columns)


def _flip(
    rows: pd.DataFrame,
    own: np.ndarray,
    pattern: _ClassPattern,
    rng: np.random.RandomState,
    axis: str = "horizontal",
) -> pd.DataFrame:
    """Mirror the rows at `own`; see :func:`flip_rows`."""
    if pattern.image_shape is not None:
        return _mirror_images(rows.iloc[own], pattern, axis)
    flipped = []
    for j, (grid, mean) in enumerate(zip(pattern.grids, pattern.means, strict=True)):
        column = take(rows.iloc[:, j], own)
        if grid is not None:
            with np.errstate(over="ignore"):
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
    images: pd.DataFrame, pattern: _ClassPattern, axis: str
) -> pd.DataFrame:
    """Return each pixel the value of the one across, or the nearest it may take."""
    places = np.arange(images.shape[1]).reshape(pattern.image_shape)
    across = places[:, ::-1] if axis == "horizontal" else places[::-1]
    grids: list[Any] = pattern.grids  # all of them there: every pixel is a number
    mirrored = []
    for grid, source in zip(grids, across.ravel().tolist(), strict=True):
        numbers = grids[source].origin + grids[source].read(images.iloc[:, source])
        mirrored.append(grid.place(numbers - grid.origin))
    return join_columns(mirrored, images.columns)


def _draw_partners(
    own: np.ndarray, n_rows: int, rng: np.random.RandomState
) -> np.ndarray:
    """Draw for each row one of the others."""
    drawn = rng.randint(n_rows - 1, size=len(own))
    return drawn + (drawn >= own)


def _draw_runs(
    lengths: np.ndarray, size: int, rng: np.random.RandomState
) -> np.ndarray:
    """Draw where runs of these lengths lie; a mask of shape (n, size)."""
    starts = rng.randint(size - lengths + 1)[:, np.newaxis]
    places = np.arange(size)
    return (places >= starts) & (places < starts + lengths[:, np.newaxis])


def _draw_rectangles(
    n: int, image_shape: tuple[int, int, int], rng: np.random.RandomState
) -> np.ndarray:
    """Draw rectangles smaller than the image; a mask of shape (n, n_pixels)."""
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
    """Put the numbers of known offset into a column, and leave the rest of it."""
    known = ~np.isnan(offsets)
    positions = np.arange(len(column))
    positions[known] = len(column) + np.arange(known.sum())
    # Stacked and chosen from, because a sparse column can't be written into.
    stacked = pd.concat([column, grid.place(offsets[known])], ignore_index=True)
    return take(stacked, positions)


def _call(
    function: Callable[..., Any], rows: pd.DataFrame, rng: np.random.RandomState
) -> pd.DataFrame:
    """Call the user's augmentation, and put its columns back in their dtypes."""
    name = getattr(function, "__name__", repr(function))
    rows = rows.reset_index(drop=True)
    given = function(rows.copy(), rng)
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
    given = given.reset_index(drop=True)
    columns = [
        _cast(given.iloc[:, j], rows.dtypes.iloc[j], f"{name!r}, column {column!r}")
        for j, column in enumerate(rows.columns)
    ]
    return join_columns(columns, rows.columns)


def _cast(given: pd.Series, dtype: Any, where: str) -> pd.Series:
    """Return a column in `dtype`, or say which of its values that can't hold."""
    try:
        if isinstance(dtype, pd.CategoricalDtype):
            codes = dtype.categories.get_indexer(pd.Index(given, dtype=object))
            cast = pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
        else:
            cast = given.astype(dtype)
    except (TypeError, ValueError, OverflowError, NotImplementedError) as error:
        raise ValueError(
            f"Augmentation {where}: {given.dtype} can't be turned back into {dtype}: "
            f"{error}"
        ) from error
    changed = _differs(given, cast)
    if changed.any():
        raise ValueError(
            f"Augmentation {where}: the dtype {dtype} can't hold "
            f"{given[changed].iloc[0]!r}; give back values that it can."
        )
    return cast


def _differs(given: pd.Series, cast: pd.Series) -> np.ndarray:
    """Tell which values a cast has changed, other than by rounding floats."""
    missing, lost = (np.asarray(s.isna(), dtype=bool) for s in (given, cast))
    differs = missing != lost
    if cast.dtype.kind != "f":
        both = ~missing & ~lost
        before, after = (s.to_numpy(dtype=object)[both] for s in (given, cast))
        differs[both] = (before != after).astype(bool)
    return differs


def _augment_table(
    X: Any,
    augment: Callable[..., pd.DataFrame],
    categorical_features: str | Sequence[Any],
    image_shape: Any,
    random_state: Any,
) -> Any:
    """Augment all rows of a table of one class, in the user's own container."""
    frame = _read_table(X)
    schema = infer_schema(frame, categorical_features)
    if image_shape is not None:
        check_image_schema(schema, frame, image_shape)
    rows = frame.copy()
    if len(frame):
        pattern = _ClassPattern.of(frame, schema, image_shape)
        everyone = np.arange(len(frame))
        rows = augment(frame, everyone, pattern, check_random_state(random_state))
    return Container.of(X).restore(rows.set_axis(frame.index))


def _read_table(X: Any) -> pd.DataFrame:
    table = polars_to_pandas(X)
    if isinstance(table, (list, tuple)):
        table = to_array(table)
    if not isinstance(table, pd.DataFrame):
        table = check_array(
            table,
            dtype=None,
            accept_sparse=True,
            ensure_all_finite=False,
            ensure_min_samples=0,
        )
    if table.shape[1] == 0:
        raise ValueError(f"X has no columns (shape {table.shape}).")
    return to_frame(table)
