"""What all displays share: colours, axes and names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.utils.formatting import printable
from gansampler.utils.optional_import import import_optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REAL, SYNTHETIC, OTHERS = "#0072b2", "#d55e00", "#767676"
"""Colours after Okabe and Ito, dark enough for a white page: told apart by the colour
blind. In grey they are not, so that lines, markers and hatches differ as well."""

Style = Mapping[str, Any] | None
"""Keywords of an artist, as the user gives them."""

INK = "#222222"
"""Text and lines that stand for no rows."""

MAX_NAME = 24
"""Characters of a name or category that are shown."""


def take_axes(
    ax: Axes | None, caller: str, figsize: tuple[float, float] | None = None
) -> tuple[Any, Axes]:
    """Return the axes to draw on, new ones where there are none, and their figure."""
    plt = import_optional("matplotlib.pyplot", caller=caller, extra="plot")
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
        One axes is divided into panels; several are drawn into as they are; None
        makes a new figure.

    n_panels, n_cols : int
        The panels, and how many of them lie side by side.

    caller : str
        Who asks, for the messages of errors.

    figsize : tuple (width, height), default=None
        Inches of a new figure.

    Returns
    -------
    figure : matplotlib Figure
        Their figure.

    bounding_ax : matplotlib axes or None
        The axes that were divided, None where several were given.

    panels : ndarray of shape (n_panels,)
        The axes, row by row.
    """
    plt = import_optional("matplotlib.pyplot", caller=caller, extra="plot")
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
            f"{caller} can divide only axes that lie in a grid, as plt.subplots makes "
            f"them; pass such an ax, or an array of {n_panels} axes."
        )
    bounding_ax.set_axis_off()
    grid = spec.subgridspec(-(-n_panels // n_cols), n_cols)
    panels = [figure.add_subplot(grid[divmod(k, n_cols)]) for k in range(n_panels)]
    return figure, bounding_ax, np.array(panels, dtype=object)


def merge_style(
    defaults: Mapping[str, Any], given: Style, artist: type
) -> dict[str, Any]:
    """Put the user's keywords, short forms such as ``c`` too, over the defaults."""
    from matplotlib.cbook import normalize_kwargs

    return {**defaults, **normalize_kwargs(dict(given or {}), artist)}


def shorten(name: Hashable, length: int = MAX_NAME) -> str:
    """Write a name or a category on one line, cut where it is long.

    Control characters are written out: a browser would act on some, and an SVG may hold
    none of them.
    """
    text = printable(" ".join(str(name).split()))
    return text if len(text) <= length else f"{text[: length - 1]}…"


def set_title(ax: Axes, what: str, label: Any) -> None:
    """Write above axes what they show, and the class where it is known."""
    of_class = "" if label is None else f" of class {shorten(label)}"
    ax.set_title(f"{what}{of_class}", loc="left", parse_math=False)


def write_instead(ax: Axes, text: str) -> None:
    """Write into the middle of axes why there is nothing to draw."""
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes)
