import functools
import pickle
import threading

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from tables import global_states
from torch import nn
from tqdm.auto import tqdm
from trainings import changed, make_trainer, train

from gansampler.gan.class_training import ClassTraining
from gansampler.gan.history import LabelledRows
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.monitor import SlicedDistance
from gansampler.gan.penalties import CLIP, PENALTIES
from gansampler.gan.training import CHECK_EVERY
from gansampler.tabular.encoder import RowLayout

SETTINGS = changed(
    condition="category",
    latent_dim=8,
    generator_layers=(32, 32),
    critic_layers=(32, 32),
    max_iter=120,
    batch_size=64,
    ema_decay=0.9,
    n_iter_no_change=50,
)
LAYOUT = RowLayout(n_scalars=2, block_sizes=(3, 2))


def make_rows(n=40):
    rng = np.random.default_rng(0)
    blocks = [np.eye(size)[rng.integers(0, size, n)] for size in LAYOUT.block_sizes]
    return np.hstack([rng.normal(size=(n, 2)), *blocks]).astype(np.float32)


def energy_distance(a, b):
    return 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()


@pytest.fixture(scope="module")
def trained():
    return train(make_rows(), LAYOUT, SETTINGS, seed=0)


@pytest.mark.parametrize("condition", ["none", "anchor"])
def test__train__moon__nearer_to_fresh_rows_than_at_the_start(condition, bench):
    moon = bench.recovery.moon
    rows, fresh = moon(150, 0).astype(np.float32), moon(500, 1)
    layout = RowLayout(n_scalars=2, block_sizes=())
    distances = []
    for max_iter in (1, 500):
        settings = changed(SETTINGS, condition=condition, max_iter=max_iter)
        gan, _ = train(rows, layout, settings, seed=0)
        distances.append(energy_distance(gan.draw(500, seed=0), fresh))
    assert distances[1] < distances[0] / 3


def test__train__category_condition__category_comes_as_told(trained):
    gan, _ = trained
    rng = torch.Generator().manual_seed(0)
    told = gan.condition.draw(2000, rng)
    with torch.inference_mode():
        logits = gan.generator(torch.randn((2000, 8), generator=rng), told)
        log_p = gan.generator.activation.log_softmax(logits[:, LAYOUT.n_scalars :])
    loss = -float((log_p * told).sum(dim=1).mean())
    assert loss < np.log(2) / 2


def test__train__input_and_global_states__untouched(two_threads):
    rows = make_rows()
    before, states = rows.copy(), global_states()
    train(rows, LAYOUT, changed(SETTINGS, max_iter=3), seed=0)
    np.testing.assert_array_equal(rows, before)
    assert global_states() == states
    assert torch.get_num_threads() == 2


def test__train__same_seed__same_rows_and_history(trained, two_threads):
    gan, history = trained
    again, history_again = train(make_rows(), LAYOUT, SETTINGS, seed=0)
    np.testing.assert_array_equal(gan.draw(9, seed=1), again.draw(9, seed=1))
    assert history == history_again
    other, _ = train(make_rows(), LAYOUT, SETTINGS, seed=1)
    assert not np.array_equal(gan.draw(9, seed=1), other.draw(9, seed=1))


def test__history__after_training__a_look_every_so_often_and_at_the_end(trained):
    _, history = trained
    assert history.n_iter == 120
    looks = [*range(CHECK_EVERY, 120, CHECK_EVERY), 120]
    assert history.iteration == looks
    records = (history.critic_loss, history.generator_loss, history.fidelity)
    for record in (*records, history.diversity):
        assert len(record) == len(looks)
        assert np.isfinite(record).all()
    assert not history.diverged


def test__best_iteration__any_training__the_lowest_fidelity():
    # A rate so high that the fidelity goes up and down.
    settings = changed(SETTINGS, max_iter=200, learning_rate=0.02)
    _, history = train(make_rows(), LAYOUT, settings, seed=0)
    best = history.iteration.index(history.best_iteration)
    assert history.fidelity[best] == min(history.fidelity)
    assert history.best_iteration < history.n_iter


@pytest.mark.parametrize("spectral_norm", [False, True])
def test__train__worse_later__generator_is_the_one_of_the_best(
    spectral_norm, monkeypatch
):
    latent = torch.randn((9, 8), generator=torch.Generator().manual_seed(0))
    told = torch.zeros((9, 5))
    kept, later = [], []
    look = ClassTraining.look

    def remember(self, average, *args):
        look(self, average, *args)
        with torch.inference_mode():
            logits = average(latent, told)
        is_best = self.history.best_iteration == self.history.iteration[-1]
        (kept if is_best else later).append(logits)

    monkeypatch.setattr(ClassTraining, "look", remember)
    settings = changed(
        SETTINGS, max_iter=250, learning_rate=0.02, spectral_norm=spectral_norm
    )
    gan, _ = train(make_rows(), LAYOUT, settings, seed=0)
    logits = gan.generator(latent, told)
    torch.testing.assert_close(logits, kept[-1])
    assert later
    assert not torch.allclose(logits, later[-1])


def test__early_stopping__no_better__stops_when_patience_ends():
    settings = changed(SETTINGS, max_iter=3000, learning_rate=0.02, early_stopping=True)
    _, history = train(make_rows(), LAYOUT, settings, seed=0)
    assert history.n_iter < 3000
    patience = max(settings.n_iter_no_change, CHECK_EVERY)
    assert history.n_iter - history.best_iteration == patience


def test__train__diverges_at_once__no_gan():
    gan, history = train(
        make_rows(), LAYOUT, changed(SETTINGS, learning_rate=1e30), seed=0
    )
    assert gan is None
    assert history.diverged
    assert history.best_iteration == 0
    assert history.n_iter < 120


def test__train__ends_far_from_the_rows__no_gan():
    settings = changed(SETTINGS, learning_rate=5.0, penalty="none")
    gan, history = train(make_rows(), LAYOUT, settings, seed=0)
    assert np.isfinite([*history.critic_loss, *history.fidelity]).all()
    assert history.n_iter == 120  # nothing was not finite
    assert gan is None
    assert history.diverged
    assert history.best_iteration == 0


def test__train__far_from_the_rows_after_it_was_near__gan_of_the_best(monkeypatch):
    distances = iter([0.5, 0.4, 99.0, 99.0, 99.0])

    def planned(self, rows):
        return self.of_zeros * next(distances)

    monkeypatch.setattr(SlicedDistance, "__call__", planned)
    gan, history = train(make_rows(), LAYOUT, SETTINGS, seed=0)
    assert history.diverged
    assert history.best_iteration == 2 * CHECK_EVERY
    assert np.isfinite(gan.draw(9, seed=0)).all()


@pytest.mark.parametrize(
    "change",
    [
        {"pac": 2},
        {"pac": 2, "condition": "anchor"},
        {"spectral_norm": True},
        {"feature_matching": 1.0},
        {"n_critic": 3},
        {"instance_noise": 0.0},
        {"condition": "none"},
        {"condition": "anchor"},
        {"ema_decay": 0.0},
        {"batch_size": 16},
        {"generator_layers": ()},
        {"critic_layers": ()},
    ],
    ids=str,
)
def test__train__each_setting__finite_rows_of_its_own(change):
    settings = changed(SETTINGS, max_iter=8, **change)
    gan, history = train(make_rows(), LAYOUT, settings, seed=0)
    rows = gan.draw(30, seed=0)
    assert np.isfinite(rows).all()
    assert history.n_iter == 8
    assert not np.array_equal(rows, trained_gan().draw(30, seed=0))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test__train__each_objective_with_each_penalty__finite_losses(objective, penalty):
    settings = changed(SETTINGS, objective=objective, penalty=penalty, max_iter=6)
    gan, history = train(make_rows(), LAYOUT, settings, seed=0)
    assert history.n_iter == 6
    assert not history.diverged
    assert np.isfinite([*history.critic_loss, *history.generator_loss]).all()
    assert np.isfinite(gan.draw(9, seed=0)).all()


def test__train__fewer_rows_than_the_batch__trains():
    gan, history = train(make_rows(2), LAYOUT, changed(SETTINGS, max_iter=5), seed=0)
    assert history.n_iter == 5
    assert np.isfinite(gan.draw(5, seed=0)).all()


class Noisy(nn.Module):
    """Draw from the global state, in training and afterwards."""

    def forward(self, inputs):
        return inputs + 0.1 * torch.randn_like(inputs)


def own(n_in, n_out, random_state):
    """Make a network as a user would."""
    layers = [nn.Linear(n_in, 16), nn.Dropout(0.3), nn.LeakyReLU(0.2), Noisy()]
    return nn.Sequential(*layers, nn.Linear(16, n_out))


def make_labelled():
    rows, other = make_rows(), make_rows()[::-1] + np.float32(1)
    codes = np.repeat([0, 1], [len(rows), len(other)])
    return LabelledRows(np.concatenate([rows, other]), codes, own=0)


OPTIONS = {
    "pac": {"pac": 4},
    "spectral norm": {"spectral_norm": True},
    "spectral norm alone": {"spectral_norm": True, "penalty": "none"},
    "clip": {"penalty": "clip", "n_critic": 2},
    "gradient": {"penalty": "gradient", "n_critic": 2},
    "feature matching": {"feature_matching": 1.0},
    "auxiliary": {"auxiliary_classifier": 1.0},
    "auxiliary and spectral norm": {"auxiliary_classifier": 1.0, "spectral_norm": True},
    "own": {"generator": own, "critic": own},
    "own generator": {"generator": own, "spectral_norm": True},
    "own critic": {"critic": own, "pac": 2},
    "own auxiliary": {"critic": own, "auxiliary_classifier": 1.0},
}


def train_option(option, seed=0, max_iter=8):
    settings = changed(SETTINGS, max_iter=max_iter, **OPTIONS[option])
    labelled = make_labelled() if settings.auxiliary_classifier else None
    return train(make_rows(), LAYOUT, settings, seed, labelled=labelled)


@pytest.mark.parametrize("option", OPTIONS)
def test__train__each_option__same_seed_same_rows_and_nothing_else_touched(
    option, two_threads
):
    states = global_states()
    gan, history = train_option(option)
    rows = gan.draw(9, seed=1)
    assert global_states() == states
    assert torch.get_num_threads() == 2
    torch.rand(1)  # what was drawn elsewhere does not matter
    again, history_again = train_option(option)
    np.testing.assert_array_equal(again.draw(9, seed=1), rows)
    np.testing.assert_array_equal(again.draw(9, seed=1), rows)
    assert history == history_again
    assert not np.array_equal(again.draw(9, seed=2), rows)
    other, _ = train_option(option, seed=1)
    assert not np.array_equal(other.draw(9, seed=1), rows)


@functools.cache
def trained_gan(option=None):
    """Train once for all tests that only draw from the GAN, by default as usual."""
    if option is None:
        usual = changed(SETTINGS, max_iter=8)
        return train(make_rows(), LAYOUT, usual, seed=0)[0]
    return train_option(option)[0]


@pytest.mark.parametrize("option", OPTIONS)
def test__train__each_option__pickled_gan_draws_the_same(option):
    gan = trained_gan(option)
    copy = pickle.loads(pickle.dumps(gan))
    np.testing.assert_array_equal(copy.draw(9, seed=1), gan.draw(9, seed=1))


@pytest.mark.parametrize("option", OPTIONS)
def test__train__each_option__unlike_the_usual(option):
    rows = trained_gan(option).draw(9, seed=1)
    assert not np.array_equal(rows, trained_gan().draw(9, seed=1))


def test__train__own_critic_with_frozen_layer__layer_stays():
    def half_frozen(n_in, n_out, random_state):
        network = own(n_in, n_out, random_state)
        next(network.children()).requires_grad_(False)
        return network

    settings = changed(SETTINGS, critic=half_frozen, max_iter=5, penalty="clip")
    trainer = make_trainer(make_rows(), LAYOUT, settings, seed=0)
    before = {k: v.clone() for k, v in trainer.critic.state_dict().items()}
    trainer.run(tqdm(disable=True))
    after = trainer.critic.state_dict()
    moved = [not torch.equal(before[name], after[name]) for name in before]
    assert moved[:2] == [False, False]
    assert all(moved[2:])


def test__train__own_networks_in_two_threads__same_as_alone(two_threads):
    alone = {seed: train_option("own", seed)[0].draw(9, seed) for seed in range(3)}
    together, start = {}, threading.Barrier(3)

    def work(seed):
        start.wait(timeout=10)
        together[seed] = train_option("own", seed)[0].draw(9, seed)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in alone]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for seed, rows in alone.items():
        np.testing.assert_array_equal(together[seed], rows)
    assert torch.get_num_threads() == 2


def images(n):
    """Draw flat images of 9 x 8 pixels, bright above or below their middle."""
    rng = np.random.default_rng(0)
    bright = np.where(np.arange(9) < 4, 0.8, -0.8) * rng.choice([-1, 1], (n, 1))
    return (bright.repeat(8, axis=1) + 0.1 * rng.normal(size=(n, 72))).astype("float32")


@pytest.mark.parametrize("channels", [1, 2])
def test__train__images__nearer_to_the_real_ones_than_at_the_start(channels):
    rows, layout = images(60), RowLayout(n_scalars=72, block_sizes=())
    layers = {"generator_layers": (16, 8), "critic_layers": (8, 16)}
    settings = changed(
        SETTINGS, learning_rate=5e-3, batch_size=32, max_iter=100, **layers
    )
    settings = changed(settings, image_shape=(9, 8 // channels, channels))
    states, distances = global_states(), []
    for max_iter in (100, 1):
        gan, _ = train(rows, layout, changed(settings, max_iter=max_iter), seed=1)
        drawn = gan.draw(200, seed=0)
        assert (abs(drawn) <= 1).all()
        distances.append(energy_distance(drawn, rows))
    assert distances[0] < distances[1] / 3
    again, _ = train(rows, layout, changed(settings, max_iter=1), seed=1)
    np.testing.assert_array_equal(again.draw(200, seed=0), drawn)
    assert global_states() == states


class Constant(nn.Module):
    """Return the same row, whatever the input."""

    def __init__(self, row):
        super().__init__()
        self.row = nn.Parameter(torch.tensor(row))

    def forward(self, inputs):
        return self.row + 0 * inputs[:, :1]


REAL, FAKE = [0.5, -1.0, 2.0], [-1.5, 0.3, 0.1]


def first_losses(settings):
    """Return the losses of a first iteration, and the critic that scored it.

    All real rows are `REAL` and all generated ones `FAKE`, without noise.
    """
    settings = changed(
        settings,
        generator=lambda *_: Constant(FAKE),
        instance_noise=0.0,
        learning_rate=0.0,
        max_iter=1,
    )
    rows = np.float32([REAL] * 4)
    layout = RowLayout(n_scalars=3, block_sizes=())
    critic = make_trainer(rows, layout, settings, 0).critic
    _, history = train(rows, layout, settings, seed=0)
    return history.critic_loss[0], history.generator_loss[0], critic


def score(critic, row, settings):
    """Score a pack of one row repeated, and give the gradient's squared norm."""
    pack = torch.tensor([row * settings.pac], requires_grad=True)
    # An anchor between equal rows is that row.
    width = {"none": 0, "anchor": 1}[settings.condition]
    scores = critic(pack, torch.tensor([REAL * settings.pac * width]).reshape(1, -1))
    (gradient,) = torch.autograd.grad(scores.sum(), pack)
    return scores.detach(), gradient.square().sum()


@pytest.mark.parametrize(("condition", "pac"), [("none", 1), ("anchor", 2)])
@pytest.mark.parametrize("penalty", ["none", "r1", "r2", "r1_r2"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test__losses__constant_rows__by_hand(objective, penalty, condition, pac):
    settings = changed(
        SETTINGS, objective=objective, penalty=penalty, penalty_weight=0.7
    )
    settings = changed(settings, condition=condition, pac=pac)
    critic_loss, generator_loss, critic = first_losses(settings)
    real, slope_at_real = score(critic, REAL, settings)
    fake, slope_at_fake = score(critic, FAKE, settings)
    losses = OBJECTIVES[objective](real, fake)
    slopes = {"r1": slope_at_real, "r2": slope_at_fake}
    slopes |= {"none": 0, "r1_r2": slope_at_real + slope_at_fake}
    expected = losses.critic + 0.7 * slopes[penalty] / 2
    assert critic_loss == pytest.approx(expected.item(), rel=1e-5)
    assert generator_loss == pytest.approx(losses.generator.item(), rel=1e-5)


class Bowl(nn.Module):
    """Score half a row's squared length, so that the gradient is the row."""

    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))

    def forward(self, rows):
        return self.factor * rows.square().sum(dim=1, keepdim=True) / 2


def test__losses__gradient_penalty__taken_evenly_between_real_and_generated():
    settings = changed(SETTINGS, objective="wasserstein", penalty="gradient")
    settings = changed(settings, critic=lambda *_: Bowl(), batch_size=20_000)
    critic_loss, _, _ = first_losses(changed(settings, condition="none"))
    real, fake = np.array(REAL), np.array(FAKE)
    share = np.linspace(0, 1, 1001)[:, None]
    norm = np.linalg.norm(share * real + (1 - share) * fake, axis=1)
    expected = (fake @ fake - real @ real) / 2 + ((norm - 1) ** 2).mean()
    assert critic_loss == pytest.approx(expected, abs=0.02)


def test__losses__feature_matching__added_with_its_factor():
    settings = changed(SETTINGS, condition="none")
    _, usual, critic = first_losses(settings)
    _, matched, _ = first_losses(changed(settings, feature_matching=0.3))
    nothing = torch.empty(1, 0)
    *real, _ = critic.activations(torch.tensor([REAL]), nothing)
    *fake, _ = critic.activations(torch.tensor([FAKE]), nothing)
    gaps = [(x - g).abs().mean().item() for x, g in zip(real, fake, strict=True)]
    assert matched - usual == pytest.approx(0.3 * sum(gaps), rel=1e-4)


@pytest.mark.parametrize("change", [{}, {"critic": own}], ids=["dense", "own"])
def test__clip__after_each_step__no_weight_beyond_the_bound(change):
    settings = changed(SETTINGS, penalty="clip", objective="wasserstein", **change)
    trainer = make_trainer(make_rows(), LAYOUT, settings, 0)
    weights = list(trainer.critic.parameters())
    assert max(weight.abs().max() for weight in weights) > CLIP
    for _ in range(3):
        trainer._critic_step(trainer._draw_batch())
        assert max(weight.abs().max() for weight in weights) <= CLIP
    assert min(weight.abs().max() for weight in weights) > 0


def test__train__in_two_threads__same_as_alone(trained, two_threads):
    results = {}

    def work(seed):
        gan, _ = train(make_rows(), LAYOUT, SETTINGS, seed)
        results[seed] = gan.draw(9, seed=1)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    np.testing.assert_array_equal(results[0], trained[0].draw(9, seed=1))
    assert torch.get_num_threads() == 2
