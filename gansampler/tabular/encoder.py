"""Encode the rows of one class as a float32 matrix, and decode it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gansampler.tabular.column_codecs import (
    ColumnCodec,
    NumericCodec,
    make_codec,
    missing_state,
)
from gansampler.tabular.relation_reducer import RelationReducer
from gansampler.tabular.relations import MissingTogether
from gansampler.tabular.schema import TableSchema


@dataclass(frozen=True)
class RowLayout:
    """The layout of an encoded row: scalars first, then one-hot blocks.

    Parameters
    ----------
    n_scalars : int
        Number of leading columns with standardised numbers.

    block_sizes : tuple of int
        The width of each one-hot block, in order.
    """

    n_scalars: int
    block_sizes: tuple[int, ...]

    @classmethod
    def of(cls, codecs: list[ColumnCodec]) -> RowLayout:
        """Return the layout of a row that these codecs encode."""
        return cls(
            n_scalars=sum(codec.n_scalars for codec in codecs),
            block_sizes=tuple(codec.n_states for codec in codecs if codec.n_states),
        )

    @property
    def width(self) -> int:
        """The number of columns of an encoded row."""
        return self.n_scalars + sum(self.block_sizes)

    @property
    def block_of_column(self) -> np.ndarray:
        """The block of each one-hot column, shape (width - n_scalars,)."""
        return np.repeat(np.arange(len(self.block_sizes)), self.block_sizes)


class TableEncoder:
    """Encode the rows of one class as a float32 matrix, and decode such matrices.

    The encoder learns ranges, categories and missingness from this class alone, so it
    never decodes to anything that the class does not contain:

    - A constant column takes no space at all.
    - A categorical column becomes a one-hot block, with missing as an extra category if
      it occurs. The same goes for a numeric column with few distinct values. If there
      are more than 500 categories, the rarest share one state, which bounds memory.
    - Any other numeric column becomes one standardised scalar on an asinh scale. The
      scale is linear in the bulk and logarithmic in the tails, so that an outlier does
      not compress the rest. If values are missing, or single values stand out (the
      zeros of a zero-inflated column, a code such as -9999), a block of states
      indicates them.

    After calibration, a number is decoded by its rank, to the number that has this rank
    in the class; see :class:`gansampler.tabular.quantile_function.QuantileFunction`.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    Attributes
    ----------
    layout_ : RowLayout
        The position of each column in the encoded row.

    codecs_ : list of ColumnCodec
        One codec for each column.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.encoder import TableEncoder
    >>> from gansampler.tabular.inference import infer_schema
    >>> frame = pd.DataFrame({"age": [31, 45, 28, 36], "job": ["a", "b", "a", "c"]})
    >>> encoder = TableEncoder(infer_schema(frame)).fit(frame)
    >>> encoder.layout_
    RowLayout(n_scalars=1, block_sizes=(3,))
    >>> encoder.inverse_transform(encoder.transform(frame)).equals(frame)
    True
    """

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema

    def fit(self, frame: pd.DataFrame) -> TableEncoder:
        """Learn the columns of one class.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            All rows of the class, at least one.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.
        """
        columns = split_columns(frame)
        self.reducer_ = RelationReducer(self.schema).fit(columns)
        free = self.reducer_.reduce(columns)
        self.codecs_: list[ColumnCodec] = [
            make_codec(column, series)
            for column, series in zip(self.reducer_.free_, free, strict=True)
        ]
        self.columns_ = frame.columns
        self.layout_ = RowLayout.of(self.codecs_)
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows of this class or of other classes.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Rows of the table. If a row of another class has a category or a state that
            this class does not contain, its block is all zeros. Its numbers are scaled
            like those of this class, and are 0 if missing.

        Returns
        -------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            The encoded rows.
        """
        rows = np.zeros((len(frame), self.layout_.width), dtype=np.float32)
        free = self.reducer_.reduce(split_columns(frame))
        for series, (codec, position, block) in zip(free, self._places(), strict=True):
            scalar, state = codec.encode(series)
            if scalar is not None:
                rows[:, position] = scalar
            if state is not None:
                shown = np.flatnonzero(state >= 0)
                rows[shown, block.start + state[shown]] = 1.0
        return rows

    def inverse_transform(
        self, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Decode rows, taking the largest entry of each block as its state.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            Encoded rows.

        rng : numpy.random.Generator or None, default=None
            Draws rare categories that share one state. By default the draws are always
            the same.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_features)
            Valid rows of the class, in the user's dtypes.
        """
        rng = np.random.default_rng(0) if rng is None else rng
        states = self._states(rows)
        decoded = [
            codec.decode(
                rows[:, position] if codec.n_scalars else None, state, len(rows), rng
            )
            for (codec, position, _), state in zip(self._places(), states, strict=True)
        ]
        return join_columns(self.reducer_.restore(decoded), self.columns_)

    def _states(self, rows: np.ndarray) -> list[np.ndarray | None]:
        """Return the state of each row for each column, None if it has no states."""
        places = list(self._places())
        states = [
            rows[:, block].argmax(axis=1) if codec.n_states else None
            for codec, _, block in places
        ]
        for group in self._missing_together():
            (first, absent), *others = group.items()
            missing = states[first] == absent
            for j, absent in others:
                shown = rows[:, places[j][2]].copy()
                shown[:, absent] = -np.inf
                states[j] = np.where(missing, absent, shown.argmax(axis=1))
        return states

    def _missing_together(self) -> list[dict[int, int]]:
        """Return groups of columns that are missing together, with their states."""
        at = {column.name: j for j, column in enumerate(self.reducer_.free_)}
        groups = []
        for relation in self.schema.relations:
            if isinstance(relation, MissingTogether):
                free = [at[name] for name in relation.columns if name in at]
                states = {j: missing_state(self.codecs_[j]) for j in free}
                groups.append({j: k for j, k in states.items() if k is not None})
        return [group for group in groups if len(group) > 1]

    def calibrate(self, rows: np.ndarray) -> None:
        """Learn the distribution of a generator's rows.

        Afterwards numbers are decoded by their rank among these rows. Each column then
        has the same distribution as in the class, whatever the generator produces.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, layout_.width), dtype float32
            A few thousand rows of the generator.
        """
        for codec, position, block in self._places():
            if isinstance(codec, NumericCodec):
                state = rows[:, block].argmax(axis=1) if codec.n_states else None
                codec.calibrate(rows[:, position], state)

    def _places(self) -> Iterator[tuple[ColumnCodec, int, slice]]:
        """Yield each codec with the positions of its scalar and its block."""
        position, start = 0, self.layout_.n_scalars
        for codec in self.codecs_:
            yield codec, position, slice(start, start + codec.n_states)
            position += codec.n_scalars
            start += codec.n_states


def split_columns(frame: pd.DataFrame) -> list[pd.Series]:
    """Return the columns of a frame as a list."""
    return [frame.iloc[:, j] for j in range(frame.shape[1])]


def join_columns(columns: list[pd.Series], names: pd.Index) -> pd.DataFrame:
    """Combine columns of equal length into a frame."""
    # By position, because names may be anything, not only strings.
    frame = pd.concat(columns, axis=1, keys=range(len(columns)))
    frame.columns = names
    return frame
