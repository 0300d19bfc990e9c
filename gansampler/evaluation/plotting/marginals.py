"""The columns of two tables one by one: histograms and bars."""

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
"""Distinct numbers that get a bar each; more of them are put into bins."""

MIN_BINS, MAX_BINS = 8, 24
"""Bins of numbers, few enough to be seen in a small panel; of fewer rows fewer, by the
rule of Rice, or chance is all that there is to see."""

MAX_CATEGORIES = 8
"""Categories that get bars of their own, the most frequent; the others share two."""

MAX_CATEGORY_NAME = 14
"""Characters of a category beside its bars."""

UNIT_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

MANY_DAYS = 3
"""Dates within fewer days are written with the time."""

DURATIONS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


@dataclass(frozen=True)
class Marginal:
    """One column in two tables, as :class:`MarginalsDisplay` draws it.

    Parameters
    ----------
    name : hashable
        Its name.

    distance : float
        How far the two lie apart, by
        :func:`~gansampler.evaluation.metrics.marginal_distances`.

    real, synthetic : ndarray of shape (n_rows,)
        The column in each table: numbers with NaN, dates in days since 1970; or
        positions in `categories`, -1 for missing.

    categories : list or None
        The categories, None for numbers and dates.

    unit : str or None
        "date", the unit of durations, or None.
    """

    name: Hashable
    distance: float
    real: np.ndarray
    synthetic: np.ndarray
    categories: list[Any] | None = None
    unit: str | None = None

    @property
    def missing(self) -> tuple[float, float]:
        """The share of rows of each table in which the column is missing."""
        real, synthetic = (
            np.isnan(part) if self.categories is None else part < 0
            for part in (self.real, self.synthetic)
        )
        return float(real.mean()), float(synthetic.mean())


def read_marginals(
    X_real: Any, X_synthetic: Any, categorical_features: Features
) -> list[Marginal]:
    """Read the columns of two tables, the least alike first."""
    columns = align_tables(categorical_features, X_real=X_real, X_synthetic=X_synthetic)
    return sorted(map(_read_marginal, columns), key=lambda one: -one.distance)


def _read_marginal(column: Column) -> Marginal:
    distance, unit = marginal_distance(column), None
    real, synthetic = column.parts
    if not column.categorical and column.dtype.kind in "mM":
        (real, synthetic), unit = _scale_times(column)
    return Marginal(column.name, distance, real, synthetic, column.categories, unit)


def _scale_times(column: Column) -> tuple[list[np.ndarray], str]:
    """Turn dates into days since 1970, and durations into a unit that suits them."""
    size = UNIT_SECONDS[pd.Series(dtype=column.dtype).dt.unit]
    seconds = [part * size for part in column.parts]
    if column.dtype.kind == "M":
        return [part / DURATIONS["days"] for part in seconds], "date"
    typical = np.nanmedian(np.abs(np.concatenate(seconds)))
    suited = [unit for unit, size in DURATIONS.items() if typical >= size]
    unit = suited[0] if suited else "seconds"
    return [part / DURATIONS[unit] for part in seconds], unit


class MarginalsDisplay(TwoTablesDisplay):
    """The columns one by one, real and synthetic, the least alike first.

    Numbers and dates are drawn as histograms, categories as bars; all heights are
    shares of the rows of a table. Missing categories have bars of their own; where
    numbers are missing, the shares stand below.

    It is recommended to use :meth:`from_sampler` or :meth:`from_rows`. All parameters
    are stored as attributes.

    Parameters
    ----------
    marginals : list of Marginal
        The columns to be drawn, in this order.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that the panels divide, None where several were given.

    axes_ : ndarray of matplotlib axes, of shape (n_columns,)
        The panels.

    See Also
    --------
    gansampler.evaluation.metrics.marginal_distances : What orders the columns.

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
            Real and synthetic rows, in the same columns.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        max_columns : int, default=9
            How many columns are drawn, the least alike ones.

        ax : matplotlib axes or array-like of axes, default=None
            Where to draw: one axes is divided into panels.

        n_cols : int, default=3
            Panels side by side.

        real_kw, synthetic_kw : dict, default=None
            Keywords of the patches of each table.

        Returns
        -------
        display : MarginalsDisplay
            What was drawn.
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
            Where to draw: one axes is divided into panels.

        n_cols : int, default=3
            Panels side by side.

        real_kw, synthetic_kw : dict, default=None
            Keywords of the patches of each table.

        Returns
        -------
        display : MarginalsDisplay
            What was drawn.
        """
        from matplotlib.patches import Patch

        check_scalar(n_cols, "n_cols", Integral, min_val=1)
        n_panels = len(self.marginals)
        n_cols = min(n_cols, n_panels)
        size = (3.2 * n_cols, 2.4 * -(-n_panels // n_cols) + 0.4)
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, n_panels, n_cols, "MarginalsDisplay", size
        )
        styles = marginal_styles(real_kw, synthetic_kw)
        for panel, marginal in zip(self.axes_, self.marginals, strict=True):
            draw_marginal(panel, marginal, styles)
        handles = [Patch(**style) for style in styles]
        if ax is None:
            self.figure_.legend(handles=handles, loc="outside upper right", ncols=2)
        else:
            self.axes_[0].legend(handles=handles, fontsize="small")
        return self


def marginal_styles(
    real_kw: Style = None, synthetic_kw: Style = None
) -> list[dict[str, Any]]:
    """Return the styles of real and of synthetic patches, the user's over the defaults.

    Filled and outlined, so that they are told apart in grey, too.
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
    """Draw one column of both tables, each in its style, as shares of its rows."""
    draw = _draw_numbers if marginal.categories is None else _draw_categories
    draw(ax, marginal, styles)
    title = f"{shorten(marginal.name)}\ndistance {marginal.distance:.2f}"
    ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
    ax.tick_params(labelsize="small")


def _draw_numbers(ax: Axes, marginal: Marginal, styles: list[dict[str, Any]]) -> None:
    """Draw a histogram of each table, as shares of its rows."""
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
    notes = [marginal.unit] if marginal.unit not in (None, "date") else []
    if any(marginal.missing):
        real, synthetic = (f"{100 * share:.0f} %" for share in marginal.missing)
        notes.append(f"missing: real {real}, synthetic {synthetic}")
    ax.set_xlabel("; ".join(notes), fontsize="small")
    ax.set_ylabel("share of rows", fontsize="small")
    ax.set_ylim(bottom=0)


def _show_dates(ax: Axes) -> None:
    """Write days since 1970 as dates, with the time where all lie close together."""
    from matplotlib.ticker import MaxNLocator

    low, high = ax.get_xlim()
    ticks = np.asarray(MaxNLocator(3).tick_values(low, high))
    ticks = ticks[(low <= ticks) & (ticks <= high)]
    unit: Any = "D" if high - low > MANY_DAYS else "m"
    seconds = (ticks * DURATIONS["days"]).astype("datetime64[s]")
    labels = np.datetime_as_string(seconds, unit=unit)
    ax.set_xticks(ticks, [label.replace("T", " ") for label in labels])


def _choose_edges(values: np.ndarray, n_rows: int) -> np.ndarray:
    """Choose a bar for each number where there are few, else bins of one width."""
    distinct = np.unique(values)
    if len(distinct) == 1:
        half = max(0.5, abs(float(distinct[0])) * 1e-3)
        return distinct[0] + np.array([-half, half])
    if len(distinct) <= MAX_BARS:
        middles = distinct[:-1] + np.diff(distinct) / 2
        first, last = 2 * distinct[0] - middles[0], 2 * distinct[-1] - middles[-1]
        return np.array([first, *middles, last])
    # The outermost bins hold what lies further out, so that an outlier does not
    # squeeze the rest into one bin.
    low, high = np.percentile(values, [1, 99])
    margin = (high - low) / 10
    low, high = max(low - margin, distinct[0]), min(high + margin, distinct[-1])
    if low == high:  # all but a few rows show one value
        return _choose_edges(distinct[[0, -1]], n_rows)
    n_bins = int(np.clip(2 * np.cbrt(n_rows), MIN_BINS, MAX_BINS))
    return np.linspace(low, high, n_bins + 1)


def _draw_categories(
    ax: Axes, marginal: Marginal, styles: list[dict[str, Any]]
) -> None:
    """Draw a bar for each category and table, the most frequent on top."""
    names, shares = _rank_categories(marginal)
    places = np.arange(len(names))
    for k, style in enumerate(styles):
        ax.barh(places + 0.4 * k - 0.2, shares[:, k], 0.36, **style)
    ax.set_yticks(places, names, parse_math=False)
    ax.invert_yaxis()
    ax.set_xlabel("share of rows", fontsize="small")


def _rank_categories(marginal: Marginal) -> tuple[list[str], np.ndarray]:
    """Return the name and the shares, (n_bars, 2), of each bar.

    The frequent ones come first, then the others as one, then the missing ones.
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
