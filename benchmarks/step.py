"""One training step: its parts, its operations, and the arithmetic it can't do without.

The floor is the time of the step's matrix products alone, each timed by itself on
matrices of the same shapes, beside the step in the same process.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from tqdm import tqdm

from gansampler.gan.class_rows import ClassRows
from gansampler.gan.class_training import ClassTraining
from gansampler.gan.conditioning import CategoryCondition, NoCondition
from gansampler.gan.critic_gradients import DenseGradients
from gansampler.gan.generator_gradients import DenseRows
from gansampler.gan.optim import Adam, FlatWeights
from gansampler.gan.settings import TrainingSettings, read_settings
from gansampler.gan.tabular_gan import TabularGAN
from gansampler.gan.training import Trainer
from gansampler.tabular.encoder import RowLayout

PRODUCTS = ("aten.mm.", "aten.addmm.", "aten.addmm_.")
STAGES: list[tuple[Any, str, str]] = [
    (NoCondition, "draw_pairs", "conditioning"),
    (CategoryCondition, "draw_pairs", "conditioning"),
    (DenseRows, "__init__", "generator, forwards"),
    (Trainer, "_blur", "noise"),
    (DenseGradients, "of_critic", "critic"),
    (DenseGradients, "of_fake", "critic in the generator's step"),
    (DenseGradients, "_penalise", "penalty"),
    (DenseRows, "add_gradients", "generator, backwards"),
    (Adam, "step", "optimiser"),
    (FlatWeights, "clear_gradients", "optimiser"),
    (FlatWeights, "approach", "average"),
    (ClassTraining, "look", "looks"),
]
"""Functions and the part of a step that their own time belongs to."""


class Stages:
    """Time functions, each without those that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[float] = []

    def timed(self, function: Callable, stage: str) -> Callable:
        """Wrap a function so that its own time is added to a stage."""

        def run(*args: Any, **kwargs: Any) -> Any:
            self._open.append(0.0)
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                taken = time.perf_counter() - start
                self.seconds[stage] += taken - self._open.pop()
                if self._open:
                    self._open[-1] += taken

        return run

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Have the functions of `STAGES` timed within."""
        originals = [(owner, name, getattr(owner, name)) for owner, name, _ in STAGES]
        for owner, name, stage in STAGES:
            setattr(owner, name, self.timed(getattr(owner, name), stage))
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)


class Recorder(TorchDispatchMode):
    """Count the operations, and note the shapes of the matrix products."""

    def __init__(self) -> None:
        super().__init__()
        self.n_operations = 0
        self.products: Counter = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = str(func)
        self.n_operations += 1
        if name.startswith(PRODUCTS):
            matrices = [arg for arg in args if isinstance(arg, torch.Tensor)][-2:]
            form = tuple((tuple(m.shape), m.stride()) for m in matrices)
            self.products[form] += 1
        return func(*args, **(kwargs or {}))

    @property
    def flops(self) -> int:
        """The floating-point operations of the matrix products."""
        return sum(
            2 * n * left[0] * right[0] * right[1]
            for ((left, _), (right, _)), n in self.products.items()
        )


def defaults(**changes: Any) -> TrainingSettings:
    """Return the settings of a default `TabularGAN`, some of them changed."""
    return read_settings(TabularGAN(**changes))


def make_rows(layout: RowLayout, n: int = 1000) -> np.ndarray:
    """Draw encoded rows: normal numbers and even categories."""
    rng = np.random.default_rng(0)
    blocks = [np.eye(k)[rng.integers(0, k, n)] for k in layout.block_sizes]
    numbers = rng.normal(size=(n, layout.n_scalars))
    return np.hstack([numbers, *blocks]).astype(np.float32)


def make_trainer(layout: RowLayout, settings: TrainingSettings) -> Trainer:
    """Make a trainer on such rows."""
    return Trainer([ClassRows(make_rows(layout), layout, seed=0)], settings)


def one_step(trainer: Trainer) -> None:
    """Do what `Trainer.run` does in an iteration without a look."""
    batch = trainer._draw_batch()
    trainer._critic_step(batch)
    trainer._generator_step(batch)
    trainer._update_average(2)


def count(layout: RowLayout, settings: TrainingSettings) -> Recorder:
    """Count a step's operations and products."""
    trainer = make_trainer(layout, settings)
    one_step(trainer)
    with Recorder() as recorder:
        one_step(trainer)
    return recorder


def repeat(work: Callable[[], Any], times: int) -> float:
    """Return the mean seconds of some runs."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def floor_seconds(products: Counter, times: int) -> float:
    """Time the matrix products of a step alone."""
    seconds = 0.0
    for (left, right), n in products.items():
        a, b = (_like(*form) for form in (left, right))
        out = torch.mm(a, b)
        seconds += n * repeat(lambda a=a, b=b, out=out: torch.mm(a, b, out=out), times)
    return seconds


def _like(shape: tuple[int, ...], stride: tuple[int, ...]) -> torch.Tensor:
    """Make a random matrix that lies in memory as the step's does."""
    size = 1 + sum((n - 1) * s for n, s in zip(shape, stride, strict=True))
    return torch.randn(size).as_strided(shape, stride)


def measure(
    layout: RowLayout, settings: TrainingSettings, repeats: int, times: int
) -> Iterator[dict[str, float]]:
    """Time the step and its floor in turn, so that the machine is the same for both.

    Parameters
    ----------
    layout : RowLayout
        Layout of the rows.
    settings : TrainingSettings
        How to train.
    repeats : int
        Pairs of measurements.
    times : int
        Steps in each.

    Yields
    ------
    pair : dict of str to float
        Seconds of a step and of its floor.
    """
    recorder = count(layout, settings)
    trainer = make_trainer(layout, settings)
    for _ in range(3):
        one_step(trainer)
    for _ in range(repeats):
        step = repeat(lambda: one_step(trainer), times)
        yield {"step": step, "floor": floor_seconds(recorder.products, times)}


def operations(layout: RowLayout, settings: TrainingSettings) -> dict[str, float]:
    """Return the seconds of a step that each of torch's operations takes by itself."""
    trainer, n_steps = make_trainer(layout, settings), 50
    one_step(trainer)
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(n_steps):
            one_step(trainer)
    return {
        event.key: event.self_cpu_time_total / 1e6 / n_steps
        for event in profiler.key_averages()
    }


def split(layout: RowLayout, settings: TrainingSettings) -> dict[str, float]:
    """Return the seconds of an iteration by part, the rest of it as bookkeeping."""
    trainer = make_trainer(layout, settings)
    stages = Stages()
    with stages.installed(), tqdm(disable=True) as bar:
        total = repeat(lambda: trainer.run(bar), 1)
    parts = {k: v / settings.max_iter for k, v in stages.seconds.items()}
    return {**parts, "bookkeeping": total / settings.max_iter - sum(parts.values())}
