"""On real clusters: workers are processes of their own, which talk over sockets."""

import os
import signal
import time

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from joblib import parallel_config
from partitions import quick_dask
from tables import assert_same, quick

pytestmark = pytest.mark.usefixtures("one_process")

LIMIT = 800 * 2**20
"""Memory of a worker, half of which is what it imports."""


def big_part(number, n=2000):
    """Make one partition of a table of three classes, anywhere."""
    rng = np.random.default_rng(number)
    y = rng.choice([0, 1, 2], n, p=[0.8, 0.1, 0.1])
    x = rng.normal(y[:, np.newaxis], 1, (n, 3)).round(2)
    return pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=y)


def big_table(n_parts=6, **params):
    table = dd.from_map(big_part, range(n_parts), **params)
    return table[["a", "b", "c"]], table["y"]


@pytest.fixture(scope="module")
def cluster():
    """Start two workers, each a process of one thread."""
    # A port of its own for the dashboard, which can't be left out.
    with LocalCluster(
        n_workers=2, threads_per_worker=1, memory_limit=LIMIT, dashboard_address=":0"
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    """Compute on the workers."""
    # Inside what `one_process` sets, so that this is what counts.
    with Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def big_result():
    """Return what comes out without a cluster."""
    with dask.config.set(scheduler="sync"):
        sampler = quick_dask(max_train_rows=300, partition_size=4000)
        return dask.compute(*sampler.fit_resample(*big_table()))


@pytest.mark.slow
def test__cluster__any_number_of_workers__same_rows(client, big_result):
    for n_workers in (2, 1):
        client.cluster.scale(n_workers)
        while len(client.run(os.getpid)) != n_workers:
            time.sleep(0.1)
        sampler = quick_dask(max_train_rows=300, partition_size=4000)
        X_res, y_res = dask.compute(*sampler.fit_resample(*big_table()))
        assert_same(X_res, big_result[0])
        assert_same(y_res, big_result[1])


class Killer:
    """A constraint that ends the process of the first worker to ask for it."""

    def __init__(self, fuse):
        self.fuse = fuse

    def __call__(self, rows):
        try:
            self.fuse.unlink()  # only one of all processes can
        except FileNotFoundError:
            return np.ones(len(rows), dtype=bool)
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test__cluster__worker_killed_while_it_generates__same_rows(client, tmp_path):
    fuse = tmp_path / "fuse"
    client.cluster.scale(2)
    client.wait_for_workers(2, timeout=120)
    sampler = quick_dask(
        max_train_rows=300, partition_size=4000, constraints=Killer(fuse)
    )
    lazy = sampler.fit_resample(*big_table())
    expected = dask.compute(*lazy, scheduler="sync")
    before = set(client.run(os.getpid).values())
    fuse.touch()
    found = dask.compute(*lazy)
    client.wait_for_workers(2, timeout=120)
    assert len(before & set(client.run(os.getpid).values())) == 1
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)


def wide_part(number):
    """Make a partition of 16 MiB."""
    part = big_part(number, 2**15)
    more = np.arange(2**15 * 60).reshape(60, -1).T % 1000 + 0.5
    return part.join(pd.DataFrame(more).add_prefix("more"))


@pytest.mark.slow
def test__cluster__table_larger_than_the_memory_of_a_worker__resampled(client):
    n_parts = 56
    part = wide_part(0)
    assert part.memory_usage().sum() * n_parts > LIMIT
    client.cluster.scale(2)
    client.wait_for_workers(2, timeout=120)
    before = client.run(os.getpid)
    table = dd.from_map(wide_part, range(n_parts), meta=part.iloc[:0])
    X, y = table.drop(columns="y"), table["y"]
    n_rare = int((y == 1).sum().compute())
    sampler = quick_dask(max_train_rows=300, sampling_strategy={1: n_rare + 500})
    X_res, y_res = sampler.fit_resample(X, y)
    sizes, counts = dask.compute(X_res.map_partitions(len), y_res.value_counts())
    assert sizes.tolist() == [2**15] * n_parts + [500]
    assert counts[1] == n_rare + 500
    # No worker was ended by its nanny for the memory that it held.
    assert client.run(os.getpid) == before


def test__joblib__dask_as_its_backend__rows_of_one_process():
    table = pd.concat(map(big_part, range(2)), ignore_index=True)
    X, y = table[["a", "b", "c"]], table["y"]
    expected = quick(n_jobs=1).fit_resample(X, y)
    with Client(processes=False, n_workers=2, dashboard_address=":0") as client:
        with parallel_config(backend="dask"):
            found = quick(n_jobs=2).fit_resample(X, y)
        # The scheduler remembers what has run on it, by the names of functions.
        done = client.run_on_scheduler(
            lambda dask_scheduler: list(dask_scheduler.task_prefixes)
        )
    assert any("fit_generator" in name for name in done)
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)
