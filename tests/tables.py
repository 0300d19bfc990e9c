"""Tables of every kind, and what must hold of a resampled one."""

import copy
import re
from datetime import date, time, timedelta
from decimal import Decimal
from inspect import signature

import numpy as np
import pandas as pd
import polars as pl
import torch
from pandas.api import types as pdt
from scipy import sparse
from sklearn.tree import DecisionTreeClassifier

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN
from gansampler.tabular.column_values import read_numbers
from gansampler.tabular.schema import Kind

LABELS = np.repeat([0, 1], [60, 30])


SMALL = {
    "max_iter": 5,
    "batch_size": 32,
    "latent_dim": 8,
    "ema_decay": 0.9,
    "generator_layers": (16,),
    "critic_layers": (16,),
}
"""Parameters of a generator that trains in a few hundredths of a second."""


def quick_gan(kind=TabularGAN, **params):
    """Make a generator that trains in a few hundredths of a second."""
    return kind(**(SMALL | params))


def quick(kind=TabularGAN, *, make=GANOverSampler, **params):
    """Make a sampler of such a generator; `params` are the one's or the other's."""
    if "image_shape" in params:
        kind = ImageGAN
    own = {
        "rejection_estimator": DecisionTreeClassifier(max_depth=3),
        "random_state": 0,
    }
    return compose(SMALL | own | params, kind, make)


def compose(params, kind=TabularGAN, make=GANOverSampler):
    """Make a sampler of parameters of which some are its generator's."""
    names = signature(make).parameters
    own = {name: params[name] for name in params if name in names}
    return make(kind(**{k: v for k, v in params.items() if k not in own}), **own)


def mixed_frame(n_rows=(60, 30), seed=0):
    """Make a table with a column of every kind of pandas, and labels 0 and 1."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], n_rows)
    n = len(y)
    missing = rng.random(n) < 0.2

    def some(values, dtype):
        return pd.array(np.where(missing, None, values), dtype=dtype)

    days = pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    seconds = pd.to_timedelta(rng.integers(0, 300_000, n), unit="s")
    frame = pd.DataFrame(
        {
            "float": rng.normal(y, 1),
            "float32": rng.normal(size=n).astype("float32"),
            "one_decimal": rng.normal(size=n).round(1),
            "with_nan": np.where(missing, np.nan, rng.normal(size=n)),
            "int": rng.integers(-50, 50, n) + 200 * y,
            "int8": rng.integers(-128, 128, n).astype("int8"),
            "uint64": rng.integers(2**62, 2**63, n).astype("uint64") * 2,
            "few": rng.choice([1, 5, 7], n),
            "hundreds": rng.integers(0, 90, n) * 100,
            "Int64": some(rng.integers(0, 50, n), "Int64"),
            "Float64": some(rng.normal(size=n), "Float64"),
            "boolean": some(rng.random(n) < 0.5, "boolean"),
            "string": some(rng.choice(["p", "q"], n), "string"),
            "object": np.where(missing, None, rng.choice(["p", "q"], n)),
            "str": rng.choice(["u", "v"], n),
            "category": pd.Categorical(
                rng.choice(["p", "q"], n), categories=["unused", "q", "p"]
            ),
            "ordered": pd.Categorical(
                rng.choice([1, 2, 3], n), categories=[3, 2, 1, 0], ordered=True
            ),
            "bool": rng.random(n) < 0.5,
            "date": pd.Timestamp("2020-01-01") + days,
            "zoned": pd.Timestamp("2020-01-01", tz="Europe/Berlin") + seconds,
            "duration": seconds,
            "some_date": pd.Series(pd.Timestamp("2020-01-01") + days).mask(missing),
            "constant": "same",
        },
        index=np.arange(n)[::-1] * 2,
    )
    return frame, y


def polars_frame():
    """Make a polars table with a column of many of its dtypes, many with nulls."""
    rng = np.random.default_rng(0)
    n = len(LABELS)
    missing = rng.random(n) < 0.2

    def some(values):
        pairs = zip(missing, np.asarray(values).tolist(), strict=True)
        return [None if is_missing else value for is_missing, value in pairs]

    letters = rng.choice(["p", "q"], n)
    times = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        rng.integers(0, 10**7, n), unit="s"
    )
    return pl.DataFrame(
        {
            "f64": rng.normal(size=n),
            "f64_null": some(rng.normal(size=n)),
            "f32": pl.Series(rng.normal(size=n).tolist(), dtype=pl.Float32),
            "i64": rng.integers(0, 50, n),
            "i64_null": some(2**53 + 1 + 2 * rng.integers(0, 50, n)),
            "u8": pl.Series(rng.integers(0, 50, n).tolist(), dtype=pl.UInt8),
            "bool_null": some(rng.random(n) < 0.5),
            "string_null": some(letters),
            "categorical": pl.Series(some(letters), dtype=pl.Categorical),
            "enum": pl.Series(some(letters), dtype=pl.Enum(["unused", "q", "p"])),
            "date": pl.Series(some(times.date.astype(object)), dtype=pl.Date),
            "datetime": pl.Series(times.to_pydatetime().tolist()),
            "zoned": pl.Series(
                times.to_pydatetime().tolist(),
                dtype=pl.Datetime("us", "Europe/Berlin"),
            ),
            "duration": pl.Series((times - times[0]).to_pytimedelta().tolist()),
        }
    )


def arrow_frame():
    """Make a pandas table whose columns are Arrow's."""
    frame, _ = mixed_frame()
    dtypes = {
        "int": "int64[pyarrow]",
        "Int64": "int64[pyarrow]",
        "float": "float64[pyarrow]",
        "float32": "float[pyarrow]",
        "bool": "bool[pyarrow]",
        "string": "string[pyarrow]",
        "date": "timestamp[ns][pyarrow]",
        "zoned": "timestamp[us, tz=Europe/Berlin][pyarrow]",
        "duration": "duration[ns][pyarrow]",
    }
    return frame[list(dtypes)].astype(dtypes)


def sparse_matrix(dtype=np.float64):
    """Make a csr matrix, a third of which is not zero."""
    values = np.random.default_rng(0).normal(size=(len(LABELS), 4)).round(2) * 10
    values[values < 5] = 0
    return sparse.csr_matrix(values.astype(dtype))


def pandas_sparse():
    """Make a pandas frame with sparse columns and a dense one."""
    frame, _ = mixed_frame()
    rng = np.random.default_rng(0)
    mostly_zero = np.where(rng.random(len(frame)) < 0.6, 0, rng.normal(size=len(frame)))
    return pd.DataFrame(
        {
            "float": pd.arrays.SparseArray(mostly_zero),
            "nan": pd.arrays.SparseArray(frame["with_nan"].to_numpy()),
            "int": pd.arrays.SparseArray(rng.integers(0, 4, len(frame))),
            "bool": pd.arrays.SparseArray(rng.random(len(frame)) < 0.3),
            "dense": frame["float"].to_numpy(),
        }
    )


def mixed_rows():
    """Make a list of rows with a number, a letter and an int or None each."""
    frame, _ = mixed_frame()
    columns = (frame["float"], frame["str"], frame["few"].astype(object))
    rows = [list(row) for row in zip(*columns, strict=True)]
    for row in rows[::7]:
        row[2] = None
    return rows


def as_frame(table):
    """View any table as a pandas frame, without loss."""
    if isinstance(table, pd.DataFrame):
        return table.reset_index(drop=True)
    if isinstance(table, pl.DataFrame):
        return table.to_pandas(use_pyarrow_extension_array=True)
    if sparse.issparse(table):
        return pd.DataFrame(table.toarray())
    if isinstance(table, list):
        table = np.array(table, dtype=object)
    if table.dtype == object:
        # As objects, because pandas' own strings do not hold all that Python's do.
        return pd.DataFrame(table, dtype=object)
    if not table.dtype.isnative:  # on which pandas can't work
        table = table.astype(table.dtype.newbyteorder("="))
    return pd.DataFrame(table)


def head(table, n):
    """Return the first `n` rows in the same container."""
    if isinstance(table, (pd.DataFrame, pd.Series)):
        return table.iloc[:n]
    if sparse.issparse(table):
        return table.tocsr()[:n].asformat(table.format)
    return table[:n]


def assert_same(left, right):
    """Compare two tables or targets bit for bit: container, dtypes, names, values."""
    assert type(left) is type(right)
    if isinstance(left, pd.DataFrame):
        assert left.flags == right.flags
        pd.testing.assert_index_equal(left.columns, right.columns, exact=True)
        pd.testing.assert_index_equal(left.index, right.index, exact="equiv")
        for j in range(left.shape[1]):
            assert_same(left.iloc[:, j], right.iloc[:, j])
    elif isinstance(left, pd.Series):
        _assert_same_series(left, right)
    elif isinstance(left, pd.Index):
        pd.testing.assert_index_equal(left, right, exact=True)
    elif isinstance(left, pl.DataFrame):
        assert left.columns == right.columns
        for one, other in zip(left, right, strict=True):
            assert_same(one, other)
    elif isinstance(left, pl.Series):
        assert (left.name, left.dtype) == (right.name, right.dtype)
        assert repr(left.to_list()) == repr(right.to_list())
    elif sparse.issparse(left):
        assert (left.format, left.dtype) == (right.format, right.dtype)
        assert_same(left.toarray(), right.toarray())
    elif isinstance(left, list):
        assert repr(left) == repr(right)
    else:
        assert (left.dtype, left.shape) == (right.dtype, right.shape)
        _assert_same_values(left, right)


def _assert_same_series(left, right):
    """Compare two columns: names, index, dtype, and values to the bit."""
    if left.dtype == object:  # pandas' comparison stops at objects like pd.NA
        assert right.dtype == object
        pd.testing.assert_index_equal(left.index, right.index, exact="equiv")
        assert repr(left.name) == repr(right.name)
    else:
        pd.testing.assert_series_equal(left, right, check_exact=True)
    if isinstance(left.dtype, np.dtype):
        assert_same(left.to_numpy(), right.to_numpy())


def _assert_same_values(left, right):
    """Compare two arrays of one dtype and shape, down to the sign of a zero."""
    if left.dtype.kind in "OT":  # pointers to their values
        assert list(map(repr, left.ravel())) == list(map(repr, right.ravel()))
        return
    if left.dtype.kind == "f" and left.dtype.itemsize > 8:  # partly padding
        left, right = left.astype(np.float64), right.astype(np.float64)
    assert left.tobytes() == right.tobytes()


def assert_inputs_first(X, y, X_res, y_res):
    """Check that the user's own rows and labels come first, as they were."""
    for given, returned in ((X, X_res), (y, y_res)):
        n = given.shape[0] if hasattr(given, "shape") else len(given)
        if isinstance(given, (pd.DataFrame, pd.Series)):
            given = given.reset_index(drop=True)
            assert returned.index.equals(pd.RangeIndex(len(returned)))
        assert_same(head(returned, n), given)


def assert_legal(synthetic, real):
    """Check that rows show nothing which the real rows of their class do not."""
    synthetic, real = as_frame(synthetic), as_frame(real)
    for j in range(real.shape[1]):
        new, old = synthetic.iloc[:, j], real.iloc[:, j]
        if old.notna().all():
            assert new.notna().all(), f"column {j} must have no missing values"
        is_number = _is_number(old[old.notna()])
        new, old = new[new.notna()].tolist(), old[old.notna()].tolist()
        if not old:
            assert not new, f"column {j} has no values in this class"
        elif is_number:
            if any(isinstance(value, Decimal) for value in old):
                # Of which more than 15 digits are rounded, as floats are.
                new, old = [*map(float, new)], [*map(float, old)]
            low, high = min(old), max(old)
            assert all(low <= value <= high for value in new), f"column {j}"
        else:
            assert set(new) <= set(old), f"column {j} shows a new category"


def assert_on_grid(rows, real, schema):
    """Check that rows are legal, of the dtypes, and on the grids of their columns."""
    assert rows.dtypes.equals(real.dtypes)
    assert rows.columns.equals(real.columns)
    assert_legal(rows, real)
    for j, column in enumerate(schema.columns):
        new, old = rows.iloc[:, j], real.iloc[:, j]
        if column.discrete:
            assert set(new.dropna()) <= set(old.dropna())
        if column.kind is Kind.INTEGER and old.notna().any():
            low = int(read_numbers(old)[0].min())
            values = read_numbers(new)[0].tolist()
            assert all((value - low) % column.step == 0 for value in values)
        if column.decimals is not None and column.dtype == "float64":
            values = read_numbers(new)[0]
            np.testing.assert_array_equal(values, values.round(column.decimals))


def _is_number(series):
    """Tell whether a column's values have an order in which others lie between."""
    if series.dtype == object:
        numbers = (int, float, np.number, Decimal, date, time, timedelta)
        return all(isinstance(v, numbers) and not isinstance(v, bool) for v in series)
    if isinstance(series.dtype, pd.CategoricalDtype) or pdt.is_bool_dtype(series.dtype):
        return False
    return not (pdt.is_string_dtype(series.dtype) or pdt.is_complex_dtype(series.dtype))


def global_states():
    """Return the states of NumPy's and of torch's global random generators."""
    numpy_state = np.random.get_state()  # noqa: NPY002 -- the state under test
    numpy_plain = [np.asarray(part).tolist() for part in numpy_state]
    return numpy_plain, torch.get_rng_state().tolist()


def described(value):
    """Write a parameter of a test without addresses, which differ between processes."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


def deep(table):
    """Copy a table deeply enough to notice any change."""
    if isinstance(table, (pl.DataFrame, pl.Series)):
        return table.clone()
    if isinstance(table, (pd.DataFrame, pd.Series)):
        return table.copy()  # `copy.deepcopy` would change the byte order
    return copy.deepcopy(table)
