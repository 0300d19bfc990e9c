"""The measures of a report: meaning, limits and sentences of each number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_ROWS = 20
"""A class with fewer real rows is not graded. Its halves have fewer than ten rows each
and differ too much from each other to compare anything with them."""

SLIGHT, LARGE = 0.05, 0.15
"""Limits as shares of rows. A difference in one row of twenty is small compared with
other choices in a model. At three in twenty, the distribution is a different one."""


@dataclass(frozen=True)
class Measure:
    """A measure of synthetic rows, with its limits and its sentences.

    Parameters
    ----------
    name : str
        The name in a table.

    title : str
        The name in a report.

    meaning : str
        The meaning of the number, in one line.

    slight, large : float
        How much worse than real rows synthetic rows may be and still get the grade
        "good", or the grade "fair".

    good, fair, poor : str
        The verdict for each grade.

    more_is_better : bool, default=False
        Whether a larger number is the better one.

    is_share : bool, default=True
        Whether the number is a share of rows, written as a percentage.

    alarm : str or None, default=None
        The problem that a poor number indicates.
    """

    name: str
    title: str
    meaning: str
    slight: float
    large: float
    good: str
    fair: str
    poor: str
    more_is_better: bool = False
    is_share: bool = True
    alarm: str | None = None


MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            "columns",
            "Single columns",
            "Distance between real and synthetic values in the worst column, from 0 "
            "(alike) to 1 (nothing in common).",
            SLIGHT,
            LARGE,
            good="Every column is distributed as in real rows.",
            fair="Some columns differ somewhat: values are rarer or more frequent.",
            poor="Some columns differ a lot: values are much rarer or more frequent.",
            is_share=False,
            alarm="drift",
        ),
        Measure(
            "associations",
            "Pairs of columns",
            "Mean difference between the associations of two columns, from 0 to 2.",
            # Cohen calls a correlation of 0.1 small and one of 0.3 medium.
            0.1,
            0.3,
            good="Columns are related to each other as in real rows.",
            fair="Some relations between columns are stronger or weaker than in real "
            "rows.",
            poor="Columns are not related to each other as in real rows.",
            is_share=False,
            alarm="drift",
        ),
        Measure(
            "detection",
            "Detectability",
            "How well a random forest tells synthetic from real rows (area under the "
            "ROC curve): 0.5 is guessing, 1 is always right.",
            # Halfway between guessing and always right.
            0.1,
            0.25,
            good="A classifier can hardly tell the rows from real rows.",
            fair="A classifier can tell some of the rows from real rows.",
            poor="A classifier can easily tell the rows from real rows. That is common "
            "in tables with many columns and need not harm a model.",
            is_share=False,
        ),
        Measure(
            "precision",
            "Realism",
            "Share of synthetic rows that lie among real rows, in all columns at once.",
            SLIGHT,
            LARGE,
            good="The rows lie where real rows lie.",
            fair="Some rows lie where there are no real rows.",
            poor="Many rows lie where there are no real rows.",
            more_is_better=True,
            alarm="drift",
        ),
        Measure(
            "recall",
            "Variety",
            "Share of real rows that lie among synthetic rows, in all columns at once.",
            # Half of the class. With default settings on four tables, with and without
            # rejection, generators lost at most 0.44. Stopped after 25 iterations they
            # lost between 0.34 and 0.97.
            SLIGHT,
            0.5,
            good="The rows are as varied as real rows.",
            fair="The rows are less varied than real rows: unusual rows are rarer.",
            poor="The rows cover only a small part of the class. Train longer with "
            "max_iter, or set pac, which shows the critic several rows at once.",
            more_is_better=True,
            alarm="collapse",
        ),
        Measure(
            "repeats",
            "Repeats",
            "Share of synthetic rows that repeat another synthetic row.",
            SLIGHT,
            LARGE,
            good="Rows repeat no more often than real rows.",
            fair="Rows repeat somewhat more often than real rows.",
            poor="The generator makes the same rows again and again.",
            alarm="collapse",
        ),
        Measure(
            "closeness",
            "Near copies",
            "Share of rows that are much closer to one training row than to the next. "
            "The limit is set so that 5 % of real rows are.",
            # Twice as large as elsewhere, because a few rows only roughly determine the
            # 5 % limit. Of copies with a little noise, all rows count; of SMOTE's
            # interpolated rows, two thirds and more.
            2 * SLIGHT,
            2 * LARGE,
            good="The rows are no closer to single training rows than real rows are.",
            fair="Some rows are closer to one training row than real rows usually are.",
            poor="Many rows are near copies: they lie close to one training row.",
            alarm="copying",
        ),
        Measure(
            "copies",
            "Exact copies",
            "Share of rows that equal a training row.",
            # An exact copy reveals more of a training row than many near copies.
            SLIGHT / 5,
            SLIGHT,
            good="Rows equal a training row no more often than real rows do.",
            fair="Some rows are exact copies of training rows.",
            poor="Many rows are exact copies of training rows.",
            alarm="copying",
        ),
    )
}
"""All measures, in the order of the report."""

UNKNOWN = f"Fewer than {MIN_ROWS} real or synthetic rows: too few to judge."


@dataclass(frozen=True, repr=False)
class Finding:
    """The value of one measure, and its grade.

    Parameters
    ----------
    measure : Measure
        The measure.

    synthetic, real : float, default=NaN
        The mean value of the synthetic rows, and of real rows in their place. NaN if
        there are too few rows to measure.

    worst : float, default=NaN
        The worst value of real rows.
    """

    measure: Measure
    synthetic: float = np.nan
    real: float = np.nan
    worst: float = np.nan

    @property
    def grade(self) -> str:
        """One of "good", "fair", "poor" and "unknown".

        It depends on how much worse the value is than that of real rows. It is also
        "good" if some real rows did as badly by chance.
        """
        if np.isnan(self.synthetic) or np.isnan(self.real):
            return "unknown"
        sign = -1 if self.measure.more_is_better else 1
        excess = sign * (self.synthetic - self.real)
        if excess <= self.measure.slight or sign * (self.synthetic - self.worst) <= 0:
            return "good"
        return "fair" if excess <= self.measure.large else "poor"

    @property
    def verdict(self) -> str:
        """The meaning of the value, in a sentence or two."""
        return UNKNOWN if self.grade == "unknown" else getattr(self.measure, self.grade)

    @property
    def alarm(self) -> str | None:
        """The problem to warn of, or None."""
        return self.measure.alarm if self.grade == "poor" else None

    def __repr__(self) -> str:
        """Show the measure, its values and the grade."""
        return (
            f"<{self.measure.title}: {self.grade}, {self.synthetic:.3g} (real rows: "
            f"{self.real:.3g})>"
        )
