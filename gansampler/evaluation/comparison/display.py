"""A picture of the differences that a comparison of samplers found."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gansampler.evaluation.comparison.result import LEVEL, NONE, SamplerComparison
from gansampler.evaluation.plotting.style import INK, merge_style, shorten, take_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer

STYLES = (
    ("#0072b2", "o"),
    ("#d55e00", "s"),
    ("#007e5b", "^"),
    ("#767676", "D"),
    ("#8f4a7a", "v"),
)
"""Colour and marker of each estimator, after Okabe and Ito. The markers also differ in
greyscale. More than five estimators would crowd the picture."""

HOLLOW = {"markerfacecolor": "white", "linestyle": "none", "capsize": 3}
"""The look of a difference that may be due to chance."""

MAX_SAMPLER_NAME = 48
"""Characters of a sampler's name beside the axes, on up to two lines."""


class SamplerComparisonDisplay:
    """Difference between each sampler and no resampling, with 95 % intervals.

    A filled marker is a significant difference after Holm's correction. The intervals
    are not corrected.

    Use :meth:`from_comparison` to create a display.

    Parameters
    ----------
    summary : DataFrame
        The rows of a comparison's `summary` for one metric.

    metric : str
        The name of the metric.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure.

    errorbars_ : dict of str to matplotlib ErrorbarContainer
        The intervals of each estimator.

    See Also
    --------
    compare_samplers : Run the comparison that is shown.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from gansampler.evaluation.comparison import (
    ...     SamplerComparisonDisplay,
    ...     compare_samplers,
    ... )
    >>> X, y = make_classification(n_samples=200, weights=[0.8], random_state=0)
    >>> comparison = compare_samplers(
    ...     X, y, SMOTE(), LogisticRegression(), scoring="roc_auc", random_state=0
    ... )
    >>> display = SamplerComparisonDisplay.from_comparison(comparison)
    >>> print(display.ax_.get_xlabel())
    difference in roc_auc from no resampling
    (right of the line is better)
    """

    def __init__(self, *, summary: pd.DataFrame, metric: str) -> None:
        self.summary = summary
        self.metric = metric

    @classmethod
    def from_comparison(
        cls,
        comparison: SamplerComparison,
        *,
        metric: str | None = None,
        ax: Axes | None = None,
        **kwargs: Any,
    ) -> SamplerComparisonDisplay:
        """Show one metric of a comparison.

        Parameters
        ----------
        comparison : SamplerComparison
            The result of
            :func:`~gansampler.evaluation.comparison.compare_samplers`.

        metric : str, default=None
            The metric to show. With None, the first one.

        ax : matplotlib Axes, default=None
            The axes to draw on. With None, new ones are made.

        **kwargs : dict
            Keywords of :meth:`matplotlib.axes.Axes.errorbar`.

        Returns
        -------
        display : SamplerComparisonDisplay
            The display, already drawn.
        """
        metric = comparison.metrics[0] if metric is None else metric
        summary = comparison.of_metric(metric)
        return cls(summary=summary, metric=metric).plot(ax=ax, **kwargs)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> SamplerComparisonDisplay:
        """Draw the differences.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw on. With None, new ones are made.

        **kwargs : dict
            Keywords of :meth:`matplotlib.axes.Axes.errorbar`.

        Returns
        -------
        display : SamplerComparisonDisplay
            The display itself, already drawn.
        """
        rows = self.summary[self.summary["sampler"] != NONE]
        samplers, estimators = rows["sampler"].unique(), rows["estimator"].unique()
        size = (6.4, 1.6 + 0.25 * len(samplers) * (len(estimators) + 1))
        self.figure_, self.ax_ = take_axes(ax, type(self).__name__, size)
        from matplotlib.lines import Line2D

        self.ax_.axvline(0, color=INK, linewidth=1)
        self.errorbars_ = {}
        for number, estimator in enumerate(estimators):
            own = rows[rows["estimator"] == estimator].set_index("sampler")
            beside = (number - (len(estimators) - 1) / 2) * 0.7 / len(estimators)
            colour, marker = STYLES[number % len(STYLES)]
            defaults = {"color": colour, "marker": marker, "label": shorten(estimator)}
            self.errorbars_[estimator] = self._draw(
                own.loc[samplers],
                np.arange(len(samplers)) + beside,
                merge_style(HOLLOW | defaults, kwargs, Line2D),
            )
        self.ax_.set(
            xlabel=f"difference in {self.metric} from no resampling\n"
            "(right of the line is better)",
            ylim=(len(samplers) - 0.5, -0.5),  # the first sampler on top
        )
        labels = [_label(name, rows) for name in samplers]
        self.ax_.set_yticks(np.arange(len(samplers)), labels, parse_math=False)
        self.ax_.legend(
            title="Bars: 95 % intervals. Filled marker: significant difference.",
            title_fontsize="small",
            fontsize="small",
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=2,
            frameon=False,
            alignment="left",
        )
        return self

    def _draw(
        self, rows: pd.DataFrame, height: np.ndarray, style: dict[str, Any]
    ) -> ErrorbarContainer:
        """Draw the differences of one estimator at the given heights."""
        middle = rows["difference"].to_numpy()
        reach = [middle - rows["low"].to_numpy(), rows["high"].to_numpy() - middle]
        bars = self.ax_.errorbar(middle, height, xerr=reach, **style)
        sure = (rows["p_holm"] < LEVEL).to_numpy()
        self.ax_.plot(
            middle[sure],
            height[sure],
            color=style["color"],
            marker=style["marker"],
            linestyle="none",
            zorder=3,  # above the hollow ones
        )
        return bars


def _label(sampler: str, rows: pd.DataFrame) -> str:
    """Return a sampler's name, with a note if there is nothing to draw."""
    drawn = rows.loc[rows["sampler"] == sampler, "difference"].notna().any()
    name = "\n".join(wrap(shorten(sampler, MAX_SAMPLER_NAME), MAX_SAMPLER_NAME // 2))
    return name if drawn else f"{name}\n(failed)"
