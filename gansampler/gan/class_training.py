"""The training state of one class: its rows, its random numbers and its history."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gansampler.gan.architecture import make_networks
from gansampler.gan.auxiliary_classifier import AuxiliaryClassifier
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.conditioning import make_condition
from gansampler.gan.history import History
from gansampler.gan.monitor import Diversity, SlicedDistance
from gansampler.gan.networks import Generator, fix_spectral_norm
from gansampler.gan.settings import TrainingSettings
from gansampler.gan.torch_state import draw_seed
from gansampler.gan.trained_gan import TrainedGAN, generate_rows

TOO_FAR = 2.0
"""Training broke down if the distance of generated to real rows exceeds this many times
that of rows of zeros, the mean of each number. At 1, nothing was learned. On our tables
training at the defaults ended below 0.2, and with 3 to 8 rows of a class below 0.9."""


class ClassTraining:
    """The state that a trainer keeps for each class.

    Parameters
    ----------
    given : ClassRows
        The class.

    settings : TrainingSettings
        How to train.
    """

    def __init__(self, given: ClassRows, settings: TrainingSettings) -> None:
        self.settings = settings
        self.layout = given.layout
        self.watch = given.watch
        device = settings.device
        self.rng = torch.Generator(device).manual_seed(given.seed)
        self.rows = torch.from_numpy(given.rows).to(device)
        self.condition = make_condition(settings.condition, self.rows, self.layout)
        self.auxiliary = (
            AuxiliaryClassifier(given.labelled, device) if given.labelled else None
        )
        # Draw initial weights on the CPU, so that they are the same on any device.
        start = (
            self.rng if device == "cpu" else torch.Generator().manual_seed(given.seed)
        )
        n_classes = self.auxiliary.n_classes if self.auxiliary else 0
        generator, critic = make_networks(
            settings, self.layout, self.condition.width, n_classes, start
        )
        self.generator = generator.to(device)
        self.critic = critic.to(device)
        self.history = History()
        self.best: dict[str, Tensor] | None = None
        self.is_over = False

    def prepare_looks(self) -> None:
        """Draw the real rows and directions that each evaluation uses."""
        self.fidelity = SlicedDistance(self.rows, self.rng)
        self.diversity = Diversity(self.rows, self.layout)
        self.look_seed = draw_seed(self.rng)

    def look(self, average: Generator, iteration: int, losses: list[float]) -> None:
        """Record the state of training, keep the best weights, and decide to stop.

        Parameters
        ----------
        average : Generator
            The averaged generator of the class.

        iteration : int
            The iteration.

        losses : list of float
            The losses of the critic and of the generator.
        """
        history = self.history
        distance, diversity = self._compare(average)
        if not all(map(math.isfinite, [*losses, distance])):
            history.diverged = self.is_over = True
            return
        if distance <= min(history.fidelity, default=math.inf):
            history.best_iteration = iteration
            self.best = _copy_state(average)
        history.iteration.append(iteration)
        history.critic_loss.append(losses[0])
        history.generator_loss.append(losses[1])
        history.fidelity.append(distance)
        history.diversity.append(diversity)
        self.is_over = self._should_stop(iteration) or (
            self.watch is not None and self.watch(history)
        )

    def finish(self) -> TrainedGAN | None:
        """Return the best generator, or None if none came close to the real rows."""
        history = self.history
        if history.fidelity and self._is_far(history.fidelity[-1]):
            history.diverged = True
            if self._is_far(min(history.fidelity)):
                self.best, history.best_iteration = None, 0
        return None if self.best is None else self.trained_gan(self.best)

    def trained_gan(self, weights: dict[str, Tensor]) -> TrainedGAN:
        """Return the generator with these weights, without its training rows."""
        self.generator.load_state_dict(weights)
        self.generator.cpu().eval().requires_grad_(False)
        fix_spectral_norm(self.generator)
        rows = self.rows.cpu()
        condition = make_condition(self.settings.condition, rows, self.layout)
        condition.forget_rows()
        return TrainedGAN(
            self.generator, condition, self.settings.generator is not None
        )

    def _compare(self, average: Generator) -> tuple[float, float]:
        """Return the distance and the diversity of generated rows."""
        # The same seed each time, so that a lucky draw is not mistaken for the best.
        rng = torch.Generator(self.rng.device).manual_seed(self.look_seed)
        with torch.inference_mode():
            fake = generate_rows(average, self.condition, self.fidelity.n_rows, rng)
            fake = average.activation.harden(fake)
            return self.fidelity(fake), self.diversity(fake)

    def _is_far(self, distance: float) -> bool:
        """Tell whether rows at this distance are far from the real ones."""
        return distance > TOO_FAR * self.fidelity.of_zeros

    def _should_stop(self, iteration: int) -> bool:
        since_best = iteration - self.history.best_iteration
        return (
            self.settings.early_stopping
            and since_best >= self.settings.n_iter_no_change
        )


def _copy_state(network: torch.nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}
