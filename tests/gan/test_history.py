import pickle

import pytest

from gansampler.gan.history import History


def test__history__new__empty_and_its_own():
    first, second = History(), History()
    first.fidelity.append(1.0)
    assert second == History()
    assert second.fidelity == []
    assert pickle.loads(pickle.dumps(first)) == first


@pytest.mark.parametrize(
    ("n_iter", "diversity", "expected"),
    [
        (300, [], False),
        (300, [0.1, 1.0], False),
        (300, [1.0, 0.29], True),
        (99, [0.0], False),
        (100, [0.0], True),
    ],
)
def test__history__collapsed__by_the_last_look_at_a_long_training(
    n_iter, diversity, expected
):
    assert History(n_iter=n_iter, diversity=diversity).collapsed is expected
