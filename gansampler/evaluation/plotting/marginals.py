"""Columns of two tables, one by one, as histograms and bars."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils import check_scalar

from gansampler.evaluation.aligned_tables import Column, Features, align_tables
from gansampler.evaluation.metrics.marginal import marginal_distance
from gansampler.evaluation.plotting.style import (
    REAL,
    SYNTHETIC,
    Style,
    merge_style,
    shorten,
    take_panels,
)
from gansampler.evaluation.plotting.two_tables import TwoTablesDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_BARS = 20
"""Distinct numbers that get a bar each. More of them are binned."""

MIN_BINS, MAX_BINS = 8, 24
"""Bins of a histogram, few enough for a small panel. Rice's rule sets their number:
with few rows, more bins would show only noise."""

MAX_CATEGORIES = 8
"""The most frequent categories get bars of their own; the others share two bars."""

MAX_CATEGORY_NAME = 18
"""Characters of a category beside its bars."""

UNIT_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

DURATIONS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}

MAX_DATE_TICKS = 3
"""Dates that fit below a small panel."""

DATE_STEPS = {
    "us": (1, 10, 100),
    "ms": (1, 10, 100),
    "s": (1, 5, 15, 30),
    "m": (1, 5, 15, 30),
    "h": (1, 2, 3, 6, 12),
    "D": (1, 2, 5, 7, 14),
    "M": (1, 2, 3, 6),
    "Y": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
}
"""Steps between dates on an axis, in NumPy's units, from the smallest."""

MANY = 10_000
"""Numbers of this size and above are written with a prefix, such as 20k, to fit."""


@dataclass(frozen=True)
class Marginal:
    """One column in two tables, as :class:`MarginalsDisplay` draws it.

    Parameters
    ----------
    name : hashable
        The name of the column.

    distance : float
        The distance between the two tables, as computed by
        :func:`~gansampler.evaluation.metrics.marginal_distances`.

    real, synthetic : ndarray of shape (n_rows,)
        The values in each table. Numbers and durations are floats with NaN. Dates are
        days since 1970. Categories are positions in `categories`, with -1 for missing.

    categories : list or None
        The categories, or None for numbers, dates and durations.

    unit : str or None
        "date" for dates, the unit for durations, otherwise None.
    """

    name: Hashable
    distance: float
    real: np.ndarray
    synthetic: np.ndarray
    categories: list[Any] | None = None
    unit: str | None = None

    @property
    def missing(self) -> tuple[float, float]:
        """The share of missing values in each table."""
        real, synthetic = (
            np.isnan(part) if self.categories is None else part < 0
            for part in (self.real, self.synthetic)
        )
        return float(real.mean()), float(synthetic.mean())


def read_marginals(
    X_real: Any, X_synthetic: Any, categorical_features: Features
) -> list[Marginal]:
    """Read the columns of two tables, the largest distance first."""
    columns = align_tables(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    return sorted(map(_read_marginal, columns), key=lambda one: -one.distance)


def _read_marginal(column: Column) -> Marginal:
    distance, unit = marginal_distance(column), None
    real, synthetic = column.parts
    if not column.categorical and column.dtype.kind in "mM":
        (real, synthetic), unit = _scale_times(column)
    return Marginal(column.name, distance, real, synthetic, column.categories, unit)


def _scale_times(column: Column) -> tuple[list[np.ndarray], str]:
    """Convert dates to days since 1970, and durations to a suitable unit."""
    size = UNIT_SECONDS[pd.Series(dtype=column.dtype).dt.unit]
    seconds = [part * size for part in column.parts]
    if column.dtype.kind == "M":
        return [part / DURATIONS["days"] for part in seconds], "date"
    typical = np.nanmedian(np.abs(np.concatenate(seconds)))
    suited = [unit for unit, size in DURATIONS.items() if typical >= size]
    unit = suited[0] if suited else "seconds"
    return [part / DURATIONS[unit] for part in seconds], unit


class MarginalsDisplay(TwoTablesDisplay):
    """Distributions of single columns, real and synthetic, the largest gap first.

    Numbers and dates are shown as histograms, categories as bars. All heights are
    shares of a table's rows. Missing categories get a bar of their own. The share of
    missing numbers is written below the panel.

    Use :meth:`from_sampler` or :meth:`from_rows` to create a display. All parameters
    are stored as attributes.

    Parameters
    ----------
    marginals : list of Marginal
        The columns to show, in this order.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that were divided into panels, or None if several were given.

    axes_ : ndarray of matplotlib axes, of shape (n_columns,)
        The panels.

    See Also
    --------
    gansampler.evaluation.metrics.marginal_distances : The distances between columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.plotting import MarginalsDisplay
    >>> real = pd.DataFrame({"age": [31, 45, 28, 60], "job": ["a", "b", "a", "a"]})
    >>> synthetic = pd.DataFrame(
    ...     {"age": [31, 45, 61, 62], "job": ["a", "a", None, "b"]}
    ... )
    >>> display = MarginalsDisplay.from_rows(real, synthetic)
    >>> [(column.name, column.distance) for column in display.marginals]
    [('age', 0.5), ('job', 0.25)]
    """

    def __init__(self, marginals: list[Marginal]) -> None:
        self.marginals = marginals

    @classmethod
    def from_rows(
        cls,
        X_real: Any,
        X_synthetic: Any,
        *,
        categorical_features: Features = "auto",
        max_columns: int = 9,
        ax: Any = None,
        n_cols: int = 3,
        real_kw: Style = None,
        synthetic_kw: Style = None,
    ) -> MarginalsDisplay:
        """Compare the columns of two tables.

        Parameters
        ----------
        X_real, X_synthetic : {array-like, dataframe, sparse matrix} of shape \
                (n_rows, n_features)
            Real and synthetic rows with the same columns.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        max_columns : int, default=9
            Maximum number of columns to show. The columns with the largest distance
            are chosen.

        ax : matplotlib axes or array-like of axes, default=None
            The axes to draw on. A single axes is divided into panels.

        n_cols : int, default=3
            Number of panels side by side.

        real_kw, synthetic_kw : dict, default=None
            Keywords of :class:`matplotlib.patches.Patch` for each table.

        Returns
        -------
        display : MarginalsDisplay
            The display, already drawn.
        """
        check_scalar(max_columns, "max_columns", Integral, min_val=1)
        marginals = read_marginals(X_real, X_synthetic, categorical_features)
        display = cls(marginals[:max_columns])
        return display.plot(
            ax, n_cols=n_cols, real_kw=real_kw, synthetic_kw=synthetic_kw
        )

    def plot(
        self,
        ax: Any = None,
        *,
        n_cols: int = 3,
        real_kw: Style = None,
        synthetic_kw: Style = None,
    ) -> MarginalsDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes or array-like of axes, default=None
            The axes to draw on. A single axes is divided into panels.

        n_cols : int, default=3
            Number of panels side by side.

        real_kw, synthetic_kw : dict, default=None
            Keywords of :class:`matplotlib.patches.Patch` for each table.

        Returns
        -------
        display : MarginalsDisplay
            The display, already drawn.
        """
        check_scalar(n_cols, "n_cols", Integral, min_val=1)
        n_panels = len(self.marginals)
        n_cols = min(n_cols, n_panels)
        size = (3.2 * n_cols, 2.4 * -(-n_panels // n_cols) + 0.4)
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, n_panels, n_cols, "MarginalsDisplay", size
        )
        from matplotlib.patches import Patch

        styles = marginal_styles(real_kw, synthetic_kw)
        for panel, marginal in zip(self.axes_, self.marginals, strict=True):
            draw_marginal(panel, marginal, styles)
        handles = [Patch(**style) for style in styles]
        if ax is None:
            self.figure_.legend(handles=handles, loc="outside upper right", ncols=2)
        else:
            _leave_room_on_top(self.axes_[0])
            self.axes_[0].legend(
                handles=handles, fontsize="small", loc="upper right", ncols=2
            )
        return self


def marginal_styles(
    real_kw: Style = None, synthetic_kw: Style = None
) -> list[dict[str, Any]]:
    """Return the styles of real and synthetic patches, with the user's keywords.

    One is filled and the other outlined, so they also differ in greyscale.
    """
    from matplotlib.patches import Patch

    real = {"label": "real", "facecolor": REAL, "edgecolor": REAL, "alpha": 0.4}
    synthetic = {
        "label": "synthetic",
        "facecolor": "none",
        "edgecolor": SYNTHETIC,
        "linewidth": 1.5,
    }
    return [
        merge_style(real, real_kw, Patch),
        merge_style(synthetic, synthetic_kw, Patch),
    ]


def draw_marginal(ax: Axes, marginal: Marginal, styles: list[dict[str, Any]]) -> None:
    """Draw one column of both tables as shares of their rows."""
    draw = _draw_numbers if marginal.categories is None else _draw_categories
    draw(ax, marginal, styles)
    title = f"{shorten(marginal.name)}\ndistance {marginal.distance:.2f}"
    ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
    ax.tick_params(labelsize="small")


def _leave_room_on_top(ax: Axes) -> None:
    """Raise the upper end of the axes, so that a legend there covers no bar."""
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, top + 0.3 * (top - bottom))


def _draw_numbers(ax: Axes, marginal: Marginal, styles: list[dict[str, Any]]) -> None:
    """Draw a histogram of each table."""
    parts = [marginal.real, marginal.synthetic]
    known = np.concatenate([part[~np.isnan(part)] for part in parts])
    if len(known) == 0:
        ax.text(0.5, 0.5, "missing in every row", ha="center", transform=ax.transAxes)
        ax.set(xticks=[], yticks=[])
        return
    edges = _choose_edges(np.sort(known), min(len(part) for part in parts))
    for part, style in zip(parts, styles, strict=True):
        inside = np.clip(part[~np.isnan(part)], edges[0], edges[-1])
        shares = np.histogram(inside, edges)[0] / len(part)
        ax.stairs(shares, edges, fill=style["facecolor"] != "none", **style)
    if marginal.unit == "date":
        _show_dates(ax)
    else:
        _show_numbers(ax, known)
    notes = [marginal.unit] if marginal.unit not in (None, "date") else []
    if any(marginal.missing):
        real, synthetic = (f"{100 * share:.0f} %" for share in marginal.missing)
        notes.append(f"missing: real {real}, synthetic {synthetic}")
    ax.set_xlabel("; ".join(notes), fontsize="small")
    ax.set_ylabel("share of rows", fontsize="small")
    ax.set_ylim(bottom=0)


def _show_numbers(ax: Axes, values: np.ndarray) -> None:
    """Choose few ticks, whole ones for whole numbers, and write large ones short."""
    from matplotlib.ticker import EngFormatter, MaxNLocator

    whole = bool((values == np.round(values)).all())
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=whole, min_n_ticks=1))
    if MANY <= np.abs(ax.get_xlim()).max() < 1e15:
        ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.xaxis.get_offset_text().set_fontsize("small")


def _show_dates(ax: Axes) -> None:
    """Write days since 1970 as dates, with the time if all are close together."""
    seconds = np.array(ax.get_xlim()) * DURATIONS["days"]
    # Microseconds overflow beyond 290,000 years.
    unit = "us" if np.abs(seconds).max() < 1e12 else "s"
    low, high = (seconds * (1e6 if unit == "us" else 1)).astype(f"datetime64[{unit}]")
    ticks, unit = _choose_dates(low, high)
    words = np.datetime_as_string(ticks, unit="m" if unit == "h" else unit)
    days = ticks.astype("datetime64[us]").astype(float) / (1e6 * DURATIONS["days"])
    ax.set_xticks(days, [word.replace("T", "\n") for word in words])


def _choose_dates(low: np.datetime64, high: np.datetime64) -> tuple[np.ndarray, Any]:
    """Choose round dates between two, as many as fit, and the unit to write them in."""
    for unit, steps in DATE_STEPS.items():
        for step in steps:
            kind = f"datetime64[{unit}]"
            first, last = (int(end.astype(kind).astype(int)) for end in (low, high))
            offset = 1970 if unit == "Y" else 0  # to count years from the year 0
            start = -(-(first + offset) // step) * step - offset
            if (last - start) // step + 1 > MAX_DATE_TICKS + 1:
                continue
            ticks = np.arange(start, last + 1, step).astype(kind)
            ticks = ticks[(low <= ticks) & (ticks <= high)]
            if len(ticks) <= MAX_DATE_TICKS:
                return ticks, unit
    return np.array([low, high]).astype("datetime64[D]"), "D"


def _choose_edges(values: np.ndarray, n_rows: int) -> np.ndarray:
    """Choose a bar for each number if there are few, otherwise bins of equal width."""
    distinct = np.unique(values)
    if len(distinct) == 1:
        half = max(0.5, abs(float(distinct[0])) * 1e-3)
        return distinct[0] + np.array([-half, half])
    if len(distinct) <= MAX_BARS:
        first, last = distinct[[0, -1]]
        is_whole = bool((distinct == np.round(distinct)).all())
        span = last - first
        # All bars get the same width, unless one tick is too fine for a float.
        if is_whole and span <= 2 * MAX_BARS and max(-first, last) < 1e9:
            return np.arange(first, last + 2) - 0.5
        middles = distinct[:-1] + np.diff(distinct) / 2
        first, last = 2 * distinct[0] - middles[0], 2 * distinct[-1] - middles[-1]
        return np.array([first, *middles, last])
    # The outermost bins also hold all values beyond them. Otherwise an outlier would
    # squeeze the rest into one bin.
    low, high = np.percentile(values, [1, 99])
    margin = (high - low) / 10
    low, high = max(low - margin, distinct[0]), min(high + margin, distinct[-1])
    if low == high:  # nearly all rows have the same value
        return _choose_edges(distinct[[0, -1]], n_rows)
    n_bins = int(np.clip(2 * np.cbrt(n_rows), MIN_BINS, MAX_BINS))
    return np.linspace(low, high, n_bins + 1)


def _draw_categories(
    ax: Axes, marginal: Marginal, styles: list[dict[str, Any]]
) -> None:
    """Draw a bar for each category and table, the most frequent at the top."""
    names, shares = _rank_categories(marginal)
    places = np.arange(len(names))
    for k, style in enumerate(styles):
        ax.barh(places + 0.4 * k - 0.2, shares[:, k], 0.36, **style)
    ax.set_yticks(places, names, parse_math=False)
    ax.invert_yaxis()
    ax.set_xlabel("share of rows", fontsize="small")


def _rank_categories(marginal: Marginal) -> tuple[list[str], np.ndarray]:
    """Return the name of each bar and its shares, (n_bars, 2).

    The frequent categories come first, then all others together, then missing values.
    """
    categories = marginal.categories or []
    shares = np.stack(
        [
            np.bincount(codes + 1, minlength=len(categories) + 1) / len(codes)
            for codes in (marginal.real, marginal.synthetic)
        ],
        axis=1,
    )
    missing, known = shares[0], shares[1:]
    order = np.argsort(-known.sum(axis=1), kind="stable")
    shown, rest = order[:MAX_CATEGORIES], order[MAX_CATEGORIES:]
    names = [shorten(categories[k], MAX_CATEGORY_NAME) for k in shown]
    bars = [*known[shown]]
    if len(rest):
        names.append(f"{len(rest)} others")
        bars.append(known[rest].sum(axis=0))
    if missing.any():
        names.append("missing")
        bars.append(missing)
    return names, np.array(bars)
