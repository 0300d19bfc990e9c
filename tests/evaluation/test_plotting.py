import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from matplotlib.figure import Figure
from strategies import mixed_tables
from tables import (
    LABELS,
    arrow_frame,
    deep,
    global_states,
    mixed_frame,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    quick,
    sparse_matrix,
)

from gansampler.evaluation.class_rows import ClassRows
from gansampler.evaluation.metrics.metrics import (
    association_matrix,
    closest_record_distances,
    marginal_distances,
)
from gansampler.evaluation.plotting.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    TrainingHistoryDisplay,
    embed_rows,
)
from gansampler.gan.history import History

pytestmark = pytest.mark.usefixtures("no_figures")

OF_ROWS = [MarginalsDisplay, CorrelationDisplay, EmbeddingDisplay, ClosestRecordDisplay]


def draw_all(sampler, X, y):
    """Draw every display, in figures that pyplot need not know of."""
    displays = [one.from_sampler(sampler, X, y, random_state=0) for one in OF_ROWS]
    displays.append(TrainingHistoryDisplay.from_sampler(sampler))
    for display in displays:
        display.figure_.canvas.draw()
    plt.close("all")


def rows_of(real, synthetic, others):
    frames = [pd.DataFrame(part) for part in (real, synthetic, others)]
    return ClassRows("a", *frames, [], None)


# all displays


@pytest.mark.parametrize("display", OF_ROWS)
def test__from_sampler__same_seed__same_picture_and_nothing_else_touched(
    display, mixed, fitted
):
    X, y = mixed
    before, states = deep(X), global_states()

    def pixels(seed):
        drawn = display.from_sampler(fitted, X, y, random_state=seed)
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


# TrainingHistoryDisplay


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


def test__history__no_generator_was_kept__no_iteration_marked():
    history = History([25], [1.0], [1.0], [90.0], 0, n_iter=25, diverged=True)
    display = TrainingHistoryDisplay(history).plot()
    assert len(display.lines_) == 3
    assert display.axes_[1].get_legend() is None


# MarginalsDisplay


def test__marginals__many_columns__the_least_alike_ones():
    real, synthetic = mixed_frame()[0], mixed_frame(seed=1)[0]
    display = MarginalsDisplay.from_rows(real, synthetic, max_columns=4, n_cols=2)
    expected = marginal_distances(real, synthetic).nlargest(4, keep="all")
    drawn = {one.name: one.distance for one in display.marginals}
    assert drawn == expected.iloc[:4].to_dict()
    assert len(display.axes_) == 4
    assert len(display.figure_.legends) == 1


def test__marginals__given_axes__legend_in_the_first():
    _, axes = plt.subplots(1, 2)
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    display = MarginalsDisplay.from_rows(
        frame, frame, ax=axes, real_kw={"fc": "red"}, synthetic_kw={"label": "new"}
    )
    legend = axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["real", "new"]
    assert display.figure_.legends == []
    assert {p.get_facecolor()[:3] for p in axes[1].patches[:2]} == {(1, 0, 0)}


@pytest.mark.parametrize("display", [MarginalsDisplay, CorrelationDisplay])
def test__from_rows__no_columns_asked_for__refused(display):
    with pytest.raises(ValueError, match="max_columns == 0, must be >= 1"):
        display.from_rows([[1.0]], [[1.0]], max_columns=0)


def test__plot__no_panels_side_by_side__refused():
    with pytest.raises(ValueError, match="n_cols == 0, must be >= 1"):
        MarginalsDisplay.from_rows([[1.0]], [[1.0]], n_cols=0)


# CorrelationDisplay


def test__correlation__few_columns__both_matrices_and_their_difference():
    real, synthetic = mixed_frame()[0].iloc[:, :6], mixed_frame(seed=1)[0].iloc[:, :6]
    display = CorrelationDisplay.from_rows(real, synthetic)
    expected = [association_matrix(real), association_matrix(synthetic)]
    drawn = [mesh.get_array() for mesh in display.meshes_]
    np.testing.assert_array_equal(drawn[0], expected[0])
    np.testing.assert_array_equal(drawn[1], expected[1])
    np.testing.assert_array_equal(drawn[2], expected[1] - expected[0])
    names = [tick.get_text() for tick in display.axes_[0].get_yticklabels()]
    assert names == real.columns.tolist()
    # The first row of the matrix is at the top.
    assert display.axes_[0].yaxis_inverted()


def test__correlation__many_columns__those_that_differ_most(rng):
    real = rng.normal(size=(300, 8))
    synthetic = rng.normal(size=(300, 8))
    synthetic[:, 6] = synthetic[:, 2]
    display = CorrelationDisplay.from_rows(real, synthetic, max_columns=2)
    assert display.real.columns.tolist() == [2, 6]


def test__correlation__no_scale_wanted__none_drawn(mixed, fitted):
    with_scale, without = (
        CorrelationDisplay.from_sampler(fitted, *mixed, random_state=0, colorbar=scale)
        for scale in (True, False)
    )
    assert len(with_scale.figure_.axes) == len(without.figure_.axes) + 1


# EmbeddingDisplay


def test__embedding__two_groups__components_of_the_real_rows(rng):
    others, real = rng.normal(size=(200, 3)), rng.normal(size=(50, 3)) + [6, 0, 0]
    rows = rows_of(real, real, others)
    display = embed_rows(rows, 1000, np.random.RandomState(0)).plot()
    assert display.explained[0] > display.explained[1]
    centres = [part[:, 0].mean() for part in (display.real, display.others)]
    assert abs(centres[0] - centres[1]) > 2
    # Synthetic rows that are the real ones lie where these lie.
    key = [np.sort(part[:, 0]) for part in (display.real, display.synthetic)]
    np.testing.assert_allclose(*key)
    assert [len(points.get_offsets()) for points in display.points_] == [200, 50, 50]


def test__embedding__many_rows__as_many_points_as_asked_for(mixed, fitted):
    display = EmbeddingDisplay.from_sampler(
        fitted, *mixed, max_points=20, random_state=0, scatter_kw={"s": 5}
    )
    assert [len(points.get_offsets()) for points in display.points_] == [20, 20, 20]
    assert display.points_[0].get_sizes().tolist() == [5]
    with pytest.raises(ValueError, match="max_points == 0, must be >= 1"):
        EmbeddingDisplay.from_sampler(fitted, *mixed, max_points=0)


def test__embedding__one_component__rows_spread_along_the_other_axis(rng):
    real = rng.normal(size=(30, 1))
    display = embed_rows(rows_of(real, real, real[:0]), 100, np.random.RandomState(0))
    display.plot()
    assert "one component" in display.ax_.get_ylabel()
    assert display.ax_.get_yticks().tolist() == []
    assert len(display.points_) == 2  # no other classes


def test__embedding__outlier__does_not_squeeze_the_rest(rng):
    real = np.vstack([rng.normal(size=(100, 2)), [[1e9, 0]]])
    display = embed_rows(rows_of(real, real, real[:0]), 200, np.random.RandomState(0))
    assert np.abs(display.real).max() < 10


# ClosestRecordDisplay


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
