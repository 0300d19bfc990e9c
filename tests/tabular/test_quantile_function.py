"""The distribution of a column: ranks to numbers and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gansampler.tabular.quantile_function import (
    MAX_GROUPS,
    QuantileFunction,
    wide_gaps,
)

NUMBERS = st.lists(st.floats(-1e307, 1e307), min_size=1, max_size=60)
EVENLY = np.linspace(0, 1, 20_001)


@given(NUMBERS)
def test__values_at__any_numbers__ascending_and_in_range(numbers):
    values = np.array(numbers)
    found = QuantileFunction(values).values_at(EVENLY)
    assert np.isfinite(found).all()
    # Rounding may undo an order in the last digits.
    slack = 1e-9 * np.abs(values).max()
    assert (np.diff(found) >= -slack).all()
    assert found.min() >= values.min() - slack
    assert found.max() <= values.max() + slack


def test__values_at__shared_number__as_often_as_in_the_sample(rng):
    values = np.r_[np.full(30, 7.5), rng.normal(size=70)]
    drawn = QuantileFunction(values).values_at(EVENLY)
    assert np.mean(drawn == 7.5) == pytest.approx(0.3, abs=0.001)


@pytest.mark.parametrize("n", [30, 100, 1000])
def test__values_at__two_humps__nothing_between(rng, n):
    values = np.where(rng.random(n) < 0.4, rng.normal(0, 1, n), rng.normal(50, 1, n))
    drawn = QuantileFunction(values).values_at(EVENLY)
    assert not ((drawn > 8) & (drawn < 42)).any()
    assert np.mean(drawn < 8) == pytest.approx(np.mean(values < 8), abs=0.001)


@pytest.mark.parametrize("n", [30, 100, 1000])
@pytest.mark.parametrize("sigma", [0.5, 1, 2, 3])
def test__values_at__skewed__no_heap_at_the_ends(rng, n, sigma):
    values = rng.lognormal(0, sigma, n)
    drawn = QuantileFunction(values).values_at(EVENLY)
    assert np.mean(drawn == values.min()) <= 2 / n
    assert np.mean(drawn == values.max()) <= 2 / n
    assert np.median(drawn) == pytest.approx(np.median(values), rel=0.2)


@pytest.mark.parametrize("n", [3, 30, 1000])
def test__corners__single_numbers__none_is_kept(rng, n):
    for values in (rng.normal(size=n), rng.lognormal(0, 3, n)):
        assert not np.isin(values, QuantileFunction(values).values).any()


def test__values_at__dense_grid__numbers_that_are_lacking_come_up(rng):
    values = rng.beta(2, 2, 100).round(2)
    drawn = QuantileFunction(values, 0.01).values_at(EVENLY).round(2)
    inside = np.arange(values.min() + 0.01, values.max(), 0.01).round(2)
    assert set(inside) - set(values)  # else the test shows nothing
    assert set(inside) <= set(drawn)


def test__corners__very_many_rows__bounded(rng):
    for values in (rng.normal(size=60_000), rng.integers(0, 20_000, 60_000) + 0.0):
        assert len(QuantileFunction(values).values) < 8 * MAX_GROUPS


def test__wide_gaps__code_among_ages__only_that_gap():
    distinct = np.r_[-9999, np.arange(18, 90)].astype(float)
    assert wide_gaps(distinct).tolist() == [True] + [False] * 71
