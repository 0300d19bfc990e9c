import numpy as np
import pytest

from gansampler.evaluation.metrics import (
    precision_recall_density_coverage,
)


def prdc(real, synthetic, **params):
    scores = precision_recall_density_coverage(real, synthetic, **params)
    return scores.precision, scores.recall, scores.density, scores.coverage


@pytest.mark.parametrize("k", [1, 3, 10])
def test__prdc__same_table__everything_is_covered(rng, k):
    real = rng.normal(size=(50, 3))
    # A ball holds its centre and k neighbours.
    expected = pytest.approx((1, 1, (k + 1) / k, 1))
    assert prdc(real, real, n_neighbors=k) == expected


def test__prdc__worked_by_hand__these_shares():
    real = np.array([[0.0], [1.0], [2.0], [8.0], [10.0]])
    synthetic = np.array([[0.5], [0.0], [9.5], [40.5]])
    # The real balls are [-1, 1], [0, 2], [1, 3], [6, 10] and [8, 12]: 0.5 and 0 lie in
    # the first two, 9.5 in the last two. The synthetic ones are [0, 1], [-0.5, 0.5],
    # [0.5, 18.5] and [9.5, 71.5]: every real row lies in one.
    scores = prdc(real, synthetic, n_neighbors=1)
    np.testing.assert_allclose(scores, (3 / 4, 1, 6 / 4, 4 / 5))
    # Without the third only 0 and 1, and 2, 8 and 10 in [0.5, 80.5].
    scores = prdc(real, synthetic[[0, 1, 3]], n_neighbors=1)
    np.testing.assert_allclose(scores, (2 / 3, 1, 4 / 3, 2 / 5))
    scores = prdc(real, synthetic[:2], n_neighbors=1)
    np.testing.assert_allclose(scores, (1, 2 / 5, 2, 2 / 5))


def test__prdc__far_apart__nothing(rng):
    real, synthetic = rng.normal(size=(2, 30, 2))
    assert prdc(real, synthetic + 100) == (0, 0, 0, 0)


def test__prdc__same_distribution__density_near_one(rng):
    real, synthetic = rng.normal(size=(2, 300, 2))
    precision, recall, density, coverage = prdc(real, synthetic)
    assert min(precision, recall, coverage) > 0.85
    assert density == pytest.approx(1, abs=0.1)


def test__prdc__collapsed_and_scattered__told_apart(rng):
    real = rng.normal(size=(100, 2))
    collapsed, scattered = rng.normal(size=(2, 100, 2)) * [[[0.05]], [[10]]]
    precision, recall, _, coverage = prdc(real, collapsed)
    assert precision > 0.9
    assert max(recall, coverage) < 0.2
    precision, recall, density, _ = prdc(real, scattered)
    assert recall > 0.9
    assert max(precision, density) < 0.3


def test__prdc__equal_distances__rounding_decides_nothing(rng):
    # 0.3 - 0.2 and 0.2 - 0.1 are not the same number.
    real, synthetic = rng.integers(0, 20, size=(2, 40, 2))
    for k in (1, 3, 5):
        expected = prdc(real, synthetic, n_neighbors=k)
        assert prdc(real / 10, synthetic / 10, n_neighbors=k) == expected


def test__prdc__repeated_rows__only_copies_lie_among_them(rng):
    real = np.repeat(rng.normal(size=(30, 8)), 2, axis=0)
    assert prdc(real, real, n_neighbors=1) == (1, 1, 2, 1)
    assert prdc(real, real + 1e-10, n_neighbors=1) == (0, 0, 0, 0)


@pytest.mark.parametrize("n_neighbors", [0, -1, 2.5, "5"])
def test__prdc__impossible_neighbours__refused(n_neighbors):
    with pytest.raises(ValueError, match="positive whole number"):
        prdc(np.eye(9), np.eye(9), n_neighbors=n_neighbors)


def test__prdc__too_few_rows__refused_by_name():
    with pytest.raises(
        ValueError, match=r"6 rows in each table, but X_synthetic has 1"
    ):
        prdc(np.eye(9), np.eye(9)[:1])
    with pytest.raises(ValueError, match="X_real has 5"):
        prdc(np.eye(9)[:5], np.eye(9))
    assert prdc(np.eye(9), np.eye(9)[:2], n_neighbors=1)[0] == 1
