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


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (History(), "History(n_iter=0)"),
        (
            History(
                iteration=[25, 50],
                critic_loss=[1.0, 2.0],
                generator_loss=[1.0, 2.0],
                fidelity=[0.08249, 0.2],
                diversity=[0.971, 0.5],
                best_iteration=25,
                n_iter=50,
            ),
            "History(n_iter=50, best_iteration=25, fidelity=0.082, diversity=0.97)",
        ),
        (
            History(
                iteration=[25],
                fidelity=[9.0],
                diversity=[0.1],
                n_iter=40,
                diverged=True,
                out_of_memory=True,
            ),
            "History(n_iter=40, best_iteration=0, fidelity=9.000, diversity=0.10, "
            "diverged=True, out_of_memory=True)",
        ),
        (
            History(
                n_iter=9,
                best_iteration=9,
                epsilon=0.99123,
                delta=1e-5,
                total_epsilon=1.98,
                total_delta=2e-5,
            ),
            "History(n_iter=9, best_iteration=9, epsilon=0.991, delta=1e-05, "
            "total_epsilon=1.98, total_delta=2e-05)",
        ),
    ],
)
def test__history__repr__the_result_without_the_lists(history, expected):
    assert repr(history) == expected
