import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from gansampler.evaluation.metrics import (
    frechet_distance,
)


def test__frechet__known_means_and_covariances__closed_form():
    # Four points whose covariance is exactly the identity.
    square = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * np.sqrt(3 / 4)
    moved = square * [2, 3] + [3, -4]
    # 3² + 4², and (1 - 2)² + (1 - 3)².
    distance = frechet_distance(square, moved, encoder=lambda X: X)
    assert distance == pytest.approx(25 + 5)
    turn = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    for rows in (square @ turn, square):
        assert frechet_distance(square, rows, encoder=np.asarray) == pytest.approx(0)


def test__frechet__covariances_that_do_not_commute__closed_form(rng):
    A, B = (M @ M.T for M in rng.normal(size=(2, 3, 3)))
    root = np.linalg.cholesky
    plus = np.vstack([np.eye(3), -np.eye(3)]) * np.sqrt(5 / 2)  # covariance: identity
    # Of the product of two positive matrices the eigenvalues are positive.
    cross = np.sqrt(np.linalg.eigvals(A @ B).real).sum()
    expected = np.trace(A) + np.trace(B) - 2 * cross
    distance = frechet_distance(plus @ root(A).T, plus @ root(B).T, encoder=np.asarray)
    assert distance == pytest.approx(expected)


def test__frechet__encoded_by_default__standardised(rng):
    real, synthetic = rng.normal(size=(2, 4000, 1)) * 1000
    distance = frechet_distance(real, synthetic * 3 + 2000)
    assert distance == pytest.approx(2**2 + (3 - 1) ** 2, rel=0.1)


def test__frechet__singular_and_tiny__finite(rng):
    x = rng.normal(size=(50, 1))
    x -= x.mean()
    line = np.hstack([x, x, np.zeros((50, 1))])
    assert frechet_distance(line, line) == pytest.approx(0, abs=1e-7)
    turned = frechet_distance(line, line * [1, -1, 1], encoder=np.asarray)
    # Two lines at right angles have nothing in common: the sum of all variances.
    assert turned == pytest.approx(4 * np.var(x, ddof=1))
    one = frechet_distance(line[:1], line[:1] + [3, 4, 0], encoder=np.asarray)
    assert one == pytest.approx(25)


def test__frechet__transformers__dense_and_sparse():
    frame = pd.DataFrame({"x": ["a", "b", "c", "a"]})
    other = frame.iloc[[0, 0, 0, 0]]
    dense, compact = (
        OneHotEncoder(sparse_output=sparse_output).fit(frame)
        for sparse_output in (False, True)
    )
    expected = frechet_distance(frame, other, encoder=dense.transform)
    assert expected > 0
    for encoder in (dense, compact):
        assert frechet_distance(frame, other, encoder=encoder) == expected


def test__frechet__bad_encoders__refused(rng):
    X = rng.normal(size=(9, 2))
    with pytest.raises(TypeError, match="encoder must be 'auto'"):
        frechet_distance(X, X, encoder="pca")
    with pytest.raises(NotFittedError):
        frechet_distance(X, X, encoder=StandardScaler())
    with pytest.raises(ValueError, match="encoder's output contains NaN"):
        frechet_distance(X, X, encoder=lambda X: X * np.nan)
    with pytest.raises(ValueError, match="3 columns for X_real, but 2"):
        frechet_distance(np.c_[X, X[:, 0]], X, encoder=np.asarray)
