import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from strategies import frames
from tables import (
    arrow_frame,
    deep,
    mixed_frame,
    pandas_sparse,
    polars_frame,
    sparse_matrix,
)

from gansampler.evaluation.metrics import (
    PrecisionRecallDensityCoverage,
    association_matrix,
    closest_record_distances,
    closest_record_ratio,
    correlation_gap,
    detection_auc,
    frechet_distance,
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


def prdc(real, synthetic, **params):
    scores = precision_recall_density_coverage(real, synthetic, **params)
    return scores.precision, scores.recall, scores.density, scores.coverage


COMPARISONS = [
    marginal_distances,
    correlation_gap,
    quick_auc,
    precision_recall_density_coverage,
    frechet_distance,
    closest_record_distances,
]


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
        if not isinstance(result, PrecisionRecallDensityCoverage):
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
        (lambda X: X[["b", "a", "c"]], "a different order"),
        (
            lambda X: X.rename(columns={"b": "z"}),
            r"lacks \['[bz]'\] and also has \['[bz]'\]",
        ),
        (lambda X: X.to_numpy()[:, :2], "has 2 columns, but X_.* has 3"),
        (lambda X: X.assign(a="x"), "'a' holds (numbers|categories) in X_.*Convert"),
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


@settings(max_examples=25)
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


@settings(max_examples=25)
@given(two_tables())
def test__all__a_table_and_itself__nothing_between_them(tables):
    real, _ = tables
    assert marginal_distances(real, real).max() == 0
    assert correlation_gap(real, real) == 0
    precision, recall, _, coverage = prdc(real, real, n_neighbors=2)
    assert precision == recall == coverage == 1
    assert closest_record_distances(real, real).max() == 0


@settings(max_examples=15)
@given(two_tables(), st.randoms(use_true_random=False))
def test__all__rows_in_another_order__same_scores(tables, random):
    shuffled = [
        part.iloc[random.sample(range(len(part)), len(part))] for part in tables
    ]
    np.testing.assert_allclose(
        scores_of(*shuffled), scores_of(*tables), rtol=1e-6, atol=1e-9
    )


@settings(max_examples=25)
@given(two_tables())
def test__all__swapped_tables__same_where_it_is_symmetric(tables):
    real, synthetic = tables
    gap = correlation_gap(real, synthetic)
    assert correlation_gap(synthetic, real) == pytest.approx(gap)
    every = {"categorical_features": range(real.shape[1])}
    distances = marginal_distances(real, synthetic, **every)
    swapped = marginal_distances(synthetic, real, **every)
    np.testing.assert_allclose(swapped, distances)


@settings(max_examples=15)
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
