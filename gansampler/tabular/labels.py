"""Read targets as one label per row, and append the labels of new rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.multiclass import type_of_target

from gansampler.tabular.containers import is_polars
from gansampler.tabular.validation import check_target_complete


def read_target(y: Any) -> Any:
    """Read the label of each row, or raise an error for rows without one.

    Parameters
    ----------
    y : {array-like, series, dataframe, sparse matrix} of shape (n_samples,), \
            (n_samples, 1) or (n_samples, n_classes)
        Labels, or a table of indicators with a one in the column of a row's class.

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        The labels. For indicators, these are the positions of their columns. If `y` is
        not a target at all, it is returned as is, and imbalanced-learn reports it.

    Raises
    ------
    TypeError
        If labels have several types.

    ValueError
        If a row has no label, or several.
    """
    check_target_complete(y)
    if isinstance(y, np.ndarray) and y.dtype.kind == "T":
        y = y.astype(object)  # scikit-learn does not support NumPy's StringDType
    if np.ndim(y) == 2 and type_of_target(y) == "multilabel-indicator":
        return _read_indicators(y.toarray() if sparse.issparse(y) else np.asarray(y))
    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        y = y.iloc[:, 0]
    if isinstance(y, pd.Series):
        # scikit-learn would read large nullable integers as floats, and categories of
        # booleans as strings.
        return y.to_numpy()
    return y


def append_labels(y: Any, labels: np.ndarray, new: np.ndarray) -> Any:
    """Return the user's target with the labels of new rows appended.

    Parameters
    ----------
    y : object
        The target as the user passed it to :func:`read_target`.

    labels : ndarray of shape (n_samples,)
        The labels that :func:`read_target` returned.

    new : ndarray of shape (n_new,)
        The labels of the new rows. Each of them occurs among the real ones.

    Returns
    -------
    y_resampled : object of n_samples + n_new rows
        The labels, in the same container as `y`. An array of one column becomes a
        vector.
    """
    distinct, first = np.unique(labels, return_index=True)
    # Copy each new label from a real one, so that no conversion loses anything.
    sources = first[np.searchsorted(distinct, new)]
    positions = np.concatenate([np.arange(len(labels)), sources])
    if isinstance(y, (pd.Series, pd.DataFrame)):
        return y.iloc[positions].reset_index(drop=True)
    if isinstance(y, list) and np.ndim(y) == 1:
        return [y[position] for position in positions]
    if sparse.issparse(y):
        return y.tocsr()[positions].asformat(y.format)
    if is_polars(y):
        return y[positions]
    values = np.asarray(y)
    taken = (values.reshape(-1) if values.size == len(values) else values)[positions]
    return taken.tolist() if isinstance(y, list) else taken


def _read_indicators(values: np.ndarray) -> np.ndarray:
    """Return the position of each row's one, (n_samples,)."""
    ones = (values != 0).sum(axis=1)
    if np.any(ones > 1):
        raise ValueError(
            f"Row {np.argmax(ones > 1)} of y belongs to several classes. Multilabel "
            "and multioutput targets are not supported."
        )
    if np.any(ones == 0):
        raise ValueError(
            f"{np.sum(ones == 0)} rows of y belong to no class (first: row "
            f"{np.argmax(ones == 0)}). Drop them, or add a column for them."
        )
    return values.argmax(axis=1)
