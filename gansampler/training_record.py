"""What goes into a training and what is remembered of it: plain data, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrainingConfig:
    """The parameters of a training, as :class:`gansampler.GANOverSampler` has them."""

    condition: str
    objective: str
    penalty: str
    penalty_weight: float
    instance_noise: float
    latent_dim: int
    generator_layers: Sequence[int]
    critic_layers: Sequence[int]
    max_iter: int
    batch_size: int
    learning_rate: float
    n_critic: int
    ema_decay: float
    early_stopping: bool
    n_iter_no_change: int
    device: str


@dataclass
class History:
    """What happened in a training, as plain data.

    Parameters
    ----------
    iteration : list of int
        The iterations at which the training was looked at.

    critic_loss, generator_loss : list of float
        The losses there.

    fidelity : list of float
        The sliced Wasserstein distance between real and generated encoded rows
        there; the lower, the nearer.

    best_iteration : int
        Where it was lowest: the generator is the one of then. 0 without training.

    n_iter : int
        Iterations done.

    diverged : bool
        Whether the training ended early because a loss was no longer finite.
    """

    iteration: list[int] = field(default_factory=list)
    critic_loss: list[float] = field(default_factory=list)
    generator_loss: list[float] = field(default_factory=list)
    fidelity: list[float] = field(default_factory=list)
    best_iteration: int = 0
    n_iter: int = 0
    diverged: bool = False
