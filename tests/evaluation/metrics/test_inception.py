import numpy as np
import pytest
from sklearn.svm import LinearSVC

from gansampler.evaluation.metrics import (
    inception_score,
)


class Oracle:
    """Return the rows themselves as probabilities."""

    def predict_proba(self, X):
        return X


@pytest.mark.parametrize("k", [1, 2, 5])
def test__inception__certain_and_balanced__number_of_classes(k):
    score = inception_score(np.tile(np.eye(k), (4, 1)), Oracle())
    assert score == pytest.approx(k)


def test__inception__constant_prediction__one():
    p = np.tile([0.7, 0.2, 0.1], (10, 1))
    assert inception_score(p, Oracle()) == pytest.approx(1)
    assert inception_score(np.eye(3)[[1, 1, 1]], Oracle()) == pytest.approx(1)


def test__inception__worked_by_hand__this_score():
    p = np.array([[1, 0], [0.5, 0.5]])
    information = (np.log(1 / 0.75) + 0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(2)) / 2
    assert inception_score(p, Oracle()) == pytest.approx(np.exp(information))


def test__inception__bad_classifiers__refused():
    with pytest.raises(TypeError, match="must have predict_proba"):
        inception_score(np.eye(2), LinearSVC())
    with pytest.raises(ValueError, match=r"sum to 1 .* for row 1"):
        inception_score(np.array([[0.5, 0.5], [0.5, 0.6]]), Oracle())
    with pytest.raises(ValueError, match=r"sum to 1 .* for row 0"):
        inception_score(np.array([[1.5, -0.5]]), Oracle())
