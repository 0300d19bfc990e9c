"""The inception score, with a classifier from the user."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import entropy
from sklearn.utils import check_array


def inception_score(X_synthetic: Any, classifier: Any) -> float:
    r"""Compute the inception score of synthetic rows.

    .. math:: \exp \mathbb{E}_x \operatorname{KL}\bigl(p(y \mid x) \,\|\, p(y)\bigr),

    This is the inception score [1]_ with your own classifier instead of Inception. It
    is high if the classifier is certain about each row and predicts all classes equally
    often. It ignores real rows: a generator with one perfect row per class gets the
    best score.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows of all classes, in the form that the classifier takes.

    classifier : fitted classifier
        A classifier with ``predict_proba``, fitted on real rows.

    Returns
    -------
    score : float
        From 1, if all rows have the same probabilities, to the number of classes, if
        every row has one certain class and all classes are equally frequent.

    References
    ----------
    .. [1] T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford, X. Chen,
       "Improved techniques for training GANs", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from gansampler.evaluation.metrics import inception_score
    >>> classifier = DecisionTreeClassifier().fit([[0], [1], [2]], ["a", "b", "c"])
    >>> round(inception_score([[0], [1], [2], [2], [1], [0]], classifier), 6)
    3.0
    >>> inception_score([[0], [0]], classifier)
    1.0
    """
    if not hasattr(classifier, "predict_proba"):
        raise TypeError(
            f"classifier must have predict_proba, got {classifier!r}. Wrap it in "
            "sklearn.calibration.CalibratedClassifierCV, for example."
        )
    p = check_array(classifier.predict_proba(X_synthetic), input_name="predict_proba")
    odd = np.flatnonzero((p.min(axis=1) < 0) | (np.abs(p.sum(axis=1) - 1) > 1e-3))
    if len(odd):
        raise ValueError(
            "predict_proba must return probabilities that sum to 1 in each row, got "
            f"{p[odd[0]].tolist()} for row {odd[0]}. Calibrate the classifier, for "
            "example with sklearn.calibration.CalibratedClassifierCV."
        )
    return float(np.exp(entropy(p, p.mean(axis=0, keepdims=True), axis=1).mean()))
