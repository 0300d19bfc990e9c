"""Distances from synthetic rows to the closest training row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.evaluation.class_rows import collect_rows, select_holdout
from gansampler.evaluation.metrics.closest_record import Closeness, measure_closeness
from gansampler.evaluation.plotting.style import (
    REAL,
    SYNTHETIC,
    Style,
    legend_above,
    merge_style,
    set_title,
    take_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClosestRecordDisplay:
    """Distances to the closest training row, for synthetic and for real rows.

    If the synthetic curve rises far above the real curve near the left edge, the
    generator repeats training rows. This display diagnoses memorisation. **It is not a
    measure of privacy**, see
    :func:`gansampler.evaluation.metrics.closest_record_ratio`.

    Use :meth:`from_sampler` to create a display. All parameters are stored as
    attributes.

    Parameters
    ----------
    synthetic : ndarray of shape (n_synthetic,)
        The distance from each synthetic row to the closest training row.

    real : ndarray of shape (n_real,)
        The distance from each real row to the closest training row.

    unseen : bool, default=True
        Whether the real rows were held out. If False, they are the training rows
        themselves, and each distance is to the closest other training row.

    label : object, default=None
        The class, shown in the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    ax_ : matplotlib axes
        The axes.

    lines_ : list of matplotlib StepPatch
        The curve of the real rows and the curve of the synthetic rows.

    See Also
    --------
    gansampler.evaluation.metrics.closest_record_distances : The distances.

    Examples
    --------
    >>> from gansampler.evaluation.plotting import ClosestRecordDisplay
    >>> display = ClosestRecordDisplay([0.0, 0.1, 0.2], [0.1, 0.4, 0.5]).plot()
    >>> display.ax_.get_ylabel()
    'share of rows within that distance'
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
        """Draw synthetic rows and measure their distance to the training rows.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that the sampler was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        X_holdout, y_holdout : array-like, default=None
            Held-out rows, which the sampler has not seen, and their labels. Without
            them, the training rows are compared with each other.

        label : object, default=None
            The class to show. Optional if the sampler has one generator.

        n_samples : int, default=None
            Number of synthetic rows to draw. With None, as many as the class has, but
            at least 200 and at most 2,000.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are drawn.

        ax : matplotlib axes, default=None
            The axes to draw on. With None, new ones are made.

        line_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.ecdf`.

        Returns
        -------
        display : ClosestRecordDisplay
            The display, already drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is missing when there are several
            generators; if a table does not match the sampler or has no row of the
            class.
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
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            The axes to draw on. With None, new ones are made.

        line_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.ecdf`.

        Returns
        -------
        display : ClosestRecordDisplay
            The display, already drawn.
        """
        self.figure_, self.ax_ = take_axes(ax, "ClosestRecordDisplay", (6.4, 4.0))
        from matplotlib.lines import Line2D

        name = "unseen real rows" if self.unseen else "training rows"
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
            ylabel="share of rows within that distance",
            # Leaves out the last rows: one outlier would squeeze all others.
            xlim=(0, float(np.percentile(both, 99)) or 1.0),
            ylim=(0, 1),
        )
        set_title(self.ax_, "Closeness to the training rows", self.label)
        legend_above(self.ax_)
        return self


def display_closeness(closeness: Closeness, label: Any) -> ClosestRecordDisplay:
    """Make the display of distances to the closest training row."""
    nearest = [
        distances[np.isfinite(distances[:, 0]), 0]
        for distances in (closeness.synthetic, closeness.real)
    ]
    return ClosestRecordDisplay(*nearest, unseen=closeness.unseen, label=label)
