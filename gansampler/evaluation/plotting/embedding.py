"""Real and synthetic rows in two principal components."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.utils import check_random_state, check_scalar

from gansampler.evaluation.aligned_tables import encode_aligned
from gansampler.evaluation.class_rows import ClassRows, collect_rows
from gansampler.evaluation.plotting.style import (
    OTHERS,
    REAL,
    SYNTHETIC,
    Style,
    legend_above,
    merge_style,
    set_title,
    take_axes,
)
from gansampler.utils.subsampling import random_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_EMBEDDED = 10_000
"""Rows of the class, and of the other classes, that the components are fitted on."""

MAX_DEVIATIONS = 5.0
"""Encoded numbers are clipped to this many deviations before the components are fitted.
Otherwise one outlier would shrink all other rows to a dot."""


class EmbeddingDisplay:
    """Real and synthetic rows, in two principal components of the real table.

    Good synthetic rows cover the whole region of their class. They stay out of regions
    that hold only other classes.

    Use :meth:`from_sampler` to create a display. All parameters are stored as
    attributes.

    Parameters
    ----------
    real, synthetic, others : ndarray of shape (n_rows, 2)
        The real and synthetic rows of the class, and the rows of the other classes.

    explained : tuple of float
        The share of the real table's variance that each component explains.

    label : object, default=None
        The class, shown in the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    ax_ : matplotlib axes
        The axes.

    points_ : list of matplotlib PathCollection
        The other classes if there are any, the real rows and the synthetic rows.

    See Also
    --------
    gansampler.evaluation.metrics.precision_recall_density_coverage : The same
        question in all columns, answered with numbers.

    Notes
    -----
    The components are fitted on the real rows of all classes. Numbers are standardised
    by their median and interquartile range and clipped at five deviations. Categories
    are one-hot encoded. Missing numbers get an indicator column.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler, TabularGAN
    >>> from gansampler.evaluation.plotting import EmbeddingDisplay
    >>> X, y = make_classification(weights=[0.8], random_state=0)
    >>> sampler = GANOverSampler(TabularGAN(max_iter=50), random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> EmbeddingDisplay.from_sampler(sampler, X, y, random_state=0)
    <...>
    """

    def __init__(
        self,
        real: np.ndarray,
        synthetic: np.ndarray,
        others: np.ndarray,
        *,
        explained: tuple[float, ...],
        label: Any = None,
    ) -> None:
        self.real = real
        self.synthetic = synthetic
        self.others = others
        self.explained = explained
        self.label = label

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        label: Any = None,
        n_samples: int | None = None,
        max_points: int = 1000,
        random_state: Any = None,
        ax: Axes | None = None,
        scatter_kw: Style = None,
    ) -> EmbeddingDisplay:
        """Draw synthetic rows from a generator and show them among the real rows.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that the sampler was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class to show. Optional if the sampler has one generator.

        n_samples : int, default=None
            Number of synthetic rows to draw. With None, as many as the class has, but
            at least 200 and at most 2,000.

        max_points : int, default=1000
            Maximum number of points of each kind, chosen at random. More points would
            hide each other.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are drawn.

        ax : matplotlib axes, default=None
            The axes to draw on. With None, new ones are made.

        scatter_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.scatter`.

        Returns
        -------
        display : EmbeddingDisplay
            The display, already drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is missing when there are several
            generators; if `X` and `y` do not match the sampler.
        """
        check_scalar(max_points, "max_points", Integral, min_val=1)
        seed = check_random_state(random_state)
        rows = collect_rows(sampler, X, y, label, n_samples, seed)
        return embed_rows(rows, max_points, seed).plot(ax, scatter_kw=scatter_kw)

    def plot(
        self, ax: Axes | None = None, *, scatter_kw: Style = None
    ) -> EmbeddingDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            The axes to draw on. With None, new ones are made.

        scatter_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.scatter`.

        Returns
        -------
        display : EmbeddingDisplay
            The display, already drawn.
        """
        self.figure_, self.ax_ = take_axes(ax, "EmbeddingDisplay", (6.4, 4.8))
        from matplotlib.collections import PathCollection

        looks: list[tuple[np.ndarray, str, dict[str, Any]]] = [
            (self.others, "other classes", {"c": OTHERS, "marker": ".", "alpha": 0.4}),
            (self.real, "real", {"c": REAL, "marker": "o", "alpha": 0.8}),
            (self.synthetic, "synthetic", {"c": SYNTHETIC, "marker": "x"}),
        ]
        self.points_ = []
        for points, name, look in looks:
            defaults = {"s": 16, "linewidths": 1, "label": name, **look}
            style = merge_style(defaults, scatter_kw, PathCollection)
            if len(points):
                self.points_.append(self.ax_.scatter(*points.T, **style))
        first, second = (_name_component(k, self.explained) for k in (0, 1))
        self.ax_.set(xlabel=first, ylabel=second)
        if len(self.explained) == 1:
            self.ax_.set_yticks([])
        set_title(self.ax_, "Real and synthetic rows", self.label)
        legend_above(self.ax_)
        return self


def embed_rows(rows: ClassRows, max_points: int, random_state: Any) -> EmbeddingDisplay:
    """Fit two components on the real table and project all rows onto them."""
    real, others = (
        random_rows(frame, MAX_EMBEDDED, random_state)
        for frame in (rows.real, rows.others)
    )
    table = pd.concat([real, others])
    encoded = [
        np.clip(part, -MAX_DEVIATIONS, MAX_DEVIATIONS)
        for part in encode_aligned(
            rows.categorical_features, X=table, X_synthetic=rows.synthetic
        )
    ]
    pca = PCA(n_components=min(2, *encoded[0].shape), svd_solver="full")
    pca.set_output(transform="default")  # overrides `sklearn.set_config`
    with np.errstate(invalid="ignore"):  # if all columns are constant
        parts = [pca.fit_transform(encoded[0]), pca.transform(encoded[1])]
    if parts[0].shape[1] == 1:
        # Spread the rows along the other axis, or they would hide each other.
        parts = [
            np.column_stack([part[:, 0], random_state.uniform(-1, 1, len(part))])
            for part in parts
        ]
    kinds = [parts[0][: len(real)], parts[1], parts[0][len(real) :]]
    shown = [part[random_state.permutation(len(part))[:max_points]] for part in kinds]
    explained = tuple(np.nan_to_num(pca.explained_variance_ratio_).tolist())
    return EmbeddingDisplay(*shown, explained=explained, label=rows.label)


def _name_component(k: int, explained: tuple[float, ...]) -> str:
    if k >= len(explained):
        return "random spread (the table has one component)"
    return f"component {k + 1} ({100 * explained[k]:.0f} % of the variance)"
