"""The pictures of a quality report, as SVG that is part of its page."""

from __future__ import annotations

import html
import io
import re
import warnings
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
"""What stands for the colours of the displays, which are made for white paper."""

STYLE = {
    "svg.fonttype": "none",  # text stays text, which can be searched and read aloud
    "svg.hashsalt": "gansampler",
    "font.size": 10,
    **{f"{part}.facecolor": "none" for part in ("figure", "axes", "savefig")},
    **{f"axes.{part}color": INK for part in ("edge", "label", "title")},
    **{f"{part}.color": INK for part in ("text", "xtick", "ytick")},
}

PIXEL = 0.75
"""Points of a pixel on a screen."""

PLACES = re.compile(r' d="[^"]*"|<use [^>]*>')
"""Where SVG says how curves run and where points lie."""

SMALL, LARGE = (3.4, 2.5), (3.8, 3.6)
"""Inches of a picture, whose letters are legible on a telephone."""


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Parameters
    ----------
    svg : str
        The picture, as matplotlib writes it.

    alt : str
        What stands for it where it can't be seen.

    caption : str, default=""
        What it shows, where it does not say so itself.
    """

    svg: str
    alt: str
    caption: str = ""

    def inline(self, name: str) -> str:
        """Return it as a part of a page: with names of its own and the page's colours.

        User text in it is escaped: in labels by matplotlib, in the alternative here.
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
    """Draw all pictures of a class, in groups of one size.

    Parameters
    ----------
    report : ClassReport
        What was found.

    show_real_rows : bool, default=True
        Whether pictures may show values of real rows; without them associations and
        the training are left.

    Returns
    -------
    groups : list of list of Picture
        The columns, the associations, and the rest.
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
    # Without the distance, which is not that of the table: all rows are drawn.
    name = shorten(marginal.name)
    ax.set_title(name, loc="left", parse_math=False)
    return Picture(
        _write(figure), f"The shares of real and of synthetic rows at each {name}"
    )


def _draw_associations(display: CorrelationDisplay) -> list[Picture]:
    captions = {
        "Associations of real rows": "Which columns go together in real rows. Purple: "
        "together; orange: one is large where the other is small; pale: neither.",
        "Associations of synthetic rows": "The same in synthetic rows.",
        "Associations of synthetic rows less those of real rows": "The difference: the "
        "paler, the better.",
    }
    figures, axes = zip(*(_new_figure(LARGE) for _ in captions), strict=True)
    display.plot(ax=axes, colorbar=False)
    places = axes[0].get_yticks()
    names = [tick.get_text() for tick in axes[0].get_yticklabels()]
    for ax in axes[1:]:
        ax.set_yticks(places, names, parse_math=False)
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
            "lie among the real ones of the class, and all over them.",
        ),
        (
            report.closeness,
            "Distances to the closest training row",
            "How close rows come to the closest training row. Where the curve of "
            "synthetic rows starts far left of that of real rows, they are copies.",
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
            "The training: losses, which need not fall, and the distance to the real "
            "rows, which should.",
        )
    ]


def _draw(display: Any, alt: str, caption: str) -> Picture:
    figure, ax = _new_figure(LARGE)
    display.plot(ax=ax)
    return Picture(_write(figure), alt, caption)


def _new_figure(size: tuple[float, float]) -> tuple[Figure, Any]:
    """Make a figure that no window and no notebook knows of."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots()


def _write(figure: Figure) -> str:
    """Write a figure as SVG, without what tells when and by what it was made."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with warnings.catch_warnings():
        # The letters of all scripts are in the fonts of the browser.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure.savefig(buffer, format="svg", metadata=nothing)
    return _round_to_pixels(buffer.getvalue())


def _round_to_pixels(svg: str) -> str:
    """Move what is drawn to whole pixels, so that no value can be read off finer."""
    # But for the shapes of markers and letters, which tell nothing.
    definitions, drawn = re.compile(r"(<defs>.*?</defs>)", re.DOTALL), []
    for piece in definitions.split(svg):
        is_shape = piece.startswith("<defs>")
        drawn.append(piece if is_shape else PLACES.sub(_round_places, piece))
    return "".join(drawn)


def _round_places(match: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d+", _round_number, match[0])


def _round_number(match: re.Match[str]) -> str:
    return f"{PIXEL * round(float(match[0]) / PIXEL):g}"
