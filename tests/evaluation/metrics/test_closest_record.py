import numpy as np
import pandas as pd
import pytest
from tables import (
    mixed_frame,
)

from gansampler.evaluation.aligned_tables import MAX_CATEGORIES
from gansampler.evaluation.metrics import (
    closest_record_distances,
    closest_record_ratio,
)
from gansampler.evaluation.metrics.closest_record import measure_closeness


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


def line(*places):
    return pd.DataFrame({"x": [float(place) for place in places]})


def closeness_of(real, synthetic, holdout=None):
    unseen = None if holdout is None else line(*holdout)
    return measure_closeness(line(*real), line(*synthetic), unseen, [])


def test__closeness__held_out_rows__two_closest_training_rows():
    closeness = closeness_of([0, 1, 3], [1, 2], [5, 0, 3])
    np.testing.assert_allclose(
        closeness.real[:, 1] / closeness.real[0, 1], [1, 0.25, 0.5]
    )
    assert closeness.real[:, 0].tolist()[1:] == [0, 0]
    assert closeness.synthetic[0, 0] == 0
    assert closeness.unseen


def test__closeness__no_holdout__training_rows_among_themselves():
    closeness = closeness_of([0, 1, 3, 3], [3])
    ratios = closeness.real / closeness.real[0, 0]
    np.testing.assert_allclose(ratios, [[1, 3], [1, 2], [0, 2], [0, 2]])
    assert not closeness.unseen


def test__closeness__one_training_row__no_other_within_reach():
    closeness = closeness_of([2], [2, 3])
    assert np.isinf(closeness.real).all()
    assert np.isinf(closeness.synthetic[:, 1]).all()
    assert np.isfinite(closeness.synthetic[:, 0]).all()
