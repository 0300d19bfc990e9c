"""The effect of rejection sampling on the columns of a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gansampler.evaluation.metrics import marginal_distances
from gansampler.evaluation.plotting.style import shorten
from gansampler.tabular.containers import polars_to_pandas, to_counted
from gansampler.utils.random import MAX_SEED

N_NAMED = 3
"""Columns that the sentence names, those that changed most."""


@dataclass(frozen=True, eq=False, repr=False)
class Choosing:
    """The effect of rejection sampling on the columns of a class.

    Parameters
    ----------
    n_candidates : float
        The number of rows generated for each row kept.

    columns : DataFrame of shape (n_features, 2)
        One row per column, the one that changed most first. `distance` is the distance
        between generated rows and kept rows. `chance` is the distance between two
        tables of generated rows.
    """

    n_candidates: float
    columns: pd.DataFrame

    @property
    def moved(self) -> list[str]:
        """Columns that changed by more than chance, the most first."""
        return [shorten(name) for name in self._moved().index]

    def _moved(self) -> pd.DataFrame:
        return self.columns[self.columns["distance"] > 2 * self.columns["chance"]]

    def __str__(self) -> str:
        moved = self._moved()
        kept = (
            f"The sampler generates {self.n_candidates:.1f} rows for each row it "
            "keeps. It prefers rows that are likely to belong to the class"
        )
        if not len(moved):
            return f"{kept}. This changes no column by more than chance."
        named = ", ".join(
            f"{shorten(name)} ({distance:.2f}; by chance {chance:.2f})"
            for name, distance, chance in moved[:N_NAMED].itertuples()
        )
        return (
            f"{kept}. This changes the following columns most: {named}. The choice is "
            "made for classifiers. To keep all rows, set rejection_estimator=None."
        )

    def __repr__(self) -> str:
        return f"<Choosing: {self}>"


def measure_choosing(
    generator: Any, n: int, features: list[int], random_state: Any
) -> Choosing | None:
    """Compare the rows that a sampler keeps with all rows it generates.

    Parameters
    ----------
    generator : ClassGenerator
        The fitted generator of a class.

    n : int
        The number of rows of each table.

    features : list of int
        Positions of the categorical columns.

    random_state : RandomState instance
        Controls which rows are drawn.

    Returns
    -------
    choosing : Choosing or None
        The effect, or None if the generator keeps all its rows.
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
