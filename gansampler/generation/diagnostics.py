"""Warn of classes whose rows may not be what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gansampler.gan import diagnostics
from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.history import History
from gansampler.generation.memorization import Copies
from gansampler.utils.formatting import as_written
from gansampler.utils.warnings import warn_user

MIN_AVERAGE_PRECISION = 0.05
"""Below it a class can hardly be told from the others. The one such table of 22 is also
the one where another over-sampler did far better (docs: "Does it help?")."""


def warn_of_trainings(
    n_rows: Mapping[Any, int], histories: Mapping[Any, History]
) -> None:
    """Warn of classes whose generator failed, or may be poor.

    Parameters
    ----------
    n_rows : mapping of object to int
        The rows of each class.

    histories : mapping of object to History
        The record of each class's training.
    """
    for label, history in histories.items():
        name, n = as_written(label), n_rows[label]
        if history.diverged and not history.best_iteration:
            warn_user(
                f"Training for class {name!r} ({n} rows) broke down at iteration "
                f"{history.n_iter}; its rows come from a smoothed bootstrap of the "
                "real ones. A smaller learning_rate may help."
            )
        elif n < MIN_TRAINING_ROWS:
            warn_user(
                f"Class {name!r} has {n} row{'s' if n > 1 else ''}, fewer "
                f"than the {MIN_TRAINING_ROWS} that adversarial training needs; its "
                "rows come from a smoothed bootstrap of the real ones."
            )
        diagnostics.warn_of_faults(history, f"class {name!r} ({n} rows)")


def warn_of_lost_classes(
    n_rows: Mapping[Any, int], average_precision: Mapping[Any, float]
) -> None:
    """Warn where the classes overlap so much that new rows land anywhere.

    Parameters
    ----------
    n_rows : mapping of object to int
        The rows of each class.

    average_precision : mapping of object to float
        How well the classifier tells each class from the others.
    """
    for label, n in n_rows.items():
        found = average_precision.get(label, 1.0)
        if found < MIN_AVERAGE_PRECISION:
            warn_user(
                f"Class {as_written(label)!r} ({n} rows) can hardly be "
                "told from the others: the average precision of the classifier that "
                f"chooses rows is {found:.3f} on rows it has not seen. Where generated "
                "rows should lie can't be learnt from so little; compare with no "
                "resampling."
            )


def warn_of_copies(copies: Mapping[Any, Copies]) -> None:
    """Warn where generated rows repeat real ones more than these repeat each other.

    Parameters
    ----------
    copies : mapping of object to Copies
        What was found of each class.
    """
    for label, found in copies.items():
        if found.many_exact:
            share, usual, kind = found.exact, found.usual_exact, "copies"
        elif found.many_near:
            share, usual, kind = found.near, found.usual_near, "near copies"
        else:
            continue
        warn_user(
            f"Class {as_written(label)!r}: {share:.0%} of its generated rows are "
            f"{kind} of a real row, where {usual:.0%} would be usual. They may give "
            "real rows away, and add little to them. Try a smaller max_iter or "
            "condition='none', or PrivateTabularGAN where no row may be given away; "
            "where rows can differ in a few ways only, it can't be helped."
        )
