"""What happens when something goes wrong: nothing is lost, and no garbage is given."""

import itertools
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from tables import assert_legal, assert_same, global_states, quick
from torch import nn

import gansampler
from gansampler import GANOverSampler, TabularGAN
from gansampler.gan.history import MIN_ITERATIONS
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.training import CHECK_EVERY

PACKAGE = Path(gansampler.__file__).parent
NUMBERS = ["a", "b", "n"]


def make_table(n_rare=30):
    """Make a table of numbers and a category, and labels with a rare class."""
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [80, n_rare])
    shift = 3 * (y == "rare")
    X = pd.DataFrame(
        {
            "a": rng.normal(shift),
            "b": rng.exponential(size=len(y)),
            "n": rng.integers(0, 40, len(y)) + shift,
            "c": rng.choice(["x", "y", "z"], len(y)),
        }
    )
    return X, y


X, Y = make_table()
RARE = X[Y == "rare"]


def fit(sampler, X=X, y=Y):
    """Resample, and give the synthetic rows and the texts of warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X_res, _ = sampler.fit_resample(X, y)
    return X_res.iloc[len(X) :], [str(warning.message) for warning in caught]


def assert_like_the_class(rows, real=RARE):
    """Check that rows are legal, and where the class is, in every column of numbers."""
    assert_legal(rows, real)
    for name in NUMBERS:
        assert np.isfinite(rows[name]).all()
        assert abs(rows[name].mean() - real[name].mean()) < 2 * real[name].std()
        assert rows[name].std() > real[name].std() / 10


# Loss that explodes or is not finite


# The lower rate with each objective and with each penalty, but not with all pairs.
RATES = [
    (objective, penalty, rate)
    for objective in OBJECTIVES
    for penalty in PENALTIES
    for rate in (1.0, 1e3)
    if rate == 1e3
    or objective == TabularGAN().objective
    or penalty == TabularGAN().penalty
]


@pytest.mark.parametrize(("objective", "penalty", "rate"), RATES)
def test__fit_resample__rate_far_too_high__rows_like_the_class(
    objective, penalty, rate
):
    bounded = {"spectral_norm": objective == "wasserstein" and penalty == "none"}
    sampler = quick(
        objective=objective, penalty=penalty, learning_rate=rate, max_iter=26, **bounded
    )
    rows, told = fit(sampler.set_params(rejection_estimator=None))
    history = sampler.history_["rare"]
    if history.diverged and not history.best_iteration:
        assert "class 'rare' (30 rows) broke down" in told[0]
        assert "smoothed bootstrap" in told[0]
        assert_like_the_class(rows)
    else:
        assert min(history.fidelity) < 2
        assert_legal(rows, RARE)
        assert np.isfinite(rows[NUMBERS]).all(axis=None)


def test__fit_resample__rate_far_too_high__garbage_is_noticed_before_it_is_nan():
    sampler = quick(learning_rate=1e3, max_iter=30, rejection_estimator=None)
    rows, told = fit(sampler)
    history = sampler.history_["rare"]
    assert np.isfinite([*history.critic_loss, *history.fidelity]).all()
    assert history.diverged
    assert history.best_iteration == 0
    assert len(told) == 1
    assert "broke down at iteration 30, so its rows come from a smoothed" in told[0]
    assert_like_the_class(rows)


class Spoiled(nn.Module):
    """A network of the user's that goes wrong after some calls in training."""

    def __init__(self, n_in, n_out, after, factor):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_in, 16), nn.LeakyReLU(0.2), nn.Linear(16, n_out)
        )
        self.left, self.factor = after, factor
        self.register_buffer("spoil", torch.ones(()))

    def forward(self, inputs):
        if self.training:
            self.left -= 1
            if self.left < 0:
                self.spoil.fill_(self.factor)
        return self.layers(inputs) * self.spoil


def spoiled(after, factor):
    return lambda n_in, n_out, random_state: Spoiled(n_in, n_out, after, factor)


@pytest.mark.parametrize("factor", [np.nan, np.inf, 1e6], ids=str)
@pytest.mark.parametrize("which", ["generator", "critic"])
def test__fit_resample__own_network_goes_wrong_late__the_best_before_is_used(
    which, factor
):
    network = spoiled(2 * CHECK_EVERY * (1 if which == "generator" else 2), factor)
    params = {"max_iter": 4 * CHECK_EVERY, "rejection_estimator": None, which: network}
    if which == "critic" and factor == 1e6:
        params["objective"], params["penalty"] = "least_squares", "none"
        params["learning_rate"] = 0.5
    sampler = quick(**params)
    rows, told = fit(sampler)
    history = sampler.history_["rare"]
    assert history.diverged
    assert 0 < history.best_iteration <= 2 * CHECK_EVERY
    assert f"the generator of iteration {history.best_iteration} is used" in told[0]
    best = history.fidelity[history.iteration.index(history.best_iteration)]
    assert best == min(history.fidelity) < 1
    assert_like_the_class(rows)


@pytest.mark.parametrize("which", ["generator", "critic"])
def test__fit_resample__own_network_goes_wrong_at_once__bootstrap(which):
    sampler = quick(**{which: spoiled(3, np.nan)}, rejection_estimator=None)
    rows, told = fit(sampler)
    assert "its rows come from a smoothed bootstrap" in told[0]
    assert_like_the_class(rows)


def test__sample__own_network_goes_wrong_after_training__told():
    sampler = quick(generator=spoiled(10**6, 1.0), rejection_estimator=None)
    fit(sampler)
    generator = sampler.generators_["rare"]
    generator.gan.trained_.generator.body.spoil.fill_(np.nan)
    with pytest.raises(ValueError, match="returned numbers that are not finite"):
        generator.sample(3, random_state=0)


EXTREME = {
    "huge": lambda values: values * 1e300,
    "tiny": lambda values: values * 1e-300,
    "outlier": lambda values: np.where(np.arange(len(values)) == 81, 1e300, values),
    "both": lambda values: np.where(values > 3, 1e308, -1e308),
}


@pytest.mark.parametrize("name", EXTREME)
def test__fit_resample__extreme_numbers__finite_legal_rows_without_a_warning(name):
    extreme = X.assign(a=EXTREME[name](X["a"].to_numpy()))
    sampler = quick(max_iter=50, rejection_estimator=None)
    rows, told = fit(sampler, extreme)
    assert told == []
    assert np.isfinite(rows["a"]).all()
    assert_legal(rows, extreme[Y == "rare"])


# Collapse


class Ignorant(nn.Module):
    """A generator that gives the same row whatever it is given."""

    def __init__(self, n_out):
        super().__init__()
        self.row = nn.Parameter(torch.zeros(n_out))

    def forward(self, inputs):
        return self.row + 0 * inputs[:, :1]


@pytest.mark.parametrize("columns", [["a", "b"], ["a", "b", "n", "c"]], ids=len)
def test__fit_resample__generator_ignores_its_input__collapse_is_told(columns):
    sampler = quick(
        generator=lambda n_in, n_out, random_state: Ignorant(n_out),
        max_iter=MIN_ITERATIONS,
        rejection_estimator=None,
    )
    _, told = fit(sampler, X[columns])
    history = sampler.history_["rare"]
    assert len(told) == 1
    assert "generator for class 'rare' (30 rows) collapsed" in told[0]
    assert f"varied {history.diversity[-1]:.2f} times as much" in told[0]
    assert "default penalty" in told[0]
    assert max(history.diversity) < 0.1
    assert history.collapsed


@pytest.mark.slow
def test__fit_resample__penalty_that_collapses__told_where_the_default_is_silent():
    # A ring of clusters is not found by "gradient" with one step of the critic.
    rng = np.random.default_rng(0)
    angle = np.pi / 4 * rng.integers(0, 8, 200)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    ring += 0.1 * rng.normal(size=ring.shape)
    table = pd.DataFrame(np.concatenate([rng.normal(size=(300, 2)), ring]))
    labels = np.repeat([0, 1], [300, 200])
    usual = GANOverSampler(random_state=0, rejection_estimator=None)
    assert fit(usual, table, labels)[1] == []
    assert usual.history_[1].diversity[-1] > 0.8
    sampler = clone(usual).set_params(gan__penalty="gradient", gan__n_critic=1)
    _, told = fit(sampler, table, labels)
    assert len(told) == 1
    assert "class 1 (200 rows) collapsed" in told[0]


@pytest.mark.parametrize(
    ("n_rare", "columns"),
    [(3, "abnc"), (3, "c"), (5, "a"), (5, "abnc"), (30, "c"), (30, "a"), (30, "abnc")],
)
def test__fit_resample__sound_training_of_any_size__silent(n_rare, columns):
    table, labels = make_table(n_rare)
    columns = list(columns)
    params = {"random_state": 0, "rejection_estimator": None}
    sampler = GANOverSampler(TabularGAN(max_iter=100), **params)
    assert fit(sampler, table[columns], labels)[1] == []


def test__fit_resample__class_of_equal_rows_but_one__silent():
    table = pd.DataFrame({"c": ["x", "y"] * 40 + ["x"] * 99 + ["y"]})
    labels = np.repeat(["common", "rare"], [80, 100])
    sampler = quick(
        max_iter=MIN_ITERATIONS,
        rejection_estimator=None,
        sampling_strategy={"rare": 150},
    )
    assert fit(sampler, table, labels)[1] == []


# Interruption


class Interrupting:
    """Raises an interruption when it is called for the k-th time."""

    def __init__(self, k):
        self.left = k

    def __call__(self, *args):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def fresh():
    return quick(max_iter=CHECK_EVERY + 6)  # with two looks and more than 30 steps


@pytest.fixture(scope="module")
def expected():
    """Return the rows of a fit that nobody interrupts."""
    return fresh().fit_resample(X, Y)[0]


def interrupted_at(name, k):
    """Return a sampler that is interrupted in the k-th call of a user's function."""
    sampler, interrupt = fresh(), Interrupting(k)
    if name == "callback":
        return sampler.set_params(gan__callback=interrupt)
    if name == "constraint":
        return sampler.set_params(
            constraints=lambda rows: interrupt() or np.ones(len(rows), dtype=bool)
        )

    class Network(nn.Linear):
        def forward(self, inputs):
            interrupt()
            return super().forward(inputs)

    return sampler.set_params(
        **{f"gan__{name}": lambda n_in, n_out, seed: Network(n_in, n_out)}
    )


@pytest.mark.parametrize(
    ("name", "k"),
    [
        *(("callback", 0), ("callback", 1), ("constraint", 0), ("constraint", 1)),
        *((which, k) for which in ("generator", "critic") for k in (0, 30)),
        *(
            pytest.param(which, k, marks=pytest.mark.slow)
            for which in ("generator", "critic")
            for k in (1, 2)
        ),
    ],
)
def test__keyboard_interrupt__wherever_the_user_is_called__all_as_before(
    name, k, expected, two_threads
):
    states, before = global_states(), X.copy(deep=True)
    sampler = interrupted_at(name, k)
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, Y)
    assert global_states() == states
    assert torch.get_num_threads() == 2
    assert torch.is_grad_enabled()
    assert_same(X, before)
    with pytest.raises(NotFittedError):
        check_is_fitted(sampler)
    assert vars(sampler).keys() == vars(fresh()).keys()
    assert_same(fresh().fit_resample(X, Y)[0], expected)
    sampler.set_params(**fresh().get_params(deep=False))
    assert_same(sampler.fit_resample(X, Y)[0], expected)


class InterruptingLine:
    """Interrupts in the k-th line of the package that is run, whichever that is."""

    def __init__(self, k):
        self.left = k

    def __call__(self, frame, event, arg):
        path = Path(frame.f_code.co_filename)
        # What restores can itself not be interrupted without a loss.
        if PACKAGE not in path.parents or path.name == "torch_state.py":
            return None
        if event == "line":
            self.left -= 1
            if self.left < 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


def run_interrupted(k):
    """Tell whether a fit was interrupted in its k-th line; give the sampler."""
    sampler = quick(max_iter=1, rejection_estimator=None)
    outer = sys.gettrace()
    sys.settrace(InterruptingLine(k))
    try:
        sampler.fit_resample(X, Y)
    except KeyboardInterrupt:
        return True, sampler
    finally:
        sys.settrace(outer)
    return False, sampler


@pytest.mark.slow
def test__keyboard_interrupt__in_any_line__all_as_before(two_threads):
    usual = quick(max_iter=1, rejection_estimator=None)
    expected, states = usual.fit_resample(X, Y)[0], global_states()
    # Steps of a prime, so that loops are met at each of their lines.
    for k in itertools.count(0, 211):
        was_interrupted, sampler = run_interrupted(k)
        if not was_interrupted:
            break
        assert global_states() == states, k
        assert torch.get_num_threads() == 2, k
        assert vars(sampler).keys() == vars(clone(usual)).keys(), k
    assert k > 10 * 211
    assert_same(sampler.fit_resample(X, Y)[0], expected)


def test__keyboard_interrupt__in_a_second_fit__still_fitted_as_by_the_first():
    sampler = fresh()
    sampler.fit_resample(X, Y)
    before = pickle.loads(pickle.dumps(sampler))
    sampler.set_params(gan__callback=Interrupting(0))
    other = X.rename(columns={"a": "z"}).drop(columns="b")
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(other, np.where(Y == "rare", 1, 0))
    assert sampler.n_features_in_ == 4
    assert list(sampler.feature_names_in_) == ["a", "b", "n", "c"]
    assert sampler.sampling_strategy_ == before.sampling_strategy_
    assert sampler.history_ == before.history_
    rows = [s.generators_["rare"].sample(5, random_state=0) for s in (sampler, before)]
    assert_same(*rows)


def test__error__in_a_second_fit__still_fitted_as_by_the_first():
    sampler = fresh()
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match="more than 1 class"):
        sampler.fit_resample(X[["a"]], np.zeros(len(X)))
    assert sampler.n_features_in_ == 4


# Workers and other processes


class KillWorker:
    """Kills the process that trains, unless it is the one that made it."""

    def __init__(self):
        self.home = os.getpid()

    def __call__(self, look):
        if os.getpid() != self.home:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test__n_jobs__worker_is_killed__told_and_the_next_fit_works():
    labels = np.concatenate([np.repeat(["a", "b"], 40), np.repeat("c", 30)])
    sampler = quick(n_jobs=2, callback=KillWorker())
    message = r"class 'a' or a later one was killed, .* memory.*n_jobs below 2"
    with pytest.raises(RuntimeError, match=message):
        sampler.set_params(sampling_strategy={"a": 50, "c": 50}).fit_resample(X, labels)
    assert not hasattr(sampler, "generators_")
    sampler.set_params(gan__callback=None)
    again, usual = sampler, clone(sampler).set_params(n_jobs=None)
    assert_same(again.fit_resample(X, labels)[0], usual.fit_resample(X, labels)[0])


OTHER_PROCESSES = """
import json, multiprocessing, sys
sys.path.insert(0, {tests!r})
import torch
from tables import quick
from test_faults import X, Y

torch.set_num_threads(2)

def sample(sampler):
    return sampler.generators_["rare"].sample(5, random_state=0).to_json()

def fit(_):
    sampler = quick()
    return sampler.fit_resample(X, Y)[0].to_json()

if __name__ == "__main__":
    sampler = quick()
    fitted = sampler.fit_resample(X, Y)[0].to_json()
    same = {{}}
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            sampled = pool.apply_async(sample, [sampler]).get(60)
            same[method] = [
                sampled == sample(sampler), pool.apply_async(fit, [0]).get(60) == fitted
            ]
    print(json.dumps(same))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes can't fork here")
def test__other_processes__forked_and_spawned__same_rows_and_no_deadlock(tmp_path):
    script = tmp_path / "processes.py"
    script.write_text(OTHER_PROCESSES.format(tests=str(Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"fork": [True, True], "spawn": [True, True]}


# Threads


def in_threads(work, n):
    """Call `work(k)` in `n` threads at once, and give what each gave."""
    results, errors, start = {}, [], threading.Barrier(n)

    def run(k):
        try:
            start.wait(timeout=30)
            results[k] = work(k)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    return results


@pytest.mark.parametrize("own", [False, True])
def test__threads__eight_fits_at_once__each_as_alone(own, two_threads):
    network = {"generator": lambda n_in, n_out, seed: DropOut(n_in, n_out)}

    def work(k):
        sampler = quick(random_state=k, **(network if own else {}))
        rows = sampler.fit_resample(X, Y)[0]
        return pd.concat([rows, sampler.generators_["rare"].sample(9, random_state=k)])

    alone, states = {k: work(k) for k in range(8)}, global_states()
    together = in_threads(work, 8)
    for k, rows in alone.items():
        assert_same(together[k], rows)
    assert global_states() == states
    assert torch.get_num_threads() == 2


class DropOut(nn.Sequential):
    """A network that draws from torch's global random state."""

    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, 16), nn.Dropout(0.2), nn.Linear(16, n_out))


def test__threads__one_sampler_sampled_by_eight__each_as_alone(two_threads):
    sampler = quick()
    sampler.fit_resample(X, Y)
    generator = sampler.generators_["rare"]
    alone = [generator.sample(50, random_state=k) for k in range(8)]
    together = in_threads(lambda k: generator.sample(50, random_state=k), 8)
    for k, rows in enumerate(alone):
        assert_same(together[k], rows)


# Memory of a device


OUT_OF_MEMORY = [
    (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 20.00 GiB."),
    (RuntimeError, "MPS backend out of memory (MPS allocated: 9.02 GB)."),
]


@pytest.fixture
def device(monkeypatch):
    """Name a device of its own, which computes as the CPU."""
    monkeypatch.setattr(gansampler.gan.settings, "check_device", lambda name: name)
    return "cpu:0"


@pytest.mark.parametrize(("kind", "text"), OUT_OF_MEMORY)
def test__device__out_of_memory__trained_on_the_cpu(kind, text, device):
    failing = []

    class Large(nn.Linear):
        def forward(self, inputs):
            if failing and torch.is_grad_enabled():
                failing.pop()
                raise kind(text)
            return super().forward(inputs)

    def critic(n_in, n_out, seed):
        return Large(n_in, n_out)

    def fill(look):
        failing[:] = [True] * (look["iteration"] == CHECK_EVERY and not filled)
        filled.append(True)

    filled = []
    params = {"critic": critic, "max_iter": 2 * CHECK_EVERY, "callback": fill}
    sampler = quick(**params, device=device)
    rows, told = fit(sampler)
    assert len(told) == 1
    assert "ran out of memory, so class 'rare' (30 rows)" in told[0]
    assert "batch_size" in told[0]
    assert sampler.history_["rare"].out_of_memory
    on_cpu = quick(**(params | {"callback": None}), device="cpu")
    assert_same(rows, fit(on_cpu)[0])
    assert not on_cpu.history_["rare"].out_of_memory


@pytest.mark.parametrize(("kind", "text"), [*OUT_OF_MEMORY, (MemoryError, "no room")])
def test__cpu__out_of_memory__passed_on(kind, text):
    once = [True]

    class Large(nn.Linear):
        def forward(self, inputs):
            if len(inputs) > 2 and once:
                once.clear()
                raise kind(text)
            return super().forward(inputs)

    sampler = quick(critic=lambda n_in, n_out, seed: Large(n_in, n_out))
    with pytest.raises(kind, match=text[:9]):
        sampler.fit_resample(X, Y)


def test__device__another_error__passed_on(device):
    once = [True]

    class Broken(nn.Linear):
        def forward(self, inputs):
            if len(inputs) > 2 and once:
                once.clear()
                raise RuntimeError("device-side assert")
            return super().forward(inputs)

    sampler = quick(critic=lambda n_in, n_out, s: Broken(n_in, n_out), device=device)
    with pytest.raises(RuntimeError, match="device-side assert"):
        sampler.fit_resample(X, Y)


# Seeds

NO_SEEDS = [-1, 2**32, 2**64, 1.5, "a", np.int64(-3), np.random.default_rng(0), [1, 2]]


@pytest.mark.parametrize("seed", NO_SEEDS, ids=lambda seed: type(seed).__name__)
def test__random_state__no_seed__told_before_training(seed, no_training, fitted):
    message = "random_state.* (4294967295|2\\*\\*32 - 1)"
    for call in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=message):
            getattr(quick(random_state=seed), call)(X, Y)
    generator = fitted.generators_[1]
    with pytest.raises(ValueError, match=message):
        generator.sample(3, random_state=seed)
    with pytest.raises(ValueError, match=message):
        generator.sample_parts(3, random_state=seed)


@pytest.mark.parametrize("seed", [0, 2**32 - 1, np.int64(7), np.uint32(7)], ids=repr)
def test__random_state__any_seed__decides_the_rows(seed):
    rows = quick(random_state=seed).fit_resample(X, Y)[0]
    assert_same(quick(random_state=int(seed)).fit_resample(X, Y)[0], rows)
