"""What choosing among generated rows changed, beside what the generator learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gansampler.evaluation.metrics import marginal_distances
from gansampler.evaluation.plotting.style import shorten
from gansampler.tabular.containers import polars_to_pandas, to_counted
from gansampler.utils.random import MAX_SEED

N_NAMED = 3
"""Columns that are named, those that moved most."""


@dataclass(frozen=True, eq=False)
class Choosing:
    """How a sampler's choosing moved the columns of a class.

    Parameters
    ----------
    n_candidates : float
        Rows generated for each row kept.

    columns : DataFrame of shape (n_features, 2)
        For each column, the one that moved most first: the distance between rows as
        they are generated and rows that were chosen, and by chance, between two tables
        of rows as they are generated.
    """

    n_candidates: float
    columns: pd.DataFrame

    def __str__(self) -> str:
        moved = self.columns[self.columns["distance"] > 2 * self.columns["chance"]]
        kept = (
            f"The sampler generates {self.n_candidates:.1f} rows for each row that it "
            "keeps, and keeps the likelier ones of the class"
        )
        if not len(moved):
            return f"{kept}. That moved no column by more than chance does."
        named = ", ".join(
            f"{shorten(name)} ({distance:.2f}, by chance {chance:.2f})"
            for name, distance, chance in moved[:N_NAMED].itertuples()
        )
        return (
            f"{kept}. That moved these columns most: {named}. It helps classifiers; "
            "rejection_estimator=None keeps the rows as they were learned."
        )


def measure_choosing(
    generator: Any, n: int, features: list[int], random_state: Any
) -> Choosing | None:
    """Compare chosen rows with rows as they are generated.

    Parameters
    ----------
    generator : ClassGenerator
        The fitted generator of a class.

    n : int
        Rows of each table.

    features : list of int
        Which columns are categorical.

    random_state : RandomState instance
        Decides which rows are drawn.

    Returns
    -------
    choosing : Choosing or None
        What it changed; None where the generator's rows are not chosen.
    """
    if generator.rejection is None:
        return None
    free = generator.without_rejection()
    drawn = [
        source.sample(n, random_state.randint(MAX_SEED))
        for source in (free, free, generator)
    ]
    first, second, chosen = (to_counted(polars_to_pandas(rows)) for rows in drawn)
    distance, chance = (
        marginal_distances(first, rows, categorical_features=features)
        for rows in (chosen, second)
    )
    columns = pd.DataFrame({"distance": distance, "chance": chance})
    columns = columns.sort_values("distance", ascending=False, kind="stable")
    return Choosing(generator.candidates_per_row, columns)
