"""Random tables, for the tests by property."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

FLOATS = st.floats(-1e12, 1e12, allow_subnormal=False)
INTS = st.integers(-(2**63), 2**63 - 1)
TIMES = st.integers(-(2**62), 2**62)
LETTERS = st.sampled_from(["", "a", "b", "ü", "long label"])


def _series(values, dtype):
    return st.builds(lambda v: pd.Series(v, dtype=dtype), values)


def columns(n):
    """Draw a column of `n` rows of any kind, in which values may be missing."""

    def lists(elements):
        return st.lists(elements, min_size=n, max_size=n)

    def some(elements):
        return lists(st.none() | elements)

    return st.one_of(
        _series(lists(FLOATS), "float64"),
        _series(some(FLOATS), "float64"),
        _series(lists(st.floats(-1e6, 1e6, width=32)), "float32"),
        _series(lists(INTS), "int64"),
        _series(lists(st.integers(0, 2**64 - 1)), "uint64"),
        _series(lists(st.integers(-128, 127)), "int8"),
        _series(lists(st.integers(0, 5)), "int64"),
        _series(some(st.integers(-1000, 1000)), "Int64"),
        _series(some(FLOATS), "Float64"),
        _series(some(st.booleans()), "boolean"),
        _series(lists(st.booleans()), "bool"),
        _series(some(LETTERS), "str"),
        _series(some(LETTERS), "object"),
        _series(some(LETTERS), "category"),
        _series(some(TIMES).map(lambda v: pd.to_datetime(pd.array(v, "Int64"))), None),
        _series(some(TIMES).map(lambda v: pd.to_timedelta(pd.array(v, "Int64"))), None),
    )


def frames(n, max_columns=5):
    """Draw a frame of `n` rows."""
    drawn = st.lists(columns(n), min_size=1, max_size=max_columns)
    return drawn.map(
        lambda c: pd.concat(c, axis=1, keys=[f"x{j}" for j in range(len(c))])
    )


@st.composite
def mixed_tables(draw):
    """Draw a frame and labels of two or three classes of two rows and more."""
    sizes = draw(st.lists(st.integers(2, 14), min_size=2, max_size=3))
    y = np.repeat(np.arange(len(sizes)), sizes)
    frame = draw(frames(len(y)))
    return frame, np.array(draw(st.permutations(y.tolist())))


def matrices():
    """Draw arrays of one of NumPy's dtypes, of a few rows and columns."""
    dtypes = st.sampled_from(["float64", "float32", "int64", "int8", "uint64", "bool"])
    shapes = npst.array_shapes(min_dims=2, max_dims=2, max_side=6)
    return dtypes.flatmap(lambda dtype: npst.arrays(dtype, shapes))
