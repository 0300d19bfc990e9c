"""The record of a training, as plain data without torch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

CHECK_EVERY = 25
"""Iterations between two looks at the fidelity statistic."""

MIN_DIVERSITY = 0.3
"""Share of the real rows' spread below which generated ones count as all the same. Of
the default's trainings on our tables none ended below 0.89, on 3 to 8 rows of a class
none below 0.49; those that do not find a ring of clusters end between 0.1 and 0.3."""

MIN_ITERATIONS = 100
"""Before that a generator has not spread out yet."""


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
        Where `fidelity` was lowest: the generator is the one of then. 0 where there is
        none, so that rows come from a smoothed bootstrap.

    n_iter : int
        Iterations done.

    diverged : bool
        Whether the training broke down: it ended early because a loss was no longer
        finite, or in the end generated rows were nowhere near the real ones.

    epsilon, delta : float or None
        What the training has spent, where it was private. There are no losses, no
        fidelity and no diversity then, which would tell of the rows, and the last
        iteration is kept.

    total_epsilon, total_delta : float or None
        What has been spent in all, where the training was private: by this fit of a
        sampler or generator and by all fits of the same object before. Within a fit
        the classes share no row, so that the most that one of them has spent counts;
        successive fits add up. Clones count anew, also those that a grid search makes.

    diversity : list of float
        How much generated encoded rows differed at each look, as a share of how much
        the real ones do: 1 is right, near 0 they were all the same.

    out_of_memory : bool
        Whether the device had too little memory, so that the CPU was used instead.
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
    diversity: list[float] = field(default_factory=list)
    out_of_memory: bool = False
    total_epsilon: float | None = None
    total_delta: float | None = None

    @property
    def collapsed(self) -> bool:
        """Whether the generated rows of a training of some length hardly differed."""
        is_long = self.n_iter >= MIN_ITERATIONS
        return is_long and min(self.diversity[-1:], default=1.0) < MIN_DIVERSITY


def add_up(histories: Collection[History], earlier: Collection[History]) -> None:
    """Write into the histories of a fit what has been spent in all, where any is.

    Parameters
    ----------
    histories : collection of History
        Those of one fit, one for each class, which share no row.

    earlier : collection of History
        Those of the fit before of the same object, empty where there was none.
    """
    epsilon = max((h.total_epsilon or 0.0 for h in earlier), default=0.0)
    delta = max((h.total_delta or 0.0 for h in earlier), default=0.0)
    epsilon += max((h.epsilon or 0.0 for h in histories), default=0.0)
    delta += max((h.delta or 0.0 for h in histories), default=0.0)
    if epsilon:
        for history in histories:
            history.total_epsilon, history.total_delta = epsilon, delta
