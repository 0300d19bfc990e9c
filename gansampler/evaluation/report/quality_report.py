"""The quality report: the synthetic rows of each class, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from gansampler.evaluation.report.assessment import MAX_ROWS
from gansampler.evaluation.report.choosing import measure_choosing
from gansampler.evaluation.report.class_report import ClassReport, report_class
from gansampler.evaluation.report.page import write_fragment, write_page
from gansampler.tabular.inference import infer_schema
from gansampler.utils.atomic_write import check_target, replacing
from gansampler.utils.formatting import as_written, printable


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
    gansampler.evaluation.metrics : The measures as functions.
    gansampler.evaluation.plotting : The pictures one by one.

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
    >>> from gansampler import GANOverSampler, TabularGAN
    >>> from gansampler.evaluation.report import QualityReport
    >>> X, y = make_classification(n_samples=600, weights=[0.8], random_state=0)
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

        Judged is what the generator learned: rows as it generates them. What choosing
        among these then changes is said apart, in `choosing` of each class.

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
        for label in generated_labels(sampler):
            # Chosen rows differ from real ones on purpose, which is no fault of the
            # generator's.
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
    def warnings(self) -> list[str]:
        """Sentences that warn of collapse, copying and drift, one for each finding."""
        return [warning for one in self.classes for warning in one.warnings]

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

    def to_html(
        self, path: str | PathLike[str], *, show_real_rows: bool = True
    ) -> None:
        """Write the report as a page: one file, without scripts and without network.

        It needs jinja2 and matplotlib (``pip install "gansampler[report]"``).

        Parameters
        ----------
        path : str or path-like
            The file; one that is there is replaced as a whole or, if anything fails,
            left as it was.

        show_real_rows : bool, default=True
            Whether the pictures show real rows: up to 300 of a class as points, and how
            often values occur, to the precision of a pixel. Bars name up to 8
            categories of a column, also one that a single row has. Without them
            numbers, verdicts, associations and the training are left, and no value of a
            real row.

        Raises
        ------
        OSError
            If the file can't be written; told before the pictures are drawn.
        """
        check_target(path)  # before the pictures are drawn
        page = write_page(self.classes, self.warnings, show_real_rows)
        with replacing(path) as temporary:
            temporary.write_text(page, encoding="utf-8")

    def _repr_html_(self) -> str | None:
        try:
            return write_fragment(self.classes, self.warnings)
        except ImportError:  # a notebook shows the words of `__repr__` instead
            return None

    def __repr__(self) -> str:
        lines = [
            f"class {printable(report.label)}: {finding.measure.title}: {finding.grade}"
            for report in self.classes
            for finding in report.findings
        ]
        chosen = [
            f"class {printable(report.label)}: {report.choosing}"
            for report in self.classes
            if report.choosing is not None
        ]
        return "\n".join(["QualityReport", *lines, *chosen])
