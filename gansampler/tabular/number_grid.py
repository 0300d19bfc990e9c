"""The valid numbers of one column in one class."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype

from gansampler.tabular.column_values import distinct_values, read_numbers, take
from gansampler.tabular.number_facts import MAX_UNITS
from gansampler.tabular.schema import ColumnSchema, Kind


class NumberGrid:
    """The valid numbers of a column of numbers or dates in one class.

    These are the numbers in the range of the class that lie on the column's grid. The
    grid contains integers and rounded numbers in the column's step or, if the column
    has few values, those that occur in the class.

    Numbers are read and placed as offsets. Integers and dates are counted from the
    smallest in the class, because float64 can't represent all of them. Other numbers
    are counted from zero.

    Parameters
    ----------
    column : ColumnSchema
        The column in the whole table.

    series : Series of shape (n_rows,)
        The column in the rows of the class, at least one of them not missing.

    Attributes
    ----------
    low, high : numpy scalar
        The class's smallest and largest number.

    origin : float
        The number whose offset is zero.

    edges : tuple of float
        The offsets of `low` and `high`.

    whole_objects : bool
        Whether the column contains Python integers.

    legal : Series or None
        The valid values in the user's dtype if there are few, else None.
    """

    def __init__(self, column: ColumnSchema, series: pd.Series) -> None:
        self.column = column
        values, missing = read_numbers(series)
        self.low, self.high = values.min(), values.max()
        continuous = column.kind is Kind.CONTINUOUS
        self.origin = 0.0 if continuous else float(self.low)
        first, last = self._offset(np.array([self.low, self.high]))
        self.edges = float(first), float(last)
        self.legal = distinct_values(series[~missing]) if column.discrete else None
        # Python integers may exceed those of NumPy, and are then read as floats.
        self.whole_objects = is_object_dtype(column.dtype) and all(
            isinstance(value, Integral) for value in series[~missing]
        )
        # In an hour that occurs twice (end of daylight saving), placing may pick the
        # wrong one.
        zoned = isinstance(column.dtype, pd.DatetimeTZDtype)
        self._limits = (series.min(), series.max()) if zoned else (None, None)

    @property
    def step(self) -> float | None:
        """The distance between valid numbers, None if there is no grid."""
        if self.column.kind is Kind.INTEGER:
            return float(self.column.step)
        if self.column.decimals is None:
            return None
        return float(self.column.step / 10.0**self.column.decimals)

    def read(self, series: pd.Series) -> np.ndarray:
        """Read numbers as offsets.

        Parameters
        ----------
        series : Series of shape (n_rows,)
            The column in any rows of the table.

        Returns
        -------
        offsets : ndarray of shape (n_rows,), dtype float64
            Offsets, NaN for missing numbers.
        """
        values, missing = read_numbers(series)
        offsets = np.full(len(series), np.nan)
        offsets[~missing] = self._offset(values)
        return offsets

    def place(self, offsets: np.ndarray) -> pd.Series:
        """Return the valid number nearest to each offset.

        Parameters
        ----------
        offsets : ndarray of shape (n_rows,), dtype float64
            Offsets, possibly infinite, but not NaN.

        Returns
        -------
        series : Series of shape (n_rows,)
            Valid numbers in the user's dtype.
        """
        if self.legal is not None:
            levels = self.read(self.legal)
            return take(self.legal, _nearest(offsets, levels))
        if isinstance(self.column.dtype, pd.DatetimeTZDtype):
            zoned = _localize(self._on_grid(offsets), self.column.dtype)
            return zoned.clip(*self._limits)
        values = self._on_grid(offsets)
        if self.whole_objects:
            values = np.array([int(np.rint(value)) for value in values], dtype=object)
        return _to_dtype(values, self.column.dtype)

    def place_above(
        self, floor: np.ndarray, distance: np.ndarray
    ) -> tuple[pd.Series, np.ndarray]:
        """Return the valid number near `floor` plus `distance`, never below `floor`.

        Parameters
        ----------
        floor : ndarray of shape (n_rows,), dtype of `low`
            Numbers, not offsets.

        distance : ndarray of shape (n_rows,), dtype float64
            Non-negative distances to add.

        Returns
        -------
        series : Series of shape (n_rows,)
            Valid numbers in the user's dtype.

        legal : ndarray of shape (n_rows,), dtype bool
            Whether the range of the class contains a valid number that is not below
            `floor`. If not, the number lies outside the range.
        """
        offsets = self._offset(floor)
        placed = self.place(offsets + distance)
        below = read_numbers(placed)[0] < floor  # by rounding
        placed = _replaced(placed, below, self.place(self._next(offsets[below])))
        above = read_numbers(placed)[0] < floor
        beyond = _to_dtype(self._ceiled(floor[above]), self.column.dtype)
        return _replaced(placed, above, beyond), ~above

    def _ceiled(self, numbers: np.ndarray) -> np.ndarray:
        """Return the next numbers on the column's grid, ignoring the range."""
        if self.column.kind is Kind.INTEGER:
            step = self.column.step
            return numbers + (self.low - numbers) % step
        if self.column.decimals is None:
            return numbers
        scale = 10.0**self.column.decimals
        return np.ceil(np.round(numbers * scale, 3)) / scale

    def _next(self, offsets: np.ndarray) -> np.ndarray:
        """Return the offsets of the next larger valid numbers."""
        if self.legal is not None:
            levels = np.sort(self.read(self.legal))
            at = np.searchsorted(levels, offsets)
            return levels[np.minimum(at, len(levels) - 1)]
        step = self.step or 0.0
        # Add enough for floats to differ.
        return offsets + np.maximum(step, 2 * np.spacing(np.abs(offsets)))

    def _offset(self, values: np.ndarray) -> np.ndarray:
        # Not by dtype, because objects may be whole numbers in this class only.
        if self.column.kind is Kind.CONTINUOUS:
            return values
        # Differences of int64 may need uint64, whose subtraction wraps correctly.
        # Numbers of other classes may lie below the smallest of this class.
        low, counts = np.uint64(self.low), values.astype(np.uint64)
        above = (counts - low).astype(np.float64)
        below = (low - counts).astype(np.float64)
        return np.where(values >= self.low, above, -below)

    def _on_grid(self, offsets: np.ndarray) -> np.ndarray:
        if self.column.kind is Kind.CONTINUOUS:
            return np.clip(self._rounded(offsets), self.low, self.high)
        dtype, low, step = self.low.dtype, int(self.low), self.column.step
        steps = (int(self.high) - low) // step
        whole = np.clip(np.rint(offsets / step), 0, steps)
        if steps * step < 2**53:
            return self.low + step * whole.astype(dtype)
        # Python integers don't overflow if a column spans all of int64.
        return np.array([low + step * min(int(k), steps) for k in whole], dtype=dtype)

    def _rounded(self, numbers: np.ndarray) -> np.ndarray:
        """Round to the column's decimals and step, counted from the smallest number."""
        decimals, step = self.column.decimals, self.column.step
        if decimals is None:
            return numbers
        scale = 10.0**decimals
        with np.errstate(over="ignore"):
            low, units = self.low * scale, numbers * scale
        # Larger floats have no such decimals.
        told = np.abs(units) < MAX_UNITS
        first = np.rint(low) if abs(low) < MAX_UNITS else 0.0
        steps = np.rint((units[told] - first) / step)
        rounded = numbers.copy()
        rounded[told] = (first + step * steps) / scale
        return rounded


def _replaced(column: pd.Series, where: np.ndarray, others: pd.Series) -> pd.Series:
    """Replace some values of a column, keeping its dtype."""
    if not where.any():
        return column
    position = np.arange(len(column))
    position[where] = len(column) + np.arange(len(others))
    return take(pd.concat([column, others], ignore_index=True), position)


def _nearest(numbers: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the position of the level nearest to each number."""
    order = np.argsort(levels)
    middles = levels[order][:-1] / 2 + levels[order][1:] / 2
    return order[np.searchsorted(middles, numbers)]


def _localize(values: np.ndarray, dtype: pd.DatetimeTZDtype) -> pd.Series:
    """Convert local times, counted in the dtype's unit, to times with a time zone."""
    local = pd.Series(values.astype(f"datetime64[{dtype.unit}]"))
    summer = np.ones(len(values), dtype=bool)
    zoned = local.dt.tz_localize(
        dtype.tz, ambiguous=summer, nonexistent="shift_forward"
    )
    return zoned.astype(dtype)


def _to_dtype(values: np.ndarray, dtype: Any) -> pd.Series:
    if is_object_dtype(dtype):
        return pd.Series(values.tolist(), dtype=object)
    return pd.Series(values).astype(dtype)
