"""All that a report says of one class, and the displays that it draws."""

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
from gansampler.evaluation.report.grading import MIN_ROWS, Finding
from gansampler.utils.formatting import printable
from gansampler.utils.subsampling import random_rows

if TYPE_CHECKING:
    from gansampler.gan.history import History

MAX_REAL_ROWS = 10_000
"""Real rows of a class that are looked at, drawn at random where there are more."""

MAX_PICTURED = 12
"""Columns that are drawn, the furthest off."""

MAX_POINTS = 300
"""Rows of a kind in the picture of all columns, which is part of the page."""

MAX_NAMES = 5
"""Columns that are named in a sentence."""

GRADES = ("poor", "fair", "good", "unknown")
"""From the worst on."""


@dataclass(frozen=True, eq=False)
class ClassReport:
    """What was found of the synthetic rows of one class.

    Parameters
    ----------
    label : object
        The class.

    n_real, n_synthetic : int
        Training rows, and synthetic rows that were drawn to be looked at.

    n_unseen : int
        Real rows that the generator has not seen and that the others were compared
        with; 0 where the training rows were halved instead.

    findings : list of Finding
        One for each measure.

    columns : DataFrame of shape (n_features, 5)
        For each column, the furthest off first: its distance, that of real rows in the
        same place, in how many real and synthetic rows it is missing, and a grade.

    marginals : list of Marginal
        The columns furthest off.

    correlation : CorrelationDisplay
        Associations.

    embedding : EmbeddingDisplay
        Two components.

    closeness : ClosestRecordDisplay
        Distances to the training rows.

    history : History or None
        The record of the training, None where it is not known.

    choosing : Choosing or None, default=None
        What choosing among the generated rows changed, None where there is none.
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
        """The worst grade of all findings."""
        return min((f.grade for f in self.findings), key=GRADES.index)

    def explain(self, finding: Finding) -> str:
        """Return the verdict of a finding, with the columns that are far off.

        Parameters
        ----------
        finding : Finding
            One of `findings`.

        Returns
        -------
        verdict : str
            One or two sentences.
        """
        far_off = self.columns.index[self.columns["grade"] == "poor"]
        if finding.measure.name != "columns" or len(far_off) == 0:
            return finding.verdict
        names = ", ".join(shorten(name) for name in far_off[:MAX_NAMES])
        rest = len(far_off) - MAX_NAMES
        return f"{finding.verdict} These are {names}{f' and {rest} more' * (rest > 0)}."

    @property
    def warnings(self) -> list[str]:
        """Sentences that warn of collapse, copying and drift, one for each finding."""
        where = "" if self.label is None else f" in class {printable(self.label)}"
        return [
            f"{finding.alarm.capitalize()}{where}: {self.explain(finding)}"
            for finding in self.findings
            if finding.alarm
        ]


def report_class(
    rows: ClassRows, holdout: pd.DataFrame | None, random_state: np.random.RandomState
) -> ClassReport:
    """Assess the synthetic rows of one class, and prepare its pictures."""
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
    """Compare the associations of some columns, in the order of the table."""
    shown = np.sort(rows.real.columns.get_indexer(names))
    return compare_associations(
        rows.real.iloc[:, shown],
        rows.synthetic.iloc[:, shown],
        np.isin(shown, rows.categorical_features).tolist(),
        max_columns=MAX_PICTURED,
    )
