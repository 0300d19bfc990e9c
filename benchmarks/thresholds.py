"""Which threshold? The one that would have served best on out-of-fold probabilities.

scikit-learn's `TunedThresholdClassifierCV` does this for one metric at a time, and
would resample anew for each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    matthews_corrcoef,
    recall_score,
    roc_curve,
)

TUNED = {"F1": "F1", "MCC": "MCC", "G-mean": "BA", "balanced accuracy": "BA"}
"""For each metric, the metric that its threshold is tuned for."""


def tune_thresholds(y: pd.Series, probability: np.ndarray) -> dict[str, float]:
    """Choose a threshold for F1, for MCC and for balanced accuracy ("BA").

    Parameters
    ----------
    y : Series
        1 for the minority class, 0 for the rest.
    probability : ndarray of shape (n_rows,)
        Out-of-fold probability of the minority class.

    Returns
    -------
    thresholds : dict of str to float
        From which probability on to say "minority".
    """
    fpr, tpr, thresholds = roc_curve(y, probability, drop_intermediate=False)
    n_minority, n_majority = (y == 1).sum(), (y == 0).sum()
    tp, fp = tpr * n_minority, fpr * n_majority
    tn, fn = n_majority - fp, n_minority - tp
    # Nothing predicted, or everything: no correlation.
    scale = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    curves = {
        "F1": 2 * tp / (2 * tp + fp + fn),
        "MCC": (tp * tn - fp * fn) / np.where(scale > 0, scale, 1),
        "BA": (tpr + 1 - fpr) / 2,
    }
    return {metric: thresholds[curve.argmax()] for metric, curve in curves.items()}


def score_tuned(
    y_true: pd.Series, probability: np.ndarray, thresholds: dict[str, float]
) -> dict[str, float]:
    """Score the test part, each metric at the threshold tuned for it.

    The scores are called "tuned F1" and so on; see `tune_thresholds`.
    """
    found = {metric: probability >= thresholds[by] for metric, by in TUNED.items()}
    recalls = recall_score(y_true, found["G-mean"], average=None)
    return {
        "tuned F1": f1_score(y_true, found["F1"], zero_division=0),
        "tuned MCC": matthews_corrcoef(y_true, found["MCC"]),
        "tuned G-mean": np.sqrt(recalls.prod()),
        "tuned balanced accuracy": balanced_accuracy_score(
            y_true, found["balanced accuracy"]
        ),
    }
