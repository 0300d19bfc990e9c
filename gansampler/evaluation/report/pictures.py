"""The pictures of a quality report, as SVG inside its page."""

from __future__ import annotations

import html
import io
import re
import warnings
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gansampler.evaluation.plotting.correlation import CorrelationDisplay
from gansampler.evaluation.plotting.marginals import (
    Marginal,
    draw_marginal,
    marginal_styles,
)
from gansampler.evaluation.plotting.style import INK, OTHERS, REAL, SYNTHETIC, shorten
from gansampler.evaluation.plotting.training_history import TrainingHistoryDisplay
from gansampler.evaluation.report.class_report import ClassReport
from gansampler.utils.optional_import import import_optional

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {
    REAL: "var(--real)",
    SYNTHETIC: "var(--synthetic)",
    OTHERS: "var(--others)",
    INK: "currentColor",
}
"""Replacements for the displays' colours, which are made for white paper. The page
defines the variables for its light and its dark scheme."""

STYLE = {
    "svg.fonttype": "none",  # text can be searched and read aloud
    "svg.hashsalt": "gansampler",
    "font.size": 10,
    **{f"{part}.facecolor": "none" for part in ("figure", "axes", "savefig")},
    **{f"axes.{part}color": INK for part in ("edge", "label", "title")},
    **{f"{part}.color": INK for part in ("text", "xtick", "ytick")},
}

PIXEL = 0.75
"""Size of a screen pixel in points."""

PLACES = re.compile(r' d="[^"]*"|<use [^>]*>')
"""The parts of an SVG with the coordinates of curves and points."""

MAX_TICK_NAME = 14
"""Characters of a column's name beside a matrix."""

SMALL, LARGE = (3.4, 2.5), (3.8, 3.6)
"""Size of a picture in inches. At these sizes, text is legible on a phone."""


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Parameters
    ----------
    svg : str
        The picture, as matplotlib writes it.

    alt : str
        The text alternative.

    caption : str, default=""
        The caption, if the picture needs one.
    """

    svg: str
    alt: str
    caption: str = ""

    def inline(self, name: str) -> str:
        """Return the picture for a page, with unique ids and the page's colours.

        User text is escaped: in labels by matplotlib, in the text alternative here.
        """
        svg = self.svg[self.svg.index("<svg") :]
        for colour, variable in COLOURS.items():
            svg = svg.replace(colour, variable)
        svg = re.sub(r'\bid="', f'id="{name}-', svg)
        svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
        label = html.escape(self.alt, quote=True)
        return svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def draw_pictures(
    report: ClassReport, show_real_rows: bool = True
) -> list[list[Picture]]:
    """Draw all pictures of a class, in groups of equal size.

    Parameters
    ----------
    report : ClassReport
        The report on the class.

    show_real_rows : bool, default=True
        Whether pictures may show values of real rows. With False, only associations
        and the training are drawn.

    Returns
    -------
    groups : list of list of Picture
        The columns, the associations, and whole rows with the training.
    """
    plt = import_optional(
        "matplotlib.pyplot", caller="QualityReport.to_html", extra="report"
    )
    with plt.rc_context(STYLE):
        columns = [_draw_column(marginal) for marginal in report.marginals]
        associations = _draw_associations(report.correlation)
        training = _draw_training(report)
        if not show_real_rows:
            return [associations, training]
        return [columns, associations, _draw_rows(report) + training]


def _draw_column(marginal: Marginal) -> Picture:
    figure, ax = _new_figure(SMALL)
    draw_marginal(ax, marginal, marginal_styles())
    # Without the distance: it is not the one in the table, as all rows are drawn.
    name = shorten(marginal.name)
    ax.set_title(name, loc="left", parse_math=False)
    return Picture(_write(figure), f"Shares of real and of synthetic rows by {name}")


def _draw_associations(display: CorrelationDisplay) -> list[Picture]:
    captions = {
        "Associations of real rows": "Associations between columns in real rows. "
        "Purple: related. Orange: one is large when the other is small. Pale: "
        "unrelated.",
        "Associations of synthetic rows": "The same in synthetic rows.",
        "Associations of synthetic rows minus those of real rows": "The difference: "
        "synthetic minus real. Paler is better.",
    }
    figures, axes = zip(*(_new_figure(LARGE) for _ in captions), strict=True)
    display.plot(ax=axes, colorbar=False)  # the page has one for all classes
    names = [shorten(name, MAX_TICK_NAME) for name in display.real.columns]
    for ax in axes:
        place = {"fontsize": "small", "parse_math": False}
        ax.set_xticks(axes[0].get_xticks(), names, rotation=90, **place)
        ax.set_yticks(axes[0].get_yticks(), names, **place)
    return [
        Picture(_write(figure), alt, caption)
        for figure, (alt, caption) in zip(figures, captions.items(), strict=True)
    ]


def _draw_rows(report: ClassReport) -> list[Picture]:
    """Draw whole rows."""
    shown: list[tuple[Any, str, str]] = [
        (
            report.embedding,
            "Rows in two principal components",
            "All columns at once, in two principal components. Synthetic rows should "
            "cover the same region as the real rows of the class.",
        ),
        (
            report.closeness,
            "Distances to the closest training row",
            "Distances to the closest training row. If the synthetic curve starts far "
            "to the left of the real curve, many rows are copies.",
        ),
    ]
    return [_draw(*one) for one in shown]


def _draw_training(report: ClassReport) -> list[Picture]:
    if report.history is None or not report.history.iteration:
        return []
    return [
        _draw(
            TrainingHistoryDisplay(report.history),
            "Losses and distance to real rows during the training",
            "The training. The distance to real rows should fall; the losses need not.",
        )
    ]


def _draw(display: Any, alt: str, caption: str) -> Picture:
    figure, ax = _new_figure(LARGE)
    display = copy(display)
    display.label = None  # the section has it, and a title would be cut
    display.plot(ax=ax)
    return Picture(_write(figure), alt, caption)


def _new_figure(size: tuple[float, float]) -> tuple[Figure, Any]:
    """Make a figure that pyplot does not manage."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots()


def _write(figure: Figure) -> str:
    """Write a figure as SVG, without metadata such as the time."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with warnings.catch_warnings():
        # The browser has fonts for all scripts.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure.savefig(buffer, format="svg", metadata=nothing)
    return _round_to_pixels(buffer.getvalue())


def _round_to_pixels(svg: str) -> str:
    """Move coordinates to whole pixels, so that no value can be read more precisely."""
    # The shapes of markers and letters stay, because they reveal nothing.
    definitions, drawn = re.compile(r"(<defs>.*?</defs>)", re.DOTALL), []
    for piece in definitions.split(svg):
        is_shape = piece.startswith("<defs>")
        drawn.append(piece if is_shape else PLACES.sub(_round_places, piece))
    return "".join(drawn)


def _round_places(match: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d+", _round_number, match[0])


def _round_number(match: re.Match[str]) -> str:
    return f"{PIXEL * round(float(match[0]) / PIXEL):g}"
