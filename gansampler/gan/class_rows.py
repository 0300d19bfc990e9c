"""What the training of one class is given, as plain data without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gansampler.gan.history import History, LabelledRows
from gansampler.tabular.encoder import RowLayout


@dataclass(frozen=True)
class ClassRows:
    """What the training of one class is given.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class, at least two.

    layout : RowLayout
        Their layout, of width at least one.

    seed : int
        Decides everything that is random.

    labelled : LabelledRows or None, default=None
        Rows of all classes, where there is to be an auxiliary classifier.

    watch : callable or None, default=None
        Called with the history after each look; the training stops if it returns True.
    """

    rows: np.ndarray
    layout: RowLayout
    seed: int
    labelled: LabelledRows | None = None
    watch: Callable[[History], bool] | None = None
