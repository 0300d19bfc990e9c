"""Whole calls of a sampler: a hostile table, labels of any type, random parameters."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hostile_columns import KINDS, NUMBERS, column, objects, pick
from hypothesis import strategies as st
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

SEEDS = st.integers(0, 2**32 - 1)


@dataclass
class Case:
    """One call of ``fit_resample``; printed where it fails."""

    X: Any
    y: Any
    params: dict

    @property
    def shape(self):
        """The rows and columns."""
        return shape_of(self.X)

    @property
    def is_large(self):
        """Whether a fit takes more than a moment."""
        return np.shape(np.unique(np.asarray(self.y, dtype=str)))[0] > 20

    def __repr__(self):
        dtypes = getattr(self.X, "dtypes", getattr(self.X, "dtype", None))
        return (
            f"Case({type(self.X).__name__} {self.shape},\n{dtypes}\n"
            f"y={type(self.y).__name__} {str(self.y)[:500]},\n{self.params})"
        )


def shape_of(X):
    """Return the rows and columns of a table, also of a list of rows."""
    return (len(X), len(X[0])) if isinstance(X, list) else X.shape


# ---- columns' names and rows' indexes


def _names(kind, n, rng):
    if kind == "strings":
        return [f"x{j}" for j in range(n)]
    if kind == "odd strings":
        odd = ["", " ", "ü", "a b", "`q`", "{0}", "%s", "nan", "target", "1"]
        return [*odd, *(f"{word}{j}" for j in range(n) for word in odd)][:n]
    if kind == "integers":
        return [int(k) for k in rng.permutation(n)]
    if kind == "mixed":
        mixed = [0, "0", 0.5, None, ("a", 1), pd.Timestamp("2020"), b"b"]
        return [*mixed, *(f"x{j}" for j in range(n))][:n]
    if kind == "multi":
        return pd.MultiIndex.from_arrays(
            [[f"a{j // 2}" for j in range(n)], [j % 2 for j in range(n)]],
            names=["one", None],
        )
    if kind == "dates":
        return pd.date_range("2020-01-01", periods=n)
    if kind == "categories":
        return pd.CategoricalIndex([f"x{j}" for j in range(n)], name="columns")
    return ["twice"] * n  # refused from two columns on


NAMES = ["strings", "odd strings", "integers", "multi", "dates", "categories"]
RARE_NAMES = ["mixed", "twice"]  # refused


def _index(kind, n, rng):
    if kind == "shuffled":
        return rng.permutation(n)
    if kind == "duplicated":
        return np.zeros(n, dtype=int)
    if kind == "strings":
        return [f"row {k % 3}" for k in range(n)]
    if kind == "missing":
        return pd.Index([np.nan] * n)
    if kind == "multi":
        return pd.MultiIndex.from_arrays([np.arange(n) // 2, np.arange(n) % 2])
    if kind == "dates":
        return pd.date_range("2020", periods=n, tz="Europe/Berlin")
    return pd.RangeIndex(n)


INDEXES = ["plain", "shuffled", "duplicated", "strings", "missing", "multi", "dates"]


# A copy of a frame with numbers of foreign byte order may have them in another.
IN_FRAMES = [kind for kind in KINDS if kind != "big-endian"]


@st.composite
def frames(draw, n):
    """Draw a pandas frame of `n` rows and 1 to 60 columns."""
    many = draw(st.integers(0, 9)) == 0
    kinds = draw(
        st.lists(st.sampled_from(IN_FRAMES), min_size=1, max_size=60 if many else 5)
    )
    seeds = draw(st.integers(0, 2**31))
    made = [column(kind, n, seeds + j) for j, kind in enumerate(kinds)]
    if draw(st.booleans()):
        made.append(made[0])  # a duplicate under another name
    frame = pd.concat(made, axis=1, keys=range(len(made)))
    rng = np.random.default_rng(seeds)
    names = RARE_NAMES if draw(st.integers(0, 19)) == 0 else NAMES
    frame.columns = _names(draw(st.sampled_from(names)), len(made), rng)
    frame.index = _index(draw(st.sampled_from(INDEXES)), n, rng)
    return _laid_out(frame, draw(st.sampled_from(["as it is", "slice", "reversed"])))


def _laid_out(frame, how):
    """Return the same rows as a view of a larger frame."""
    if how == "slice":
        return pd.concat([frame, frame]).iloc[: len(frame)]
    if how == "reversed":
        return frame.iloc[::-1].iloc[::-1]
    return frame


ARRAY_KINDS = [
    kind for kind in NUMBERS if isinstance(column(kind, 2, 0).dtype, np.dtype)
]
LAYOUTS = ["C", "F", "strided", "backwards", "read-only"]


def laid_out(values, how):
    """Return the same array as it may lie in memory."""
    if how == "F":
        return np.asfortranarray(values)
    if how == "strided":
        return np.repeat(np.repeat(values, 2, axis=0), 3, axis=1)[::2, ::3]
    if how == "backwards":
        return values[::-1, ::-1].copy()[::-1, ::-1]
    values = np.ascontiguousarray(values)
    if how == "read-only":
        values.flags.writeable = False
    return values


@st.composite
def arrays(draw, n):
    """Draw an array of one dtype in any memory layout."""
    kind = draw(st.sampled_from(ARRAY_KINDS))
    seed = draw(st.integers(0, 2**31))
    width = draw(st.integers(1, 6))
    values = np.stack([column(kind, n, seed + j) for j in range(width)], axis=1)
    if draw(st.booleans()):
        # Whose byte order is not the machine's.
        values = values.astype(values.dtype.newbyteorder())
    return laid_out(values, draw(st.sampled_from(LAYOUTS)))


@st.composite
def object_arrays(draw, n):
    """Draw an array of objects whose columns differ, or a list of such rows."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=4))
    seed = draw(st.integers(0, 2**31))
    columns = [column(kind, n, seed + j).tolist() for j, kind in enumerate(kinds)]
    values = np.empty((n, len(kinds)), dtype=object)
    for j, made in enumerate(columns):
        values[:, j] = objects(made).to_numpy()
    if draw(st.booleans()):
        return [list(row) for row in values]
    return laid_out(values, draw(st.sampled_from(LAYOUTS)))


@st.composite
def word_arrays(draw, n):
    """Draw an array of NumPy's own strings or bytes."""
    rng = np.random.default_rng(draw(SEEDS))
    dtype = draw(st.sampled_from(["U3", "S3", np.dtypes.StringDType()]))
    return rng.choice(["a", "bc", "", "1"], size=(n, 2)).astype(dtype)


@st.composite
def sparse_matrices(draw, n):
    """Draw a sparse matrix of any format, with explicit zeros at times."""
    rng = np.random.default_rng(draw(SEEDS))
    dtype = draw(st.sampled_from(["float64", "float32", "int64", "int8", "bool"]))
    values = np.where(rng.random((n, 3)) < 0.6, 0, rng.integers(0, 9, (n, 3)))
    kind = draw(st.sampled_from([sparse.csr_matrix, sparse.csr_array]))
    made = kind(values.astype(dtype))
    if draw(st.booleans()) and made.nnz:
        made.data[0] = 0
    return made.asformat(draw(st.sampled_from(["csr", "csc", "coo", "lil", "dok"])))


def _polars_takes(kind):
    made = column(kind, 3, 0)
    if made.dtype == object:  # which polars reads value by value, and may refuse
        return False
    try:
        taken = pl.from_pandas(made)
    except Exception:
        return False
    return not str(taken.dtype).startswith("Extension")  # intervals, as records


FROM_PANDAS = [kind for kind in KINDS if _polars_takes(kind)]
POLARS = {
    "Categorical": (["p", "q", None], pl.Categorical),
    "Enum": (["q", "p", None], pl.Enum(["unused", "q", "p"])),
    "Date": ([datetime.date(2020, 1, d) for d in (1, 2, 9)], pl.Date),
    "Time": ([datetime.time(1, 2, 3), datetime.time(4), None], pl.Time),
    "Decimal": ([Decimal("1.10"), Decimal("2.50"), None], pl.Decimal(10, 2)),
    "Binary": ([b"a", b"\xff"], pl.Binary),
    "List": ([[1], [2, 3]], pl.List(pl.Int64)),
    "Struct": ([{"a": 1}, {"a": 2}], pl.Struct({"a": pl.Int64})),
    "Null": ([None], pl.Null),
    "Object": ([object, int], pl.Object),
    "Int128": ([2**100, 1, None], pl.Int128),
    "UInt64": ([2**64 - 1, 2**53 + 1, None], pl.UInt64),
}


def polars_column(kind, n, seed):
    """Make a column of polars, of its own dtypes or of one of the kinds of pandas."""
    if kind in POLARS:
        values, dtype = POLARS[kind]
        return pl.Series(pick(np.random.default_rng(seed), values, n), dtype=dtype)
    return pl.from_pandas(column(kind, n, seed))


@st.composite
def polars_frames(draw, n):
    """Draw a polars frame."""
    kinds = st.sampled_from([*POLARS] * 3 + FROM_PANDAS)
    drawn = draw(st.lists(kinds, min_size=1, max_size=5))
    seed = draw(st.integers(0, 2**31))
    columns = [polars_column(kind, n, seed + j) for j, kind in enumerate(drawn)]
    return pl.DataFrame([made.alias(f"x{j}") for j, made in enumerate(columns)])


# ---- labels


def label_values(kind, n):
    """Return `n` distinct labels of a kind."""
    if kind == "strings":
        return [f"class {k}" for k in range(n)]
    if kind == "words":
        return (["", "ü", "nan", "1", "x" * 5000] + [f"w{k}" for k in range(n)])[:n]
    if kind == "large integers":
        return [2**53 + k for k in range(n)]
    if kind == "negative":
        return [-k for k in range(n)]
    if kind == "booleans":
        return [True, False][:n]
    if kind == "floats":
        return [float(k) for k in range(n)]
    if kind == "fractions":  # refused: continuous
        return [k + 0.5 for k in range(n)]
    if kind == "mixed":  # refused: nothing sorts them
        return [0, *(f"x{k}" for k in range(n))][:n]
    if kind == "bytes":
        return [f"b{k}".encode() for k in range(n)]
    return list(range(n))


LABELS = [
    *("integers", "strings", "words", "large integers", "negative", "booleans"),
    *("floats", "fractions", "mixed", "bytes"),
]
TARGETS = [
    *("array", "list", "series", "frame", "objects", "category", "nullable", "column"),
    *(
        "read-only",
        "int8",
        "one-hot",
        "one-hot frame",
        "one-hot sparse",
        "one-hot list",
    ),
    *("polars", "arrow", "string", "unused category"),
]


def as_target(values, kind, codes, index):
    """Put labels into one of the containers of targets."""
    if kind == "list":
        return values
    if kind == "objects":
        return objects(values).to_numpy()
    if kind == "series":
        return pd.Series(values, index=index, name="label")
    if kind == "category":
        return pd.Series(values, index=index).astype("category")
    if kind == "frame":
        return pd.DataFrame({"label": values}, index=index)
    if kind == "nullable":
        return pd.Series(values).convert_dtypes()
    if kind == "column":
        return np.array(values)[:, np.newaxis]
    if kind == "int8":
        return codes.astype("int8")
    if kind.startswith("one-hot"):
        # With a class that no row belongs to.
        ones = np.eye(codes.max() + 2, dtype="int32")[codes]
        frame = pd.DataFrame(ones, index=index).rename(columns=str).astype({"0": bool})
        forms = {
            "frame": frame,
            "sparse": sparse.csr_array(ones),
            "list": ones.tolist(),
        }
        return forms.get(kind.removeprefix("one-hot").strip(), ones)
    if kind == "arrow":
        return pd.Series(values, index=index).convert_dtypes(dtype_backend="pyarrow")
    if kind == "string":
        return pd.Series(values, index=index).astype("string")
    if kind == "unused category":
        series = pd.Series(values, index=index).astype("category")
        return series.cat.add_categories(["unused"])
    if kind == "polars":
        return pl.Series("label", values)
    array = np.array(values)
    array.flags.writeable = kind != "read-only"
    return array


@st.composite
def layouts(draw):
    """Draw the rows of each class: most often few classes, at times up to 200."""
    how = draw(st.integers(0, 19))
    if how == 0:
        sizes = [1] * draw(st.integers(1, 200))
    elif how == 1:
        sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=40))
    elif how == 2:
        sizes = [draw(st.integers(100, 400)), draw(st.integers(1, 60))]
    else:
        sizes = draw(st.lists(st.integers(1, 14), min_size=2, max_size=4))
    codes = np.repeat(np.arange(len(sizes)), sizes)
    return np.random.default_rng(draw(SEEDS)).permutation(codes)


@st.composite
def targets(draw, codes, index):
    """Draw labels in a container."""
    kind = draw(st.sampled_from(LABELS) if draw(st.booleans()) else st.just("integers"))
    names = label_values(kind, codes.max() + 1)
    values = [names[code % len(names)] for code in codes]
    form = draw(st.sampled_from(TARGETS))
    try:
        return as_target(values, form, codes, index)
    except Exception:  # a container that does not take these labels
        return values


# ---- parameters


def _one_of(**values):
    return st.fixed_dictionaries({}, optional=values)


PARAMETERS = _one_of(
    condition=st.sampled_from(["none", "category", "anchor"]),
    objective=st.sampled_from(
        ["relativistic", "non_saturating", "minimax", "least_squares", "hinge"]
    ),
    penalty=st.sampled_from(["r1_r2", "r1", "r2", "gradient", "clip", "none"]),
    instance_noise=st.sampled_from([0.0, 0.1, 10.0]),
    latent_dim=st.integers(1, 8),
    generator_layers=st.sampled_from([(), (4,), (8, 8)]),
    critic_layers=st.sampled_from([(), (4,), (8, 8)]),
    spectral_norm=st.booleans(),
    feature_matching=st.sampled_from([0.0, 0.5]),
    pac=st.sampled_from([1, 1, 2, 3]),
    auxiliary_classifier=st.sampled_from([0.0, 1.0]),
    max_iter=st.integers(1, 4),
    batch_size=st.sampled_from([6, 12, 60, 1]),
    learning_rate=st.sampled_from([1e-5, 2e-3, 1e3]),
    n_critic=st.sampled_from([1, 2, "auto"]),
    early_stopping=st.booleans(),
    n_candidates=st.sampled_from([1, 2, 6]),
    augmentation=st.sampled_from(["mix", "slice", "flip", ["mix", "slice"]]),
    augmentation_fraction=st.sampled_from([0.0, 0.5, 1.0]),
    rejection_estimator=st.sampled_from([None, "auto", LogisticRegression()]),
    random_state=st.integers(0, 2**32 - 1),
)
STRATEGIES = ["auto", "all", "not majority", "not minority", "minority", "plus", "one"]
RATIOS = [0.5, 0.9, 1.0]  # for two classes only


def _strategy(kind):
    """Return a sampling strategy; some of them are functions of the target."""
    if kind == "plus":
        return _add_three
    if kind == "one":
        return _add_to_first
    return kind


def _add_three(y):
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    return {label: int(n) + 3 for label, n in zip(labels.tolist(), counts, strict=True)}


def _add_to_first(y):
    label, *_ = sorted(_add_three(y).items())
    return dict([label])


@st.composite
def parameters(draw, X, n_classes):
    """Draw some of the parameters; the networks stay small."""
    # The tree is there for speed: the default forest is one of several.
    small = {
        "max_iter": 2,
        "batch_size": 12,
        "generator_layers": (8,),
        "critic_layers": (8,),
        "rejection_estimator": DecisionTreeClassifier(max_depth=3),
        "random_state": 0,
    }
    params = small | draw(PARAMETERS)
    strategies = STRATEGIES + (RATIOS if n_classes == 2 else [])
    params["sampling_strategy"] = _strategy(draw(st.sampled_from(strategies)))
    if draw(st.booleans()):
        width = shape_of(X)[1]
        positions = st.integers(-width, width - 1)
        params["categorical_features"] = draw(st.lists(positions, max_size=width))
    return params


@st.composite
def cases(draw):
    """Draw a whole call."""
    codes = draw(layouts())
    n = len(codes)
    table = draw(st.integers(0, 11))
    others = [arrays, object_arrays, word_arrays, sparse_matrices, polars_frames]
    X = draw(others[table](n) if table < len(others) else frames(n))
    index = X.index if isinstance(X, pd.DataFrame) else None
    y = draw(targets(codes, index))
    return Case(X, y, draw(parameters(X, codes.max() + 1)))
