"""What all displays share: colours, axes, legends and short names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.utils.formatting import printable
from gansampler.utils.optional_import import import_optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

REAL, SYNTHETIC, OTHERS = "#0072b2", "#d55e00", "#767676"
"""Colours after Okabe and Ito, dark enough for a white page. Colour-blind readers can
tell them apart. In greyscale they look alike, so lines, markers and hatches differ too.
"""

Style = Mapping[str, Any] | None
"""Keywords of an artist, as the user gives them."""

INK = "#222222"
"""Text, and lines that stand for no rows."""

MAX_NAME = 24
"""Characters of a name or category that are shown."""

LEGEND_HEIGHT = 20
"""Points between the axes and the title, where a one-line legend fits."""


def require_matplotlib(caller: str) -> Any:
    """Return pyplot, or raise an ImportError that says how to install it.

    Every display calls this before any other import of matplotlib.
    """
    return import_optional("matplotlib.pyplot", caller=caller, extra="plot")


def take_axes(
    ax: Axes | None, caller: str, figsize: tuple[float, float] | None = None
) -> tuple[Any, Axes]:
    """Return the figure and the axes to draw on, new ones if `ax` is None."""
    plt = require_matplotlib(caller)
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax.figure, ax


def take_panels(
    ax: Any,
    n_panels: int,
    n_cols: int,
    caller: str,
    figsize: tuple[float, float] | None = None,
) -> tuple[Any, Axes | None, np.ndarray]:
    """Return axes for several panels, as scikit-learn's partial dependence takes them.

    Parameters
    ----------
    ax : matplotlib axes, array-like of matplotlib axes or None
        Divides a single axes into panels. Uses several axes as they are. Makes a new
        figure with None.

    n_panels, n_cols : int
        The number of panels, and how many sit side by side.

    caller : str
        The display that asks, for error messages.

    figsize : tuple (width, height), default=None
        Size of a new figure in inches.

    Returns
    -------
    figure : matplotlib Figure
        The figure of the panels.

    bounding_ax : matplotlib axes or None
        The axes that were divided, or None if several axes were given.

    panels : ndarray of shape (n_panels,)
        The panels, row by row.
    """
    plt = require_matplotlib(caller)
    if ax is not None and not isinstance(ax, plt.Axes):
        given = np.asarray(ax, dtype=object).ravel()
        if given.size != n_panels:
            raise ValueError(
                f"{caller} needs {n_panels} axes, but ax has {given.size}."
            )
        return given[0].figure, None, given
    figure, bounding_ax = take_axes(ax, caller, figsize)
    spec: Any = bounding_ax.get_subplotspec()
    if spec is None:
        raise ValueError(
            f"{caller} can divide only axes in a grid, such as those of plt.subplots. "
            f"Pass one of these, or an array of {n_panels} axes."
        )
    bounding_ax.set_axis_off()
    grid = spec.subgridspec(-(-n_panels // n_cols), n_cols)
    panels = [figure.add_subplot(grid[divmod(k, n_cols)]) for k in range(n_panels)]
    return figure, bounding_ax, np.array(panels, dtype=object)


def merge_style(
    defaults: Mapping[str, Any], given: Style, artist: type
) -> dict[str, Any]:
    """Override the defaults with the user's keywords, short forms such as ``c`` too."""
    from matplotlib.cbook import normalize_kwargs

    return {**defaults, **normalize_kwargs(dict(given or {}), artist)}


def shorten(name: Hashable, length: int = MAX_NAME) -> str:
    """Write a name or a category on one line, with the middle cut out if it is long.

    The end stays, because long names of columns often differ only there. Control
    characters are escaped: a browser acts on some, and SVG allows none of them.
    """
    text = printable(" ".join(str(name).split()))
    if len(text) <= length:
        return text
    n_last = (length - 1) // 3
    return f"{text[: length - 1 - n_last]}…{text[len(text) - n_last :]}"


def set_title(ax: Axes, what: str, label: Any) -> None:
    """Write what the axes show above their legend, and the class if it is known."""
    of_class = "" if label is None else f" of class {shorten(label)}"
    ax.set_title(f"{what}{of_class}", loc="left", pad=LEGEND_HEIGHT, parse_math=False)


def legend_above(ax: Axes, **params: Any) -> Legend:
    """Write the legend on one line above the axes, where it covers nothing."""
    handles, _ = ax.get_legend_handles_labels()
    layout = {
        "loc": "lower left",
        "bbox_to_anchor": (0, 1),
        "ncols": max(len(handles), 1),
        "fontsize": "small",
        "frameon": False,
        "borderaxespad": 0.1,
        "borderpad": 0.2,
        "columnspacing": 1.2,
        "handlelength": 1.8,
        "handletextpad": 0.5,
    }
    return ax.legend(**{**layout, **params})


def whole_ticks(ax: Axes, n_ticks: int = 6) -> None:
    """Put ticks of the horizontal axis at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(n_ticks, integer=True, min_n_ticks=1))


def write_instead(ax: Axes, text: str) -> None:
    """Write in the middle of the axes why there is nothing to draw."""
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes, wrap=True)
