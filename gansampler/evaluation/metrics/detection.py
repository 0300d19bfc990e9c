"""How well a classifier can tell synthetic from real rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils import check_random_state

from gansampler.evaluation.aligned_tables import (
    Features,
    check_row_counts,
    encode_aligned,
)
from gansampler.utils.random import MAX_SEED


def detection_auc(
    X_real: Any,
    X_synthetic: Any,
    *,
    categorical_features: Features = "auto",
    estimator: Any = "auto",
    cv: Any = 5,
    random_state: Any = None,
) -> float:
    """Compute how well a classifier can tell synthetic from real rows.

    This is a classifier two-sample test [1]_. The result is the cross-validated area
    under the ROC curve of a classifier that predicts whether a row is synthetic.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Held-out rows, which the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows with the same columns.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

    estimator : "auto" or classifier, default="auto"
        A classifier with ``predict_proba``. It is cloned and fitted on imputed,
        standardised and one-hot encoded rows. "auto" is a class-balanced random forest.

    cv : int or cross-validation splitter, default=5
        The number of shuffled, stratified folds, or a splitter.

    random_state : int, RandomState instance or None, default=None
        Controls the folds and the forest. A classifier or splitter that you pass uses
        its own ``random_state``.

    Returns
    -------
    auc : float
        From 0.5 (indistinguishable) to 1. It is well below 0.5 if rows of one table
        are copies of rows in the other: the classifier has seen the copy with the
        opposite label.

    References
    ----------
    .. [1] D. Lopez-Paz, M. Oquab, "Revisiting classifier two-sample tests", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics import detection_auc
    >>> rng = np.random.default_rng(0)
    >>> real, good, poor = rng.normal(size=(3, 100, 2)) + [[[0]], [[0]], [[2]]]
    >>> auc = detection_auc(real, good, random_state=0)
    >>> 0.4 < auc < 0.6
    True
    >>> detection_auc(real, poor, random_state=0) > 0.9
    True
    """
    real, synthetic = encode_aligned(
        categorical_features, X_real=X_real, X_synthetic=X_synthetic
    )
    y = np.repeat([0, 1], [len(real), len(synthetic)])
    seeds = check_random_state(random_state).randint(MAX_SEED, size=2)
    model = _check_detector(estimator, int(seeds[0]))
    folds = _check_folds(cv, real, synthetic, int(seeds[1]))
    rows = np.concatenate([real, synthetic])
    scores = cross_val_predict(model, rows, y, cv=folds, method="predict_proba")
    return float(roc_auc_score(y, scores[:, 1]))


def _check_detector(estimator: Any, seed: int) -> Any:
    if isinstance(estimator, str) and estimator == "auto":
        return RandomForestClassifier(class_weight="balanced", random_state=seed)
    if not hasattr(estimator, "predict_proba") or isinstance(estimator, type):
        raise TypeError(
            "estimator must be 'auto' or a classifier with predict_proba, got "
            f"{estimator!r}."
        )
    return estimator


def _check_folds(cv: Any, real: np.ndarray, synthetic: np.ndarray, seed: int) -> Any:
    if not isinstance(cv, (int, np.integer)):
        return cv
    check_row_counts("cv", cv, int(cv), X_real=real, X_synthetic=synthetic)
    return StratifiedKFold(int(cv), shuffle=True, random_state=seed)
