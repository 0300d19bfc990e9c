"""The four classifiers at fixed settings, and their scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    matthews_corrcoef,
    recall_score,
    roc_auc_score,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

THRESHOLD = 0.5


def make_classifiers(seed: int) -> dict[str, Pipeline]:
    """Make the classifiers, each behind the encoding it needs.

    Parameters
    ----------
    seed : int
        Seed of the classifiers that draw.

    Returns
    -------
    classifiers : dict of str to Pipeline
        Unfitted; the encoders are fitted with the classifier.
    """
    models: dict[str, tuple[ColumnTransformer, ClassifierMixin]] = {
        "LogisticRegression": (scaled_one_hot(), LogisticRegression(max_iter=1000)),
        "5-NN": (scaled_one_hot(), KNeighborsClassifier(n_neighbors=5)),
        "RandomForest": (
            ordinal_codes(),
            RandomForestClassifier(n_estimators=100, random_state=seed, n_jobs=1),
        ),
        "LightGBM": (
            ordinal_codes(),
            LGBMClassifier(
                n_estimators=100,
                random_state=seed,
                n_jobs=1,
                deterministic=True,
                force_row_wise=True,
                verbose=-1,
            ),
        ),
    }
    return {name: make_pipeline(*steps) for name, steps in models.items()}


def scaled_one_hot() -> ColumnTransformer:
    """Standardise numbers and one-hot encode categories."""
    return ColumnTransformer(
        [
            ("numbers", StandardScaler(), make_column_selector(dtype_include="number")),
            (
                "categories",
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                make_column_selector(dtype_include="category"),
            ),
        ]
    )


def ordinal_codes() -> ColumnTransformer:
    """Code categories by integers and leave numbers alone."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return ColumnTransformer(
        [("categories", encoder, make_column_selector(dtype_include="category"))],
        remainder="passthrough",
    )


def score(y_true: pd.Series, probability: np.ndarray) -> dict[str, float]:
    """Score the minority probabilities of the test part.

    Parameters
    ----------
    y_true : Series
        1 for the minority class, 0 for the rest.
    probability : ndarray of shape (n_rows,)
        Probability of the minority class.

    Returns
    -------
    scores : dict of str to float
        AP and ROC AUC of the ranking, the others at the threshold 0.5.
    """
    y_pred = (probability >= THRESHOLD).astype(int)
    sensitivity = recall_score(y_true, y_pred, pos_label=1)
    specificity = recall_score(y_true, y_pred, pos_label=0)
    return {
        "AP": average_precision_score(y_true, probability),
        "ROC AUC": roc_auc_score(y_true, probability),
        "F1": f1_score(y_true, y_pred, zero_division=0),
        "G-mean": np.sqrt(sensitivity * specificity),
        "MCC": matthews_corrcoef(y_true, y_pred),
        "balanced accuracy": balanced_accuracy_score(y_true, y_pred),
    }
