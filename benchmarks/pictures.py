"""The pictures of the documentation, the same bytes from the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 7.5
INK, BAR = "#222222", "#999999"
# Told apart by shape and lightness too (colours of Okabe and Ito).
MARKS = [("o", "#0072B2"), ("D", "#E69F00")]
# Lines of text: of the diagram's bars, and of its labels.
BAR_STEP, LABEL_STEP = 0.35, 1.0
STYLE = {
    "svg.hashsalt": "gansampler",
    # Text stays text: a quarter of the size of outlines, and it can be searched.
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.edgecolor": INK,
    "savefig.facecolor": "white",
}


def critical_difference(ranks: pd.Series, cd: float, ax: Axes) -> None:
    """Draw mean ranks, the best on the left, joined where they do not differ.

    The diagram of Demšar (2006): labels hang from an axis of mean ranks, and a bar
    joins methods whose mean ranks lie within the critical difference `cd`.
    """
    ranks = ranks.sort_values()
    low = np.floor(ranks.min())
    high = max(np.ceil(ranks.max()), low + 1)
    margin = 0.06 * (high - low)
    bars = list(joined(ranks, cd))
    for level, (first, last) in enumerate(bars):
        y = -BAR_STEP * (level + 1)
        # Hardly longer than the run: a neighbour outside it must not look joined.
        ends = [ranks.iloc[first] - margin / 15, ranks.iloc[last] + margin / 15]
        ax.plot(ends, [y, y], color=BAR, linewidth=3.5, solid_capstyle="butt")
    top = -BAR_STEP * (len(bars) + 1) - LABEL_STEP / 2
    n_left = (len(ranks) + 1) // 2
    # The outermost label is the highest, so that no line crosses another.
    lines = [*range(n_left), *reversed(range(len(ranks) - n_left))]
    for (name, rank), line in zip(ranks.items(), lines, strict=True):
        y = top - LABEL_STEP * line
        left = name in ranks.index[:n_left]
        edge, side = (low - margin, "right") if left else (high + margin, "left")
        ax.plot([rank, rank, edge], [0, y, y], color=INK, linewidth=0.8)
        text = f"{name}  {rank:.2f}" if left else f"{rank:.2f}  {name}"
        # A gap, not a space, which browsers drop at the ends of a text.
        gap = -margin / 5 if left else margin / 5
        ax.text(edge + gap, y, text, ha=side, va="center")
    draw_rank_axis(ax, low, high, cd)
    ax.set_ylim(top - LABEL_STEP * (n_left - 0.5), 2.6)


def draw_rank_axis(ax: Axes, low: float, high: float, cd: float) -> None:
    """Draw the axis of mean ranks, and above it how long the difference is."""
    ax.plot([low, high], [0, 0], color=INK, linewidth=1)
    for tick in np.arange(low, high + 1):
        ax.plot([tick, tick], [0, 0.25], color=INK, linewidth=1)
        ax.text(tick, 0.4, f"{tick:.0f}", ha="center", va="bottom")
    ax.errorbar(low + cd / 2, 1.9, xerr=cd / 2, color=INK, capsize=3, linewidth=1)
    end = low + cd + (high - low) / 50
    ax.text(end, 1.9, f"critical difference {cd:.2f}", va="center")
    # Labels stand beyond the axis, as wide as the axis on both sides.
    ax.set_xlim(low - 0.62 * (high - low), high + 0.62 * (high - low))
    ax.set_axis_off()


def joined(ranks: pd.Series, cd: float) -> Iterator[tuple[int, int]]:
    """Find the longest runs of methods whose mean ranks lie within a difference.

    The ranks are ascending. A run is the positions of its first and its last method;
    one within another is left out.
    """
    values = ranks.to_numpy()
    reached = 0
    for first, value in enumerate(values):
        last = int(np.searchsorted(values, value + cd, side="right")) - 1
        if last > max(first, reached):
            yield first, last
            reached = last


def difference_by_table(differences: pd.DataFrame, ax: Axes) -> None:
    """Draw one method's lead over its rivals on each table, losses on the left.

    The differences have a row for each table, a column for each of two rivals at most.
    """
    differences = differences.iloc[differences.mean(axis=1).argsort()]
    positions = np.arange(len(differences))
    ax.axvline(0, color=INK, linewidth=1)
    ax.hlines(
        positions, differences.min(axis=1), differences.max(axis=1), color=BAR, zorder=1
    )
    for number, (rival, values) in enumerate(differences.items()):
        wins, losses = (values > 0).sum(), (values < 0).sum()
        label = f"over {rival}: {wins} wins, {losses} losses"
        marker, colour = MARKS[number]
        # A little apart, so that equal differences do not hide each other.
        heights = positions + 0.2 * (0.5 - number)
        ax.scatter(values, heights, marker=marker, color=colour, s=24, label=label)
    # As much room for losses as for wins.
    reach = 1.08 * np.nanmax(np.abs(differences.to_numpy()))
    ax.set_xlim(-reach, reach)
    ax.set_yticks(positions, differences.index)
    ax.set_ylim(-0.7, len(differences) - 0.3)
    ax.grid(axis="x", linewidth=0.4)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    # Above the axes, where there is no point to cover.
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)


def save_critical_difference(ranks: pd.Series, cd: float, path: Path) -> None:
    """Save the diagram, as high as its methods need; see `critical_difference`."""
    n_lines = 4 + len(list(joined(ranks.sort_values(), cd))) / 3 + len(ranks) / 2
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.21 * n_lines), layout="constrained")
        critical_difference(ranks, cd, figure.subplots())
        save(figure, path)


def save_difference_by_table(differences: pd.DataFrame, title: str, path: Path) -> None:
    """Save the picture, as high as its tables need; see `difference_by_table`."""
    with matplotlib.rc_context(STYLE):
        height = 0.8 + 0.2 * len(differences)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        ax = figure.subplots()
        difference_by_table(differences, ax)
        ax.set_xlabel(title)
        save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a picture without the date."""
    undated = {"Date": None} if path.suffix == ".svg" else {}
    figure.savefig(path, metadata=undated, dpi=150)
