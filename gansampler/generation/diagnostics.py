"""Warnings about classes whose rows may be poor, and errors of training processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pickle import PicklingError
from typing import Any

from gansampler.gan import diagnostics
from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.history import History
from gansampler.generation.memorization import Copies
from gansampler.utils.formatting import as_written
from gansampler.utils.warnings import warn_user

MIN_AVERAGE_PRECISION = 0.05
"""Below this value a class can hardly be told from the others. The only such table of
22 is also the one where another over-sampler did far better (docs: "Does it help?")."""


def warn_of_trainings(
    n_rows: Mapping[Any, int], histories: Mapping[Any, History]
) -> None:
    """Warn of classes whose generator failed, or may be poor.

    Parameters
    ----------
    n_rows : mapping of object to int
        The number of rows of each class.

    histories : mapping of object to History
        The training history of each class.
    """
    for label, history in histories.items():
        name, n = as_written(label), n_rows[label]
        if history.diverged and not history.best_iteration:
            warn_user(
                f"Training for class {name!r} ({n} rows) broke down at iteration "
                f"{history.n_iter}, so its rows come from a smoothed bootstrap of the "
                "real ones. Try a smaller learning_rate."
            )
        elif n < MIN_TRAINING_ROWS:
            warn_user(
                f"Class {name!r} has {n} row{'s' if n > 1 else ''}, fewer "
                f"than the {MIN_TRAINING_ROWS} that adversarial training needs. Its "
                "rows come from a smoothed bootstrap of the real ones."
            )
        diagnostics.warn_of_faults(history, f"class {name!r} ({n} rows)")


def warn_of_lost_classes(
    n_rows: Mapping[Any, int], average_precision: Mapping[Any, float]
) -> None:
    """Warn if classes overlap so much that the classifier can't guide new rows.

    Parameters
    ----------
    n_rows : mapping of object to int
        The number of rows of each class.

    average_precision : mapping of object to float
        The average precision of the classifier for each class.
    """
    for label, n in n_rows.items():
        found = average_precision.get(label, 1.0)
        if found < MIN_AVERAGE_PRECISION:
            warn_user(
                f"Class {as_written(label)!r} ({n} rows) can hardly be told from the "
                "others: the classifier that filters candidates reaches an average "
                f"precision of {found:.3f} on rows it has not seen. That is too little "
                "to learn where new rows belong, so also try your model without "
                "resampling."
            )


def warn_of_copies(copies: Mapping[Any, Copies]) -> None:
    """Warn if generated rows repeat real rows more often than is usual.

    Parameters
    ----------
    copies : mapping of object to Copies
        The shares of copies in each class.
    """
    for label, found in copies.items():
        if found.many_exact:
            share, usual, kind = found.exact, found.usual_exact, "copies"
        elif found.many_near:
            share, usual, kind = found.near, found.usual_near, "near copies"
        else:
            continue
        warn_user(
            f"Class {as_written(label)!r}: {share:.0%} of the generated rows are "
            f"{kind} of a real row, where {usual:.0%} would be usual. Such rows add "
            "little and may disclose real rows. Try a smaller max_iter or "
            "condition='none', or PrivateTabularGAN if you must not disclose any row. "
            "If the columns allow few distinct rows, copies are unavoidable."
        )


@contextmanager
def named_failures(
    n_jobs: int | None, classes: Mapping[Any, Any], fitted: Mapping[Any, Any]
) -> Iterator[None]:
    """Name the class that a killed process was training, or what can't be pickled.

    Parameters
    ----------
    n_jobs : int or None
        The number of processes, for the message.

    classes : mapping of object to object
        All classes, in the order in which they are trained.

    fitted : mapping of object to object
        The classes that are done; it may grow within.
    """
    try:
        yield
    except BrokenProcessPool as error:
        lost = next(label for label in classes if label not in fitted)
        raise RuntimeError(
            f"The process that trained class {as_written(lost)!r} or a later one was "
            "killed, most likely because the system ran out of memory. Set n_jobs "
            f"below {n_jobs}, or to 1 to train all classes one after another in this "
            "process."
        ) from error
    except PicklingError as error:
        raise TypeError(
            "Your callback, generator or critic can't be pickled, so it can't be sent "
            f"to the processes of n_jobs={n_jobs}. Leave n_jobs at None, or use "
            "objects that can be pickled."
        ) from error
