"""Memorization: how many generated rows are copies of real ones, or nearly so."""

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
"""Real rows of a class that others are held against at most."""

MAX_ROWS = 500
"""Rows, generated ones and real ones, that are held against them, which bounds the cost
to a few hundredths of a training's."""

MANY_COPIES, MANY_NEAR = 0.05, 0.3
"""By how much the shares may exceed those of real rows: as in a quality report, where
more is *poor* (gansampler/evaluation/report/grading.py)."""

MAX_P = 1e-3
"""Real rows themselves exceed their shares by chance in one class of a thousand."""


@dataclass(frozen=True, repr=False)
class Copies:
    """The shares of copies and near copies among the generated rows of a class.

    A near copy is so much closer to one real row than to the next one as only a
    twentieth of real rows are (more, where there are few rows or ties).

    Parameters
    ----------
    n_generated, n_real : int
        The generated and the real rows that were looked at.

    exact, near : float
        The shares of generated rows that are copies, or near copies, of a real one.

    usual_exact, usual_near : float
        The shares that tell of no copying: those of the real rows themselves, each held
        against all others, as held-out rows would be; or, where they are larger, those
        of rows whose values are drawn column by column from the generated ones. The
        latter meet real rows by chance where rows can differ in few ways only.

    See Also
    --------
    gansampler.evaluation.report.QualityReport : More, with rows that were held out.
    """

    n_generated: int
    n_real: int
    exact: float
    near: float
    usual_exact: float
    usual_near: float

    @property
    def many_exact(self) -> bool:
        """Whether there are more copies than chance explains, and enough to matter."""
        return self._are_many(self.exact, self.usual_exact, MANY_COPIES, beyond=1)

    @property
    def many_near(self) -> bool:
        """Whether the same is true of near copies."""
        return self._are_many(self.near, self.usual_near, MANY_NEAR, beyond=0)

    def __repr__(self) -> str:
        """Show the shares of generated rows, each beside the usual share."""
        return (
            f"<Copies: {self.exact:.1%} of {self.n_generated:,} generated rows are "
            f"exact copies (usual: {self.usual_exact:.1%}), and {self.near:.1%} near "
            f"copies (usual: {self.usual_near:.1%})>"
        )

    def _are_many(self, share: float, usual: float, excess: float, beyond: int) -> bool:
        """Test a share against the usual one.

        If generated rows are like real ones, the number of them that lie below the
        k-th smallest of n numbers of real rows has a beta-binomial distribution. The
        limit lies `beyond` the k numbers where it is none of them itself.
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
    """Measure how many generated rows are copies of real rows, and how many by chance.

    Parameters
    ----------
    real : DataFrame of shape (n_real, n_features)
        The real rows of a class, three at least.

    generated : DataFrame of shape (n_generated, n_features)
        Generated rows of the class, one at least.

    encode : callable
        Turns rows into a matrix in which distances mean something.

    rng : numpy.random.Generator
        Decides which rows are looked at where there are many.

    Returns
    -------
    copies : Copies
        What was found.
    """
    real, generated = _draw(real, MAX_REAL, rng), _draw(generated, MAX_ROWS, rng)
    mingled = _mingle(generated, MAX_ROWS, rng)
    # At once: most of an encoder's time goes by columns, not by rows.
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
    """Return the distances to the closest and the second closest real row, (n_rows, 2).

    `own` are the positions of the rows themselves among the real ones.
    """
    # But for the rows' own squares, which do not change the order.
    apart = np.square(real).sum(axis=1) - 2 * rows @ real.T
    if own is not None:
        apart[np.arange(len(rows)), own] = np.inf
    nearest = np.argpartition(apart, 1, axis=1)[:, :2]
    # Anew, because only differences are exactly zero between copies.
    between = rows[:, np.newaxis] - real[nearest]
    return np.sort(np.sqrt(np.square(between).sum(axis=2)), axis=1)
