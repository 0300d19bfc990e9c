"""Measure what a long life and large tables do to the sampler.

Run `python benchmarks/load.py`: each case runs in a process of its own and appends its
seconds and its peak of memory to `benchmarks/results/load.csv`; the case "fits" appends
one row for each hundred of a thousand fits in one process. `--publish` turns the CSV
into `docs/performance/load.csv` and `docs/performance/fits.csv`.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from machine import peak_bytes, versions
from records import append_records

from gansampler import GANOverSampler, TabularGAN

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "load.csv"
PUBLISHED = HERE.parent / "docs" / "performance"
OF_FITS = ["fits", "MiB", "open files", "threads of Python", "threads"]
OF_TABLES = ["synthetic rows", "seconds", "table MiB", "result MiB"]
OF_TABLES += ["peak MiB beyond the table"]
COLUMNS = ["case", "seed", *OF_FITS, *OF_TABLES, "versions"]
N_FITS = 1000
EVERY = 100
MIB = 2**20

SHAPES = {
    "500 columns": {"n_rows": 2_000, "n_numbers": 300, "n_words": 200},
    "1000 levels": {"n_rows": 20_000, "n_levels": 1000},
    "200 classes": {"n_rows": 4_000, "n_classes": 200, "rare": 0.75},
    "1000000 rows": {"n_rows": 1_000_000},
}


def make_table(
    seed: int,
    *,
    n_rows: int,
    n_numbers: int = 4,
    n_words: int = 2,
    n_levels: int = 5,
    n_classes: int = 2,
    rare: float = 0.1,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Make a table of numbers and words; `rare` is the share of all but class 0."""
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n_rows) < rare, rng.integers(1, n_classes, n_rows), 0)
    numbers = {f"x{j}": rng.normal(y % 7, 1) for j in range(n_numbers)}
    words = {
        f"word{j}": pd.Categorical.from_codes(
            rng.integers(0, n_levels, n_rows), [f"w{k}" for k in range(n_levels)]
        )
        for j in range(n_words)
    }
    return pd.DataFrame({**numbers, **words}), y


def run_case(case: str, seed: int) -> list[dict[str, object]]:
    """Run one case in this process, and return its rows of the CSV."""
    if case == "fits":
        return [{"case": case, "fits": n, **held()} for n in many_fits(seed)]
    X, y = make_table(seed, **SHAPES[case])
    before, start = peak_bytes(), time.perf_counter()
    X_res, _ = GANOverSampler(random_state=seed).fit_resample(X, y)
    return [
        {
            "case": case,
            "synthetic rows": len(X_res) - len(X),
            "seconds": time.perf_counter() - start,
            "table MiB": X.memory_usage(deep=True).sum() / MIB,
            "result MiB": X_res.memory_usage(deep=True).sum() / MIB,
            "peak MiB beyond the table": (peak_bytes() - before) / MIB,
        }
    ]


def many_fits(seed: int) -> Iterator[int]:
    """Fit again and again, each time another table; yield the count now and then."""
    for k in range(1, N_FITS + 1):
        X, y = make_table(seed + k, n_rows=200)
        sampler = GANOverSampler(TabularGAN(max_iter=20), random_state=k)
        sampler.fit_resample(X, y)
        if k % EVERY == 0:
            yield k


def held() -> dict[str, float]:
    """Tell what this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "MiB": pages * resource.getpagesize() / MIB,
        "open files": len(list(Path("/proc/self/fd").iterdir())),
        "threads of Python": threading.active_count(),
        "threads": len(list(Path("/proc/self/task").iterdir())),
    }


def publish(source: Path, folder: Path) -> None:
    """Write the tables of the documentation."""
    records = pd.read_csv(source)
    is_fit = records["case"] == "fits"
    fits = records.loc[is_fit, OF_FITS].round().astype(int)
    fits.to_csv(folder / "fits.csv", index=False)
    tables = records.loc[~is_fit, ["case", *OF_TABLES]].round(1)
    tables["synthetic rows"] = tables["synthetic rows"].astype(int)
    tables.to_csv(folder / "load.csv", index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    cases = ["fits", *SHAPES]
    parser.add_argument("--cases", nargs="+", default=cases, choices=cases)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--publish", action="store_true", help="from the CSV alone")
    parser.add_argument("--here", action="store_true", help="run in this process")
    arguments = parser.parse_args()
    if arguments.publish:
        publish(arguments.output, PUBLISHED)
        return
    for case in arguments.cases:
        if not arguments.here:
            options = ["--cases", case, "--seed", str(arguments.seed), "--here"]
            options += ["--output", str(arguments.output)]
            subprocess.run([sys.executable, __file__, *options], check=True)
            continue
        names = {"seed": arguments.seed, "versions": versions()}
        records = [{**record, **names} for record in run_case(case, arguments.seed)]
        append_records(arguments.output, records, columns=COLUMNS)
        print(pd.DataFrame(records).drop(columns="versions").to_string())


if __name__ == "__main__":
    main()
