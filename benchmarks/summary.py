"""Summarise the results of quality.py.

Run `python benchmarks/summary.py results.csv [--reference NAME] [-o summary.md]`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from records import read_records
from scipy.stats import wilcoxon

METRICS = ["AP", "ROC AUC", "F1", "G-mean", "MCC"]
CELL = ["table", "split", "classifier"]
BANDS = {"<= 50": (0, 50), "50-200": (50, 200), "> 200": (200, np.inf)}


def summarise(
    records: pd.DataFrame,
    reference: str = "GANOverSampler",
    methods: Sequence[str] | None = None,
) -> str:
    """Write the whole summary as Markdown.

    Parameters
    ----------
    records : DataFrame
        Results, as `read_records` gives them.
    reference : str, default="GANOverSampler"
        The method that the others are compared with.
    methods : sequence of str, default=None
        The methods to compare; all of them by default.

    Returns
    -------
    text : str
        The summary.
    """
    methods = list(methods or records["method"].unique())
    records = records[records["method"].isin(methods)]
    cells = common_cells(records)
    parts = ["# Quality of over-samplers, protocol A", left_out(records, cells)]
    if cells.empty:
        return "\n\n".join(parts)
    parts += ["## Means over tables", markdown(means(cells))]
    parts += ["## Mean ranks (1 is best)", markdown(mean_ranks(cells), 2)]
    for band, (low, high) in BANDS.items():
        count = cells["minority_count_train"]
        within = cells[(count > low) & (count <= high)]
        if not within.empty:
            title = f"## Means at {band} minority rows in training"
            parts += [f"{title} ({count_tables(within)} tables)"]
            parts += [markdown(means(within))]
    if reference not in methods:
        parts += [f"No comparison: there are no results of {reference}."]
    else:
        parts += [f"## {reference} against each rival, table by table"]
        parts += [markdown(comparisons(cells, reference), 4)]
        parts += [
            f"## Tables where {reference} loses on AP",
            markdown(losses(cells, reference)),
        ]
    parts += ["## Versions", "\n".join(f"- {v}" for v in records["versions"].unique())]
    return "\n\n".join(parts) + "\n"


def common_cells(records: pd.DataFrame) -> pd.DataFrame:
    """Keep the (table, split, classifier) cells that every method has scores for.

    Parameters
    ----------
    records : DataFrame
        Results of the methods to compare.

    Returns
    -------
    cells : DataFrame
        The rows of the cells in common, the minority count one number a table.
    """
    scored = records.dropna(subset=METRICS)
    n_methods = scored.groupby(CELL)["method"].transform("nunique")
    cells = scored[n_methods == records["method"].nunique()].copy()
    # Splits differ by a row; a table should not lie in two bands.
    count = cells.groupby("table")["minority_count_train"].transform("median")
    return cells.assign(minority_count_train=count)


def left_out(records: pd.DataFrame, cells: pd.DataFrame) -> str:
    """Say how many cells are compared, and why the others are not.

    Parameters
    ----------
    records : DataFrame
        Results of the methods to compare.
    cells : DataFrame
        The rows of the cells in common.

    Returns
    -------
    text : str
        A sentence, and a line for each cause.
    """
    n_all = len(records[CELL].drop_duplicates())
    n_kept = len(cells[CELL].drop_duplicates())
    lines = [
        f"{records['method'].nunique()} methods on {n_kept} cells (table, split, "
        f"classifier) of {count_tables(cells)} tables; "
        f"{n_all - n_kept} of {n_all} cells left out, for not all methods have them."
    ]
    failed = records[records[METRICS].isna().any(axis=1)]
    for (method, error), group in failed.groupby(["method", "error"]):
        where = ", ".join(sorted(group["table"].unique()))
        lines.append(f"- {method} failed on {len(group)} cells ({where}): {error}")
    for method, group in records.groupby("method"):
        if len(group) < n_all:
            lines.append(f"- {method} was not run on {n_all - len(group)} cells.")
    return "\n".join(lines)


def count_tables(cells: pd.DataFrame) -> int:
    """Count the tables."""
    return cells["table"].nunique()


def table_scores(cells: pd.DataFrame) -> pd.DataFrame:
    """Average over splits and classifiers: a row for each method and table."""
    return cells.groupby(["method", "table"])[METRICS].mean()


def means(cells: pd.DataFrame) -> pd.DataFrame:
    """Average the table scores, and give the median time, best AP first.

    Parameters
    ----------
    cells : DataFrame
        The rows of the cells in common.

    Returns
    -------
    means : DataFrame
        A row for each method.
    """
    frame = table_scores(cells).groupby("method").mean()
    runs = cells.drop_duplicates(["method", "table", "split"])
    seconds = runs.groupby("method")["fit_resample seconds"].median()
    frame["median seconds"] = seconds
    return frame.sort_values("AP", ascending=False)


def mean_ranks(cells: pd.DataFrame) -> pd.DataFrame:
    """Rank the methods by table, classifier and metric, and average the ranks.

    Parameters
    ----------
    cells : DataFrame
        The rows of the cells in common.

    Returns
    -------
    ranks : DataFrame
        A row for each method: the rank over all metrics, then for each one.
    """
    scores = cells.groupby(["table", "classifier", "method"])[METRICS].mean()
    # Rounded, for equal scores should not rank apart by the last bit of a mean.
    ranks = scores.round(10).groupby(["table", "classifier"]).rank(ascending=False)
    frame = ranks.groupby("method").mean()
    frame.insert(0, "all", frame.mean(axis=1))
    return frame.sort_values("all")


def comparisons(cells: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Test the reference against each rival on each metric.

    Parameters
    ----------
    cells : DataFrame
        The rows of the cells in common.
    reference : str
        The method that the others are compared with.

    Returns
    -------
    tests : DataFrame
        Mean difference, wins-ties-losses and Wilcoxon's signed-rank p over tables;
        Holm's correction is over the rivals, for each metric.
    """
    scores = table_scores(cells)
    rivals = [m for m in cells["method"].unique() if m != reference]
    columns = []
    for metric in METRICS:
        rows = {
            (metric, rival): compare(
                scores.loc[reference, metric], scores.loc[rival, metric]
            )
            for rival in rivals
        }
        frame = pd.DataFrame.from_dict(rows, orient="index")
        if rivals:
            frame["p (Holm)"] = holm(frame["p"].to_numpy())
        columns.append(frame)
    tests = pd.concat(columns)
    tests.index.names = ["metric", "rival"]
    return tests.reset_index().set_index("metric") if rivals else tests


def compare(scores: pd.Series, rival: pd.Series) -> dict[str, float | str]:
    """Compare two methods table by table."""
    difference = (scores - rival.reindex(scores.index)).round(10)
    wins, losses = (difference > 0).sum(), (difference < 0).sum()
    ties = len(difference) - wins - losses
    return {
        "mean difference": difference.mean(),
        "wins-ties-losses": f"{wins}-{ties}-{losses}",
        # The test is undefined where no table differs.
        "p": wilcoxon(difference).pvalue if wins + losses else 1.0,
    }


def holm(p: np.ndarray) -> np.ndarray:
    """Correct p values for their number by Holm's step-down method.

    Parameters
    ----------
    p : ndarray of shape (n_tests,)
        Raw p values.

    Returns
    -------
    corrected : ndarray of shape (n_tests,)
        Corrected p values, in the same order.
    """
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(stepped)
    corrected[order] = np.minimum(stepped, 1)
    return corrected


def losses(cells: pd.DataFrame, reference: str) -> pd.DataFrame:
    """List the tables where the reference has less AP than none or SMOTE.

    Parameters
    ----------
    cells : DataFrame
        The rows of the cells in common.
    reference : str
        The method that the others are compared with.

    Returns
    -------
    lost : DataFrame
        A row for each such table: its minority rows and the APs.
    """
    ap = table_scores(cells)["AP"].unstack("method")
    rivals = [m for m in ("none", "SMOTE") if m in ap and m != reference]
    ap = ap[[reference, *rivals]]
    count = cells.groupby("table")["minority_count_train"].first().astype(int)
    ap.insert(0, "minority rows", count)
    lost = ap[ap[rivals].gt(ap[reference], axis=0).any(axis=1)]
    return lost.sort_values("minority rows")


def markdown(frame: pd.DataFrame, decimals: int = 3) -> str:
    """Write a frame as a Markdown table, aligned so that it reads as plain text.

    Parameters
    ----------
    frame : DataFrame
        The frame; its index becomes the first column.
    decimals : int, default=3
        Decimals of the floats.

    Returns
    -------
    text : str
        The table.
    """
    frame = frame.reset_index()
    rows = [[str(column) for column in frame.columns]]
    for values in frame.itertuples(index=False):
        rows.append(
            [f"{v:.{decimals}f}" if isinstance(v, float) else str(v) for v in values]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows
    )


def main() -> None:
    """Print the summary of a CSV, or write it to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--reference", default="GANOverSampler")
    parser.add_argument("--methods", help="comma-separated (default: all)")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    methods = arguments.methods.split(",") if arguments.methods else None
    text = summarise(read_records(arguments.results), arguments.reference, methods)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
