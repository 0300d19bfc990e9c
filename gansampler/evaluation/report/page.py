"""A quality report as HTML: a page with pictures, or a fragment for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gansampler.evaluation.plotting.marginals import MAX_CATEGORIES
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.plotting.training_history import explain_no_history
from gansampler.evaluation.report.grading import UNKNOWN, Finding
from gansampler.evaluation.report.pictures import draw_pictures
from gansampler.utils.optional_import import import_optional

if TYPE_CHECKING:
    from gansampler.evaluation.report.class_report import ClassReport
    from gansampler.evaluation.report.quality_report import QualityReport
    from gansampler.gan.history import History

MAX_COLUMNS = 15
"""Columns that a table lists; the others unfold."""


def write_page(report: QualityReport, show_real_rows: bool = True) -> str:
    """Write a report as a page of its own, with pictures."""
    return _render(
        "page.html",
        report,
        max_columns=MAX_COLUMNS,
        max_categories=MAX_CATEGORIES,
        show_real_rows=show_real_rows,
    )


def write_fragment(report: QualityReport) -> str:
    """Write the verdicts of a report as a part of another page.

    It inherits the colours of that page, which may be light or dark.
    """
    return _render("fragment.html", report)


def _render(template: str, report: QualityReport, **context: Any) -> str:
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
    page = environment.get_template(template)
    return page.render(report=report, unknown=UNKNOWN, **context)


def _write_number(finding: Finding, of: str) -> str:
    number = getattr(finding, of)
    return _percent(number) if finding.measure.is_share else _decimals(number)


def _decimals(number: float) -> str:
    return "–" if np.isnan(number) else f"{number:.2f}"


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    # A small share must not look like zero, even if its decimals are noise.
    return f"{100 * share:.1f} %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _heading(report: ClassReport) -> str:
    return "Rows" if report.label is None else f"Class {shorten(report.label, 60)}"


def _describe_training(history: History) -> str:
    if not history.iteration:
        return explain_no_history(history)
    if not history.best_iteration:
        return "Training failed, so the rows come from a smoothed bootstrap."
    words = (
        f"Training ran for {_count(history.n_iter, 'iteration')}. The sampler kept the "
        f"generator of iteration {history.best_iteration:,}, the closest to the real "
        "rows."
    )
    if history.diverged:
        words += " Training diverged later; a smaller learning_rate may help."
    if history.collapsed:
        words += " At the end, the generated rows were nearly all the same."
    return words
