import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure
from strategies import mixed_tables
from tables import (
    LABELS,
    arrow_frame,
    deep,
    global_states,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    quick,
    sparse_matrix,
)

from gansampler.evaluation.class_rows import ClassRows
from gansampler.evaluation.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    TrainingHistoryDisplay,
)
from gansampler.evaluation.plotting.embedding import embed_rows

pytestmark = pytest.mark.usefixtures("no_figures")


OF_ROWS = [MarginalsDisplay, CorrelationDisplay, EmbeddingDisplay, ClosestRecordDisplay]


def draw(display, sampler, X, y, seed=0, max_columns=4):
    """Draw a display, of some columns where it would show many."""
    # Each column of such tables is drawn by test_marginals.py.
    few = display in (MarginalsDisplay, CorrelationDisplay)
    params = {"random_state": seed, **({"max_columns": max_columns} if few else {})}
    return display.from_sampler(sampler, X, y, **params)


def draw_all(sampler, X, y):
    """Draw every display, in figures that pyplot need not know of."""
    displays = [draw(one, sampler, X, y, max_columns=2) for one in OF_ROWS]
    displays.append(TrainingHistoryDisplay.from_sampler(sampler))
    for display in displays:
        display.figure_.canvas.draw()
    plt.close("all")


def rows_of(real, synthetic, others):
    frames = [pd.DataFrame(part) for part in (real, synthetic, others)]
    return ClassRows("a", *frames, [], None)


@pytest.mark.parametrize("display", OF_ROWS)
def test__from_sampler__same_seed__same_picture_and_nothing_else_touched(
    display, mixed, fitted
):
    X, y = mixed
    before, states = deep(X), global_states()

    def pixels(seed):
        drawn = draw(display, fitted, X, y, seed)
        drawn.figure_.canvas.draw()
        return np.asarray(drawn.figure_.canvas.buffer_rgba())

    first, second, other = (pixels(seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    pd.testing.assert_frame_equal(X, before)
    assert global_states() == states


@pytest.mark.parametrize("display", OF_ROWS)
def test__from_sampler__unknown_label__says_which_there_are(display, mixed, fitted):
    with pytest.raises(ValueError, match=r"label=7 has no generator.*\[1\]"):
        display.from_sampler(fitted, *mixed, label=7)


@pytest.mark.parametrize(
    "display", [EmbeddingDisplay, ClosestRecordDisplay], ids=lambda one: one.__name__
)
def test__plot__given_axes__drawn_on_them(display, mixed, fitted):
    figure = Figure()
    ax = figure.subplots()
    drawn = display.from_sampler(fitted, *mixed, random_state=0, ax=ax)
    assert (drawn.figure_, drawn.ax_) == (figure, ax)
    again = drawn.plot()
    assert again is drawn
    assert again.ax_ is not ax
    assert "class 1" in again.ax_.get_title(loc="left")


@pytest.mark.parametrize("display", [EmbeddingDisplay, ClosestRecordDisplay])
def test__plot__legend__above_the_axes_and_below_the_title(display, mixed, fitted):
    drawn = display.from_sampler(fitted, *mixed, random_state=0)
    drawn.figure_.canvas.draw()
    legend = drawn.ax_.get_legend().get_window_extent()
    assert legend.y0 >= drawn.ax_.get_window_extent().y1 - 1
    assert legend.y1 <= drawn.ax_._left_title.get_window_extent().y0 + 1


@pytest.mark.filterwarnings("ignore:Column 'b' contains text that differs")
@pytest.mark.parametrize(
    "table",
    [
        arrow_frame,
        polars_frame,
        sparse_matrix,
        pandas_sparse,
        mixed_rows,
        lambda: np.arange(90.0)[:, np.newaxis],
        lambda: np.ones((90, 1)),
        lambda: pd.DataFrame({"a": np.ones(90), "b": "x"}),
        lambda: pd.DataFrame({"a": ["p", "q"] * 45, "b": [f"c{k}" for k in range(90)]}),
        lambda: pd.DataFrame({"a": [np.nan] * 90, "b": np.arange(90) * 1e300 / 90}),
    ],
    ids=["arrow", "polars", "sparse", "pandas sparse", "rows", "one column",
         "one constant", "constants", "categories", "missing and huge"],
)  # fmt: skip
def test__displays__every_kind_of_table__drawn_without_warning(table):
    X = table()
    sampler = quick()
    sampler.fit_resample(X, LABELS)
    draw_all(sampler, X, LABELS)


@settings(max_examples=12)
@given(mixed_tables())
def test__displays__random_tables__drawn_without_warning(table):
    X, y = table
    rows = rows_of(X[y == 0], X[y == 1], X[y > 1])
    MarginalsDisplay.from_rows(rows.real, rows.synthetic)
    CorrelationDisplay.from_rows(rows.real, rows.synthetic)
    display = embed_rows(
        ClassRows("a", rows.real, rows.synthetic, rows.others, "auto", None),
        10,
        np.random.RandomState(0),
    )
    assert np.isfinite(display.synthetic).all()
    plt.close("all")


@pytest.mark.parametrize("display", [MarginalsDisplay, CorrelationDisplay])
def test__from_rows__no_columns_asked_for__refused(display):
    with pytest.raises(ValueError, match="max_columns == 0, must be >= 1"):
        display.from_rows([[1.0]], [[1.0]], max_columns=0)
