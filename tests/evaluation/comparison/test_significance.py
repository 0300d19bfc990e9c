"""Paired differences over splits, and several tests at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import ttest_1samp

from gansampler.evaluation.comparison.significance import (
    corrected_resampled_ttest,
    holm,
)

DIFFERENCES = st.lists(st.floats(-1, 1), min_size=2, max_size=20).map(np.array)


def test__ttest__four_differences__as_computed_by_hand():
    # The squares about the mean, 0.02, sum to 0.0022, so that s2 = 0.0022 / 3; with a
    # ratio of 1/3 its factor is 1/4 + 1/3 = 7/12.
    differences = np.array([0.0, 0.01, 0.01, 0.06])
    error = np.sqrt(0.0022 / 3 * 7 / 12)
    quantile = 3.182446  # Student's t, 3 degrees of freedom, 97.5 %
    test = corrected_resampled_ttest(differences, 1 / 3)
    assert_allclose(test.difference, 0.02)
    assert_allclose(test.low, 0.02 - quantile * error, rtol=1e-6)
    assert_allclose(test.high, 0.02 + quantile * error, rtol=1e-6)
    # The distribution function of Student's t has a closed form for 3 degrees.
    t = 0.02 / error
    angle = np.arctan(t / np.sqrt(3))
    p = 1 - 2 / np.pi * (angle + np.sin(angle) * np.cos(angle))
    assert_allclose(test.p, p, rtol=1e-9)


@given(DIFFERENCES.filter(lambda d: d.round(10).std() > 1e-3))
def test__ttest__no_test_rows_to_speak_of__the_plain_one_of_scipy(differences):
    test = corrected_resampled_ttest(differences, 0.0)
    plain = ttest_1samp(differences, 0)
    assert_allclose(test.p, plain.pvalue, rtol=1e-4, atol=1e-12)
    interval = plain.confidence_interval(0.95)
    assert_allclose([test.low, test.high], interval, rtol=1e-4, atol=1e-7)


@given(DIFFERENCES, st.floats(0.01, 1))
def test__ttest__any_differences__more_careful_than_the_plain_one(differences, ratio):
    plain = corrected_resampled_ttest(differences, 0.0)
    test = corrected_resampled_ttest(differences, ratio)
    assert test.p >= plain.p
    assert test.low <= plain.low
    assert test.high >= plain.high
    turned = corrected_resampled_ttest(-differences, ratio)
    assert_allclose([turned.p, -turned.high], [test.p, test.low])


@pytest.mark.parametrize(
    ("differences", "expected"),
    [([0.0, 0.0, 0.0], 1), ([1e-17, -1e-17, 2e-17], 1), ([0.1, 0.1, 0.1], 0)],
)
def test__ttest__all_the_same__certain(differences, expected):
    test = corrected_resampled_ttest(np.array(differences), 0.25)
    assert test.p == expected
    assert test.low == test.difference == test.high


@pytest.mark.parametrize("differences", [[], [0.3]])
def test__ttest__fewer_than_two__nothing_said(differences):
    test = corrected_resampled_ttest(np.array(differences), 0.25)
    assert np.isnan([test.low, test.high, test.p]).all()
    assert np.isnan(test.difference) == (not differences)


def test__holm__worked_example__same():
    # Sorted: 0.005 * 4, 0.01 * 3, 0.03 * 2, 0.04 * 1, each no less than the one before.
    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert_allclose(holm(p), [0.03, 0.06, 0.06, 0.02])
    assert_allclose(holm(np.array([0.6, 0.9])), [1, 1])
    assert holm(np.array([])).size == 0
