"""The rivals, those of other packages with something in the package's place."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal


@pytest.fixture
def part():
    """Make a training part with 9 rows of the minority, and a column called "tree"."""
    rng = np.random.default_rng(0)
    y = pd.Series(np.repeat([0, 1], [30, 9]))
    label = pd.Categorical(rng.choice(["a", "b"], 39), categories=["a", "b", "c"])
    return pd.DataFrame({"tree": rng.normal(size=39), "label": label}), y


class DrawnRows:
    """Stands for both packages: it draws rows again, from NumPy's global generator."""

    def __init__(self, rows=None, **settings):
        self.rows = rows
        self.settings = settings

    def forde(self):
        pass

    def fit(self, rows):
        self.rows = rows
        return self

    def sample(self, n):
        return self.rows.sample(n, replace=True).reset_index(drop=True)

    def forge(self, n):
        assert "tree" not in self.rows
        return self.sample(n)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.rows = None


def stand_in(bench, monkeypatch, **attributes):
    """Have the rivals find something in the place of a package, and the true torch."""
    modules = {"torch": torch}
    other = SimpleNamespace(**attributes)
    monkeypatch.setattr(
        bench.rivals, "require", lambda name, _: modules.get(name, other)
    )


def test__draw_like__many_draws__mean_and_covariance_of_the_points(bench, rng):
    points = rng.normal(size=(5, 3)) * [1, 2, 3] + [4, 5, 6]
    drawn = np.array([bench.mgs.draw_like(points, rng) for _ in range(50_000)])
    assert_allclose(drawn.mean(axis=0), points.mean(axis=0), atol=0.1)
    assert_allclose(np.cov(drawn.T), np.cov(points.T, bias=True), atol=0.2)


def test__mgs__two_clusters__nothing_between_them(bench, rng):
    near = rng.normal(size=(20, 2))
    rows = np.concatenate([near, near + 1000])
    X = pd.DataFrame(np.concatenate([rng.normal(size=(200, 2)), rows]))
    y = pd.Series(np.repeat([0, 1], [200, 40]))
    X_resampled, y_resampled = bench.mgs.mgs(X, y, 0).fit_resample(X, y)
    made = X_resampled[240:].to_numpy()
    assert np.bincount(y_resampled).tolist() == [200, 200]
    assert (np.abs(made) < 10).any()
    assert (np.abs(made - 1000) < 10).any()
    assert np.minimum(np.abs(made), np.abs(made - 1000)).max() < 10


@pytest.mark.parametrize("n_minority", [1, 2, 9])
def test__mgs__few_rows_with_categories__as_many_as_wanted(bench, part, n_minority):
    X, y = (half[: 30 + n_minority] for half in part)
    X_resampled, y_resampled = bench.mgs.mgs(X, y, 0).fit_resample(X, y)
    assert np.bincount(y_resampled).tolist() == [30, 30]
    assert X_resampled.dtypes.equals(X.dtypes)
    assert X_resampled.notna().all(axis=None)


def test__arf__column_names_that_it_uses_itself__kept_apart(bench, part, monkeypatch):
    stand_in(bench, monkeypatch, arf=DrawnRows)
    state = np.random.get_state()[1]  # noqa: NPY002 -- the state under test
    results = [bench.rivals.arf(*part, 0).fit_resample(*part) for _ in range(2)]
    (X, y), (again, _) = results
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert_array_equal(X, again)
    assert np.bincount(y).tolist() == [30, 30]
    assert X.dtypes.equals(part[0].dtypes)
    assert X["tree"][39:].isin(part[0]["tree"][30:]).all()


def test__tabular_argn__classes__settings_and_rows(bench, part, monkeypatch):
    made = []

    class Model(DrawnRows):
        def __init__(self, **settings):
            super().__init__(**settings)
            made.append(self)
            torch.set_flush_denormal(True)  # as the engine does

    stand_in(bench, monkeypatch, TabularARGN=Model)
    X, y = bench.rivals.tabular_argn(True, *part, 7).fit_resample(*part)
    assert np.bincount(y).tolist() == [30, 30]
    assert X.dtypes.equals(part[0].dtypes)
    (model,) = made
    assert model.settings["value_protection"]
    assert model.settings["random_state"] == 7
    assert model.settings["max_training_time"] == bench.rivals.ARGN_MINUTES
    assert model.rows is None  # it was closed
    assert torch.tensor(1e-310, dtype=torch.double) / 2 > 0


def test__tabular_argn__category_of_its_own__refused(bench, part, monkeypatch):
    class Protected(DrawnRows):
        def sample(self, n):
            return super().sample(n).assign(label="_RARE_")

    stand_in(bench, monkeypatch, TabularARGN=Protected)
    sampler = bench.rivals.tabular_argn(True, *part, 0)
    with pytest.raises(RuntimeError, match="class 1 lack protected values"):
        sampler.fit_resample(*part)
