"""Measure the over-sampling of tables that are larger than a worker's memory limit.

Run `python benchmarks/dask_scale.py`: for each number of rows and of workers it starts
a `distributed.LocalCluster`, over-samples a table that is made partition by partition
on the workers, reduces the result, and appends the times and the peak of the workers'
memory to `benchmarks/results/dask_scale.csv`. `--publish` turns the CSV into
`docs/performance/dask_scale.csv`.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from importlib.metadata import version
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from records import append_records

HERE = Path(__file__).resolve().parent
PUBLISHED = HERE.parent / "docs" / "performance" / "dask_scale.csv"
PACKAGES = ("gansampler", "dask", "distributed", "numpy", "pandas", "torch")
NUMBER_BYTES = 8
OVERSIZE = 1.2
PARTITION_ROWS = 250_000
MINORITY_SHARE = 0.005
MIB = 2**20


def make_partition(number: int, n_rows: int, n_columns: int, seed: int) -> pd.DataFrame:
    """Make one partition: numbers, every third of them whole, and the label."""
    rng = np.random.default_rng([seed, number])
    y = rng.random(n_rows) < MINORITY_SHARE
    columns = {
        f"x{j}": rng.integers(0, 1000, n_rows) if j % 3 == 2 else rng.random(n_rows) + y
        for j in range(n_columns)
    }
    return pd.DataFrame(columns).assign(y=y.astype(np.int64))


def make_table(n_rows: int, n_columns: int, seed: int):
    """Describe a table whose partitions are made where they are needed."""
    import dask.dataframe as dd

    n_parts = -(-n_rows // PARTITION_ROWS)
    shape = {"n_rows": n_rows // n_parts, "n_columns": n_columns, "seed": seed}
    meta = make_partition(0, 1, n_columns, seed).iloc[:0]
    table = dd.from_map(make_partition, range(n_parts), **shape, meta=meta)
    return table.drop(columns="y"), table["y"]


def peak_memory() -> int:
    """Return the most memory that this process has ever held, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("Only Linux tells a process's peak of memory.")


def measure(n_rows: int, n_workers: int, limit: int, seed: int) -> dict[str, object]:
    """Over-sample a table on a fresh cluster, as many rows as the minority has.

    Parameters
    ----------
    n_rows : int
        Rows of the table.
    n_workers : int
        Workers, each a process of one thread.
    limit : int
        The memory limit of each, in bytes.
    seed : int
        Decides the table and the rows.

    Returns
    -------
    record : dict
        What was measured; seconds and MiB.
    """
    import dask
    from distributed import Client, LocalCluster

    from gansampler.dask import DaskGANOverSampler

    # As many columns as make the table larger than the limit, six at least.
    n_columns = max(6, ceil(OVERSIZE * limit / (NUMBER_BYTES * n_rows)))
    X, y = make_table(n_rows, n_columns, seed)
    cluster = LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        memory_limit=limit,
        dashboard_address=":0",
    )
    with cluster, Client(cluster) as client:
        # What a worker imports is not part of the work.
        client.run(_import_all)
        idle = max(client.run(peak_memory).values())
        before = client.run(os.getpid)
        sampler = DaskGANOverSampler(sampling_strategy=_twice, random_state=seed)
        start = time.perf_counter()
        X_res, y_res = sampler.fit_resample(X, y)
        fitted = time.perf_counter()
        sums, counts = dask.compute(X_res.sum(), y_res.value_counts())
        done = time.perf_counter()
        if client.run(os.getpid) != before:
            raise RuntimeError("A worker died of its memory limit.")
        peak = max(client.run(peak_memory).values())
    if not np.isfinite(sums).all():
        raise RuntimeError("Some rows hold no numbers.")
    return {
        "rows": n_rows,
        "columns": n_columns,
        "minority rows": int(counts[1]) - sampler.sampling_strategy_[1],
        "synthetic rows": sampler.sampling_strategy_[1],
        "workers": n_workers,
        "table MiB": n_rows * n_columns * NUMBER_BYTES / MIB,
        "limit MiB": limit / MIB,
        "idle MiB": idle / MIB,
        "peak MiB": peak / MIB,
        "fit seconds": fitted - start,
        "compute seconds": done - fitted,
        "total seconds": done - start,
        "seed": seed,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": " ".join(
            [platform.python_version(), *(f"{p} {version(p)}" for p in PACKAGES)]
        ),
    }


def _import_all() -> None:
    import torch

    import gansampler.dask  # noqa: F401

    torch.zeros(1)


def _twice(y) -> dict[int, int]:
    """Ask for as many synthetic rows of the minority as there are real ones."""
    return {1: 2 * int((y == 1).sum().compute())}


def publish(source: Path, target: Path) -> None:
    """Write the medians over repeats, for the documentation's csv-table."""
    records = pd.read_csv(source)
    case = ["rows", "columns", "workers"]
    measured = ["table MiB", "limit MiB", "idle MiB", "peak MiB", "synthetic rows"]
    times = ["fit seconds", "compute seconds", "total seconds"]
    medians = records.groupby(case)[measured + times].median().reset_index()
    alone = medians[medians["workers"] == 1].set_index("rows")["total seconds"]
    medians["speed-up"] = medians["rows"].map(alone) / medians["total seconds"]
    medians["speed-up"] = medians["speed-up"].round(2)
    whole = [*measured, *times]
    medians[whole] = medians[whole].round().astype(int)
    target.parent.mkdir(parents=True, exist_ok=True)
    medians.to_csv(target, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 50_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--limit", type=int, default=1024, help="of a worker, in MiB")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output", type=Path, default=HERE / "results" / "dask_scale.csv"
    )
    parser.add_argument("--publish", action="store_true", help="from the CSV alone")
    arguments = parser.parse_args()
    if arguments.publish:
        publish(arguments.output, PUBLISHED)
        return
    # One thread a worker, whatever the libraries below would take.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    limit = arguments.limit * MIB
    for repeat in range(arguments.repeats):
        for n_rows in arguments.rows:
            for n_workers in arguments.workers:
                record = measure(n_rows, n_workers, limit, arguments.seed + repeat)
                append_records(arguments.output, [record], columns=None)
                print(record, flush=True)


if __name__ == "__main__":
    main()
