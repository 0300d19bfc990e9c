"""Which sampling ratio? One resampling to 1:1 serves all lower ratios.

Synthetic rows are exchangeable: a random part of them is what the sampler would have
added at a lower ratio, so that a GAN need not be trained once for each. (Not quite for
samplers that decide by the number wanted where to put the rows, such as ADASYN, which
keeps its proportions; the rule is the same for all.)
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def added_rows(
    y: pd.Series, X_resampled: pd.DataFrame, y_resampled: pd.Series
) -> pd.DataFrame:
    """Return the minority rows that a sampler added below the real ones, shuffled."""
    real, added = y_resampled.iloc[: len(y)], y_resampled.iloc[len(y) :]
    if not np.array_equal(real, y) or not (added == 1).all():
        raise ValueError("The sampler does not put minority rows below the others.")
    # Any seed will do: the rows were drawn with the sampler's.
    return X_resampled.iloc[len(y) :].sample(frac=1, random_state=0)


def rows_to_add(y: pd.Series, ratios: Iterable[float], n_rows: int) -> dict:
    """Count the rows that bring the minority to each ratio of the majority.

    There are `n_rows` of them; a table that has the ratio already needs 0.
    """
    n_minority, n_majority = (y == 1).sum(), (y == 0).sum()
    return {
        ratio: int(np.clip(ratio * n_majority - n_minority, 0, n_rows))
        for ratio in ratios
    }


def add_rows(
    X: pd.DataFrame, y: pd.Series, rows: pd.DataFrame, n: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Put the first `n` of the synthetic rows below the real ones."""
    X_added = pd.concat([X, rows.iloc[:n]], ignore_index=True)
    return X_added, pd.Series([*y, *[1] * n], name=y.name)
