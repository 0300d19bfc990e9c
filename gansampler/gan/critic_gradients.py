"""The gradients of both networks through the critic: by autograd, or explicit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.dense_arithmetic import (
    add_product,
    add_weighted_sum,
    affine,
    leak,
    leak_,
)
from gansampler.gan.losses import OBJECTIVES, SCORE_SLOPES, feature_distance
from gansampler.gan.networks import LEAK, Critic, DenseCritic
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.settings import TrainingSettings
from gansampler.gan.stacked_networks import StackedCritic

Loss = Callable[[], Tensor]
"""Computes a loss on demand, because most are never needed: a number, or one for each
class of a stack."""


class AutogradGradients:
    """Differentiate the losses of both networks through any critic, by autograd.

    Parameters
    ----------
    critic : Critic
        The critic.

    settings : TrainingSettings
        The settings, which define the losses.
    """

    def __init__(self, critic: Critic, settings: TrainingSettings) -> None:
        self.critic = critic
        self.is_stacked = isinstance(critic, StackedCritic)
        self.objective = OBJECTIVES[settings.objective]
        self.penalty = PENALTIES[settings.penalty]
        self.penalty_weight = settings.penalty_weight
        self.feature_matching = settings.feature_matching

    def of_critic(self, kinds: dict[str, Tensor], condition: Tensor) -> Loss:
        """Add the gradients of the critic's loss to those of its weights.

        Parameters
        ----------
        kinds : dict of str to Tensor of shape (batch, n_row)
            The rows by kind, "real" and "fake" first.

        condition : Tensor of shape (batch, n_condition)
            The condition of the rows of each kind.

        Returns
        -------
        loss : callable
            Computes the loss.
        """
        rows = torch.cat(list(kinds.values()))  # (kinds * batch, n_row)
        condition = condition.repeat(len(kinds), 1)
        if self.penalty.value is None:
            loss = self.objective(*self.critic(rows, condition).chunk(2)).critic
        else:
            scores, slopes = self.critic.score_and_gradient(rows, condition)
            loss = self.objective(*scores.chunk(len(kinds))[:2]).critic
            loss = loss + self._penalise(kinds, slopes)
        loss.backward()
        return loss.detach

    def of_fake(
        self, real: Tensor, fake: Tensor, condition: Tensor
    ) -> tuple[Loss, Tensor]:
        """Differentiate the generator's loss with respect to generated rows.

        Parameters
        ----------
        real, fake : Tensor of shape (batch, n_row)
            Real and generated rows.

        condition : Tensor of shape (batch, n_condition)
            The condition of both.

        Returns
        -------
        loss : callable
            Computes the loss.

        gradient : Tensor of shape (batch, n_row)
            The gradient of the loss.
        """
        with torch.no_grad():
            *real_features, real_scores = self.critic.activations(real, condition)
        fake = fake.detach().requires_grad_()
        *features, scores = self.critic.activations(fake, condition)
        loss = self.objective(real_scores[:, 0], scores[:, 0]).generator
        if self.feature_matching:
            distance = feature_distance(real_features, features)
            loss = loss + self.feature_matching * distance
        (gradient,) = torch.autograd.grad(loss, fake)
        return loss.detach, gradient

    def _penalise(self, kinds: dict[str, Tensor], slopes: Tensor) -> Tensor:
        """Return the weighted penalty on the slopes at its kinds of rows."""
        slope_at = dict(zip(kinds, slopes.chunk(len(kinds), dim=-2), strict=True))
        value = cast(Callable[..., Tensor], self.penalty.value)
        penalty = self._of_each(value, *(slope_at[kind] for kind in self.penalty.at))
        return self.penalty_weight * penalty

    def _of_each(self, mean: Callable[..., Tensor], *rows: Tensor) -> Tensor:
        """Return a mean over rows; for a stack, one for each class, (n_classes,)."""
        if self.is_stacked:
            return torch.stack([mean(*own) for own in zip(*rows, strict=True)])
        return mean(*rows)


class DenseGradients(AutogradGradients):
    r"""Explicit gradients for a dense critic, which halve the operations.

    A LeakyReLU network is linear around each row :math:`x_0`. With
    :math:`a_l = W_l x_{l-1} + b_l`, :math:`x_l = \lambda(a_l)` and the score
    :math:`s = w x_L + b`, the slopes of the score are

    .. math:: t_L = \lambda'(a_L) w, \qquad t_{l-1} = \lambda'(a_{l-1}) W_l^T t_l,
       \qquad g = W_1^T t_1 .

    A loss of the scores and of the slopes :math:`g` at the rows has the gradients

    .. math:: \frac{\partial L}{\partial W_l} = \sum_{x_0} t_l
       \Bigl(e_{l-1} + \frac{\partial L}{\partial s} x_{l-1}\Bigr)^T, \qquad
       e_0 = \frac{\partial L}{\partial g}, \qquad e_l = \lambda'(a_l) W_l e_{l-1},

    so that one product for each layer serves both the score and the slope.
    """

    critic: DenseCritic

    def __init__(self, critic: DenseCritic, settings: TrainingSettings) -> None:
        super().__init__(critic, settings)
        self.score_slopes = SCORE_SLOPES.get(settings.objective)

    @torch.no_grad()
    def of_critic(self, kinds: dict[str, Tensor], condition: Tensor) -> Loss:
        """Add the gradients of the critic's loss; see :class:`AutogradGradients`."""
        rows = torch.cat(list(kinds.values()), dim=-2)
        forward = DensePass(self.critic, rows, _repeat(condition, len(kinds)))
        real, fake, *others = forward.scores.chunk(len(kinds), dim=-1)
        by_score = self._by_score(real, fake)
        by_score += [torch.zeros_like(scores) for scores in others]
        if self.penalty.value is None:
            forward.add_gradients(torch.cat(by_score, dim=-1))
            return lambda: self._critic_objective(real, fake)
        slopes = forward.input_slopes()
        by_slope = self._by_slope(kinds, slopes)
        forward.add_gradients(torch.cat(by_score, dim=-1), by_slope)
        return lambda: (
            self._critic_objective(real, fake) + self._penalise(kinds, slopes)
        )

    def _critic_objective(self, real: Tensor, fake: Tensor) -> Tensor:
        return self._of_each(lambda *own: self.objective(*own).critic, real, fake)

    def _generator_objective(self, real: Tensor, fake: Tensor) -> Tensor:
        return self._of_each(lambda *own: self.objective(*own).generator, real, fake)

    def _by_score(self, real: Tensor, fake: Tensor) -> list[Tensor]:
        """Differentiate the critic's objective with respect to the scores."""
        if self.score_slopes is not None:
            return list(self.score_slopes(real, fake)[:2])
        with torch.enable_grad():
            scores = [real.detach().requires_grad_(), fake.detach().requires_grad_()]
            loss = self._critic_objective(*scores).sum()
            return list(torch.autograd.grad(loss, scores))

    def _by_slope(self, kinds: dict[str, Tensor], slopes: Tensor) -> Tensor:
        """Differentiate the weighted penalty with respect to the slopes at the rows."""
        differentiate = self.penalty.slope
        if differentiate is None:
            with torch.enable_grad():
                slopes = slopes.detach().requires_grad_()
                penalty = self._penalise(kinds, slopes).sum()
            return torch.autograd.grad(penalty, slopes)[0]
        by_kind = slopes.unflatten(-2, (len(kinds), -1))  # (kinds, batch, n_input)
        by_slope = differentiate(by_kind).mul_(self.penalty_weight)
        for k, kind in enumerate(kinds):
            if kind not in self.penalty.at:
                by_slope.select(-3, k).zero_()
        return by_slope.flatten(-3, -2)

    @torch.no_grad()
    def of_fake(
        self, real: Tensor, fake: Tensor, condition: Tensor
    ) -> tuple[Loss, Tensor]:
        """Differentiate the generator's loss; see :class:`AutogradGradients`."""
        # Both kinds in one pass, although only slopes at generated rows are needed.
        rows = torch.cat([real, fake], dim=-2)
        forward = DensePass(self.critic, rows, _repeat(condition, 2))
        scores = forward.scores.chunk(2, dim=-1)
        by_score = self._by_fake_score(*scores)
        forward.keep_last(fake.shape[-2])
        slopes = forward.input_slopes().narrow(-1, 0, fake.shape[-1])
        gradient = by_score.unsqueeze(-1) * slopes
        return (lambda: self._generator_objective(*scores)), gradient

    def _by_fake_score(self, real: Tensor, fake: Tensor) -> Tensor:
        """Differentiate the generator's objective with respect to its rows' scores."""
        if self.score_slopes is not None:
            return self.score_slopes(real, fake).generator_by_fake
        with torch.enable_grad():
            fake = fake.detach().requires_grad_()
            loss = self._generator_objective(real, fake).sum()
            return torch.autograd.grad(loss, fake)[0]


class DensePass:
    """One pass of rows through a dense critic, and the slopes of its score at them.

    The notation is that of :class:`DenseGradients`. For a stack of critics, each tensor
    has a leading dimension for the classes.

    Parameters
    ----------
    critic : DenseCritic
        The critic.

    rows : Tensor of shape (batch, n_row)
        The rows.

    condition : Tensor of shape (batch, n_condition)
        The condition of the rows.
    """

    def __init__(self, critic: DenseCritic, rows: Tensor, condition: Tensor) -> None:
        *self.hidden, self.last = critic.layers
        self.n_row = rows.shape[-1]
        # x_0, x_1, ...
        self.inputs = [torch.cat([rows, condition], -1) if condition.numel() else rows]
        for layer in self.hidden:
            # In place, here and below, because memory costs more than arithmetic.
            outputs = affine(self.inputs[-1], layer.weight, layer.bias)
            self.inputs.append(functional.leaky_relu_(outputs, LEAK))
        self.scores = _score(self.last, self.inputs[-1])

    @cached_property
    def slopes(self) -> list[Tensor]:
        """The slopes of the score at the outputs of the hidden layers, t_1, t_2, ..."""
        if not self.hidden:
            return []
        x = self.inputs[-1]
        slopes = [leak(self._score_weight().expand_as(x), x)]
        for layer, x in zip(self.hidden[:0:-1], self.inputs[-2:0:-1], strict=True):
            slopes.append(leak_(slopes[-1] @ layer.weight, x))
        return slopes[::-1]

    def keep_last(self, n: int) -> None:
        """Keep only the last `n` rows. Call it before computing slopes."""
        start = self.scores.shape[-1] - n
        self.inputs = [x.narrow(-2, start, n) for x in self.inputs]
        self.scores = self.scores.narrow(-1, start, n)

    def input_slopes(self) -> Tensor:
        """Return the slope of the score at each row, (batch, n_row + n_condition).

        It is zero at the condition, on whose slopes no loss depends.
        """
        if not self.hidden:
            slope = self._score_weight().expand_as(self.inputs[0]).clone()
        else:
            slope = self.slopes[0] @ self.hidden[0].weight
        slope.narrow(-1, self.n_row, slope.shape[-1] - self.n_row).zero_()
        return slope

    def add_gradients(self, by_score: Tensor, by_slope: Tensor | None = None) -> None:
        """Add the gradients of a loss of scores and slopes to those of the weights.

        Parameters
        ----------
        by_score : Tensor of shape (batch,)
            The derivatives of the loss with respect to the scores.

        by_slope : Tensor of shape (batch, n_row + n_condition) or None, default=None
            The derivatives with respect to the slopes at the inputs, if any. They are
            overwritten.
        """
        error = by_slope  # e_0
        pairs = pairwise(self.inputs)  # x_{l-1}, x_l
        for layer, (x, y), slope in zip(self.hidden, pairs, self.slopes, strict=True):
            if error is None:
                by_input = x * by_score.unsqueeze(-1)
            else:
                next_error = leak_(error @ layer.weight.mT, y)
                by_input = error.addcmul_(x, by_score.unsqueeze(-1))
                error = next_error
            add_product(layer.weight.grad, slope.mT, by_input)
            add_weighted_sum(layer.bias.grad, slope, by_score)
        last = self.last.weight.grad.select(-2, 0)
        add_weighted_sum(last, self.inputs[-1], by_score)
        if error is not None:
            last.add_(error.sum(dim=-2))
        self.last.bias.grad.select(-1, 0).add_(by_score.sum(dim=-1))

    def _score_weight(self) -> Tensor:
        """Return the weights of the score, (1, n)."""
        return self.last.weight.narrow(-2, 0, 1)


def _score(last: Any, inputs: Tensor) -> Tensor:
    """Return the first output of the last layer, (batch,)."""
    weight, bias = last.weight.select(-2, 0), last.bias.narrow(-1, 0, 1)
    if weight.dim() == 1:
        return torch.mv(inputs, weight) + bias
    return torch.baddbmm(bias[..., None], inputs, weight[..., None])[..., 0]


def _repeat(condition: Tensor, times: int) -> Tensor:
    """Repeat a condition, if there is one."""
    return torch.cat([condition] * times, dim=-2) if condition.numel() else condition


def make_gradients(critic: Critic, settings: TrainingSettings) -> AutogradGradients:
    """Create the cheapest gradients for a critic.

    Parameters
    ----------
    critic : Critic
        The critic.

    settings : TrainingSettings
        The settings, which define the losses.

    Returns
    -------
    gradients : AutogradGradients
        Explicit gradients for a plain dense critic, autograd for all others.
    """
    is_special = settings.spectral_norm or settings.feature_matching
    if isinstance(critic, DenseCritic) and not is_special:
        return DenseGradients(critic, settings)
    return AutogradGradients(critic, settings)
