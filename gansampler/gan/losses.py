"""The adversarial objectives: what the critic and the generator minimise.

An objective is a function of the critic's scores of real and of generated rows, both
of shape (batch,), that returns the losses of the critic and the generator. To add one,
write the function and add a line to ``OBJECTIVES``.

Importing this module does not import torch, so the names are available without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Losses(NamedTuple):
    """The losses of the critic and of the generator, two scalars."""

    critic: Tensor
    generator: Tensor


def relativistic(real: Tensor, fake: Tensor) -> Losses:
    r"""Compare real and generated rows in pairs, and ask which one is more real.

    .. math:: L_D = E[s(-(D(x) - D(G(z))))], \qquad L_G = E[s(-(D(G(z)) - D(x)))]

    with :math:`s(t) = \log(1 + e^t)`. Every generated row is compared with a real one,
    so that the critic can't ignore a whole mode at no cost.

    Parameters
    ----------
    real, fake : Tensor of shape (batch,)
        The critic's scores of real and of generated rows, as in all other objectives.

    Returns
    -------
    losses : Losses
        The losses of the critic and the generator.

    References
    ----------
    .. [1] A. Jolicoeur-Martineau, "The relativistic discriminator: a key element
       missing from standard GAN", 2018.
    .. [2] Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin, "The GAN is dead; long live
       the GAN! A modern GAN baseline", 2024.
    """
    return Losses(_softplus(fake - real).mean(), _softplus(real - fake).mean())


def minimax(real: Tensor, fake: Tensor) -> Losses:
    r"""Use the original zero-sum game with binary cross-entropy.

    .. math:: L_D = E[s(-D(x))] + E[s(D(G(z)))], \qquad L_G = -E[s(D(G(z)))]

    with :math:`s(t) = \log(1 + e^t)`, so that :math:`L_G = E[\log(1 - \sigma(D))]`.
    While the critic wins, the gradient of the generator's loss vanishes.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", 2014.
    """
    taken_for_fake = -_softplus(fake).mean()
    return Losses(_softplus(-real).mean() - taken_for_fake, taken_for_fake)


def non_saturating(real: Tensor, fake: Tensor) -> Losses:
    r"""Classify single rows as real or generated, with binary cross-entropy.

    .. math:: L_D = E[s(-D(x))] + E[s(D(G(z)))], \qquad L_G = E[s(-D(G(z)))]

    with :math:`s(t) = \log(1 + e^t)`. The generator maximises the probability that its
    rows are classified as real, whose gradient does not vanish while the critic wins.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", 2014.
    """
    critic = _softplus(-real).mean() + _softplus(fake).mean()
    return Losses(critic, _softplus(-fake).mean())


def least_squares(real: Tensor, fake: Tensor) -> Losses:
    r"""Score real rows as one and generated rows as zero, with squared errors.

    .. math::
       L_D = \tfrac{1}{2} E[(D(x) - 1)^2] + \tfrac{1}{2} E[D(G(z))^2], \qquad
       L_G = \tfrac{1}{2} E[(D(G(z)) - 1)^2]

    Rows on the right side that are far from the real ones still contribute.

    References
    ----------
    .. [1] X. Mao et al., "Least squares generative adversarial networks", 2017.
    """
    critic = ((real - 1).square().mean() + fake.square().mean()) / 2
    return Losses(critic, (fake - 1).square().mean() / 2)


def hinge(real: Tensor, fake: Tensor) -> Losses:
    r"""Penalise the critic only where it is not right by a margin.

    .. math:: L_D = E[(1 - D(x))_+] + E[(1 + D(G(z)))_+], \qquad L_G = -E[D(G(z))]

    References
    ----------
    .. [1] J. H. Lim, J. C. Ye, "Geometric GAN", 2017.
    """
    critic = (1 - real).relu().mean() + (1 + fake).relu().mean()
    return Losses(critic, -fake.mean())


def wasserstein(real: Tensor, fake: Tensor) -> Losses:
    r"""Compare the mean scores of real and of generated rows.

    .. math:: L_D = E[D(G(z))] - E[D(x)], \qquad L_G = -E[D(G(z))]

    If nothing bounds the critic's gradients, its scores grow without bound.

    References
    ----------
    .. [1] M. Arjovsky, S. Chintala, L. Bottou, "Wasserstein GAN", 2017.
    """
    return Losses(fake.mean() - real.mean(), -fake.mean())


Objective = Callable[["Tensor", "Tensor"], Losses]

OBJECTIVES: dict[str, Objective] = {
    "relativistic": relativistic,
    "minimax": minimax,
    "non_saturating": non_saturating,
    "least_squares": least_squares,
    "hinge": hinge,
    "wasserstein": wasserstein,
}


class ScoreSlopes(NamedTuple):
    """Derivatives of the two losses with respect to the scores, each (batch,)."""

    critic_by_real: Tensor
    critic_by_fake: Tensor
    generator_by_fake: Tensor


def relativistic_slopes(real: Tensor, fake: Tensor) -> ScoreSlopes:
    r"""Differentiate :func:`relativistic`; the slope of :math:`s` is the sigmoid.

    Parameters
    ----------
    real, fake : Tensor of shape (..., batch)
        The critic's scores of real and of generated rows.

    Returns
    -------
    slopes : ScoreSlopes
        The derivatives.
    """
    n = real.shape[-1]
    doubt = (fake - real).sigmoid() / n
    return ScoreSlopes(-doubt, doubt, doubt - 1 / n)


SCORE_SLOPES: dict[str, Callable[[Tensor, Tensor], ScoreSlopes]] = {
    "relativistic": relativistic_slopes,
}
"""The derivatives of the default objective, written out because autograd takes longer
for one number per row than for a layer. Other objectives need no entry."""


def feature_distance(real: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    r"""Match the critic's mean features of real and of generated rows.

    .. math:: \sum_l E_j |E_x[f_{lj}(x)] - E_z[f_{lj}(G(z))]|

    over its hidden layers :math:`l` and their units :math:`j`.

    Parameters
    ----------
    real, fake : sequence of Tensor of shape (batch, n_units)
        The outputs of each hidden layer.

    Returns
    -------
    distance : Tensor of shape ()
        The distance.

    References
    ----------
    .. [1] T. Salimans et al., "Improved techniques for training GANs", 2016.
    """
    pairs = zip(real, fake, strict=True)
    gaps = [(x.mean(dim=0) - g.mean(dim=0)).abs().mean() for x, g in pairs]
    return sum(gaps[1:], gaps[0])


def _softplus(scores: Tensor) -> Tensor:
    from torch.nn.functional import softplus

    return softplus(scores)
