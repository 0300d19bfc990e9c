"""One class's fitted generator: from a seed to rows in the user's own columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import pandas as pd

from gansampler.gan.history import History
from gansampler.generation.constraints import Constraints
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter
from gansampler.tabular.containers import Container
from gansampler.tabular.encoder import RowLayout
from gansampler.utils.random import MAX_SEED, check_seed

CHUNK_CELLS = 4_000_000
"""Encoded numbers that are held at a time, so that memory does not follow `n`."""

CHUNK_ROWS = 50_000
"""Encoded rows that are held at a time at most."""


class RowSource(Protocol):
    """What draws encoded rows: a trained GAN or a smoothed bootstrap."""

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Draw `n` encoded rows, (n, width)."""


class Encoder(Protocol):
    """What turns the rows of a class into a matrix and back."""

    layout_: RowLayout

    def fit(self, frame: pd.DataFrame) -> Encoder:
        """Learn the columns of one class."""

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows, (n_rows, width)."""

    def inverse_transform(self, rows: np.ndarray) -> pd.DataFrame:
        """Decode rows."""


class ClassGenerator:
    """The fitted generator of one class.

    Parameters
    ----------
    label : object
        The class.

    source : RowSource
        What draws encoded rows.

    encoder : Encoder
        The class's encoder.

    container : Container
        What the user's table is kept in.

    history : History
        The record of its training, with what was spent where it was private.

    augmenter : Augmenter or None
        What changes some of the generated rows.

    constraints : Constraints
        What every row has to satisfy.

    rejection : Rejection or None
        What chooses among the candidates; None keeps them as they come.

    n_candidates : int
        Rows generated for each row kept.
    """

    def __init__(
        self,
        label: Any,
        source: RowSource,
        encoder: Encoder,
        container: Container,
        history: History,
        *,
        augmenter: Augmenter | None,
        constraints: Constraints,
        rejection: Rejection | None,
        n_candidates: int,
    ) -> None:
        self.label = label
        self.source = source
        self.encoder = encoder
        self.container = container
        self.history = history
        self.augmenter = augmenter
        self.constraints = constraints
        self.rejection = rejection
        self.n_candidates = n_candidates if rejection is not None else 1

    def sample(self, n: int, random_state: Any = None) -> Any:
        """Generate rows of the class.

        Parameters
        ----------
        n : int
            How many rows.

        random_state : int, RandomState instance or None, default=None
            Decides which rows; the same number gives the same rows.

        Returns
        -------
        rows : {DataFrame, polars.DataFrame, ndarray, sparse matrix} of shape \
                (n, n_features)
            Rows in the columns, dtypes and container of the table that the sampler
            was fitted on.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 0 on, or `random_state` is no seed.
        """
        return self.container.restore(self.sample_frame(n, random_state))

    def sample_parts(self, n: int, random_state: Any = None) -> Iterator[Any]:
        """Generate rows of the class part by part, so that any number fits in memory.

        Parameters
        ----------
        n : int
            How many rows in all.

        random_state : int, RandomState instance or None, default=None
            Decides which rows: one below the other, the parts are what :meth:`sample`
            gives.

        Returns
        -------
        parts : iterator of {DataFrame, polars.DataFrame, ndarray, sparse matrix}
            Tables of some thousands of rows, each generated when it is asked for.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 0 on, or `random_state` is no seed.
        """
        return map(self.container.restore, self._frames(n, random_state))

    def sample_frame(self, n: int, random_state: Any = None) -> pd.DataFrame:
        """Generate `n` rows as a pandas frame; see :meth:`sample`."""
        parts = list(self._frames(n, random_state))
        return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)

    def _frames(self, n: int, random_state: Any) -> Iterator[pd.DataFrame]:
        """Generate rows in frames of bounded size, one at least."""
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
            raise ValueError(f"n must be a whole number from 0 on, got {n!r}.")
        random_state = check_seed(random_state)
        width = max(self.encoder.layout_.width, 1)
        n_encoded = min(CHUNK_ROWS, max(CHUNK_CELLS // width, 1))
        chunk = max(n_encoded // self.n_candidates, 1)
        sizes = [min(chunk, n - done) for done in range(0, n, chunk)] or [0]
        return (self._sample_chunk(k, random_state.randint(MAX_SEED)) for k in sizes)

    def _sample_chunk(self, n: int, seed: int) -> pd.DataFrame:
        if n == 0:  # for which torch has no draw
            nothing = np.empty((0, self.encoder.layout_.width), dtype=np.float32)
            return self.encoder.inverse_transform(nothing)
        rows = self._draw_candidates(n, seed)
        if self.rejection is None:
            return rows
        rng = np.random.default_rng(seed)
        chosen = self.rejection.choose(rows, self.label, n, rng)
        return rows.iloc[chosen].reset_index(drop=True)

    def _draw_candidates(self, n: int, seed: int) -> pd.DataFrame:
        """Generate the candidates for `n` rows, fewer where constraints leave fewer."""
        n_candidates = n * self.n_candidates
        if not len(self.constraints):
            return self._generate(n_candidates, seed)
        return self.constraints.draw(
            self._generate, n_candidates, n_required=n, label=self.label, seed=seed
        )

    def _generate(self, n: int, seed: int) -> pd.DataFrame:
        """Generate rows as they come, a share of them augmented."""
        rows = self.encoder.inverse_transform(self.source.draw(n, seed))
        if self.augmenter is None:
            return rows
        return self.augmenter.apply(rows, np.random.RandomState(seed))
