import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.datasets import make_moons
from tables import global_states

import gansampler.training
from gansampler.encoding import RowLayout
from gansampler.training import CHECK_EVERY, SlicedDistance, one_thread, train
from gansampler.training_record import TrainingConfig

CONFIG = TrainingConfig(
    condition="category",
    objective="relativistic",
    penalty="r1_r2",
    penalty_weight=1.0,
    instance_noise=0.1,
    latent_dim=8,
    generator_layers=(32, 32),
    critic_layers=(32, 32),
    max_iter=120,
    batch_size=64,
    learning_rate=1e-3,
    n_critic=1,
    ema_decay=0.9,
    early_stopping=False,
    n_iter_no_change=50,
    device="cpu",
)
LAYOUT = RowLayout(n_scalars=2, block_sizes=(3, 2))


def make_rows(n=40):
    rng = np.random.default_rng(0)
    blocks = [np.eye(size)[rng.integers(0, size, n)] for size in LAYOUT.block_sizes]
    return np.hstack([rng.normal(size=(n, 2)), *blocks]).astype(np.float32)


def moon(n, seed):
    """Draw encoded rows of one of the two moons."""
    X, y = make_moons(2 * n, noise=0.05, random_state=seed)
    return ((X[y == 1] - [1, 0]) / 0.7).astype(np.float32)


def energy_distance(a, b):
    return 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()


@pytest.fixture(scope="module")
def trained():
    return train(make_rows(), LAYOUT, CONFIG, seed=0)


@pytest.mark.parametrize("condition", ["none", "anchor"])
def test__train__moon__nearer_to_fresh_rows_than_at_the_start(condition):
    rows, fresh = moon(150, 0), moon(500, 1)
    layout = RowLayout(n_scalars=2, block_sizes=())
    distances = []
    for max_iter in (1, 500):
        config = replace(CONFIG, condition=condition, max_iter=max_iter)
        gan, _ = train(rows, layout, config, seed=0)
        distances.append(energy_distance(gan.draw(500, seed=0), fresh))
    assert distances[1] < distances[0] / 3


def test__train__category_condition__category_comes_as_told(trained):
    gan, _ = trained
    rng = torch.Generator().manual_seed(0)
    told = gan.condition.draw(2000, rng)
    with torch.inference_mode():
        logits = gan.generator(torch.randn((2000, 8), generator=rng), told)
        loss = float(gan.condition.loss(logits, told))
    assert loss < np.log(2) / 2


def test__train__input_and_global_states__untouched(two_threads):
    rows = make_rows()
    before, states = rows.copy(), global_states()
    train(rows, LAYOUT, replace(CONFIG, max_iter=3), seed=0)
    np.testing.assert_array_equal(rows, before)
    assert global_states() == states
    assert torch.get_num_threads() == 2


def test__train__same_seed__same_rows_and_history(trained, two_threads):
    gan, history = trained
    again, history_again = train(make_rows(), LAYOUT, CONFIG, seed=0)
    np.testing.assert_array_equal(gan.draw(9, seed=1), again.draw(9, seed=1))
    assert history == history_again
    other, _ = train(make_rows(), LAYOUT, CONFIG, seed=1)
    assert not np.array_equal(gan.draw(9, seed=1), other.draw(9, seed=1))


def test__draw__seed__decides_the_rows(trained, two_threads):
    gan, _ = trained
    states = global_states()
    first = gan.draw(20, seed=0)
    assert first.shape == (20, LAYOUT.width)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, gan.draw(20, seed=0))
    assert not np.array_equal(first, gan.draw(20, seed=1))
    assert global_states() == states
    assert torch.get_num_threads() == 2


def test__history__after_training__a_look_every_so_often_and_at_the_end(trained):
    _, history = trained
    assert history.n_iter == 120
    looks = [*range(CHECK_EVERY, 120, CHECK_EVERY), 120]
    assert history.iteration == looks
    for record in (history.critic_loss, history.generator_loss, history.fidelity):
        assert len(record) == len(looks)
        assert np.isfinite(record).all()
    assert not history.diverged


def test__best_iteration__any_training__the_lowest_fidelity():
    # A rate so high that the fidelity goes up and down.
    config = replace(CONFIG, max_iter=400, learning_rate=0.02)
    _, history = train(make_rows(), LAYOUT, config, seed=0)
    best = history.iteration.index(history.best_iteration)
    assert history.fidelity[best] == min(history.fidelity)
    assert history.best_iteration < history.n_iter


def test__train__worse_later__generator_is_the_one_of_the_best(monkeypatch):
    kept, later = [], []
    look = gansampler.training._Trainer._look

    def remember(self, *args):
        sound = look(self, *args)
        weights = [p.detach().clone() for p in self.average.module.parameters()]
        is_best = self.history.best_iteration == self.history.iteration[-1]
        (kept if is_best else later).append(weights)
        return sound

    monkeypatch.setattr(gansampler.training._Trainer, "_look", remember)
    config = replace(CONFIG, max_iter=400, learning_rate=0.02)
    gan, _ = train(make_rows(), LAYOUT, config, seed=0)
    weights = list(gan.generator.parameters())
    assert all(map(torch.equal, weights, kept[-1]))
    assert later
    assert not all(map(torch.equal, weights, later[-1]))


def test__early_stopping__no_better__stops_when_patience_ends():
    config = replace(CONFIG, max_iter=3000, learning_rate=0.02, early_stopping=True)
    _, history = train(make_rows(), LAYOUT, config, seed=0)
    assert history.n_iter < 3000
    patience = max(config.n_iter_no_change, CHECK_EVERY)
    assert history.n_iter - history.best_iteration == patience


def test__train__diverges_at_once__no_gan():
    gan, history = train(
        make_rows(), LAYOUT, replace(CONFIG, learning_rate=1e30), seed=0
    )
    assert gan is None
    assert history.diverged
    assert history.best_iteration == 0
    assert history.n_iter < 120


@pytest.mark.parametrize(
    "change",
    [
        {"penalty": "none"},
        {"penalty": "r1"},
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
    config = replace(CONFIG, max_iter=10)
    usual, _ = train(make_rows(), LAYOUT, config, seed=0)
    gan, history = train(make_rows(), LAYOUT, replace(config, **change), seed=0)
    rows = gan.draw(30, seed=0)
    assert np.isfinite(rows).all()
    assert history.n_iter == 10
    assert not np.array_equal(rows, usual.draw(30, seed=0))


def test__train__fewer_rows_than_the_batch__trains():
    gan, history = train(make_rows(2), LAYOUT, replace(CONFIG, max_iter=5), seed=0)
    assert history.n_iter == 5
    assert np.isfinite(gan.draw(5, seed=0)).all()


@pytest.mark.parametrize("n_rows", [3, 100, 600])
def test__sliced_distance__rows_moved__grows_with_the_way(n_rows):
    rng = torch.Generator().manual_seed(0)
    rows = torch.randn((n_rows, 4), generator=rng)
    distance = SlicedDistance(rows, rng)
    near, far = (distance(rows + shift) for shift in (0.5, 2.0))
    assert distance(rows) < near < far
    if n_rows <= distance.n_rows:
        assert distance(rows) < 1e-6


def test__sliced_distance__one_column__is_the_way_of_the_mass(torch_rng):
    rows = torch.tensor([[0.0], [1.0], [2.0]])
    distance = SlicedDistance(rows, torch_rng)
    assert distance(rows + 3) == pytest.approx(3, rel=1e-5)


def test__one_thread__nested_and_after_an_error__number_restored(two_threads):
    with one_thread():
        with one_thread():
            assert torch.get_num_threads() == 1
        with pytest.raises(RuntimeError, match="inside"), one_thread():
            raise RuntimeError("inside")
    assert torch.get_num_threads() == 2


def test__one_thread__from_several_threads__number_restored(two_threads):
    started, let_go = threading.Barrier(5), threading.Event()
    errors = []

    def work(hold):
        try:
            with one_thread():
                started.wait(timeout=10)
                if hold:
                    let_go.wait(timeout=10)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=(k == 0,)) for k in range(4)]
    for worker in workers:
        worker.start()
    started.wait(timeout=10)
    for worker in workers[1:]:
        worker.join(timeout=10)
    let_go.set()
    workers[0].join(timeout=10)
    assert errors == []
    assert torch.get_num_threads() == 2
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test__train__in_two_threads__same_as_alone(trained, two_threads):
    results = {}

    def work(seed):
        gan, _ = train(make_rows(), LAYOUT, CONFIG, seed)
        results[seed] = gan.draw(9, seed=1)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    np.testing.assert_array_equal(results[0], trained[0].draw(9, seed=1))
    assert torch.get_num_threads() == 2
