import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gansampler.evaluation.comparison import SamplerComparisonDisplay
from gansampler.evaluation.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    TrainingHistoryDisplay,
)
from gansampler.evaluation.plotting.marginals import read_marginals
from gansampler.evaluation.plotting.style import (
    merge_style,
    shorten,
    take_axes,
    take_panels,
)
from gansampler.gan.history import History

pytestmark = pytest.mark.usefixtures("no_figures")


def test__take_axes__given__drawn_on_them():
    figure, ax = plt.subplots()
    assert take_axes(ax, "Display") == (figure, ax)
    assert plt.get_fignums() == [figure.number]


def test__take_axes__none_given__new_figure_of_the_size():
    figure, ax = take_axes(None, "Display", (3, 2))
    assert figure.axes == [ax]
    assert figure.get_size_inches().tolist() == [3, 2]


def test__take_panels__one_axes__divided_within_its_place():
    figure, (left, right) = plt.subplots(1, 2)
    taken, bounding, panels = take_panels(right, 3, 2, "Display")
    assert (taken, bounding, panels.shape) == (figure, right, (3,))
    assert not right.axison
    assert left.axison
    middle = left.get_position().x1
    assert all(panel.get_position().x0 > middle for panel in panels)


def test__take_panels__several_axes__taken_as_they_are():
    figure = Figure()
    axes = figure.subplots(2, 2)
    taken, bounding, panels = take_panels(axes, 4, 3, "Display")
    assert (taken, bounding) == (figure, None)
    assert panels.tolist() == axes.ravel().tolist()
    assert plt.get_fignums() == []


def test__take_panels__wrong_number_of_axes__says_how_many():
    _, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match="Display needs 3 axes, but ax has 2"):
        take_panels(axes, 3, 3, "Display")


def test__take_panels__axes_outside_a_grid__says_what_to_pass():
    ax = plt.figure().add_axes((0, 0, 1, 1))
    with pytest.raises(
        ValueError, match=r"Display can divide only axes in .* of 3 axes"
    ):
        take_panels(ax, 3, 3, "Display")


def test__merge_style__short_keyword__replaces_the_default():
    style = merge_style({"color": "red", "linewidth": 1}, {"c": "blue"}, Line2D)
    assert style == {"color": "blue", "linewidth": 1}
    assert merge_style({"color": "red"}, None, Line2D) == {"color": "red"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("age", "age"),
        ("a\nb\t c", "a b c"),
        ("income_of_the_applicant_2", "income…t_2"),
        (7, "7"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("\ud800", r"\ud800"),
        ("größer 大", "größer 大"),
    ],
)
def test__shorten__any_name__one_short_line(name, expected):
    assert shorten(name, 10) == expected


@pytest.fixture
def no_matplotlib(monkeypatch):
    for name in [*sys.modules, "matplotlib"]:
        if name.split(".")[0] == "matplotlib":
            monkeypatch.setitem(sys.modules, name, None)


def every_display():
    """Make one display of each kind, for which no matplotlib is needed."""
    table, numbers = pd.DataFrame({"a": [1.0, 2.0]}), np.zeros((2, 2))
    summary = pd.DataFrame({"estimator": ["tree"], "sampler": ["SMOTE"]})
    return [
        ClosestRecordDisplay([0.1], [0.2]),
        CorrelationDisplay(table, table),
        EmbeddingDisplay(numbers, numbers, numbers, explained=(0.6, 0.4)),
        MarginalsDisplay(read_marginals(table, table, "auto")),
        SamplerComparisonDisplay(summary=summary, metric="f1"),
        TrainingHistoryDisplay(History()),
    ]


@pytest.mark.usefixtures("no_matplotlib")
@pytest.mark.parametrize("display", every_display(), ids=lambda one: type(one).__name__)
def test__plot__without_matplotlib__says_how_to_install(display):
    name = type(display).__name__
    with pytest.raises(
        ImportError, match=rf'^{name} needs matplotlib.*"gansampler\[plot\]"'
    ):
        display.plot()


@pytest.mark.usefixtures("no_matplotlib")
@pytest.mark.parametrize("display", [CorrelationDisplay, MarginalsDisplay])
def test__from_rows__without_matplotlib__says_how_to_install(display):
    with pytest.raises(
        ImportError, match=rf'{display.__name__} .*"gansampler\[plot\]"'
    ):
        display.from_rows([[1.0], [2.0]], [[1.0], [2.0]])


@pytest.mark.usefixtures("no_matplotlib")
@pytest.mark.parametrize(
    "display",
    [MarginalsDisplay, CorrelationDisplay, EmbeddingDisplay, ClosestRecordDisplay],
)
def test__from_sampler__without_matplotlib__says_how_to_install(display, mixed, fitted):
    with pytest.raises(
        ImportError, match=rf'{display.__name__} .*"gansampler\[plot\]"'
    ):
        display.from_sampler(fitted, *mixed, random_state=0)


@pytest.mark.usefixtures("no_matplotlib")
def test__history__without_matplotlib__says_how_to_install(fitted):
    with pytest.raises(ImportError, match=r'"gansampler\[plot\]"'):
        TrainingHistoryDisplay.from_sampler(fitted)
