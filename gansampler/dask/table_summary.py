"""What is counted part by part of a table: its columns, its labels, its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from gansampler.tabular.inference import ColumnFacts, column_facts
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_target_complete
from gansampler.utils.formatting import as_written


@dataclass(frozen=True)
class Tally:
    """What some parts of a table say of it; the tallies of further parts add up.

    Put together, they say what the whole table would have said at once.

    Parameters
    ----------
    columns : tuple of ColumnFacts
        What is known of each column.

    target : ColumnFacts
        The name and the dtype of the labels.

    counts : dict of object to int
        The rows of each class.

    lengths : tuple of int
        The rows of each part, in the parts' order.
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
    ) -> Tally:
        """Count one part.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_features)
            Some rows of the table.

        y : Series of shape (n_rows,)
            Their labels.

        categorical_features : "auto" or array-like, default="auto"
            Which columns are categorical; see :meth:`infer_schema`.

        Returns
        -------
        tally : Tally
            What they say.

        Raises
        ------
        ValueError, TypeError
            If there are not as many labels as rows, one is missing, or a column can't
            be read.

        Examples
        --------
        >>> import pandas as pd
        >>> from gansampler.dask.counting import Tally
        >>> frame, y = pd.DataFrame({"x": [1, 3, 9]}), pd.Series([0, 0, 1])
        >>> parts = [Tally.of(frame[:2], y[:2]), Tally.of(frame[2:], y[2:])]
        >>> whole = parts[0].merge(parts[1])
        >>> whole.lengths, sorted(whole.counts.values())
        ((2, 1), [1, 2])
        >>> whole.schema == Tally.of(frame, y).schema
        True
        """
        if len(frame) != len(y):
            raise ValueError(
                f"X has {len(frame)} rows and y has {len(y)} labels; take both from "
                "the same dask DataFrame, or repartition them alike."
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

    def merge(self, other: Tally) -> Tally:
        """Put what later parts say behind this.

        Raises
        ------
        TypeError
            If a column holds something else there.
        """
        pairs = zip(self.columns, other.columns, strict=True)
        labels = dict.fromkeys([*self.counts, *other.counts])
        return Tally(
            columns=tuple(one.merge(another) for one, another in pairs),
            target=self.target.merge(other.target),
            counts={k: self.counts.get(k, 0) + other.counts.get(k, 0) for k in labels},
            lengths=self.lengths + other.lengths,
        )

    @property
    def schema(self) -> TableSchema:
        """The schema of the table, if no part is left out."""
        return TableSchema(tuple(column.schema() for column in self.columns))


def rows_to_generate(strategy: Any, counts: Mapping[Any, int]) -> dict[Any, int]:
    """Resolve a `sampling_strategy` from the counts of the classes alone.

    It is what imbalanced-learn's ``check_sampling_strategy`` gives, which wants all
    labels in memory.

    Parameters
    ----------
    strategy : float, str or mapping
        The strategy, as :class:`gansampler.GANOverSampler` takes it.

    counts : mapping of object to int
        The rows of each class.

    Returns
    -------
    wanted : dict of object to int
        How many rows to generate for each class, ordered by label.

    Raises
    ------
    ValueError
        If the strategy asks for what can't be had.

    Examples
    --------
    >>> from gansampler.dask.counting import rows_to_generate
    >>> rows_to_generate("auto", {"no": 90, "yes": 10})
    {'yes': 80}
    """
    if len(counts) < 2:
        raise ValueError(
            "The target 'y' needs to have more than 1 class. Got "
            f"{len(counts)} class instead."
        )
    labels = sorted(counts)
    most = max(counts.values())
    minority = min(labels, key=lambda label: counts[label])
    majority = max(labels, key=lambda label: counts[label])
    if isinstance(strategy, Mapping):
        return _from_targets(strategy, counts)
    if isinstance(strategy, Real):
        return _from_ratio(float(strategy), counts, majority)
    if strategy == "majority":
        raise ValueError(
            "sampling_strategy='majority' can't be used by an over-sampler; choose "
            "'auto', 'minority', 'not minority' or 'all'."
        )
    if strategy == "minority":
        labels = [minority]
    if strategy == "not minority":
        labels.remove(minority)
    if strategy in ("auto", "not majority"):
        labels.remove(majority)
    return {label: most - counts[label] for label in labels}


def _from_targets(
    targets: Mapping[Any, Any], counts: Mapping[Any, int]
) -> dict[Any, int]:
    wanted = {}
    for label in sorted(targets):
        if label not in counts:
            raise ValueError(
                f"sampling_strategy names the class {as_written(label)!r}, which y "
                f"does not have; its classes are {[*map(as_written, sorted(counts))]}."
            )
        wanted[label] = int(targets[label]) - counts[label]
        if wanted[label] < 0:
            raise ValueError(
                f"sampling_strategy asks for {targets[label]} rows of class "
                f"{as_written(label)!r}, which has {counts[label]} already; ask for "
                "as many at least."
            )
    return wanted


def _from_ratio(
    ratio: float, counts: Mapping[Any, int], majority: Any
) -> dict[Any, int]:
    if len(counts) > 2:
        raise ValueError(
            "sampling_strategy can be a number only where there are two classes, got "
            f"{len(counts)}; use a dict."
        )
    (minority,) = counts.keys() - {majority}
    wanted = int(counts[majority] * ratio - counts[minority])
    if wanted <= 0:
        raise ValueError(
            f"sampling_strategy={ratio:g} asks for no row of class "
            f"{as_written(minority)!r}, which has {counts[minority]} to the "
            f"{counts[majority]} of the other; increase it."
        )
    return {minority: wanted}
