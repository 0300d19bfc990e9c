"""What must hold of every call, whatever the table."""

import hashlib
import pickle
import re
import threading
import warnings

import numpy as np
import pandas as pd
import polars as pl
import torch
from scipy import sparse
from sklearn.base import clone
from tables import (
    as_frame,
    assert_inputs_first,
    assert_legal,
    assert_same,
    compose,
    deep,
    global_states,
)

import gansampler.oversampler
from gansampler import GANOverSampler, TabularGAN

OUR_WARNINGS = (
    "Training for class|Class .* rows?, fewer than|Class .* can hardly be told|"
    "Class .* of the generated rows are|The generator for class .* collapsed|"
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
        return fit_generators(*args, **kwargs)

    fit_generators = gansampler.oversampler.fit_generators
    sampler = compose(case.params)
    with monkeypatch.context() as patch:
        patch.setattr(gansampler.oversampler, "fit_generators", spy)
        try:
            with only_our_warnings():
                result = sampler.fit_resample(case.X, case.y)
        except (ValueError, TypeError) as error:
            if trainings:
                raise TrainingBegan(f"{case!r}: {error}") from error
            assert_names_a_culprit(error, case)
            result = None
    assert_same(case.X, X)
    assert_same(case.y, y)
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
    words = {*CULPRITS, *GANOverSampler().get_params(), *TabularGAN().get_params()}
    assert words & set(re.findall(r"\w+", message)), message


# ---- one fit


def assert_rows(case, sampler, X_res, y_res):
    """Check what came out against what went in."""
    n = case.shape[0]
    assert type(X_res) is type(case.X)
    assert_inputs_first(case.X, as_vector(case.y), X_res, y_res)
    labels = plain_labels(case.y)
    new = plain_labels(y_res)[n:]
    promised = {k: v for k, v in sampler.sampling_strategy_.items() if v}
    given = {label: new.count(label) for label in dict.fromkeys(new)}
    assert given == {as_plain(k): v for k, v in promised.items()}
    before, after = as_frame(case.X), as_frame(X_res)
    for label in given:
        real = before[[own == label for own in labels]]
        made = after.iloc[n:][[own == label for own in new]]
        assert_legal(made, real)


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


# ---- several fits


def assert_repeats(case, sampler, result):
    """Check that a fit anew, and a copy of what was fitted, give the same rows."""
    with only_our_warnings():
        again = clone(sampler).fit_resample(case.X, case.y)
    for one, other in zip(result, again, strict=True):
        assert_same(one, other)
    copy = pickle.loads(pickle.dumps(sampler))
    for label, generator in sampler.generators_.items():
        assert_same(
            generator.sample(3, random_state=1),
            copy.generators_[label].sample(3, random_state=1),
        )


def assert_samples(case, sampler):
    """Check more rows of each class, in the container of the table."""
    before, labels = as_frame(case.X), plain_labels(case.y)
    for label, generator in sampler.generators_.items():
        rows = generator.sample(20, random_state=2)
        if not isinstance(case.X, list):
            assert type(rows) is type(case.X)
        assert_legal(as_frame(rows), before[[own == label for own in labels]])


def digest(case, **params):
    """Write what comes of a case in short: a hash of its rows, or the error."""
    try:
        with only_our_warnings():
            X, y = compose(case.params | params).fit_resample(case.X, case.y)
    except (ValueError, TypeError) as error:
        return f"{type(error).__name__} {hash_of(str(error))}"
    return hash_of(repr([as_frame(X).to_dict("list"), plain_labels(y)]))


def hash_of(text):
    """Return a hash that is the same in every process."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def digests(cases):
    """Write what comes of cases, after what tells the processes of one seed apart."""
    return hash("seed"), [digest(case) for case in cases]
