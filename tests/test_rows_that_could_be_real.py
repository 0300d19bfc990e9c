"""New rows as a user sees them: no heaps, no smears, no steps lost, no broken pairs."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from gansampler import GANOverSampler, TabularGAN
from gansampler.evaluation.report import QualityReport
from gansampler.gan import ImageGAN
from tests.tabular.test_relation_reducer import assert_kept, messy


def columns(rng, n):
    """Return columns of the shapes in which heaps and smears were seen."""
    age = rng.integers(18, 90, n)
    return pd.DataFrame(
        {
            "uniform": rng.random(n),
            "exponential": rng.exponential(100, n),
            **{f"lognormal {s}": rng.lognormal(8, s, n).round(2) for s in (0.5, 1, 3)},
            "pareto": (rng.pareto(1.2, n) * 1000).round(2),
            "two humps": rng.normal(rng.choice([0, 50], n, p=[0.4, 0.6]), 1),
            "prices": rng.choice([9.99, 19.99, 49.99], n),
            **{
                f"code {share}": np.where(rng.random(n) < share, -9999, age)
                for share in (0.1, 0.4, 0.7)
            },
            "halves": rng.integers(0, 101, n) / 2,
            "hundreds": rng.integers(200, 900, n) * 100.0,
            "cents": rng.gamma(2, 1e9, n).round(2),
            "one large": np.r_[2.5e9, rng.gamma(2, 1e3, n - 1).round(2)],
        }
    )


STEPS = {"halves": 2, "hundreds": 0.01, "cents": 100, "one large": 100, "pareto": 100}


@pytest.mark.parametrize("condition", ["none", "category"])
@pytest.mark.parametrize("n", [30, 100, 1000])
def test__sample__made_columns__as_in_the_class(rng, n, condition):
    real = columns(rng, n)
    gan = TabularGAN(condition=condition, max_iter=60, random_state=0).fit(real)
    new = gan.sample(2_000, random_state=1)
    for name in real:
        for end in (real[name].min(), real[name].max()):
            share = np.mean(new[name] == end)
            assert share <= 2 * np.mean(real[name] == end) + 0.01, name
        # Where a generator is trained briefly, its columns are nevertheless right.
        middle = np.mean(new[name] <= real[name].median())
        assert middle == pytest.approx(
            np.mean(real[name] <= real[name].median()), abs=0.1
        )
    assert not new["two humps"].between(8, 42).any()
    assert set(new["prices"]) <= {9.99, 19.99, 49.99}
    for name in ("code 0.1", "code 0.4", "code 0.7"):
        assert not new[name].between(-9998, 17).any()
        shares = [np.mean(rows[name] == -9999) for rows in (new, real)]
        assert shares[0] == pytest.approx(shares[1], abs=0.05)
    for name, scale in STEPS.items():
        steps = new[name] * scale
        np.testing.assert_allclose(steps, steps.round(), atol=1e-3, rtol=1e-12)


def test__sample__categories__as_frequent_as_in_the_class(rng):
    real = pd.DataFrame({"c": rng.choice([*"abcd"], 500, p=[0.6, 0.3, 0.08, 0.02])})
    real["x"] = rng.normal(size=500)
    gan = TabularGAN(max_iter=20, random_state=0).fit(real)  # hardly trained
    new = gan.sample(5_000, random_state=0)["c"].value_counts(normalize=True)
    for value, share in real["c"].value_counts(normalize=True).items():
        assert new[value] == pytest.approx(share, abs=0.03)


def test__fit_resample__every_relation__holds_in_new_rows():
    X = messy(500, 1)
    y = np.arange(500) % 5 == 0
    sampler = GANOverSampler(TabularGAN(max_iter=30), random_state=0)
    rows = sampler.fit_resample(X, y)[0].iloc[500:]
    assert_kept(rows, X)
    assert "city determines country" in map(str, sampler.relations_)
    assert sampler.generators_[True].gan.relations_ == sampler.relations_


def test__keep_relations__off__none_are_known():
    X = messy(300, 1)
    gan = TabularGAN(max_iter=5, keep_relations=False, random_state=0).fit(X)
    assert gan.relations_ == []
    rows = gan.sample(300, random_state=0)
    assert not (rows["net"] + rows["tax"]).round(2).equals(rows["gross"])


def test__relations_of_private_generator_and_images__none_are_looked_for(rng):
    pixel = rng.random((60, 16))
    pixel[:, 1] = pixel[:, 0]
    gan = ImageGAN(image_shape=(4, 4), max_iter=2, random_state=0).fit(pixel)
    assert gan.schema_.relations == ()


def test__python_integers_beyond_float__come_back_as_such(rng):
    big = pd.Series(
        [10**20 + int(k) * 10**6 for k in rng.integers(0, 99, 60)], dtype=object
    )
    gan = TabularGAN(max_iter=5, random_state=0).fit(pd.DataFrame({"big": big}))
    new = gan.sample(50, random_state=0)["big"]
    assert all(type(value) is int for value in new)


@pytest.mark.slow
def test__report__ordinary_churn_table__nothing_poor_and_choosing_said_apart():
    rng = np.random.default_rng(0)
    n = 1500
    y = rng.random(n) < 0.12
    X = pd.DataFrame(
        {
            "tenure": np.where(y, rng.gamma(1.5, 8, n), rng.gamma(2.5, 12, n)).round(),
            "monthly": (rng.normal(60, 20, n) + 10 * y).clip(15).round(2),
            "contract": np.where(rng.random(n) < 0.5 + 0.3 * y, "month", "year"),
            "calls": rng.poisson(1 + 1.2 * y),
            "paperless": rng.random(n) < 0.6,
            "age": rng.integers(18, 85, n),
            "region": rng.choice([*"NSEW"], n),
        }
    )
    sampler = GANOverSampler(random_state=0)
    sampler.fit_resample(X, y)
    report = QualityReport.from_sampler(sampler, X, y, random_state=0)
    assert "poor" not in report.to_frame()["grade"].tolist()
    (one,) = report.classes
    assert one.choosing.columns["distance"].is_monotonic_decreasing
    assert one.choosing.n_candidates > 1
    assert str(one.choosing) in repr(report)
    assert "changes the following columns most: " in str(one.choosing)
    free = clone(sampler).set_params(rejection_estimator=None)
    free.fit_resample(X, y)
    free_report = QualityReport.from_sampler(free, X, y, random_state=0)
    assert free_report.classes[0].choosing is None


def test__choosing__classes_far_apart__little_more_than_one_candidate(rng):
    X = np.r_[rng.normal(size=(200, 3)), 20 + rng.normal(size=(40, 3))]
    y = np.repeat([0, 1], [200, 40])
    sampler = GANOverSampler(TabularGAN(max_iter=100), random_state=0)
    sampler.fit_resample(X, y)
    assert 1 <= sampler.generators_[1].candidates_per_row < 2
