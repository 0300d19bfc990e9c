"""The quality report: synthetic rows of each class, in words and pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import pandas as pd
from sklearn.utils import check_random_state

from gansampler.evaluation.aligned_tables import Features, as_frames
from gansampler.evaluation.class_rows import (
    ClassRows,
    collect_rows,
    generated_labels,
    select_holdout,
)
from gansampler.evaluation.report.about import About, describe_origin
from gansampler.evaluation.report.assessment import MAX_ROWS
from gansampler.evaluation.report.choosing import N_NAMED, measure_choosing
from gansampler.evaluation.report.class_report import GRADES, ClassReport, report_class
from gansampler.evaluation.report.page import write_fragment, write_page
from gansampler.tabular.inference import infer_schema
from gansampler.utils.atomic_write import check_target, replacing
from gansampler.utils.formatting import as_written, printable

SAID = {"unknown": "not judged"}
"""Grades that are written in other words."""


@dataclass(frozen=True, eq=False, repr=False)
class QualityReport:
    """The quality of the synthetic rows of each class, in numbers, words and pictures.

    The report answers three questions. Are synthetic rows like real rows, in single
    columns and in combination? Are they varied, or has the generator collapsed? Are
    they new, or copies of training rows? Every number is compared with the number for
    real rows in the same place. Verdicts therefore do not depend on the size of the
    table or on its number of columns.

    Use :meth:`from_sampler` or :meth:`from_rows` to create a report. In a notebook, it
    displays its verdicts. :meth:`to_html` writes a page with pictures.

    Read more in the :ref:`User Guide <look>`.

    Parameters
    ----------
    classes : list of ClassReport
        One report per class with synthetic rows.

    about : About
        The date, the versions of the libraries, and the sampler's parameters. By
        default, today's date and the installed versions.

    See Also
    --------
    gansampler.evaluation.metrics : The measures, as functions.
    gansampler.evaluation.plotting : The pictures, as displays.

    Notes
    -----
    **Comparison.** The report repeatedly draws two tables of real rows and one table of
    synthetic rows. All have the same size, at most 500 rows. One real table is the
    reference, and the other two are measured against it. The reference is drawn from
    the held-out rows if you pass any. Otherwise the training rows are halved. Such a
    report can't tell whether a generator has overfitted the training rows, except by
    its copies and near copies.

    **Grade.** The worst measure decides the grade of a class, and the worst class the
    grade of the report. Detectability alone lowers a grade to "fair" at most. Classes
    with fewer than 20 rows are not judged.

    **Cost.** The report examines at most 10,000 real and 2,000 synthetic rows per
    class, sampled at random. It takes a few seconds per class, and more with many
    columns.

    No part of the report is a measure of privacy.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.model_selection import train_test_split
    >>> from gansampler import GANOverSampler, TabularGAN
    >>> from gansampler.evaluation.report import QualityReport
    >>> X, y = make_classification(
    ...     n_samples=600, n_features=5, weights=[0.8], random_state=0
    ... )
    >>> X_train, X_holdout, y_train, y_holdout = train_test_split(
    ...     X, y, stratify=y, random_state=0
    ... )
    >>> sampler = GANOverSampler(TabularGAN(max_iter=20), random_state=0)
    >>> _ = sampler.fit_resample(X_train, y_train)
    >>> report = QualityReport.from_sampler(
    ...     sampler, X_train, y_train, X_holdout, y_holdout, random_state=0
    ... )
    >>> frame = report.to_frame().set_index("measure")
    >>> frame.loc["copies", "grade"]
    'good'
    >>> report.classes[0].choosing.n_candidates > 1
    True
    """

    classes: list[ClassReport]
    about: About = field(default_factory=describe_origin)

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
        """Draw synthetic rows of each class and judge them.

        The report judges what the generator learned: all rows it generates, before
        rejection sampling. `choosing` of each class describes the effect of rejection.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that the sampler was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        X_holdout, y_holdout : array-like, default=None
            Held-out rows, which the sampler has not seen, and their labels. Take them
            from the same split as the training rows. A class with fewer than 20
            held-out rows is judged without them.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are drawn and compared.

        Returns
        -------
        report : QualityReport
            The report.

        Raises
        ------
        ValueError
            If the sampler generated nothing, if a table does not match it or lacks rows
            of a class, or if only one of `X_holdout` and `y_holdout` is given.
        """
        random_state = check_random_state(random_state)
        classes = []
        for label in generated_labels(sampler):
            # Rows kept by rejection differ from real rows on purpose. The generator
            # is not to blame.
            rows = collect_rows(sampler, X, y, label, None, random_state, chosen=False)
            holdout = select_holdout(sampler, X_holdout, y_holdout, label)
            report = report_class(rows, holdout, random_state)
            choosing = measure_choosing(
                sampler.generators_[label],
                min(len(rows.synthetic), MAX_ROWS),
                rows.categorical_features,
                random_state,
            )
            classes.append(replace(report, choosing=choosing))
        return cls(classes, describe_origin(sampler))

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
            Held-out rows, which the generator has not seen. Fewer than 20 are ignored.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.

        label : object, default=None
            The class of the rows, shown in headings.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are compared.

        Returns
        -------
        report : QualityReport
            The report, with one class.
        """
        tables = {"X_real": X_real, "X_synthetic": X_synthetic}
        if X_holdout is not None:
            tables["X_holdout"] = X_holdout
        real, synthetic, *holdout = as_frames(**tables).values()
        schema = infer_schema(real, categorical_features)
        rows = ClassRows(
            label=label,
            real=real,
            synthetic=synthetic,
            others=real.iloc[:0],
            categorical_features=schema.categorical_features.tolist(),
            history=None,
        )
        unseen = holdout[0] if holdout else None
        return cls([report_class(rows, unseen, check_random_state(random_state))])

    @property
    def grade(self) -> str:
        """The overall grade: that of the worst class which could be judged."""
        return min((one.grade for one in self.classes), key=GRADES.index)

    @property
    def summary(self) -> str:
        """A sentence or two on the overall grade and the classes behind it."""
        if len(self.classes) == 1 or self.grade == "unknown":
            return self.classes[0].summary
        counts = Counter(one.grade for one in self.classes)
        words = [
            f"{counts[grade]} {SAID.get(grade, grade)}"
            for grade in GRADES
            if counts[grade]
        ]
        return f"{len(self.classes)} classes: {', '.join(words)}."

    @property
    def rejection_note(self) -> str:
        """What the grades leave out: columns moved by rejection sampling, or ""."""
        names: dict[str, None] = {}
        for one in self.classes:
            if one.choosing is not None:
                names |= dict.fromkeys(one.choosing.moved)
        if not names:
            return ""
        return (
            "The grades describe all rows that the generators make. Rejection sampling "
            "then keeps those that look most like their class, which changes the "
            f"distribution of {', '.join(list(names)[:N_NAMED])}"
            f"{' and others' if len(names) > N_NAMED else ''} on purpose."
        )

    @property
    def warnings(self) -> list[str]:
        """One sentence for each sign of collapse, copying or drift."""
        return [warning for one in self.classes for warning in one.warnings]

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table.

        Returns
        -------
        frame : DataFrame of shape (n_classes * n_measures, 6)
            The class, the measure, its value for synthetic rows and for real rows, the
            grade ("good", "fair", "poor" or "unknown"), and the verdict.
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

    def to_html(
        self, path: str | PathLike[str], *, show_real_rows: bool = True
    ) -> None:
        """Write the report as a page: a single file without scripts or network access.

        This needs jinja2 and matplotlib (``pip install "gansampler[report]"``). The
        page shows the day of the report, so pages of two days differ even if their
        findings are equal.

        Parameters
        ----------
        path : str or path-like
            The file. An existing file is replaced. If anything fails, it stays
            unchanged.

        show_real_rows : bool, default=True
            Whether the pictures show real rows: up to 300 rows of a class as points,
            and how often values occur, to the precision of a pixel. Bars name up to 8
            categories of a column, even a category of a single row. With False, the
            page keeps the numbers, verdicts, associations and the training, but no
            value of a real row.

        Raises
        ------
        OSError
            If the file cannot be written. This is checked before drawing.
        """
        check_target(path)  # before drawing, which takes seconds
        page = write_page(self, show_real_rows)
        with replacing(path) as temporary:
            temporary.write_text(page, encoding="utf-8")

    def _repr_html_(self) -> str | None:
        try:
            return write_fragment(self)
        except ImportError:  # a notebook then shows `__repr__`
            return None

    def __repr__(self) -> str:
        lines = [f"QualityReport, overall grade: {SAID.get(self.grade, self.grade)}"]
        for report in self.classes:
            label = printable(report.label)
            name = "Rows" if report.label is None else f"Class {label}"
            grade = SAID.get(report.grade, report.grade)
            lines.append(f"{name}: {grade}. {report.summary}")
            if report.grade != "unknown":
                lines += [
                    f"  {finding.measure.title}: {finding.grade}. "
                    f"{report.explain(finding)}"
                    for finding in report.findings
                ]
            if report.choosing is not None:
                lines.append(f"  {report.choosing}")
        return "\n".join(lines)
