import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import frames
from tables import arrow_frame, mixed_frame, mixed_rows, polars_frame, sparse_matrix

from gansampler.evaluation.metrics import marginal_distances
from gansampler.evaluation.plotting import MarginalsDisplay
from gansampler.evaluation.plotting.marginals import (
    MAX_BARS,
    MAX_BINS,
    MAX_CATEGORIES,
    MIN_BINS,
    draw_marginal,
    marginal_styles,
    read_marginals,
)

pytestmark = pytest.mark.usefixtures("no_figures")


def draw(marginal):
    figure, ax = plt.subplots(layout="constrained")
    draw_marginal(ax, marginal, marginal_styles())
    figure.canvas.draw()
    return ax


def drawn_column(real, synthetic, **params):
    tables = [pd.DataFrame({"x": part}) for part in (real, synthetic)]
    (marginal,) = read_marginals(*tables, "auto")
    return draw(marginal)


def bars(ax):
    """Return the widths of the bars by their names, real and synthetic."""
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    widths = np.reshape([patch.get_width() for patch in ax.patches], (2, -1))
    return dict(zip(names, widths.T.tolist(), strict=True))


def heights(ax):
    return [patch.get_data().values for patch in ax.patches]


def edges(ax):
    return ax.patches[0].get_data().edges


def test__read__several_columns__the_least_alike_first():
    real = pd.DataFrame({"same": [1.0, 2], "off": [1.0, 2], "half": ["a", "b"]})
    synthetic = pd.DataFrame({"same": [1.0, 2], "off": [8.0, 9], "half": ["a", "a"]})
    marginals = read_marginals(real, synthetic, "auto")
    assert [one.name for one in marginals] == ["off", "half", "same"]
    assert [one.distance for one in marginals] == [1, 0.5, 0]


def test__read__missing_values__their_shares():
    real = pd.DataFrame({"n": [1, np.nan, 3, 4], "c": ["a", None, None, "b"]})
    synthetic = pd.DataFrame({"n": [1.0, 3], "c": ["a", None]})
    missing = {m.name: m.missing for m in read_marginals(real, synthetic, "auto")}
    assert missing == {"n": (0.25, 0), "c": (0.5, 0.5)}


def test__read__dates__days_since_1970_whatever_their_unit():
    real = pd.DataFrame({"d": pd.to_datetime([24, 60], unit="h")})
    synthetic = real.astype("datetime64[s]")
    (marginal,) = read_marginals(real, synthetic, "auto")
    assert marginal.unit == "date"
    assert marginal.real.tolist() == marginal.synthetic.tolist() == [1, 2.5]


@pytest.mark.parametrize(
    ("seconds", "unit", "expected"),
    [
        (172_800, "days", 2),
        (7200, "hours", 2),
        (90, "minutes", 1.5),
        (5, "seconds", 5),
        (0.25, "seconds", 0.25),
    ],
)
def test__read__durations__in_a_unit_that_suits_them(seconds, unit, expected):
    frame = pd.DataFrame({"t": pd.to_timedelta([seconds], unit="s")})
    (marginal,) = read_marginals(frame, frame, "auto")
    assert (marginal.unit, marginal.real.tolist()) == (unit, [expected])


def test__draw__numbers__shares_of_all_rows_of_each_table():
    ax = drawn_column([1, 1, 2, np.nan], [2.0, 2])
    assert edges(ax).tolist() == [0.5, 1.5, 2.5]
    assert [part.tolist() for part in heights(ax)] == [[0.5, 0.25], [0, 1]]
    assert ax.get_xlabel() == "missing: real 25 %, synthetic 0 %"


@pytest.mark.parametrize(
    ("n", "expected"), [(MAX_BARS + 1, MIN_BINS), (300, 13), (5000, MAX_BINS)]
)
def test__draw__many_numbers__more_bins_for_more_rows(n, expected):
    ax = drawn_column(np.arange(n) * 1.0, np.arange(n) * 1.0)
    assert len(edges(ax)) == expected + 1
    assert sum(heights(ax)[0]) == pytest.approx(1)


def test__draw__outlier__does_not_squeeze_the_rest():
    ax = drawn_column([*np.arange(200.0), 1e9], np.arange(200.0))
    assert edges(ax)[-1] < 300
    assert sum(heights(ax)[0]) == pytest.approx(1)  # the last bin holds the outlier


def test__draw__categories__frequent_ones_then_others_then_missing():
    many = [f"c{k}" for k in range(12) for _ in range(12 - k)]
    ax = drawn_column([*many, None, None], ["c11"] * 9 + [None])
    drawn = bars(ax)
    assert list(drawn) == ["c11", *(f"c{k}" for k in range(7)), "4 others", "missing"]
    assert MAX_CATEGORIES == 8
    assert drawn["c0"] == pytest.approx([12 / 80, 0])
    assert drawn["c11"] == pytest.approx([1 / 80, 0.9])
    assert drawn["missing"] == pytest.approx([2 / 80, 0.1])
    assert np.sum(list(drawn.values()), axis=0) == pytest.approx([1, 1])


def test__draw__names_with_dollars_and_lines__as_they_are():
    ax = drawn_column(["$a$", "b_1^2$"], ["$a$", "x\ny"])
    assert {"$a$", "b_1^2$", "x y"} == set(bars(ax))
    frame = pd.DataFrame({"cost_$^_{$": [1.0, 2.0]})
    (marginal,) = read_marginals(frame, frame, "auto")
    assert draw(marginal).get_title(loc="left") == "cost_$^_{$\ndistance 0.00"


def test__draw__dates__written_as_dates():
    days = pd.date_range("2020-01-01", periods=100)
    labels = [t.get_text() for t in drawn_column(days, days).get_xticklabels()]
    assert labels
    assert all(pd.Timestamp("2020") <= pd.Timestamp(text) for text in labels)
    hours = pd.date_range("2020-01-01", periods=30, freq="h")
    labels = [t.get_text() for t in drawn_column(hours, hours).get_xticklabels()]
    assert all(text.startswith("2020-01-0") and ":" in text for text in labels)


@pytest.mark.parametrize(
    ("start", "n", "step", "expected"),
    [
        ("2001-06-01", 200, "41D", ["2010", "2020"]),
        ("2024-11-03", 30, "28D", ["2025", "2026", "2027"]),
        ("2025-11-01", 120, "1D", ["2025-11", "2026-01", "2026-03"]),
        ("2025-06-03", 20, "1D", ["2025-06-05", "2025-06-12", "2025-06-19"]),
        ("2025-06-03 01:00", 22, "1h", ["2025-06-03\n00:00", "2025-06-03\n12:00"]),
        ("2025-06-03 01:00", 40, "1s", ["2025-06-03\n01:00:00", "2025-06-03\n01:00:15",
                                       "2025-06-03\n01:00:30"]),
    ],
)  # fmt: skip
def test__draw__dates__few_round_ones(start, n, step, expected):
    dates = pd.date_range(start, periods=n, freq=step)
    ax = drawn_column(dates, dates)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == expected
    boxes = [tick.get_window_extent() for tick in ax.get_xticklabels()]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test__draw__dates_within_a_moment_or_millennia__drawn():
    moment = pd.Timestamp("2025-06-03") + pd.to_timedelta(np.arange(9), "us")
    for dates in (moment, pd.Series(np.array([-9999, 9999], "datetime64[Y]")).astype(
            "datetime64[s]")):  # fmt: skip
        labels = drawn_column(dates, dates).get_xticklabels()
        assert 1 <= len(labels) <= 3


def test__draw__whole_numbers__ticks_at_whole_numbers_and_bars_as_wide():
    ax = drawn_column([0, 1, 1, 2, 9], [0, 1, 2, 2, 2])
    assert all(float(tick).is_integer() for tick in ax.get_xticks())
    assert np.diff(edges(ax)).tolist() == [1] * 10


def test__draw__large_numbers__written_short():
    values = np.linspace(0, 1.5e6, 90)
    ax = drawn_column(values, values)
    assert "400k" in [tick.get_text() for tick in ax.get_xticklabels()]


def test__draw__nothing_known__said_in_words():
    ax = drawn_column([np.nan] * 3, [np.nan] * 3)
    assert [text.get_text() for text in ax.texts] == ["missing in every row"]


@pytest.mark.parametrize(
    "values", [[5.0] * 4, [1e100] * 4, [*[0.0] * 5000, *range(30)]]
)
def test__draw__hardly_any_spread__drawn(values):
    ax = drawn_column(values, values)
    assert sum(heights(ax)[0]) == pytest.approx(1)
    assert (np.diff(edges(ax)) > 0).all()


@pytest.mark.parametrize(
    "table", [lambda: mixed_frame()[0], arrow_frame, polars_frame, sparse_matrix,
              mixed_rows],
    ids=["mixed", "arrow", "polars", "sparse", "rows"],
)  # fmt: skip
def test__draw__every_kind_of_table__drawn(table):
    for marginal in read_marginals(table(), table(), "auto"):
        assert marginal.distance == 0
        figure, ax = plt.subplots()  # without a layout that moves all in place
        draw_marginal(ax, marginal, marginal_styles())
        figure.canvas.draw()
        plt.close("all")


@given(st.data())
def test__draw__any_two_tables__shares_sum_to_the_known_ones(data):
    n = data.draw(st.integers(1, 30))
    real = data.draw(frames(n, max_columns=1))
    synthetic = real.sample(data.draw(st.integers(1, 30)), replace=True, random_state=0)
    (marginal,) = read_marginals(real, synthetic, "auto")
    _, ax = plt.subplots()
    draw_marginal(ax, marginal, marginal_styles())
    if marginal.categories is not None:
        shares = np.sum(list(bars(ax).values()), axis=0)
    elif ax.patches:
        shares = [sum(part) + missing for part, missing in zip(
            heights(ax), marginal.missing, strict=True)]  # fmt: skip
    else:
        shares = marginal.missing
    plt.close("all")
    assert np.allclose(shares, 1)


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
    axes[0].figure.canvas.draw()
    above = max(max(patch.get_data().values) for patch in axes[0].patches)
    inverted = axes[0].transData.inverted()
    assert inverted.transform(legend.get_window_extent())[0, 1] > above
    assert {p.get_facecolor()[:3] for p in axes[1].patches[:2]} == {(1, 0, 0)}


def test__plot__no_panels_side_by_side__refused():
    with pytest.raises(ValueError, match="n_cols == 0, must be >= 1"):
        MarginalsDisplay.from_rows([[1.0]], [[1.0]], n_cols=0)
