"""A generator of the user's own, in the place of ours."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from tables import (
    LABELS,
    assert_inputs_first,
    assert_legal,
    assert_same,
    mixed_frame,
    polars_frame,
)

from gansampler import GANOverSampler

# Most generators here repeat rows, of which the sampler warns.
pytestmark = pytest.mark.filterwarnings("ignore:.*copies of a real row:UserWarning")

NUMBERS = np.random.default_rng(0).normal(size=(90, 3)).round(3)
FRAME = pd.DataFrame(NUMBERS, columns=["a", "b", "c"])


class Bootstrap(BaseEstimator):
    """Repeat rows of whatever table it is given."""

    def __init__(self, random_state=None, spoil=None):
        self.random_state = random_state
        self.spoil = spoil

    def fit(self, X):
        self.rows_ = X
        return self

    def sample(self, n, random_state=None):
        rng = np.random.default_rng(random_state)
        picked = rng.integers(len(self.rows_), size=n)
        if isinstance(self.rows_, pd.DataFrame):
            rows = self.rows_.iloc[picked].reset_index(drop=True)
        else:
            rows = self.rows_[picked]
        return rows if self.spoil is None else self.spoil(rows)


def resample(gan, X=NUMBERS, y=LABELS, **params):
    params = {"rejection_estimator": None, "random_state": 0} | params
    sampler = GANOverSampler(gan, **params)
    return sampler, *sampler.fit_resample(X, y)


def test__scikit_learns_own_density__as_it_is():
    sampler, X_res, y_res = resample(KernelDensity(bandwidth=0.1))
    assert_inputs_first(NUMBERS, LABELS, X_res, y_res)
    assert np.bincount(y_res).tolist() == [60, 60]
    rows = sampler.generators_[1].sample(5, random_state=3)
    assert_same(rows, sampler.generators_[1].sample(5, random_state=3))
    assert sampler.generators_[1].gan.name == "KernelDensity"
    assert sampler.history_[1].iteration == []
    assert sampler.copies_[1].exact == 0


def test__choosing_and_constraints__apply_to_it():
    free = resample(KernelDensity(), FRAME)[1].iloc[90:]
    assert (free["a"] < 0).any()
    params = {"constraints": "a >= -0.5", "rejection_estimator": "auto"}
    X = FRAME.assign(a=FRAME["a"].abs())
    sampler, X_res, _ = resample(KernelDensity(), X, **params)
    assert (X_res["a"] >= -0.5).all()
    assert sampler.generators_[1].rejection is not None


def dates_and_decimals():
    """Make a table of values that NumPy can't count, or keeps as objects."""
    days = [date(2020, 1, 1) + timedelta(days=k) for k in range(90)]
    paid = [Decimal(k).scaleb(-2) for k in range(90)]
    frame = pd.DataFrame({"day": days, "paid": paid, "same": days})
    return frame.assign(month=pd.to_datetime(frame["day"]).dt.to_period("M"))


def test__dates_and_decimals__given_and_returned_as_such():
    X = dates_and_decimals()
    sampler, X_res, _ = resample(Bootstrap(), X, categorical_features=["same"])
    for rows in (X_res.iloc[90:], sampler.generators_[1].sample(4)):
        assert {*map(type, rows["paid"])} == {Decimal}
        assert {*map(type, rows["day"]), *map(type, rows["same"])} == {date}
        assert_legal(rows, X.iloc[60:])

    def counted(rows):
        return rows.assign(day=pd.to_datetime(rows["day"]), paid=1.5)

    rows = resample(Bootstrap(spoil=counted), X)[1].iloc[90:]
    assert {*map(type, rows["day"])} == {date}
    assert {*rows["paid"]} == {Decimal("1.50")}


@pytest.mark.parametrize(
    "table", [lambda: mixed_frame()[0], polars_frame], ids=["pandas", "polars"]
)
def test__any_table__given_and_returned_in_its_container(table):
    if table is polars_frame:
        pytest.importorskip("polars")

        class PolarsBootstrap(Bootstrap):
            def sample(self, n, random_state=None):
                return self.rows_.sample(n, with_replacement=True, seed=random_state)

        gan = PolarsBootstrap()
    else:
        gan = Bootstrap()
    X = table()
    sampler, X_res, y_res = resample(gan, X)
    assert_inputs_first(X, LABELS, X_res, y_res)
    assert type(sampler.generators_[1].sample(3, random_state=0)) is type(X)


def test__whole_numbers_and_dtypes__rounded_for_it():
    X = pd.DataFrame({"n": np.arange(90), "small": np.arange(90, dtype="float32")})
    _, X_res, _ = resample(KernelDensity(bandwidth=3.0), X)
    assert X_res.dtypes.tolist() == X.dtypes.tolist()


def test__sparse_table__same_format():
    from scipy import sparse

    X = sparse.csr_matrix(np.where(NUMBERS > 0, NUMBERS, 0))

    class Dense(Bootstrap):
        def sample(self, n, random_state=None):
            return super().sample(n, random_state).toarray()

    class Length(Dense):
        def fit(self, X):
            self.rows_ = X.toarray()
            return self

        def sample(self, n, random_state=None):
            return Bootstrap.sample(self, n, random_state)

    _, X_res, _ = resample(Length(), X)
    assert X_res.format == "csr"
    assert (X_res[:90] != X).nnz == 0


def test__seed__of_the_sampler_decides_unless_it_has_its_own():
    class Memory(Bootstrap):
        def fit(self, X):
            self.seed_ = self.random_state
            return super().fit(X)

    for given, same in ((None, False), (7, True)):
        seeds = [
            resample(Memory(given), random_state=k)[0].generators_[1].gan
            for k in (0, 1)
        ]
        found = [gan.estimator_.seed_ for gan in seeds]
        assert isinstance(found[0], int)
        assert (found[0] == found[1]) is same


@pytest.mark.processes
def test__same_rows__for_any_n_jobs():
    y = np.repeat([0, 1, 2], [40, 25, 25])
    one, two = (resample(KernelDensity(), y=y, n_jobs=n)[1] for n in (1, 2))
    assert_same(one, two)


def test__tiny_class__bootstrapped_with_a_warning():
    y = np.repeat([0, 1], [88, 2])
    with pytest.warns(UserWarning, match="smoothed bootstrap"):
        sampler, X_res, _ = resample(KernelDensity(), FRAME, y)
    assert_legal(X_res.iloc[90:], FRAME[y == 1])
    assert type(sampler.generators_[1].gan).__name__ == "SmoothedBootstrap"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows.iloc[:-1], "returned 59 rows and 3 columns instead of 60"),
        (lambda rows: rows.iloc[:0], "returned 0 rows and 3 columns instead of 60"),
        (lambda rows: rows[["a", "b"]], r"columns \['a', 'b'\], but .*\['a', 'b', 'c'"),
        (lambda rows: rows.rename(columns={"a": "z"}), r"columns \['z', 'b', 'c'\]"),
        (lambda rows: rows.to_numpy()[:, :2], "returned 60 rows and 2 columns"),
        (
            lambda rows: rows.to_numpy().ravel(),
            "a ndarray of shape .180,., .*not a table",
        ),
        (lambda rows: None, "a NoneType, which is not a table"),
        (
            lambda rows: rows.mask(rows["b"] > rows["b"].median()),
            "values of column 'a' missing, but the class has no missing values there",
        ),
        (lambda rows: rows.assign(c="x"), "column 'c', but .* can't be converted"),
    ],
)
def test__wrong_rows__named_with_what_was_wrong(spoil, message):
    with pytest.raises(ValueError, match=message) as caught:
        resample(Bootstrap(spoil=spoil), FRAME, sampling_strategy={1: 90})
    assert str(caught.value).startswith("The generator Bootstrap of class 1 ")


def test__category_that_the_column_has_not__named():
    X = FRAME.assign(c=pd.Categorical(list("xyz") * 30))
    spoil = lambda rows: rows.assign(c=["no"] * len(rows))  # noqa: E731
    with pytest.raises(ValueError, match=r"'c'.*can't store 'no'\.$"):
        resample(Bootstrap(spoil=spoil), X)


def test__columns_in_another_order__put_in_the_tables():
    spoil = lambda rows: rows[["c", "a", "b"]]  # noqa: E731
    _, X_res, _ = resample(Bootstrap(spoil=spoil), FRAME)
    assert X_res.columns.tolist() == ["a", "b", "c"]
    assert set(X_res["a"]) == set(FRAME["a"])


@pytest.mark.parametrize("method", ["fit", "sample"])
def test__failure__names_generator_and_class(method):
    def fail(self, *args, **kwargs):
        raise ZeroDivisionError("by zero")

    gan = type("Failing", (Bootstrap,), {method: fail})()
    with pytest.raises(ValueError, match=r"generator Failing.*class 1.*by zero"):
        resample(gan)


def test__in_a_pipeline__with_a_forest_behind():
    from imblearn.pipeline import make_pipeline

    model = make_pipeline(
        GANOverSampler(KernelDensity(), random_state=0),
        RandomForestClassifier(5, random_state=0),
    )
    assert model.fit(NUMBERS, LABELS).predict(NUMBERS).shape == (90,)


def test__save__refused_as_code(tmp_path):
    sampler, *_ = resample(KernelDensity())
    with pytest.raises(TypeError, match="parameter gan can't be saved"):
        sampler.save(tmp_path / "model")


def test__sample_without_a_seed__told_before_the_fit(no_training):
    def refuse(self, X, y=None):
        pytest.fail("it was fitted")

    gan = type("Mixture", (GaussianMixture,), {"fit": refuse})()
    with pytest.raises(TypeError, match=r"Mixture must have sample\(n, random_state"):
        resample(gan)


def test__decimals__rounded_for_it():
    X = pd.DataFrame({"price": (np.arange(90) / 4 + 0.01).round(2)})
    _, X_res, _ = resample(KernelDensity(), X)
    assert (X_res["price"].round(2) == X_res["price"]).all()


def test__repr__that_of_the_users_generator():
    sampler = GANOverSampler(Bootstrap(), random_state=0)
    sampler.fit_resample(FRAME, LABELS[:90])
    for generator in sampler.generators_.values():
        assert "gan=Bootstrap()" in repr(generator)
