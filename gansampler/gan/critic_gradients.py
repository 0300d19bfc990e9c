"""The gradients that both networks get from the critic: by autograd, or written out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.losses import OBJECTIVES, SCORE_SLOPES, feature_distance
from gansampler.gan.networks import LEAK, Critic, DenseCritic
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.settings import TrainingSettings

Loss = Callable[[], Tensor]
"""Computes a loss when it is asked for: most are never looked at."""


class AutogradGradients:
    """Differentiate the losses of both networks through any critic, by autograd.

    Parameters
    ----------
    critic : Critic
        The critic.

    settings : TrainingSettings
        What is minimised.
    """

    def __init__(self, critic: Critic, settings: TrainingSettings) -> None:
        self.critic = critic
        self.objective = OBJECTIVES[settings.objective]
        self.penalty = PENALTIES[settings.penalty]
        self.penalty_weight = settings.penalty_weight
        self.feature_matching = settings.feature_matching

    def of_critic(self, kinds: dict[str, Tensor], condition: Tensor) -> Loss:
        """Add the gradients of the critic's loss to those of its weights.

        Parameters
        ----------
        kinds : dict of str to Tensor of shape (batch, n_row)
            The rows that it sees by kind, "real" and "fake" first.

        condition : Tensor of shape (batch, n_condition)
            What the rows of each kind are conditioned on.

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
            What both are conditioned on.

        Returns
        -------
        loss : callable
            Computes the loss.

        gradient : Tensor of shape (batch, n_row)
            Its gradient.
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
        """Return the weighted penalty on the slopes at the kinds of rows it is for."""
        slope_at = dict(zip(kinds, slopes.chunk(len(kinds)), strict=True))
        value = cast(Callable[..., Tensor], self.penalty.value)
        penalty = value(*(slope_at[kind] for kind in self.penalty.at))
        return self.penalty_weight * penalty


class DenseGradients(AutogradGradients):
    r"""Write them out for a dense critic, which halves the operations.

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
        rows = torch.cat(list(kinds.values()))  # (kinds * batch, n_row)
        forward = DensePass(self.critic, rows, _repeat(condition, len(kinds)))
        real, fake, *others = forward.scores.chunk(len(kinds))
        by_score = self._by_score(real, fake)
        by_score += [torch.zeros_like(scores) for scores in others]
        if self.penalty.value is None:
            forward.add_gradients(torch.cat(by_score))
            return lambda: self.objective(real, fake).critic
        slopes = forward.row_slopes()
        forward.add_gradients(torch.cat(by_score), self._by_slope(kinds, slopes))
        return lambda: self.objective(real, fake).critic + self._penalise(kinds, slopes)

    def _by_score(self, real: Tensor, fake: Tensor) -> list[Tensor]:
        """Differentiate the critic's objective with respect to the scores."""
        if self.score_slopes is not None:
            return list(self.score_slopes(real, fake)[:2])
        with torch.enable_grad():
            scores = [real.detach().requires_grad_(), fake.detach().requires_grad_()]
            return list(torch.autograd.grad(self.objective(*scores).critic, scores))

    def _by_slope(self, kinds: dict[str, Tensor], slopes: Tensor) -> Tensor:
        """Differentiate the weighted penalty with respect to the slopes at the rows."""
        differentiate = self.penalty.slope
        if differentiate is None:
            with torch.enable_grad():
                slopes = slopes.detach().requires_grad_()
                penalty = self._penalise(kinds, slopes)
            return torch.autograd.grad(penalty, slopes)[0]
        slope_at = dict(zip(kinds, slopes.chunk(len(kinds)), strict=True))
        by_slope = [
            differentiate(own) if kind in self.penalty.at else torch.zeros_like(own)
            for kind, own in slope_at.items()
        ]
        return self.penalty_weight * torch.cat(by_slope)

    @torch.no_grad()
    def of_fake(
        self, real: Tensor, fake: Tensor, condition: Tensor
    ) -> tuple[Loss, Tensor]:
        """Differentiate the generator's loss; see :class:`AutogradGradients`."""
        # Both in one pass, of whose slopes only those at generated rows are needed.
        rows = torch.cat([real, fake])
        forward = DensePass(self.critic, rows, _repeat(condition, 2))
        scores = forward.scores.chunk(2)
        by_score = self._by_fake_score(*scores)
        forward.keep_last(len(fake))
        gradient = by_score[:, None] * forward.row_slopes()
        return (lambda: self.objective(*scores).generator), gradient

    def _by_fake_score(self, real: Tensor, fake: Tensor) -> Tensor:
        """Differentiate the generator's objective with respect to its rows' scores."""
        if self.score_slopes is not None:
            return self.score_slopes(real, fake).generator_by_fake
        with torch.enable_grad():
            fake = fake.detach().requires_grad_()
            return torch.autograd.grad(self.objective(real, fake).generator, fake)[0]


class DensePass:
    """One pass of rows through a dense critic, and the slopes of its score at them.

    The names are those of :class:`DenseGradients`.

    Parameters
    ----------
    critic : DenseCritic
        The critic.

    rows : Tensor of shape (batch, n_row)
        The rows.

    condition : Tensor of shape (batch, n_condition)
        What they are conditioned on.
    """

    def __init__(self, critic: DenseCritic, rows: Tensor, condition: Tensor) -> None:
        *self.hidden, self.last = critic.layers
        self.n_row = rows.shape[1]
        # x_0, x_1, ...
        self.inputs = [torch.cat([rows, condition], 1) if condition.numel() else rows]
        self.raws: list[Tensor] = []  # a_1, a_2, ..., each (batch, units)
        for layer in self.hidden:
            raw = torch.addmm(layer.bias, self.inputs[-1], layer.weight.T)
            self.raws.append(raw)
            self.inputs.append(functional.leaky_relu(raw, LEAK))
        self.scores = torch.mv(self.inputs[-1], self.last.weight[0]) + self.last.bias[0]

    @cached_property
    def slopes(self) -> list[Tensor]:
        """The score's slope at what each hidden layer computes, t_1, t_2, ..."""
        slope = self.last.weight[:1].expand(len(self.inputs[0]), -1)
        slopes: list[Tensor] = []
        for raw, after in zip(
            reversed(self.raws), [None, *reversed(self.hidden)], strict=False
        ):
            if after is not None:
                slope = slope @ after.weight
            slope = _leaky_relu_backward(slope, raw)
            slopes.append(slope)
        return slopes[::-1]

    def keep_last(self, n: int) -> None:
        """Forget all rows but the last `n`, before slopes are asked for."""
        self.inputs = [x[-n:] for x in self.inputs]
        self.raws = [raw[-n:] for raw in self.raws]
        self.scores = self.scores[-n:]

    def row_slopes(self) -> Tensor:
        """Return the slope of the score at each row, (batch, n_row)."""
        if not self.hidden:
            weight = self.last.weight.detach()
            return weight[:1, : self.n_row].expand(len(self.scores), -1)
        return (self.slopes[0] @ self.hidden[0].weight)[:, : self.n_row]

    def add_gradients(self, by_score: Tensor, by_slope: Tensor | None = None) -> None:
        """Add to the weights' gradients those of a loss of scores and slopes.

        Parameters
        ----------
        by_score : Tensor of shape (batch,)
            The loss's derivatives with respect to the scores.

        by_slope : Tensor of shape (batch, n_row) or None, default=None
            Those with respect to the slopes at the rows, if it depends on them.
        """
        error = by_slope  # e_0
        if error is not None:  # no loss holds the slopes at the condition
            n_condition = self.inputs[0].shape[1] - self.n_row
            error = functional.pad(error, (0, n_condition)) if n_condition else error
        inputs = self.inputs[:-1]
        for layer, x, raw, slope in zip(
            self.hidden, inputs, self.raws, self.slopes, strict=True
        ):
            by_input = x * by_score[:, None]
            if error is not None:
                by_input += error
                error = _leaky_relu_backward(error @ layer.weight.T, raw)
            layer.weight.grad.addmm_(slope.T, by_input)
            layer.bias.grad.addmv_(slope.T, by_score)
        self.last.weight.grad[0].addmv_(self.inputs[-1].T, by_score)
        if error is not None:
            self.last.weight.grad[0].add_(error.sum(dim=0))
        self.last.bias.grad[0].add_(by_score.sum())


def _repeat(condition: Tensor, times: int) -> Tensor:
    """Put a condition below itself, where there is one."""
    return condition.repeat(times, 1) if condition.numel() else condition


def _leaky_relu_backward(gradient: Tensor, raw: Tensor) -> Tensor:
    return torch.ops.aten.leaky_relu_backward(gradient, raw, LEAK, False)


def make_gradients(critic: Critic, settings: TrainingSettings) -> AutogradGradients:
    """Make the gradients that cost least for a critic.

    Parameters
    ----------
    critic : Critic
        The critic.

    settings : TrainingSettings
        What is minimised.

    Returns
    -------
    gradients : AutogradGradients
        Written out for a plain dense critic, by autograd for all others.
    """
    is_special = settings.spectral_norm or settings.feature_matching
    if isinstance(critic, DenseCritic) and not is_special:
        return DenseGradients(critic, settings)
    return AutogradGradients(critic, settings)
