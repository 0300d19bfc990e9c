import numpy as np
import pytest
from tables import (
    mixed_frame,
)

from gansampler.evaluation.metrics import (
    closest_record_distances,
)
from gansampler.evaluation.plotting import (
    ClosestRecordDisplay,
)

pytestmark = pytest.mark.usefixtures("no_figures")


def test__closest__holdout_given__its_distances(mixed, fitted):
    X, y = mixed
    X_holdout, y_holdout = mixed_frame(seed=1)
    display = ClosestRecordDisplay.from_sampler(
        fitted, X, y, X_holdout=X_holdout, y_holdout=y_holdout, random_state=0
    )
    own, new = X[y == 1], X_holdout[y_holdout == 1]
    np.testing.assert_allclose(display.real, closest_record_distances(new, own))
    synthetic = fitted.generators_[1].sample(200, random_state=0)
    np.testing.assert_allclose(
        display.synthetic, closest_record_distances(synthetic, own)
    )
    names = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert names == ["unseen real rows", "synthetic rows"]


def test__closest__no_holdout__training_rows_among_themselves(mixed, fitted):
    display = ClosestRecordDisplay.from_sampler(fitted, *mixed, random_state=0)
    assert not display.unseen
    assert (display.real > 0).all()
    assert len(display.real) == (mixed[1] == 1).sum()


def test__closest__one_training_row__the_synthetic_curve_alone():
    display = ClosestRecordDisplay([0.0, 0.0], [], unseen=False).plot()
    assert len(display.lines_) == 1
    assert display.ax_.get_xlim() == (0, 1)
