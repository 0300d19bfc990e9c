"""A table as numbers that any classifier takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from gansampler.tabular.column_values import read_floats
from gansampler.tabular.containers import to_frame
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.schema import Kind, TableSchema

MAX_CATEGORIES = 32
"""A categorical column's rarer categories count as one for the classifier."""

BOUND = 1e34
"""What larger numbers are cut to, so that neither squares nor sums of thousands of
float32 overflow."""


def make_features(schema: TableSchema) -> ColumnTransformer:
    """Make what turns a plain frame into imputed, standardised, one-hot encoded rows.

    Parameters
    ----------
    schema : TableSchema
        The columns of the table.

    Returns
    -------
    features : ColumnTransformer
        Not fitted.
    """
    categorical = schema.categorical_features.tolist()
    numeric = [j for j in range(len(schema.columns)) if j not in set(categorical)]
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    labels = OneHotEncoder(
        max_categories=MAX_CATEGORIES,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
        dtype=np.float32,
    )
    return ColumnTransformer([("n", numbers, numeric), ("c", labels, categorical)])


def plain_frame(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return the columns as float64 with NaN or as strings, whatever their dtypes.

    Parameters
    ----------
    frame : DataFrame of shape (n_samples, n_features)
        The table.

    schema : TableSchema
        Its columns.

    Returns
    -------
    plain : DataFrame of shape (n_samples, n_features)
        The same, with the positions of the columns as their names.
    """
    columns = {}
    for j, column in enumerate(schema.columns):
        series = frame.iloc[:, j]
        if column.kind is Kind.CATEGORICAL:
            words = series.astype(object).where(series.notna(), "")
            # Objects, because pandas' own strings can't hold all that Python's can.
            columns[j] = pd.Series(list(map(str, words)), frame.index, dtype=object)
            continue
        columns[j] = pd.Series(read_floats(series, BOUND), index=frame.index)
    return pd.DataFrame(columns, index=frame.index)


class TableFeatures(TransformerMixin, BaseEstimator):
    """Turn any table of :class:`~gansampler.GANOverSampler` into numbers.

    Numbers and dates are imputed by their median, marked where they were missing, and
    standardised; categories are one-hot encoded, the rarest of many together.
    """

    def fit(self, X: Any, y: Any = None) -> TableFeatures:
        """Learn what each column is, its scale and its categories.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : ignored
            Not used.

        Returns
        -------
        self : TableFeatures
            The fitted transformer.
        """
        frame = to_frame(X)
        self.schema_ = infer_schema(frame, "auto")
        self.features_ = make_features(self.schema_)
        self.features_.fit(plain_frame(frame, self.schema_))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the rows as numbers.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.

        Returns
        -------
        features : ndarray of shape (n_samples, n_encoded), dtype float64
            The encoded rows.
        """
        return self.features_.transform(plain_frame(to_frame(X), self.schema_))
