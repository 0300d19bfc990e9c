"""Tables in partitions: on no cluster at all, and on real ones."""

import os
import signal
import subprocess
import sys
import time

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError
from tables import assert_legal, assert_same, mixed_frame, quick

from gansampler import GANOverSampler, TabularGAN
from gansampler.dask.oversampler import FAN_IN, DaskGANOverSampler

N_LARGE, N_RARE = 6000, 400

LIMIT = 800 * 2**20
"""Memory of a worker, half of which is what it imports."""


@pytest.fixture(autouse=True)
def one_process():
    """Without a cluster, compute here and now."""
    with dask.config.set(scheduler="sync"):
        yield


def quick_dask(**params):
    """Make a sampler of dask DataFrames that trains in hundredths of a second."""
    own = {
        k: params.pop(k) for k in ("max_train_rows", "partition_size") if k in params
    }
    return DaskGANOverSampler(**quick(**params).get_params(deep=False), **own)


def cut(table, edges):
    """Make a dask DataFrame of the rows between edges, in the same dtypes."""
    edges = [0, *edges, len(table)]

    def part(start, stop):
        return table.iloc[start:stop]

    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(part, edges[:-1], edges[1:], meta=table.iloc[:0])


@pytest.fixture(scope="module")
def mixed():
    """Make a table with a column of every kind, in no order of its classes."""
    frame, y = mixed_frame(n_rows=(60, 30))
    order = np.random.default_rng(1).permutation(len(frame))
    return frame.iloc[order], pd.Series(y, name="y").iloc[order]


@pytest.fixture(scope="module")
def large():
    """Make a table with one extreme row, one rare category and one missing value."""
    rng = np.random.default_rng(0)
    y = pd.Series(np.zeros(N_LARGE, dtype=int), name="y")
    y[rng.choice(N_LARGE, N_RARE, replace=False)] = 1
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=N_LARGE) + y,
            "count": rng.integers(0, 500, N_LARGE),
            "label": rng.choice(["p", "q"], N_LARGE),
        }
    )
    first, second, third = np.flatnonzero(y)[[7, 200, 390]]
    frame.loc[first, "x"] = 99.0
    frame.loc[second, "label"] = "once"
    frame.loc[third, "x"] = np.nan
    return frame, y


@pytest.mark.parametrize("edges", [[], [30, 30, 71], [*range(1, 90, 4)]], ids=len)
def test__fit_resample__table_that_fits__rows_of_the_sampler_in_memory(mixed, edges):
    frame, y = mixed
    assert len(edges) + 1 != FAN_IN
    local, lazy = quick(), quick_dask()
    X_res, y_res = local.fit_resample(frame, y)
    X_lazy, y_lazy = lazy.fit_resample(cut(frame, edges), cut(y, edges))
    assert_same(X_lazy.compute(), X_res)
    assert_same(y_lazy.compute(), y_res)
    assert lazy.history_ == local.history_
    assert lazy.schema_ == local.schema_
    assert lazy.sampling_strategy_ == local.sampling_strategy_
    assert_array_equal(lazy.categorical_features_, local.categorical_features_)
    assert_array_equal(lazy.feature_names_in_, frame.columns)
    more = lazy.generators_[1].sample(5, random_state=3)
    assert_same(more, local.generators_[1].sample(5, random_state=3))


@pytest.mark.parametrize(
    "params",
    [
        {"rejection_estimator": None},
        {"auxiliary_classifier": 0.1},
        {"condition": "anchor", "augmentation": "mix"},
        {"constraints": "x >= 0 or label == 'q' or x < 0"},
        {"n_candidates": 1, "auxiliary_classifier": 0.1},
    ],
    ids=str,
)
def test__fit_resample__any_parameters__as_in_memory(large, params):
    frame, y = large[0][:500], large[1][:500]
    X_res, _ = quick(**params).fit_resample(frame, y)
    X_lazy, _ = quick_dask(**params).fit_resample(cut(frame, [200]), cut(y, [200]))
    assert_same(X_lazy.compute(), X_res)


def test__fit_resample__images__as_in_memory(rng):
    y = pd.Series(np.repeat([0, 1], [40, 20]))
    X = pd.DataFrame(rng.integers(0, 9, (60, 16)), columns=[f"p{j}" for j in range(16)])
    params = {"image_shape": (4, 4), "generator_layers": (4,), "critic_layers": (4,)}
    X_res, _ = quick(**params).fit_resample(X, y)
    X_lazy, _ = quick_dask(**params).fit_resample(cut(X, [33]), cut(y, [33]))
    assert_same(X_lazy.compute(), X_res)


@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        (["no", "maybe", "yes"], None),
        (["no", "maybe", "yes"], "category"),
        (["no", "maybe", "yes"], object),
        ([False, True], None),
        ([3, 1], "Int64"),
    ],
)
def test__fit_resample__labels_of_any_kind__the_same_kind(large, labels, dtype):
    frame = large[0][:90]
    y = pd.Series(np.resize(labels, 90)).where(frame.index % 5 > 0, labels[0])
    y = y.astype(dtype) if dtype else y
    X_res, y_res = quick().fit_resample(frame, y)
    X_lazy, y_lazy = quick_dask().fit_resample(cut(frame, [40]), cut(y, [40]))
    assert_same(y_lazy.compute(), y_res)
    assert_same(X_lazy.compute(), X_res)


@pytest.mark.parametrize("edges", [[3000], [0, 10, 11, 2500, 5999]], ids=len)
def test__fit_resample__sample_of_the_class__same_rows_however_cut(large, edges):
    frame, y = large
    params = {"max_train_rows": 100, "partition_size": 2000}
    results = [
        dask.compute(*quick_dask(**params).fit_resample(cut(frame, e), cut(y, e)))
        for e in ([], edges)
    ]
    for one, other in zip(*results, strict=True):
        assert_same(one, other)


def test__fit_resample__sample_of_the_class__all_rows_say_what_is_legal(large):
    frame, y = large
    sampler = quick_dask(max_train_rows=100, rejection_estimator=None)
    X_res, _ = sampler.fit_resample(cut(frame, [3000]), cut(y, [3000]))
    x, _, label = sampler.generators_[1].encoder.codecs_
    own = frame[y == 1]
    assert (x.grid.low, x.grid.high) == (own["x"].min(), 99.0)
    assert x.special.isna().tolist() == [True]
    assert sorted(label.values) == ["once", "p", "q"]
    assert_legal(X_res.partitions[2:].compute(), own)


def test__fit_resample__rare_class_in_no_sample__trained_on_at_most_so_many(large):
    frame, y = large
    sampler = quick_dask(max_train_rows=100, condition="anchor")
    sampler.fit_resample(cut(frame, [3000]), cut(y, [3000]))
    # The anchors are the rows that were trained on.
    assert len(sampler.generators_[1].source.condition.rows) == 100


def test__fit_resample__tables_rows__stay_first_and_lazy(large):
    frame, y = large
    read = []

    def part(start):
        read.append(start)
        return frame.iloc[start : start + 1500].set_axis([f"r{i}" for i in range(1500)])

    starts = [0, 1500, 3000, 4500]
    with dask.config.set({"dataframe.convert-string": False}):
        X = dd.from_map(part, starts, meta=part(0).iloc[:0])
    sampler = quick_dask(max_train_rows=100, partition_size=2000)
    X_res, y_res = sampler.fit_resample(X, cut(y, starts[1:]))
    read.clear()
    n_new = N_LARGE - 2 * N_RARE
    lengths = [1500] * 4 + [2000, 2000, n_new - 4000]
    assert X_res.divisions == (*np.cumsum([0, *lengths[:-1]]), N_LARGE + n_new - 1)
    assert y_res.divisions == X_res.divisions
    assert len(X_res.partitions[4:].compute()) == n_new
    assert read == []
    for number, start in enumerate(starts):
        expected = frame.iloc[start : start + 1500]
        assert_same(X_res.partitions[number].compute(), expected)
    assert read == starts
    joined = X_res.assign(y=y_res).partitions[-1].compute()
    assert_same(joined.index, pd.RangeIndex(N_LARGE + 4000, N_LARGE + n_new))
    assert set(joined["y"]) == {1}


def test__fit_resample__categories_unknown_to_dask__those_of_all_partitions(large):
    frame, y = large

    def part(start):
        rows = frame.iloc[start : start + 3000]
        return rows.assign(label=rows["label"].astype("category"))

    X = dd.from_map(part, [0, 3000])
    X = X.assign(label=X["label"].cat.as_unknown())
    sampler = quick_dask()
    X_res, _ = sampler.fit_resample(X, cut(y, [3000]))
    synthetic = X_res.partitions[2:].compute()
    assert sorted(synthetic["label"].cat.categories) == ["once", "p", "q"]
    assert_legal(synthetic.astype({"label": str}), frame[y == 1])
    assert len(X_res.compute()) == 2 * (N_LARGE - N_RARE)


def test__fit_resample__strategies__rows_that_are_asked_for(large):
    frame, y = large
    X, labels = cut(frame, [3000]), cut(y, [3000])
    as_asked = lambda y: (y.value_counts() + 50).compute().to_dict()  # noqa: E731
    for strategy, n in [({1: 700}, 300), (0.1, 160), (as_asked, 50), ({1: N_RARE}, 0)]:
        sampler = quick_dask(sampling_strategy=strategy)
        X_res, y_res = sampler.fit_resample(X, labels)
        assert sampler.sampling_strategy_[1] == n
        assert (y_res.compute() == 1).sum() == N_RARE + n
        assert len(X_res) == len(y_res)
        assert (1 in sampler.generators_) == (n > 0)


def test__fit_resample__rows_that_break_a_constraint__error_before_training(
    large, no_training
):
    frame, y = large
    sampler = quick_dask(constraints="x < 90", max_train_rows=100)
    with pytest.raises(ValueError, match=r"Partition 0 of X: 1 of \d+ real rows"):
        sampler.fit_resample(cut(frame, [3000]), cut(y, [3000]))


def test__fit_resample__interrupted__sampler_as_before(large):
    def interrupt(look):
        raise KeyboardInterrupt

    X, y = large
    sampler = quick_dask(callback=interrupt)
    before = dict(vars(sampler))
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(cut(X, [0, 300, len(X)]), cut(y, [0, 300, len(X)]))
    assert vars(sampler) == before


def test__fit_resample__class_of_two_rows__warning_and_bootstrap(large):
    frame, y = large
    y = y.replace(1, 0)
    y.iloc[[5, 4000]] = 1
    with pytest.warns(UserWarning, match="Class 1 has 2 rows") as caught:
        X_res, _ = quick_dask().fit_resample(cut(frame, [3000]), cut(y, [3000]))
    assert caught[0].filename == __file__
    assert_legal(X_res.partitions[-1].compute(), frame[y == 1])


def test__fit_resample__class_that_is_lost__warning(rng):
    X = pd.DataFrame(rng.normal(size=(3000, 2)), columns=["a", "b"])
    y = pd.Series(np.arange(3000) % 100 == 0)
    sampler = quick_dask(rejection_estimator="auto", sampling_strategy={True: 40})
    with pytest.warns(UserWarning, match="Class True .30 rows. can hardly be told"):
        sampler.fit_resample(cut(X, [1000]), cut(y, [1000]))


FRAME = pd.DataFrame({"x": np.arange(40.0), "s": ["u", "v"] * 20})
TARGET = pd.Series([0, 0, 0, 1] * 10, name="y")


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (
            FRAME,
            TARGET,
            TypeError,
            "X must be a dask DataFrame, got a pandas DataFrame",
        ),
        (cut(FRAME, [9]), TARGET, TypeError, "y must be a dask Series, got a pandas"),
        (
            cut(FRAME, [9]),
            cut(TARGET.to_frame(), [9]),
            TypeError,
            r"y must be a dask Series, got a dask DataFrame; take a column",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET, []),
            ValueError,
            "X has 2 partitions and y has 1",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET, [8]),
            ValueError,
            "Partition [01] of X: X has (9|31) rows and y has (8|32) labels",
        ),
        (
            cut(FRAME, [9]),
            cut(TARGET.where(TARGET.index != 12), [9]),
            ValueError,
            r"Partition 1 of X: y contains NaN in 1 rows \(first: row 3\)",
        ),
        (
            cut(FRAME.replace(20.0, np.inf), [9]),
            cut(TARGET, [9]),
            ValueError,
            "Partition 1 of X: Column 'x' contains infinity",
        ),
        (cut(FRAME[[]], [9]), cut(TARGET, [9]), ValueError, "X has no columns"),
        (cut(FRAME[:0], [0]), cut(TARGET[:0], [0]), ValueError, "X has no rows"),
        (
            cut(FRAME, [9]),
            cut(TARGET.replace(1, 0), [9]),
            ValueError,
            "needs to have more than 1 class",
        ),
        (cut(FRAME, [9]), cut(TARGET + 0.5, [9]), ValueError, "continuous"),
    ],
)
def test__fit_resample__bad_tables__error_says_what(no_training, X, y, error, message):
    with pytest.raises(error, match=message):
        quick_dask().fit_resample(X, y)


def test__fit__partitions_that_are_not_as_dask_was_told__error(no_training):
    y = cut(TARGET, [9])
    part = FRAME.iloc[:9], FRAME.iloc[9:]
    told = dd.from_map(part.__getitem__, [0, 1], meta=FRAME.astype({"x": int}).iloc[:0])
    with pytest.raises(
        TypeError, match="'x' has the dtype float64, but int64 in dask's"
    ):
        quick_dask().fit(told, y)
    told = dd.from_map(part.__getitem__, [0, 1], meta=FRAME.rename(columns={"x": "z"}))
    with pytest.raises(ValueError, match=r"Partition [01] of X: It has the columns"):
        quick_dask().fit(told, y)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"privacy": "dp"}, ValueError, "privacy='dp' is not available for dask"),
        ({"max_train_rows": 2}, InvalidParameterError, "max_train_rows"),
        ({"partition_size": 0}, InvalidParameterError, "partition_size"),
        ({"max_iter": 0}, InvalidParameterError, "max_iter"),
        ({"pac": 3}, ValueError, "packs of"),
        ({"constraints": "x"[:0]}, ValueError, "constraint"),
        ({"categorical_features": ["z"]}, ValueError, "names .'z'."),
        ({"categorical_features": []}, ValueError, "Column 's' of dtype"),
        ({"sampling_strategy": {2: 50}}, ValueError, "names the class 2"),
        ({"device": "cuda:77"}, ValueError, "not available here"),
    ],
    ids=str,
)
def test__fit_resample__bad_parameters__error_says_what(
    no_training, params, error, message
):
    with pytest.raises(error, match=message):
        quick_dask(**params).fit_resample(cut(FRAME, [9]), cut(TARGET, [9]))


def test__fit_resample__images_with_missing_pixels__error(no_training):
    X = pd.DataFrame(np.arange(160.0).reshape(40, 4), columns=list("abcd"))
    X.iloc[30, 2] = np.nan
    layers = {"generator_layers": (4,), "critic_layers": (4,)}
    sampler = quick_dask(image_shape=(2, 2), **layers)
    with pytest.raises(ValueError, match=r"Partition 1 of X: .* 'c' has missing"):
        sampler.fit_resample(cut(X, [9]), cut(TARGET, [9]))


def test__fit__good_table__counted_and_not_trained(no_training):
    sampler = quick_dask().fit(cut(FRAME, [9]), cut(TARGET, [9]))
    assert sampler.sampling_strategy_ == {1: 20}
    assert sampler.n_features_in_ == 2


def test__parameters__those_of_the_sampler_and_two_more():
    sampler = DaskGANOverSampler(TabularGAN(max_iter=7), partition_size=5)
    own = set(sampler.get_params()) - set(GANOverSampler().get_params())
    assert own == {"max_train_rows", "partition_size"}
    assert clone(sampler).set_params(max_train_rows=9).max_train_rows == 9
    assert repr(sampler) == "DaskGANOverSampler(max_iter=7, partition_size=5)"
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_itr'"):
        DaskGANOverSampler(max_itr=3)


def test__import__without_dask__says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.delitem(sys.modules, "gansampler.dask.oversampler")
    with pytest.raises(ImportError, match=r'pip install "gansampler\[dask\]"'):
        import gansampler.dask.oversampler  # noqa: F401


def test__import__of_the_package__without_dask():
    code = "import sys, gansampler; print('dask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n"


# On real clusters: workers are processes of their own, which talk over sockets.


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
    assert any("train_class" in name for name in done)
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)
