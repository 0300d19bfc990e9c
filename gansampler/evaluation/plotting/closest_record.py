"""How close synthetic rows come to the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.evaluation.class_rows import collect_rows, select_holdout
from gansampler.evaluation.metrics.closest_record import Closeness, measure_closeness
from gansampler.evaluation.plotting.style import (
    REAL,
    SYNTHETIC,
    Style,
    merge_style,
    set_title,
    take_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClosestRecordDisplay:
    """How close synthetic rows come to the training rows, beside real rows.

    If their curve lies far above that of the real rows, near the left edge above all,
    the generator repeats what it was trained on. It is a diagnostic of memorisation
    and **no measure of privacy**, see
    :func:`gansampler.evaluation.metrics.closest_record_ratio`.

    It is recommended to use :meth:`from_sampler`. All parameters are stored as
    attributes.

    Parameters
    ----------
    synthetic : ndarray of shape (n_synthetic,)
        The distance from each synthetic row to the closest training row.

    real : ndarray of shape (n_real,)
        The same of real rows.

    unseen : bool, default=True
        Whether the real rows were held out; otherwise they are the training rows
        themselves, each with its distance to the closest other one.

    label : object, default=None
        The class, for the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    ax_ : matplotlib axes
        The axes.

    lines_ : list of matplotlib StepPatch
        The curve of the real rows and that of the synthetic ones.

    See Also
    --------
    gansampler.evaluation.metrics.closest_record_distances : The distances.

    Examples
    --------
    >>> from gansampler.evaluation.plotting import ClosestRecordDisplay
    >>> display = ClosestRecordDisplay([0.0, 0.1, 0.2], [0.1, 0.4, 0.5]).plot()
    >>> display.ax_.get_ylabel()
    'share of rows that are as close'
    """

    def __init__(
        self, synthetic: Any, real: Any, *, unseen: bool = True, label: Any = None
    ) -> None:
        self.synthetic = np.asarray(synthetic)
        self.real = np.asarray(real)
        self.unseen = unseen
        self.label = label

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        X_holdout: Any = None,
        y_holdout: Any = None,
        label: Any = None,
        n_samples: int | None = None,
        random_state: Any = None,
        ax: Axes | None = None,
        line_kw: Style = None,
    ) -> ClosestRecordDisplay:
        """Draw rows from a generator and measure how close they come.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        X_holdout, y_holdout : array-like, default=None
            Rows, and their labels, that the sampler has not seen. Without them the
            training rows are compared with each other.

        label : object, default=None
            The class; it may be left out where there is one generator.

        n_samples : int, default=None
            Synthetic rows to draw: by default as many as the class has, but 200 at
            least and 2,000 at most.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn.

        ax : matplotlib axes, default=None
            Where to draw.

        line_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.ecdf`.

        Returns
        -------
        display : ClosestRecordDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several; if the
            tables do not suit the sampler, or hold no row of the class.
        """
        rows = collect_rows(sampler, X, y, label, n_samples, random_state)
        holdout = select_holdout(sampler, X_holdout, y_holdout, rows.label)
        closeness = measure_closeness(
            rows.real, rows.synthetic, holdout, rows.categorical_features
        )
        return display_closeness(closeness, rows.label).plot(ax, line_kw=line_kw)

    def plot(
        self, ax: Axes | None = None, *, line_kw: Style = None
    ) -> ClosestRecordDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            Where to draw.

        line_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.ecdf`.

        Returns
        -------
        display : ClosestRecordDisplay
            What was drawn.
        """
        from matplotlib.lines import Line2D

        self.figure_, self.ax_ = take_axes(ax, "ClosestRecordDisplay", (6.4, 4.0))
        name = "unseen real rows" if self.unseen else "training rows among themselves"
        curves = [
            (self.real, name, {"color": REAL, "linestyle": "-"}),
            (self.synthetic, "synthetic rows", {"color": SYNTHETIC, "linestyle": "--"}),
        ]
        self.lines_ = []
        for distances, label, look in curves:
            style = merge_style({"label": label, **look}, line_kw, Line2D)
            if len(distances):
                self.lines_.append(self.ax_.ecdf(distances, **style))
        both = np.concatenate([self.real, self.synthetic])
        self.ax_.set(
            xlabel="distance to the closest training row",
            ylabel="share of rows that are as close",
            # Without the last rows, among which an outlier would squeeze all others.
            xlim=(0, float(np.percentile(both, 99)) or 1.0),
            ylim=(0, 1),
        )
        set_title(self.ax_, "Closeness", self.label)
        self.ax_.legend(loc="lower right")
        return self


def display_closeness(closeness: Closeness, label: Any) -> ClosestRecordDisplay:
    """Make the display of distances to the closest training row."""
    nearest = [
        distances[np.isfinite(distances[:, 0]), 0]
        for distances in (closeness.synthetic, closeness.real)
    ]
    return ClosestRecordDisplay(*nearest, unseen=closeness.unseen, label=label)
