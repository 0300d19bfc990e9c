"""Memorisation: how many generated rows are copies or near copies of real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import betabinom

from gansampler.tabular.column_values import take
from gansampler.tabular.encoder import join_columns
from gansampler.utils.near_copies import copy_shares

MAX_REAL = 2_000
"""Most real rows of a class to search for copies."""

MAX_ROWS = 500
"""Most generated rows, and most real rows, to compare with them. This keeps the cost to
a few hundredths of the training's."""

MANY_COPIES, MANY_NEAR = 0.05, 0.3
"""How far the shares may exceed those of real rows. A quality report grades anything
above as *poor* (gansampler/evaluation/report/grading.py)."""

MAX_P = 1e-3
"""By chance, real rows exceed their own shares in one class of a thousand."""


@dataclass(frozen=True, repr=False)
class Copies:
    """The shares of copies and near copies among the generated rows of a class.

    A near copy lies so much closer to one real row than to the second closest that only
    a twentieth of the real rows reach the same ratio (more, if there are few rows or
    ties).

    Parameters
    ----------
    n_generated, n_real : int
        The number of generated and of real rows that were compared.

    exact, near : float
        The share of generated rows that are exact copies of a real row, and the share
        that are exact or near copies.

    usual_exact, usual_near : float
        The shares to expect without copying. They are the shares among real rows, each
        compared with all the others as if it were held out. If the columns allow few
        distinct rows, rows match real ones by chance. The shares are then those of rows
        whose values are drawn column by column from the generated ones, if these are
        larger.

    See Also
    --------
    gansampler.evaluation.report.QualityReport : Report more, also with held-out rows.
    """

    n_generated: int
    n_real: int
    exact: float
    near: float
    usual_exact: float
    usual_near: float

    def __repr__(self) -> str:
        return (
            f"Copies(exact={self.exact:.1%}, usual_exact={self.usual_exact:.1%}, "
            f"near={self.near:.1%}, usual_near={self.usual_near:.1%}, "
            f"n_generated={self.n_generated}, n_real={self.n_real})"
        )

    @property
    def many_exact(self) -> bool:
        """Whether there are more copies than chance explains, and enough to matter."""
        return self._are_many(self.exact, self.usual_exact, MANY_COPIES, beyond=1)

    @property
    def many_near(self) -> bool:
        """Whether there are more near copies than chance explains, enough to matter."""
        return self._are_many(self.near, self.usual_near, MANY_NEAR, beyond=0)

    def _are_many(self, share: float, usual: float, excess: float, beyond: int) -> bool:
        """Test whether a share is significantly larger than the usual one.

        If generated rows are like real rows, the number of them below the k-th smallest
        of n numbers from real rows follows a beta-binomial distribution. Pass
        ``beyond=1`` if the limit lies after those k numbers instead of being one of
        them.
        """
        if share - usual <= excess:
            return False
        k = round(usual * self.n_real) + beyond
        count = round(share * self.n_generated)
        chance = betabinom(self.n_generated, k, max(self.n_real + 1 - k, 1))
        return bool(chance.sf(count - 1) < MAX_P)


def measure_copies(
    real: pd.DataFrame,
    generated: pd.DataFrame,
    encode: Callable[[pd.DataFrame], np.ndarray],
    rng: np.random.Generator,
) -> Copies:
    """Measure the shares of copies of real rows, and the shares to expect by chance.

    Parameters
    ----------
    real : DataFrame of shape (n_real, n_features)
        The real rows of a class, at least three.

    generated : DataFrame of shape (n_generated, n_features)
        Generated rows of the class, at least one.

    encode : callable
        Turns rows into a matrix with meaningful distances.

    rng : numpy.random.Generator
        Selects the rows to compare if there are many.

    Returns
    -------
    copies : Copies
        The shares.
    """
    real, generated = _draw(real, MAX_REAL, rng), _draw(generated, MAX_ROWS, rng)
    mingled = _mingle(generated, MAX_ROWS, rng)
    # All at once: the cost of encoding depends on columns more than on rows.
    tables = [real, generated, mingled]
    rows = encode(pd.concat(tables, ignore_index=True)).astype(np.float64)
    known, ours, by_chance = np.split(rows, np.cumsum([len(real), len(generated)]))
    unseen = known[:MAX_ROWS]
    own = np.arange(len(unseen))
    theirs = _nearest_two(unseen, known, own)
    (exact, near), *usual = (
        copy_shares(two, theirs)
        for two in (_nearest_two(ours, known), theirs, _nearest_two(by_chance, known))
    )
    usual_exact, usual_near = map(max, zip(*usual, strict=True))
    return Copies(len(ours), len(unseen), exact, near, usual_exact, usual_near)


def _draw(rows: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return at most `n` rows in random order."""
    return rows.iloc[rng.permutation(len(rows))[:n]]


def _mingle(rows: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return `n` rows whose values are drawn column by column."""
    columns = [
        take(rows.iloc[:, j], rng.integers(len(rows), size=n))
        for j in range(rows.shape[1])
    ]
    return join_columns(columns, rows.columns)


def _nearest_two(
    rows: np.ndarray, real: np.ndarray, own: np.ndarray | None = None
) -> np.ndarray:
    """Return the distances to the two closest real rows, (n_rows, 2).

    `own` contains the positions of the rows among the real ones, if they are real.
    """
    # Omits each row's own square, which does not change the order.
    apart = np.square(real).sum(axis=1) - 2 * rows @ real.T
    if own is not None:
        apart[np.arange(len(rows)), own] = np.inf
    nearest = np.argpartition(apart, 1, axis=1)[:, :2]
    # Computed again, because only differences are exactly zero between copies.
    between = rows[:, np.newaxis] - real[nearest]
    return np.sort(np.sqrt(np.square(between).sum(axis=2)), axis=1)
