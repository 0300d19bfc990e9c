"""Draw any number of rows in parts of bounded size, in the user's own container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.containers import Container
from gansampler.utils.random import MAX_SEED, check_seed
from gansampler.utils.row_counts import check_sample_room

CHUNK_CELLS = 4_000_000
"""Encoded numbers that are held at a time, so that memory does not follow `n`."""

CHUNK_ROWS = 50_000
"""Encoded rows that are held at a time at most."""


class SamplingMixin:
    """Sample rows, for what draws a frame of them by a seed."""

    _container: Container

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, in one go."""
        raise NotImplementedError

    def _width(self) -> int:
        """Return how many numbers are held for each row that is drawn."""
        raise NotImplementedError

    def sample(self, n: int, random_state: Any = None) -> Any:
        """Generate rows.

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
            Rows in the columns, dtypes and container of the table that was fitted.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 0 on, or more rows than memory holds, or
            `random_state` is no seed.
        """
        rows = self.sample_frame(n, random_state)
        return self._container.restore(rows)

    def sample_parts(self, n: int, random_state: Any = None) -> Iterator[Any]:
        """Generate rows part by part, so that any number fits in memory.

        Parameters
        ----------
        n : int
            How many rows in all.

        random_state : int, RandomState instance or None, default=None
            Decides which rows: one below the other, the parts are what :meth:`sample`
            returns.

        Returns
        -------
        parts : iterator of {DataFrame, polars.DataFrame, ndarray, sparse matrix}
            Tables of some thousands of rows, each generated when it is asked for.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 0 on, or `random_state` is no seed.
        """
        frames = self._frames(n, random_state)
        return map(self._container.restore, frames)

    def sample_pandas(self, n: int, random_state: Any = None) -> pd.DataFrame:
        """Generate `n` rows as a pandas frame; see :meth:`sample`."""
        return self._container.twins.restore(self.sample_frame(n, random_state))

    def sample_frame(self, n: int, random_state: Any = None) -> pd.DataFrame:
        """Generate `n` rows as a frame of what is counted; see :meth:`sample`."""
        frames = self._frames(n, random_state)
        parts = [next(frames)]
        check_sample_room(n, parts[0])
        parts.extend(frames)
        return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)

    def _frames(self, n: int, random_state: Any) -> Iterator[pd.DataFrame]:
        """Generate rows in frames of bounded size, one at least."""
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
            raise ValueError(f"n must be a whole number from 0 on, got {n!r}.")
        random_state = check_seed(random_state)
        chunk = self._chunk_rows()
        # One at a time: there may be more parts than memory holds numbers.
        starts = range(0, max(n, 1), chunk)
        return (
            self.draw_frame(min(chunk, n - start), random_state.randint(MAX_SEED))
            for start in starts
        )

    def _chunk_rows(self) -> int:
        """Return how many rows to draw at a time."""
        return min(CHUNK_ROWS, max(CHUNK_CELLS // max(self._width(), 1), 1))
