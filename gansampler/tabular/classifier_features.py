"""Convert tables to numbers for classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from gansampler.tabular.column_values import (
    distinct_values,
    find_positions,
    read_floats,
)
from gansampler.tabular.containers import to_counted
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.schema import Kind, TableSchema

MAX_CATEGORIES = 32
"""Most categories of a column for the classifier, which merges the rarer ones."""

BOUND = 1e34
"""Limit to which larger numbers are clipped, so that neither squares nor sums of
thousands of float32 numbers overflow."""


class TableFeatures(TransformerMixin, BaseEstimator):
    """Convert any table that :class:`~gansampler.GANOverSampler` accepts to numbers.

    Numbers and dates are imputed with their median, marked where they were missing, and
    standardised. Categories are one-hot encoded, and the rarest of many are merged.

    Parameters
    ----------
    schema : TableSchema, default=None
        The columns of the table. By default they are inferred.
    """

    def __init__(self, schema: TableSchema | None = None) -> None:
        self.schema = schema

    def fit(self, X: Any, y: Any = None) -> TableFeatures:
        """Learn the type, scale and categories of each column.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : ignored
            Not used, present for API consistency.

        Returns
        -------
        self : TableFeatures
            The fitted transformer.
        """
        frame = to_counted(X)
        self.schema_ = self.schema or infer_schema(frame)
        categorical = self.schema_.categorical_features.tolist()
        numeric = [j for j in range(frame.shape[1]) if j not in set(categorical)]
        numbers = make_pipeline(
            SimpleImputer(
                strategy="median", add_indicator=True, keep_empty_features=True
            ),
            StandardScaler(),
        )
        labels = OneHotEncoder(
            max_categories=MAX_CATEGORIES,
            handle_unknown="infrequent_if_exist",
            sparse_output=False,
            dtype=np.float32,
        )
        features = ColumnTransformer(
            [("n", numbers, numeric), ("c", labels, categorical)]
        )
        # Independent of `sklearn.set_config`, because columns are named by position.
        features.set_output(transform="default")
        self.features_ = features.fit(self._plain(frame))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the rows as numbers.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.

        Returns
        -------
        features : ndarray of shape (n_samples, n_encoded), dtype float64
            The encoded rows.
        """
        return self.features_.transform(self._plain(to_counted(X)))

    def _plain(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns as float64 with NaN or as strings, named by position."""
        columns: dict[int, Any] = {}
        for j, column in enumerate(self.schema_.columns):
            series = frame.iloc[:, j]
            if column.kind is Kind.CATEGORICAL:
                words = series.astype(object).where(series.notna(), "")
                # Objects, because pandas' strings can't store every Python string.
                columns[j] = pd.Index([*map(str, words)], dtype=object)
            else:
                columns[j] = read_floats(series, BOUND)
        return pd.DataFrame(columns, index=frame.index)


class TreeFeatures:
    """Convert a table to numbers, codes and NaN, which is all that trees need.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.
    """

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema

    def fit(self, frame: pd.DataFrame) -> TreeFeatures:
        """Learn the categories of each categorical column."""
        self.categories_ = {
            j: distinct_values(frame.iloc[:, j].dropna())
            for j in self.schema.categorical_features
        }
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Return float32 of shape (n_rows, n_features), NaN for unknown categories."""
        features = np.empty(frame.shape, dtype=np.float32, order="F")
        for j, column in enumerate(self.schema.columns):
            series = frame.iloc[:, j]
            if column.kind is Kind.CATEGORICAL:
                positions = find_positions(series, self.categories_[j])
                features[:, j] = np.where(positions < 0, np.nan, positions)
            else:
                features[:, j] = read_floats(series, BOUND)
        return features
