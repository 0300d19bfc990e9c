"""Measure where the time goes: one command, one CSV (see README.md).

Run `python benchmarks/speed.py` where ctgan is installed, or with
`--parts step,classes,...` those that do without it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import step as steps
import torch
from compare import METRICS
from machine import THREAD_VARIABLES, peak_bytes, versions
from methods import ALL_METHODS
from quality import run_task
from records import SECONDS, append_records
from running import DATA, HERE, RESULTS, Task, some_of
from step import repeat
from threadpoolctl import threadpool_limits

from gansampler import GANOverSampler
from gansampler.tabular.encoder import RowLayout

TABLES = [
    "ecoli_imu",
    "yeast_me2",
    "vowel0",
    "hmeq",
    "sick",
    "stroke",
    "adult",
    "wine_quality_white",
]
"""Of all kinds, from tens of minority rows to over a thousand."""

CLASSIFIERS = ("LogisticRegression", "5-NN", "RandomForest", "LightGBM")
SEED = 0


class Measured(NamedTuple):
    """A value that was measured, which makes a row of the CSV."""

    case: str
    quantity: str
    value: float
    repeat: int = 0
    method: str = "GANOverSampler"


COLUMNS = ["part", "case", "method", "repeat", "quantity", "value", "versions"]
Part = Callable[[argparse.Namespace], Iterator[Measured]]


def step(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Time a training step, its parts and its floor, and count its operations."""
    cases = {
        "20 numbers": RowLayout(20, ()),
        "10 numbers, 6 categorical": RowLayout(10, (4,) * 6),
        "10 numbers, 5 categorical": RowLayout(10, (4,) * 5),
        "10 numbers, 200 categorical": RowLayout(10, (4,) * 200),
        "30 numbers, 10 categorical": RowLayout(30, (5,) * 10),
    }
    settings = steps.defaults()
    for case, layout in cases.items():
        recorder = steps.count(layout, settings)
        yield Measured(case, "operations", recorder.n_operations)
        yield Measured(case, "flops", recorder.flops)
        pairs = steps.measure(layout, settings, arguments.repeats, times=100)
        for number, pair in enumerate(pairs):
            pair["step over floor"] = pair["step"] / pair["floor"]
            pair["flops per second of the floor"] = recorder.flops / pair["floor"]
            for quantity, value in pair.items():
                yield Measured(case, quantity, value, number)
        for part, value in steps.split(layout, settings).items():
            yield Measured(case, f"seconds: {part}", value)
        for name, value in steps.operations(layout, settings).items():
            yield Measured(case, f"operation: {name}", value)


def tables(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Resample real tables by us and by CTGAN in turn, and score classifiers."""
    for table in TABLES:
        for number in range(min(arguments.repeats, arguments.ctgan_repeats)):
            for method in ("GANOverSampler", "CTGAN"):
                make = ALL_METHODS[method]
                where = (arguments.data, table, number, method, make)
                rows = run_task(Task(*where, "natural", "all", CLASSIFIERS))
                yield Measured(table, "seconds", rows[0][SECONDS], number, method)
                for score in METRICS:
                    value = statistics.mean(row[score] for row in rows)
                    yield Measured(table, score, value, number, method)


def classes(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Resample one minority class, and more of the same size beside each other."""
    for number in range(arguments.repeats):
        for k in (1, 2, 4, 8, 32):
            X, y = table_of(n=1000 + 100 * k, n_numbers=12, n_minor=[100] * k)
            yield Measured(f"{k}", "seconds", time_fit(X, y), number)


def scaling(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Resample tables that grow in rows, in columns or in categories."""
    grids: dict[str, list[dict[str, Any]]] = {
        "rows": [{"n": n} for n in (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)],
        "columns": [{"n_numbers": d, "n_labels": 0} for d in (10, 30, 100, 250, 500)],
        "categories": [{"n_levels": k} for k in (2, 10, 100, 1_000)],
    }
    for number in range(arguments.repeats):
        for axis, grid in grids.items():
            for sizes in grid:
                X, y = table_of(**sizes)
                # One new row for each of the minority, whatever the table's size.
                value = time_fit(X, y, sampling_strategy={1: 2 * int(y.sum())})
                size = next(iter(sizes.values()))
                yield Measured(f"{axis}: {size}", "seconds", value, number)


def sampling(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Sample rows of a mixed table, by us with and without rejection and by CTGAN."""
    from ctgan import CTGAN as Synthesizer

    X, y = table_of(n=2_000, n_numbers=10, n_labels=10)
    ours = {"GANOverSampler": {}, "rejection: none": {"rejection_estimator": None}}
    draw: dict[str, Callable[[int], Any]] = {}
    for method, parameters in ours.items():
        sampler = GANOverSampler(random_state=SEED, **parameters)
        sampler.fit_resample(X, y)
        draw[method] = partial(sampler.generators_[1].sample, random_state=SEED)
    labels = list(X.select_dtypes("category"))
    synthesizer = Synthesizer(epochs=30, enable_gpu=False)  # speed does not depend
    synthesizer.fit(X[y == 1].astype(dict.fromkeys(labels, object)), labels)
    draw["CTGAN"] = synthesizer.sample
    for number in range(arguments.repeats):
        for method, sample in draw.items():
            for n in (1_000, 100_000):
                sample(10)
                rate = n / repeat(partial(sample, n), 1)
                yield Measured(f"{n} rows", "rows per second", rate, number, method)


def memory(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Follow the peak memory of processes that resample tables of growing size."""
    for n in (10_000, 100_000, 1_000_000):
        for name, value in in_process("fit_and_report", n).items():
            yield Measured(f"{n} rows", name, value)
    for n in (100_000, 1_000_000, 10_000_000):
        for name, value in in_process("stream_and_report", n).items():
            yield Measured(f"{n} new rows", name, value)


def million(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Balance a million rows, a tenth of them rare, in processes of their own."""
    for number in range(arguments.repeats):
        for shift in (0, 1, 2):
            case = f"classes {shift} standard deviations apart"
            for name, value in in_process("balance_and_report", shift).items():
                yield Measured(case, name, value, number)


def imports(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Import the package and imbalanced-learn in turn, each in a fresh process."""
    modules = ("gansampler", "imblearn.over_sampling")
    for number in range(-1, max(arguments.repeats, 5)):  # the first warms the disk
        for module in modules:
            code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
            run = partial(subprocess.run, [sys.executable, "-c", code], check=True)
            seconds = repeat(run, 1)
            if number >= 0:
                yield Measured(module, "seconds", seconds, number)


def table_of(
    n: int = 3_000,
    n_numbers: int = 20,
    n_labels: int = 10,
    n_levels: int = 5,
    n_minor: list[int] | None = None,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw a table of numbers and labels, a tenth of it, or `n_minor` rows, rare."""
    rng = np.random.default_rng(SEED)
    sizes = n_minor or [n // 10]
    y = np.zeros(n, dtype=int)
    y[: sum(sizes)] = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    columns: dict[str, Any] = {
        f"n{j}": rng.normal(size=n) + rng.normal(size=len(sizes) + 1)[y]
        for j in range(n_numbers)
    }
    levels = [f"level {k}" for k in range(n_levels)]
    for j in range(n_labels):
        codes = rng.integers(0, n_levels, n)
        columns[f"c{j}"] = pd.Categorical.from_codes(codes, levels)
    return pd.DataFrame(columns), y


def time_fit(X: pd.DataFrame, y: np.ndarray, **parameters: Any) -> float:
    """Time a `fit_resample`."""
    sampler = GANOverSampler(random_state=SEED, **parameters)
    return repeat(lambda: sampler.fit_resample(X, y), 1)


def in_process(function: str, n: int) -> dict[str, float]:
    """Run one of the functions below in a process of its own."""
    code = f"import json, speed; print(json.dumps(speed.{function}({n})))"
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    command = [sys.executable, "-c", code]
    printed = subprocess.check_output(command, cwd=HERE, env=environment)
    return dict(json.loads(printed))


def fit_and_report(n: int) -> dict[str, float]:
    """Resample a table of 30 mixed columns, a tenth of it rare, and report memory."""
    X, y = table_of(n=n)
    time_fit(*table_of(n=500))  # what is loaded at the first use
    before = peak_bytes()
    sampler = GANOverSampler(random_state=SEED, sampling_strategy=0.2)
    start = time.perf_counter()
    resampled = sampler.fit_resample(X, y)
    seconds = time.perf_counter() - start
    width = sampler.generators_[1].gan.encoder_.layout_.width
    return {
        "seconds": seconds,
        "bytes of the table": float(X.memory_usage(deep=True).sum()),
        "bytes of the encoded class": 4.0 * width * int(y.sum()),
        "bytes of the result": float(resampled[0].memory_usage(deep=True).sum()),
        "peak bytes beyond the table": float(peak_bytes() - before),
    }


def balance_and_report(shift: int) -> dict[str, float]:
    """Balance a million rows of ten mixed columns, three of which tell of the class."""
    rng = np.random.default_rng(SEED)
    y = (np.arange(1_000_000) < 100_000).astype(int)
    numbers = rng.normal(size=(len(y), 8))
    numbers[:, :3] += shift * y[:, None]
    X = pd.DataFrame(numbers, columns=[f"n{j}" for j in range(8)])
    for name in ("c0", "c1"):
        X[name] = pd.Categorical(rng.choice(["a", "b", "c"], len(y)))
    time_fit(*table_of(n=500))  # what is loaded at the first use
    start = time.process_time()
    sampler = GANOverSampler(random_state=SEED)
    sampler.fit_resample(X, y)
    return {
        "CPU seconds": time.process_time() - start,
        "candidates for each row": sampler.generators_[1].candidates_per_row,
    }


def stream_and_report(n: int) -> dict[str, float]:
    """Draw rows part by part, keep none, and report memory."""
    X, y = table_of(n=2_000, n_numbers=10, n_labels=10)
    sampler = GANOverSampler(random_state=SEED, rejection_estimator=None)
    sampler.fit_resample(X, y)
    before, start = peak_bytes(), time.perf_counter()
    parts = sampler.generators_[1].sample_parts(n, random_state=SEED)
    n_drawn = sum(map(len, parts))
    if n_drawn != n:
        raise RuntimeError(f"{n_drawn} rows came instead of {n}")
    return {
        "seconds": time.perf_counter() - start,
        "peak bytes beyond the fit": float(peak_bytes() - before),
    }


PARTS: dict[str, Part] = {
    "imports": imports,
    "step": step,
    "classes": classes,
    "million": million,
    "scaling": scaling,
    "memory": memory,
    "sampling": sampling,
    "tables": tables,
}


def main() -> None:
    """Run the parts, and replace what the CSV had of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=some_of(PARTS), default=list(PARTS))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--output", type=Path, default=RESULTS / "speed.csv")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--ctgan-repeats", type=int, default=2)
    arguments = parser.parse_args()
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    torch.set_num_threads(1)
    time_fit(*table_of(n=500))  # the first use loads what it needs
    for part in arguments.parts:
        forget(arguments.output, part)
        with threadpool_limits(1):
            for row in PARTS[part](arguments):
                record = {**row._asdict(), "part": part, "versions": versions()}
                append_records(arguments.output, [record], COLUMNS)
                line = (part, row.case, row.method, row.quantity)
                print(*line, f"{row.value:.4g}", sep=" | ", flush=True)


def forget(output: Path, part: str) -> None:
    """Drop the old rows of a part."""
    if output.exists():
        records = pd.read_csv(output)
        records[records["part"] != part].to_csv(output, index=False)


if __name__ == "__main__":
    main()
