"""Penalties, which bound the gradients of the critic.

To add one, write a function of the critic's gradients at one or more kinds of rows, and
add a line to ``PENALTIES``. Importing this module does not import torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


CLIP = 0.1
"""Largest weight of a clipped critic. With 0.01, as in Arjovsky et al. (2017), a moon
was learned less well (benchmarks/EXPERIMENTS.md, 12)."""


def zero_centred(*gradients: Tensor) -> Tensor:
    r"""Penalise any gradient of the critic.

    .. math:: R = \frac{1}{2} E[\lVert \nabla D(x) \rVert^2]

    summed over the kinds of rows. At real rows it is R1 (Mescheder et al.), at
    generated rows R2, and Huang et al. use both.

    Parameters
    ----------
    *gradients : Tensor of shape (batch, n_row)
        The critic's gradient at rows of each kind.

    Returns
    -------
    penalty : Tensor of shape ()
        The penalty.

    References
    ----------
    .. [1] L. Mescheder, A. Geiger, S. Nowozin, "Which training methods for GANs do
       actually converge?", 2018.
    .. [2] Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin, "The GAN is dead; long live
       the GAN! A modern GAN baseline", 2024.
    """
    squares = [gradient.square().sum(dim=1).mean() / 2 for gradient in gradients]
    return sum(squares[1:], squares[0])


def zero_centred_slope(gradient: Tensor) -> Tensor:
    """Differentiate :func:`zero_centred` with respect to one kind's `gradient`."""
    return gradient / gradient.shape[-2]


def one_centred(gradient: Tensor) -> Tensor:
    r"""Penalise gradients of the critic whose norm is not one.

    .. math:: E[(\lVert \nabla D(\hat x) \rVert - 1)^2]

    Parameters
    ----------
    gradient : Tensor of shape (batch, n_row)
        The critic's gradient at rows between real and generated ones.

    Returns
    -------
    penalty : Tensor of shape ()
        The penalty.

    References
    ----------
    .. [1] I. Gulrajani et al., "Improved training of Wasserstein GANs", 2017.
    """
    return (gradient.norm(dim=1) - 1).square().mean()


@dataclass(frozen=True)
class Penalty:
    """One way to bound the critic's gradients.

    Parameters
    ----------
    value : callable or None
        Computes the penalty from the critic's gradients at each kind of rows.

    at : tuple of {"real", "fake", "between"}
        The kinds of rows at which to compute gradients. "between" means random points
        between a real and a generated row.

    clip : float or None
        Largest absolute value of the critic's weights, which are clipped after each of
        its steps.

    n_critic : int
        Steps of the critic for each step of the generator, as its authors recommend.
        With one step, a critic whose gradients are pushed to one settles less well.

    slope : callable or None
        Computes the derivative of the penalty with respect to the critic's gradients at
        one kind of rows. If None, autograd computes it.
    """

    value: Callable[..., Tensor] | None = None
    at: tuple[str, ...] = ()
    clip: float | None = None
    n_critic: int = 1
    slope: Callable[[Tensor], Tensor] | None = None


PENALTIES: dict[str, Penalty] = {
    "none": Penalty(),
    "clip": Penalty(clip=CLIP, n_critic=5),
    "gradient": Penalty(one_centred, ("between",), n_critic=5),
    "r1": Penalty(zero_centred, ("real",), slope=zero_centred_slope),
    "r2": Penalty(zero_centred, ("fake",), slope=zero_centred_slope),
    "r1_r2": Penalty(zero_centred, ("real", "fake"), slope=zero_centred_slope),
}
