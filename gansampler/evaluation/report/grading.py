"""The measures of a report: what each number is, its limits and its sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_ROWS = 20
"""Real rows below which nothing is graded: halves of fewer than ten rows differ so much
from each other that nothing else could be told from chance."""

SLIGHT, LARGE = 0.05, 0.15
"""In shares of rows: what one row in twenty does differently is small beside what else
goes into a model; at three in twenty another column would be the better description."""


@dataclass(frozen=True)
class Measure:
    """A measure of synthetic rows, with its limits and its sentences.

    Parameters
    ----------
    name : str
        Its name in a table.

    title : str
        Its name for people.

    meaning : str
        What the number is, in one line.

    slight, large : float
        By how much synthetic rows may do worse than real ones and still be good, or
        still be fair.

    good, fair, poor : str
        What is said in each of these cases.

    more_is_better : bool, default=False
        Whether a larger number is the better one.

    is_share : bool, default=True
        Whether the number is a share of rows, to be written as a percentage.

    alarm : str or None, default=None
        What a poor number warns of.
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
            "Columns one by one",
            "Distance between the values of the column that is furthest off: 0, alike, "
            "to 1, nothing in common.",
            SLIGHT,
            LARGE,
            good="Each column is as like real rows as real rows are like each other.",
            fair="Some columns are somewhat off: values are rarer, or more frequent.",
            poor="Some columns are far off: values are much rarer, or more frequent.",
            is_share=False,
            alarm="drift",
        ),
        Measure(
            "associations",
            "Columns together",
            "Mean difference between the associations of two columns, from 0 to 2.",
            # Cohen calls a correlation of 0.1 small and one of 0.3 medium.
            0.1,
            0.3,
            good="What goes together in real rows goes together in these.",
            fair="Some columns go together more, or less, than in real rows.",
            poor="Columns go together in another way than in real rows.",
            is_share=False,
            alarm="drift",
        ),
        Measure(
            "detection",
            "Told apart",
            "How well a random forest tells these rows from real ones: 0.5 is "
            "guessing, 1 is always right (area under the ROC curve).",
            # Halfway between guessing and always right.
            0.1,
            0.25,
            good="A classifier can hardly tell the rows from real ones.",
            fair="A classifier tells some of the rows from real ones.",
            poor="A classifier easily tells the rows from real ones. In tables of many "
            "columns that is usual, and need not harm a model.",
            is_share=False,
        ),
        Measure(
            "precision",
            "Realistic",
            "Share of the rows that lie among real ones, in all columns at once.",
            SLIGHT,
            LARGE,
            good="The rows lie where real rows lie.",
            fair="Some rows lie where no real row does.",
            poor="Many rows lie where no real row does.",
            more_is_better=True,
            alarm="drift",
        ),
        Measure(
            "recall",
            "Varied",
            "Share of real rows that lie among these, in all columns at once.",
            # Half of the class. Trained by default on four tables, with rejection and
            # without, generators lost 0.44 at most; stopped after 25 iterations they
            # lost from 0.34 to 0.97.
            SLIGHT,
            0.5,
            good="The rows are as varied as real rows.",
            fair="The rows are less varied than real rows: the edges of the class are "
            "thinner.",
            poor="The rows show only a small part of the class. Train longer, by "
            "max_iter, or set pac, which shows the critic several rows at once.",
            more_is_better=True,
            alarm="collapse",
        ),
        Measure(
            "repeats",
            "Repeated",
            "Share of rows that repeat another one of them.",
            SLIGHT,
            LARGE,
            good="Rows are repeated no more than real ones.",
            fair="Rows are repeated somewhat more than real ones.",
            poor="The generator gives the same rows again and again.",
            alarm="collapse",
        ),
        Measure(
            "closeness",
            "Nearly copied",
            "Share of rows so much closer to one training row than to the next as only "
            "a twentieth of real rows are.",
            # Twice as large as elsewhere, because where a twentieth ends is known from
            # a few rows only. Of copies with a little noise it is all rows, of what
            # SMOTE interpolates two thirds and more.
            2 * SLIGHT,
            2 * LARGE,
            good="The rows lie between training rows as real rows do.",
            fair="Some rows lie closer beside one training row than real rows do.",
            poor="Many rows are nearly copies: they lie close beside one training row.",
            alarm="copying",
        ),
        Measure(
            "copies",
            "Copies",
            "Share of rows that equal a training row.",
            # One copy tells more of a training row than many that come close.
            SLIGHT / 5,
            SLIGHT,
            good="Rows equal a training row no more often than real rows do.",
            fair="Some rows are copies of training rows.",
            poor="Many rows are copies of training rows.",
            alarm="copying",
        ),
    )
}
"""All measures, in the order of the report."""

UNKNOWN = f"There are fewer than {MIN_ROWS} rows: too few to judge by."


@dataclass(frozen=True)
class Finding:
    """The number of one measure, and its grade.

    Parameters
    ----------
    measure : Measure
        The measure.

    synthetic, real : float, default=NaN
        The mean of the synthetic rows, and that of real rows in their place; NaN where
        there are too few rows to measure.

    worst : float, default=NaN
        The worst number of real rows.
    """

    measure: Measure
    synthetic: float = np.nan
    real: float = np.nan
    worst: float = np.nan

    @property
    def grade(self) -> str:
        """One of "good", "fair", "poor" and "unknown".

        It goes by how much worse the number is than that of real rows; it is good, too,
        where some real rows were as bad by chance.
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
        """What it means, as a sentence."""
        return UNKNOWN if self.grade == "unknown" else getattr(self.measure, self.grade)

    @property
    def alarm(self) -> str | None:
        """What is to be warned of, None where nothing is."""
        return self.measure.alarm if self.grade == "poor" else None
