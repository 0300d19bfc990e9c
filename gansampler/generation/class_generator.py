"""The generator of one class, with its augmenter, constraints and rejection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gansampler.gan.base_gan import MIN_TRAINING_ROWS, TrainingBrokeDownError
from gansampler.gan.history import History
from gansampler.gan.protocol import ClassContext, TableGenerator
from gansampler.gan.sampling import SamplingMixin
from gansampler.generation.constraints import Constraints
from gansampler.generation.foreign_generator import ForeignGenerator
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.tabular.containers import Container
from gansampler.utils.formatting import as_written

N_PILOT = 500
"""Candidates drawn to estimate how many are needed for each row kept."""

SPARE = 1.1
"""Safety factor on the number of candidates, because draws vary."""


class ClassGenerator(SamplingMixin):
    """The fitted generator of one class, an entry of a sampler's `generators_`.

    Call :meth:`sample` to generate more rows of the class.

    Parameters
    ----------
    label : object
        The class.

    gan : TableGenerator
        The generator, fitted on the rows of the class.

    container : Container
        The kind of table to return.

    augmenter : Augmenter or None
        Changes some of the generated rows.

    constraints : Constraints
        The constraints that every row must satisfy.

    rejection : Rejection or None
        Decides which candidates to keep. None keeps them all.

    n_candidates : int
        Maximum number of rows generated for each row kept.
    """

    def __init__(
        self,
        label: Any,
        gan: TableGenerator,
        container: Container,
        *,
        augmenter: Augmenter | None,
        constraints: Constraints,
        rejection: Rejection | None,
        n_candidates: int,
    ) -> None:
        self.label = label
        self.gan = gan
        self._container = container
        self.augmenter = augmenter
        self.constraints = constraints
        self.rejection = rejection
        self.n_candidates = n_candidates if rejection is not None else 1
        self._candidates_per_row: float | None = None

    @property
    def history(self) -> History:
        """The training history."""
        return self.gan.history_

    def without_rejection(self) -> ClassGenerator:
        """Return the same generator without rejection."""
        return ClassGenerator(
            self.label,
            self.gan,
            self._container,
            augmenter=self.augmenter,
            constraints=self.constraints,
            rejection=None,
            n_candidates=1,
        )

    def draw_frame(self, n: int, seed: int) -> pd.DataFrame:
        """Return `n` new rows as a frame, all at once."""
        if n == 0:  # there is nothing to choose from
            return self.gan.draw_frame(0, seed)
        rows = self._draw_candidates(n, seed)
        if self.rejection is None:
            return rows
        rng = np.random.default_rng(seed)
        chosen = self.rejection.choose(rows, self.label, n, rng)
        return rows.iloc[chosen].reset_index(drop=True)

    def _draw_candidates(self, n: int, seed: int) -> pd.DataFrame:
        """Generate candidates for `n` rows, fewer if the constraints reject many."""
        n_candidates = math.ceil(n * self.candidates_per_row)
        if not len(self.constraints):
            return self._generate(n_candidates, seed)
        return self.constraints.draw(
            self._generate, n_candidates, n_required=n, label=self.label, seed=seed
        )

    @property
    def candidates_per_row(self) -> float:
        """How many rows are generated for each row kept."""
        if self.rejection is None:
            return 1.0
        if self._candidates_per_row is None:
            # A fixed seed gives the same result whatever was drawn before.
            pilot = self._generate(N_PILOT, seed=0)
            needed = self.rejection.candidates_per_row(pilot, self.label)
            self._candidates_per_row = min(SPARE * needed, float(self.n_candidates))
        return self._candidates_per_row

    def _generate(self, n: int, seed: int) -> pd.DataFrame:
        """Generate unfiltered rows, and augment a share of them."""
        rows = self.gan.draw_frame(n, seed)
        if self.augmenter is None:
            return rows
        rng = np.random.RandomState(seed)
        return self.augmenter.apply(rows, rng, self._container.twins)

    def _width(self) -> int:
        return self.gan.encoder_.layout_.width

    def _chunk_rows(self) -> int:
        return max(super()._chunk_rows() // self.n_candidates, 1)

    def __repr__(self) -> str:
        parts = [f"label={as_written(self.label)!r}", f"gan={self.gan!r}"]
        if self.history.n_iter:
            parts.append(f"best_iteration={self.history.best_iteration}")
        if self.rejection is not None:
            parts.append(f"n_candidates={self.n_candidates}")
        if len(self.constraints):
            parts.append(f"n_constraints={len(self.constraints)}")
        return f"ClassGenerator({', '.join(parts)})"


def as_class_generator(gan: Any) -> Any:
    """Return a generator that has `fit_class`, wrapping the user's own if needed."""
    return gan if hasattr(gan, "fit_class") else ForeignGenerator(gan)


def fit_generators(
    gans: Sequence[TableGenerator],
    rows: Sequence[pd.DataFrame],
    contexts: Sequence[ClassContext],
) -> list[Any]:
    """Fit generators on the rows of several classes, or their fallbacks.

    Parameters
    ----------
    gans : sequence of TableGenerator
        Clones of the same generator, one for each class.

    rows : sequence of DataFrame of shape (n_rows, n_features)
        The rows of each class, at least one.

    contexts : sequence of ClassContext
        What the sampler knows beyond the rows of each class.

    Returns
    -------
    gans : list of TableGenerator
        The fitted generators; see :func:`fit_generator`.
    """
    classes = list(zip(gans, rows, contexts, strict=True))
    if len(classes) == 1:
        return [fit_generator(*classes[0])]
    large = [k for k, own in enumerate(rows) if len(own) >= MIN_TRAINING_ROWS]
    failures: dict[int, Any] = {}
    if large:
        chosen = zip(*(classes[k] for k in large), strict=True)
        failures.update(zip(large, gans[0].fit_classes(*chosen), strict=True))
    return [
        gan
        if k in failures and failures[k] is None
        else _stand_in(failures.get(k), own, context)
        for k, (gan, own, context) in enumerate(classes)
    ]


def fit_generator(
    gan: TableGenerator, rows: pd.DataFrame, context: ClassContext
) -> Any:
    """Fit a generator on the rows of one class, or its fallback.

    Parameters
    ----------
    gan : TableGenerator
        A clone of the generator for this class.

    rows : DataFrame of shape (n_rows, n_features)
        The rows of the class, at least one.

    context : ClassContext
        What the sampler knows beyond these rows.

    Returns
    -------
    gan : TableGenerator
        The fitted generator, or a smoothed bootstrap if there are too few rows or
        training broke down.
    """
    failure = None
    if len(rows) >= MIN_TRAINING_ROWS:
        try:
            return gan.fit_class(rows, context)
        except TrainingBrokeDownError as error:
            failure = error
    return _stand_in(failure, rows, context)


def _stand_in(
    failure: TrainingBrokeDownError | None, rows: pd.DataFrame, context: ClassContext
) -> SmoothedBootstrap:
    """Return the fallback for classes with too few rows or a failed training."""
    history = failure.history if failure is not None else History()
    return SmoothedBootstrap(history).fit_class(rows, context)
