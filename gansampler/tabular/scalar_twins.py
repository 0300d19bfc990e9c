"""Replace columns that NumPy cannot calculate with by twins that it can, and back.

For example, a column of Python's dates has a twin of dtype ``datetime64``. Inside the
package the twin is like any column of dates. New values are converted back to Python's
dates before they reach the user.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

MAX_DECIMALS = 400
"""Maximum decimals of a column of decimals; a float has no more."""

MAX_EXPONENT = 308
"""Maximum exponent of a decimal; a float has no larger one."""


@dataclass(frozen=True)
class Twin:
    """Convert a column to its twin, and the values of the twin back.

    Parameters
    ----------
    kind : str
        What the column holds, a name in :data:`KINDS`.

    dtype : pandas extension dtype or None
        The user's dtype; None for a column of Python objects.

    missing : object
        The object that marks a missing value, such as None or NaT.

    decimals : int or None
        The number of decimals of a column of decimals.
    """

    kind: str
    dtype: Any = None
    missing: Any = None
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not a kind of column")
        if self.decimals is not None and not 0 <= self.decimals <= MAX_DECIMALS:
            raise ValueError(
                f"{self.decimals} decimals, but at most {MAX_DECIMALS} are allowed"
            )

    def apply(self, series: pd.Series) -> pd.Series:
        """Return the twin of a column."""
        if self.dtype is not None:
            return KINDS[self.kind].count(series, self).set_axis(series.index)
        known = series.notna().to_numpy(dtype=bool)
        counted = KINDS[self.kind].count(series.to_numpy()[known].tolist(), self)
        counted.index = np.flatnonzero(known)
        return counted.reindex(range(len(series))).set_axis(series.index)

    def restore(self, twin: pd.Series) -> pd.Series:
        """Convert a twin back to the user's column."""
        if self.dtype is not None:
            return KINDS[self.kind].make(twin, self).set_axis(twin.index)
        values = np.full(len(twin), self.missing, dtype=object)
        known = twin.notna().to_numpy(dtype=bool)
        made = KINDS[self.kind].make(twin[known], self)
        values[known] = pd.Series(made, dtype=object).to_numpy()
        return pd.Series(values, index=twin.index, dtype=object)


@dataclass(frozen=True)
class Twins:
    """The twins of the columns of a table.

    Parameters
    ----------
    by_position : dict of int to Twin
        The twins, by the position of their column.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from gansampler.tabular.scalar_twins import find_twins
    >>> frame = pd.DataFrame({"born": [date(1990, 5, 30), None], "paid": [1.5, 2.0]})
    >>> twins = find_twins(frame)
    >>> counted = twins.apply(frame)
    >>> [str(dtype) for dtype in counted.dtypes]
    ['datetime64[s]', 'float64']
    >>> twins.restore(counted)["born"].tolist()
    [datetime.date(1990, 5, 30), None]
    """

    by_position: Mapping[int, Twin] = field(default_factory=dict)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Replace the columns of a frame with their twins."""
        return self._replace(frame, Twin.apply)

    def read(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Replace the columns of rows that the user's own code returned.

        These rows may contain the user's types or what pandas makes of them, such as
        pandas dates instead of Python's.
        """
        labels = {*range(rows.shape[1])} - {*self.by_position}
        return find_twins(rows, labels).apply(rows) if self.by_position else rows

    def restore(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Replace the twins of a frame with the user's columns."""
        return self._replace(rows, Twin.restore)

    def _replace(
        self, frame: pd.DataFrame, turn: Callable[[Twin, pd.Series], pd.Series]
    ) -> pd.DataFrame:
        if not self.by_position:
            return frame
        # By position because names need not be strings.
        changed = frame.set_axis(range(frame.shape[1]), axis=1)
        for j, twin in self.by_position.items():
            changed[j] = turn(twin, frame.iloc[:, j])
        return changed.set_axis(frame.columns, axis=1)


NO_TWINS = Twins()
"""For a table in which no column needs a twin."""


def find_twins(frame: pd.DataFrame, labels: Collection[int] = ()) -> Twins:
    """Find the columns of a table that need a twin.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The table.

    labels : collection of int, default=()
        Positions of columns declared categorical, which need no twin.

    Returns
    -------
    twins : Twins
        Their twins. A column of objects with several types or time zones has none.
    """
    found = {}
    for j, dtype in enumerate(frame.dtypes):
        if j in labels:
            continue
        if isinstance(dtype, np.dtype) and dtype.kind == "O":
            twin = _of_objects(frame.iloc[:, j])
        else:
            kind = _kind_of_dtype(dtype)
            twin = None if kind is None else Twin(kind, dtype)
        if twin is not None and find_fault(frame.iloc[:, j], twin) is None:
            found[j] = twin
    return Twins(found)


def _of_objects(series: pd.Series) -> Twin | None:
    """Return the twin of a column of objects, None if it has none."""
    known = series.notna().to_numpy(dtype=bool)
    values = series.to_numpy()
    first = values[known.argmax()] if known.any() else None
    kind = OBJECTS.get(type(first))
    if kind is None or {*map(type, values[known])} != {type(first)}:
        return None
    missing = None if known.all() else values[known.argmin()]
    if kind != "Decimal":
        return Twin(kind, missing=missing)
    exponents = [v.as_tuple().exponent for v in values[known] if v.is_finite()]
    decimals = min(max(0, -min(exponents, default=0)), MAX_DECIMALS)
    return Twin(kind, missing=missing, decimals=decimals)


def _kind_of_dtype(dtype: Any) -> str | None:
    if isinstance(dtype, pd.PeriodDtype):
        return "period"
    if not isinstance(dtype, pd.ArrowDtype):
        return None
    from pyarrow import types

    arrow = dtype.pyarrow_dtype
    if types.is_dictionary(arrow):
        return "Arrow dictionary"
    if types.is_time(arrow):
        return "Arrow time"
    return "Arrow date" if types.is_date32(arrow) else None


def find_fault(series: pd.Series, twin: Twin | None = None) -> str | None:
    """Explain why a column cannot be converted to its twin.

    Parameters
    ----------
    series : Series of shape (n_rows,)
        The column.

    twin : Twin or None, default=None
        Its twin; None to find it from the objects in the column.

    Returns
    -------
    fault : str or None
        The reason and the fix; None if the column can be converted or has no twin.
    """
    twin = twin or _of_objects(series)
    if twin is None:
        return None
    try:
        again = twin.restore(twin.apply(series))
    except (ValueError, OverflowError) as error:
        return str(error)
    if twin.dtype is not None:
        return None
    same = _is_rounded if twin.kind == "Decimal" else operator.eq
    for before, after in zip(series.dropna(), again.dropna(), strict=True):
        if not same(before, after):  # NumPy wraps around
            return _too_much(before)
    return None


def _too_much(value: Any) -> str:
    return f"{value!r} is out of range. Replace or drop it"


def _is_rounded(before: Decimal, after: Decimal) -> bool:
    """Return whether a decimal is equal to the precision of a float."""
    return float(before) == float(after) and bool(before) == bool(after)


def _count_moments(values: list[Any], twin: Twin) -> pd.Series:
    """Convert datetimes to NumPy's, or to pandas' with their time zone."""
    zones = {value.tzinfo for value in values}
    if zones == {None}:
        return _count_stamps(values)
    # Some libraries use several objects for one zone; pandas treats them as equal.
    dtypes = [zone and pd.DatetimeTZDtype("us", zone) for zone in zones]
    if any(dtype != dtypes[0] for dtype in dtypes):
        raise ValueError(
            f"its time zones differ: {', '.join(sorted(map(str, zones)))}. Use one, "
            "with `pandas.to_datetime(X[name], utc=True)`"
        )
    naive = [v.astimezone(datetime.UTC).replace(tzinfo=None) for v in values]
    utc = _count_stamps(naive).dt.tz_localize("UTC")
    return utc.dt.tz_convert(dtypes[0].tz)


def _count_stamps(values: list[Any]) -> pd.Series:
    # pandas' own objects may have units other than microseconds.
    units = [v.asm8 if isinstance(v, pd.Timestamp) else v for v in values]
    fits = isinstance(values[0], pd.Timestamp)
    return pd.Series(np.array(units, dtype="M8" if fits else "M8[us]"))


def _make_datetimes(twin: pd.Series, _: Twin) -> list[Any]:
    return [stamp.to_pydatetime() for stamp in twin.tolist()]


def _count_times(values: list[Any], twin: Twin) -> pd.Series:
    """Convert times of day to durations since midnight."""
    if any(value.tzinfo is not None for value in values):
        raise ValueError(
            "a time of day has a time zone. Remove it with `value.replace(tzinfo=None)`"
        )
    first = datetime.date.min
    midnight = datetime.datetime.min
    passed = [datetime.datetime.combine(first, value) - midnight for value in values]
    return pd.Series(np.array(passed, dtype="m8[us]"))


def _make_times(twin: pd.Series, _: Twin) -> list[Any]:
    passed = twin.to_numpy().astype("m8[us]").tolist()
    return [(datetime.datetime.min + duration).time() for duration in passed]


def _count_decimals(values: list[Decimal], twin: Twin) -> pd.Series:
    """Convert decimals to floats or, if they are whole numbers, to integers.

    Whole numbers may be contract numbers, which must not lose a digit.
    """
    for value in values:
        if not value.is_finite() or value.adjusted() > MAX_EXPONENT:
            raise ValueError(_too_much(value))
    if twin.decimals:
        return pd.Series([float(value) for value in values], dtype="float64")
    whole = [int(value) for value in values]
    fits = all(-(2**63) <= value < 2**63 for value in whole)
    return pd.Series(whole, dtype="Int64" if fits else object)


def _make_decimals(twin: pd.Series, how: Twin) -> list[Decimal]:
    if not how.decimals:
        return [Decimal(int(value)) for value in twin.tolist()]
    # Their repr has no digits that come from the binary representation.
    shortest = [Decimal(repr(value)) for value in twin.tolist()]
    return [Decimal(f"{value:.{how.decimals}f}") for value in shortest]


def _count_arrow_times(series: pd.Series, twin: Twin) -> pd.Series:
    """Convert Arrow's times of day to durations since midnight."""
    import pyarrow

    kind = twin.dtype.pyarrow_dtype
    whole = pyarrow.int32() if kind.bit_width == 32 else pyarrow.int64()
    numbers = pyarrow.array(series).cast(whole).cast(pyarrow.int64())
    return numbers.cast(pyarrow.duration(kind.unit)).to_pandas()


def _make_arrow_times(twin: pd.Series, how: Twin) -> pd.Series:
    import pyarrow

    kind = how.dtype.pyarrow_dtype
    whole = pyarrow.int32() if kind.bit_width == 32 else pyarrow.int64()
    passed = pyarrow.array(twin, from_pandas=True).cast(pyarrow.duration(kind.unit))
    return _of_arrow(passed.cast(pyarrow.int64()).cast(whole), how.dtype)


def _count_arrow_dates(series: pd.Series, twin: Twin) -> pd.Series:
    import pyarrow

    return pyarrow.array(series).cast(pyarrow.timestamp("s")).to_pandas()


def _make_arrow_dates(twin: pd.Series, how: Twin) -> pd.Series:
    import pyarrow

    return _of_arrow(pyarrow.array(twin, from_pandas=True), how.dtype)


def _count_dictionary(series: pd.Series, twin: Twin) -> pd.Series:
    """Convert an Arrow dictionary to a pandas category with sorted categories."""
    values = pd.Series(series.tolist(), dtype=object)
    return pd.Series(pd.Categorical(values.where(values.notna(), None)))


def _make_dictionary(twin: pd.Series, how: Twin) -> pd.Series:
    import pyarrow

    kind = how.dtype.pyarrow_dtype
    objects = twin.astype(object)
    plain = pyarrow.array(objects, type=kind.value_type, from_pandas=True)
    return _of_arrow(plain.dictionary_encode(), how.dtype)


def _of_arrow(values: Any, dtype: pd.ArrowDtype) -> pd.Series:
    """Convert an Arrow array to a column of a pandas dtype."""
    cast = values.cast(dtype.pyarrow_dtype, safe=False)
    return pd.Series(pd.arrays.ArrowExtensionArray(cast))


@dataclass(frozen=True)
class TwinKind:
    """Convert values of one kind to those of the twin, and back.

    Parameters
    ----------
    count : callable
        Called with the column (for objects, a list of those that are not missing) and
        the :class:`Twin`. Returns the values of the twin.

    make : callable
        Called with the values of the twin (for objects, without missing ones) and the
        :class:`Twin`. Returns the values of the column.
    """

    count: Callable[[Any, Twin], pd.Series]
    make: Callable[[pd.Series, Twin], Any]


def _numpy_kind(counted: str, dtype: str) -> TwinKind:
    """Return the kind for Python objects that NumPy converts itself."""
    return TwinKind(
        lambda values, _: pd.Series(np.array(values, counted).astype(dtype)),
        lambda twin, _: twin.to_numpy().astype(counted).tolist(),
    )


KINDS = {
    "date": _numpy_kind("M8[D]", "M8[s]"),
    "datetime": TwinKind(_count_moments, _make_datetimes),
    "Timestamp": TwinKind(_count_moments, lambda twin, _: twin.tolist()),
    "time": TwinKind(_count_times, _make_times),
    "timedelta": _numpy_kind("m8[us]", "m8[us]"),
    "Timedelta": TwinKind(
        lambda values, _: pd.Series(np.array([value.asm8 for value in values])),
        lambda twin, _: twin.tolist(),
    ),
    "Decimal": TwinKind(_count_decimals, _make_decimals),
    "period": TwinKind(
        lambda series, _: series.dt.to_timestamp(),
        lambda twin, how: twin.astype(how.dtype),
    ),
    "Arrow date": TwinKind(_count_arrow_dates, _make_arrow_dates),
    "Arrow time": TwinKind(_count_arrow_times, _make_arrow_times),
    "Arrow dictionary": TwinKind(_count_dictionary, _make_dictionary),
}
"""The kinds of column that have a twin, by name."""

OBJECTS = {
    datetime.date: "date",
    datetime.datetime: "datetime",
    pd.Timestamp: "Timestamp",
    datetime.time: "time",
    datetime.timedelta: "timedelta",
    pd.Timedelta: "Timedelta",
    Decimal: "Decimal",
}
"""The kind of a column of objects, by their exact type."""
