"""What a generator must and may implement, and what a sampler tells it."""

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
    """Convert rows to a float32 matrix and back."""

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
    """Rows of all classes, for training an auxiliary classifier.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, n_features)
        The rows.

    codes : ndarray of shape (n_rows,), dtype int64
        The class of each row, counted from 0.

    own : int
        The class to generate rows for.
    """

    rows: pd.DataFrame
    codes: np.ndarray
    own: int


@dataclass(frozen=True)
class ClassContext:
    """What a sampler knows about a class, in addition to its rows.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    seed : int or None
        The seed of the training, unless the generator has its own `random_state`.

    container : Container
        The kind of the user's table.

    label : object, default=None
        The class.

    all_rows : DataFrame of shape (n_rows, n_features) or None, default=None
        Rows that contain all ranges and categories of the class, if the generator is
        trained on a sample of the class.

    others : OtherClasses or None, default=None
        Rows of all classes, for a generator that `uses_other_classes`.

    watch : callable or None, default=None
        Called with the history at each evaluation. Training stops if it returns True.

    progress : str or None, default=None
        Label of the progress bar. None shows no bar.
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

    A generator **must** be a scikit-learn estimator with :meth:`fit` and
    :meth:`sample`. The sampler clones it for each class and sets each `random_state`
    that is None. It then calls `fit` with the rows of the class, in the same kind of
    table as the user's. See
    :class:`gansampler.generation.foreign_generator.ForeignGenerator` for the checks on
    the rows that `sample` returns.

    A generator **may** implement everything else, as :class:`gansampler.TabularGAN`
    does. It then infers column types from the whole table, and records a history.
    """

    def fit(self, X: Any) -> Any:
        """Learn the rows of one class, (n_rows, n_features)."""

    def sample(self, n: int, random_state: Any = None) -> Any:
        """Return `n` new rows with the columns of `X`, reproducible from the seed."""

    # Optional, all or none of it:

    is_private: bool
    """Whether nothing learned from real rows may influence the choice of its rows."""

    uses_other_classes: bool
    """Whether it also learns from the rows of the other classes."""

    history_: History
    """The training history."""

    encoder_: Encoder
    """Encodes rows of the class as numbers with meaningful distances."""

    def declared_row(self, frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
        """Return one row made from declarations. Required only if `is_private`."""

    def n_looks(self) -> int:
        """Return how often training is evaluated, unless it stops early."""

    def check_parameters(self) -> None:
        """Raise an error, before any training, if a parameter is invalid."""

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Infer the type of each column from the whole table."""

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error, before any training, if the generator can't learn the table.

        `n_rows` is the number of rows of each class.
        """

    def fit_class(self, rows: pd.DataFrame, context: ClassContext) -> Any:
        """Learn the rows of one class, with what the sampler knows about it."""

    n_together: int
    """The best number of classes to pass to `fit_classes` at once."""

    def fit_classes(
        self,
        gans: Sequence[Any],
        rows: Sequence[pd.DataFrame],
        contexts: Sequence[ClassContext],
    ) -> list[Exception | None]:
        """Fit a clone of this generator for each class; return errors or None."""

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once."""
