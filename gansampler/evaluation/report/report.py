"""The quality report: what was generated, class by class, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import pandas as pd
from sklearn.utils import check_random_state

from gansampler.evaluation.aligned_tables import Features
from gansampler.evaluation.class_rows import (
    MAX_SAMPLES,
    ClassRows,
    collect_rows,
    labels_of,
    measure_closeness,
    select_holdout,
    thin_out,
)
from gansampler.evaluation.plotting.marginals import Marginal, read_marginals
from gansampler.evaluation.plotting.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    compare_associations,
    embed_rows,
    show_closeness,
)
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.report.judgement import judge
from gansampler.evaluation.report.measures import MIN_ROWS, Finding
from gansampler.gan.history import History
from gansampler.tabular.containers import polars_to_pandas, to_frame
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.validation import check_table
from gansampler.utils.atomic_write import replacing
from gansampler.utils.formatting import as_written

__all__ = ["ClassReport", "QualityReport"]

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

    @property
    def grade(self) -> str:
        """The worst grade of all findings."""
        return min((f.grade for f in self.findings), key=GRADES.index)

    def explain(self, finding: Finding) -> str:
        """Return the verdict of a finding, and the columns where it is about some."""
        far_off = self.columns.index[self.columns["grade"] == "poor"]
        if finding.measure.name != "columns" or len(far_off) == 0:
            return finding.verdict
        names = ", ".join(shorten(name) for name in far_off[:MAX_NAMES])
        rest = len(far_off) - MAX_NAMES
        return f"{finding.verdict} These are {names}{f' and {rest} more' * (rest > 0)}."


@dataclass(frozen=True, eq=False, repr=False)
class QualityReport:
    """How good the synthetic rows of each class are, in numbers, words and pictures.

    Are they like real rows, column by column and together? Are they varied, or has the
    generator collapsed? Are they new, or copies of training rows? Each number stands
    beside that of real rows in the same place, so that verdicts do not depend on the
    size of the table or the number of its columns.

    It is recommended to use :meth:`from_sampler` or :meth:`from_rows`. In a notebook a
    report shows its verdicts; :meth:`to_html` writes a page with pictures.

    Read more in the :ref:`User Guide <look>`.

    Parameters
    ----------
    classes : list of ClassReport
        One for each class for which rows were generated.

    See Also
    --------
    gansampler.evaluation.metrics.metrics : The measures as functions.
    gansampler.evaluation.plotting.plotting : The pictures one by one.

    Notes
    -----
    **What is compared.** Several times, two tables of real rows and one of synthetic
    rows are drawn, all of the same size of at most 500 rows. One real table is the
    reference, against which the other two are measured. With held-out rows the
    reference is drawn from these; without, the training rows are halved, so that both
    the sampler and the verdicts have seen the same rows: such a report can't tell
    whether a generator has learned what all rows have in common or these rows by
    heart, except by the closeness to training rows.

    **What it costs.** At most 10,000 real and 2,000 synthetic rows of a class are
    looked at, drawn at random, whatever the size of the table; the time grows with
    the number of columns and of classes, by a few seconds for each class.

    None of this is a measure of privacy.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.model_selection import train_test_split
    >>> from gansampler import GANOverSampler
    >>> from gansampler.evaluation.report.report import QualityReport
    >>> X, y = make_classification(n_samples=600, weights=[0.8], random_state=0)
    >>> X_train, X_holdout, y_train, y_holdout = train_test_split(
    ...     X, y, stratify=y, random_state=0
    ... )
    >>> sampler = GANOverSampler(max_iter=20, random_state=0)
    >>> _ = sampler.fit_resample(X_train, y_train)
    >>> report = QualityReport.from_sampler(
    ...     sampler, X_train, y_train, X_holdout, y_holdout, random_state=0
    ... )
    >>> report.to_frame().set_index("measure").loc["recall", "grade"]
    'poor'
    >>> "Collapse in class 1" in [line.split(":")[0] for line in report.warnings]
    True
    """

    classes: list[ClassReport]

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        X_holdout: Any = None,
        y_holdout: Any = None,
        *,
        random_state: Any = None,
    ) -> QualityReport:
        """Draw rows of each class and judge them.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        X_holdout, y_holdout : array-like, default=None
            Rows, and their labels, that the sampler has not seen, best from the same
            split as the training rows. Of a class with fewer than 20 of them they are
            not used.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn and compared.

        Returns
        -------
        report : QualityReport
            The report.

        Raises
        ------
        ValueError
            If the sampler generated nothing, if one of the tables does not suit it or
            lacks rows of a class, or if only one of `X_holdout` and `y_holdout` is
            given.
        """
        random_state = check_random_state(random_state)
        classes = []
        for label in labels_of(sampler):
            rows = collect_rows(sampler, X, y, label=label, random_state=random_state)
            holdout = select_holdout(sampler, X_holdout, y_holdout, label)
            classes.append(_report_class(rows, holdout, random_state))
        return cls(classes)

    @classmethod
    def from_rows(
        cls,
        X_real: Any,
        X_synthetic: Any,
        X_holdout: Any = None,
        *,
        categorical_features: Features = "auto",
        label: Any = None,
        random_state: Any = None,
    ) -> QualityReport:
        """Judge synthetic rows of any origin.

        Parameters
        ----------
        X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
            The rows that the generator was trained on.

        X_synthetic : {array-like, dataframe, sparse matrix} of shape \
                (n_synthetic, n_features)
            The synthetic rows.

        X_holdout : {array-like, dataframe, sparse matrix} of shape \
                (n_holdout, n_features), default=None
            Real rows that the generator has not seen. Fewer than 20 are not used.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        label : object, default=None
            The class that the rows are of, for the headings.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are compared.

        Returns
        -------
        report : QualityReport
            The report, of one class.
        """
        real, synthetic = _read_table(X_real), _read_table(X_synthetic)
        holdout = None if X_holdout is None else _read_table(X_holdout)
        schema = infer_schema(real, categorical_features)
        rows = ClassRows(
            label=label,
            real=real,
            synthetic=synthetic,
            others=real.iloc[:0],
            categorical_features=schema.categorical_features.tolist(),
            history=None,
        )
        return cls([_report_class(rows, holdout, check_random_state(random_state))])

    @property
    def warnings(self) -> list[str]:
        """Sentences that warn of collapse, copying and drift, one for each finding."""
        return [
            f"{alarm.capitalize()}{_in_class(one.label)}: {one.explain(finding)}"
            for one in self.classes
            for finding in one.findings
            if (alarm := finding.alarm)
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table.

        Returns
        -------
        frame : DataFrame of shape (n_classes * n_measures, 6)
            The class, the measure, the number of the synthetic rows and that of real
            rows in their place, the grade, "good", "fair", "poor" or "unknown", and
            the verdict.
        """
        return pd.DataFrame(
            [
                {
                    "label": as_written(report.label),
                    "measure": finding.measure.name,
                    "synthetic": finding.synthetic,
                    "real": finding.real,
                    "grade": finding.grade,
                    "verdict": report.explain(finding),
                }
                for report in self.classes
                for finding in report.findings
            ]
        )

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write the report as a page: one file, without scripts and without network.

        It needs matplotlib (``pip install "gansampler[plot]"``).

        Parameters
        ----------
        path : str or path-like
            The file; one that is there is replaced as a whole or, if anything fails,
            left as it was.
        """
        from gansampler.evaluation.report.page import write_page

        page = write_page(self)
        with replacing(path) as temporary:
            temporary.write_text(page, encoding="utf-8")

    def _repr_html_(self) -> str:
        from gansampler.evaluation.report.page import write_fragment

        return write_fragment(self)

    def __repr__(self) -> str:
        lines = [
            f"class {report.label}: {finding.measure.title}: {finding.grade}"
            for report in self.classes
            for finding in report.findings
        ]
        return "\n".join(["QualityReport", *lines])


def _read_table(X: Any) -> pd.DataFrame:
    return to_frame(check_table(polars_to_pandas(X)))


def _report_class(
    rows: ClassRows, holdout: pd.DataFrame | None, random_state: Any
) -> ClassReport:
    n_real, features = len(rows.real), rows.categorical_features
    rows = replace(
        rows,
        real=thin_out(rows.real, MAX_REAL_ROWS, random_state),
        synthetic=thin_out(rows.synthetic, MAX_SAMPLES, random_state),
    )
    if holdout is not None:
        enough = len(holdout) >= MIN_ROWS
        holdout = thin_out(holdout, MAX_REAL_ROWS, random_state) if enough else None
    closeness = measure_closeness(rows, holdout)
    judgement = judge(rows, holdout, closeness, random_state)
    marginals = {
        marginal.name: marginal
        for marginal in read_marginals(rows.real, rows.synthetic, features)
    }
    return ClassReport(
        label=rows.label,
        n_real=n_real,
        n_synthetic=len(rows.synthetic),
        n_unseen=0 if holdout is None else len(holdout),
        findings=judgement.findings,
        columns=judgement.columns,
        marginals=[marginals[name] for name in judgement.columns.index[:MAX_PICTURED]],
        correlation=_compare_furthest(rows, judgement.columns),
        embedding=embed_rows(rows, MAX_POINTS, random_state),
        closeness=show_closeness(closeness, rows.label),
        history=rows.history,
    )


def _compare_furthest(rows: ClassRows, columns: pd.DataFrame) -> CorrelationDisplay:
    """Compare the associations of the columns that are drawn, in the table's order."""
    places = rows.real.columns.get_indexer(columns.index[:MAX_PICTURED])
    shown = sorted(places.tolist())
    return compare_associations(
        rows.real.iloc[:, shown],
        rows.synthetic.iloc[:, shown],
        [k for k, place in enumerate(shown) if place in rows.categorical_features],
        max_columns=MAX_PICTURED,
    )


def _in_class(label: Any) -> str:
    return "" if label is None else f" in class {label}"
