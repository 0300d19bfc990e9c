import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from tables import (
    global_states,
)

from gansampler.evaluation.metrics import (
    detection_auc,
)


def quick_auc(real, synthetic, **params):
    defaults = {"estimator": LogisticRegression(max_iter=1000), "random_state": 0}
    return detection_auc(real, synthetic, **(defaults | params))


def test__detection__same_distribution__about_a_half(rng):
    real, synthetic = rng.normal(size=(2, 150, 3))
    assert detection_auc(real, synthetic, random_state=0) == pytest.approx(0.5, abs=0.1)


def test__detection__another_distribution__nearly_one(rng):
    real = rng.normal(size=(60, 2))
    assert detection_auc(real, real + 5, cv=2, random_state=0) > 0.99
    # Ten times as many on one side do not matter.
    few = rng.normal(size=(10, 2)) + 5
    assert detection_auc(real, few, cv=2, random_state=0) > 0.99


def test__detection__only_missingness_or_a_category_differs__detected(rng):
    frame = pd.DataFrame({"x": rng.normal(size=80), "label": ["a", "b"] * 40})
    holes = frame.assign(x=frame["x"].where(rng.random(80) < 0.1))
    assert quick_auc(frame, holes) > 0.9
    assert quick_auc(frame, frame.assign(label="c")) > 0.99


def test__detection__random_state__decides_and_leaves_the_global_one(rng):
    real, synthetic = rng.normal(size=(2, 30, 2))
    states = global_states()
    first, again, other = (
        detection_auc(real, synthetic, cv=2, random_state=seed) for seed in (0, 0, 1)
    )
    assert global_states() == states
    assert first == again != other
    # The folds differ too, not only the forest.
    assert quick_auc(real, synthetic) != quick_auc(real, synthetic, random_state=1)


def test__detection__copies_of_the_real_rows__no_better_than_chance(rng):
    real = rng.normal(size=(60, 2))
    assert detection_auc(real, real, random_state=0) < 0.5


def test__detection__own_classifier_and_folds__used_and_left_unfitted(rng):
    real, synthetic = rng.normal(size=(2, 40, 2))
    assert detection_auc(real, synthetic + 9, estimator=DummyClassifier()) == 0.5
    model = LogisticRegression()
    folds = StratifiedKFold(2, shuffle=True, random_state=3)
    assert quick_auc(real, synthetic + 9, estimator=model, cv=folds) == 1
    assert not hasattr(model, "coef_")


def test__detection__what_cannot_be_done__refused(rng):
    real = rng.normal(size=(20, 2))
    with pytest.raises(ValueError, match=r"X_synthetic has 4. Pass .* smaller cv"):
        detection_auc(real, real[:4])
    with pytest.raises(ValueError, match="X_real has 1"):
        detection_auc(real[:1], real, cv=2)
    assert 0 <= quick_auc(real, real[:4], cv=2) <= 1
    for estimator in [LinearSVC(), LogisticRegression, "forest"]:
        with pytest.raises(TypeError, match="predict_proba"):
            detection_auc(real, real, estimator=estimator)
