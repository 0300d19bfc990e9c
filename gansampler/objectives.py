"""What the critic and the generator minimise, and the penalties on the critic.

An objective is a pair of functions of the critic's scores at real and at generated
rows, both of shape (batch,); adding one is one class here and one line in
``OBJECTIVES``. A penalty is a function of the critic's gradients at these rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor
from torch.nn.functional import softplus


class Objective(Protocol):
    """A critic's loss and the generator's answer to it."""

    def critic_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the loss of the critic, a scalar."""

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the loss of the generator, a scalar."""


class Relativistic:
    r"""Ask whether a real row is more real than a generated one: in pairs.

    .. math:: L_D = E[s(-(D(x) - D(G(z))))], \qquad L_G = E[s(-(D(G(z)) - D(x)))]

    with :math:`s(t) = \log(1 + e^t)`. A generated row is always judged against a
    real one, so that the critic can't give up a whole mode at no cost.

    References
    ----------
    .. [1] A. Jolicoeur-Martineau, "The relativistic discriminator: a key element
       missing from standard GAN", 2018.
    .. [2] Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin, "The GAN is dead; long live
       the GAN! A modern GAN baseline", 2024.
    """

    def critic_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the critic's loss."""
        return softplus(fake - real).mean()

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the generator's loss."""
        return softplus(real - fake).mean()


class NonSaturating:
    r"""Ask whether a row is real, one row at a time, by binary cross-entropy.

    .. math:: L_D = E[s(-D(x))] + E[s(D(G(z)))], \qquad L_G = E[s(-D(G(z)))]

    with :math:`s(t) = \log(1 + e^t)`: the generator maximises the probability that its
    rows are taken for real, whose slope does not vanish while the critic wins.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", 2014.
    """

    def critic_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the critic's loss."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the generator's loss."""
        return softplus(-fake).mean()


class Wasserstein:
    r"""Compare the mean scores of real and of generated rows.

    .. math:: L_D = E[D(G(z))] - E[D(x)], \qquad L_G = -E[D(G(z))]

    Without a penalty on its slopes, the critic's scores grow without bounds.

    References
    ----------
    .. [1] M. Arjovsky, S. Chintala, L. Bottou, "Wasserstein GAN", 2017.
    """

    def critic_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the critic's loss."""
        return fake.mean() - real.mean()

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Give the generator's loss."""
        return -fake.mean()


OBJECTIVES: dict[str, Objective] = {
    "relativistic": Relativistic(),
    "non_saturating": NonSaturating(),
    "wasserstein": Wasserstein(),
}


def r1(real_gradient: Tensor, fake_gradient: Tensor) -> Tensor:
    r"""Zero-centred gradient penalty at real rows.

    .. math:: R_1 = \frac{1}{2} E_x[\lVert \nabla D(x) \rVert^2]

    Parameters
    ----------
    real_gradient, fake_gradient : Tensor of shape (batch, n_row)
        The critic's gradient at real and at generated rows.

    Returns
    -------
    penalty : Tensor of shape ()
        The penalty.

    References
    ----------
    .. [1] L. Mescheder, A. Geiger, S. Nowozin, "Which training methods for GANs do
       actually converge?", 2018.
    """
    return real_gradient.square().sum(dim=1).mean() / 2


def r2(real_gradient: Tensor, fake_gradient: Tensor) -> Tensor:
    """Zero-centred gradient penalty at generated rows; see :func:`r1`."""
    return fake_gradient.square().sum(dim=1).mean() / 2


def r1_r2(real_gradient: Tensor, fake_gradient: Tensor) -> Tensor:
    """Sum of :func:`r1` and :func:`r2` (Huang et al., 2024)."""
    return r1(real_gradient, fake_gradient) + r2(real_gradient, fake_gradient)


Penalty = Callable[[Tensor, Tensor], Tensor]

PENALTIES: dict[str, Penalty | None] = {
    "none": None,
    "r1": r1,
    "r2": r2,
    "r1_r2": r1_r2,
}
