"""Pictures of what was generated, as scikit-learn's displays."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.utils import check_random_state, check_scalar

from gansampler.evaluation.aligned_tables import Features, encode_alike, read_alike
from gansampler.evaluation.class_rows import (
    ClassRows,
    Closeness,
    collect_rows,
    find_label,
    measure_closeness,
    select_holdout,
    thin_out,
)
from gansampler.evaluation.metrics.metrics import association_matrix
from gansampler.evaluation.plotting.marginals import (
    Marginal,
    draw_marginal,
    marginal_styles,
    read_marginals,
)
from gansampler.evaluation.plotting.style import (
    INK,
    OTHERS,
    REAL,
    SYNTHETIC,
    Style,
    merge_style,
    shorten,
    take_axes,
    take_panels,
)
from gansampler.gan.history import History
from gansampler.utils.formatting import as_written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "ClosestRecordDisplay",
    "CorrelationDisplay",
    "EmbeddingDisplay",
    "Marginal",
    "MarginalsDisplay",
    "TrainingHistoryDisplay",
]

MAX_EMBEDDED = 10_000
"""Rows of the class, and of the others, by which components are found."""

MAX_TICK_NAME = 14
"""Characters of a column's name beside a matrix."""

MAX_DEVIATIONS = 5.0
"""Deviations to which encoded numbers are cut before components are found, so that
one outlier does not make all other rows a dot."""


class TrainingHistoryDisplay:
    """How the training of one class went.

    Above the losses of generator and critic, which play against each other and need
    not fall; below the fidelity statistic, the distance between real and generated
    rows, and the iteration at which it was lowest, whose generator was kept.

    It is recommended to use :meth:`from_sampler`. All parameters are stored as
    attributes.

    Parameters
    ----------
    history : History
        The record of the training.

    label : object, default=None
        The class, for the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that the panels divide, None where several were given.

    axes_ : ndarray of matplotlib axes, of shape (2,)
        The losses, and the fidelity.

    lines_ : list of matplotlib Line2D
        The critic's loss, the generator's and the fidelity.

    See Also
    --------
    MarginalsDisplay : What came of it, column by column.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler
    >>> from gansampler.evaluation.plotting.plotting import TrainingHistoryDisplay
    >>> X, y = make_classification(weights=[0.8], random_state=0)
    >>> sampler = GANOverSampler(max_iter=50, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> TrainingHistoryDisplay.from_sampler(sampler)
    <...>
    """

    def __init__(self, history: History, *, label: Any = None) -> None:
        self.history = history
        self.label = label

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        *,
        label: Any = None,
        ax: Any = None,
        line_kw: Style = None,
        best_kw: Style = None,
    ) -> TrainingHistoryDisplay:
        """Draw the training of one class.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        label : object, default=None
            The class; it may be left out where there is one generator.

        ax : matplotlib axes or array-like of 2 axes, default=None
            Where to draw: one axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of the lines.

        best_kw : dict, default=None
            Keywords of the line that marks the iteration that was kept.

        Returns
        -------
        display : TrainingHistoryDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several.
        """
        label = find_label(sampler, label)
        display = cls(sampler.history_[label], label=as_written(label))
        return display.plot(ax=ax, line_kw=line_kw, best_kw=best_kw)

    def plot(
        self, ax: Any = None, *, line_kw: Style = None, best_kw: Style = None
    ) -> TrainingHistoryDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes or array-like of 2 axes, default=None
            Where to draw: one axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of the lines.

        best_kw : dict, default=None
            Keywords of the line that marks the iteration that was kept.

        Returns
        -------
        display : TrainingHistoryDisplay
            What was drawn.
        """
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, 2, 1, "TrainingHistoryDisplay", (6.4, 4.8)
        )
        losses, fidelity = self.axes_
        losses.set_ylabel("loss")
        fidelity.set(xlabel="iteration", ylabel="distance to real rows")
        losses.set_title(
            f"Training{_of_class(self.label)}", loc="left", parse_math=False
        )
        losses.tick_params(labelbottom=False)
        self.lines_: list[Any] = []
        if self.history.iteration:
            self._draw_lines(line_kw)
            if self.history.best_iteration:
                self._mark_best(best_kw)
        else:
            losses.text(
                0.5,
                0.5,
                why_empty(self.history),
                ha="center",
                va="center",
                transform=losses.transAxes,
            )
        return self

    def _draw_lines(self, line_kw: Style) -> None:
        from matplotlib.lines import Line2D

        history, (losses, fidelity) = self.history, self.axes_
        curves = [
            (losses, history.critic_loss, "critic", OTHERS, "-"),
            (losses, history.generator_loss, "generator", SYNTHETIC, "--"),
            (fidelity, history.fidelity, None, REAL, "-"),
        ]
        for ax, values, name, colour, dashes in curves:
            # With a marker, because a short training was looked at only once.
            defaults = {"label": name, "color": colour, "linestyle": dashes}
            style = merge_style({"marker": ".", **defaults}, line_kw, Line2D)
            self.lines_ += ax.plot(history.iteration, values, **style)
        losses.legend()
        fidelity.set_xlim(losses.get_xlim())
        fidelity.set_ylim(bottom=0)

    def _mark_best(self, best_kw: Style) -> None:
        from matplotlib.lines import Line2D

        best = self.history.best_iteration
        defaults = {"color": INK, "linestyle": ":", "label": f"kept: iteration {best}"}
        style = merge_style(defaults, best_kw, Line2D)
        self.axes_[0].axvline(best, **{**style, "label": None})
        self.axes_[1].axvline(best, **style)
        self.axes_[1].legend()


class MarginalsDisplay:
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
    gansampler.evaluation.metrics.metrics.marginal_distances : The distances by which columns are ordered.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.evaluation.plotting.plotting import MarginalsDisplay
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
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        label: Any = None,
        n_samples: int | None = None,
        max_columns: int = 9,
        random_state: Any = None,
        ax: Any = None,
        n_cols: int = 3,
        real_kw: Style = None,
        synthetic_kw: Style = None,
    ) -> MarginalsDisplay:
        """Draw rows from a generator and compare their columns with the real ones.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class; it may be left out where there is one generator.

        n_samples : int, default=None
            Synthetic rows to draw: by default as many as the class has, but 200 at
            least and 2,000 at most.

        max_columns : int, default=9
            How many columns are drawn, the least alike ones.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn.

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

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several; if `X`
            and `y` do not suit the sampler.
        """
        rows = collect_rows(
            sampler, X, y, label=label, n_samples=n_samples, random_state=random_state
        )
        return cls.from_rows(
            rows.real,
            rows.synthetic,
            categorical_features=rows.categorical_features,
            max_columns=max_columns,
            ax=ax,
            n_cols=n_cols,
            real_kw=real_kw,
            synthetic_kw=synthetic_kw,
        )

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
            ax=ax, n_cols=n_cols, real_kw=real_kw, synthetic_kw=synthetic_kw
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


class CorrelationDisplay:
    """Which columns go together, in real rows, in synthetic ones, and the difference.

    It is recommended to use :meth:`from_sampler` or :meth:`from_rows`. All parameters
    are stored as attributes.

    Parameters
    ----------
    real, synthetic : DataFrame of shape (n_columns, n_columns)
        The associations, see :func:`gansampler.evaluation.metrics.metrics.association_matrix`.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that the panels divide, None where several were given.

    axes_ : ndarray of matplotlib axes, of shape (3,)
        Real, synthetic, and synthetic less real.

    meshes_ : list of matplotlib QuadMesh
        The coloured cells of each panel.

    See Also
    --------
    gansampler.evaluation.metrics.metrics.correlation_gap : The mean difference, as one number.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.plotting.plotting import CorrelationDisplay
    >>> real = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    >>> display = CorrelationDisplay.from_rows(real, real * [1, -1])
    >>> float(display.synthetic.loc[0, 1] - display.real.loc[0, 1])
    -2.0
    """

    def __init__(self, real: pd.DataFrame, synthetic: pd.DataFrame) -> None:
        self.real = real
        self.synthetic = synthetic

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        label: Any = None,
        n_samples: int | None = None,
        max_columns: int = 12,
        random_state: Any = None,
        ax: Any = None,
        colorbar: bool = True,
        mesh_kw: Style = None,
    ) -> CorrelationDisplay:
        """Draw rows from a generator and compare their associations with the real ones.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class; it may be left out where there is one generator.

        n_samples : int, default=None
            Synthetic rows to draw: by default as many as the class has, but 200 at
            least and 2,000 at most.

        max_columns : int, default=12
            How many columns are drawn, those whose associations differ most.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn.

        ax : matplotlib axes or array-like of 3 axes, default=None
            Where to draw: one axes is divided into panels.

        colorbar : bool, default=True
            Whether to draw the scale of the colours.

        mesh_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.pcolormesh`.

        Returns
        -------
        display : CorrelationDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several; if `X`
            and `y` do not suit the sampler.
        """
        rows = collect_rows(
            sampler, X, y, label=label, n_samples=n_samples, random_state=random_state
        )
        return cls.from_rows(
            rows.real,
            rows.synthetic,
            categorical_features=rows.categorical_features,
            max_columns=max_columns,
            ax=ax,
            colorbar=colorbar,
            mesh_kw=mesh_kw,
        )

    @classmethod
    def from_rows(
        cls,
        X_real: Any,
        X_synthetic: Any,
        *,
        categorical_features: Features = "auto",
        max_columns: int = 12,
        ax: Any = None,
        colorbar: bool = True,
        mesh_kw: Style = None,
    ) -> CorrelationDisplay:
        """Compare the associations of two tables.

        Parameters
        ----------
        X_real, X_synthetic : {array-like, dataframe, sparse matrix} of shape \
                (n_rows, n_features)
            Real and synthetic rows, in the same columns.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        max_columns : int, default=12
            How many columns are drawn, those whose associations differ most.

        ax : matplotlib axes or array-like of 3 axes, default=None
            Where to draw: one axes is divided into panels.

        colorbar : bool, default=True
            Whether to draw the scale of the colours.

        mesh_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.pcolormesh`.

        Returns
        -------
        display : CorrelationDisplay
            What was drawn.
        """
        check_scalar(max_columns, "max_columns", Integral, min_val=1)
        display = compare_associations(
            X_real, X_synthetic, categorical_features, max_columns
        )
        return display.plot(ax=ax, colorbar=colorbar, mesh_kw=mesh_kw)

    def plot(
        self, ax: Any = None, *, colorbar: bool = True, mesh_kw: Style = None
    ) -> CorrelationDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes or array-like of 3 axes, default=None
            Where to draw: one axes is divided into panels.

        colorbar : bool, default=True
            Whether to draw the scale of the colours.

        mesh_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.pcolormesh`.

        Returns
        -------
        display : CorrelationDisplay
            What was drawn.
        """
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, 3, 3, "CorrelationDisplay", (10.5, 4.2)
        )
        real, synthetic = self.real.to_numpy(), self.synthetic.to_numpy()
        matrices = {
            "Real": real,
            "Synthetic": synthetic,
            "Synthetic less real": synthetic - real,
        }
        style = {"cmap": "PuOr", "vmin": -1, "vmax": 1, **(mesh_kw or {})}
        names = [shorten(name, MAX_TICK_NAME) for name in self.real.columns]
        places = np.arange(len(names)) + 0.5
        self.meshes_ = []
        for panel, (title, matrix) in zip(self.axes_, matrices.items(), strict=True):
            self.meshes_.append(panel.pcolormesh(matrix, **style))
            panel.set_title(title, loc="left")
            panel.set_xticks(places, names, rotation=90, parse_math=False)
            panel.set_yticks([])
            panel.set_aspect("equal")
            panel.invert_yaxis()
        self.axes_[0].set_yticks(places, names, parse_math=False)
        if colorbar:
            self.figure_.colorbar(
                self.meshes_[0], ax=list(self.axes_), label="association", shrink=0.7
            )
        return self


class EmbeddingDisplay:
    """Where the synthetic rows lie: two principal components of the real table.

    Synthetic rows should lie among the real rows of their class, all over them, and
    keep out of where only the other classes are.

    It is recommended to use :meth:`from_sampler`. All parameters are stored as
    attributes.

    Parameters
    ----------
    real, synthetic, others : ndarray of shape (n_rows, 2)
        The class's real and synthetic rows, and those of the other classes.

    explained : tuple of float
        The share of the real table's variance along each component.

    label : object, default=None
        The class, for the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    ax_ : matplotlib axes
        The axes.

    points_ : list of matplotlib PathCollection
        The rows of the other classes, where there are any, the real ones and the
        synthetic ones.

    See Also
    --------
    gansampler.evaluation.metrics.metrics.precision_recall_density_coverage : The same in all columns, as
        numbers.

    Notes
    -----
    The components are those of all real rows: numbers standardised by median and
    interquartile range and cut at five of these deviations, categories one-hot encoded,
    missing numbers marked.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler
    >>> from gansampler.evaluation.plotting.plotting import EmbeddingDisplay
    >>> X, y = make_classification(weights=[0.8], random_state=0)
    >>> sampler = GANOverSampler(max_iter=50, random_state=0)
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
        """Draw rows from a generator and place them among the real ones.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class; it may be left out where there is one generator.

        n_samples : int, default=None
            Synthetic rows to draw: by default as many as the class has, but 200 at
            least and 2,000 at most.

        max_points : int, default=1000
            Rows of each kind that are drawn, at random; more of them would hide one
            another.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn.

        ax : matplotlib axes, default=None
            Where to draw.

        scatter_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.scatter`.

        Returns
        -------
        display : EmbeddingDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several; if `X`
            and `y` do not suit the sampler.
        """
        check_scalar(max_points, "max_points", Integral, min_val=1)
        seed = check_random_state(random_state)
        rows = collect_rows(
            sampler, X, y, label=label, n_samples=n_samples, random_state=seed
        )
        return embed_rows(rows, max_points, seed).plot(ax=ax, scatter_kw=scatter_kw)

    def plot(
        self, ax: Axes | None = None, *, scatter_kw: Style = None
    ) -> EmbeddingDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            Where to draw.

        scatter_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.scatter`.

        Returns
        -------
        display : EmbeddingDisplay
            What was drawn.
        """
        from matplotlib.collections import PathCollection

        self.figure_, self.ax_ = take_axes(ax, "EmbeddingDisplay", (6.4, 4.8))
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
        self.ax_.set_title(f"Rows{_of_class(self.label)}", loc="left", parse_math=False)
        self.ax_.legend()
        return self


class ClosestRecordDisplay:
    """How close synthetic rows come to the training rows, beside real rows.

    If their curve lies far above that of the real rows, near the left edge above all,
    the generator repeats what it was trained on. It is a diagnostic of memorisation
    and **no measure of privacy**, see
    :func:`gansampler.evaluation.metrics.metrics.closest_record_ratio`.

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
    gansampler.evaluation.metrics.metrics.closest_record_distances : The distances.

    Examples
    --------
    >>> from gansampler.evaluation.plotting.plotting import ClosestRecordDisplay
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
        rows = collect_rows(
            sampler, X, y, label=label, n_samples=n_samples, random_state=random_state
        )
        holdout = select_holdout(sampler, X_holdout, y_holdout, rows.label)
        display = show_closeness(measure_closeness(rows, holdout), rows.label)
        return display.plot(ax=ax, line_kw=line_kw)

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
        self.ax_.set_title(
            f"Closeness{_of_class(self.label)}", loc="left", parse_math=False
        )
        self.ax_.legend(loc="lower right")
        return self


def compare_associations(
    X_real: Any, X_synthetic: Any, categorical_features: Features, max_columns: int
) -> CorrelationDisplay:
    """Measure the associations of both tables, and choose the columns to be drawn."""
    real, synthetic = (
        association_matrix(X, categorical_features=categorical_features)
        for X in (X_real, X_synthetic)
    )
    differences = np.abs(real.to_numpy() - synthetic.to_numpy()).sum(axis=1)
    shown = np.sort(np.argsort(-differences, kind="stable")[:max_columns])
    return CorrelationDisplay(real.iloc[shown, shown], synthetic.iloc[shown, shown])


def embed_rows(rows: ClassRows, max_points: int, random_state: Any) -> EmbeddingDisplay:
    """Find two components of the real table and place all rows along them."""
    real, others = (
        thin_out(frame, MAX_EMBEDDED, random_state)
        for frame in (rows.real, rows.others)
    )
    table = pd.concat([real, others])
    columns = read_alike(rows.categorical_features, X=table, X_synthetic=rows.synthetic)
    encoded = [
        np.clip(part, -MAX_DEVIATIONS, MAX_DEVIATIONS) for part in encode_alike(columns)
    ]
    pca = PCA(n_components=min(2, *encoded[0].shape), svd_solver="full")
    with np.errstate(invalid="ignore"):  # where all columns are constant
        parts = [pca.fit_transform(encoded[0]), pca.transform(encoded[1])]
    if parts[0].shape[1] == 1:
        # Spread along the other axis, where nothing else could be seen.
        parts = [
            np.column_stack([part[:, 0], random_state.uniform(-1, 1, len(part))])
            for part in parts
        ]
    kinds = [parts[0][: len(real)], parts[1], parts[0][len(real) :]]
    shown = [part[random_state.permutation(len(part))[:max_points]] for part in kinds]
    explained = tuple(np.nan_to_num(pca.explained_variance_ratio_).tolist())
    return EmbeddingDisplay(*shown, explained=explained, label=rows.label)


def show_closeness(closeness: Closeness, label: Any) -> ClosestRecordDisplay:
    """Make the display of distances to the closest training row."""
    nearest = [
        distances[np.isfinite(distances[:, 0]), 0]
        for distances in (closeness.synthetic, closeness.real)
    ]
    return ClosestRecordDisplay(*nearest, unseen=closeness.unseen, label=label)


def _name_component(k: int, explained: tuple[float, ...]) -> str:
    if k >= len(explained):
        return "spread at random: there is one component"
    return f"component {k + 1} ({100 * explained[k]:.0f} % of the variance)"


def _of_class(label: Any) -> str:
    return "" if label is None else f" of class {shorten(label)}"


def why_empty(history: History) -> str:
    if history.epsilon is not None:
        return "Private training keeps no losses: they would tell of the rows."
    return "Nothing was trained: the rows come from a smoothed bootstrap."
