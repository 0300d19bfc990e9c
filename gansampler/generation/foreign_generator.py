"""A wrapper for the user's own generator that checks the rows it returns."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from gansampler.gan.history import History
from gansampler.gan.protocol import ClassContext
from gansampler.tabular.column_values import cast_column
from gansampler.tabular.containers import polars_to_pandas, to_frame
from gansampler.tabular.encoder import TableEncoder, join_columns
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.schema import Kind, TableSchema
from gansampler.utils.formatting import as_written
from gansampler.utils.random import seeded


class ForeignGenerator:
    """Let any estimator with ``fit(X)`` and ``sample(n, random_state)`` generate rows.

    The estimator is fitted on the rows of the class, in the user's kind of table. It
    must return the requested number of rows with the columns of the table, and values
    that fit the dtype of each column. A value may be missing only in a column that has
    missing values in the class. Numbers are rounded to the decimals of their column.

    Parameters
    ----------
    estimator : estimator object
        The user's generator, which is cloned.
    """

    is_private = False
    uses_other_classes = False

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self.name = type(estimator).__name__
        self.history_ = History()

    def __repr__(self) -> str:
        return repr(self.estimator)

    def n_looks(self) -> int:
        """Return 0, because its training is never monitored."""
        return 0

    def check_parameters(self) -> None:
        """Raise a TypeError, before any training, if `sample` has a wrong signature."""
        try:
            signature(self.estimator.sample).bind(1, random_state=0)
        except TypeError as error:
            raise TypeError(
                f"The generator {self.name} must have sample(n, random_state=None), "
                f"got sample{signature(self.estimator.sample)}. Write a subclass whose "
                "sample accepts both."
            ) from error

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Infer the type of each column of a table."""
        return infer_schema(frame, categorical_features)

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Do nothing: the estimator decides which tables it accepts."""

    def fit_class(self, rows: pd.DataFrame, context: ClassContext) -> ForeignGenerator:
        """Fit a clone of the estimator on the rows of one class.

        Raises
        ------
        ValueError
            If fitting fails. The message names the generator and the class.
        """
        self.label = context.label
        self.schema = context.schema
        self.twins_ = context.container.twins
        known = rows if context.all_rows is None else context.all_rows
        self.columns_, self.dtypes_ = rows.columns, rows.dtypes
        self.may_miss_ = known.isna().any().tolist()
        self.encoder_ = TableEncoder(context.schema).fit(known)
        try:
            seed = 0 if context.seed is None else context.seed
            self.estimator_ = seeded(self.estimator, seed)
            self.estimator_.fit(context.container.restore(rows))
        except Exception as error:
            raise ValueError(
                f"Fitting the generator {self.name} on class "
                f"{as_written(self.label)!r} ({len(rows)} rows) failed: "
                f"{type(error).__name__}: {error}"
            ) from error
        return self

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once.

        Raises
        ------
        ValueError
            If the estimator does not return `n` rows like those of the class. The
            message names it and the problem.
        """
        if n == 0:
            return self.encoder_.inverse_transform(
                np.empty((0, self.encoder_.layout_.width), dtype=np.float32)
            )
        try:
            given = self.estimator_.sample(n, random_state=seed)
        except Exception as error:
            raise self._error(f"failed: {type(error).__name__}: {error}") from error
        frame = self._read(given, n)
        columns = [
            self._read_column(j, frame.iloc[:, j]) for j in range(frame.shape[1])
        ]
        return join_columns(columns, self.columns_)

    def _read(self, given: Any, n: int) -> pd.DataFrame:
        """Convert what the estimator returned to a frame with the table's columns."""
        table = polars_to_pandas(given)
        if np.ndim(table) != 2:
            raise self._error(f"returned {_described(given)}, which is not a table")
        frame = to_frame(table if hasattr(table, "dtypes") else np.asarray(table))
        if isinstance(table, pd.DataFrame) and set(frame.columns) == set(self.columns_):
            frame = frame[self.columns_]
        elif isinstance(table, pd.DataFrame):
            raise self._error(
                f"returned the columns {frame.columns.tolist()}, but the table has "
                f"{self.columns_.tolist()}"
            )
        if frame.shape != (n, len(self.columns_)):
            raise self._error(
                f"returned {len(frame)} rows and {frame.shape[1]} columns instead of "
                f"{n} rows and {len(self.columns_)} columns"
            )
        return self.twins_.read(frame.reset_index(drop=True))

    def _read_column(self, j: int, given: pd.Series) -> pd.Series:
        """Return a column in the table's dtype, or raise an error that says why not."""
        column, dtype = self.schema.columns[j], self.dtypes_.iloc[j]
        where = f"column {column.name!r}"
        missing = given.isna()
        if missing.any() and not self.may_miss_[j]:
            raise self._error(
                f"left {int(missing.sum())} values of {where} missing, but the class "
                "has no missing values there"
            )
        if given.dtype.kind == "f":
            if column.kind is Kind.INTEGER:
                given = given.round()
            elif column.decimals is not None:
                given = given.round(column.decimals)
        try:
            return cast_column(given, dtype)
        except ValueError as error:
            raise self._error(f"returned {where}, but {error}") from error

    def _error(self, fault: str) -> ValueError:
        return ValueError(
            f"The generator {self.name} of class {as_written(self.label)!r} {fault}."
        )


def _described(given: Any) -> str:
    shape = f" of shape {given.shape}" if hasattr(given, "shape") else ""
    return f"a {type(given).__name__}{shape}"
