"""The training history, as plain data without torch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

CHECK_EVERY = 25
"""Iterations between two evaluations of the training."""

MIN_DIVERSITY = 0.3
"""Share of the real rows' spread below which a generator counts as collapsed. On our
tables no training at the defaults ended below 0.89, and with 3 to 8 rows of a class
none below 0.49. Trainings that fail to learn a ring of clusters end between 0.1 and
0.3."""

MIN_ITERATIONS = 100
"""Earlier a generator has not spread out yet."""


@dataclass(frozen=True)
class LabelledRows:
    """Rows of all classes, for training an auxiliary classifier.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The rows, encoded like those of the class being trained.

    codes : ndarray of shape (n_rows,), dtype int64
        The class of each row, counted from 0. Every class occurs at least once.

    own : int
        The class being trained.
    """

    rows: np.ndarray
    codes: np.ndarray
    own: int


@dataclass
class History:
    """The history of a training, as plain data.

    Parameters
    ----------
    iteration : list of int
        The iterations at which training was evaluated.

    critic_loss, generator_loss : list of float
        The losses at these iterations.

    fidelity : list of float
        The sliced Wasserstein distance between real and generated encoded rows at these
        iterations. Lower is better.

    best_iteration : int
        The iteration with the lowest `fidelity`, whose generator is kept. It is 0 if
        there is none; rows then come from a smoothed bootstrap.

    n_iter : int
        Number of iterations done.

    diverged : bool
        Whether training broke down: either a loss stopped being finite, which ended
        training early, or the generated rows were far from the real ones at the end.

    epsilon, delta : float or None
        The privacy budget that a private training spent. A private training records no
        losses, fidelity or diversity, because they would reveal something about the
        rows, and it keeps the last iteration.

    total_epsilon, total_delta : float or None
        The privacy budget that this fit and all earlier fits of the same object spent.
        Within one fit the classes share no rows, so only the class that spent most
        counts; successive fits add up. A clone starts again from zero, and so do the
        clones that a grid search makes.

    diversity : list of float
        How much the generated encoded rows differ from each other at each evaluation,
        relative to the real rows. 1 is ideal; near 0 they are all the same.

    out_of_memory : bool
        Whether the device ran out of memory, so that training moved to the CPU.
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

    def __repr__(self) -> str:
        shown: dict[str, Any] = {"n_iter": self.n_iter}
        if self.n_iter:
            shown["best_iteration"] = self.best_iteration
        if self.iteration:
            place = -1
            if self.best_iteration in self.iteration:
                place = self.iteration.index(self.best_iteration)
            shown["fidelity"] = f"{self.fidelity[place]:.3f}"
            shown["diversity"] = f"{self.diversity[place]:.2f}"
        flags = {"diverged": self.diverged, "out_of_memory": self.out_of_memory}
        shown |= {name: True for name, flag in flags.items() if flag}
        for name in ("epsilon", "delta", "total_epsilon", "total_delta"):
            spent = getattr(self, name)
            if spent is not None:
                shown[name] = f"{spent:.3g}"
        return (
            f"History({', '.join(f'{name}={value}' for name, value in shown.items())})"
        )

    @property
    def collapsed(self) -> bool:
        """Whether the generated rows hardly differed after enough iterations."""
        is_long = self.n_iter >= MIN_ITERATIONS
        return is_long and min(self.diversity[-1:], default=1.0) < MIN_DIVERSITY


def add_up(histories: Collection[History], earlier: Collection[History]) -> None:
    """Record the total privacy budget spent in the histories of a fit.

    Histories of trainings without a privacy budget are left as they are.

    Parameters
    ----------
    histories : collection of History
        The history of each class of one fit. The classes share no rows.

    earlier : collection of History
        The histories of the previous fit of the same object, if any.
    """
    epsilon = max((h.total_epsilon or 0.0 for h in earlier), default=0.0)
    delta = max((h.total_delta or 0.0 for h in earlier), default=0.0)
    epsilon += max((h.epsilon or 0.0 for h in histories), default=0.0)
    delta += max((h.delta or 0.0 for h in histories), default=0.0)
    if epsilon:
        for history in histories:
            history.total_epsilon, history.total_delta = epsilon, delta
