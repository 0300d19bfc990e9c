"""Put the figures of finished runs where people read them, so that none is typed.

Run `python benchmarks/publish.py natural=a.csv minority=b.csv`: the tables of the
documentation go to `docs/quality/`, the first run's means to the README. Variants of
`GANOverSampler` in the first run are compared with it in a table of their own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from records import read_records
from summary import (
    BANDS,
    common_cells,
    comparisons,
    losses,
    markdown,
    mean_ranks,
    means,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "quality"
START, END = "<!-- quality table -->", "<!-- end of quality table -->"
REFERENCE = "GANOverSampler"


def overview(cells: pd.DataFrame) -> pd.DataFrame:
    """Give the means over tables with the mean rank, best rank first."""
    frame = means(cells)
    place = frame.columns.get_loc("median seconds")
    frame.insert(place, "mean rank", mean_ranks(cells)["all"])
    return frame.sort_values("mean rank")


def tests(cells: pd.DataFrame) -> pd.DataFrame:
    """Give the comparisons with each rival, by rival instead of by metric."""
    frame = comparisons(cells, REFERENCE).reset_index()
    for column in ("p", "p (Holm)"):
        frame[column] = [f"{p:.4f}" if p >= 1e-4 else "< 0.0001" for p in frame[column]]
    order = ["rival", "metric", "mean difference", "wins-ties-losses", "p", "p (Holm)"]
    return frame[order].set_index("rival")


def bands(cells: pd.DataFrame) -> pd.DataFrame:
    """Give the means by band of minority rows in training."""
    count = cells["minority_count_train"]
    parts = {
        band: means(cells[(count > low) & (count <= high)]).drop(
            columns="median seconds"
        )
        for band, (low, high) in BANDS.items()
    }
    frame = pd.concat(parts, names=["minority rows", "method"])
    return frame.reset_index().set_index("minority rows")


def write_table(frame: pd.DataFrame, path: Path, decimals: int) -> None:
    """Write a frame as CSV, for the documentation's csv-table."""
    frame.round(decimals).to_csv(path, float_format=f"%.{decimals}f")


def publish(name: str, records: pd.DataFrame) -> pd.DataFrame:
    """Write the documentation's tables of one run and give its overview."""
    records = records[records["parameters"] == ""]
    cells = common_cells(records)
    table = overview(cells)
    write_table(table, FOLDER / f"{name}_means.csv", 3)
    write_table(tests(cells), FOLDER / f"{name}_tests.csv", 4)
    write_table(bands(cells), FOLDER / f"{name}_bands.csv", 3)
    write_table(losses(cells, REFERENCE), FOLDER / f"{name}_losses.csv", 3)
    (FOLDER / f"{name}_versions.txt").write_text(
        "\n".join(records["versions"].unique()) + "\n"
    )
    return table


def publish_variants(records: pd.DataFrame) -> None:
    """Write the means of `GANOverSampler` beside its variants, where there are any."""
    own = (records["parameters"] != "") | (records["method"] == REFERENCE)
    table = overview(common_cells(records[own]))
    write_table(table, FOLDER / "conditions_means.csv", 3)


def fill_readme(table: pd.DataFrame, path: Path) -> None:
    """Replace what stands between the README's two marks."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    block = f"{START}\n\n{markdown(table)}\n\n{END}"
    path.write_text(before + block + after, encoding="utf-8")


def main() -> None:
    """Publish the runs named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="NAME=CSV")
    runs = dict(run.split("=") for run in parser.parse_args().runs)
    FOLDER.mkdir(exist_ok=True)
    records = {name: read_records(Path(csv)) for name, csv in runs.items()}
    tables = [publish(name, run) for name, run in records.items()]
    publish_variants(next(iter(records.values())))
    fill_readme(tables[0], ROOT / "README.md")


if __name__ == "__main__":
    main()
