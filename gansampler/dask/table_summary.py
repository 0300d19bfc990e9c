"""Summarise the partitions of a table: its columns, classes and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from gansampler.tabular.inference import ColumnFacts, column_facts
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_target_complete


@dataclass(frozen=True)
class TableSummary:
    """The summary of some partitions, which can be merged with that of the next ones.

    The merged summary equals the summary of the whole table.

    Parameters
    ----------
    columns : tuple of ColumnFacts
        The facts about each column.

    target : ColumnFacts
        The name and the dtype of the labels.

    counts : dict of object to int
        The number of rows of each class.

    lengths : tuple of int
        The number of rows of each partition, in order.
    """

    columns: tuple[ColumnFacts, ...]
    target: ColumnFacts
    counts: dict[Any, int]
    lengths: tuple[int, ...]

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        y: pd.Series,
        categorical_features: str | Sequence[Any] = "auto",
    ) -> TableSummary:
        """Summarise one partition.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Some rows of the table.

        y : Series of shape (n_rows,)
            The labels of these rows.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical; see
            :func:`gansampler.tabular.inference.infer_schema`.

        Returns
        -------
        summary : TableSummary
            The summary.

        Raises
        ------
        ValueError, TypeError
            If the numbers of rows and labels or their indexes differ, a label is
            missing, or a column is invalid.

        Examples
        --------
        >>> import pandas as pd
        >>> from gansampler.dask.table_summary import TableSummary
        >>> frame, y = pd.DataFrame({"x": [1, 3, 9]}), pd.Series([0, 0, 1])
        >>> parts = [
        ...     TableSummary.of(frame[:2], y[:2]),
        ...     TableSummary.of(frame[2:], y[2:]),
        ... ]
        >>> whole = parts[0].merge(parts[1])
        >>> whole.lengths, sorted(whole.counts.values())
        ((2, 1), [1, 2])
        >>> whole.schema == TableSummary.of(frame, y).schema
        True
        """
        if len(frame) != len(y):
            raise ValueError(
                f"X has {len(frame)} rows, but y has {len(y)} labels. Take both from "
                "the same dask DataFrame, or repartition them identically."
            )
        if not frame.index.equals(y.index):
            raise ValueError(
                "X and y have different indexes, so rows can't be matched to labels. "
                "Take both from the same dask DataFrame, such as X = "
                "table.drop(columns='label') and y = table['label'], or give y the "
                "index of X."
            )
        check_target_complete(y)
        if len(y):  # scikit-learn can't check an empty target
            check_classification_targets(y)
        labels, counts = np.unique(column_or_1d(y), return_counts=True)
        return cls(
            columns=tuple(column_facts(frame, categorical_features)),
            target=ColumnFacts.of(y.name, y, declared=True),
            counts=dict(zip(labels, counts.tolist(), strict=True)),
            lengths=(len(frame),),
        )

    def merge(self, other: TableSummary) -> TableSummary:
        """Merge this summary with that of the following partitions.

        Raises
        ------
        TypeError
            If a column contains other types of values there.
        """
        pairs = zip(self.columns, other.columns, strict=True)
        labels = dict.fromkeys([*self.counts, *other.counts])
        return TableSummary(
            columns=tuple(one.merge(another) for one, another in pairs),
            target=self.target.merge(other.target),
            counts={k: self.counts.get(k, 0) + other.counts.get(k, 0) for k in labels},
            lengths=self.lengths + other.lengths,
        )

    @property
    def schema(self) -> TableSchema:
        """The schema of the table, if the summary covers all partitions."""
        return TableSchema(tuple(column.schema() for column in self.columns))
