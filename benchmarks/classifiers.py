"""The five classifiers at fixed settings, and their scores."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
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
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

# A fixed number of epochs: early stopping would look at the accuracy on a tenth of the
# rows, which for a table that is not balanced is the best before anything is learnt.
MLP = {"hidden_layer_sizes": (64,), "max_iter": 100}
CLASSIFIERS = ["LogisticRegression", "5-NN", "RandomForest", "LightGBM", "MLP"]


class BalancedMLP(MLPClassifier):
    """An MLP whose rows weigh as `class_weight="balanced"` has them elsewhere."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y, compute_sample_weight("balanced", y))


def make_classifiers(seed: int) -> dict[str, Pipeline]:
    """Make the classifiers, each behind the encoding that it needs, not fitted."""
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
        "MLP": (scaled_one_hot(), MLPClassifier(**MLP, random_state=seed)),
    }
    return {name: make_pipeline(*steps) for name, steps in models.items()}


def make_balanced_classifiers(seed: int) -> dict[str, Pipeline]:
    """Make the classifiers with balanced class weights; 5-NN knows none."""
    classifiers = make_classifiers(seed)
    for pipeline in classifiers.values():
        if "class_weight" in pipeline[-1].get_params():
            pipeline[-1].set_params(class_weight="balanced")
    mlp = BalancedMLP(**MLP, random_state=seed)
    classifiers["MLP"] = make_pipeline(scaled_one_hot(), mlp)
    return classifiers


def predict(model: Pipeline, X: pd.DataFrame, y: pd.Series, X_test: pd.DataFrame):
    """Fit a classifier and return the class probabilities of the test part."""
    with warnings.catch_warnings():
        # Nothing is tuned, so that an MLP that has not converged is as good as any.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y).predict_proba(X_test)


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


def score(y_true: pd.Series, probabilities: np.ndarray) -> dict[str, float]:
    """Score the class probabilities of the test part.

    Parameters
    ----------
    y_true : Series
        Classes, 0 for the most frequent.
    probabilities : ndarray of shape (n_rows, n_classes)
        Probability of each class.

    Returns
    -------
    scores : dict of str to float
        AP, ROC AUC and F1 are means over the minority classes, all but 0, each against
        the rest; AP and ROC AUC are of the ranking, the others of the likeliest class.
    """
    labels = np.arange(probabilities.shape[1])
    # From the rarest class on: between two classes, 0.5 is enough for the minority.
    y_pred = labels[-1] - probabilities[:, ::-1].argmax(axis=1)
    rankings = [(y_true == label, probabilities[:, label]) for label in labels[1:]]
    recalls = recall_score(y_true, y_pred, labels=labels, average=None)
    return {
        "AP": np.mean([average_precision_score(*ranking) for ranking in rankings]),
        "ROC AUC": np.mean([roc_auc_score(*ranking) for ranking in rankings]),
        "F1": f1_score(
            y_true, y_pred, labels=labels[1:], average="macro", zero_division=0
        ),
        "G-mean": np.prod(recalls) ** (1 / len(labels)),
        "MCC": matthews_corrcoef(y_true, y_pred),
        "balanced accuracy": balanced_accuracy_score(y_true, y_pred),
    }
