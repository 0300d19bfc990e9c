"""A quality report as HTML: a page with pictures, or a piece of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jinja2 import Environment, PackageLoader

from gansampler.evaluation.plotting.plotting import why_empty
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.report.measures import UNKNOWN, Finding
from gansampler.evaluation.report.pictures import LEGEND, draw_pictures
from gansampler.gan.history import History

if TYPE_CHECKING:
    from gansampler.evaluation.report.report import ClassReport, QualityReport

MAX_COLUMNS = 15
"""Columns of a table that are listed at once; the others unfold."""

HOW = (
    "How the numbers are made: several times, two tables of real rows and one of "
    "synthetic rows are drawn, all of the same size. One real table is the reference, "
    "against which the other two are measured. Synthetic rows are good where they do "
    "no worse than the worst of the real tables, or hardly worse than their mean."
)


def write_page(report: QualityReport) -> str:
    """Write a report as a page of its own, with pictures."""
    from gansampler import __version__  # which is not known before all is imported

    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            version=__version__,
            how=HOW,
            legend=LEGEND,
            max_columns=MAX_COLUMNS,
            too_few=UNKNOWN,
        )
    )


def write_fragment(report: QualityReport) -> str:
    """Write the verdicts of a report as a piece of another page.

    It takes the colours of the page, of which it can't know whether it is light.
    """
    template = _environment().get_template("fragment.html")
    return template.render(report=report, too_few=UNKNOWN)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gansampler.evaluation.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _count,
        "decimals": _decimals,
        "heading": _heading,
        "judged": _is_judged,
        "number": _write_number,
        "percent": _percent,
        "pictures": draw_pictures,
        "short": shorten,
        "training": _tell_training,
    }
    return environment


def _write_number(finding: Finding, of: str) -> str:
    number = getattr(finding, of)
    return _percent(number) if finding.measure.is_share else _decimals(number)


def _decimals(number: float) -> str:
    return "–" if np.isnan(number) else f"{number:.2f}"


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    # Of few rows a tenth of a per cent is no more than noise, but it is not nothing.
    return f"{100 * share:.1f} %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _heading(report: ClassReport) -> str:
    return "Rows" if report.label is None else f"Class {shorten(report.label, 60)}"


def _is_judged(report: QualityReport) -> bool:
    return any(
        finding.grade != "unknown" for c in report.classes for finding in c.findings
    )


def _tell_training(history: History) -> str:
    if not history.iteration:
        return why_empty(history)
    if not history.best_iteration:
        return "Training broke down: the rows come from a smoothed bootstrap."
    kept = (
        f"Training did {_count(history.n_iter, 'iteration')}; the generator of "
        f"iteration {history.best_iteration:,}, the nearest to the real rows, was kept."
    )
    if history.diverged:
        kept += " It broke down there; a smaller learning_rate may help."
    if history.collapsed:
        kept += " In the end the generated rows were nearly all the same."
    return kept
