import numpy as np
import pandas as pd
import pytest
from tables import (
    mixed_frame,
)

from gansampler.evaluation.metrics import (
    marginal_distances,
)


@pytest.mark.parametrize("shift", [0, 10, 35, 100, 250])
def test__marginals__shifted_numbers__share_that_moved(shift):
    real = np.arange(100.0)[:, np.newaxis]
    distance = marginal_distances(real, real + shift)[0]
    assert distance == pytest.approx(min(shift, 100) / 100)


def test__marginals__monotone_transformation__same_distance(rng):
    real, synthetic = np.exp(rng.normal(size=(2, 50, 1)))
    expected = marginal_distances(real, synthetic)[0]
    assert 0 < expected < 1
    logged = marginal_distances(np.log(real), np.log(synthetic))[0]
    assert logged == pytest.approx(expected)


@pytest.mark.parametrize(
    ("real", "synthetic", "expected"),
    [
        ([1, 2, 3, 4], [1, 2, 3, np.nan], 0.25),
        # The missing ones are the smallest, or the largest.
        ([1, 2, 3, 4], [3, 4, np.nan, np.nan], 0.5),
        ([1, 2, 3, 4], [1, 2, np.nan, np.nan], 0.5),
        ([1, 2, np.nan, np.nan], [3, 4, np.nan, np.nan], 0.5),
        ([1, 2, 3, np.nan], [4, 5, np.nan, np.nan], 0.75),
        # Three are above 1 here and none there, and the other way round.
        ([1, 2, 3, 4], [1, 1, 1, np.nan], 0.75),
        ([1, 2, 3, 4], [4, 4, 4, np.nan], 0.75),
        ([1, 2, 3, 4], [np.nan] * 4, 1),
        ([np.nan] * 4, [np.nan] * 4, 0),
    ],
)
def test__marginals__missing_numbers__lie_on_neither_side(real, synthetic, expected):
    for left, right in [(real, synthetic), (synthetic, real)]:
        distances = marginal_distances(np.c_[left], np.c_[right])
        assert distances[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("real", "synthetic", "expected"),
    [
        ("aabb", "aabb", 0),
        ("aabb", "abbb", 0.25),
        ("aab", "aaccc", 0.6),  # of a third b against three fifths c
        ("aa", "bb", 1),
        (["a", "a", None, None], ["a", "b", "b", None], 0.5),
    ],
)
def test__marginals__categories__total_variation(real, synthetic, expected):
    left, right = (pd.DataFrame({"x": list(part)}) for part in (real, synthetic))
    assert marginal_distances(left, right)["x"] == pytest.approx(expected)
    assert marginal_distances(right, left)["x"] == pytest.approx(expected)


def test__marginals__several_columns__named_in_their_order():
    frame, _ = mixed_frame()
    distances = marginal_distances(frame, frame.sample(frac=1, random_state=0))
    assert distances.index.equals(frame.columns)
    assert distances.dtype == np.float64
    np.testing.assert_allclose(distances, 0, atol=1e-12)
