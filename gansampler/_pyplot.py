"""What all pictures share: matplotlib where it is needed, colours, axes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REAL, SYNTHETIC, HOLDOUT, OTHERS = "#0072b2", "#d55e00", "#007e5b", "#767676"
"""Colours after Okabe and Ito, dark enough for a white page: told apart by the colour
blind. In grey they are not, so that lines, markers and hatches differ as well."""

INK = "#222222"
"""Text and lines that stand for no rows."""

MAX_NAME = 24
"""Characters of a name or category that are shown."""


def import_pyplot(caller: str) -> Any:
    """Import ``matplotlib.pyplot``, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{caller} needs matplotlib, which is not installed here; install it with "
            '`pip install "gansampler[plot]"`.'
        ) from error
    return plt


def take_axes(
    ax: Axes | None, caller: str, figsize: tuple[float, float] | None = None
) -> tuple[Figure, Axes]:
    """Give the axes to draw on, new ones where there are none, and their figure."""
    plt = import_pyplot(caller)
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax.get_figure(root=True), ax


def take_grid(
    ax: Any,
    shape: tuple[int, int],
    caller: str,
    figsize: tuple[float, float] | None = None,
    **grid_kw: Any,
) -> tuple[Figure, Axes | None, np.ndarray]:
    """Give axes for several panels, as scikit-learn's partial dependence takes them.

    Parameters
    ----------
    ax : matplotlib axes, array-like of matplotlib axes or None
        One axes is divided into panels; several are drawn into as they are; None
        makes a new figure.

    shape : tuple (n_rows, n_cols)
        The panels.

    caller : str
        Who asks, for the messages of errors.

    figsize : tuple (width, height), default=None
        Inches of a new figure.

    **grid_kw : dict
        Of the grid in which new panels lie.

    Returns
    -------
    figure : matplotlib Figure
        Their figure.

    bounding_ax : matplotlib axes or None
        The axes that were divided, None where several were given.

    axes : ndarray of shape (n_rows, n_cols)
        The panels.
    """
    plt = import_pyplot(caller)
    if ax is not None and not isinstance(ax, plt.Axes):
        axes = np.asarray(ax, dtype=object)
        if axes.size != shape[0] * shape[1]:
            raise ValueError(
                f"{caller} expected ax to have {shape[0] * shape[1]} axes, got "
                f"{axes.size}."
            )
        axes = axes.reshape(shape)
        return axes.flat[0].get_figure(root=True), None, axes
    figure, bounding_ax = take_axes(ax, caller, figsize)
    bounding_ax.set_axis_off()
    grid = bounding_ax.get_subplotspec().subgridspec(*shape, **grid_kw)
    return figure, bounding_ax, grid.subplots(squeeze=False)


def merge_style(
    defaults: Mapping[str, Any], given: Mapping[str, Any] | None, artist: type
) -> dict[str, Any]:
    """Put the user's keywords, short forms such as ``c`` too, over the defaults."""
    from matplotlib.cbook import normalize_kwargs

    return {**defaults, **normalize_kwargs(dict(given or {}), artist)}


def shorten(name: Hashable, length: int = MAX_NAME) -> str:
    """Write a name or a category on one line, cut where it is long."""
    text = " ".join(str(name).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
