"""The pictures of a quality report, as SVG that is part of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from gansampler._pyplot import (
    HOLDOUT,
    INK,
    OTHERS,
    REAL,
    SYNTHETIC,
)

if TYPE_CHECKING:
    pass

COLOURS = {
    REAL: "var(--real)",
    SYNTHETIC: "var(--synthetic)",
    HOLDOUT: "var(--unseen)",
    OTHERS: "var(--others)",
    INK: "currentColor",
}
"""What stands for the colours of the displays, which are made for white paper."""

STYLE = {
    "svg.fonttype": "none",  # text stays text, which can be searched and read aloud
    "svg.hashsalt": "gansampler",
    "font.size": 10,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    **dict.fromkeys(
        (
            "text.color",
            "axes.edgecolor",
            "axes.labelcolor",
            "axes.titlecolor",
            "xtick.color",
            "ytick.color",
        ),
        INK,
    ),
}

SMALL, LARGE = (3.4, 2.5), (4.8, 3.6)
"""Inches of a picture, whose letters are legible on a telephone."""

LEGEND = (
    (
        "real",
        '<rect width="16" height="8" fill="var(--real)" fill-opacity="0.4"/>',
    ),
    (
        "synthetic",
        '<rect x="1" y="1" width="14" height="6" fill="none" stroke-width="2" '
        'stroke="var(--synthetic)"/>',
    ),
    (
        "other classes",
        '<circle cx="8" cy="4" r="2" fill="var(--others)"/>',
    ),
)
"""Name and mark of each kind of rows."""


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Parameters
    ----------
    svg : Markup
        The picture, with a text that stands for it.

    caption : str
        What it shows.
    """

    svg: Markup
    caption: str


def draw_pictures(report: ClassReport, number: int) -> list[list[Picture]]:
    """Draw all pictures of a class, in groups of one size.

    Parameters
    ----------
    report : ClassReport
        What was found.

    number : int
        Which class of the page it is.

    Returns
    -------
    groups : list of list of Picture
        The columns, the associations, and the rest.
    """
    plt = import_pyplot("QualityReport.to_html")
    with plt.rc_context(STYLE):
        groups = [
            [_draw_column(marginal) for marginal in report.marginals],
            _draw_associations(report.correlation),
            _draw_rows(report),
        ]
    return [
        [
            Picture(_inline(svg, f"p{number}-{i}-{j}", caption), caption)
            for j, (svg, caption) in enumerate(group)
        ]
        for i, group in enumerate(groups)
    ]


def _draw_column(marginal: Marginal) -> tuple[str, str]:
    figure, ax = _new_figure(SMALL)
    draw_marginal(ax, marginal, marginal_styles())
    name = shorten(marginal.name)
    return _write(figure), f"{name}: real and synthetic values, as shares of the rows."


def _draw_associations(display: CorrelationDisplay) -> list[tuple[str, str]]:
    captions = (
        "Which columns go together in real rows: purple, together; orange, the one is "
        "large where the other is small; pale, neither.",
        "The same in synthetic rows.",
        "The difference: the paler, the better.",
    )
    figures, axes = zip(*(_new_figure(LARGE) for _ in captions), strict=True)
    display.plot(ax=axes, colorbar=False)
    for ax in axes[1:]:
        ticks = axes[0].get_yticks(), axes[0].get_yticklabels()
        ax.set_yticks(
            ticks[0], [tick.get_text() for tick in ticks[1]], parse_math=False
        )
    return [
        (_write(figure), caption)
        for figure, caption in zip(figures, captions, strict=True)
    ]


def _draw_rows(report: ClassReport) -> list[tuple[str, str]]:
    """Draw what is seen of whole rows, and of the training."""
    pictures = []
    figure, ax = _new_figure(LARGE)
    report.embedding.plot(ax=ax)
    pictures.append(
        (
            _write(figure),
            "All columns at once, in two principal components. Synthetic rows should "
            "lie among the real ones of the class, and all over them.",
        )
    )
    figure, ax = _new_figure(LARGE)
    report.closeness.plot(ax=ax)
    pictures.append(
        (
            _write(figure),
            "How close rows come to the closest training row. A curve of synthetic "
            "rows that starts far left of that of real rows means copies.",
        )
    )
    if report.history is not None and report.history.iteration:
        figure, ax = _new_figure(LARGE)
        TrainingHistoryDisplay(report.history).plot(ax=ax)
        pictures.append(
            (
                _write(figure),
                "The training: losses, which need not fall, and the distance to the "
                "real rows, which should.",
            )
        )
    return pictures


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
    return buffer.getvalue()


def _inline(svg: str, name: str, caption: str) -> Markup:
    """Make a picture a part of a page: names of its own, colours of the page."""
    svg = svg[svg.index("<svg") :]
    for colour, variable in COLOURS.items():
        svg = svg.replace(colour, variable)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
    label = html.escape(caption, quote=True)
    # Escaped where it is made: labels by matplotlib, the caption here.
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))
