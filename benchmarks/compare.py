"""Are methods different? Ranks over tables, and tests of pairs of methods.

The table is the unit of every test: its splits share rows and its classifiers share
splits, so that they are averaged first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import friedmanchisquare, studentized_range, wilcoxon

from gansampler.evaluation.comparison.significance import holm

METRICS = ["AP", "ROC AUC", "F1", "G-mean", "MCC"]
CELL = ["table", "split", "classifier"]
# The last digits of a mean depend on the order of its terms: no win, and no rank.
DECIMALS = 10


def common_cells(records: pd.DataFrame) -> pd.DataFrame:
    """Keep the (table, split, classifier) cells that every method has scores for."""
    scored = records.dropna(subset=METRICS)
    n_methods = scored.groupby(CELL)["method"].transform("nunique")
    return scored[n_methods == records["method"].nunique()]


def table_ranks(records: pd.DataFrame) -> pd.DataFrame:
    """Rank the methods on each table, 1 for the best, on the cells in common.

    Returns
    -------
    ranks : DataFrame
        A row for each table and method: the mean of the five ranks, then each one.
    """
    scores = common_cells(records).groupby(["table", "method"])[METRICS].mean()
    ranks = scores.round(DECIMALS).groupby("table").rank(ascending=False)
    ranks.insert(0, "all", ranks.mean(axis=1))
    return ranks


def mean_ranks(records: pd.DataFrame) -> pd.DataFrame:
    """Average the ranks over tables: a row for each method, the best first."""
    return table_ranks(records).groupby("method").mean().sort_values("all")


def friedman(records: pd.DataFrame) -> pd.DataFrame:
    """Test whether at least three methods differ, and say by how much two have to.

    Returns
    -------
    tests : DataFrame
        A row for the mean of the five ranks and for each metric: Friedman's test and
        Nemenyi's critical difference of mean ranks at 5 %. A mean of five ranks
        varies less than one rank, so that its difference is on the safe side.
    """
    ranks = table_ranks(records)
    rows = {}
    for metric in ranks:
        by_method = ranks[metric].unstack("method")
        statistic, p = friedmanchisquare(*by_method.to_numpy().T)
        n_tables, n_methods = by_method.shape
        rows[metric] = {
            "tables": n_tables,
            "methods": n_methods,
            "chi-squared": statistic,
            "p": p,
            "critical difference": critical_difference(n_methods, n_tables),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")


def critical_difference(n_methods: int, n_tables: int, alpha: float = 0.05) -> float:
    r"""Return Nemenyi's critical difference of two mean ranks (Demšar 2006).

    It is :math:`q_\alpha \sqrt{k (k + 1) / (6 N)}` for k methods on N tables, where
    :math:`q_\alpha` is the quantile of the studentized range divided by
    :math:`\sqrt 2`.
    """
    q = studentized_range.ppf(1 - alpha, n_methods, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(n_methods * (n_methods + 1) / (6 * n_tables)))


def against_rivals(
    records: pd.DataFrame, reference: str, metrics: Sequence[str] = METRICS
) -> pd.DataFrame:
    """Test one method against each other one; see `compare_pairs`."""
    rivals = sorted(set(records["method"]) - {reference})
    return compare_pairs(records, [(reference, rival) for rival in rivals], metrics)


def compare_pairs(
    records: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    metrics: Sequence[str] = METRICS,
) -> pd.DataFrame:
    """Test pairs of methods on each metric.

    Parameters
    ----------
    records : DataFrame
        Results; each pair is compared on the cells that both its methods have.
    pairs : iterable of (str, str)
        A method and its rival.
    metrics : sequence of str
        The metrics.

    Returns
    -------
    tests : DataFrame
        Mean difference, wins-ties-losses and Wilcoxon's signed-rank p over tables;
        Holm's correction is over the pairs, for each metric.
    """
    pairs = list(pairs)
    differences = [table_differences(records, *pair, metrics) for pair in pairs]
    frames = [
        pd.DataFrame(
            {
                "metric": metric,
                "method": method,
                "rival": rival,
                **signed_rank(found[metric]),
            }
            for (method, rival), found in zip(pairs, differences, strict=True)
        )
        for metric in metrics
    ]
    for frame in frames if pairs else []:
        frame["p (Holm)"] = holm(frame["p"].to_numpy())
    return pd.concat(frames, ignore_index=True)


def table_differences(
    records: pd.DataFrame, method: str, rival: str, metrics: Sequence[str] = METRICS
) -> pd.DataFrame:
    """Subtract the rival's scores, and average over the cells of each table.

    Returns
    -------
    differences : DataFrame
        A row for each table, a column for each metric.
    """
    scores = records.set_index([*CELL, "method"])[list(metrics)]
    own, theirs = (scores.xs(name, level="method") for name in (method, rival))
    # A cell that only one of them has gives NaN.
    return (own - theirs).dropna().groupby("table").mean().round(DECIMALS)


def signed_rank(difference: pd.Series) -> dict[str, float | str]:
    """Test whether the differences of the tables lie around zero."""
    wins, losses = (difference > 0).sum(), (difference < 0).sum()
    ties = len(difference) - wins - losses
    return {
        "mean difference": difference.mean(),
        "wins-ties-losses": f"{wins}-{ties}-{losses}",
        # The test is undefined where no table differs.
        "p": float(wilcoxon(difference).pvalue) if wins + losses else 1.0,
    }
