"""Publish the figures of finished runs in the documentation and the README.

Run `python benchmarks/publish.py main=a.csv ratios=b.csv`. The tables and pictures of
the documentation go to `docs/quality/`, each file under the name of its run, and the
means of `together` go to the README. `main=a.csv,b.csv` joins several CSVs of one run.
No figure is typed by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import operating_summary
import pandas as pd
from compare import (
    against_rivals,
    common_cells,
    compare_pairs,
    friedman,
    mean_ranks,
    table_differences,
)
from family import CONDITIONS, DEFAULT, FAMILY, OBJECTIVES, PENALTIES
from membership import PRIVATE, leakage_means
from pictures import save_critical_difference, save_difference_by_table
from records import read_records
from summary import (
    BAND,
    KIND,
    losses,
    markdown,
    means,
    means_by,
    tests_by,
    wide,
    with_groups,
    write_p,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "quality"
START, END = "<!-- quality table -->", "<!-- end of quality table -->"
REFERENCE = "GANOverSampler"
REJECTION = "+rejection"
SCORES = ["AP", "ROC AUC", "F1", "G-mean", "MCC"]


def overview(records: pd.DataFrame) -> pd.DataFrame:
    """Return the means over tables with the mean rank, best rank first."""
    frame = means(records)
    place = frame.columns.get_loc("median seconds")
    frame.insert(place, "mean rank", mean_ranks(records)["all"])
    return frame.sort_values("mean rank")


def write_table(frame: pd.DataFrame, name: str, decimals: int = 3) -> None:
    """Write a frame as CSV, for the documentation's csv-table."""
    path = FOLDER / f"{name}.csv"
    frame.round(decimals).to_csv(path, float_format=f"%.{decimals}f")


def publish_means(name: str, records: pd.DataFrame) -> None:
    """Write the means of a comparison of methods over what all have, and the tests."""
    records = common_cells(records[records["parameters"] == ""])
    write_table(overview(records).drop(columns="splits"), f"{name}_means")
    write_table(wide(against_rivals(records, REFERENCE)), f"{name}_tests")


def publish_together(name: str, records: pd.DataFrame) -> None:
    """Write the comparison over the tables of several runs, also to the README.

    Only methods that ran on every table take part: with the others, `common_cells`
    would drop the tables that these lack.
    """
    records = on_every_table(records[records["parameters"] == ""])
    records = records.replace({"method": {"none": "no resampling"}})
    frame = overview(common_cells(records))[[*SCORES, "mean rank", "median seconds"]]
    frame = frame.rename(columns={"mean rank": "rank", "median seconds": "seconds"})
    frame = highlight_best(frame)
    write_table(frame, f"{name}_means")
    write_table(wide(against_rivals(records, REFERENCE)), f"{name}_tests")
    publish_ranks(name, records)
    fill_readme(frame, ROOT / "README.md")


def on_every_table(records: pd.DataFrame) -> pd.DataFrame:
    """Keep the methods that have results on every table."""
    n_tables = records.groupby("method")["table"].transform("nunique")
    return records[n_tables == records["table"].nunique()]


def highlight_best(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the numbers of an overview as text, the best of each column in bold.

    Scores that are equal to the last digit shown are all in bold.
    """
    shown = frame.copy()
    for name in frame.select_dtypes("number"):
        write = "{:.2f}".format if name == "rank" else "{:.3f}".format
        text = frame[name].map(write)
        best = frame[name].max() if name in SCORES else frame[name].min()
        is_best = (text == write(best)) & (name != "seconds")
        shown[name] = text.mask(is_best, "**" + text + "**")
    return shown


def publish_comparison(name: str, records: pd.DataFrame) -> None:
    """Write the tables and pictures of a comparison of methods."""
    publish_means(name, records)
    records = records[records["parameters"] == ""]
    publish_ranks(name, records)
    publish_differences(name, records)
    versions = "\n".join(records["versions"].unique())
    (FOLDER / f"{name}_versions.txt").write_text(versions + "\n")


def publish_ranks(name: str, records: pd.DataFrame) -> None:
    """Write the mean ranks, their test, and the critical-difference diagram."""
    ranks, tests = mean_ranks(records), friedman(records)
    write_table(ranks, f"{name}_ranks", 2)
    write_table(tests.assign(p=tests["p"].map(write_p)), f"{name}_friedman", 2)
    overall = tests.loc["all"]
    cd = overall["critical difference"]
    p = write_p(overall["p"])
    (FOLDER / f"{name}_friedman.txt").write_text(
        f"Friedman's test over {overall['methods']:.0f} methods and "
        f"{overall['tables']:.0f} tables gives a chi-squared of "
        f"{overall['chi-squared']:.1f} (p {p if p[0] == '<' else f'= {p}'}). By "
        f"Nemenyi's test, two methods differ at the 5 % level if their mean ranks are "
        f"at least {cd:.2f} apart.\n"
    )
    save_critical_difference(ranks["all"], cd, FOLDER / f"{name}_ranks.svg")


def publish_differences(name: str, records: pd.DataFrame) -> None:
    """Draw the lead in average precision over none and over SMOTE on each table."""
    differences = pd.DataFrame(
        {
            rival: table_differences(records, REFERENCE, rival)["AP"]
            for rival in ("none", "SMOTE")
            if rival in set(records["method"])
        }
    )
    title = f"average precision of {REFERENCE} minus that of its rival"
    save_difference_by_table(differences, title, FOLDER / f"{name}_differences.svg")


def publish_main(name: str, records: pd.DataFrame) -> None:
    """Publish the main run, also by number of minority rows and kind of column."""
    records = with_groups(records[records["parameters"] == ""])
    publish_comparison(name, records)
    for title, group in {"bands": BAND, "kinds": KIND}.items():
        write_table(means_by(records, group), f"{name}_{title}")
        write_table(tests_by(records, group, REFERENCE), f"{name}_{title}_tests")
    write_table(losses(records, REFERENCE), f"{name}_losses")


def publish_variants(name: str, records: pd.DataFrame) -> None:
    """Write `GANOverSampler` beside its variants, and each tested against it."""
    frame, tests = compare_variants(records)
    write_table(frame, f"{name}_means")
    write_table(tests, f"{name}_tests")


def compare_variants(records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the means of `GANOverSampler` and its variants, and the tests of these."""
    own = (records["parameters"] != "") | (records["method"] == REFERENCE)
    records = common_cells(records[own])
    pairs = [(m, REFERENCE) for m in sorted(set(records["method"]) - {REFERENCE})]
    frame = overview(records).drop(columns="splits")
    return frame, wide(compare_pairs(records, pairs), "method")


def publish_family(name: str, records: pd.DataFrame) -> None:
    """Write the mean AP of each GAN of the family, and what may be added to it."""
    in_family = records["method"].isin(FAMILY)
    means_of_each = means(common_cells(records[in_family]))["AP"]
    by_penalty, by_condition = family_grids(means_of_each)
    write_table(by_penalty, f"{name}_penalties")
    write_table(by_condition, f"{name}_conditions")
    added, tests = compare_variants(records[~in_family])
    # The run was not alone on its machine: publish_family_time has the seconds.
    write_table(added.drop(columns="median seconds"), f"{name}_means")
    write_table(tests, f"{name}_tests")


def publish_family_time(name: str, records: pd.DataFrame) -> None:
    """Write the seconds of each GAN of the family as multiples of the default's."""
    seconds = records.groupby("method")["fit_resample seconds"].median()
    # Not by the reference itself: it runs first, and its time includes torch's import.
    ratios = seconds / seconds[DEFAULT]
    by_penalty, by_condition = family_grids(ratios[ratios.index.isin(FAMILY)])
    write_table(by_penalty, f"{name}_penalties", 1)
    write_table(by_condition, f"{name}_conditions", 1)
    added = ratios[~ratios.index.isin([REFERENCE, *FAMILY])].rename("times the default")
    write_table(added.sort_values().to_frame(), f"{name}_regularisers", 1)


def family_grids(values: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out a value for each GAN of the family: by penalty, and by condition."""
    parts = [name.split() for name in values.index]
    frame = pd.DataFrame(parts, columns=["objective", "penalty", "condition"])
    frame["value"] = values.to_numpy()
    plain = frame[frame["condition"] == CONDITIONS[0]]
    by_penalty = plain.pivot(index="objective", columns="penalty", values="value")
    usual = frame[frame["penalty"] == PENALTIES[0]]
    by_condition = usual.pivot(index="objective", columns="condition", values="value")
    return (
        by_penalty.reindex(index=OBJECTIVES, columns=PENALTIES),
        by_condition.reindex(index=OBJECTIVES, columns=CONDITIONS),
    )


def publish_rejection(name: str, records: pd.DataFrame) -> None:
    """Write what the rejection step adds to rivals, and the lead that is left."""
    methods = set(records["method"])
    pairs = [(m, m.removesuffix(REJECTION)) for m in sorted(methods)]
    pairs = [(m, base) for m, base in pairs if m != base and base in methods]
    some = {REFERENCE, *(method for pair in pairs for method in pair)}
    records = common_cells(records[records["method"].isin(some)])
    write_table(overview(records).drop(columns="splits"), f"{name}_means")
    write_table(wide(compare_pairs(records, pairs), "method"), f"{name}_pairs")
    tests = against_rivals(records, REFERENCE)
    write_table(wide(tests), f"{name}_tests")


def publish_ratios(name: str, records: pd.DataFrame) -> None:
    """Write the tables of operating_points.py."""
    write_table(operating_summary.mean_scores(records, "AP"), f"{name}_ap")
    write_table(operating_summary.chosen_ratios(records), f"{name}_chosen", 2)
    write_table(operating_summary.operating_means(records), f"{name}_means")
    write_table(operating_summary.median_thresholds(records), f"{name}_thresholds")
    tests = operating_summary.freedom_tests(records, REFERENCE)
    write_table(wide(tests), f"{name}_tests")
    for title, ratio in {"chosen": "chosen", "balanced": "1"}.items():
        tests = operating_summary.tests_against_none(records, ratio)
        write_table(tests, f"{name}_none_{title}")


def publish_fidelity(name: str, records: pd.DataFrame) -> None:
    """Write the means over tables of whatever was measured on synthetic rows."""
    settings = ("seed", "split", "refused", "fit_resample seconds")
    numbers = records.select_dtypes("number")
    measures = [c for c in numbers if c not in settings and "count" not in c]
    by_table = records.groupby(["method", "table"])[measures].mean()
    frame = by_table.groupby("method").mean()
    for ratio in (name for name in measures if name.endswith("ratio")):
        # Not bounded, and infinite where held-out rows repeat training rows.
        frame[ratio] = by_table[ratio].groupby("method").median()
    frame["tables"] = by_table.groupby("method").size()
    frame = frame.sort_values("detection AUC")
    write_table(frame, f"{name}_all")
    # A page has no room for more columns.
    narrow = frame.columns.drop(["density", "coverage", "tables"], errors="ignore")
    write_table(frame[narrow], f"{name}_means")


def publish_membership(name: str, records: pd.DataFrame) -> None:
    """Write how well members are guessed, also on tables with a private generator."""
    is_private = records["method"] == PRIVATE
    write_table(leakage_means(records[~is_private]), f"{name}_means")
    large = records.loc[is_private & (records["error"] == ""), "table"]
    in_large = records["table"].isin(large)
    write_table(leakage_means(records[in_large]), f"{name}_large")


PUBLISHERS: dict[str, Callable[[str, pd.DataFrame], None]] = {
    "main": publish_main,
    "fresh": publish_comparison,
    "keel": publish_comparison,
    "together": publish_together,
    "rivals": publish_means,
    "mlp": publish_means,
    "generative": publish_means,
    "ablation": publish_variants,
    "family": publish_family,
    "family_time": publish_family_time,
    "rejection": publish_rejection,
    "ratios": publish_ratios,
    "fidelity": publish_fidelity,
    "membership": publish_membership,
}


def fill_readme(table: pd.DataFrame, path: Path) -> None:
    """Replace the text between the two marks of the README."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    block = f"{START}\n\n{markdown(table)}\n\n{END}"
    path.write_text(before + block + after, encoding="utf-8")


def read_run(text: str) -> tuple[str, pd.DataFrame]:
    """Read `NAME=CSV` or `NAME=CSV,CSV`: the name of a run, and its results.

    Where two CSVs have the same result, the first one counts.
    """
    name, _, listed = text.partition("=")
    paths = [Path(path) for path in listed.split(",")]
    if name not in PUBLISHERS:
        raise argparse.ArgumentTypeError(f"{name!r} is not one of {list(PUBLISHERS)}")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise argparse.ArgumentTypeError(f"cannot find {', '.join(missing)}")
    records = pd.concat([read_records(path) for path in paths], ignore_index=True)
    key = ["table", "split", "seed", "method", "classifier", "ratio"]
    return name, records.drop_duplicates(records.columns.intersection(key))


def main() -> None:
    """Publish the runs named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="NAME=CSV", type=read_run)
    FOLDER.mkdir(exist_ok=True)
    for name, records in parser.parse_args().runs:
        PUBLISHERS[name](name, records)


if __name__ == "__main__":
    main()
