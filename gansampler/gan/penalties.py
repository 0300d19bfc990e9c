"""Penalties, which keep the slopes of the critic in bounds.

To add one, write a function of the critic's gradients at rows of some kinds, and add a
line to ``PENALTIES``. Importing this does not import torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


CLIP = 0.1
"""Largest weight of a clipped critic. With the 0.01 of Arjovsky et al. (2017) a moon
came out less well (benchmarks/EXPERIMENTS.md, 12)."""


def zero_centred(*gradients: Tensor) -> Tensor:
    r"""Penalise any slope of the critic.

    .. math:: R = \frac{1}{2} E[\lVert \nabla D(x) \rVert^2]

    summed over the kinds of rows at which it is taken: at real rows it is R1 (Mescheder
    et al.), at generated rows R2, and Huang et al. take both.

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
    r"""Penalise slopes of the critic that are not one.

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
    """One way to keep the critic's slopes in bounds.

    Parameters
    ----------
    value : callable or None
        Computes the penalty of the critic's gradients at rows of each kind.

    at : tuple of {"real", "fake", "between"}
        The kinds of rows at which the gradients are taken; "between" are random
        points between a real and a generated row.

    clip : float or None
        Largest absolute value of the critic's weights, to which they are clipped after
        each of its steps.

    n_critic : int
        Steps of the critic for each of the generator's, by its authors' advice. With
        one, a critic whose slopes are driven to one never comes to rest.

    slope : callable or None
        Computes the penalty's derivative with respect to the critic's gradients at
        rows of one kind. Without it, autograd does.
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
