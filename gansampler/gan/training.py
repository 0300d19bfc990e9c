"""Train generators against their critics, for one class or several at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from typing import NamedTuple, cast

import torch
from torch import Tensor
from tqdm.auto import tqdm

from gansampler.gan.auxiliary_classifier import (
    AuxiliaryClassifier,
    classification_loss,
)
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.class_training import ClassTraining
from gansampler.gan.conditioning import Condition
from gansampler.gan.critic_gradients import Loss, make_gradients
from gansampler.gan.generator_gradients import GeneratedRows, make_generate
from gansampler.gan.history import CHECK_EVERY, History
from gansampler.gan.joint_condition import JointCondition, join_conditions
from gansampler.gan.joint_rows import join, pad
from gansampler.gan.networks import Critic, DenseCritic, Generator
from gansampler.gan.optim import Adam, FlatWeights
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.settings import MAX_TOGETHER, TrainingSettings, can_be_stacked
from gansampler.gan.stacked_networks import (
    StackedCritic,
    StackedGenerator,
    copy_member,
)
from gansampler.gan.torch_state import own_random_state, own_settings
from gansampler.gan.trained_gan import TrainedGAN

Result = tuple[TrainedGAN | None, History]
"""The generator of the best iteration, or None if training broke down before there was
one, and the training history."""

MAX_PADDING = 1.25
"""Largest ratio of row widths among classes that are trained together, because all are
padded to the widest."""


def train(
    classes: Sequence[ClassRows],
    settings: TrainingSettings,
    progress: str | None = None,
) -> list[Result]:
    """Train a generator on the encoded rows of each class.

    Classes with rows of similar width are trained together if all networks are the
    built-in dense ones. A step of several classes then needs hardly more calls than a
    step of one. Except for the last digits, each training is the same as on its own.

    Parameters
    ----------
    classes : sequence of ClassRows
        The classes.

    settings : TrainingSettings
        How to train.

    progress : str or None, default=None
        Label of the progress bar. None shows no bar.

    Returns
    -------
    results : list of (TrainedGAN or None, History)
        The generator and the history of each class.
    """
    results: dict[int, Result] = {}
    for alike in _alike(classes, settings):
        own = [classes[k] for k in alike]
        with training_context(settings, own[0].seed, progress) as bar:
            results.update(zip(alike, Trainer(own, settings).run(bar), strict=True))
    return [results[k] for k in range(len(classes))]


def _alike(
    classes: Sequence[ClassRows], settings: TrainingSettings
) -> Iterator[list[int]]:
    """Group the classes, by position, that are trained together."""
    joins, together = can_be_stacked(settings), list[int]()
    for k in sorted(range(len(classes)), key=lambda k: classes[k].layout.width):
        if together:
            narrowest = classes[together[0]].layout.width
            is_near = classes[k].layout.width <= MAX_PADDING * narrowest
            if not joins or not is_near or len(together) == MAX_TOGETHER:
                yield together
                together = []
        together.append(k)
    yield together


@contextmanager
def training_context(
    settings: TrainingSettings, seed: int, progress: str | None
) -> Iterator[tqdm]:
    """Show a progress bar, and set torch's threads and seed within the context."""
    own_networks = settings.generator is not None or settings.critic is not None
    with (
        own_random_state(seed) if own_networks else nullcontext(),
        own_settings(),
        _Bar(total=settings.max_iter, desc=progress, disable=progress is None) as bar,
    ):
        yield bar


class _Bar(tqdm):
    """A progress bar without tqdm's monitor thread, which would outlive training."""

    monitor_interval = 0


class Batch(NamedTuple):
    """The rows of one iteration, from which both networks learn.

    If several classes are trained at once, they add a leading dimension.

    Parameters
    ----------
    real : Tensor of shape (batch, width)
        Real rows.

    condition : Tensor of shape (batch, n_condition)
        The condition of each real row and of the corresponding generated row.

    generated : GeneratedRows
        The generated rows.

    seen_real, seen_fake : Tensor of shape (batch, width)
        Real and generated rows as the critic sees them, with instance noise.
    """

    real: Tensor
    condition: Tensor
    generated: GeneratedRows
    seen_real: Tensor
    seen_fake: Tensor


class Trainer:
    """The state of a training; each method is a part of an iteration.

    Parameters
    ----------
    classes : sequence of ClassRows
        The classes to train at once.

    settings : TrainingSettings
        How to train.
    """

    def __init__(
        self, classes: Sequence[ClassRows], settings: TrainingSettings
    ) -> None:
        self.settings = settings
        self.trainings = [ClassTraining(given, settings) for given in classes]
        self.penalty = PENALTIES[settings.penalty]
        self.rngs = [own.rng for own in self.trainings]
        self.rows, self.condition = _join_rows(self.trainings)
        self.generator, self.critic = _as_one(self.trainings)
        # If there is one, there is only one class.
        self.auxiliary = self.trainings[0].auxiliary
        self.gradients = make_gradients(self.critic, settings)
        self.generate = make_generate(self.generator, settings)
        self.average = deepcopy(self.generator).eval()
        self.generator_weights = FlatWeights(self.generator)
        self.critic_weights = FlatWeights(self.critic)
        self.average_weights = FlatWeights(self.average)
        self.generator_optimizer = Adam(self.generator_weights)
        self.critic_optimizer = Adam(self.critic_weights)
        self.rate = settings.learning_rate

    def run(self, bar: tqdm) -> list[Result]:
        """Train, and return the averaged generators of the best iterations."""
        settings = self.settings
        for training in self.trainings:
            training.prepare_looks()
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
            going = [k for k, own in enumerate(self.trainings) if not own.is_over]
            for k in going:
                self.trainings[k].history.n_iter = iteration
            if iteration % CHECK_EVERY and iteration != settings.max_iter:
                continue
            losses = [critic_loss().reshape(-1), generator_loss().reshape(-1)]
            for k in going:
                own = [float(loss[k]) for loss in losses]
                self.trainings[k].look(self._average_of(k), iteration, own)
            self._show(bar)
            if all(training.is_over for training in self.trainings):
                break
        return [(own.finish(), own.history) for own in self.trainings]

    def _average_of(self, k: int) -> Generator:
        """Return the averaged generator of one class, until the next iteration."""
        own = self.trainings[k].generator
        if len(self.trainings) > 1:  # the stack has replaced the class's own weights
            copy_member(self.average, k, own)
            return own
        for ours, theirs in zip(
            self.average.buffers(), self.generator.buffers(), strict=True
        ):
            ours.copy_(theirs)
        return self.average

    def _show(self, bar: tqdm) -> None:
        distances = [own.history.fidelity[-1:] for own in self.trainings]
        known = [distance for last in distances for distance in last]
        if known:
            bar.set_postfix(fidelity=f"{sum(known) / len(known):.3f}")

    def _critic_step(self, batch: Batch) -> Loss:
        """Update the critic: raise scores of real rows, lower those of generated."""
        kinds = {"real": batch.seen_real, "fake": batch.seen_fake}
        if "between" in self.penalty.at:
            kinds["between"] = self._draw_between(*kinds.values())
        packed = {kind: self._pack(rows) for kind, rows in kinds.items()}
        self.critic_weights.clear_gradients()
        loss = self.gradients.of_critic(packed, self._pack(batch.condition))
        if self.auxiliary is not None:
            rows, codes = self.auxiliary.draw(len(batch.real), *self.rngs)
            extra = self._classification_loss(self._blur(rows), codes)
            extra.backward()
            objective, loss = loss, lambda: objective() + extra.detach()
        self.critic_optimizer.step(self.rate)
        self._clip_critic()
        return loss

    def _clip_critic(self) -> None:
        """Clip the critic's weights if the penalty requires it."""
        if self.penalty.clip is not None:
            for vector in self.critic_weights.vectors:
                vector.clamp_(-self.penalty.clip, self.penalty.clip)

    def _generator_step(self, batch: Batch) -> Loss:
        """Update the generator: raise scores of its rows, lower its other losses."""
        loss, gradient = self.gradients.of_fake(
            self._pack(batch.seen_real),
            self._pack(batch.seen_fake),
            self._pack(batch.condition),
        )
        by_rows = gradient.reshape(batch.seen_fake.shape)
        extra = by_rows.new_zeros(())
        if self.auxiliary is not None:
            extra, by_extra = self._misclassification(batch.seen_fake)
            by_rows = by_rows + by_extra
        self._move_generator(batch.generated, by_rows)
        return lambda: loss() + batch.generated.condition_loss().detach() + extra

    def _move_generator(self, generated: GeneratedRows, by_rows: Tensor) -> None:
        self.generator_weights.clear_gradients()
        generated.add_gradients(by_rows)
        self.generator_optimizer.step(self.rate)

    @contextmanager
    def _frozen_critic(self) -> Iterator[None]:
        """Skip the gradients of the critic's weights, which are not needed."""
        # Only those not frozen already by a user's own critic.
        weights = [w for w in self.critic.parameters() if w.requires_grad]
        for weight in weights:
            weight.requires_grad_(False)
        yield
        for weight in weights:
            weight.requires_grad_(True)

    def _misclassification(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss of generated rows of other classes, and its derivatives."""
        own = cast(AuxiliaryClassifier, self.auxiliary).own_codes(len(rows))
        with self._frozen_critic():
            rows = rows.detach().requires_grad_()
            loss = self._classification_loss(rows, own)
            (by_rows,) = torch.autograd.grad(loss, rows)
        return loss.detach(), by_rows

    def _classification_loss(self, rows: Tensor, codes: Tensor) -> Tensor:
        n_condition = self.trainings[0].condition.width
        loss = classification_loss(self.critic, rows, codes, n_condition)
        return self.settings.auxiliary_classifier * loss

    def _draw_batch(self) -> Batch:
        """Draw real rows with their conditions, and generate the same number."""
        n = self.settings.batch_size
        row, condition = self.condition.draw_pairs(n, *self.rngs)
        real = self.rows[row]
        generated = self._generate(condition)
        seen = self._blur(real), self._blur(generated.rows)
        return Batch(real, condition, generated, *seen)

    def _generate(self, condition: Tensor) -> GeneratedRows:
        """Generate a row for each condition."""
        latent = self._draw_normal(condition.shape[-2], self.settings.latent_dim)
        return self.generate(latent, condition, self.rngs)

    def _draw_normal(self, n: int, width: int | None = None) -> Tensor:
        """Draw normal numbers, (n, width) for each class; by default, full rows."""
        drawn = [
            torch.randn(
                (n, own.layout.width if width is None else width),
                generator=own.rng,
                device=own.rng.device,
            )
            for own in self.trainings
        ]
        return join(drawn)

    def _draw_between(self, real: Tensor, fake: Tensor) -> Tensor:
        """Draw points between real and generated rows, (batch, width)."""
        shares = [
            torch.rand((real.shape[-2], 1), generator=rng, device=rng.device)
            for rng in self.rngs
        ]
        return torch.lerp(real, fake, join(shares))

    def _pack(self, rows: Tensor) -> Tensor:
        """Concatenate rows for a critic that sees several at once."""
        pac = self.settings.pac
        if pac == 1:
            return rows
        *classes, batch, width = rows.shape
        return rows.reshape(*classes, batch // pac, pac * width)

    def _blur(self, rows: Tensor) -> Tensor:
        """Add instance noise, so that the two kinds of rows overlap."""
        if not self.settings.instance_noise:
            return rows
        noise = self._draw_normal(rows.shape[-2])
        return torch.add(rows, noise, alpha=self.settings.instance_noise)

    def _update_average(self, iteration: int) -> None:
        """Update the moving average, which starts as a copy of the generator."""
        share = 1.0 if iteration == 1 else 1 - self.settings.ema_decay
        self.average_weights.approach(self.generator_weights, share)

    def _learning_rate(self, iteration: int) -> float:
        """Return the learning rate, which decays to zero along a cosine."""
        done = (iteration - 1) / self.settings.max_iter
        return self.settings.learning_rate * (1 + math.cos(math.pi * done)) / 2


def _join_rows(
    trainings: Sequence[ClassTraining],
) -> tuple[Tensor, Condition | JointCondition]:
    """Return the rows of all classes, (n_rows, width), and their condition."""
    if len(trainings) == 1:
        return trainings[0].rows, trainings[0].condition
    width = max(own.layout.width for own in trainings)
    rows = torch.cat([pad(own.rows, width) for own in trainings])
    n_rows = [len(own.rows) for own in trainings]
    conditions = [own.condition for own in trainings]
    return rows, join_conditions(conditions, n_rows, rows.device)


def _as_one(trainings: Sequence[ClassTraining]) -> tuple[Generator, Critic]:
    """Return the networks of a single class, or the stacked networks of several."""
    if len(trainings) == 1:
        return trainings[0].generator, trainings[0].critic
    layouts = [training.layout for training in trainings]
    critics = [cast(DenseCritic, training.critic) for training in trainings]
    generators = [training.generator for training in trainings]
    return StackedGenerator(generators, layouts), StackedCritic(critics, layouts)
