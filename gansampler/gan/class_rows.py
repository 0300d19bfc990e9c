"""The input of the training of one class, as plain data without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gansampler.gan.history import History, LabelledRows
from gansampler.tabular.encoder import RowLayout


@dataclass(frozen=True)
class ClassRows:
    """The input of the training of one class.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype float32
        The encoded rows of the class, at least two.

    layout : RowLayout
        The layout of the rows, with a width of at least one.

    seed : int
        Controls all randomness.

    labelled : LabelledRows or None, default=None
        Rows of all classes, if there is an auxiliary classifier.

    watch : callable or None, default=None
        Called with the history at each evaluation. Training stops if it returns True.
    """

    rows: np.ndarray
    layout: RowLayout
    seed: int
    labelled: LabelledRows | None = None
    watch: Callable[[History], bool] | None = None
