import pickle
import sys

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.base import clone
from tables import described, global_states
from trainings import changed

from gansampler.gan import PrivateTabularGAN
from gansampler.gan.history import History
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.penalties import CLIP
from gansampler.tabular.encoder import RowLayout

pytest.importorskip("opacus")

from gansampler.gan.class_rows import ClassRows
from gansampler.gan.private_training import (
    PrivateTrainer,
    noise_multiplier,
    train_private,
)

PRIVATE = PrivateTabularGAN(
    epsilon=3.0,
    latent_dim=8,
    generator_layers=(32, 32),
    critic_layers=(32, 32),
    max_iter=5,
    batch_size=64,
    ema_decay=0.99,
)
SETTINGS = PRIVATE.training_settings()
LAYOUT = RowLayout(n_scalars=2, block_sizes=(3,))
OBJECTIVES_OF_ROWS = sorted(set(OBJECTIVES) - {"relativistic"})


def make_rows(n=300, seed=0):
    rng = np.random.default_rng(seed)
    scalars = rng.uniform(-1, 1, (n, 2))
    return np.hstack([scalars, np.eye(3)[rng.integers(0, 3, n)]]).astype(np.float32)


def blobs(n, seed):
    rng = np.random.default_rng(seed)
    centre = rng.choice([-0.5, 0.5], (n, 1))
    return (centre + rng.normal(0, 0.1, (n, 2))).astype(np.float32)


def energy_distance(a, b):
    return 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()


def make_trainer(rows, settings=SETTINGS, seed=0):
    return PrivateTrainer(ClassRows(rows, LAYOUT, seed), settings)


def summed_gradient(trainer, real, fake):
    """Return the sum of the clipped gradients, without noise, as one vector."""
    trainer.private_optimizer.noise_multiplier = 0.0
    trainer._take_gradients(torch.from_numpy(real), torch.from_numpy(fake))
    trainer.private_optimizer.pre_step()
    return torch.cat([weight.grad.flatten() for weight in trainer.critic.parameters()])


def epsilon_of_gaussian(sigma, steps, delta):
    """Solve the exact trade-off of the Gaussian mechanism (Balle and Wang, 2018)."""
    mu = np.sqrt(steps) / sigma

    def excess(epsilon):
        spent = norm.cdf(mu / 2 - epsilon / mu)
        return spent - np.exp(epsilon) * norm.cdf(-mu / 2 - epsilon / mu) - delta

    return brentq(excess, 0, 100)


def epsilon_by_integration(sigma, rate, steps, delta):
    """Compose Rényi divergences of the sampled Gaussian, integrated numerically."""
    best = np.inf
    for order in np.arange(1.1, 60, 0.1):
        z = np.linspace(-15 * sigma, order + 15 * sigma, 4000)
        ratio = np.logaddexp(
            np.log1p(-rate), np.log(rate) + (2 * z - 1) / (2 * sigma**2)
        )
        log_moment = logsumexp(norm.logpdf(z, scale=sigma) + order * ratio)
        divergence = (log_moment + np.log(z[1] - z[0])) / (order - 1)
        surcharge = -np.log(delta * order) / (order - 1) + np.log1p(-1 / order)
        best = min(best, steps * divergence + surcharge)
    return best


def test__epsilon__sampled_rows__as_integrated():
    settings = changed(SETTINGS, epsilon=2.0, max_iter=10, n_critic=3)
    rows = make_rows()
    _, history = train_private(rows, LAYOUT, settings, seed=0)
    sigma = noise_multiplier(settings, len(rows))
    expected = epsilon_by_integration(sigma, 64 / 300, 30, delta=1e-5)
    assert history.epsilon == pytest.approx(expected, rel=0.005)
    assert 0.98 * 2.0 < history.epsilon <= 2.0
    assert history.delta == 1e-5


def test__epsilon__all_rows_in_each_step__a_little_above_the_exact_one():
    settings = changed(SETTINGS, epsilon=2.0, max_iter=20)
    _, history = train_private(make_rows(50), LAYOUT, settings, seed=0)
    exact = epsilon_of_gaussian(noise_multiplier(settings, 50), 20, delta=1e-5)
    assert exact < history.epsilon < 1.2 * exact


@pytest.mark.parametrize("n_rows", [50, 10_000])
def test__noise_multiplier__less_epsilon_or_more_steps__more_noise(n_rows):
    noise = [
        noise_multiplier(changed(SETTINGS, epsilon=e), n_rows)
        for e in (50, 3, 0.3, 0.03)
    ]
    assert sorted(set(noise)) == noise
    longer = changed(SETTINGS, max_iter=50)
    assert noise_multiplier(longer, n_rows) > noise_multiplier(SETTINGS, n_rows)
    more = changed(SETTINGS, max_iter=10, n_critic=5)
    assert noise_multiplier(more, n_rows) == noise_multiplier(longer, n_rows)


def test__noise_multiplier__delta_of_a_whole_row__refused():
    settings = changed(SETTINGS, delta=0.01)
    with pytest.raises(ValueError, match=r"delta=0.01 .* 100 rows.*delta=0.001"):
        noise_multiplier(settings, 100)
    assert noise_multiplier(settings, 99) > 0


def test__noise_multiplier__epsilon_out_of_reach__says_what_to_change():
    with pytest.raises(ValueError, match=r"epsilon=1e-06 .* 5 steps.*max_iter"):
        noise_multiplier(changed(SETTINGS, epsilon=1e-6), 300)


@pytest.mark.parametrize("objective", OBJECTIVES_OF_ROWS)
def test__critic_step__one_row_more__moves_the_sum_by_the_clip_at_most(objective):
    settings = changed(SETTINGS, objective=objective, max_grad_norm=0.3)
    trainer = make_trainer(make_rows(), settings)
    rows, fake = make_rows(40), make_rows(20, seed=1)
    moves = []
    for extreme in (1, 1e4, -1e4):
        more = np.vstack([rows, extreme * rows[:1]])
        moved = summed_gradient(trainer, more, fake)
        moved = moved - summed_gradient(trainer, rows, fake)
        moves.append(float(moved.norm()))
    assert max(moves) == pytest.approx(0.3, rel=1e-3)


def test__critic_step__gradient_that_is_not_finite__does_not_show():
    trainer = make_trainer(make_rows(), changed(SETTINGS, objective="wasserstein"))
    rows, fake = make_rows(40), make_rows(20, seed=1)
    rows[0] = 3e38
    moved = summed_gradient(trainer, rows, fake)
    assert moved.isfinite().all()
    moved = moved - summed_gradient(trainer, rows[1:], fake)
    assert float(moved.norm()) <= 1 + 1e-4


def test__critic_step__noise__as_large_as_accounted_for():
    settings = changed(SETTINGS, max_grad_norm=0.5)
    trainer = make_trainer(make_rows(), settings)
    trainer._move_critic()
    noise = torch.cat(
        [(w.grad - w.summed_grad).flatten() for w in trainer.critic.parameters()]
    )
    expected = 0.5 * noise_multiplier(settings, 300)
    assert float(noise.std()) == pytest.approx(expected, rel=0.1)
    assert abs(float(noise.mean())) < 0.1 * expected


def test__critic_step__rows_taken__each_by_itself():
    trainer = make_trainer(make_rows(256))
    sizes = [len(trainer._draw_real_rows()) for _ in range(1000)]
    # Binomial with n = 256 and p = 1/4.
    assert np.mean(sizes) == pytest.approx(64, abs=1)
    assert np.std(sizes) == pytest.approx(np.sqrt(48), rel=0.1)
    small = make_trainer(make_rows(64))
    assert len(small._draw_real_rows()) == 64


def test__critic_step__no_row_taken__learns_from_generated_rows_alone():
    trainer = make_trainer(make_rows(5000), changed(SETTINGS, batch_size=1))
    assert 0 in [len(trainer._draw_real_rows()) for _ in range(20)]
    trainer._draw_real_rows = lambda: trainer.rows[:0]
    before = [weight.clone() for weight in trainer.critic.parameters()]
    trainer._move_critic()
    for weight, old in zip(trainer.critic.parameters(), before, strict=True):
        assert len(weight.grad_sample) == 1
        assert weight.isfinite().all()
        assert not torch.equal(weight, old)


def test__critic_step__real_rows__bring_no_generated_ones():
    trainer = make_trainer(make_rows())
    for n_real in (0, 7, 300):
        trainer._draw_real_rows = lambda n=n_real: trainer.rows[:n]
        trainer._move_critic()
        for weight in trainer.critic.parameters():
            assert len(weight.grad_sample) == n_real + 64


def test__generator_step__real_rows_gone__moves_all_the_same():
    trainer, bare = make_trainer(make_rows()), make_trainer(make_rows())
    bare.rows = None
    start = [weight.clone() for weight in bare.generator.parameters()]
    trainer._teach_generator()
    bare._teach_generator()
    weights = list(bare.generator.parameters())
    assert all(map(torch.equal, weights, trainer.generator.parameters()))
    assert not any(map(torch.equal, weights, start))


def test__train_private__two_tables__records_of_them_alike():
    rows, other = make_rows(), make_rows(seed=1)
    # Longer than between two looks of a training that is not private.
    settings = changed(SETTINGS, epsilon=0.1, max_iter=60)
    _, history = train_private(rows, LAYOUT, settings, seed=0)
    assert train_private(other, LAYOUT, settings, seed=0)[1] == history
    assert history == History(
        best_iteration=60, n_iter=60, epsilon=history.epsilon, delta=1e-5
    )


@pytest.fixture
def same_entropy(monkeypatch):
    """Let the operating system give the same bytes whenever it is reset."""

    def reset(seed=0):
        rng = np.random.default_rng(seed)
        monkeypatch.setattr("os.urandom", rng.bytes)

    reset()
    return reset


def test__train_private__two_tables__same_random_numbers(same_entropy):
    rows, other = make_rows(), make_rows()
    other[5] = other[6]
    trainers = [make_trainer(table) for table in (rows, other)]
    for trainer in trainers:
        same_entropy()
        for _ in range(3):
            trainer._move_critic()
            trainer._teach_generator()
    first, second = (trainer.rngs[0].get_state() for trainer in trainers)
    assert torch.equal(first, second)


def test__train_private__pickled__holds_no_row():
    rows = make_rows()
    gan, _ = train_private(rows, LAYOUT, changed(SETTINGS, epsilon=50.0), seed=0)
    pickled = pickle.dumps(gan)
    for row in rows:
        assert row[:2].tobytes() not in pickled
    assert vars(gan.condition) == {"n_rows": 300}


@pytest.mark.slow
def test__train_private__two_blobs__nearer_to_fresh_rows_than_at_the_start():
    layout, fresh = RowLayout(n_scalars=2, block_sizes=()), blobs(500, 1)
    distances = []
    for max_iter in (1, 300):
        settings = changed(SETTINGS, epsilon=50.0, max_iter=max_iter)
        gan, _ = train_private(blobs(2000, 0), layout, settings, seed=0)
        distances.append(energy_distance(gan.draw(500, seed=0), fresh))
    assert distances[1] < distances[0] / 3


def test__train_private__same_seed_and_entropy__same_rows_and_states_untouched(
    two_threads, same_entropy
):
    rows = make_rows(60)
    before, states = rows.copy(), global_states()
    trained = []
    for seed, entropy in ((0, 0), (0, 0), (1, 0), (0, 1)):
        same_entropy(entropy)
        trained.append(train_private(rows, LAYOUT, SETTINGS, seed=seed)[0])
    gan, again, *others = trained
    assert global_states() == states
    assert torch.get_num_threads() == 2
    np.testing.assert_array_equal(rows, before)
    drawn = gan.draw(9, seed=1)
    np.testing.assert_array_equal(drawn, again.draw(9, seed=1))
    for other in others:
        assert not np.array_equal(drawn, other.draw(9, seed=1))


def own_generator(n_in, n_out, random_state):
    return torch.nn.Sequential(torch.nn.Dropout(0.2), torch.nn.Linear(n_in, n_out))


@pytest.mark.parametrize(
    "change",
    [
        *({"objective": n} for n in OBJECTIVES_OF_ROWS if n != "wasserstein"),
        {"objective": "wasserstein", "penalty": "clip"},
        {"n_critic": 3},
        {"instance_noise": 0.0},
        {"critic_layers": ()},
        {"batch_size": 1},
        {"generator": own_generator},
    ],
    ids=described,
)
def test__train_private__each_setting__finite_rows(change, same_entropy):
    settings = clone(PRIVATE).set_params(**change).training_settings()
    gan, history = train_private(make_rows(60), LAYOUT, settings, seed=0)
    rows = gan.draw(30, seed=0)
    assert rows.shape == (30, LAYOUT.width)
    assert np.isfinite(rows).all()
    assert history.n_iter == 5
    same_entropy()
    again, _ = train_private(make_rows(60), LAYOUT, settings, seed=0)
    np.testing.assert_array_equal(rows, again.draw(30, seed=0))


def test__critic_step__clipped__weights_within():
    trainer = make_trainer(make_rows(), changed(SETTINGS, penalty="clip"))
    trainer._move_critic()
    assert all(bool((w.abs() <= CLIP).all()) for w in trainer.critic.parameters())


def test__train_private__breaks_down__error_with_a_way_out():
    settings = changed(SETTINGS, learning_rate=1e30)
    with pytest.raises(RuntimeError, match="smaller learning_rate"):
        train_private(make_rows(60), LAYOUT, settings, seed=0)


def test__import__without_opacus__says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "opacus", None)
    monkeypatch.delitem(sys.modules, "gansampler.gan.private_training")
    with pytest.raises(ImportError, match=r'pip install "gansampler\[dp\]"'):
        import gansampler.gan.private_training  # noqa: F401


def test__move_critic__any_number_of_real_rows__no_further_along_the_stream(
    monkeypatch,
):
    # The generator is made of that stream: a row that takes part must not show in it.
    rows, states = make_rows(), []
    for n_drawn in (0, 3, len(rows)):
        trainer = make_trainer(rows)
        drawn = np.where(np.arange(len(rows)) < n_drawn, 0.0, 1.0)
        name = "gansampler.gan.private_training.secret_uniform"
        monkeypatch.setattr(name, lambda n, drawn=drawn: drawn)
        trainer._move_critic()
        states.append(trainer.rngs[0].get_state())
    assert torch.equal(states[0], states[1])
    assert torch.equal(states[0], states[2])
