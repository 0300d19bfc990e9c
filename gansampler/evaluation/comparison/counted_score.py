"""Scores of two predicted classes, which depend on four counts and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, make_scorer


def count_once(scorer: Any, label: Any) -> Any:
    """Make a scorer that computes a score once for all predictions with equal counts.

    A threshold is chosen among a hundred, on each fold, and most of the time goes into
    the score. Many of these predictions have the same counts of right and wrong.

    Parameters
    ----------
    scorer : scorer of scikit-learn
        For predicted classes.

    label : object
        One of the two labels.

    Returns
    -------
    scorer : scorer of scikit-learn
        With the same scores. A function of the user's own may depend on the order of
        the rows; its scorer is returned as it is.
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
    """A function of true and predicted labels that remembers its values.

    Parameters
    ----------
    score : callable
        The function ``(y_true, y_pred, **params)``, always called with the same
        parameters.

    label : object
        One of the two labels.
    """

    def __init__(self, score: Callable[..., float], label: Any) -> None:
        update_wrapper(self, score)  # scikit-learn reads the names of its parameters
        self.score = score
        self.label = label
        self.values: dict[tuple[int, ...], float] = {}

    def __call__(self, y_true: np.ndarray, y_pred: np.ndarray, **params: Any) -> float:
        """Score a prediction, or give the value of one with the same counts."""
        true, predicted = y_true == self.label, y_pred == self.label
        counts = len(true), true.sum(), predicted.sum(), (true & predicted).sum()
        if counts not in self.values:
            self.values[counts] = self.score(y_true, y_pred, **params)
        return self.values[counts]
