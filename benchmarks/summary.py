"""Summarise the results of quality.py.

Run `python benchmarks/summary.py results.csv [--reference NAME] [-o summary.md]`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from compare import METRICS, against_rivals, common_cells, friedman, mean_ranks
from records import read_records

BAND, KIND = "minority rows", "columns"
BANDS = {"<= 50": (0, 50), "50-200": (50, 200), "> 200": (200, np.inf)}
KINDS = {
    "numeric": "numeric",
    "mixed": "with categories",
    "categorical": "with categories",
}


def summarise(
    records: pd.DataFrame,
    reference: str = "GANOverSampler",
    methods: Sequence[str] | None = None,
) -> str:
    """Write the whole summary as Markdown.

    Parameters
    ----------
    records : DataFrame
        Results, as `read_records` returns them.
    reference : str, default="GANOverSampler"
        The method that the others are compared with.
    methods : sequence of str, default=None
        The methods to compare; all of them by default.
    """
    methods = list(methods or records["method"].unique())
    records = with_groups(records[records["method"].isin(methods)])
    parts = ["# Quality of over-samplers, protocol A", coverage(records)]
    if records[METRICS].isna().all(axis=None):
        return "\n\n".join(parts) + "\n"
    parts += ["## Means over tables", markdown(means(records))]
    parts += rank_parts(records)
    for group in (BAND, KIND):
        parts += [f"## Means by {group}", markdown(means_by(records, group))]
    if {reference} < set(methods):
        parts += reference_parts(records, reference)
    else:
        parts += [f"No comparison: results of {reference} or of others are missing."]
    parts += ["## Versions", "\n".join(f"- {v}" for v in records["versions"].unique())]
    return "\n\n".join(parts) + "\n"


def rank_parts(records: pd.DataFrame) -> list[str]:
    """Write the mean ranks and the test of whether they differ."""
    cells = common_cells(records)
    if cells.empty:
        return ["No mean ranks: there is no cell that all methods have."]
    parts = [f"## Mean ranks (1 is best) on {count(cells)}, which all methods have"]
    parts += [markdown(mean_ranks(records), 2)]
    if records["method"].nunique() > 2:
        parts += ["Friedman's test and Nemenyi's critical difference at 5 %:"]
        parts += [markdown(friedman(records), 4)]
    return parts


def reference_parts(records: pd.DataFrame, reference: str) -> list[str]:
    """Write how the reference compares with each rival."""
    tests = against_rivals(records, reference).drop(columns="method")
    parts = [f"## {reference} against each rival, table by table"]
    parts += [markdown(tests.set_index("metric"), 4)]
    for group in (BAND, KIND):
        tests = tests_by(records, group, reference)
        parts += [f"## {reference} against each rival by {group}", markdown(tests)]
    parts += [f"## Tables where {reference} loses on AP"]
    return [*parts, markdown(losses(records, reference))]


def with_groups(records: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `BAND` and `KIND`: the minority rows of a table, and its kind."""
    # Splits differ by a row; a table should not lie in two bands.
    counts = records.groupby("table")["minority_count_train"].transform("median")
    edges = [0, *(high for _, high in BANDS.values())]
    bands = pd.cut(counts, edges, labels=list(BANDS))
    return records.assign(**{BAND: bands, KIND: records["kind"].map(KINDS)})


def coverage(records: pd.DataFrame) -> str:
    """Say what is compared, what each method lacks, and how often it refused."""
    lines = [
        f"{records['method'].nunique()} methods on {count(records)} (table, split, "
        "classifier). Means are over all cells of a method; a test of two methods "
        "takes the cells that both have."
    ]
    n_all = len(runs(records, ["table", "split"]))
    for method, group in records.groupby("method", sort=False):
        n_missing = n_all - len(runs(group))
        if n_missing:
            lines.append(f"- {method} was not run on {n_missing} of {n_all} splits.")
        for error, failed in runs(group[refused(group)]).groupby("error"):
            where = ", ".join(sorted(failed["table"].unique()))
            lines.append(
                f"- {method} refused {len(failed)} of {len(runs(group))} splits "
                f"({where}): {error}"
            )
    return "\n".join(lines)


def count(records: pd.DataFrame) -> str:
    """Write how many cells and tables there are."""
    n_cells = len(records.drop_duplicates(["table", "split", "classifier"]))
    return f"{n_cells} cells of {records['table'].nunique()} tables"


def runs(records: pd.DataFrame, run: Sequence[str] = ("method", "table", "split")):
    """Take one row for each run, which has a row for each classifier."""
    return records.drop_duplicates(list(run))


def refused(records: pd.DataFrame) -> pd.Series:
    """Say which rows are of a method that added nothing; it may have no scores."""
    return (records["refused"] == 1) | (records["error"] != "")


def table_scores(records: pd.DataFrame) -> pd.DataFrame:
    """Average over splits and classifiers: a row for each method and table."""
    return records.groupby(["method", "table"])[METRICS].mean()


def means(records: pd.DataFrame) -> pd.DataFrame:
    """Average the table scores, best AP first, and say what they rest on.

    Returns
    -------
    means : DataFrame
        A row for each method: its scores on all its cells, the median time of a run,
        the number of splits, and how many runs it refused.
    """
    frame = table_scores(records).groupby("method").mean()
    by_method = runs(records).assign(refused=refused).groupby("method")
    frame["median seconds"] = by_method["fit_resample seconds"].median()
    frame["splits"] = by_method["split"].nunique()
    of_runs = " of " + by_method.size().astype(str)
    frame["refused"] = by_method["refused"].sum().astype(str) + of_runs
    return frame.sort_values("AP", ascending=False)


def means_by(records: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return the means of each group of tables: a row for each group and method.

    The records are those of `with_groups`, and `group` is `BAND` or `KIND`.
    """
    parts = {
        group_title(name, part): means(part)[METRICS]
        for name, part in records.groupby(group, observed=True)
    }
    frame = pd.concat(parts, names=[group, "method"])
    return frame.reset_index().set_index(group)


def group_title(name: str, part: pd.DataFrame) -> str:
    """Name a group of tables, and say how many they are."""
    return f"{name} ({part['table'].nunique()} tables)"


def tests_by(records: pd.DataFrame, group: str, reference: str) -> pd.DataFrame:
    """Test the reference within each group of tables; see `means_by` and `wide`."""
    parts = {
        group_title(name, part): wide(against_rivals(part, reference))
        for name, part in records.groupby(group, observed=True)
        if {reference} < set(part["method"])
    }
    frame = pd.concat(parts, names=[group, "rival"])
    return frame.reset_index().set_index(group)


def wide(tests: pd.DataFrame, index: str = "rival") -> pd.DataFrame:
    """Write the tests of a pair in one row.

    Parameters
    ----------
    tests : DataFrame
        Tests, as `compare_pairs` returns them.
    index : {"rival", "method"}, default="rival"
        What the rows are called by.

    Returns
    -------
    frame : DataFrame
        A column for each metric: mean difference, wins-ties-losses and Holm's p.
    """
    text = [
        f"{row['mean difference']:+.3f}, {row['wins-ties-losses']}, "
        f"p {write_p(row['p (Holm)'])}"
        for _, row in tests.iterrows()
    ]
    frame = tests.assign(text=text)
    order = {"columns": frame["metric"].unique(), "index": frame[index].unique()}
    return frame.pivot(index=index, columns="metric", values="text").reindex(**order)


def write_p(p: float) -> str:
    """Write a p value with as many digits as anybody reads."""
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


def losses(records: pd.DataFrame, reference: str) -> pd.DataFrame:
    """List the tables where the reference has less AP than none or SMOTE.

    Returns
    -------
    lost : DataFrame
        A row for each such table: its minority rows and the APs.
    """
    present = set(records["method"]) - {reference}
    rivals = [m for m in ("none", "SMOTE") if m in present]
    names = [reference, *rivals]
    cells = common_cells(records[records["method"].isin(names)])
    ap = table_scores(cells)["AP"].unstack("method")[names]
    counts = cells.groupby("table")["minority_count_train"].median().astype(int)
    ap.insert(0, "minority rows", counts)
    lost = ap[ap[rivals].gt(ap[reference], axis=0).any(axis=1)]
    return lost.sort_values("minority rows")


def markdown(frame: pd.DataFrame, decimals: int = 3) -> str:
    """Write a frame as a Markdown table, aligned so that it reads as plain text.

    Its index becomes the first column.
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
