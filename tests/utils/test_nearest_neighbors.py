import numpy as np

from gansampler.utils.nearest_neighbors import distance_ratio


def test__distance_ratio__copies_and_ties__from_0_to_1():
    distances = np.array([[0.0, 2.0], [1.0, 4.0], [3.0, 3.0], [0.0, 0.0]])
    assert distance_ratio(distances).tolist() == [0, 0.25, 1, 1]


def test__distance_ratio__no_second_row__0():
    assert distance_ratio(np.array([[1.0, np.inf]])).tolist() == [0]
