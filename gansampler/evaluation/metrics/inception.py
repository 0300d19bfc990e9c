"""The inception score, with a classifier of the user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import entropy
from sklearn.utils import check_array


def inception_score(X_synthetic: Any, classifier: Any) -> float:
    r"""Compute how surely and evenly a classifier sorts synthetic rows into classes.

    .. math:: \exp \mathbb{E}_x \operatorname{KL}\bigl(p(y \mid x) \,\|\, p(y)\bigr),

    the inception score [1]_ with a classifier of your own in the place of Inception.
    It does not look at real rows: a generator of one perfect row a class has the best
    score.

    Parameters
    ----------
    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows of all classes, as the classifier takes them.

    classifier : fitted classifier
        A classifier with ``predict_proba``, fitted on real rows.

    Returns
    -------
    score : float
        From 1, every row has the same probabilities, to the number of classes: every
        row has one certain class, and there are equally many of each.

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
            f"classifier must have predict_proba, got {classifier!r}; use one that "
            "has, e.g. sklearn.calibration.CalibratedClassifierCV(classifier)."
        )
    p = check_array(classifier.predict_proba(X_synthetic), input_name="predict_proba")
    odd = np.flatnonzero((p.min(axis=1) < 0) | (np.abs(p.sum(axis=1) - 1) > 1e-3))
    if len(odd):
        raise ValueError(
            "predict_proba must give probabilities that sum to 1 in each row, got "
            f"{p[odd[0]].tolist()} for row {odd[0]}; calibrate the classifier, e.g. by "
            "sklearn.calibration.CalibratedClassifierCV."
        )
    return float(np.exp(entropy(p, p.mean(axis=0, keepdims=True), axis=1).mean()))
