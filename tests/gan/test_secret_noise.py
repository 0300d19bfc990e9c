"""Noise that nobody can compute again."""

import random

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats
from tables import global_states

import gansampler.gan.private_gan
from gansampler.gan import PrivateTabularGAN
from gansampler.gan.secret_noise import secret_normal, secret_uniform


def seed_everything():
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 -- the global state is what is seeded
    torch.manual_seed(0)


@pytest.mark.parametrize("draw", [secret_uniform, lambda n: secret_normal((n,))])
def test__draw__whatever_is_seeded__differs(draw):
    seed_everything()
    states = global_states()
    first = draw(1000)
    assert global_states() == states
    seed_everything()
    assert len(np.intersect1d(first, draw(1000))) == 0


def test__uniform__many__inside_the_unit_interval_and_even():
    numbers = secret_uniform(200_000)
    assert 0 < numbers.min() < numbers.max() < 1
    assert stats.kstest(numbers, "uniform").pvalue > 1e-6


def test__uniform__extreme_bits__neither_zero_nor_one(monkeypatch):
    for byte, expected in ((b"\0", 2.0**-53), (b"\xff", 1 - 2.0**-53)):
        monkeypatch.setattr("os.urandom", lambda n, byte=byte: byte * n)
        assert secret_uniform(3).tolist() == [expected] * 3
        assert np.isfinite(secret_normal((2, 2))).all()


def test__normal__many__normal_and_of_the_shape():
    numbers = secret_normal((200, 300, 2))
    assert numbers.shape == (200, 300, 2)
    assert stats.kstest(numbers.ravel(), "norm").pvalue > 1e-6
    assert secret_normal(()).shape == ()


def fit_with_known_seed(monkeypatch, rows):
    """Train as somebody would who has found the seed of the first weights."""
    monkeypatch.setattr(gansampler.gan.private_gan.secrets, "randbits", lambda n: 12345)
    gan = PrivateTabularGAN(
        epsilon=1e6,
        delta=1e-4,
        column_bounds={"x": (0, 1)},
        max_iter=3,
        batch_size=len(rows),  # so that all rows take part, whatever is drawn
        generator_layers=(4,),
        critic_layers=(4,),
        latent_dim=2,
    )
    gan.fit(rows)
    return [weight.clone() for weight in gan.trained_.generator.state_dict().values()]


def test__private_training__replayed_with_all_seeds_known__gives_other_weights(
    monkeypatch,
):
    pytest.importorskip("opacus")
    rows = pd.DataFrame({"x": np.linspace(0, 1, 60)})
    seed_everything()
    first = fit_with_known_seed(monkeypatch, rows)
    seed_everything()
    second = fit_with_known_seed(monkeypatch, rows)
    last = [k for k, weight in enumerate(first) if weight.dtype.is_floating_point]
    assert any(not torch.equal(first[k], second[k]) for k in last)
    # The test could not fail if the seeds decided nothing at all.
    monkeypatch.setattr("os.urandom", lambda n: b"\x5a" * n)
    seed_everything()
    third = fit_with_known_seed(monkeypatch, rows)
    seed_everything()
    assert all(
        torch.equal(a, b)
        for a, b in zip(third, fit_with_known_seed(monkeypatch, rows), strict=True)
    )
