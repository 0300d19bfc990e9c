import numpy as np
import pandas as pd
import pytest

from gansampler.evaluation.metrics import (
    association_matrix,
    correlation_gap,
)


def association(left, right, **params):
    frame = pd.DataFrame({"left": left, "right": right})
    matrix = association_matrix(frame, **params)
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(np.diag(matrix), 1)
    assert matrix.index.equals(frame.columns)
    assert matrix.columns.equals(frame.columns)
    return matrix.loc["left", "right"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("aabb", "ccdd", 1),
        ("abc" * 4, "xyz" * 4, 1),
        ("aabb", "wxyz", 1),
        ("aabb", "cdcd", 0),
        ("aaabbb", "ccdcdd", 1 / 3),
        ("aaaa", "ccdd", 0),
        (["a", "a", None, None], "ccdd", 1),
    ],
)
def test__association__two_categories__cramers_v(left, right, expected):
    assert association(list(left), list(right)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("labels", "numbers", "expected"),
    [
        ("aabb", [1, 1, 5, 5], 1),
        ("aabb", [1, 5, 1, 5], 0),
        # Between 2 * (±1)², in all 2 * 1.5² + 2 * 0.5².
        ("aabb", [0, 1, 2, 3], np.sqrt(4 / 5)),
        ("aabb", [0, 1, 2, np.nan], np.sqrt(1.5 / 2)),
        ("aabb", [3, 3, 3, 3], 0),
        ("aaaa", [0, 1, 2, 3], 0),
        (["a", "a", None, None], [1, 1, 5, 5], 1),
        ("aabb", [np.nan] * 4, 0),
    ],
)
def test__association__category_and_number__correlation_ratio(
    labels, numbers, expected
):
    assert association(list(labels), numbers) == pytest.approx(expected)
    assert association(numbers, list(labels)) == pytest.approx(expected)
    scaled = np.array(numbers) * 1e-200 if expected not in (0, 1) else numbers
    assert association(list(labels), scaled) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, 2, 3, 4], [2, 4, 6, 8], 1),
        ([1, 2, 3, 4], [8, 6, 4, 2], -1),
        ([1, 2, 1, 2], [1, 1, 2, 2], 0),
        ([1, 2, 3, np.nan], [3, 2, 1, 9], -1),
        ([5, 5, 5, 5], [1, 2, 3, 4], 0),
        ([1, np.nan, 2, np.nan], [np.nan, 1, np.nan, 2], 0),
    ],
)
def test__association__two_numbers__pearson(left, right, expected):
    assert association(left, right) == pytest.approx(expected)


def test__association__codes_declared_categorical__cramers_v():
    left, right = [1, 2, 3] * 4, [2, 3, 1] * 4
    assert association(left, right) == pytest.approx(-0.5)
    declared = association(left, right, categorical_features=["left", "right"])
    assert declared == pytest.approx(1)


def test__gap__known_associations__mean_over_pairs():
    up, label = [1.0, 2.0, 3.0, 4.0], ["a", "b", "b", "a"]
    real = pd.DataFrame({"x": up, "y": up, "label": label})
    synthetic = real.assign(y=up[::-1])
    # Only x-y differs, by 1 - (-1); two other pairs do not.
    assert correlation_gap(real, synthetic) == pytest.approx(2 / 3)
    assert correlation_gap(real, real) == 0
    assert correlation_gap(real[["x"]], synthetic[["x"]]) == 0


def test__gap__column_collapsed__its_associations_are_lost(rng):
    x = rng.normal(size=100)
    real = np.column_stack([x, 2 * x])
    collapsed = np.column_stack([x, np.full(100, 0.1)])
    assert correlation_gap(real, collapsed) == pytest.approx(1)
