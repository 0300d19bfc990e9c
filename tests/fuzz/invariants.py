"""What must hold of every call, whatever the table."""

import hashlib
import pickle
import re
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import torch
from pandas.api import types as pdt
from scipy import sparse
from sklearn.base import clone
from tables import as_frame, deep, global_states, head

import gansampler.oversampler
from gansampler import GANOverSampler

OUR_WARNINGS = (
    "Training for class|Class .* rows?, fewer than|Class .* can hardly be told|"
    "Class .* of its generated rows are|The generator of class .* collapsed|"
    "After over-sampling, the number of samples|The number of unique classes is greater"
)


CULPRITS = {
    "X",
    "y",
    "target",
    "label",
    "labels",
    "class",
    "classes",
    "column",
    "columns",
}


class TrainingBegan(AssertionError):
    """An error came after a training had begun."""


def refusal_or_rows(case, monkeypatch):
    """Fit, and check all that can be said of one fit; give None where it is refused."""
    X, y = deep(case.X), deep(case.y)
    states, threads = global_states(), (torch.get_num_threads(), thread_names())
    trainings = []

    def spy(*args, **kwargs):
        trainings.append(args[0])
        return train_class(*args, **kwargs)

    train_class = gansampler.oversampler.train_class
    sampler = GANOverSampler(**case.params)
    with monkeypatch.context() as patch:
        patch.setattr(gansampler.oversampler, "train_class", spy)
        try:
            with only_our_warnings():
                result = sampler.fit_resample(case.X, case.y)
        except (ValueError, TypeError) as error:
            if trainings:
                raise TrainingBegan(f"{case!r}: {error}") from error
            assert_names_a_culprit(error, case)
            result = None
    assert_same_bits(case.X, X)
    assert_same_bits(case.y, y)
    assert global_states() == states
    assert (torch.get_num_threads(), thread_names()) == threads, thread_names()
    if result is None:
        return None
    assert_rows(case, sampler, *result)
    return sampler, result


def thread_names():
    """Name the threads of Python, without those that libraries keep for good."""
    return sorted(t.name for t in threading.enumerate())


class only_our_warnings(warnings.catch_warnings):
    """Let the warnings of a sampler pass, and make errors of all others."""

    def __enter__(self):
        super().__enter__()
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=OUR_WARNINGS, category=UserWarning)


def assert_names_a_culprit(error, case):
    """Check that a message names a column, a parameter, a class or the target."""
    message = str(error)
    names = getattr(case.X, "columns", range(case.shape[1]))
    if any(repr(name) in message for name in names):
        return
    words = {*CULPRITS, *GANOverSampler().get_params()}
    assert words & set(re.findall(r"\w+", message)), message


# ---- one fit


def assert_rows(case, sampler, X_res, y_res):
    """Check what came out against what went in."""
    n = case.shape[0]
    assert type(X_res) is type(case.X)
    assert_kept(case.X, X_res, n)
    assert_kept(as_vector(case.y), y_res, n)
    labels = plain_labels(case.y)
    new = plain_labels(y_res)[n:]
    promised = {k: v for k, v in sampler.sampling_strategy_.items() if v}
    given = {label: new.count(label) for label in dict.fromkeys(new)}
    assert given == {as_plain(k): v for k, v in promised.items()}
    before, after = frame_of(case.X), frame_of(X_res)
    for label in given:
        real = before[[own == label for own in labels]]
        made = after.iloc[n:][[own == label for own in new]]
        assert_legal(made, real)


def frame_of(table):
    """View any table as a pandas frame, without loss."""
    if isinstance(table, pl.DataFrame):
        return table.to_pandas(use_pyarrow_extension_array=True)
    if isinstance(table, list):
        table = np.array(table, dtype=object)
    if isinstance(table, np.ndarray) and table.dtype == object:
        # As objects, because pandas' own strings do not hold all that Python's do.
        return pd.DataFrame(table, dtype=object)
    return as_frame(table)


def as_plain(label):
    """Return a label without NumPy's type."""
    return label.item() if isinstance(label, np.generic) else label


def as_vector(y):
    """Return a column of an array as a vector, as imbalanced-learn does."""
    if isinstance(y, np.ndarray) and y.shape[1:] == (1,):
        return y.reshape(-1)
    if isinstance(y, list) and np.shape(y)[1:] == (1,):
        return [label for (label,) in y]
    return y


def plain_labels(y):
    """Return the labels in any container as a list; of indicators their position."""
    if isinstance(y, (pd.Series, pl.Series)):
        return y.to_list()
    values = y.toarray() if sparse.issparse(y) else np.asarray(y)
    if values.ndim == 2 and values.shape[1] > 1:
        return values.argmax(axis=1).tolist()
    return values.reshape(-1).tolist()


def assert_kept(given, returned, n):
    """Check that the first rows are the ones given, bit for bit."""
    if isinstance(given, (pd.DataFrame, pd.Series)):
        assert_same_bits(head(returned, n), given.reset_index(drop=True))
        assert returned.index.equals(pd.RangeIndex(len(returned)))
    elif sparse.issparse(given):
        assert returned.format == given.format
        assert_same_bits(returned.tocsr()[:n], given.tocsr())
    else:
        assert_same_bits(head(returned, n), given)


def assert_same_bits(left, right):
    """Compare two tables or targets, down to the sign of a zero."""
    assert type(left) is type(right)
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_index_equal(left.columns, right.columns, exact=True)
        pd.testing.assert_index_equal(left.index, right.index, exact="equiv")
        for j in range(left.shape[1]):
            assert_same_bits(left.iloc[:, j], right.iloc[:, j])
    elif isinstance(left, pd.Series):
        assert left.dtype == right.dtype
        if isinstance(left.dtype, np.dtype):
            assert_same_bits(left.to_numpy(), right.to_numpy())
        else:
            pd.testing.assert_series_equal(
                left, right, check_exact=True, check_names=False
            )
    elif isinstance(left, pl.DataFrame):
        assert left.columns == right.columns
        for one, other in zip(left, right, strict=True):
            assert_same_bits(one, other)
    elif isinstance(left, pl.Series):
        assert left.dtype == right.dtype
        assert repr(left.to_list()) == repr(right.to_list())
    elif sparse.issparse(left):
        assert left.dtype == right.dtype
        assert_same_bits(left.toarray(), right.toarray())
    elif isinstance(left, list):
        assert repr(left) == repr(right)
    elif left.dtype == object:
        assert left.shape == right.shape
        assert list(map(repr, left.ravel())) == list(map(repr, right.ravel()))
    else:
        assert left.dtype == right.dtype
        assert left.shape == right.shape
        if left.dtype.itemsize > 8 and left.dtype.kind == "f":  # partly padding
            left, right = left.astype(np.float64), right.astype(np.float64)
        assert left.tobytes() == right.tobytes()


def assert_legal(made, real):
    """Check that synthetic rows show nothing which real ones of the class do not."""
    for j in range(real.shape[1]):
        new, old = made.iloc[:, j], real.iloc[:, j]
        where = f"column {real.columns[j]!r}"
        if old.notna().all():
            assert new.notna().all(), f"{where} must have no missing values"
        new, old = new[new.notna()], old[old.notna()]
        if is_number(old):
            new, old = new.tolist(), old.tolist()
            assert all(min(old) <= value <= max(old) for value in new), where
        else:
            known = old.tolist()
            assert all(value in known for value in new), f"{where} shows a new value"


def is_number(series):
    """Tell whether a column's values have an order in which others lie between."""
    if series.dtype == object:
        numbers = (int, float, np.number)
        return len(series) > 0 and all(
            isinstance(v, numbers) and not isinstance(v, bool) for v in series
        )
    if isinstance(series.dtype, pd.CategoricalDtype) or pdt.is_bool_dtype(series.dtype):
        return False
    return not (pdt.is_string_dtype(series.dtype) or pdt.is_complex_dtype(series.dtype))


# ---- several fits


def assert_repeats(case, sampler, result):
    """Check that a fit anew, and a copy of what was fitted, give the same rows."""
    with only_our_warnings():
        again = clone(sampler).fit_resample(case.X, case.y)
    for one, other in zip(result, again, strict=True):
        assert_same_bits(one, other)
    copy = pickle.loads(pickle.dumps(sampler))
    for label, generator in sampler.generators_.items():
        assert_same_bits(
            generator.sample(3, random_state=1),
            copy.generators_[label].sample(3, random_state=1),
        )


def assert_samples(case, sampler):
    """Check more rows of each class, in the container of the table."""
    before, labels = frame_of(case.X), plain_labels(case.y)
    for label, generator in sampler.generators_.items():
        rows = generator.sample(20, random_state=2)
        if not isinstance(case.X, list):
            assert type(rows) is type(case.X)
        assert_legal(frame_of(rows), before[[own == label for own in labels]])


def digest(case, **params):
    """Write what comes of a case in short: a hash of its rows, or the error."""
    try:
        with only_our_warnings():
            X, y = GANOverSampler(**case.params, **params).fit_resample(case.X, case.y)
    except (ValueError, TypeError) as error:
        return f"{type(error).__name__} {hash_of(str(error))}"
    return hash_of(repr([frame_of(X).to_dict("list"), plain_labels(y)]))


def hash_of(text):
    """Return a hash that is the same in every process."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


if __name__ == "__main__":
    for pickled in pickle.loads(Path(sys.argv[1]).read_bytes()):
        print(digest(pickled))
