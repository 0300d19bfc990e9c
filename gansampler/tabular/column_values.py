"""Read the values of one column without loss."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

_WIDEST = {"i": np.int64, "u": np.uint64, "f": np.float64}
"""The dtype in which numbers of a kind are read."""


def read_numbers(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Read a numeric column's values without loss.

    Parameters
    ----------
    series : Series of shape (n_rows,)
        A column of numbers, dates or durations, of any dtype.

    Returns
    -------
    values : ndarray of shape (n_present,), dtype int64, uint64 or float64
        The values that are not missing. Dates and durations are counted in their
        dtype's unit, dates with a time zone by local time.

    missing : ndarray of shape (n_rows,), dtype bool
        Which values are missing.
    """
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in _WIDEST:
        # Without pandas, whose calls take longer than the work on a few rows.
        values = series.to_numpy().astype(_WIDEST[series.dtype.kind])
        missing = np.isnan(values)
        return values[~missing], missing
    if isinstance(series.dtype, pd.SparseDtype):
        series = pd.Series(series.array.to_dense(), index=series.index)
    missing = series.isna().to_numpy(dtype=bool)
    present = series[~missing]
    if is_temporal(series.dtype):
        if isinstance(series.dtype, pd.DatetimeTZDtype):
            # In local time, so that dates stay dates across daylight saving time.
            present = present.dt.tz_localize(None)
        arrow = isinstance(series.dtype, pd.ArrowDtype)
        whole = present.astype("int64[pyarrow]" if arrow else "int64")
        return whole.to_numpy(dtype="int64"), missing
    if series.dtype == object:
        return _read_objects(present), missing
    if pdt.is_integer_dtype(series.dtype):
        unsigned = pdt.is_unsigned_integer_dtype(series.dtype)
        return present.to_numpy(dtype="uint64" if unsigned else "int64"), missing
    return present.to_numpy(dtype="float64"), missing


def read_floats(series: pd.Series, bound: float) -> np.ndarray:
    """Read a numeric column as floats, clipped to `bound` in absolute value.

    Parameters
    ----------
    series : Series of shape (n_rows,)
        A column of numbers, dates or durations, of any dtype.

    bound : float
        The limit to which larger numbers are clipped.

    Returns
    -------
    numbers : ndarray of shape (n_rows,), dtype float64
        The values, NaN if missing.
    """
    values, missing = read_numbers(series)
    numbers = np.full(len(series), np.nan)
    numbers[~missing] = np.clip(values.astype(np.float64), -bound, bound)
    return numbers


def is_temporal(dtype: Any) -> bool:
    """Tell whether a column of this dtype contains dates or durations."""
    if isinstance(dtype, pd.ArrowDtype):
        # Arrow's dates and times of day are objects to NumPy.
        return dtype.kind in "mM" and dtype.pyarrow_dtype.bit_width == 64
    return pdt.is_datetime64_any_dtype(dtype) or pdt.is_timedelta64_dtype(dtype)


def is_boolean(dtype: Any) -> bool:
    """Tell whether the dtype itself implies both False and True."""
    is_category = isinstance(dtype, pd.CategoricalDtype)  # may have only one of them
    return bool(pdt.is_bool_dtype(dtype)) and not is_category


def _read_objects(present: pd.Series) -> np.ndarray:
    values = present.tolist()
    if values and all(isinstance(value, Integral) for value in values):
        limits = np.iinfo(np.int64)
        if min(values) >= limits.min and max(values) <= limits.max:
            return np.array(values, dtype=np.int64)
    return np.array([float(value) for value in values], dtype=np.float64)


def distinct_values(series: pd.Series) -> pd.Series:
    """Return the distinct values in ascending order, a single missing value first.

    In the order of the rows, the values of several columns would reveal which ones
    belong to the same row.
    """
    codes, _ = pd.factorize(series)
    found, first = np.unique(codes, return_index=True)
    distinct = series.iloc[first].reset_index(drop=True)
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        # Numeric columns may have too many values to sort as Python objects.
        return take(distinct, np.lexsort((distinct.to_numpy(), found >= 0)))
    # Sort anything but numbers as text, because objects need not be comparable.
    keys = [
        (
            code >= 0,
            value if isinstance(value, Real) else 0,
            str(value),
            type(value).__name__,
        )
        for code, value in zip(found, distinct.astype(object), strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return take(distinct, np.array(order, dtype=np.intp))


def find_positions(series: pd.Series, values: pd.Series) -> np.ndarray:
    """Return the position of each entry in the distinct `values`, -1 if absent."""
    both = pd.concat([values, series], ignore_index=True)
    codes, _ = pd.factorize(both, use_na_sentinel=False)
    head, tail = codes[: len(values)], codes[len(values) :]
    position_of_code = np.full(len(both), -1)
    position_of_code[head] = np.arange(len(values))
    return position_of_code[tail]


def take(values: pd.Series, positions: np.ndarray) -> pd.Series:
    """Return the values at `positions`, with the index 0, 1, ..."""
    return values.take(positions).reset_index(drop=True)


def cast_column(given: pd.Series, dtype: Any) -> pd.Series:
    """Cast a column to `dtype` without changing values other than by rounding floats.

    Parameters
    ----------
    given : Series of shape (n_rows,)
        Values from outside the package.

    dtype : numpy dtype or pandas extension dtype
        The dtype of the user's column.

    Returns
    -------
    column : Series of shape (n_rows,)
        The same values.

    Raises
    ------
    ValueError
        If the dtype can't store a value. The message names it.
    """
    try:
        if isinstance(dtype, pd.CategoricalDtype):
            codes = dtype.categories.get_indexer(pd.Index(given, dtype=object))
            cast = pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
        else:
            cast = given.astype(dtype)
    except (TypeError, ValueError, OverflowError, NotImplementedError) as error:
        raise ValueError(
            f"{given.dtype} can't be converted to {dtype}: {error}"
        ) from error
    changed = differs(given, cast)
    if changed.any():
        raise ValueError(f"the dtype {dtype} can't store {given[changed].iloc[0]!r}")
    return cast


def differs(given: pd.Series, cast: pd.Series) -> np.ndarray:
    """Tell which values a cast changed, other than by rounding floats.

    Parameters
    ----------
    given, cast : Series of shape (n_rows,)
        The values before and after.

    Returns
    -------
    changed : ndarray of shape (n_rows,), dtype bool
        True for values that differ, or are missing in only one of the two.
    """
    missing, lost = (np.asarray(s.isna(), dtype=bool) for s in (given, cast))
    changed = missing != lost
    if cast.dtype.kind != "f":
        both = ~missing & ~lost
        before, after = (s.to_numpy(dtype=object)[both] for s in (given, cast))
        changed[both] = (before != after).astype(bool)
    return changed
