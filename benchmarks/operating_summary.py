"""Summarise the results of operating_points.py.

Run `python benchmarks/operating_summary.py operating_points.csv`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from compare import against_rivals, compare_pairs
from records import read_records
from summary import BAND, group_title, markdown, wide, with_groups

RANKINGS = ["AP", "ROC AUC"]
AT_HALF = ["F1", "MCC", "G-mean"]
AT_TUNED = [f"tuned {metric}" for metric in AT_HALF]
FREEDOM = [*RANKINGS, *AT_TUNED]
"""What is left to compare where each method may choose its ratio and threshold."""


def mean_scores(records: pd.DataFrame, column: str) -> pd.DataFrame:
    """Average a score over tables: a row for each method, a column for each ratio."""
    by_table = records.groupby(["method", "ratio", "table"])[column].mean()
    return by_table.groupby(["method", "ratio"]).mean().unstack("ratio")


def chosen_ratios(records: pd.DataFrame) -> pd.DataFrame:
    """Say how often each ratio was chosen: a row for each method, adding up to 1."""
    chosen = at_ratio(records, "chosen")
    used = chosen["ratio used"].map("{:g}".format)
    return pd.crosstab(chosen["method"], used, normalize="index")


def median_thresholds(records: pd.DataFrame) -> pd.DataFrame:
    """Return the median threshold tuned for F1, by method and ratio."""
    by = records.groupby(["method", "ratio"])["F1 threshold"]
    return by.median().unstack("ratio")


def operating_means(records: pd.DataFrame) -> pd.DataFrame:
    """Average the scores at the chosen ratio and at 1:1, beside no resampling.

    There is a row for each method and ratio: F1, MCC and G-mean at 0.5 and at the tuned
    threshold.
    """
    columns = [*RANKINGS, *AT_HALF, *AT_TUNED]
    some = records[records["ratio"].isin(["1", "chosen"])]
    by_table = some.groupby(["method", "ratio", "table"])[columns].mean()
    return by_table.groupby(["method", "ratio"]).mean()


def at_ratio(records: pd.DataFrame, ratio: str) -> pd.DataFrame:
    """Keep the rows of one ratio; `none` is the same at all."""
    return records[records["ratio"] == ratio]


def freedom_tests(records: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Test the reference against each rival, all at their chosen ratios."""
    return against_rivals(at_ratio(records, "chosen"), reference, FREEDOM)


def tests_against_none(records: pd.DataFrame, ratio: str) -> pd.DataFrame:
    """Test each method against no resampling, at one ratio and tuned thresholds.

    There is a row for each method, for all tables and then for each band; see `wide`.
    """
    records = with_groups(at_ratio(records, ratio))
    pairs = [(m, "none") for m in sorted(set(records["method"]) - {"none"})]
    parts = {"all": records, **dict(list(records.groupby(BAND, observed=True)))}
    frames = {
        group_title(name, part): wide(compare_pairs(part, pairs, FREEDOM), "method")
        for name, part in parts.items()
    }
    frame = pd.concat(frames, names=[BAND, "method"])
    return frame.reset_index().set_index(BAND)


def summarise(records: pd.DataFrame, reference: str = "GANOverSampler") -> str:
    """Write the whole summary as Markdown."""
    parts = ["# Sampling ratios and thresholds", "## Mean AP by ratio"]
    parts += [markdown(mean_scores(records, "AP"))]
    parts += ["## How often a ratio was chosen", markdown(chosen_ratios(records), 2)]
    parts += ["## Median threshold tuned for F1", markdown(median_thresholds(records))]
    parts += ["## Means", markdown(operating_means(records))]
    methods = set(records["method"])
    if {reference} < methods:
        tests = freedom_tests(records, reference).drop(columns="method")
        parts += [f"## {reference} against each rival, all at chosen ratios"]
        parts += [markdown(tests.set_index("metric"), 4)]
    if {"none"} < methods:
        for ratio in ("chosen", "1"):
            parts += [f"## Each method against none, ratio: {ratio}"]
            parts += [markdown(tests_against_none(records, ratio))]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Print the summary of a CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--reference", default="GANOverSampler")
    arguments = parser.parse_args()
    print(summarise(read_records(arguments.results), arguments.reference))


if __name__ == "__main__":
    main()
