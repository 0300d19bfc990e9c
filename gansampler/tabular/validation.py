"""Check tables, targets and parameters before any training."""

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
    """Raise an error if labels are missing or have an unsupported type."""
    if not hasattr(y, "__array__") and not isinstance(y, (list, tuple)):
        return  # imbalanced-learn reports what a target must be
    missing = pd.isna(np.asarray(y, dtype=object))
    if missing.any():
        row = int(np.flatnonzero(missing.reshape(len(missing), -1).any(axis=1))[0])
        raise ValueError(
            f"y contains NaN in {int(missing.sum())} rows (first: row {row}). Drop "
            "these rows, because rows without a label belong to no class."
        )
    _check_label_objects(np.asarray(y))


def _check_label_objects(y: np.ndarray) -> None:
    """Raise an error with a fix for objects that scikit-learn rejects as labels."""
    if y.dtype != object or y.size != len(y):
        return
    types = sorted({type(label).__name__ for label in y.reshape(-1)})
    if set(types) <= {"str"}:
        return
    if len(types) > 1:
        raise TypeError(
            f"Unknown label type: y mixes labels of the types {types}, which can't be "
            "sorted. Convert them to one type, for example with `y.astype(str)`."
        )
    raise TypeError(
        f"Unknown label type: y contains objects of type {types[0]}. Convert them, for "
        "example with `y.astype(str)` or `y.astype(int)`."
    )


def check_table(
    X: Any, *, estimator_name: str | None = "GANOverSampler", min_samples: int = 1
) -> Any:
    """Return a table as a frame, an array or a sparse matrix, or raise an error.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The user's table, but not a polars frame.

    estimator_name : str or None, default="GANOverSampler"
        The estimator that requires `min_samples`, for the error message. None omits it.

    min_samples : int, default=1
        The required number of rows.

    Returns
    -------
    table : {DataFrame, ndarray, csr or csc matrix} of shape (n_samples, n_features)
        `X` itself if it is one of these.

    Raises
    ------
    ValueError
        If `X` is not a table of real values, is too small, or repeats a column name.
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
    """View any table as a pandas frame, or raise an error.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The user's table, possibly a polars frame.

    estimator_name, min_samples
        As in :func:`check_table`.

    Returns
    -------
    frame : DataFrame of shape (n_samples, n_features)
        `X` itself if it is a frame, else its values in columns 0, 1, ...

    Raises
    ------
    TypeError, ValueError
        As in :func:`check_table`, and if a polars frame is lazy or can't be converted.

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
    """Raise a ValueError that lists repeated column names."""
    if not names.is_unique:
        twice = names[names.duplicated()].unique().tolist()
        raise ValueError(
            f"Column names must be unique, but {twice} occur more than once. Rename "
            "them, for example with `X.columns = [...]`."
        )


def _check_is_table(X: Any) -> None:
    """Raise a ValueError with a fix for anything that is not rows and columns."""
    kind = type(X).__name__
    if issparse(X):  # one sparse format is a mapping
        return
    if np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array, whose masked values would come back unmasked. Pass "
            "`X.astype(float).filled(np.nan)`, or fill in another missing value."
        )
    if X is None or isinstance(X, (str, bytes, os.PathLike)):
        got, way_out = repr(X), "Read a file first, for example with `pandas.read_csv`"
    elif isinstance(X, Mapping):
        got, way_out = kind, "Convert it with `pandas.DataFrame(X)`"
    elif isinstance(X, (Iterator, set, frozenset)):
        got, way_out = kind, "Convert it to a list of rows with `list(X)`"
    elif isinstance(X, (pd.Series, pd.Index, pd.api.extensions.ExtensionArray)):
        raise ValueError(
            f"Expected a 2-dimensional container but got {type(X)} instead. Make a "
            "table of one column with `pandas.DataFrame(X)`."
        )
    else:
        return
    raise ValueError(f"Expected 2D array or table as X, got {got} instead. {way_out}.")


def _check_array(X: Any) -> Any:
    """Return rows as an array or a sparse matrix of two dimensions."""
    _check_is_table(X)
    if isinstance(X, (list, tuple)):
        X = to_array(X)
    if np.iscomplexobj(X):
        raise ValueError(
            f"Complex data not supported: X has the dtype {X.dtype}. Use separate "
            "columns for the real and the imaginary parts."
        )
    if np.ndim(X) > 2:
        raise ValueError(
            f"Found array with dim {np.ndim(X)}, but X must have 2, for rows and "
            "columns. Reshape it, or convert sequences within its rows to columns."
        )
    return check_array(
        X,
        dtype=None,
        accept_sparse=["csr", "csc"],
        ensure_all_finite=False,
        ensure_min_samples=0,
        ensure_min_features=0,
    )
