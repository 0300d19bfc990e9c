"""Train the generator of one class with differential privacy, using Opacus."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from gansampler.gan.class_rows import ClassRows
from gansampler.gan.generator_gradients import GeneratedRows
from gansampler.gan.history import History
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.optim import DECAY, EPSILON
from gansampler.gan.secret_noise import secret_normal, secret_uniform
from gansampler.gan.settings import TrainingSettings
from gansampler.gan.trained_gan import TrainedGAN
from gansampler.gan.training import Trainer, training_context
from gansampler.tabular.encoder import RowLayout

try:
    from opacus import GradSampleModule
    from opacus.accountants import RDPAccountant
    from opacus.accountants.utils import get_noise_multiplier
    from opacus.optimizers import DPOptimizer
except ImportError as error:
    raise ImportError(
        "PrivateTabularGAN needs Opacus, which is not installed. Install it with "
        '`pip install "gansampler[dp]"`.'
    ) from error

ORDERS = (*(k / 4 for k in range(5, 20)), *range(5, 64), 128, 256, 512, 1024)
"""The orders of the Rényi divergence from which the accountant picks the best. Opacus'
own list has many more fractions, which are slow, and ends at 63, where an epsilon below
0.1 is out of reach. Beyond 1024 a binomial overflows."""

TOLERANCE = 0.01
"""Share of epsilon that the noise search may leave unspent."""


def train_private(
    rows: np.ndarray,
    layout: RowLayout,
    settings: TrainingSettings,
    seed: int,
    progress: str | None = None,
) -> tuple[TrainedGAN, History]:
    r"""Train a generator on the encoded rows of one class with differential privacy.

    Let :math:`M` be the result, and :math:`M'` the result if one row of the class had
    never taken part. Then, for any such row and any set :math:`S` of results,

    .. math:: P(M \in S) \le e^\varepsilon P(M' \in S) + \delta
       \quad\text{and}\quad P(M' \in S) \le e^\varepsilon P(M \in S) + \delta,

    and the same holds for all rows that are ever drawn from the generator. For a person
    with several rows in the class, the protection is weaker by that number.

    The method is DP-SGD [1]_ on the critic [2]_. In each step of the critic, every row
    takes part independently with the same probability, its gradient is clipped to a
    fixed norm, and normal noise is added to the sum [3]_. The generator learns from the
    critic alone. The layout, the number of rows and the parameters are assumed to be
    public.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class, at least two, on a scale that does not depend on
        them; see :class:`gansampler.tabular.bounded_encoder.BoundedEncoder`.

    layout : RowLayout
        The layout of the rows, with a width of at least one.

    settings : TrainingSettings
        The settings of a :class:`gansampler.gan.PrivateTabularGAN`.

    seed : int
        Determines the initial weights and the input of the generator, neither of which
        protects a row. The noise and the rows of each step come from the operating
        system.

    progress : str or None, default=None
        Label of the progress bar. None shows no bar.

    Returns
    -------
    gan : TrainedGAN
        The averaged generator of the last iteration.

    history : History
        The privacy budget spent. The history reveals nothing about the rows.

    Raises
    ------
    ValueError
        Before training, if the requested privacy is no protection or is impossible.

    RuntimeError
        If the generator's weights are not finite at the end.

    Notes
    -----
    The noise and the choice of rows come from the operating system's cryptographic
    random generator, through :mod:`gansampler.gan.secret_noise`. There is no seed that
    an attacker could guess, and nothing to keep secret afterwards.

    References
    ----------
    .. [1] M. Abadi et al., "Deep learning with differential privacy", 2016.
    .. [2] L. Xie et al., "Differentially private generative adversarial network", 2018.
    .. [3] A. Yousefpour et al., "Opacus: user-friendly differential privacy library in
       PyTorch", 2021.
    """
    with training_context(settings, seed, progress) as bar:
        return PrivateTrainer(ClassRows(rows, layout, seed), settings).train(bar)


def noise_multiplier(settings: TrainingSettings, n_rows: int) -> float:
    """Find the smallest noise that keeps a training within its privacy budget.

    Parameters
    ----------
    settings : TrainingSettings
        The settings of a :class:`gansampler.gan.PrivateTabularGAN`.

    n_rows : int
        Number of rows of the class.

    Returns
    -------
    noise_multiplier : float
        Standard deviation of the noise, in units of `max_grad_norm`.

    Raises
    ------
    ValueError
        If delta does not protect so few rows, or no amount of noise is enough.
    """
    if settings.delta * n_rows >= 1:
        raise ValueError(
            f"delta={settings.delta:g} does not protect a class of {n_rows} rows, "
            "because it would allow disclosing one of them. Set it well below "
            f"1 / {n_rows}, for example delta={0.1 / n_rows:.1g}."
        )
    steps = settings.max_iter * settings.n_critic
    try:
        with _any_order():
            return _search_noise(
                settings.epsilon, settings.delta, _sample_rate(settings, n_rows), steps
            )
    except ValueError as error:
        raise ValueError(
            f"No amount of noise is enough for epsilon={settings.epsilon:g} and "
            f"delta={settings.delta:g} in {steps} steps of the critic. Set a larger "
            "epsilon or delta, or a smaller max_iter, n_critic or batch_size."
        ) from error


@lru_cache  # takes a second, and is called before and during training
def _search_noise(
    epsilon: float, delta: float, sample_rate: float, steps: int
) -> float:
    """Search for the smallest noise for epsilon and delta."""
    return get_noise_multiplier(
        target_epsilon=epsilon,
        target_delta=delta,
        sample_rate=sample_rate,
        steps=steps,
        accountant="rdp",
        epsilon_tolerance=TOLERANCE * epsilon,
        alphas=list(ORDERS),
    )


def _sample_rate(settings: TrainingSettings, n_rows: int) -> float:
    """Return the probability with which a row takes part in a step of the critic."""
    return min(1.0, settings.batch_size / n_rows)


class SecretlyNoised(DPOptimizer):
    """Opacus's optimizer with noise that does not come from a seed.

    On the CPU, torch's generators only use 32 bits of a seed, which can all be tried.
    """

    def add_noise(self) -> None:
        """Add normal noise to the sum of the clipped gradients."""
        deviation = self.noise_multiplier * self.max_grad_norm
        for weight in self.params:
            total = weight.summed_grad
            noise = torch.from_numpy(deviation * secret_normal(tuple(total.shape)))
            # Round only once, after adding.
            noised = total.double().cpu() + noise
            weight.grad = noised.to(total).view_as(weight)


class PrivateTrainer(Trainer):
    """The state of one private training.

    Only `_draw_real_rows` reads real rows.
    """

    def __init__(self, given: ClassRows, settings: TrainingSettings) -> None:
        super().__init__([given], settings)
        self.objective = OBJECTIVES[settings.objective]
        n_rows = len(given.rows)
        self.sample_rate = _sample_rate(settings, n_rows)
        # The average number of real rows. With the actual number in this batch, the
        # presence of a real row would add a generated one.
        self.n_fake = min(settings.batch_size, n_rows)
        self.hooks = GradSampleModule(self.critic, loss_reduction="sum")
        # Opacus needs a torch optimizer; no momentum, as in `gansampler.gan.optim`.
        weights = [w for w in self.critic.parameters() if w.requires_grad]
        self.private_optimizer = SecretlyNoised(
            torch.optim.Adam(weights, betas=(0.0, DECAY), eps=EPSILON),
            noise_multiplier=noise_multiplier(settings, n_rows),
            max_grad_norm=self.settings.max_grad_norm,
            expected_batch_size=None,
            loss_reduction="sum",  # the scale does not matter to Adam
        )
        self.accountant = RDPAccountant()
        count_step = self.accountant.get_optimizer_hook_fn(self.sample_rate)
        self.private_optimizer.attach_step_hook(count_step)

    def train(self, bar: tqdm) -> tuple[TrainedGAN, History]:
        """Train, and return the last averaged generator, whatever the real rows are."""
        settings = self.settings
        for iteration in range(1, settings.max_iter + 1):
            self._set_rate(self._learning_rate(iteration))
            for _ in range(settings.n_critic):
                self._move_critic()
            self._teach_generator()
            self._update_average(iteration)
            bar.update()
        last = self.average.state_dict()
        if not all(bool(value.isfinite().all()) for value in last.values()):
            raise RuntimeError(
                "The private training broke down: the generator's weights are not "
                "finite. Set a smaller learning_rate, and note that the privacy budget "
                "was spent. There is no fallback, because the smoothed bootstrap would "
                "repeat real rows."
            )
        return self.trainings[0].trained_gan(last), self._record()

    def _set_rate(self, rate: float) -> None:
        self.rate = rate
        for group in self.private_optimizer.param_groups:
            group["lr"] = rate

    def _move_critic(self) -> None:
        """Update the critic with the noisy sum of the rows' clipped gradients."""
        with torch.no_grad():
            real = self._draw_real_rows()
            fake = self._blur(self._draw_fake_rows().rows)
        self._take_gradients(real, fake)
        self.private_optimizer.step()
        self._clip_critic()

    def _take_gradients(self, real: Tensor, fake: Tensor) -> None:
        """Compute per-row gradients of each weight."""
        self.private_optimizer.zero_grad()
        # Otherwise the hooks of the first layer would warn.
        rows = torch.cat([real, fake]).requires_grad_()
        scores = self.hooks(rows, rows.new_empty((len(rows), 0)))
        self._sum_losses(*scores.tensor_split([len(real)])).backward()
        for weight in self.critic.parameters():
            # Infinite gradients can't be clipped, and one row would affect all weights.
            torch.nan_to_num_(cast(Any, weight).grad_sample, 0.0, 0.0, 0.0)

    def _sum_losses(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the critic's loss as a sum over rows instead of a mean."""
        nothing = fake.new_zeros(1)
        of_fake = len(fake) * self.objective(nothing, fake).critic
        # Without real rows the mean is NaN, but no gradient flows through it.
        return of_fake + len(real) * self.objective(real, nothing).critic

    def _teach_generator(self) -> None:
        """Update the generator to raise the critic's scores of its rows."""
        self.hooks.disable_hooks()
        generated = self._draw_fake_rows()
        fake = self._blur(generated.rows).detach().requires_grad_()
        with self._frozen_critic():
            scores = self.critic(fake, fake.new_empty((len(fake), 0)))
            loss = self.objective(scores.new_zeros(1), scores).generator
            (by_rows,) = torch.autograd.grad(loss, fake)
        self._move_generator(generated, by_rows)
        self.hooks.enable_hooks()

    def _draw_real_rows(self) -> Tensor:
        """Draw each row independently, as the accountant assumes, and add noise.

        Generated rows get the same instance noise.
        """
        drawn = secret_uniform(len(self.rows)) < self.sample_rate
        rows = self.rows[torch.from_numpy(drawn).to(self.rows.device)]
        # Not from `self.rng`, on which the generator depends: the state of its stream
        # would reveal how many rows took part.
        noise = self.settings.instance_noise * secret_normal(tuple(rows.shape))
        return rows + torch.from_numpy(noise).to(rows)

    def _draw_fake_rows(self) -> GeneratedRows:
        condition = self.trainings[0].condition.draw(self.n_fake, *self.rngs)
        return self._generate(condition)

    def _record(self) -> History:
        delta = self.settings.delta
        with _any_order():
            epsilon = self.accountant.get_epsilon(delta, alphas=list(ORDERS))
        n_iter = self.settings.max_iter
        return History(
            best_iteration=n_iter, n_iter=n_iter, epsilon=epsilon, delta=delta
        )


@contextmanager
def _any_order() -> Iterator[None]:
    """Silence Opacus's warning that the best order is the first or last of `ORDERS`.

    The bound holds anyway; a more unusual order would only give a tighter one. The
    noise search also starts from levels that are far from the answer.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Optimal order is the", UserWarning)
        yield
