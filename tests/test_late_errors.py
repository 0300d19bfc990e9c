"""What can't be done is said at once, by name, and before any training."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from tables import assert_same, quick, quick_gan

import gansampler.oversampler
from gansampler import GANOverSampler, TabularGAN
from gansampler.utils.row_counts import check_room, whole_counts

pytestmark = pytest.mark.usefixtures("few_trees")

X = np.random.default_rng(0).normal(size=(90, 2))
Y = np.repeat([0, 1], [60, 30])


@pytest.fixture
def no_training(monkeypatch):
    """Fail a test that gets as far as a training."""

    def refuse(*args, **kwargs):
        pytest.fail("a training was started")

    monkeypatch.setattr(gansampler.oversampler, "fit_generators", refuse)


@pytest.mark.parametrize(
    "strategy",
    [
        {1: 50.0},
        {1: np.float32(50)},
        {1: np.int8(50)},
        lambda y: {1: np.ceil(49.5)},
        lambda y: {1: 50},
    ],
    ids=["float", "float32", "int8", "callable of floats", "callable"],
)
def test__fit_resample__whole_counts_of_any_type__taken(strategy):
    sampler = quick(sampling_strategy=strategy)
    assert np.bincount(sampler.fit_resample(X, Y)[1]).tolist() == [60, 50]
    assert sampler.sampling_strategy_ == {1: 20}
    assert type(sampler.sampling_strategy_[1]) is int
    assert quick(sampling_strategy=strategy).fit(X, Y).sampling_strategy_ == {1: 20}


@pytest.mark.parametrize(
    ("count", "error"),
    [
        (50.5, ValueError),
        (np.float64("nan"), ValueError),
        (float("inf"), ValueError),
        (-np.inf, ValueError),
        ("50", TypeError),
        (None, TypeError),
        (True, TypeError),
        (np.True_, TypeError),
        ([50], TypeError),
        (50 + 0j, TypeError),
    ],
)
def test__fit_resample__count_that_is_none__class_and_way_out(
    count, error, no_training
):
    for method in ("fit", "fit_resample"):
        with pytest.raises(error, match=r"sampling_strategy .* of class 1, got"):
            getattr(quick(sampling_strategy={1: count}), method)(X, Y)


def test__fit_resample__callable_of_a_fraction__told_before_training(no_training):
    with pytest.raises(ValueError, match=r"sampling_strategy .* of class 1"):
        quick(sampling_strategy=lambda y: {1: 50.5}).fit_resample(X, Y)


def test__whole_counts__no_mapping__as_it_was():
    for strategy in ("auto", 0.5, ["a"], len):
        assert whole_counts(strategy) is strategy


@pytest.mark.parametrize("n", [10**10, 10**12, 10**18])
def test__fit_resample__more_rows_than_memory__estimate_before_training(n, no_training):
    with pytest.raises(
        ValueError, match=r"class 1.* GiB of memory, but this machine has .* GiB"
    ):
        quick(sampling_strategy={1: n}).fit_resample(X, Y)


@pytest.mark.parametrize("dtype", ["float64", "float32", "category", "str", "object"])
def test__check_room__a_billion_rows__by_their_dtypes(dtype):
    frame = pd.DataFrame(
        {f"c{k}": pd.Series([1, 2] * 50).astype(dtype) for k in range(99)}
    )
    with pytest.raises(ValueError, match="GiB"):
        check_room({"a": 10**9}, frame)
    check_room({"a": 10**3}, frame)


@pytest.mark.parametrize("n", [10**11, 10**15])
def test__sample__more_rows_than_memory__told_after_one_part(n):
    gan = quick_gan(TabularGAN).fit(X)
    sampler = quick()
    sampler.fit_resample(X, Y)
    for generator in (gan, sampler.generators_[1]):
        with pytest.raises(ValueError, match=r"GiB.*sample_parts"):
            generator.sample(n, random_state=0)


@pytest.mark.parametrize("n", [10**12, 10**30])
def test__sample_parts__more_parts_than_memory__starts_at_once(n):
    gan = quick_gan(TabularGAN).fit(X)
    parts = gan.sample_parts(n, random_state=0)
    first = next(parts)
    assert_same(first, gan.sample(len(first), random_state=0))


@pytest.mark.parametrize("n", [0, 1, 60_000, 120_001])
def test__sample_parts__any_number__as_many_rows_as_asked(n):
    gan = quick_gan(TabularGAN).fit(X)
    parts = list(gan.sample_parts(n, random_state=0))
    assert sum(map(len, parts)) == n
    assert_same(np.concatenate(parts), gan.sample(n, random_state=0))


def test__fit__after_fit_resample__nothing_of_the_other_table():
    sampler = quick()
    sampler.fit_resample(pd.DataFrame(X, columns=["a", "b"]), Y)
    other = pd.DataFrame({"c": X[:, 0], "d": X[:, 1], "e": 1.0})
    assert sampler.fit(other, 1 - Y) is sampler
    fresh = quick().fit(other, 1 - Y)
    assert vars(sampler).keys() - {"_earlier_history"} == vars(fresh).keys() - {
        "_earlier_history"
    }
    assert sampler.sampling_strategy_ == fresh.sampling_strategy_
    assert list(sampler.feature_names_in_) == ["c", "d", "e"]


def test__fit__that_fails__as_it_was():
    sampler = quick()
    sampler.fit_resample(X, Y)
    before = sampler.generators_[1].sample(9, random_state=0)
    with pytest.raises(ValueError, match="1 class"):
        sampler.fit(X, np.zeros(90, int))
    assert_same(sampler.generators_[1].sample(9, random_state=0), before)
    assert sampler.n_features_in_ == 2


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
@pytest.mark.parametrize("name", ["sample_weight", "sampling_strategy", "gan"])
def test__unknown_keyword__told_before_training(method, name, no_training):
    with pytest.raises(TypeError, match=rf"{method}\(\) got .* '{name}'"):
        getattr(GANOverSampler(), method)(X, Y, **{name: Y})


def not_tables():
    polars = pytest.importorskip("polars")
    return {
        "polars series": polars.Series(X[:, 0]),
        "series": pd.Series(X[:, 0]),
        "index": pd.Index(X[:, 0]),
        "vector": X[:, 0],
        "list": X[:, 0].tolist(),
        "number": 3.0,
        "text": "table.csv",
        "none": None,
        "dict": {"a": X[:, 0]},
        "set": {1, 2},
        "generator": itertools.count(),
        "three dimensions": np.zeros((90, 2, 2)),
    }


def test__fit_resample__masked_values__refused_with_the_way_out(no_training):
    masked = np.ma.masked_array(X, X > 1)
    with pytest.raises(ValueError, match=r"masked array.*filled\(np\.nan\)"):
        quick().fit_resample(masked, Y)


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="NumPy 2 has them")
def test__fit_resample__labels_of_numpys_strings__taken():
    labels = np.array(["no", "yes"], dtype=np.dtypes.StringDType())[Y]
    _, y_res = quick().fit_resample(X, labels)
    assert y_res.dtype == labels.dtype
    assert (y_res == "yes").sum() == 60


@pytest.mark.parametrize("form", ["dok", "lil", "coo", "bsr"])
def test__fit_resample__sparse_matrix_of_any_format__taken(form):
    table = sparse.random(90, 4, 0.5, format=form, random_state=0)
    assert quick().fit_resample(table, Y)[0].format == form


@pytest.mark.parametrize("name", not_tables())
def test__fit__what_is_no_table__2d_asked_for(name, no_training):
    table = not_tables()[name]
    for call in (
        lambda: GANOverSampler().fit(table, Y),
        lambda: GANOverSampler().fit_resample(table, Y),
        lambda: TabularGAN().fit(table),
    ):
        with pytest.raises((ValueError, TypeError), match=r"2-dim|2D|dim 3"):
            call()


def test__check_room__in_a_container__its_limit_counts(tmp_path, monkeypatch):
    path = tmp_path / "memory.max"
    monkeypatch.setattr("gansampler.utils.row_counts.CONTAINER_LIMITS", [path])
    frame = pd.DataFrame({"x": np.zeros(10)})
    check_room({"a": 10_000}, frame)  # where there is no such file
    path.write_text("max\n")
    check_room({"a": 10_000}, frame)
    path.write_text("100000\n")
    with pytest.raises(ValueError, match=r"this machine has 0\.0 GiB"):
        check_room({"a": 10_000}, frame)
