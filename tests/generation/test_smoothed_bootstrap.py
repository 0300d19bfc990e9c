import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import global_states

from gansampler.gan.history import History
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap


def fit(rows, n_scalars=2):
    return SmoothedBootstrap(History()).fit_encoded(rows, n_scalars)


def make_rows(n):
    rng = np.random.default_rng(0)
    one_hot = np.eye(3)[rng.integers(0, 3, n)]
    return np.hstack([rng.normal([5, -3], [1, 4], (n, 2)), one_hot]).astype(np.float32)


def test__draw__many__mean_and_variance_near_the_datas():
    rows = make_rows(30)
    drawn = fit(rows).draw_encoded(20_000, seed=0)[:, :2]
    real = rows[:, :2]
    error = 4 * real.std(axis=0) / np.sqrt(20_000)
    assert (np.abs(drawn.mean(axis=0) - real.mean(axis=0)) < error).all()
    ratio = drawn.var(axis=0) / real.var(axis=0)
    assert (ratio > 1).all()
    assert (ratio < 1.25).all()


def test__draw__scalars__blurred_and_blocks_copied():
    rows = make_rows(5)
    before = rows.copy()
    drawn = fit(rows).draw_encoded(200, seed=0)
    np.testing.assert_array_equal(rows, before)
    assert drawn.dtype == np.float32
    assert len(np.unique(drawn[:, 0])) == 200
    assert {tuple(block) for block in drawn[:, 2:]} == {tuple(b) for b in rows[:, 2:]}


def test__draw__blurred_row__keeps_its_block():
    rows = np.array([[0, 0, 1, 0, 0], [100, 100, 0, 1, 0]] * 3, dtype=np.float32)
    drawn = fit(rows).draw_encoded(300, seed=0)
    far = (drawn[:, 0] - 50) ** 2 > 20**2
    assert far.mean() > 0.5
    np.testing.assert_array_equal(drawn[far, 3] == 1, drawn[far, 0] > 50)


def test__draw__one_row__repeats_it():
    rows = make_rows(1)
    drawn = fit(rows).draw_encoded(4, seed=0)
    np.testing.assert_array_equal(drawn, rows.repeat(4, axis=0))


@pytest.mark.parametrize("n_scalars", [0, 5])
def test__draw__scalars_or_blocks_alone__finite(n_scalars):
    drawn = fit(make_rows(6), n_scalars).draw_encoded(10, seed=0)
    assert drawn.shape == (10, 5)
    assert np.isfinite(drawn).all()


@given(st.integers(0, 50), st.integers(1, 9))
def test__draw__same_seed__same_rows_and_global_state_untouched(n, n_rows):
    bootstrap = fit(make_rows(n_rows))
    states = global_states()
    first = bootstrap.draw_encoded(n, seed=3)
    assert first.shape == (n, 5)
    np.testing.assert_array_equal(first, bootstrap.draw_encoded(n, seed=3))
    assert global_states() == states
    if n and n_rows > 1:
        assert not np.array_equal(first, bootstrap.draw_encoded(n, seed=4))
