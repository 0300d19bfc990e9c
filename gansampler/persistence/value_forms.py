"""Write Python, NumPy and pandas values as plain JSON and named arrays."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pdt

from gansampler.persistence.json_codec import Form, NoFormError, Reader, Writer

MAX_ITEM_BYTES = 2**20
"""Largest value of a NumPy dtype in a file, since a short text may name a huge one."""

MAX_EXPONENT = 10_000
"""Largest exponent of a decimal in a file, since a short text may be a huge number."""


def _write_items(values: Iterable[Any], writer: Writer) -> list[Any]:
    return [writer.write(value) for value in values]


def _read_items(payload: list[Any], reader: Reader) -> list[Any]:
    return [reader.read(value) for value in payload]


def _write_pairs(mapping: dict[Any, Any], writer: Writer) -> list[Any]:
    return [[writer.write(key), writer.write(mapping[key])] for key in mapping]


def _read_pairs(payload: list[Any], reader: Reader) -> dict[Any, Any]:
    return {reader.read(key): reader.read(value) for key, value in payload}


def _write_scalar(value: np.generic, writer: Writer) -> list[Any]:
    dtype = value.dtype
    if dtype.kind in "mM":
        return [dtype.str, int(value.astype(np.int64))]
    if dtype.kind not in "biufU" or dtype == np.longdouble:
        raise NoFormError(f"{value!r}, a scalar of dtype {dtype}, is not supported")
    return [dtype.str, writer.write(value.item())]


def _read_scalar(payload: list[Any], reader: Reader) -> Any:
    dtype = _read_numpy_dtype(payload[0])
    reader.take(dtype.itemsize)
    if dtype.kind in "mM":
        return np.int64(payload[1]).astype(dtype)
    return dtype.type(reader.read(payload[1]))


def _read_numpy_dtype(text: str) -> np.dtype:
    """Read the dtype of a column or value, rejecting huge ones."""
    dtype = np.dtype(text)
    if dtype.kind not in "biufmMSUO" or dtype.itemsize > MAX_ITEM_BYTES:
        raise ValueError(f"{text!r} is not the dtype of a column")
    return dtype


def _write_array(array: np.ndarray, writer: Writer) -> Any:
    if array.dtype.kind in "biuf" and array.dtype != np.longdouble:
        return writer.add_array(array)
    if array.ndim != 1 or array.dtype.kind not in "UO":
        raise NoFormError(f"an array of shape {array.shape} and dtype {array.dtype}")
    return [array.dtype.str, _write_items(array.tolist(), writer)]


def _read_array(payload: Any, reader: Reader) -> np.ndarray:
    if isinstance(payload, str):
        return reader.arrays[payload]
    dtype = _read_numpy_dtype(payload[0])
    reader.take(dtype.itemsize * len(payload[1]))
    array = np.empty(len(payload[1]), dtype=dtype)
    array[:] = _read_items(payload[1], reader)
    return array


def _write_random_state(state: np.random.RandomState, writer: Writer) -> list[Any]:
    inner: Any = state.get_state(legacy=False)
    name = inner["bit_generator"]
    if name != "MT19937":
        raise NoFormError(f"a RandomState of {name}; only MT19937 is supported")
    array = writer.add_array(inner["state"]["key"])
    rest = [inner["state"]["pos"], inner["has_gauss"], inner["gauss"]]
    return [array, *_write_items(rest, writer)]


def _read_random_state(payload: list[Any], reader: Reader) -> np.random.RandomState:
    state = np.random.RandomState(0)
    state.set_state(("MT19937", reader.arrays[payload[0]], *payload[1:]))
    return state


def _write_time(value: Any, writer: Writer) -> Any:
    """Write a pandas date or duration as a column with one row."""
    return _write_series(pd.Series([value]), writer)


def _read_time(payload: Any, reader: Reader) -> Any:
    return _read_series(payload, reader).iloc[0]


def _read_decimal(text: str) -> Decimal:
    value = Decimal(text)
    if value.is_finite() and abs(value.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"a decimal of more than {MAX_EXPONENT} digits")
    return value


def _by_text(kind: type, tag: str, write: Any, read: Any) -> Form:
    """Return the form of a type whose values are written as text."""
    return Form(
        kind, tag, lambda value, _: write(value), lambda payload, _: read(payload)
    )


def _write_dtype(dtype: Any, writer: Writer) -> list[Any]:
    """Write a dtype, or raise a NoFormError if reading would change it."""
    plain = _describe_dtype(dtype, writer)
    try:
        again = _make_dtype(plain, Reader(VALUES, writer.arrays))
    except (TypeError, ValueError, NotImplementedError):
        again = None
    if again != dtype:
        raise NoFormError(f"the dtype {dtype}")
    return plain


def _describe_dtype(dtype: Any, writer: Writer) -> list[Any]:
    if isinstance(dtype, np.dtype):
        return ["numpy", dtype.str]
    if isinstance(dtype, pd.CategoricalDtype):
        return ["category", writer.write(dtype.categories), bool(dtype.ordered)]
    if isinstance(dtype, pd.SparseDtype):
        return ["sparse", writer.write(dtype.subtype), writer.write(dtype.fill_value)]
    if isinstance(dtype, pd.StringDtype):
        return ["string", dtype.storage, dtype.na_value is pd.NA]
    if isinstance(dtype, pd.ArrowDtype):
        return _describe_arrow(dtype, writer)
    return ["name", str(dtype)]


def _describe_arrow(dtype: pd.ArrowDtype, writer: Writer) -> list[Any]:
    from pyarrow import types

    kind = dtype.pyarrow_dtype
    if types.is_decimal(kind):
        return ["decimal", kind.precision, kind.scale]
    if types.is_dictionary(kind):
        inner = writer.write(pd.ArrowDtype(kind.value_type))
        return ["dictionary", str(kind.index_type), inner, bool(kind.ordered)]
    # By this name pandas means a dtype of its own.
    return ["text"] if types.is_string(kind) else ["name", str(dtype)]


def _make_dtype(payload: list[Any], reader: Reader) -> Any:
    kind, *rest = payload
    if kind == "numpy":
        return _read_numpy_dtype(rest[0])
    if kind == "category":
        return pd.CategoricalDtype(reader.read(rest[0]), ordered=rest[1])
    if kind == "sparse":
        return pd.SparseDtype(reader.read(rest[0]), reader.read(rest[1]))
    if kind == "string":
        storage, is_nullable = rest
        # pandas before 2.3 only has the nullable dtype, and no `na_value`.
        if is_nullable:
            return pd.StringDtype(storage)
        return pd.StringDtype(storage, na_value=np.nan)
    if kind == "decimal":
        import pyarrow

        return pd.ArrowDtype(pyarrow.decimal128(*rest))
    if kind == "text":
        import pyarrow

        return pd.ArrowDtype(pyarrow.string())
    if kind == "dictionary":
        import pyarrow

        index, inner = pyarrow.type_for_alias(rest[0]), reader.read(rest[1])
        return pd.ArrowDtype(pyarrow.dictionary(index, inner.pyarrow_dtype, rest[2]))
    if "dateutil" in rest[0]:  # its time zones are files anywhere on the disk
        raise ValueError(f"{rest[0]!r} names a time zone of dateutil")
    dtype = pdt.pandas_dtype(rest[0])
    if isinstance(dtype, np.dtype):
        raise ValueError(f"{rest[0]!r} is a NumPy dtype")
    return dtype


def _write_series(series: pd.Series, writer: Writer) -> list[Any]:
    """Write a column's values without its index and name."""
    plain = [writer.write(series.dtype), _write_values(series, writer)]
    again = _read_series(plain, Reader(VALUES, writer.arrays))
    if not again.equals(series.reset_index(drop=True)):
        raise NoFormError(f"a column of dtype {series.dtype}")
    return plain


def _write_values(series: pd.Series, writer: Writer) -> Any:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return series.cat.codes.tolist()
    if isinstance(dtype, pd.SparseDtype):
        dense = pd.Series(series.array.to_dense())
        return _write_series(dense, writer)
    if isinstance(dtype, pd.IntervalDtype):
        ends = (series.array.left, series.array.right)
        return [_write_series(pd.Series(end), writer) for end in ends]
    if isinstance(dtype, pd.PeriodDtype):
        return [None if pd.isna(value) else value.ordinal for value in series]
    if dtype.kind in "mM":
        return _counts(series)
    return _write_items(series.tolist(), writer)


def _counts(series: pd.Series) -> list[int | None]:
    """Return dates or durations as counts of their unit."""
    missing = series.isna().to_numpy(dtype=bool)
    present = series[~missing]
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        present = present.dt.tz_convert(None)
    whole = iter(present.astype(_counted(series.dtype)).tolist())
    return [None if is_missing else next(whole) for is_missing in missing]


def _counted(dtype: Any) -> Any:
    """Return the dtype of counts of dates or durations, of Arrow's as wide as these."""
    if isinstance(dtype, pd.ArrowDtype):
        return f"int{dtype.pyarrow_dtype.bit_width}[pyarrow]"
    return "int64"


def _read_series(payload: list[Any], reader: Reader) -> pd.Series:
    dtype, values = reader.read(payload[0]), payload[1]
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical.from_codes(values, dtype=dtype))
    if isinstance(dtype, pd.SparseDtype):
        dense = _read_series(values, reader).to_numpy()
        return pd.Series(pd.arrays.SparseArray(dense, dtype=dtype))
    if isinstance(dtype, pd.IntervalDtype):
        left, right = (_read_series(end, reader) for end in values)
        closed: Any = dtype.closed
        return pd.Series(pd.arrays.IntervalArray.from_arrays(left, right, closed))
    if isinstance(dtype, pd.PeriodDtype):
        freq: Any = dtype.freq
        periods = [
            pd.NaT if value is None else pd.Period(ordinal=value, freq=freq)
            for value in values
        ]
        return pd.Series(pd.array(periods, dtype=dtype))
    if dtype.kind in "mM":
        return _from_counts(values, dtype)
    return pd.Series(_read_items(values, reader), dtype=dtype)


def _from_counts(values: list[int | None], dtype: Any) -> pd.Series:
    if isinstance(dtype, pd.ArrowDtype):
        return pd.Series(values, dtype=_counted(dtype)).astype(dtype)
    missing = np.array([value is None for value in values], dtype=bool)
    counts = np.array([0 if value is None else value for value in values], "int64")
    if isinstance(dtype, pd.DatetimeTZDtype):
        utc = pd.Series(counts.view(f"M8[{dtype.unit}]")).dt.tz_localize("UTC")
        return utc.dt.tz_convert(dtype.tz).mask(missing)
    return pd.Series(counts.view(dtype)).mask(missing)


def _write_index(index: pd.Index, writer: Writer) -> list[Any]:
    if isinstance(index, pd.RangeIndex):
        ends = [index.start, index.stop, index.step]
        return ["range", ends, writer.write(index.name)]
    if isinstance(index, pd.MultiIndex):
        levels = [
            _write_series(pd.Series(index.get_level_values(k)), writer)
            for k in range(index.nlevels)
        ]
        return ["multi", levels, _write_items(index.names, writer)]
    return ["one", _write_series(pd.Series(index), writer), writer.write(index.name)]


def _read_index(payload: list[Any], reader: Reader) -> pd.Index:
    kind, values, name = payload
    if kind == "range":
        start, stop, step = values
        reader.take(16 * len(range(start, stop, step)))  # when it is used
        return pd.RangeIndex(start, stop, step, name=reader.read(name))
    if kind == "multi":
        levels = [pd.Index(_read_series(level, reader)) for level in values]
        return pd.MultiIndex.from_arrays(levels, names=_read_items(name, reader))
    series = _read_series(values, reader)
    return pd.Index(series, dtype=series.dtype, name=reader.read(name))


VALUES: tuple[Form, ...] = (
    Form(tuple, "tuple", _write_items, lambda p, r: tuple(_read_items(p, r))),
    Form(list, "list", _write_items, _read_items),
    Form(dict, "dict", _write_pairs, _read_pairs),
    Form(
        OrderedDict,
        "ordered_dict",
        _write_pairs,
        lambda p, r: OrderedDict(_read_pairs(p, r)),
    ),
    Form(np.generic, "scalar", _write_scalar, _read_scalar, subclasses=True),
    Form(np.ndarray, "array", _write_array, _read_array),
    Form(
        np.random.RandomState,
        "random_state",
        _write_random_state,
        _read_random_state,
    ),
    _by_text(type(pd.NA), "NA", lambda _: "", lambda _: pd.NA),
    _by_text(type(pd.NaT), "NaT", lambda _: "", lambda _: pd.NaT),
    Form(pd.Timestamp, "timestamp", _write_time, _read_time),
    Form(pd.Timedelta, "timedelta", _write_time, _read_time),
    _by_text(Decimal, "decimal", str, _read_decimal),
    _by_text(
        datetime.date, "date", datetime.date.isoformat, datetime.date.fromisoformat
    ),
    _by_text(
        datetime.time, "time", datetime.time.isoformat, datetime.time.fromisoformat
    ),
    _by_text(
        datetime.datetime,
        "datetime",
        datetime.datetime.isoformat,
        datetime.datetime.fromisoformat,
    ),
    Form(
        datetime.timedelta,
        "duration",
        lambda value, _: [value.days, value.seconds, value.microseconds],
        lambda payload, _: datetime.timedelta(*payload),
    ),
    _by_text(bytes, "bytes", bytes.hex, bytes.fromhex),
    Form(np.dtype, "dtype", _write_dtype, _make_dtype, subclasses=True),
    Form(
        pd.api.extensions.ExtensionDtype,
        "extension_dtype",
        _write_dtype,
        _make_dtype,
        subclasses=True,
    ),
    Form(pd.Series, "series", _write_series, _read_series),
    Form(pd.Index, "index", _write_index, _read_index, subclasses=True),
)
"""The forms of all values except objects of this package."""
