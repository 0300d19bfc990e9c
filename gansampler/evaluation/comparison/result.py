"""The result of a comparison of samplers: a table of tests and a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd

from gansampler.evaluation.comparison.significance import (
    corrected_resampled_ttest,
    holm,
)

NONE = "none"
"""The name of no resampling, the baseline of every comparison."""

LEVEL = 0.05
"""Differences with a smaller p value, after Holm's correction, are significant."""


@dataclass(frozen=True, eq=False, repr=False)
class SamplerComparison:
    """The result of :func:`compare_samplers`.

    Print it to read the verdict and the summary.

    Parameters
    ----------
    results : DataFrame
        One row per metric, estimator, sampler and split. The baseline without
        resampling is the sampler `"none"`.

        - `score`: the score; higher is better;
        - `threshold`: the tuned threshold, or NaN without tuning;
        - `fit_time`: the seconds to resample, tune and fit on the training set;
        - `error`: the exception of the sampler or the estimator, or `""`.

    summary : DataFrame
        One row per metric, estimator and sampler.

        - `mean_score`, `mean_fit_time`: means over the splits;
        - `difference`: the mean difference from no resampling, over the splits where
          both have a score;
        - `low`, `high`: its 95 % interval, not corrected for multiple comparisons;
        - `p`: the p value of the corrected resampled t test;
        - `p_holm`: the same, corrected for all samplers and estimators of the metric;
        - `n_splits`, `n_errors`: the number of splits with a score, and of failed fits.

    n_splits : int
        The number of cross-validation splits.

    metrics : list of str
        The metrics. The first one decides the `verdict`.

    tuned : list of str
        The metrics with a tuned threshold.

    tunable : list of str
        The metrics that depend on a threshold. Empty with more than two classes.
    """

    results: pd.DataFrame
    summary: pd.DataFrame
    n_splits: int
    metrics: list[str]
    tuned: list[str] = field(default_factory=list)
    tunable: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """A few sentences on whether a sampler helps, by the first metric."""
        return self.verdict_on(self.metrics[0])

    def verdict_on(self, metric: str) -> str:
        """Return the verdict for one metric.

        Parameters
        ----------
        metric : str
            One of `metrics`.

        Returns
        -------
        verdict : str
            The conclusion from the tests in `summary`, and any failed fits.
        """
        summary, rivals = self.of_metric(metric), self._rivals(metric)
        if rivals.empty:
            verdict = "No sampler could be compared: there are too few scores."
        elif (won := rivals[_significant(rivals, 1)]).size:
            verdict = self._say_won(metric, won, summary)
        else:
            verdict = self._say_not_won(metric, rivals)
        return " ".join([verdict, *_say_failures(summary, self.results)])

    def is_conclusive(self, metric: str) -> bool:
        """Return whether any sampler could be compared with no resampling.

        Parameters
        ----------
        metric : str
            One of `metrics`.

        Returns
        -------
        is_conclusive : bool
            False if every sampler failed, or there are too few scores for a test.
        """
        return not self._rivals(metric).empty

    def _rivals(self, metric: str) -> pd.DataFrame:
        """Return the rows of the summary that were tested against no resampling."""
        summary = self.of_metric(metric)
        return summary[(summary["sampler"] != NONE) & summary["p_holm"].notna()]

    def of_metric(self, metric: str) -> pd.DataFrame:
        """Return the rows of the summary for one metric.

        Parameters
        ----------
        metric : str
            One of `metrics`.

        Returns
        -------
        summary : DataFrame
            The rows.
        """
        if metric not in self.metrics:
            raise ValueError(
                f"{metric!r} was not measured. Choose one of {self.metrics}."
            )
        return self.summary[self.summary["metric"] == metric]

    def _say_won(self, metric: str, won: pd.DataFrame, summary: pd.DataFrame) -> str:
        best = _highest(won, "difference")
        words = [
            f"{best['sampler']} improves {best['estimator']} here: {metric} "
            f"{_say_difference(best)}. The gain is significant: p = "
            f"{best['p_holm']:.2g} after Holm's correction."
        ]
        if len(won) == 2:
            words.append("1 other pair of sampler and estimator also improves.")
        elif len(won) > 2:
            words.append(
                f"{len(won) - 1} other pairs of sampler and estimator also improve."
            )
        leader = _highest(summary[summary["sampler"] == NONE], "mean_score")
        if leader["mean_score"] > won["mean_score"].max():
            words.append(
                f"But {leader['estimator']} without resampling scores higher still: "
                f"{leader['mean_score']:.3f} against {won['mean_score'].max():.3f}."
            )
        if metric in self.tunable and metric not in self.tuned:
            words.append(
                "No threshold was tuned: moving it may gain as much without resampling."
            )
        return " ".join(words)

    def _say_not_won(self, metric: str, rivals: pd.DataFrame) -> str:
        best = _highest(rivals, "difference")
        n_lost = int(_significant(rivals, -1).sum())
        if n_lost == len(rivals):
            verdict = (
                f"Not resampling is better here: every sampler lowers {metric} "
                "significantly."
            )
        elif best["difference"] <= 0:
            verdict = (
                "Not resampling does at least as well here: no sampler raises "
                f"{metric} on average over {self.n_splits} splits."
            )
        else:
            verdict = (
                f"Not resampling may do just as well here: no gain in {metric} is "
                f"significant over {self.n_splits} splits."
            )
        instead = (
            "Tuning the threshold is enough."
            if metric in self.tunable
            else "Keep the table as it is."
        )
        return (
            f"{verdict} {instead} The best sampler was {best['sampler']} with "
            f"{best['estimator']}: {metric} {_say_difference(best)}."
        )

    def __str__(self) -> str:
        return f"{self.verdict}\n\n{self.summary.round(3).to_string(index=False)}"

    def __repr__(self) -> str:
        rows = self.summary
        samplers = [name for name in rows["sampler"].unique() if name != NONE]
        return (
            f"<SamplerComparison of {', '.join(samplers)} with "
            f"{', '.join(rows['estimator'].unique())}; {self.n_splits} splits; "
            f"{', '.join(self.metrics)}>\n{self.verdict}"
        )

    def _repr_html_(self) -> str:
        table = self.summary.round(3).to_html(index=False)
        return f"<p><strong>{escape(self.verdict)}</strong></p>{table}"


def _highest(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.nlargest(1, column).iloc[0]


def _significant(rivals: pd.DataFrame, sign: int) -> pd.Series:
    return (rivals["p_holm"] < LEVEL) & (sign * rivals["difference"] > 0)


def _say_difference(row: pd.Series) -> str:
    return (
        f"{row['difference']:+.3f} compared with no resampling (95 % interval "
        f"{row['low']:+.3f} to {row['high']:+.3f})"
    )


def _say_failures(summary: pd.DataFrame, results: pd.DataFrame) -> list[str]:
    failed = summary.groupby("sampler", sort=False)[["n_errors", "n_splits"]].sum()
    words = []
    for sampler, row in failed[failed["n_errors"] > 0].iterrows():
        errors = results.loc[results["sampler"] == sampler, "error"]
        first = next(error for error in errors if error).splitlines()[0]
        words.append(
            f"{sampler} failed in {row['n_errors']} of {row.sum()} fits, first with "
            f"{first.rstrip('.')}."
        )
    return words


def summarise_scores(results: pd.DataFrame, test_ratio: float) -> pd.DataFrame:
    """Average scores over splits and test the differences from no resampling.

    Parameters
    ----------
    results : DataFrame
        One row per metric, estimator, sampler and split.

    test_ratio : float
        The number of test rows of a split divided by its training rows.

    Returns
    -------
    summary : DataFrame
        One row per metric, estimator and sampler, in the order of `results`.
    """
    rows = []
    for metric, of_metric in results.groupby("metric", sort=False):
        for estimator, found in of_metric.groupby("estimator", sort=False):
            scores = found.pivot(index="split", columns="sampler", values="score")
            for sampler, own in found.groupby("sampler", sort=False):
                differences = (scores[sampler] - scores[NONE]).dropna().to_numpy()
                if sampler == NONE:  # the baseline is not compared with itself
                    differences = differences[:0]
                row = {
                    "metric": metric,
                    "estimator": estimator,
                    "sampler": sampler,
                    "mean_score": own["score"].mean(),
                    **vars(corrected_resampled_ttest(differences, test_ratio)),
                    "p_holm": np.nan,
                    "n_splits": int(own["score"].notna().sum()),
                    "n_errors": int((own["error"] != "").sum()),
                    "mean_fit_time": own["fit_time"].mean(),
                }
                rows.append(row)
    summary = pd.DataFrame(rows)
    tested = summary[summary["p"].notna()].groupby("metric")["p"]
    summary["p_holm"] = tested.transform(lambda p: holm(p.to_numpy()))
    return summary
