import pickle

import numpy as np
import pytest
import torch
from scipy import stats
from tables import global_states
from torch import nn

from gansampler.gan.conditioning import NoCondition
from gansampler.gan.networks import DenseBody, Generator
from gansampler.gan.trained_gan import BATCH_ROWS, TrainedGAN
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=2, block_sizes=(3, 2))
N_LATENT = 4


def make_gan(body=None):
    """Make what a training leaves, of random weights or of a network of one's own."""
    own_networks = body is not None
    if body is None:
        rng = torch.Generator().manual_seed(0)
        body = DenseBody([N_LATENT, 8, LAYOUT.width], rng)
    generator = Generator(body, N_LATENT, LAYOUT).eval().requires_grad_(False)
    return TrainedGAN(
        generator, NoCondition(torch.zeros(9, LAYOUT.width)), own_networks
    )


class Fixed(nn.Module):
    """Return the same logits for each row."""

    def __init__(self, logits):
        super().__init__()
        self.logits = torch.tensor(logits)

    def forward(self, inputs):
        return self.logits.expand(len(inputs), -1)


class Noisy(nn.Module):
    """Draw from torch's global random state, as a layer of the user's may."""

    def forward(self, inputs):
        return torch.randn(len(inputs), LAYOUT.width)


def test__draw__seed__decides_the_rows_and_nothing_else_is_touched(two_threads):
    gan = make_gan()
    states = global_states()
    first = gan.draw(20, seed=0)
    assert first.shape == (20, LAYOUT.width)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, gan.draw(20, seed=0))
    assert not np.array_equal(first, gan.draw(20, seed=1))
    assert global_states() == states
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("n", [1, BATCH_ROWS - 1, BATCH_ROWS, 2 * BATCH_ROWS + 1])
def test__draw__any_number__as_many_rows_none_of_them_twice(n):
    rows = make_gan().draw(n, seed=0)
    assert len(np.unique(rows, axis=0)) == len(rows) == n


def test__draw__category_logits__largest_entry_drawn_by_their_softmax():
    logits = [0.5, -1.0, 0.0, 1.0, -1.0, 2.0, 0.0]
    rows = make_gan(Fixed(logits)).draw(20_000, seed=0)
    np.testing.assert_array_equal(
        rows[:, :2], np.tile(np.float32(logits[:2]), (20_000, 1))
    )
    for block in (slice(2, 5), slice(5, 7)):
        drawn = np.bincount(rows[:, block].argmax(axis=1))
        weights = np.exp(logits[block])
        expected = 20_000 * weights / weights.sum()
        assert stats.chisquare(drawn, expected).pvalue > 0.01


def test__draw__a_category_ruled_out__never_drawn_and_no_error():
    # As by a network of the user's, or by the noise itself, which is -inf at times.
    rows = make_gan(Fixed([0.0, 0.0, -np.inf, 0.0, 0.0, 0.0, 0.0])).draw(300, seed=0)
    assert set(rows[:, 2:5].argmax(axis=1)) == {1, 2}


@pytest.mark.parametrize("column", [0, 1, 2, 6])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test__draw__not_finite__error_unless_a_category_is_ruled_out(column, number):
    logits = [0.0] * LAYOUT.width
    logits[column] = number
    gan = make_gan(Fixed(logits))
    if column >= LAYOUT.n_scalars and not np.isnan(number):
        assert len(gan.draw(3, seed=0)) == 3
        return
    with pytest.raises(ValueError, match="numbers that are not finite"):
        gan.draw(3, seed=0)


def test__draw__own_network_that_draws_itself__follows_the_seed():
    gan = make_gan(Noisy())
    states = global_states()
    rows = gan.draw(9, seed=0)
    assert rows.std(axis=0).min() > 0
    torch.rand(1)  # what was drawn elsewhere does not matter
    np.testing.assert_array_equal(gan.draw(9, seed=0), rows)
    assert not np.array_equal(gan.draw(9, seed=1), rows)
    torch.random.set_rng_state(torch.tensor(states[1], dtype=torch.uint8))
    gan.draw(9, seed=0)
    assert global_states() == states


def test__pickle__copy__draws_the_same():
    gan = make_gan()
    copy = pickle.loads(pickle.dumps(gan))
    np.testing.assert_array_equal(copy.draw(9, seed=1), gan.draw(9, seed=1))
