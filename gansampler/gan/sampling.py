"""Draw any number of rows in parts of bounded size, as the user's kind of table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gansampler.tabular.containers import Container
from gansampler.utils.random import MAX_SEED, check_seed
from gansampler.utils.row_counts import check_sample_room

CHUNK_CELLS = 4_000_000
"""Most encoded numbers to keep in memory at a time, whatever `n` is."""

CHUNK_ROWS = 50_000
"""Most encoded rows to keep in memory at a time."""


class SamplingMixin:
    """Add `sample` to classes that can draw a frame of rows from a seed."""

    _container: Container

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once."""
        raise NotImplementedError

    def _width(self) -> int:
        """Return how many numbers each drawn row needs in memory."""
        raise NotImplementedError

    def sample(self, n: int, random_state: Any = None) -> Any:
        """Generate rows.

        Parameters
        ----------
        n : int
            Number of rows to generate.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are generated. Pass an int for reproducible rows.

        Returns
        -------
        rows : {DataFrame, polars.DataFrame, ndarray, sparse matrix} of shape \
                (n, n_features)
            The rows, with the columns and dtypes of the fitted table, and in the same
            kind of table.

        Raises
        ------
        ValueError
            If `n` is not a non-negative whole number, if `n` rows do not fit in memory,
            or if `random_state` is not a valid seed.
        """
        rows = self.sample_frame(n, random_state)
        return self._container.restore(rows)

    def sample_parts(self, n: int, random_state: Any = None) -> Iterator[Any]:
        """Generate rows in parts, so that any number of rows fits in memory.

        Parameters
        ----------
        n : int
            Total number of rows to generate.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are generated. Concatenated, the parts equal the result
            of :meth:`sample`.

        Returns
        -------
        parts : iterator of {DataFrame, polars.DataFrame, ndarray, sparse matrix}
            Tables of a few thousand rows, generated one at a time as you iterate.

        Raises
        ------
        ValueError
            If `n` is not a non-negative whole number, or `random_state` is not a valid
            seed.
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
        """Generate rows in frames of bounded size, at least one."""
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
            raise ValueError(f"n must be a non-negative whole number, got {n!r}.")
        random_state = check_seed(random_state)
        chunk = self._chunk_rows()
        # Lazily, because there may be very many parts.
        starts = range(0, max(n, 1), chunk)
        return (
            self.draw_frame(min(chunk, n - start), random_state.randint(MAX_SEED))
            for start in starts
        )

    def _chunk_rows(self) -> int:
        """Return how many rows to draw at a time."""
        return min(CHUNK_ROWS, max(CHUNK_CELLS // max(self._width(), 1), 1))
