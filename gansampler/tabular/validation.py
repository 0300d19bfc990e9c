"""What is wrong with a table, a target or a parameter, said before any training."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.utils import check_array

from gansampler.tabular.containers import polars_to_pandas, to_array, to_frame


def check_target_complete(y: Any) -> None:
    """Raise an error where labels are missing, or of types that are none of labels'."""
    if not hasattr(y, "__array__") and not isinstance(y, (list, tuple)):
        return  # left to imbalanced-learn, which says what a target must be
    missing = pd.isna(np.asarray(y, dtype=object))
    if missing.any():
        row = int(np.flatnonzero(missing.reshape(len(missing), -1).any(axis=1))[0])
        raise ValueError(
            f"y contains NaN in {int(missing.sum())} rows (first: row {row}); drop "
            "these rows, because a row without a label belongs to no class."
        )
    _check_label_objects(np.asarray(y))


def _check_label_objects(y: np.ndarray) -> None:
    """Refuse, with the way out, objects that scikit-learn does not take for labels."""
    if y.dtype != object or y.size != len(y):
        return
    types = sorted({type(label).__name__ for label in y.reshape(-1)})
    if set(types) <= {"str"}:
        return
    if len(types) > 1:
        raise TypeError(
            f"Unknown label type: y mixes labels of the types {types}, which have no "
            "order; convert them to one, for instance by `y.astype(str)`."
        )
    raise TypeError(
        f"Unknown label type: y holds objects of type {types[0]}; convert them, for "
        "instance by `y.astype(str)` or `y.astype(int)`."
    )


def check_table(
    X: Any, *, estimator_name: str | None = "GANOverSampler", min_samples: int = 1
) -> Any:
    """Return a table as a frame, an array or a sparse matrix, or say why not.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        What the user passed, but not a polars frame.

    estimator_name : str or None, default="GANOverSampler"
        Who asks for at least so many samples; None leaves it unsaid.

    min_samples : int, default=1
        The fewest rows that will do.

    Returns
    -------
    table : {DataFrame, ndarray, csr or csc matrix} of shape (n_samples, n_features)
        `X` itself where it is one of these.

    Raises
    ------
    ValueError
        If `X` is not a table of real values, is too small, or has a column name twice.
    """
    if isinstance(X, pd.DataFrame):
        check_unique_names(X.columns)
    else:
        X = _check_array(X)
    for n, n_min, what in zip(
        X.shape, (min_samples, 1), ("sample", "feature"), strict=True
    ):
        if n < n_min:
            by = f" by {estimator_name}" if estimator_name else ""
            raise ValueError(
                f"Found array with {n} {what}(s) (shape={X.shape}) while a minimum of "
                f"{n_min} is required{by}."
            )
    return X


def read_table(
    X: Any, *, estimator_name: str | None = None, min_samples: int = 1
) -> pd.DataFrame:
    """View any table as a pandas frame, or say why not.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        What the user passed, also a polars frame.

    estimator_name, min_samples
        As in :func:`check_table`.

    Returns
    -------
    frame : DataFrame of shape (n_samples, n_features)
        `X` itself where it is one, else its values in columns 0, 1, ...

    Raises
    ------
    TypeError, ValueError
        As :func:`check_table`, and if a polars frame is lazy or can't be turned.

    Examples
    --------
    >>> from gansampler.tabular.validation import read_table
    >>> read_table([[1, "a"], [2, "b"]])
       0  1
    0  1  a
    1  2  b
    """
    table = polars_to_pandas(X)
    return to_frame(
        check_table(table, estimator_name=estimator_name, min_samples=min_samples)
    )


def check_unique_names(names: pd.Index) -> None:
    """Raise a ValueError that names the column names which stand more than once."""
    if not names.is_unique:
        twice = names[names.duplicated()].unique().tolist()
        raise ValueError(
            f"Column names must be unique, but {twice} stand more than once; rename "
            "them, e.g. `X.columns = [...]`."
        )


def _check_is_table(X: Any) -> None:
    """Raise a ValueError, with the way out, for what is not rows and columns."""
    kind = type(X).__name__
    if issparse(X):  # one format of which is a mapping
        return
    if np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array, whose masked values would come back unmasked; pass "
            "`X.astype(float).filled(np.nan)`, or another value for what is missing."
        )
    if X is None or isinstance(X, (str, bytes, os.PathLike)):
        got, way_out = repr(X), "read a file before, for instance by `pandas.read_csv`"
    elif isinstance(X, Mapping):
        got, way_out = kind, "make a table of it by `pandas.DataFrame(X)`"
    elif isinstance(X, (Iterator, set, frozenset)):
        got, way_out = kind, "make a list of its rows by `list(X)`"
    elif isinstance(X, (pd.Series, pd.Index, pd.api.extensions.ExtensionArray)):
        raise ValueError(
            f"Expected a 2-dimensional container but got {type(X)} instead; make a "
            "table of one column by `pandas.DataFrame(X)`."
        )
    else:
        return
    raise ValueError(f"Expected 2D array or table as X, got {got} instead; {way_out}.")


def _check_array(X: Any) -> Any:
    """Return rows as an array or a sparse matrix of two dimensions."""
    _check_is_table(X)
    if isinstance(X, (list, tuple)):
        X = to_array(X)
    if np.iscomplexobj(X):
        raise ValueError(
            f"Complex data not supported: X has the dtype {X.dtype}; make columns of "
            "the real and the imaginary parts."
        )
    if np.ndim(X) > 2:
        raise ValueError(
            f"Found array with dim {np.ndim(X)}, while X must have 2, for rows and "
            "columns; reshape it, or turn sequences within its rows into columns."
        )
    return check_array(
        X,
        dtype=None,
        accept_sparse=["csr", "csc"],
        ensure_all_finite=False,
        ensure_min_samples=0,
        ensure_min_features=0,
    )
