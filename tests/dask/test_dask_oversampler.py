"""The sampler of tables in partitions gives what the sampler in memory does."""

import sys

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal
from partitions import cut, quick_dask
from sklearn.base import clone
from sklearn.neighbors import KernelDensity
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils._param_validation import InvalidParameterError
from tables import assert_legal, assert_same, mixed_frame, quick

from gansampler import GANOverSampler, TabularGAN
from gansampler.dask import DaskGANOverSampler
from gansampler.dask.partitioned_table import SPLIT_EVERY
from gansampler.gan import ImageGAN, PrivateTabularGAN

pytestmark = pytest.mark.usefixtures("one_process")

N_LARGE, N_RARE = 6000, 400


@pytest.fixture(scope="module")
def mixed():
    """Make a table with a column of every kind, in no order of its classes."""
    frame, y = mixed_frame(n_rows=(60, 30))
    order = np.random.default_rng(1).permutation(len(frame))
    return frame.iloc[order], pd.Series(y, frame.index, name="y").iloc[order]


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
    assert len(edges) + 1 != SPLIT_EVERY
    # Relations between columns are looked for in memory only.
    local, lazy = quick(keep_relations=False), quick_dask()
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


def test__fit_resample__periods_and_arrow_dtypes__rows_of_the_sampler_in_memory(mixed):
    frame, y = mixed
    days = frame["date"].dt
    letters = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    table = pd.DataFrame(
        {
            "month": days.to_period("M"),
            "day": days.date.astype("date32[day][pyarrow]"),
            "time": frame["zoned"].dt.time.astype("time32[s][pyarrow]"),
            "letter": frame["str"].astype(letters),
        }
    )
    local, lazy = quick(keep_relations=False), quick_dask()
    X_res, _ = local.fit_resample(table, y)
    X_lazy, _ = lazy.fit_resample(cut(table, [30, 71]), cut(y, [30, 71]))
    assert_same(X_lazy.compute(), X_res)
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
    X_res, _ = quick(ImageGAN, **params).fit_resample(X, y)
    X_lazy, _ = quick_dask(ImageGAN, **params).fit_resample(cut(X, [33]), cut(y, [33]))
    assert_same(X_lazy.compute(), X_res)


@pytest.mark.parametrize("edges", [[], [100, 2500]], ids=len)
def test__fit_resample__foreign_generator__as_in_memory(large, edges):
    frame, y = large[0][["x", "count"]].fillna(0.0), large[1]
    parts = {
        "gan": KernelDensity(bandwidth=0.3),
        "rejection_estimator": DecisionTreeClassifier(max_depth=3),
        "augmentation": "mix",
        "random_state": 0,
    }
    X_res, _ = GANOverSampler(**parts).fit_resample(frame, y)
    lazy = DaskGANOverSampler(**parts)
    X_lazy, _ = lazy.fit_resample(cut(frame, edges), cut(y, edges))
    assert_same(X_lazy.compute(), X_res)
    assert lazy.history_[1].n_iter == 0


def test__fit_resample__foreign_generator__fitted_on_a_sample_knows_what_all_show(
    large,
):
    class Missing(KernelDensity):
        def sample(self, n, random_state=None):
            rows = super().sample(n, random_state)
            rows[0] = np.nan
            return rows

        def fit(self, X):
            assert X.index.is_monotonic_increasing
            self.n_rows = len(X)
            return super().fit(X.fillna(0.0))

    frame, y = large[0][["x", "count"]].astype("float64"), large[1]
    frame["late"] = frame["x"].where(frame.index != np.flatnonzero(y)[399], np.nan)
    frame["x"] = frame["x"].fillna(0.0)
    sampler = DaskGANOverSampler(
        Missing(), max_train_rows=20, rejection_estimator=None, random_state=0
    )
    X_res, _ = sampler.fit_resample(cut(frame[["late"]], [3000]), cut(y, [3000]))
    assert sampler.generators_[1].gan.estimator_.n_rows == 20
    # The one row in which it is missing need not be in the sample.
    assert X_res.partitions[2:].compute()["late"].isna().any()
    sampler.fit_resample(cut(frame, [3000]), cut(y, [3000]))
    with pytest.raises(ValueError, match="Missing of class 1 left 1 values of"):
        sampler.generators_[1].sample(5, random_state=0)


def test__save__fitted_on_partitions__the_same_rows(large, tmp_path):
    frame, y = large
    sampler = quick_dask(max_train_rows=100, rejection_estimator=None)
    sampler.fit_resample(cut(frame, [3000]), cut(y, [3000]))
    sampler.save(tmp_path / "sampler.safetensors")
    loaded = DaskGANOverSampler.load(tmp_path / "sampler.safetensors")
    assert repr(loaded) == repr(sampler)
    assert loaded.sampling_strategy_ == sampler.sampling_strategy_
    rows = loaded.generators_[1].sample(5, random_state=0)
    assert_same(rows, sampler.generators_[1].sample(5, random_state=0))
    with pytest.raises(ValueError, match=r"Load it with DaskGANOverSampler\.load"):
        GANOverSampler.load(tmp_path / "sampler.safetensors")


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
    # But for the last digits: in one table, several classes are trained together.
    pd.testing.assert_frame_equal(X_lazy.compute(), X_res, rtol=1e-4, atol=1e-4)


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
    x, _, label = sampler.generators_[1].gan.encoder_.codecs_
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
    assert len(sampler.generators_[1].gan.trained_.condition.rows) == 100


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
    y = y.set_axis([f"r{i % 1500}" for i in range(N_LARGE)])
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
    ("params", "error", "message"),
    [
        ({"max_train_rows": 2}, InvalidParameterError, "max_train_rows"),
        ({"partition_size": 0}, InvalidParameterError, "partition_size"),
        ({"max_iter": 0}, InvalidParameterError, "max_iter"),
        ({"pac": 3}, ValueError, "divisible by pac=3"),
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
    sampler = quick_dask(ImageGAN, image_shape=(2, 2), **layers)
    with pytest.raises(ValueError, match=r"Partition 1 of X: .* 'c' has missing"):
        sampler.fit_resample(cut(X, [9]), cut(TARGET, [9]))


def test__fit_resample__generator_that_refuses_the_table__names_the_partition():
    class Picky(TabularGAN):
        def check_table(self, frame, schema, n_rows):
            if len(frame) > 20:
                raise ValueError(f"{len(frame)} rows are too many, {n_rows[1]} of 1")

    sampler = quick_dask(Picky)
    message = "Partition 1 of X: 31 rows are too many, 10 of 1"
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(cut(FRAME, [9]), cut(TARGET, [9]))


def test__fit__private_generator__refused_with_the_way_out(no_training):
    sampler = quick_dask(PrivateTabularGAN)
    message = "PrivateTabularGAN do not support dask DataFrames. Use gansampler.G"
    with pytest.raises(ValueError, match=message):
        sampler.fit(cut(FRAME, [9]), cut(TARGET, [9]))


def test__fit__device_of_the_workers__not_asked_for_here(no_training):
    sampler = quick_dask(device="cuda:77").fit(cut(FRAME, [9]), cut(TARGET, [9]))
    assert sampler.gan.device == "cuda:77"


def test__fit__good_table__counted_and_not_trained(no_training):
    sampler = quick_dask().fit(cut(FRAME, [9]), cut(TARGET, [9]))
    assert sampler.sampling_strategy_ == {1: 20}
    assert sampler.n_features_in_ == 2


def test__parameters__those_of_the_sampler_but_jobs_and_two_more():
    sampler = DaskGANOverSampler(TabularGAN(max_iter=7), partition_size=5)
    own, local = set(sampler.get_params(deep=False)), set(GANOverSampler().get_params())
    assert own - local == {"max_train_rows", "partition_size"}
    assert local - own == {"n_jobs"}
    assert set(DaskGANOverSampler._parameter_constraints) == own
    assert clone(sampler).set_params(max_train_rows=9).max_train_rows == 9
    expected = "DaskGANOverSampler(gan=TabularGAN(max_iter=7), partition_size=5)"
    assert repr(sampler) == expected
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_itr'"):
        DaskGANOverSampler(max_itr=3)


def test__set_params__of_the_default_generator__a_tabular_gan():
    sampler = DaskGANOverSampler().set_params(gan__max_iter=7)
    assert repr(sampler.gan) == "TabularGAN(max_iter=7)"


def test__import__without_dask__says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.delitem(sys.modules, "gansampler.dask")
    with pytest.raises(ImportError, match=r'pip install "gansampler\[dask\]"'):
        import gansampler.dask  # noqa: F401


@pytest.mark.parametrize(
    "name", ["0 to n - 1", "shuffled", "the same labels elsewhere"]
)
def test__fit_resample__labels_of_another_index__refused(large, name):
    frame, y = large[0][:100], large[1][:100]
    key = np.random.default_rng(0).permutation(100)
    frame = frame.set_axis(key)
    y = y.set_axis({"0 to n - 1": range(100), "shuffled": key[::-1]}.get(name, key + 1))
    with pytest.raises(ValueError, match=r"Partition \d of X: .* different indexes"):
        quick_dask().fit_resample(cut(frame, [60]), cut(y, [60]))


def test__fit_resample__table_sorted_by_its_index__each_row_with_its_label():
    rng = np.random.default_rng(0)
    key = rng.permutation(120)
    y = pd.Series(np.repeat([0, 1], [80, 40]), key)
    X = pd.DataFrame({"x": 10.0 * y + rng.normal(size=120)}, key)
    parts = (dd.from_pandas(table, npartitions=3) for table in (X, y))  # which sorts
    X_res, y_res = quick_dask().fit_resample(*parts)
    real = (part.compute().iloc[:120].reset_index(drop=True) for part in (X_res, y_res))
    values, labels = real
    assert_array_equal(values["x"] > 5, labels == 1)


def test__sampling_strategy__counts_that_are_none__told_and_whole_floats_taken(large):
    table = [cut(part[:100], [60]) for part in large]
    table[1] = cut(pd.Series(np.repeat([0, 1], [70, 30])), [60])
    with pytest.raises(ValueError, match="whole number of rows of class 1, got 50"):
        quick_dask(sampling_strategy={1: 50.5}).fit(*table)
    sampler = quick_dask(sampling_strategy={1: 50.0}).fit(*table)
    assert sampler.sampling_strategy_ == {1: 20}


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test__unknown_keyword__told(large, method):
    with pytest.raises(TypeError, match=rf"{method}\(\) got .* 'sample_weight'"):
        getattr(quick_dask(), method)(*large, sample_weight=1)
