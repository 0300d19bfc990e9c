"""Check that resampled rows begin with the real ones, cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from gansampler.tabular.containers import is_polars


def check_kept(X_res: Any, X: Any, what: str = "X") -> None:
    """Raise an error if the first rows differ from the user's in value, type or null.

    Parameters
    ----------
    X_res : {array-like, dataframe, sparse matrix}
        Resampled rows or labels, the real ones first.

    X : {array-like, dataframe, sparse matrix}
        The user's rows or labels.

    what : str, default="X"
        The user's name for them.

    Raises
    ------
    RuntimeError
        If a cell differs, which would be a bug in this package. The message names the
        column.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.tabular.kept_rows import check_kept
    >>> check_kept(np.array([1.0, np.nan, 7.0]), np.array([1.0, np.nan]))
    """
    changed = _changed(X_res, X)
    if changed is not None:
        raise RuntimeError(
            f"{what} did not come back unchanged: {changed} differs. This is a bug in "
            "gansampler; please report it with the dtypes of the columns."
        )


def _changed(X_res: Any, X: Any) -> str | None:
    """Return what differs, or None if nothing does."""
    if is_polars(X):
        first = X_res[: len(X)]
        if hasattr(X, "columns"):
            pairs = zip(X.columns, first.get_columns(), X.get_columns(), strict=True)
            return _first_name((name, a.equals(b)) for name, a, b in pairs)
        return None if first.equals(X) else "a label"
    if isinstance(X, pd.DataFrame):
        head = X_res.iloc[: len(X)]
        return _first_name(
            (name, _same_column(head.iloc[:, j], X.iloc[:, j]))
            for j, name in enumerate(X.columns)
        )
    if isinstance(X, pd.Series):
        return None if _same_column(X_res.iloc[: len(X)], X) else "a label"
    if sparse.issparse(X):
        return None if _same_sparse(X_res, X) else "a cell"
    if isinstance(X, (list, tuple)):
        same = all(_same_row(a, b) for a, b in zip(X_res, X, strict=False))
        return None if same else "a row"
    values = np.asarray(X)
    return None if _same_values(np.asarray(X_res)[: len(values)], values) else "a cell"


def _first_name(pairs: Any) -> str | None:
    return next((f"column {name!r}" for name, is_same in pairs if not is_same), None)


def _same_column(first: pd.Series, second: pd.Series) -> bool:
    """Tell whether two columns have the same dtype and the same values in order."""
    if first.dtype != second.dtype:
        return False
    if isinstance(second.dtype, np.dtype):
        return _same_values(first.to_numpy(), second.to_numpy())
    return bool(first.array.equals(second.array))


def _same_values(first: np.ndarray, second: np.ndarray) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype == object:  # usually identical objects, which are never copied
        pairs = zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)
        return all(a is b or _same_row(a, b) for a, b in pairs)
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fcmM"))


def _same_row(first: Any, second: Any) -> bool:
    """Tell whether two rows of a list, or two cells, agree in type and value."""
    if isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(map(_same_row, first, second))
    if first is second:
        return True
    same_kind = type(first) is type(second)
    return same_kind and bool(np.all((first == second) | (first != first)))


def _same_sparse(X_res: Any, X: Any) -> bool:
    first, second = (matrix.tocsr().sorted_indices() for matrix in (X_res, X))
    first = first[: X.shape[0]]
    return (
        first.dtype == second.dtype
        and np.array_equal(first.indptr, second.indptr)
        and np.array_equal(first.indices, second.indices)
        and _same_values(first.data, second.data)
    )
