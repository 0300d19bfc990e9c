"""What goes into a training and what is remembered of it: plain data, no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class PrivacyConfig:
    """How well a training is to hide each row.

    Parameters
    ----------
    epsilon : float
        What the training may spend; the smaller, the better a row is hidden.

    delta : float
        How likely it may be that more is spent; below one over the rows of the class.

    max_grad_norm : float
        The length to which each row's gradient is cut before noise is added.
    """

    epsilon: float
    delta: float
    max_grad_norm: float


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
    residual: bool = False
    spectral_norm: bool = False
    feature_matching: float = 0.0
    moment_matching: float = 0.0
    pac: int = 1
    auxiliary_classifier: float = 0.0
    image_shape: tuple[int, int, int] | None = None
    generator: Callable[..., Any] | None = None
    critic: Callable[..., Any] | None = None
    privacy: PrivacyConfig | None = None


@dataclass(frozen=True)
class LabelledRows:
    """Rows of all classes, from which an auxiliary classifier learns.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The rows, encoded as those of the class that is trained.

    codes : ndarray of shape (n_rows,), dtype int64
        The class of each, from 0 on, each of them at least once.

    own : int
        The class that is trained.
    """

    rows: np.ndarray
    codes: np.ndarray
    own: int


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

    epsilon, delta : float or None
        What the training has spent, where it was private. There are no losses and no
        fidelity then, which would tell of the rows, and the last iteration is kept.
    """

    iteration: list[int] = field(default_factory=list)
    critic_loss: list[float] = field(default_factory=list)
    generator_loss: list[float] = field(default_factory=list)
    fidelity: list[float] = field(default_factory=list)
    best_iteration: int = 0
    n_iter: int = 0
    diverged: bool = False
    epsilon: float | None = None
    delta: float | None = None
