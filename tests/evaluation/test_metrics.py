import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from strategies import frames
from tables import (
    arrow_frame,
    deep,
    global_states,
    mixed_frame,
    pandas_sparse,
    polars_frame,
    sparse_matrix,
)

from gansampler.evaluation.aligned_tables import MAX_CATEGORIES
from gansampler.evaluation.metrics import metrics
from gansampler.evaluation.metrics.metrics import (
    association_matrix,
    closest_record_distances,
    closest_record_ratio,
    correlation_gap,
    detection_auc,
    frechet_distance,
    inception_score,
    marginal_distances,
    precision_recall_density_coverage,
)

CASES = {
    "mixed": lambda: mixed_frame()[0],
    "arrow": arrow_frame,
    "pandas sparse": pandas_sparse,
    "polars": polars_frame,
    "sparse": sparse_matrix,
    "array": lambda: np.random.default_rng(0).normal(size=(40, 3)),
    "objects": lambda: np.array([["a", 1.5], ["b", None], ["a", 2.0]] * 9, object),
}


def quick_auc(real, synthetic, **params):
    defaults = {"estimator": LogisticRegression(max_iter=1000), "random_state": 0}
    return detection_auc(real, synthetic, **(defaults | params))


COMPARISONS = [
    marginal_distances,
    correlation_gap,
    quick_auc,
    precision_recall_density_coverage,
    frechet_distance,
    closest_record_distances,
]


# marginal_distances


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


# association_matrix and correlation_gap


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


# detection_auc


def test__detection__same_distribution__about_a_half(rng):
    real, synthetic = rng.normal(size=(2, 150, 3))
    assert detection_auc(real, synthetic, random_state=0) == pytest.approx(0.5, abs=0.1)


def test__detection__another_distribution__nearly_one(rng):
    real = rng.normal(size=(60, 2))
    assert detection_auc(real, real + 5, random_state=0) > 0.99
    # Ten times as many on one side do not matter.
    few = rng.normal(size=(10, 2)) + 5
    assert detection_auc(real, few, random_state=0) > 0.99


def test__detection__only_missingness_or_a_category_differs__detected(rng):
    frame = pd.DataFrame({"x": rng.normal(size=80), "label": ["a", "b"] * 40})
    holes = frame.assign(x=frame["x"].where(rng.random(80) < 0.1))
    assert quick_auc(frame, holes) > 0.9
    assert quick_auc(frame, frame.assign(label="c")) > 0.99


def test__detection__random_state__decides_and_leaves_the_global_one(rng):
    real, synthetic = rng.normal(size=(2, 30, 2))
    states = global_states()
    first, again, other = (
        detection_auc(real, synthetic, random_state=seed) for seed in (0, 0, 1)
    )
    assert global_states() == states
    assert first == again != other
    # The folds differ too, not only the forest.
    assert quick_auc(real, synthetic) != quick_auc(real, synthetic, random_state=1)


def test__detection__copies_of_the_real_rows__no_better_than_chance(rng):
    real = rng.normal(size=(60, 2))
    assert detection_auc(real, real, random_state=0) < 0.5


def test__detection__own_classifier_and_folds__used_and_left_unfitted(rng):
    real, synthetic = rng.normal(size=(2, 40, 2))
    assert detection_auc(real, synthetic + 9, estimator=DummyClassifier()) == 0.5
    model = LogisticRegression()
    folds = StratifiedKFold(2, shuffle=True, random_state=3)
    assert quick_auc(real, synthetic + 9, estimator=model, cv=folds) == 1
    assert not hasattr(model, "coef_")


def test__detection__what_cannot_be_done__refused(rng):
    real = rng.normal(size=(20, 2))
    with pytest.raises(ValueError, match=r"X_synthetic has 4; pass .* smaller cv"):
        detection_auc(real, real[:4])
    with pytest.raises(ValueError, match="X_real has 1"):
        detection_auc(real[:1], real, cv=2)
    assert 0 <= quick_auc(real, real[:4], cv=2) <= 1
    for estimator in [LinearSVC(), LogisticRegression, "forest"]:
        with pytest.raises(TypeError, match="predict_proba"):
            detection_auc(real, real, estimator=estimator)


# precision_recall_density_coverage


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
    with pytest.raises(ValueError, match="whole number from 1 on"):
        prdc(np.eye(9), np.eye(9), n_neighbors=n_neighbors)


def test__prdc__too_few_rows__refused_by_name():
    with pytest.raises(
        ValueError, match=r"6 rows of each table, but X_synthetic has 1"
    ):
        prdc(np.eye(9), np.eye(9)[:1])
    with pytest.raises(ValueError, match="X_real has 5"):
        prdc(np.eye(9)[:5], np.eye(9))
    assert prdc(np.eye(9), np.eye(9)[:2], n_neighbors=1)[0] == 1


# closest_record_distances and closest_record_ratio


def test__closest__worked_by_hand__these_distances():
    # Median 3 and interquartile range 2.
    train = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "label": list("aabbb")})
    sigma = 2 / 1.3489795
    synthetic = pd.DataFrame(
        {"x": [2, 2, 5 + sigma, 3 + sigma, np.nan], "label": ["a", None, "b", "c", "b"]}
    )
    expected = [0, 1, 1, np.sqrt(1 + (1 - 1 / sigma) ** 2), 1]
    distances = closest_record_distances(synthetic, train)
    assert distances.shape == (5,)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)


def test__closest__copies_in_every_dtype__zero():
    frame, _ = mixed_frame()
    synthetic = pd.concat([frame.iloc[::-3], frame.iloc[:1].assign(str="new")])
    distances = closest_record_distances(synthetic, frame)
    np.testing.assert_array_equal(distances[:-1], 0)
    assert distances[-1] > 0.999


def test__closest__another_unit__same_distances(rng):
    train, synthetic = rng.normal(size=(2, 30, 2))
    expected = closest_record_distances(synthetic, train)
    unit = [1e6, 1e-6]
    scaled = closest_record_distances(synthetic * unit + 7, train * unit + 7)
    np.testing.assert_allclose(scaled, expected, rtol=1e-6)


def test__closest__mostly_one_value__scaled_by_the_deviation():
    train = np.array([[0.0]] * 9 + [[10.0]])
    distances = closest_record_distances([[13.0]], train)
    np.testing.assert_allclose(distances, 1)


def test__closest__constant_column__other_values_are_off():
    train = np.full((5, 1), 0.1)
    distances = closest_record_distances([[0.1], [1.1], [np.nan]], train)
    np.testing.assert_allclose(distances, [0, 1, 1])


def test__closest__rare_categories_beyond_the_cap__count_as_one():
    labels = [f"c{j:02}" for j in range(MAX_CATEGORIES + 3)]
    train = pd.DataFrame({"x": labels[:-1]})
    distances = closest_record_distances(pd.DataFrame({"x": labels[-1:]}), train)
    np.testing.assert_array_equal(distances, 0)
    few = closest_record_distances(pd.DataFrame({"x": ["new"]}), train[:5])
    np.testing.assert_allclose(few, 1)


def test__ratio__copies_new_rows_and_far_ones__told_apart(rng):
    train, holdout, new = rng.normal(size=(3, 200, 3))
    assert closest_record_ratio(train[:50], train, holdout) == 0
    nearly = train + rng.normal(size=train.shape) * 0.01
    assert closest_record_ratio(nearly, train, holdout) < 0.1
    assert closest_record_ratio(new, train, holdout) == pytest.approx(1, abs=0.2)
    assert closest_record_ratio(new * 5, train, holdout) > 2


def test__ratio__held_out_rows_repeat_training_rows__says_so():
    train = pd.DataFrame({"x": ["a", "b"] * 5})
    far = pd.DataFrame({"x": ["c"] * 4})
    assert closest_record_ratio(far, train, train[:3]) == np.inf
    assert np.isnan(closest_record_ratio(train, train, train[:3]))
    assert closest_record_ratio(train, train, far) == 0


# frechet_distance


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


# inception_score


class Oracle:
    """Return the rows themselves as probabilities."""

    def predict_proba(self, X):
        return X


@pytest.mark.parametrize("k", [1, 2, 5])
def test__inception__certain_and_balanced__number_of_classes(k):
    score = inception_score(np.tile(np.eye(k), (4, 1)), Oracle())
    assert score == pytest.approx(k)


def test__inception__constant_prediction__one():
    p = np.tile([0.7, 0.2, 0.1], (10, 1))
    assert inception_score(p, Oracle()) == pytest.approx(1)
    assert inception_score(np.eye(3)[[1, 1, 1]], Oracle()) == pytest.approx(1)


def test__inception__worked_by_hand__this_score():
    p = np.array([[1, 0], [0.5, 0.5]])
    information = (np.log(1 / 0.75) + 0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(2)) / 2
    assert inception_score(p, Oracle()) == pytest.approx(np.exp(information))


def test__inception__bad_classifiers__refused():
    with pytest.raises(TypeError, match="must have predict_proba"):
        inception_score(np.eye(2), LinearSVC())
    with pytest.raises(ValueError, match=r"sum to 1 .* for row 1"):
        inception_score(np.array([[0.5, 0.5], [0.5, 0.6]]), Oracle())
    with pytest.raises(ValueError, match=r"sum to 1 .* for row 0"):
        inception_score(np.array([[1.5, -0.5]]), Oracle())


# What all have in common


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test__all__any_container_and_dtype__taken_and_left_alone(make):
    table = make()
    before = deep(table)
    assert marginal_distances(table, table).max() == 0
    assert correlation_gap(table, table) == 0
    assert quick_auc(table, table) <= 0.55
    assert prdc(table, table)[::3] == (1, 1)
    assert closest_record_distances(table, table).max() == 0
    assert np.isnan(closest_record_ratio(table, table, table))
    assert frechet_distance(table, table) == pytest.approx(0, abs=1e-5)
    matrix = association_matrix(table).to_numpy()
    assert (np.abs(matrix) <= 1).all()
    if sparse.issparse(table):
        assert (table != before).nnz == 0
    elif hasattr(table, "equals"):
        assert table.equals(before)
    else:
        assert repr(table) == repr(before)


@pytest.mark.parametrize("compare", COMPARISONS)
def test__all__array_frame_and_list__agree(compare, rng):
    real, synthetic = rng.normal(size=(2, 20, 3))
    real[3, 1] = np.nan
    names = ["a", "b", "c"]
    expected = compare(real, synthetic)
    for left, right in [
        (pd.DataFrame(real, columns=names), pd.DataFrame(synthetic, columns=names)),
        (real, pd.DataFrame(synthetic, columns=names)),
        (pd.DataFrame(real, columns=names), synthetic),
        (real.tolist(), synthetic.tolist()),
    ]:
        result = compare(left, right)
        if isinstance(expected, pd.Series):
            wanted = names if isinstance(left, pd.DataFrame) else result.index
            assert result.index.tolist() == list(wanted)
            result, expected = result.to_numpy(), np.asarray(expected)
        np.testing.assert_equal(result, expected)


@pytest.mark.parametrize("compare", COMPARISONS)
def test__all__category_or_missing_on_one_side_only__finite_and_noticed(compare):
    frame, _ = mixed_frame()
    other = frame.assign(str="new", with_nan=np.nan, object=None, constant=None)
    for left, right in [(frame, other), (other, frame)]:
        result = compare(left, right)
        if not isinstance(result, metrics.PrecisionRecallDensityCoverage):
            assert np.isfinite(result).all()
            assert np.max(result) > 0
        else:
            assert result.density < prdc(left, left)[2]


@pytest.mark.parametrize(
    "compare", [marginal_distances, correlation_gap, frechet_distance]
)
def test__all__one_row__finite(compare):
    frame, _ = mixed_frame()
    for left, right in [(frame, frame[:1]), (frame[:1], frame)]:
        assert np.isfinite(compare(left, right)).all()
    assert np.max(compare(frame[:1], frame[:1])) == 0


def test__all__one_row__closest():
    frame, _ = mixed_frame()
    np.testing.assert_array_equal(closest_record_distances(frame[:1], frame[:1]), [0])
    assert closest_record_ratio(frame[:1], frame[1:], frame[2:3].assign(str="x")) > 0


def test__all__same_values_in_other_dtypes__alike():
    real = pd.DataFrame(
        {
            "int": [1, 2, 3, 4],
            "date": pd.date_range("2020", periods=4).astype("datetime64[ns]"),
            "zoned": pd.date_range("2020", periods=4, tz="UTC").astype(
                "datetime64[ns, UTC]"
            ),
            "label": pd.Categorical(list("abab")),
            "code": pd.Categorical([1, 2, 1, 2]),
            "empty": [np.nan] * 4,
        }
    )
    synthetic = pd.DataFrame(
        {
            "int": pd.array([1, 2, 3, 4], dtype="Int64"),
            "date": real["date"].astype("datetime64[s]"),
            "zoned": real["zoned"]
            .dt.tz_convert("Asia/Tokyo")
            .astype("datetime64[us, Asia/Tokyo]"),
            "label": np.array(list("abab"), dtype=object),
            "code": pd.Categorical([1.0, 2.0, 1.0, 2.0], categories=[3.0, 2.0, 1.0]),
            "empty": [None] * 4,
        }
    )
    for left, right in [(real, synthetic), (synthetic, real)]:
        np.testing.assert_array_equal(marginal_distances(left, right), 0)
        np.testing.assert_array_equal(closest_record_distances(left, right), 0)


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X.drop(columns="b"), r"(lacks|has) \['b'\]"),
        (lambda X: X[["b", "a", "c"]], "another order"),
        (
            lambda X: X.rename(columns={"b": "z"}),
            r"lacks \['[bz]'\] and has \['[bz]'\]",
        ),
        (lambda X: X.to_numpy()[:, :2], "has 2 columns, but X_.* has 3"),
        (lambda X: X.assign(a="x"), "'a' holds (numbers|categories) in X_.*convert"),
        (lambda X: X.assign(a=pd.Timestamp("2020")), "'a' holds .*(dates|numbers) in"),
        (lambda X: X.assign(a=np.inf), r"X_\w+: Column 'a' contains infinity"),
        (lambda X: X.iloc[:0], r"X_\w+ has 0 rows"),
        (lambda X: X.iloc[:, :0], r"X_\w+ has .* 0 columns"),
        (lambda X: X["a"], "Expected a 2-dimensional container"),
        (lambda X: X.assign(c=[[1]] * len(X)), r"X_\w+: Column 'c'"),
    ],
)
def test__all__columns_that_do_not_agree__refused_by_name(compare, change, message):
    frame = pd.DataFrame({"a": [1.5, 2.5, 4.0] * 4, "b": ["x", "y", "z"] * 4})
    frame["c"] = frame["a"] ** 2
    for left, right in [(frame, change(frame)), (change(frame), frame)]:
        with pytest.raises((ValueError, TypeError), match=message):
            compare(left, right)


def test__all__time_zone_on_one_side__refused_by_name():
    naive = pd.DataFrame({"day": pd.date_range("2020", periods=4)})
    zoned = pd.DataFrame({"day": pd.date_range("2020", periods=4, tz="UTC")})
    with pytest.raises(ValueError, match=r"'day' of X_synthetic can't be compared"):
        marginal_distances(naive, zoned)


def test__all__categorical_features__by_name_position_and_mask(rng):
    real = pd.DataFrame(rng.integers(0, 50, size=(60, 2)), columns=["x", "code"])
    synthetic = real.assign(code=real["code"] + 1)
    by_rank = marginal_distances(real, synthetic)
    by_value = marginal_distances(real, synthetic, categorical_features=["code"])
    assert by_value["code"] > by_rank["code"]
    for features in ([1], [False, True]):
        again = marginal_distances(real, synthetic, categorical_features=features)
        pd.testing.assert_series_equal(again, by_value)
        arrays = (real.to_numpy(), synthetic.to_numpy())
        plain = marginal_distances(*arrays, categorical_features=features)
        np.testing.assert_array_equal(plain, by_value)
    with pytest.raises(ValueError, match=r"X_real: .*\['kode'\]"):
        marginal_distances(real, synthetic, categorical_features=["kode"])


def test__all__import__without_torch():
    code = "import sys, gansampler.evaluation.metrics.metrics; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# Properties


@st.composite
def two_tables(draw):
    """Draw two tables with the same columns."""
    frame = draw(frames(24, max_columns=4))
    cut = draw(st.integers(7, 17))
    return frame.iloc[:cut], frame.iloc[cut:]


def scores_of(real, synthetic):
    scores = [
        *marginal_distances(real, synthetic),
        correlation_gap(real, synthetic),
        *prdc(real, synthetic, n_neighbors=2),
        *np.sort(closest_record_distances(synthetic, real)),
    ]
    return np.array(scores)


@given(two_tables())
def test__all__any_two_tables__within_bounds(tables):
    real, synthetic = tables
    distances = marginal_distances(real, synthetic)
    assert distances.between(0, 1).all()
    missing = (real.isna().mean() - synthetic.isna().mean()).abs()
    assert (distances >= missing - 1e-12).all()
    assert 0 <= correlation_gap(real, synthetic) <= 2
    precision, recall, density, coverage = prdc(real, synthetic, n_neighbors=2)
    assert (
        0 <= min(precision, recall, coverage) <= max(precision, recall, coverage) <= 1
    )
    assert 0 <= density <= len(real) / 2
    # A row in a ball makes both the precision and the coverage positive.
    assert (precision > 0) == (density > 0) == (coverage > 0)
    closest = closest_record_distances(synthetic, real)
    assert (closest >= 0).all()
    assert np.isfinite(closest).all()
    assert 0 <= frechet_distance(real, synthetic) < np.inf


@given(two_tables())
def test__all__a_table_and_itself__nothing_between_them(tables):
    real, _ = tables
    assert marginal_distances(real, real).max() == 0
    assert correlation_gap(real, real) == 0
    precision, recall, _, coverage = prdc(real, real, n_neighbors=2)
    assert precision == recall == coverage == 1
    assert closest_record_distances(real, real).max() == 0


@given(two_tables(), st.randoms(use_true_random=False))
def test__all__rows_in_another_order__same_scores(tables, random):
    shuffled = [
        part.iloc[random.sample(range(len(part)), len(part))] for part in tables
    ]
    np.testing.assert_allclose(
        scores_of(*shuffled), scores_of(*tables), rtol=1e-6, atol=1e-9
    )


@given(two_tables())
def test__all__swapped_tables__same_where_it_is_symmetric(tables):
    real, synthetic = tables
    gap = correlation_gap(real, synthetic)
    assert correlation_gap(synthetic, real) == pytest.approx(gap)
    every = {"categorical_features": range(real.shape[1])}
    distances = marginal_distances(real, synthetic, **every)
    swapped = marginal_distances(synthetic, real, **every)
    np.testing.assert_allclose(swapped, distances)


@given(st.lists(st.sampled_from([*"abcde", None]), min_size=24, max_size=24), st.data())
def test__all__categories_renamed__same_scores(labels, data):
    new = data.draw(st.permutations([9, "e", "z", -1, "a"]))
    names = dict(zip("abcde", new, strict=True))
    x = np.arange(24.0) ** 2
    frame = pd.DataFrame({"x": x, "label": np.array(labels, dtype=object)})
    renamed = frame.assign(label=[names.get(label) for label in labels])
    renamed["label"] = renamed["label"].astype("category")
    frame["label"] = frame["label"].astype("category")
    expected = scores_of(frame[:12], frame[12:])
    np.testing.assert_allclose(scores_of(renamed[:12], renamed[12:]), expected)
