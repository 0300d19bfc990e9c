"""What a generator must do, what it may do, and what a sampler tells it of a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from gansampler.gan.history import History
from gansampler.tabular.containers import Container
from gansampler.tabular.encoder import RowLayout
from gansampler.tabular.schema import TableSchema


class Encoder(Protocol):
    """Turn rows into a float32 matrix and back."""

    layout_: RowLayout

    def fit(self, frame: pd.DataFrame) -> Encoder:
        """Learn the columns of one class."""

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Encode rows, (n_rows, width)."""

    def inverse_transform(
        self, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Decode rows."""


@dataclass(frozen=True)
class OtherClasses:
    """Rows of all classes, from which an auxiliary classifier learns.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, n_features)
        The rows.

    codes : ndarray of shape (n_rows,), dtype int64
        The class of each, counted from 0.

    own : int
        The class for which rows are generated.
    """

    rows: pd.DataFrame
    codes: np.ndarray
    own: int


@dataclass(frozen=True)
class ClassContext:
    """What a sampler knows of a class beside its rows.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    seed : int or None
        Decides the training, unless the generator has a `random_state` of its own.

    container : Container
        What the user keeps the table in.

    label : object, default=None
        The class.

    all_rows : DataFrame of shape (n_rows, n_features) or None, default=None
        Rows that show all ranges and categories of the class, where the generator is
        trained on a sample of it.

    others : OtherClasses or None, default=None
        Rows of all classes, for a generator that `uses_other_classes`.

    watch : callable or None, default=None
        Called with the history after each look; the training stops if it returns True.

    progress : str or None, default=None
        Label of the progress bar; no bar without one.
    """

    schema: TableSchema
    seed: int | None
    container: Container
    label: Any = None
    all_rows: pd.DataFrame | None = None
    others: OtherClasses | None = None
    watch: Callable[[History], bool] | None = None
    progress: str | None = None


class TableGenerator(Protocol):
    """A generator: what goes into the `gan` parameter of a sampler.

    It **must** be an estimator of scikit-learn with :meth:`fit` and :meth:`sample`. The
    sampler clones it for each class, sets each `random_state` that is None, and hands
    it the rows of the class in the container of the user's table. See
    :class:`gansampler.generation.foreign_generator.ForeignGenerator` for what is
    checked of the rows that it returns.

    It **may** have all of the rest, as :class:`gansampler.TabularGAN` does. It then
    learns what each column is from the whole table, keeps a history, and can be saved.
    """

    def fit(self, X: Any) -> Any:
        """Learn the rows of one class, (n_rows, n_features)."""

    def sample(self, n: int, random_state: Any = None) -> Any:
        """Return `n` new rows in the columns of `X`, the same for the same seed."""

    # What it may have, all or none of it:

    is_private: bool
    """Whether its rows must not be judged by what is learned from real ones."""

    uses_other_classes: bool
    """Whether it learns from the rows of the other classes, too."""

    history_: History
    """The record of the training."""

    encoder_: Encoder
    """What turns rows of the class into numbers in which distances mean something."""

    def declared_row(self, frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
        """Return one row of what was declared, where `is_private`; others need none."""

    def n_looks(self) -> int:
        """Return how many looks there are at a training that does not end early."""

    def check_parameters(self) -> None:
        """Raise an error, before any training, if a parameter can't be used."""

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Read off the whole table what each of its columns is."""

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error, before any training, if the table does not suit.

        `n_rows` are the rows of each class.
        """

    def fit_class(self, rows: pd.DataFrame, context: ClassContext) -> Any:
        """Learn the rows of one class with what the sampler knows of it."""

    n_together: int
    """How many classes `fit_classes` is best given at once."""

    def fit_classes(
        self,
        gans: Sequence[Any],
        rows: Sequence[pd.DataFrame],
        contexts: Sequence[ClassContext],
    ) -> list[Exception | None]:
        """Fit one generator for each class, clones of this one; give what failed."""

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, in one go."""
