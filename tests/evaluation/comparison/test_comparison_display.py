"""The picture of a comparison."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from test_comparison_result import make_comparison

from gansampler.evaluation.comparison import SamplerComparisonDisplay

SCORES = {
    ("tree", "none"): 0.5,
    ("tree", "SMOTE"): 0.7,
    ("tree", "GAN"): 0.501,
    ("forest", "none"): 0.6,
    ("forest", "SMOTE"): 0.59,
    ("forest", "GAN"): 0.8,
}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def markers(display):
    """Return the positions of the filled and of the empty markers."""
    lines = [
        line for line in display.ax_.lines if line.get_marker() not in ("None", "|")
    ]
    empty = [line for line in lines if line.get_markerfacecolor() == "white"]
    filled = [line for line in lines if line not in empty]
    return (
        np.concatenate([line.get_xdata(orig=False) for line in kind])
        for kind in (filled, empty)
    )


def test__display__two_estimators__differences_of_the_summary():
    comparison = make_comparison(SCORES)
    display = SamplerComparisonDisplay.from_comparison(comparison)
    ax = display.ax_
    assert display.figure_ is ax.figure
    assert ax.get_xlabel().startswith("difference in f1 from no resampling\n(right")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["SMOTE", "GAN"]
    assert list(display.errorbars_) == ["tree", "forest"]
    rivals = comparison.summary.query("sampler != 'none'")
    filled, empty = markers(display)
    np.testing.assert_allclose(np.sort(empty), np.sort(rivals["difference"]))
    sure = rivals.loc[rivals["p_holm"] < 0.05, "difference"]
    np.testing.assert_allclose(np.sort(filled), np.sort(sure))
    assert len(sure) == 2
    segments = display.errorbars_["tree"][2][0].get_segments()
    tree = rivals.query("estimator == 'tree'")
    np.testing.assert_allclose(
        [segment[:, 0] for segment in segments], tree[["low", "high"]].to_numpy()
    )
    assert max(line.zorder for line in ax.lines if line.get_marker() == "o") == 3
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["tree", "forest"]


def test__display__axes_and_style_given__used():
    comparison = make_comparison(SCORES)
    _, ax = plt.subplots()
    display = SamplerComparisonDisplay.from_comparison(
        comparison, metric="f1", ax=ax, c="red"
    )
    assert display.ax_ is ax
    line = display.errorbars_["forest"].lines[0]
    assert to_hex(line.get_color()) == "#ff0000"


def test__display__sampler_without_scores__said_at_its_name():
    comparison = make_comparison(SCORES, n_errors={"GAN": 10})
    display = SamplerComparisonDisplay.from_comparison(comparison)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == ["SMOTE", "GAN\n(failed)"]


def test__display__long_names__on_two_lines_and_not_read_as_formulas():
    name = "GAN with a generator and a critic of $my_1$ own"
    comparison = make_comparison({("tree", "none"): 0.5, ("tree", name): 0.6})
    (label,) = SamplerComparisonDisplay.from_comparison(
        comparison
    ).ax_.get_yticklabels()
    assert label.get_text() == "GAN with a generator and\na critic of $my_1$ own"
    assert not label.get_parse_math()


def test__display__legend__above_the_axes_and_not_over_a_bar():
    display = SamplerComparisonDisplay.from_comparison(make_comparison(SCORES))
    display.figure_.canvas.draw()
    legend = display.ax_.get_legend().get_window_extent()
    assert legend.y0 >= display.ax_.get_window_extent().y1 - 1


def test__display__unknown_metric__error():
    with pytest.raises(ValueError, match="'f2' was not measured"):
        SamplerComparisonDisplay.from_comparison(make_comparison(SCORES), metric="f2")
