"""The gradients of both networks through the critic: by autograd, or explicit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

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
        slopes = forward.row_slopes()
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
        slope_at = dict(zip(kinds, slopes.chunk(len(kinds), dim=-2), strict=True))
        by_slope = [
            differentiate(own) if kind in self.penalty.at else torch.zeros_like(own)
            for kind, own in slope_at.items()
        ]
        return self.penalty_weight * torch.cat(by_slope, dim=-2)

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
        gradient = by_score[..., None] * forward.row_slopes()
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
            self.inputs.append(functional.leaky_relu_(layer(self.inputs[-1]), LEAK))
        self.scores = _score(self.last, self.inputs[-1])

    @cached_property
    def slopes(self) -> list[Tensor]:
        """The slopes of the score at the outputs of the hidden layers, t_1, t_2, ..."""
        if not self.hidden:
            return []
        x = self.inputs[-1]
        slopes = [_leaked(self.last.weight[..., :1, :].expand_as(x), x)]
        for layer, x in zip(self.hidden[:0:-1], self.inputs[-2:0:-1], strict=True):
            slopes.append(_leak_(slopes[-1] @ layer.weight, x))
        return slopes[::-1]

    def keep_last(self, n: int) -> None:
        """Keep only the last `n` rows. Call it before computing slopes."""
        self.inputs = [x[..., -n:, :] for x in self.inputs]
        self.scores = self.scores[..., -n:]

    def row_slopes(self) -> Tensor:
        """Return the slope of the score at each row, (batch, n_row)."""
        if not self.hidden:
            slope = self.last.weight.detach()[..., :1, :].expand_as(self.inputs[0])
        else:
            slope = self.slopes[0] @ self.hidden[0].weight
        return slope[..., : self.n_row]

    def add_gradients(self, by_score: Tensor, by_slope: Tensor | None = None) -> None:
        """Add the gradients of a loss of scores and slopes to those of the weights.

        Parameters
        ----------
        by_score : Tensor of shape (batch,)
            The derivatives of the loss with respect to the scores.

        by_slope : Tensor of shape (batch, n_row) or None, default=None
            The derivatives with respect to the slopes at the rows, if any.
        """
        error = by_slope  # e_0
        if error is not None:  # the loss does not depend on slopes at the condition
            n_condition = self.inputs[0].shape[-1] - self.n_row
            error = functional.pad(error, (0, n_condition)) if n_condition else error
        pairs = pairwise(self.inputs)  # x_{l-1}, x_l
        for layer, (x, y), slope in zip(self.hidden, pairs, self.slopes, strict=True):
            if error is None:
                by_input = x * by_score[..., None]
            else:
                next_error = _leak_(error @ layer.weight.mT, y)
                by_input = error.addcmul_(x, by_score[..., None])
                error = next_error
            _add_product(layer.weight.grad, slope.mT, by_input)
            _add_sum(layer.bias.grad, slope, by_score)
        last = self.last.weight.grad[..., 0, :]
        _add_sum(last, self.inputs[-1], by_score)
        if error is not None:
            last.add_(error.sum(dim=-2))
        self.last.bias.grad[..., 0].add_(by_score.sum(dim=-1))


def _score(last: Any, inputs: Tensor) -> Tensor:
    """Return the first output of the last layer, (batch,)."""
    weight, bias = last.weight[..., 0, :], last.bias[..., :1]
    if weight.dim() == 1:
        return torch.mv(inputs, weight) + bias
    return torch.baddbmm(bias[..., None], inputs, weight[..., None])[..., 0]


def _add_product(total: Tensor, left: Tensor, right: Tensor) -> None:
    """Add a matrix product, or one for each class."""
    if total.dim() == 2:
        total.addmm_(left, right)
    else:
        total.baddbmm_(left, right)


def _add_sum(total: Tensor, rows: Tensor, weights: Tensor) -> None:
    """Add a weighted sum of rows, (batch, n), or one for each class."""
    if total.dim() == 1:
        total.addmv_(rows.T, weights)
    else:
        total[:, None].baddbmm_(weights[:, None], rows)


def _repeat(condition: Tensor, times: int) -> Tensor:
    """Repeat a condition, if there is one."""
    return torch.cat([condition] * times, dim=-2) if condition.numel() else condition


def _leaked(gradient: Tensor, output: Tensor) -> Tensor:
    """Return the gradient before LeakyReLU, whose output has the sign of its input."""
    return torch.ops.aten.leaky_relu_backward(gradient, output, LEAK, True)


def _leak_(gradient: Tensor, output: Tensor) -> Tensor:
    """Do the same in place."""
    return torch.ops.aten.leaky_relu_backward.grad_input(
        gradient, output, LEAK, True, grad_input=gradient
    )


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
