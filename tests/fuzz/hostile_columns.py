"""Columns of every dtype, most of them of the awkward kind.

Each kind is a function of a random generator and a number of rows. Hypothesis draws
kinds, sizes and seeds, not single values: so tables of 60 columns are drawn in
milliseconds, and what is found shrinks to few columns and rows all the same.
"""

import datetime
import uuid
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

FLOAT64 = np.finfo(np.float64)
INT64 = np.iinfo(np.int64)

HUGE = [1e300, -1e300, FLOAT64.max, FLOAT64.min, 1e-300, -1e-300, 0.0, -0.0, 1.0]
DENORMAL = [5e-324, -5e-324, 1e-310, 3e-320, 0.0, -0.0, FLOAT64.tiny]
ABOVE_2_53 = [2**53, 2**53 + 1, 2**53 + 3, 2**60 + 1, INT64.max, INT64.min, -1, 0]
WORDS = [
    *(
        "",
        " ",
        "a",
        "A",
        "b",
        "ü",
        "u\u0308",
        "日本語",
        "🦊",
        "nan",
        "NaN",
        "None",
        "NA",
    ),
    *("1", "1.0", "01", "1e3", "-0", "true", "False", "0x10", "inf", "2020-01-01"),
    *("a\nb", "a,b", 'a"b', "'", "a\x00b", "<b>", "{x}", "%s", "\\", "x" * 10_000),
]
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "+05:30"]
UNITS = ["s", "ms", "us", "ns"]
BERLIN = ZoneInfo("Europe/Berlin")


def pick(rng, values, n):
    """Draw `n` of a list, which need not be what NumPy makes an array of."""
    return [values[k] for k in rng.integers(0, len(values), n)]


def few(rng, values, n):
    """Draw of some of a list, so that few values are frequent."""
    return pick(rng, pick(rng, values, int(rng.integers(1, len(values) + 1))), n)


def holes(rng, values, missing, share=0.3):
    """Put `missing` in some places."""
    return [missing if rng.random() < share else value for value in values]


def objects(values):
    """Make an object column of exactly these objects."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return pd.Series(array, dtype=object)


def _floats(dtype):
    return lambda rng, n: pd.Series(rng.normal(size=n).astype(dtype))


def _whole(dtype):
    limits = np.iinfo(dtype)

    def make(rng, n):
        low, high = sorted(pick(rng, [limits.min, limits.max, 0, 1, 100], 2))
        drawn = rng.integers(low, high, n, dtype=dtype, endpoint=True)
        return pd.Series(drawn)

    return make


def _from(values, dtype):
    return lambda rng, n: pd.Series(few(rng, values, n), dtype=dtype)


def _with_holes(values, missing, dtype):
    def make(rng, n):
        return pd.Series(holes(rng, few(rng, values, n), missing), dtype=dtype)

    return make


def _dates(unit, zone=None):
    def make(rng, n):
        span = {"s": 10**10, "ms": 10**13, "us": 10**16, "ns": 2**62}[unit]
        counts = rng.integers(-span, span, n)
        counts[rng.random(n) < 0.2] = 0
        times = pd.Series(counts.astype(f"datetime64[{unit}]"))
        times = times.mask(rng.random(n) < 0.2)
        return (
            times if zone is None else times.dt.tz_localize("UTC").dt.tz_convert(zone)
        )

    return make


def _durations(unit):
    return lambda rng, n: pd.Series(
        rng.integers(-(10**9), 10**9, n).astype(f"timedelta64[{unit}]")
    )


def _categories(categories, ordered=False):
    def make(rng, n):
        # Unsorted, and some of them are never used.
        shuffled = [categories[k] for k in rng.permutation(len(categories))]
        return pd.Series(
            pd.Categorical.from_codes(
                rng.integers(-1, len(categories), n),
                categories=pd.Index(shuffled, tupleize_cols=False),
                ordered=ordered,
            )
        )

    return make


def _arrow(values, kind):
    return lambda rng, n: pd.Series(
        pa.array(holes(rng, few(rng, values, n), None), type=kind),
        dtype=pd.ArrowDtype(kind),
    )


def _objects(values):
    return lambda rng, n: objects(few(rng, values, n))


def _sparse(dtype, fill):
    def make(rng, n):
        dense = np.where(rng.random(n) < 0.6, fill, rng.integers(0, 2, n)).astype(dtype)
        return pd.Series(
            pd.arrays.SparseArray(dense, fill_value=dense.dtype.type(fill))
        )

    return make


NUMBERS = {
    **{f"normal {t}": _floats(t) for t in ("float64", "float32", "float16")},
    "longdouble": _floats("longdouble"),
    "big-endian": _floats(">f8"),
    **{f"any {t}": _whole(t) for t in ("int8", "int16", "int32", "int64")},
    **{f"any {t}": _whole(t) for t in ("uint8", "uint16", "uint32", "uint64")},
    "rounded": lambda rng, n: pd.Series(rng.normal(size=n).round(2)),
    "huge": _from(HUGE, "float64"),
    "huge with holes": _with_holes(HUGE, np.nan, "float64"),
    "huge and normal": lambda rng, n: pd.Series(
        np.where(rng.random(n) < 0.2, 1e300, rng.normal(size=n))
    ),
    "denormal": _from(DENORMAL, "float64"),
    "tiny": lambda rng, n: pd.Series(rng.normal(size=n) * 1e-300),
    "near the end": lambda rng, n: pd.Series(FLOAT64.max * rng.uniform(0.5, 1, n)),
    "one step apart": lambda rng, n: pd.Series(1 + rng.integers(0, 3, n) * FLOAT64.eps),
    "float32 extremes": lambda rng, n: pd.Series(
        np.array(pick(rng, [3.4e38, -3.4e38, 1e-45, 0.0, 1.0], n), dtype="float32")
    ),
    "above 2**53": _from(ABOVE_2_53, "int64"),
    "above 2**63": _from([2**64 - 1, 2**63, 2**63 + 1, 2**53 + 1, 0], "uint64"),
    "nearly all of int64": lambda rng, n: pd.Series(
        rng.integers(INT64.min, INT64.max, n, endpoint=True)
    ),
    "Int64": _with_holes(ABOVE_2_53, pd.NA, "Int64"),
    "UInt8": _with_holes([0, 1, 255], pd.NA, "UInt8"),
    "Float32": _with_holes([0.1, 1.5, -3e38], pd.NA, "Float32"),
    "Float64": _with_holes(HUGE, pd.NA, "Float64"),
    "sparse float": _sparse("float64", 0),
    "sparse nan": _sparse("float64", np.nan),
    "sparse int": _sparse("int64", 0),
    "number objects": _objects([1, 2.5, True, 3, np.float32(0.1)]),
    "int objects": _objects([1, 2, 2**53 + 1, 2**70, -(2**63) - 1, None]),
    "float objects": _objects([0.5, 1e300, np.nan, None, pd.NA]),
    "decimals": _objects([Decimal("0.1"), Decimal("1e400"), Decimal(3), None]),
    "amounts": _objects([*(Decimal(k).scaleb(-2) for k in range(0, 999, 7)), None]),
    "long decimals": _objects([Decimal(1) / 3, Decimal(10) / 7, Decimal("NaN")]),
    "whole decimals": _objects([Decimal(10**k) for k in range(30)]),
    "decimals of all sizes": _objects([Decimal("1e-500"), Decimal("1e300")]),
    "decimals and floats": _objects([Decimal("0.5"), 0.25]),
    "fractions": _objects([Fraction(1, 3), Fraction(2, 3), 1]),
    "gigantic": _objects([10**400, 1, 2]),
    "all missing": lambda rng, n: pd.Series(np.full(n, np.nan)),
    "infinite": _from([np.inf, -np.inf, 0.0, 1.0], "float64"),
    "complex": _from([1j, 1 + 2j, 0], "complex128"),
}

TIMES = {
    **{f"datetime64[{unit}]": _dates(unit) for unit in UNITS},
    **{f"{zone} {unit}": _dates(unit, zone) for zone in ZONES for unit in ("s", "ns")},
    **{f"timedelta64[{unit}]": _durations(unit) for unit in UNITS},
    "summer time": lambda rng, n: pd.Series(
        pd.date_range("2021-10-30", periods=48, freq="30min", tz="Europe/Berlin")
    ).iloc[rng.integers(0, 48, n)],
    "all NaT": lambda rng, n: pd.Series(np.full(n, np.datetime64("NaT", "ns"))),
    "ends of time": _from([pd.Timestamp.min, pd.Timestamp.max], "datetime64[ns]"),
    "periods": lambda rng, n: pd.Series(
        pd.period_range("2020-01", periods=5, freq="M")[rng.integers(0, 5, n)]
    ),
    "intervals": lambda rng, n: pd.Series(
        pd.interval_range(0, 5)[rng.integers(0, 5, n)]
    ),
    "date objects": _objects([datetime.date(2020, 1, d) for d in range(1, 9)]),
    "dates and none": _objects([datetime.date.min, datetime.date.max, None]),
    "datetime objects": _objects(
        [datetime.datetime(2020, 1, 1, h) for h in range(6)] + [np.nan, pd.NaT]
    ),
    "datetimes of a zone": _objects(
        [datetime.datetime(2021, 10, 31, 2, 30, tzinfo=BERLIN, fold=k) for k in (0, 1)]
    ),
    "datetimes with and without a zone": _objects(
        [datetime.datetime(2020, 1, 1, tzinfo=tz) for tz in (None, datetime.UTC)]
    ),
    "ends of datetimes": _objects([datetime.datetime.min, datetime.datetime.max]),
    "ends of zoned datetimes": _objects(
        [
            datetime.datetime.min.replace(tzinfo=BERLIN),
            datetime.datetime.max.replace(tzinfo=BERLIN),
        ]
    ),
    "timestamps of two units": _objects(
        [pd.Timestamp("2020-01-01").as_unit("s"), pd.Timestamp(1)]
    ),
    "far timestamps of two units": _objects(
        [pd.Timestamp("9000-01-01").as_unit("s"), pd.Timestamp(1)]
    ),
    "time objects": _objects([datetime.time(h, 30) for h in range(24)] + [None]),
    "ends of times": _objects([datetime.time.min, datetime.time.max]),
    "times of a zone": _objects([datetime.time(1, tzinfo=datetime.UTC)]),
    "ends of durations": _objects([datetime.timedelta.min, datetime.timedelta.max]),
    "duration objects": _objects([datetime.timedelta(hours=h) for h in range(50)]),
    "dates and texts": _objects([datetime.date(2020, 1, 1), "2020-01-02"]),
    "timestamps of two zones": _objects(
        [pd.Timestamp("2020", tz="UTC"), pd.Timestamp("2020", tz="Asia/Tokyo")]
    ),
}

LABELS = {
    "str": _with_holes(WORDS, None, "str"),
    "string": _with_holes(WORDS, pd.NA, "string"),
    "string[python]": _with_holes(WORDS, pd.NA, "string[python]"),
    "word objects": _objects([*WORDS, None]),
    "missing of all kinds": _objects(["a", "b", None, np.nan, pd.NA, pd.NaT]),
    "lone surrogate": _objects(["\ud800", "a"]),
    "bool": _from([True, False], "bool"),
    "boolean": _with_holes([True, False], pd.NA, "boolean"),
    "bool objects": _objects([True, False, None]),
    "category": _categories(WORDS),
    "ordered": _categories(["low", "mid", "high"], ordered=True),
    "category of ints": _categories([3, 1, 2**60]),
    "category of floats": _categories([0.5, -0.0, 1e300]),
    "category of dates": _categories(list(pd.date_range("2020", periods=3))),
    "category of tuples": _categories([("a", 1), ("b",), ()]),
    "category of intervals": _categories(list(pd.interval_range(0, 3))),
    "category of mixed": _categories(["1", 1, 1.5]),
    "category without categories": lambda rng, n: pd.Series(
        pd.Categorical([None] * n, categories=[])
    ),
    "many levels": lambda rng, n: pd.Series(rng.integers(0, 1000, n)).astype(str),
    "each its own": lambda rng, n: pd.Series([str(uuid.UUID(int=k)) for k in range(n)]),
    "none objects": _objects([None]),
    "bytes": _objects([b"a", b"\xff", b""]),
    "mixed types": _objects(["a", 1, 2.5, None, True]),
    "numbers and their names": _objects(["1", 1, 1.0, True]),
    "tuples": _objects([(1, 2), ("a",), ()]),
    "lists": _objects([[1], [2, 3], []]),
    "dicts": _objects([{"a": 1}, {}]),
    "arrays": _objects([np.arange(2), np.arange(3)]),
    "types and functions": _objects([int, len, Ellipsis]),
    "constant": lambda rng, n: pd.Series(["same"] * n),
}

ARROW = {
    "arrow int64": _arrow(ABOVE_2_53, pa.int64()),
    "arrow uint64": _arrow([2**64 - 1, 0, 5], pa.uint64()),
    "arrow double": _arrow(HUGE, pa.float64()),
    "arrow half": _arrow(list(np.array([0.5, 1.5], "float16")), pa.float16()),
    "arrow string": _arrow(WORDS, pa.string()),
    "arrow large string": _arrow(WORDS, pa.large_string()),
    "arrow bool": _arrow([True, False], pa.bool_()),
    "arrow binary": _arrow([b"a", b"\xff"], pa.binary()),
    "arrow decimal": _arrow([Decimal("1.10"), Decimal("2.25")], pa.decimal128(10, 2)),
    "arrow date32": _arrow([datetime.date(2020, 1, d) for d in (1, 5)], pa.date32()),
    "arrow date64": _arrow([datetime.date(2020, 1, d) for d in (1, 5)], pa.date64()),
    "arrow time64": _arrow([datetime.time(1, 2), datetime.time(3)], pa.time64("us")),
    "arrow time32": _arrow([datetime.time(1, 2), datetime.time(3)], pa.time32("s")),
    "arrow timestamp": _arrow(list(range(0, 10**9, 10**8)), pa.timestamp("ms", "UTC")),
    "arrow duration": _arrow(list(range(9)), pa.duration("us")),
    "arrow list": _arrow([[1], [2, 3]], pa.list_(pa.int64())),
    "arrow struct": _arrow([{"a": 1}, {"a": 2}], pa.struct([("a", pa.int64())])),
    "arrow null": _arrow([None], pa.null()),
    "arrow dictionary": lambda rng, n: pd.Series(
        pa.array(few(rng, ["p", "q"], n)).dictionary_encode(),
        dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ),
}

KINDS = {**NUMBERS, **TIMES, **LABELS, **ARROW}
"""Every kind of column by its name, which a failing case shows."""


def column(kind, n, seed):
    """Make a column of a kind, with a plain index."""
    made = KINDS[kind](np.random.default_rng(seed), n)
    return made.reset_index(drop=True)
