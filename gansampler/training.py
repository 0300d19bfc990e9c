"""Train one class's generator against its critic."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm.auto import tqdm

from gansampler.conditioning import Condition, make_condition
from gansampler.encoding import RowLayout
from gansampler.networks import Critic, Generator
from gansampler.objectives import OBJECTIVES, PENALTIES
from gansampler.training_record import History, TrainingConfig

CHECK_EVERY = 50
"""Iterations between two looks at the fidelity statistic."""

N_CHECK_ROWS = 512
"""Real and generated rows that a look compares at most."""

N_PROJECTIONS = 64
"""Directions along which a look compares them."""


class TrainedGAN:
    """A trained generator with its condition, on the CPU whatever it was trained on.

    Parameters
    ----------
    generator : Generator
        The network.

    condition : Condition
        What it is told.
    """

    def __init__(self, generator: Generator, condition: Condition) -> None:
        self.generator = generator
        self.condition = condition

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Generate encoded rows.

        Parameters
        ----------
        n : int
            How many rows.

        seed : int
            Decides which.

        Returns
        -------
        rows : ndarray of shape (n, width), dtype float32
            Encoded rows, in whose blocks the largest entry is the category drawn.
        """
        rng = torch.Generator().manual_seed(seed)
        with one_thread(), torch.inference_mode():
            return _generate(self.generator, self.condition, n, rng).numpy()


def train(
    rows: np.ndarray,
    layout: RowLayout,
    config: TrainingConfig,
    seed: int,
    progress: str | None = None,
) -> tuple[TrainedGAN | None, History]:
    """Train a generator on the encoded rows of one class.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class, at least two.

    layout : RowLayout
        Their layout, of width at least one.

    config : TrainingConfig
        How to train.

    seed : int
        Decides everything that is random.

    progress : str or None, default=None
        Label of the progress bar; no bar without one.

    Returns
    -------
    gan : TrainedGAN or None
        The generator at its best iteration; None where training broke down before
        there was one.

    history : History
        The record of the training.
    """
    with (
        one_thread(),
        tqdm(total=config.max_iter, desc=progress, disable=progress is None) as bar,
    ):
        trainer = _Trainer(torch.from_numpy(rows), layout, config, seed)
        return trainer.run(bar)


class _Trainer:
    """The state of one training; each method is one part of an iteration."""

    def __init__(
        self, rows: Tensor, layout: RowLayout, config: TrainingConfig, seed: int
    ) -> None:
        self.config = config
        self.rng = torch.Generator(config.device).manual_seed(seed)
        self.rows = rows.to(config.device)
        self.layout = layout
        self.condition = make_condition(config.condition, self.rows, layout)
        self.objective = OBJECTIVES[config.objective]
        self.penalty = PENALTIES[config.penalty]
        width = self.condition.width
        self.generator = Generator(
            config.latent_dim, width, config.generator_layers, layout, self.rng
        ).to(config.device)
        self.critic = Critic(layout.width, width, config.critic_layers, self.rng)
        self.average = AveragedModel(
            self.generator, multi_avg_fn=get_ema_multi_avg_fn(config.ema_decay)
        )
        self.generator_optimizer = self._make_optimizer(self.generator)
        self.critic_optimizer = self._make_optimizer(self.critic)
        self.fidelity = SlicedDistance(self.rows, self.rng)
        self.history = History()

    def run(self, bar: tqdm) -> tuple[TrainedGAN | None, History]:
        """Iterate; keep the averaged generator of the iteration that was best."""
        config, history = self.config, self.history
        best: dict[str, Tensor] | None = None
        for iteration in range(1, config.max_iter + 1):
            self._set_learning_rate(iteration)
            for _ in range(config.n_critic):
                critic_loss = self._critic_step()
            generator_loss = self._generator_step()
            self.average.update_parameters(self.generator)
            bar.update()
            history.n_iter = iteration
            if iteration % CHECK_EVERY and iteration != config.max_iter:
                continue
            if not self._look(iteration, critic_loss, generator_loss):
                history.diverged = True
                break
            bar.set_postfix(fidelity=f"{history.fidelity[-1]:.3f}")
            if history.best_iteration == iteration:
                best = _copy_state(self.average.module)
            elif self._should_stop(iteration):
                break
        return self._finish(best), history

    def _critic_step(self) -> Tensor:
        """Move the critic: real rows up, generated ones down, slopes kept small."""
        config = self.config
        with torch.no_grad():
            real, condition = self._draw_real()
            fake = self._generate(condition)
            rows = self._blur(torch.cat([real, fake]))  # (2 * batch, width)
            both = condition.repeat(2, 1)
        if self.penalty is None:
            real_score, fake_score = self.critic(rows, both).chunk(2)
            loss = self.objective.critic_loss(real_score, fake_score)
        else:
            scores, gradients = self.critic.score_and_gradient(rows, both)
            loss = self.objective.critic_loss(*scores.chunk(2))
            penalty = self.penalty(*gradients.chunk(2))
            loss = loss + config.penalty_weight * penalty
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()
        return loss.detach()

    def _generator_step(self) -> Tensor:
        """Move the generator: its rows up, and what it was told into them."""
        with torch.no_grad():
            real, condition = self._draw_real()
            real_score = self.critic(self._blur(real), condition)
        logits = self.generator(self._draw_latent(len(real)), condition)
        fake = self.generator.activation.soft(logits, self.rng)
        self.critic.requires_grad_(False)
        fake_score = self.critic(self._blur(fake), condition)
        self.critic.requires_grad_(True)
        loss = self.objective.generator_loss(real_score, fake_score)
        told = self.condition.loss(logits, condition)
        if told is not None:
            loss = loss + told
        self.generator_optimizer.zero_grad()
        loss.backward()
        self.generator_optimizer.step()
        return loss.detach()

    def _draw_real(self) -> tuple[Tensor, Tensor]:
        """Draw a batch of real rows with their conditions."""
        row, condition = self.condition.draw_pairs(self.config.batch_size, self.rng)
        return self.rows[row], condition

    def _generate(self, condition: Tensor) -> Tensor:
        logits = self.generator(self._draw_latent(len(condition)), condition)
        return self.generator.activation.soft(logits, self.rng)

    def _draw_latent(self, n: int) -> Tensor:
        shape = (n, self.config.latent_dim)
        return torch.randn(shape, generator=self.rng, device=self.rng.device)

    def _blur(self, rows: Tensor) -> Tensor:
        """Add instance noise, so that the two kinds of rows overlap."""
        if not self.config.instance_noise:
            return rows
        noise = torch.randn(rows.shape, generator=self.rng, device=self.rng.device)
        return rows + self.config.instance_noise * noise

    def _make_optimizer(self, network: nn.Module) -> torch.optim.Adam:
        # Without momentum, which makes adversarial training circle.
        return torch.optim.Adam(
            network.parameters(),
            lr=self.config.learning_rate,
            betas=(0.0, 0.9),
            fused=self.config.device.startswith(("cpu", "cuda")),
        )

    def _set_learning_rate(self, iteration: int) -> None:
        """Let the rate fall to zero along a cosine."""
        done = (iteration - 1) / self.config.max_iter
        rate = self.config.learning_rate * (1 + math.cos(math.pi * done)) / 2
        for optimizer in (self.critic_optimizer, self.generator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = rate

    def _look(
        self, iteration: int, critic_loss: Tensor, generator_loss: Tensor
    ) -> bool:
        """Record where the training stands; tell whether it is still sound."""
        generator = cast(Generator, self.average.module)
        with torch.inference_mode():
            fake = _generate(generator, self.condition, self.fidelity.n_rows, self.rng)
            fake = self._harden(fake)
        distance = self.fidelity(fake)
        losses = [float(critic_loss), float(generator_loss)]
        if not all(map(math.isfinite, [*losses, distance])):
            return False
        history = self.history
        if distance <= min(history.fidelity, default=math.inf):
            history.best_iteration = iteration
        history.iteration.append(iteration)
        history.critic_loss.append(losses[0])
        history.generator_loss.append(losses[1])
        history.fidelity.append(distance)
        return True

    def _harden(self, rows: Tensor) -> Tensor:
        """Make each block of generated rows one-hot, as it will be decoded."""
        hard = rows.clone()
        starts = self.layout.block_starts
        for start, size in zip(starts, self.layout.block_sizes, strict=True):
            block = rows[:, start : start + size]
            hard[:, start : start + size] = nn.functional.one_hot(block.argmax(1), size)
        return hard

    def _should_stop(self, iteration: int) -> bool:
        since_best = iteration - self.history.best_iteration
        return self.config.early_stopping and since_best >= self.config.n_iter_no_change

    def _finish(self, best: dict[str, Tensor] | None) -> TrainedGAN | None:
        if best is None:
            return None
        self.generator.load_state_dict(best)
        self.generator.cpu().eval().requires_grad_(False)
        rows = self.rows.cpu()
        condition = make_condition(self.config.condition, rows, self.layout)
        return TrainedGAN(self.generator, condition)


class SlicedDistance:
    """Sliced Wasserstein distance of generated rows to the class's rows.

    Cheap, defined for a handful of rows, and sensitive to the shape of the joint
    distribution, because most of its directions mix columns.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width)
        The encoded rows of the class.

    rng : torch.Generator
        Source of the directions and, where there are many rows, of the rows.

    References
    ----------
    .. [1] N. Bonneel et al., "Sliced and Radon Wasserstein barycenters of measures",
       2015.
    """

    def __init__(self, rows: Tensor, rng: torch.Generator) -> None:
        self.n_rows = N_CHECK_ROWS
        if len(rows) > N_CHECK_ROWS:
            shuffled = torch.randperm(len(rows), generator=rng, device=rng.device)
            rows = rows[shuffled[:N_CHECK_ROWS]]
        shape = (rows.shape[1], N_PROJECTIONS)
        directions = torch.randn(shape, generator=rng, device=rng.device)
        self.directions = directions / directions.norm(dim=0)
        self.levels = (torch.arange(self.n_rows, device=rng.device) + 0.5) / self.n_rows
        self.real = self._quantiles(rows)

    def __call__(self, rows: Tensor) -> float:
        """Give the distance of generated `rows`, (n_rows, width)."""
        return float((self._quantiles(rows) - self.real).abs().mean())

    def _quantiles(self, rows: Tensor) -> Tensor:
        """Give each projection's quantiles, (n_levels, n_projections)."""
        return torch.quantile(rows @ self.directions, self.levels, dim=0)


def _generate(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Give `n` encoded rows, (n, width), whose blocks still hold noisy logits."""
    told = condition.draw(n, rng)
    latent = torch.randn((n, generator.n_latent), generator=rng, device=rng.device)
    return generator.activation.sample(generator(latent, told), rng)


def _copy_state(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


_thread_lock = threading.Lock()
_thread_state = {"depth": 0, "outer": 1}


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread within, and what it used before without.

    Networks this small run several times slower on two threads than on one, and the
    number of threads would change the last digits of the rows. The number is one for
    the whole process, so that the last of several samplers at work restores it.
    """
    with _thread_lock:
        if _thread_state["depth"] == 0:
            _thread_state["outer"] = torch.get_num_threads()
        _thread_state["depth"] += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _thread_lock:
            _thread_state["depth"] -= 1
            torch.set_num_threads(_thread_state["outer"])
