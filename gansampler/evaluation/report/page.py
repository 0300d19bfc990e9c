"""A quality report as HTML: a page with pictures, or a piece of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.evaluation.plotting.marginals import MAX_CATEGORIES
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.plotting.training_history import explain_no_history
from gansampler.evaluation.report.class_report import ClassReport
from gansampler.evaluation.report.grading import UNKNOWN, Finding
from gansampler.evaluation.report.pictures import draw_pictures
from gansampler.utils.optional_import import import_optional
from gansampler.utils.version import __version__

if TYPE_CHECKING:
    from gansampler.gan.history import History

MAX_COLUMNS = 15
"""Columns of a table that are listed at once; the others unfold."""


def write_page(
    classes: list[ClassReport], warnings: list[str], show_real_rows: bool = True
) -> str:
    """Write reports on classes as a page of its own, with pictures."""
    return _render(
        "page.html",
        classes,
        warnings,
        version=__version__,
        max_columns=MAX_COLUMNS,
        max_categories=MAX_CATEGORIES,
        show_real_rows=show_real_rows,
    )


def write_fragment(classes: list[ClassReport], warnings: list[str]) -> str:
    """Write the verdicts on classes as a piece of another page.

    It takes the colours of the page, of which it can't know whether it is light.
    """
    return _render("fragment.html", classes, warnings)


def _render(
    template: str, classes: list[ClassReport], warnings: list[str], **context: Any
) -> str:
    jinja2 = import_optional("jinja2", caller="QualityReport.to_html", extra="report")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gansampler.evaluation.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _count,
        "decimals": _decimals,
        "heading": _heading,
        "number": _write_number,
        "percent": _percent,
        "pictures": draw_pictures,
        "short": shorten,
        "training": _describe_training,
    }
    # What to say where there were too few rows of every class.
    unknown = UNKNOWN if all(one.grade == "unknown" for one in classes) else None
    return environment.get_template(template).render(
        classes=classes, warnings=warnings, unknown=unknown, **context
    )


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


def _describe_training(history: History) -> str:
    if not history.iteration:
        return explain_no_history(history)
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
