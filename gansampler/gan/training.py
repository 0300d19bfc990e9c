"""Train one class's generator against its critic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from gansampler.gan.architecture import make_networks
from gansampler.gan.auxiliary_classifier import (
    AuxiliaryClassifier,
    classification_loss,
)
from gansampler.gan.conditioning import make_condition
from gansampler.gan.critic_gradients import Loss, make_gradients
from gansampler.gan.history import CHECK_EVERY, History, LabelledRows
from gansampler.gan.monitor import Diversity, SlicedDistance
from gansampler.gan.networks import fix_spectral_norm
from gansampler.gan.optim import Adam, FlatWeights
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.settings import TrainingSettings
from gansampler.gan.torch_state import draw_seed, own_random_state, own_settings
from gansampler.gan.trained_gan import TrainedGAN, generate_rows
from gansampler.tabular.encoder import RowLayout

TOO_FAR = 2.0
"""Generated rows that are as many times as far from the real ones as rows of zeros, the
mean of each number, are nowhere near them. The default's trainings on our tables ended
below 0.2, on 3 to 8 rows of a class below 0.9; who has learnt nothing is at 1."""


def train(
    rows: np.ndarray,
    layout: RowLayout,
    settings: TrainingSettings,
    seed: int,
    progress: str | None = None,
    labelled: LabelledRows | None = None,
    watch: Callable[[History], bool] | None = None,
) -> tuple[TrainedGAN | None, History]:
    """Train a generator on the encoded rows of one class.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class, at least two.

    layout : RowLayout
        Their layout, of width at least one.

    settings : TrainingSettings
        How to train.

    seed : int
        Decides everything that is random.

    progress : str or None, default=None
        Label of the progress bar; no bar without one.

    labelled : LabelledRows or None, default=None
        Rows of all classes, where there is to be an auxiliary classifier.

    watch : callable or None, default=None
        Called with the history after each look; the training stops if it returns True.

    Returns
    -------
    gan : TrainedGAN or None
        The generator of the best iteration; None where the training broke down before
        there was one.

    history : History
        The record of the training.
    """
    with training_context(settings, seed, progress) as bar:
        trainer = Trainer(
            torch.from_numpy(rows), layout, settings, seed, labelled, watch
        )
        return trainer.run(bar)


@contextmanager
def training_context(
    settings: TrainingSettings, seed: int, progress: str | None
) -> Iterator[tqdm]:
    """Show a progress bar, and let torch use one thread and follow `seed` within."""
    own_networks = settings.generator is not None or settings.critic is not None
    with (
        own_random_state(seed) if own_networks else nullcontext(),
        own_settings(),
        _Bar(total=settings.max_iter, desc=progress, disable=progress is None) as bar,
    ):
        yield bar


class _Bar(tqdm):
    """A progress bar without a thread to watch it, which would outlive the training."""

    monitor_interval = 0


class Batch(NamedTuple):
    """The rows of one iteration, from which both networks learn.

    Parameters
    ----------
    real : Tensor of shape (batch, width)
        Real rows.

    condition : Tensor of shape (batch, n_condition)
        What each real row, and the generated one beside it, is conditioned on.

    logits : Tensor of shape (batch, width)
        The generator's output.

    fake : Tensor of shape (batch, width)
        The generated rows.

    seen_real, seen_fake : Tensor of shape (batch, width)
        Real and generated rows as the critic sees them, with instance noise.
    """

    real: Tensor
    condition: Tensor
    logits: Tensor
    fake: Tensor
    seen_real: Tensor
    seen_fake: Tensor


class Trainer:
    """The state of one training; each method is a part of an iteration."""

    def __init__(
        self,
        rows: Tensor,
        layout: RowLayout,
        settings: TrainingSettings,
        seed: int,
        labelled: LabelledRows | None = None,
        watch: Callable[[History], bool] | None = None,
    ) -> None:
        self.settings = settings
        self.watch = watch
        self.rng = torch.Generator(settings.device).manual_seed(seed)
        self.rows = rows.to(settings.device)
        self.layout = layout
        self.condition = make_condition(settings.condition, self.rows, layout)
        self.penalty = PENALTIES[settings.penalty]
        self.auxiliary = (
            AuxiliaryClassifier(labelled, settings.device) if labelled else None
        )
        # The first weights are drawn on the CPU, so that they are the same anywhere.
        start = (
            self.rng
            if settings.device == "cpu"
            else torch.Generator().manual_seed(seed)
        )
        n_classes = self.auxiliary.n_classes if self.auxiliary else 0
        generator, critic = make_networks(
            settings, layout, self.condition.width, n_classes, start
        )
        self.generator = generator.to(settings.device)
        self.critic = critic.to(settings.device)
        self.gradients = make_gradients(self.critic, settings)
        self.average = deepcopy(self.generator).eval()
        self.generator_weights = FlatWeights(self.generator)
        self.critic_weights = FlatWeights(self.critic)
        self.average_weights = FlatWeights(self.average)
        self.generator_optimizer = Adam(self.generator_weights)
        self.critic_optimizer = Adam(self.critic_weights)
        self.rate = settings.learning_rate
        self.history = History()

    def run(self, bar: tqdm) -> tuple[TrainedGAN | None, History]:
        """Iterate; keep the averaged generator of the iteration that was best."""
        settings, history = self.settings, self.history
        self.fidelity = SlicedDistance(self.rows, self.rng)
        self.diversity = Diversity(self.rows, self.layout)
        self.look_seed = draw_seed(self.rng)
        best: dict[str, Tensor] | None = None
        for iteration in range(1, settings.max_iter + 1):
            self.rate = self._learning_rate(iteration)
            for step in range(settings.n_critic):
                # The generator learns from the last batch that the critic has seen.
                with torch.set_grad_enabled(step == settings.n_critic - 1):
                    batch = self._draw_batch()
                critic_loss = self._critic_step(batch)
            generator_loss = self._generator_step(batch)
            self._update_average(iteration)
            bar.update()
            history.n_iter = iteration
            if iteration % CHECK_EVERY and iteration != settings.max_iter:
                continue
            if not self._look(iteration, critic_loss, generator_loss):
                history.diverged = True
                break
            bar.set_postfix(fidelity=f"{history.fidelity[-1]:.3f}")
            if history.best_iteration == iteration:
                best = _copy_state(self.average)
            elif self._should_stop(iteration):
                break
            if self.watch is not None and self.watch(history):
                break
        if history.fidelity and self._is_far(history.fidelity[-1]):
            history.diverged = True
            if self._is_far(min(history.fidelity)):
                best, history.best_iteration = None, 0
        return self._finish(best), history

    def _is_far(self, distance: float) -> bool:
        """Tell whether rows at such a distance are nowhere near the real ones."""
        return distance > TOO_FAR * self.fidelity.of_zeros

    def _critic_step(self, batch: Batch) -> Loss:
        """Move the critic: raise scores of real rows, lower those of generated ones."""
        kinds = {"real": batch.seen_real, "fake": batch.seen_fake.detach()}
        if "between" in self.penalty.at:
            kinds["between"] = self._draw_between(*kinds.values())
        packed = {kind: self._pack(rows) for kind, rows in kinds.items()}
        self.critic_weights.clear_gradients()
        loss = self.gradients.of_critic(packed, self._pack(batch.condition))
        if self.auxiliary is not None:
            rows, codes = self.auxiliary.draw(len(batch.real), self.rng)
            extra = self._classification_loss(self._blur(rows), codes)
            extra.backward()
            objective, loss = loss, lambda: objective() + extra.detach()
        self.critic_optimizer.step(self.rate)
        self._clip_critic()
        return loss

    def _clip_critic(self) -> None:
        """Clip the weights of a critic that is bounded so."""
        if self.penalty.clip is not None:
            for vector in self.critic_weights.vectors:
                vector.clamp_(-self.penalty.clip, self.penalty.clip)

    def _generator_step(self, batch: Batch) -> Loss:
        """Move the generator: raise the scores of its rows, lower its other losses."""
        loss, gradient = self.gradients.of_fake(
            self._pack(batch.seen_real),
            self._pack(batch.seen_fake),
            self._pack(batch.condition),
        )
        extras = list(self._extra_generator_losses(batch))
        # A loss with that gradient: handed a gradient itself, torch imports sympy.
        surrogate = (gradient.reshape(batch.fake.shape) * batch.seen_fake).sum()
        self._move_generator(sum(extras, surrogate))
        return lambda: sum((extra.detach() for extra in extras), loss())

    def _move_generator(self, loss: Tensor) -> None:
        self.generator_weights.clear_gradients()
        loss.backward()
        self.generator_optimizer.step(self.rate)

    @contextmanager
    def _frozen_critic(self) -> Iterator[None]:
        """Compute no gradients of the critic's weights within: nothing uses them."""
        # Not all of them: the user may have frozen some of a critic of their own.
        weights = [w for w in self.critic.parameters() if w.requires_grad]
        for weight in weights:
            weight.requires_grad_(False)
        yield
        for weight in weights:
            weight.requires_grad_(True)

    def _extra_generator_losses(self, batch: Batch) -> Iterator[Tensor]:
        """Compute what else the generator is to minimise."""
        if self.auxiliary is not None:
            own = self.auxiliary.own_codes(len(batch.fake))
            with self._frozen_critic():
                loss = self._classification_loss(batch.seen_fake, own)
            yield loss
        condition_loss = self.condition.loss(batch.logits, batch.condition)
        if condition_loss is not None:
            yield condition_loss

    def _classification_loss(self, rows: Tensor, codes: Tensor) -> Tensor:
        loss = classification_loss(self.critic, rows, codes, self.condition.width)
        return self.settings.auxiliary_classifier * loss

    def _draw_batch(self) -> Batch:
        """Draw real rows with their conditions, and generate as many."""
        row, condition = self.condition.draw_pairs(self.settings.batch_size, self.rng)
        real = self.rows[row]
        logits, fake = self._generate(condition)
        return Batch(real, condition, logits, fake, self._blur(real), self._blur(fake))

    def _generate(self, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Return the generator's output and its rows, both (batch, width)."""
        shape = (len(condition), self.settings.latent_dim)
        latent = torch.randn(shape, generator=self.rng, device=self.rng.device)
        logits = self.generator(latent, condition)
        return logits, self.generator.activation.soft(logits, self.rng)

    def _draw_between(self, real: Tensor, fake: Tensor) -> Tensor:
        """Draw points between real and generated rows, (batch, width)."""
        share = torch.rand((len(real), 1), generator=self.rng, device=self.rng.device)
        return torch.lerp(real, fake, share)

    def _pack(self, rows: Tensor) -> Tensor:
        """Put rows side by side for a critic that sees several at once."""
        pac = self.settings.pac
        return rows.reshape(len(rows) // pac, pac * rows.shape[1])

    def _blur(self, rows: Tensor) -> Tensor:
        """Add instance noise, so that the two kinds of rows overlap."""
        if not self.settings.instance_noise:
            return rows
        noise = torch.randn(rows.shape, generator=self.rng, device=self.rng.device)
        return torch.add(rows, noise, alpha=self.settings.instance_noise)

    def _update_average(self, iteration: int) -> None:
        """Let the average follow the generator, of which it starts as a copy."""
        share = 1.0 if iteration == 1 else 1 - self.settings.ema_decay
        self.average_weights.approach(self.generator_weights, share)

    def _learning_rate(self, iteration: int) -> float:
        """Let the rate fall to zero along a cosine."""
        done = (iteration - 1) / self.settings.max_iter
        return self.settings.learning_rate * (1 + math.cos(math.pi * done)) / 2

    def _look(self, iteration: int, critic_loss: Loss, generator_loss: Loss) -> bool:
        """Record where the training stands; return whether all numbers are finite."""
        # Each look draws by the same seed, lest the luckiest be taken for the best.
        rng = torch.Generator(self.rng.device).manual_seed(self.look_seed)
        with torch.inference_mode():
            for ours, theirs in zip(
                self.average.buffers(), self.generator.buffers(), strict=True
            ):
                ours.copy_(theirs)
            fake = generate_rows(
                self.average, self.condition, self.fidelity.n_rows, rng
            )
            fake = self.average.activation.harden(fake)
            distance, diversity = self.fidelity(fake), self.diversity(fake)
        losses = [float(critic_loss()), float(generator_loss())]
        if not all(map(math.isfinite, [*losses, distance])):
            return False
        history = self.history
        if distance <= min(history.fidelity, default=math.inf):
            history.best_iteration = iteration
        history.iteration.append(iteration)
        history.critic_loss.append(losses[0])
        history.generator_loss.append(losses[1])
        history.fidelity.append(distance)
        history.diversity.append(diversity)
        return True

    def _should_stop(self, iteration: int) -> bool:
        since_best = iteration - self.history.best_iteration
        return (
            self.settings.early_stopping
            and since_best >= self.settings.n_iter_no_change
        )

    def _finish(self, best: dict[str, Tensor] | None) -> TrainedGAN | None:
        if best is None:
            return None
        self.generator.load_state_dict(best)
        self.generator.cpu().eval().requires_grad_(False)
        fix_spectral_norm(self.generator)
        rows = self.rows.cpu()
        condition = make_condition(self.settings.condition, rows, self.layout)
        condition.forget_rows()
        return TrainedGAN(
            self.generator, condition, self.settings.generator is not None
        )


def _copy_state(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}
