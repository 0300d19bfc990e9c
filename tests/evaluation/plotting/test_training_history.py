import numpy as np
import pytest

from gansampler.evaluation.plotting import (
    TrainingHistoryDisplay,
)
from gansampler.gan.history import History

pytestmark = pytest.mark.usefixtures("no_figures")


def test__history__trained__its_losses_and_the_kept_iteration(fitted):
    display = TrainingHistoryDisplay.from_sampler(fitted, line_kw={"lw": 3})
    history = fitted.history_[1]
    drawn = [line.get_ydata() for line in display.lines_]
    expected = [history.critic_loss, history.generator_loss, history.fidelity]
    for line, values in zip(drawn, expected, strict=True):
        np.testing.assert_array_equal(line, values)
    assert {line.get_linewidth() for line in display.lines_} == {3}
    (kept,) = display.axes_[1].get_legend().get_texts()
    assert kept.get_text() == f"kept: iteration {history.best_iteration}"
    assert display.axes_[1].lines[-1].get_xdata()[0] == history.best_iteration


@pytest.mark.parametrize(
    ("history", "expected"),
    [(History(), "smoothed bootstrap"), (History(epsilon=1.0), "Private")],
)
def test__history__nothing_recorded__said_why(history, expected):
    display = TrainingHistoryDisplay(history, label="a").plot()
    assert expected in display.axes_[0].texts[0].get_text()
    assert display.lines_ == []
    assert display.axes_[0].get_title(loc="left") == "Training of class a"


def test__history__few_iterations__whole_ones_on_the_axis_and_no_curve_covered():
    history = History([1, 3], [1.0, 2.0], [2.0, 1.0], [0.9, 0.5], 3, n_iter=3)
    display = TrainingHistoryDisplay(history, label="a").plot()
    display.figure_.canvas.draw()
    for ax in display.axes_:
        assert all(float(tick).is_integer() for tick in ax.get_xticks())
        legend = ax.get_legend().get_window_extent()
        assert legend.y0 >= ax.get_window_extent().y1 - 1


def test__history__no_generator_was_kept__no_iteration_marked():
    history = History([25], [1.0], [1.0], [90.0], 0, n_iter=25, diverged=True)
    display = TrainingHistoryDisplay(history).plot()
    assert len(display.lines_) == 3
    assert display.axes_[1].get_legend() is None
