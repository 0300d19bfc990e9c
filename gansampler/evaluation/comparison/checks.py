"""Validate and name the arguments of a comparison, before any fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, make_scorer
from sklearn.model_selection import RepeatedStratifiedKFold, check_cv
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from gansampler.evaluation.comparison.result import NONE
from gansampler.evaluation.comparison.trial import N_TUNING_SPLITS, Split
from gansampler.tabular.classifier_features import TableFeatures
from gansampler.tabular.containers import polars_to_pandas
from gansampler.tabular.labels import read_target
from gansampler.tabular.validation import check_table
from gansampler.utils.formatting import as_written
from gansampler.utils.random import MAX_SEED


def check_table_and_target(X: Any, y: Any) -> tuple[Any, np.ndarray]:
    """Return the table and its labels, which must have two or more classes."""
    X, y = polars_to_pandas(X), polars_to_pandas(y)
    X, y = check_table(X), column_or_1d(read_target(y))
    check_consistent_length(X, y)
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError(
            f"y has only one class, {as_written(y[0])!r}. A comparison needs two or "
            "more."
        )
    return X, y


def check_samplers(samplers: Any) -> dict[str, Any]:
    """Return the samplers by name, with no resampling first."""
    named = {
        name: sampler
        for name, sampler in _name("samplers", samplers, "fit_resample").items()
        if sampler is not None and sampler != "passthrough"
    }
    if NONE in named:
        raise ValueError(
            f"The name {NONE!r} is reserved for the baseline without resampling. Give "
            "the sampler another name."
        )
    for name, sampler in named.items():
        steps = [step for _, step in getattr(sampler, "steps", [(name, sampler)])]
        for step in steps:
            if not hasattr(step, "fit_resample"):
                raise TypeError(
                    f"The sampler {name!r} contains {step!r}, which does not resample. "
                    "Its transformation would be missing at prediction time. Pass "
                    "transformers as `preprocessor`, or inside the estimators."
                )
            if hasattr(step, "_parameter_constraints"):
                step._validate_params()
    return {NONE: None, **named}


def check_estimators(estimators: Any) -> dict[str, Any]:
    """Return the classifiers by name, or two defaults."""
    if estimators is None:
        estimators = [
            make_pipeline(TableFeatures(), LogisticRegression(max_iter=1000)),
            make_pipeline(TableFeatures(), HistGradientBoostingClassifier()),
        ]
    named = _name("estimators", estimators, "predict")
    for name, estimator in named.items():
        if not (hasattr(estimator, "fit") and is_classifier(estimator)):
            raise TypeError(
                f"The estimator {name!r} is not a classifier: {estimator!r}."
            )
    if not named:
        raise ValueError(
            "estimators is empty. Pass at least one, or None for the two defaults."
        )
    return named


def check_scoring(scoring: Any, y: np.ndarray) -> dict[str, Any]:
    """Return the scorers by name."""
    labels, counts = np.unique(y, return_counts=True)
    if scoring is None:
        f1 = "f1" if len(labels) == 2 else "f1_macro"
        scoring = [f1, "average_precision"]
    if isinstance(scoring, str):
        scoring = [scoring]
    elif callable(scoring):
        scoring = {"score": scoring}
    if not isinstance(scoring, Mapping):
        scoring = {name: name for name in scoring}
    positive = 1 if 1 in labels else labels[counts.argmin()]
    return {
        str(name): _make_scorer(one, positive) if isinstance(one, str) else one
        for name, one in scoring.items()
    }


def find_tunable(scorers: dict[str, Any], y: np.ndarray) -> list[str]:
    """Return the scores of predicted classes, which depend on a threshold.

    A function ``(estimator, X, y)`` does not say whether it needs predicted classes. It
    is used without tuning.
    """
    if len(np.unique(y)) > 2:
        return []
    return [
        name
        for name, scorer in scorers.items()
        if getattr(scorer, "_response_method", None) == "predict"
    ]


def check_splits(
    cv: Any, X: Any, y: np.ndarray, tune: bool, random_state: np.random.RandomState
) -> list[Split]:
    """Make the splits, and raise an error if a class has too few rows for them."""
    if cv is None:
        cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=random_state)
    parts = list(check_cv(cv, y, classifier=True).split(X, y))
    if len(parts) < 2:
        raise ValueError("cv has only one split. Testing needs two or more.")
    needed = {"training": N_TUNING_SPLITS if tune else 1, "test": 1}
    for number, both in enumerate(parts):
        for (part, n_needed), rows in zip(needed.items(), both, strict=True):
            for label in np.unique(y):
                n = int(np.sum(y[rows] == label))
                if n < n_needed:
                    raise ValueError(
                        f"The {part} set of split {number} has {n} rows of class "
                        f"{as_written(label)!r}, but needs {n_needed}. Use fewer or "
                        "stratified splits, or set tune_threshold=False."
                    )
    seeds = random_state.randint(MAX_SEED, size=len(parts)).tolist()
    return [
        Split(train, test, seed)
        for (train, test), seed in zip(parts, seeds, strict=True)
    ]


def _name(what: str, given: Any, method: str) -> dict[str, Any]:
    """Return an estimator, a list or a dict of them as a dict with unique names."""
    if isinstance(given, Mapping):
        return {str(name): one for name, one in given.items()}
    if given is None or isinstance(given, str) or hasattr(given, method):
        given = [given]
    elif not isinstance(given, Iterable):
        raise TypeError(f"{given!r} in {what} has no method {method!r}.")
    pairs = [
        one if isinstance(one, tuple) and len(one) == 2 else (_class_name(one), one)
        for one in given
    ]
    counts = Counter(name for name, _ in pairs)
    doubles = [name for name, n in counts.items() if n > 1]
    if doubles:
        raise ValueError(
            f"Two {what} have the name {doubles[0]!r}. Pass a dict with unique names "
            "instead."
        )
    return {str(name): one for name, one in pairs}


def _class_name(estimator: Any) -> str:
    """Return the name of the class, or of a pipeline's last step."""
    steps = getattr(estimator, "steps", None)
    return type(steps[-1][1] if steps else estimator).__name__


def _make_scorer(name: str, positive: Any) -> Any:
    """Return scikit-learn's scorer for a positive class other than 1."""
    scorer = get_scorer(name)
    takes = signature(scorer._score_func).parameters
    averaged = scorer._kwargs.get("average", "binary") != "binary"
    if positive == 1 or averaged or "pos_label" not in takes:
        return scorer
    return make_scorer(
        scorer._score_func,
        response_method=scorer._response_method,
        greater_is_better=scorer._sign > 0,
        **{**scorer._kwargs, "pos_label": positive},
    )
