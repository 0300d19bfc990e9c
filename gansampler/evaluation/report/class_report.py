"""Everything a report says about one class, and the displays it draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gansampler.evaluation.class_rows import MAX_SAMPLES, ClassRows
from gansampler.evaluation.metrics.closest_record import measure_closeness
from gansampler.evaluation.plotting.closest_record import (
    ClosestRecordDisplay,
    display_closeness,
)
from gansampler.evaluation.plotting.correlation import (
    CorrelationDisplay,
    compare_associations,
)
from gansampler.evaluation.plotting.embedding import EmbeddingDisplay, embed_rows
from gansampler.evaluation.plotting.marginals import Marginal, read_marginals
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.report.assessment import assess_rows
from gansampler.evaluation.report.choosing import Choosing
from gansampler.evaluation.report.grading import MIN_ROWS, UNKNOWN, Finding
from gansampler.utils.formatting import printable
from gansampler.utils.subsampling import random_rows

if TYPE_CHECKING:
    from gansampler.gan.history import History

MAX_REAL_ROWS = 10_000
"""Real rows of a class that are examined. If there are more, they are sampled."""

MAX_PICTURED = 12
"""Columns that are drawn, the worst first."""

MAX_POINTS = 300
"""Points of each kind in the picture of all columns, which is part of the page."""

MAX_NAMES = 5
"""Columns that a sentence names."""

GRADES = ("poor", "fair", "good", "unknown")
"""All grades, the worst first."""


@dataclass(frozen=True, eq=False, repr=False)
class ClassReport:
    """Everything a report says about the synthetic rows of one class.

    Parameters
    ----------
    label : object
        The class.

    n_real, n_synthetic : int
        The number of training rows, and of synthetic rows that were examined.

    n_unseen : int
        The number of held-out rows in the comparison; 0 if the training rows were
        halved instead.

    findings : list of Finding
        One finding per measure.

    columns : DataFrame of shape (n_features, 5)
        One row per column, the worst first: the distance of synthetic rows, the
        distance of real rows in their place, the share of missing values in real and
        in synthetic rows, and the grade.

    marginals : list of Marginal
        The worst columns.

    correlation : CorrelationDisplay
        The associations between columns.

    embedding : EmbeddingDisplay
        The rows in two principal components.

    closeness : ClosestRecordDisplay
        The distances to the closest training row.

    history : History or None
        The record of the training, or None if it is unknown.

    choosing : Choosing or None, default=None
        The effect of rejection sampling, or None if the sampler keeps all rows.
    """

    label: Any
    n_real: int
    n_synthetic: int
    n_unseen: int
    findings: list[Finding]
    columns: pd.DataFrame
    marginals: list[Marginal]
    correlation: CorrelationDisplay
    embedding: EmbeddingDisplay
    closeness: ClosestRecordDisplay
    history: History | None
    choosing: Choosing | None = None

    @property
    def grade(self) -> str:
        """The grade of the class: its worst finding decides.

        A finding that raises no alarm lowers the grade to "fair" at most: a classifier
        often tells synthetic rows from real ones by differences that no model uses.
        """
        grades = [finding.grade for finding in self.findings]
        worst = min(grades, key=GRADES.index)
        alarming = any(finding.alarm for finding in self.findings)
        return "fair" if worst == "poor" and not alarming else worst

    @property
    def summary(self) -> str:
        """A sentence on which measures are good, fair and poor."""
        if self.grade == "unknown":
            return UNKNOWN
        titles: dict[str, list[str]] = {grade: [] for grade in GRADES}
        for finding in self.findings:
            titles[finding.grade].append(finding.measure.title)
        n_good, n = len(titles["good"]), len(self.findings)
        if n_good == n:
            return f"Good on all {n} measures."
        rest = [
            f"{grade.capitalize()}: {', '.join(titles[grade]).lower()}."
            for grade in ("poor", "fair")
            if titles[grade]
        ]
        return " ".join([f"Good on {n_good} of {n} measures.", *rest])

    def __repr__(self) -> str:
        name = "" if self.label is None else f" of class {printable(self.label)}"
        return f"<ClassReport{name}: {self.grade}. {self.summary}>"

    def explain(self, finding: Finding) -> str:
        """Return the verdict of a finding, with the names of poor columns.

        Parameters
        ----------
        finding : Finding
            One of `findings`.

        Returns
        -------
        verdict : str
            A few sentences.
        """
        far_off = self.columns.index[self.columns["grade"] == "poor"]
        if finding.measure.name != "columns" or len(far_off) == 0:
            return finding.verdict
        names = ", ".join(shorten(name) for name in far_off[:MAX_NAMES])
        rest = len(far_off) - MAX_NAMES
        return f"{finding.verdict} Look at {names}{f' and {rest} more' * (rest > 0)}."

    @property
    def warnings(self) -> list[str]:
        """One sentence for each sign of collapse, copying or drift."""
        where = "" if self.label is None else f" in class {printable(self.label)}"
        return [
            f"{finding.alarm.capitalize()}{where}: {self.explain(finding)}"
            for finding in self.findings
            if finding.alarm
        ]


def report_class(
    rows: ClassRows, holdout: pd.DataFrame | None, random_state: np.random.RandomState
) -> ClassReport:
    """Assess the synthetic rows of one class and prepare its pictures."""
    n_real, features = len(rows.real), rows.categorical_features
    rows = replace(
        rows,
        real=random_rows(rows.real, MAX_REAL_ROWS, random_state),
        synthetic=random_rows(rows.synthetic, MAX_SAMPLES, random_state),
    )
    if holdout is not None:
        enough = len(holdout) >= MIN_ROWS
        holdout = random_rows(holdout, MAX_REAL_ROWS, random_state) if enough else None
    closeness = measure_closeness(rows.real, rows.synthetic, holdout, features)
    findings, columns = assess_rows(rows, holdout, closeness, random_state)
    pictured = columns.index[:MAX_PICTURED]
    marginals = {
        marginal.name: marginal
        for marginal in read_marginals(rows.real, rows.synthetic, features)
    }
    return ClassReport(
        label=rows.label,
        n_real=n_real,
        n_synthetic=len(rows.synthetic),
        n_unseen=0 if holdout is None else len(holdout),
        findings=findings,
        columns=columns,
        marginals=[marginals[name] for name in pictured],
        correlation=_compare_associations(rows, pictured),
        embedding=embed_rows(rows, MAX_POINTS, random_state),
        closeness=display_closeness(closeness, rows.label),
        history=rows.history,
    )


def _compare_associations(rows: ClassRows, names: pd.Index) -> CorrelationDisplay:
    """Compare the associations between some columns, in the table's order."""
    shown = np.sort(rows.real.columns.get_indexer(names))
    return compare_associations(
        rows.real.iloc[:, shown],
        rows.synthetic.iloc[:, shown],
        np.isin(shown, rows.categorical_features).tolist(),
        max_columns=MAX_PICTURED,
    )
