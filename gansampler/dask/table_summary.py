"""What a table's partitions say of it: its columns, its classes, its length."""

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
    """Summary of some partitions, which can be merged with that of the next ones.

    Merged, the summaries say what the whole table would have said at once.

    Parameters
    ----------
    columns : tuple of ColumnFacts
        What is known of each column.

    target : ColumnFacts
        The name and the dtype of the labels.

    counts : dict of object to int
        The rows of each class.

    lengths : tuple of int
        The rows of each partition, in their order.
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
            Their labels.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical; see
            :func:`gansampler.tabular.inference.infer_schema`.

        Returns
        -------
        summary : TableSummary
            What they say.

        Raises
        ------
        ValueError, TypeError
            If there are not as many labels as rows, their indexes differ, a label is
            missing, or a column can't be read.

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
                f"X has {len(frame)} rows and y has {len(y)} labels; take both from "
                "the same dask DataFrame, or repartition them alike."
            )
        if not frame.index.equals(y.index):
            raise ValueError(
                "X and y have different indexes, so that it can't be told which label "
                "belongs to which row. Take both from the same dask DataFrame, such as "
                "X = table.drop(columns='label') and y = table['label'], or give y the "
                "index of X."
            )
        check_target_complete(y)
        if len(y):  # of nothing scikit-learn can't tell what it is
            check_classification_targets(y)
        labels, counts = np.unique(column_or_1d(y), return_counts=True)
        return cls(
            columns=tuple(column_facts(frame, categorical_features)),
            target=ColumnFacts.of(y.name, y, declared=True),
            counts=dict(zip(labels, counts.tolist(), strict=True)),
            lengths=(len(frame),),
        )

    def merge(self, other: TableSummary) -> TableSummary:
        """Merge this summary with that of the partitions behind.

        Raises
        ------
        TypeError
            If a column holds something else there.
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
        """The schema of the table, if no partition is left out."""
        return TableSchema(tuple(column.schema() for column in self.columns))
