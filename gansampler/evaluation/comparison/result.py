"""What a comparison of samplers found: a table of tests, and a verdict in words."""

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
"""The name of what every sampler is compared with."""

LEVEL = 0.05
"""p values below it, after Holm's correction, count as more than chance."""


@dataclass(frozen=True)
class SamplerComparison:
    """What :func:`compare_samplers` found.

    Parameters
    ----------
    results : DataFrame
        A row for each metric, estimator, sampler (`"none"` among them) and split:
        `score` (higher is better), the tuned `threshold` (NaN without tuning),
        `fit_time`, the seconds to fit on the training part, resampling and tuning
        included, and `error`, what the sampler or the estimator raised, else `""`.

    summary : DataFrame
        A row for each metric, estimator and sampler: `mean_score` and `mean_fit_time`
        over splits; `difference` to no resampling, on the splits where both have a
        score, with `low` and `high`, its 95 % interval, not corrected for the number
        of comparisons; `p`, the corrected resampled t test's, and `p_holm`, corrected
        for all samplers and estimators of the metric; `n_splits` and `n_errors`.

    n_splits : int
        Splits of the cross-validation.

    metrics : list of str
        The metrics, the first of which decides the `verdict`.

    tuned : list of str
        Those for which thresholds were tuned.

    tunable : list of str
        Those that a threshold decides; with more than two classes, none.
    """

    results: pd.DataFrame
    summary: pd.DataFrame
    n_splits: int
    metrics: list[str]
    tuned: list[str] = field(default_factory=list)
    tunable: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Whether a sampler helps by the first metric, in a sentence or two."""
        return self.verdict_on(self.metrics[0])

    def verdict_on(self, metric: str) -> str:
        """Say whether a sampler helps by one metric.

        Parameters
        ----------
        metric : str
            One of `metrics`.

        Returns
        -------
        verdict : str
            What follows from the tests of the `summary`, and what was refused.
        """
        summary = self.of_metric(metric)
        rivals = summary[(summary["sampler"] != NONE) & summary["p_holm"].notna()]
        if rivals.empty:
            verdict = "No sampler could be compared: there are too few scores."
        elif (won := rivals[_more_than_chance(rivals, 1)]).size:
            verdict = self._say_won(metric, won, summary)
        else:
            verdict = self._say_not_won(metric, rivals)
        return " ".join([verdict, *_say_refusals(summary)])

    def of_metric(self, metric: str) -> pd.DataFrame:
        """Return the rows of the summary that are about one metric.

        Parameters
        ----------
        metric : str
            One of `metrics`.

        Returns
        -------
        summary : DataFrame
            Its rows.
        """
        if metric not in self.metrics:
            raise ValueError(
                f"{metric!r} was not measured; choose one of {self.metrics}."
            )
        return self.summary[self.summary["metric"] == metric]

    def _say_won(self, metric: str, won: pd.DataFrame, summary: pd.DataFrame) -> str:
        best = _highest(won, "difference")
        others = {1: "", 2: ", and so does 1 other pair"}.get(
            len(won), f", and so do {len(won) - 1} other pairs"
        )
        words = [
            f"{best['sampler']} helps {best['estimator']} here: {metric} "
            f"{_say_difference(best)}, p = {best['p_holm']:.2g} after Holm's "
            f"correction{others}."
        ]
        leader = _highest(summary[summary["sampler"] == NONE], "mean_score")
        if leader["mean_score"] > won["mean_score"].max():
            words.append(
                f"But {leader['estimator']} scores more without any resampling: "
                f"{leader['mean_score']:.3f} against {won['mean_score'].max():.3f}."
            )
        if metric in self.tunable and metric not in self.tuned:
            words.append(
                "No threshold was tuned: another one may do as much without resampling."
            )
        return " ".join(words)

    def _say_not_won(self, metric: str, rivals: pd.DataFrame) -> str:
        best = _highest(rivals, "difference")
        n_lost = int(_more_than_chance(rivals, -1).sum())
        if n_lost == len(rivals):
            verdict = "none is better than every sampler here"
        elif best["difference"] <= 0:
            verdict = "none is as good here"
        else:
            verdict = (
                "none may well be as good here, because no gain over it can be told "
                f"from chance in {self.n_splits} splits"
            )
        instead = (
            "tune the threshold instead"
            if metric in self.tunable
            else "leave the table as it is"
        )
        return (
            f"{verdict}; {instead}. The best sampler was {best['sampler']} with "
            f"{best['estimator']}: {metric} {_say_difference(best)}."
        )

    def __str__(self) -> str:
        return f"{self.verdict}\n\n{self.summary.round(3).to_string(index=False)}"

    def _repr_html_(self) -> str:
        table = self.summary.round(3).to_html(index=False)
        return f"<p>{escape(self.verdict)}</p>{table}"


def _highest(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.nlargest(1, column).iloc[0]


def _more_than_chance(rivals: pd.DataFrame, sign: int) -> pd.Series:
    return (rivals["p_holm"] < LEVEL) & (sign * rivals["difference"] > 0)


def _say_difference(row: pd.Series) -> str:
    return (
        f"{row['difference']:+.3f} against none, 95 % interval {row['low']:+.3f} to "
        f"{row['high']:+.3f}"
    )


def _say_refusals(summary: pd.DataFrame) -> list[str]:
    failed = summary.groupby("sampler", sort=False)[["n_errors", "n_splits"]].sum()
    return [
        f"{sampler} failed in {row['n_errors']} of {row.sum()} fits (see the column "
        "'error' of `results`)."
        for sampler, row in failed[failed["n_errors"] > 0].iterrows()
    ]


def summarise_scores(results: pd.DataFrame, test_ratio: float) -> pd.DataFrame:
    """Average scores over splits, and test the differences to no resampling.

    Parameters
    ----------
    results : DataFrame
        A row for each metric, estimator, sampler and split.

    test_ratio : float
        Test rows of a split over its training rows.

    Returns
    -------
    summary : DataFrame
        A row for each metric, estimator and sampler, in the order of `results`.
    """
    rows = []
    for metric, of_metric in results.groupby("metric", sort=False):
        for estimator, found in of_metric.groupby("estimator", sort=False):
            scores = found.pivot(index="split", columns="sampler", values="score")
            for sampler, own in found.groupby("sampler", sort=False):
                differences = (scores[sampler] - scores[NONE]).dropna().to_numpy()
                if sampler == NONE:  # is not compared with itself
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
