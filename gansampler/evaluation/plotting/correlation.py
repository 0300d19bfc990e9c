"""Associations between columns, in real and in synthetic rows."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_scalar

from gansampler.evaluation.aligned_tables import Features
from gansampler.evaluation.metrics import association_matrix
from gansampler.evaluation.plotting.style import Style, shorten, take_panels
from gansampler.evaluation.plotting.two_tables import TwoTablesDisplay

MAX_TICK_NAME = 22
"""Characters of a column's name beside a matrix."""

MAX_LARGE_TICKS = 10
"""Columns whose names fit beside a matrix in the usual size; more get smaller ones."""


class CorrelationDisplay(TwoTablesDisplay):
    """Associations between columns in real rows, in synthetic rows, and their gap.

    Use :meth:`from_sampler` or :meth:`from_rows` to create a display. All parameters
    are stored as attributes.

    Parameters
    ----------
    real, synthetic : DataFrame of shape (n_columns, n_columns)
        The associations, as computed by
        :func:`~gansampler.evaluation.metrics.association_matrix`.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that were divided into panels, or None if several were given.

    axes_ : ndarray of matplotlib axes, of shape (3,)
        The panels of the real rows, the synthetic rows, and synthetic minus real.

    meshes_ : list of matplotlib QuadMesh
        The coloured cells of each panel.

    See Also
    --------
    gansampler.evaluation.metrics.correlation_gap : The mean difference, as a number.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.plotting import CorrelationDisplay
    >>> real = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    >>> display = CorrelationDisplay.from_rows(real, real * [1, -1])
    >>> float(display.synthetic.loc[0, 1] - display.real.loc[0, 1])
    -2.0
    """

    def __init__(self, real: pd.DataFrame, synthetic: pd.DataFrame) -> None:
        self.real = real
        self.synthetic = synthetic

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
            Real and synthetic rows with the same columns.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        max_columns : int, default=12
            Maximum number of columns to show. The columns whose associations differ
            most are chosen.

        ax : matplotlib axes or array-like of 3 axes, default=None
            The axes to draw on. A single axes is divided into panels.

        colorbar : bool, default=True
            Whether to draw the colour bar.

        mesh_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.pcolormesh`.

        Returns
        -------
        display : CorrelationDisplay
            The display, already drawn.
        """
        check_scalar(max_columns, "max_columns", Integral, min_val=1)
        display = compare_associations(
            X_real, X_synthetic, categorical_features, max_columns
        )
        return display.plot(ax, colorbar=colorbar, mesh_kw=mesh_kw)

    def plot(
        self, ax: Any = None, *, colorbar: bool = True, mesh_kw: Style = None
    ) -> CorrelationDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib axes or array-like of 3 axes, default=None
            The axes to draw on. A single axes is divided into panels.

        colorbar : bool, default=True
            Whether to draw the colour bar.

        mesh_kw : dict, default=None
            Keywords of :meth:`matplotlib.axes.Axes.pcolormesh`.

        Returns
        -------
        display : CorrelationDisplay
            The display, already drawn.
        """
        names = [shorten(name, MAX_TICK_NAME) for name in self.real.columns]
        size = (11.5, 3.8 + 0.1 * max(map(len, names)))  # the names stand upright
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, 3, 3, "CorrelationDisplay", size
        )
        real, synthetic = self.real.to_numpy(), self.synthetic.to_numpy()
        matrices = {
            "Real": real,
            "Synthetic": synthetic,
            "Synthetic minus real": synthetic - real,
        }
        style = {"cmap": "PuOr", "vmin": -1, "vmax": 1, **(mesh_kw or {})}
        places = np.arange(len(names)) + 0.5
        fontsize = "medium" if len(names) <= MAX_LARGE_TICKS else "x-small"
        self.meshes_ = []
        for panel, (title, matrix) in zip(self.axes_, matrices.items(), strict=True):
            self.meshes_.append(panel.pcolormesh(matrix, **style))
            panel.set_title(title, loc="left")
            panel.set_xticks(
                places, names, rotation=90, fontsize=fontsize, parse_math=False
            )
            panel.set_yticks([])
            panel.set_aspect("equal")
            panel.invert_yaxis()
        self.axes_[0].set_yticks(places, names, fontsize=fontsize, parse_math=False)
        if colorbar:
            bar = self.figure_.colorbar(
                self.meshes_[0], ax=list(self.axes_), shrink=0.7, pad=0.02
            )
            bar.set_label("association, or its difference")
        return self


def compare_associations(
    X_real: Any, X_synthetic: Any, categorical_features: Features, max_columns: int
) -> CorrelationDisplay:
    """Compute the associations of both tables and choose the columns to show."""
    real, synthetic = (
        association_matrix(X, categorical_features=categorical_features)
        for X in (X_real, X_synthetic)
    )
    differences = np.abs(real.to_numpy() - synthetic.to_numpy()).sum(axis=1)
    shown = np.sort(np.argsort(-differences, kind="stable")[:max_columns])
    return CorrelationDisplay(real.iloc[shown, shown], synthetic.iloc[shown, shown])
