"""Scores of two predicted classes, which depend on four counts only."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, make_scorer


def count_once(scorer: Any, label: Any) -> Any:
    """Return a scorer that computes each score once per set of equal counts.

    Threshold tuning tries a hundred thresholds on each fold and spends most of its
    time on scores. Many of these predictions have the same counts of right and wrong.

    Parameters
    ----------
    scorer : scikit-learn scorer
        A scorer of predicted classes.

    label : object
        One of the two labels.

    Returns
    -------
    scorer : scikit-learn scorer
        A scorer with the same scores. A user-defined function may depend on the order
        of the rows, so its scorer is returned unchanged.
    """
    if scorer._score_func.__module__ != f1_score.__module__:
        return scorer
    return make_scorer(
        CountedScore(scorer._score_func, label),
        response_method=scorer._response_method,
        greater_is_better=scorer._sign > 0,
        **scorer._kwargs,
    )


class CountedScore:
    """A score function that remembers its values.

    Parameters
    ----------
    score : callable
        The function ``(y_true, y_pred, **params)``. The parameters must always be the
        same.

    label : object
        One of the two labels.
    """

    def __init__(self, score: Callable[..., float], label: Any) -> None:
        update_wrapper(self, score)  # scikit-learn reads the parameter names
        self.score = score
        self.label = label
        self.values: dict[tuple[int, ...], float] = {}

    def __call__(self, y_true: np.ndarray, y_pred: np.ndarray, **params: Any) -> float:
        """Return the score of a prediction, from memory if its counts are known."""
        true, predicted = y_true == self.label, y_pred == self.label
        counts = len(true), true.sum(), predicted.sum(), (true & predicted).sum()
        if counts not in self.values:
            self.values[counts] = self.score(y_true, y_pred, **params)
        return self.values[counts]
