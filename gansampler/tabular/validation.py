"""What is wrong with a table, a target or a parameter, said before any training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_array

from gansampler.tabular.containers import to_array
from gansampler.tabular.inference import check_unique_names


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
    X: Any, min_samples: int = 1, estimator_name: str = "GANOverSampler"
) -> Any:
    """Return the table as a frame, an array or a sparse matrix, or say why not."""
    if isinstance(X, pd.DataFrame):
        for n, least, what in zip(
            X.shape, (min_samples, 1), ("sample", "feature"), strict=True
        ):
            if n < least:
                raise ValueError(
                    f"Found array with {n} {what}(s) (shape={X.shape}) while a minimum "
                    f"of {least} is required by {estimator_name}."
                )
        check_unique_names(X.columns)
        return X
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
        ensure_min_samples=min_samples,
        estimator=estimator_name,
    )
