"""Warnings about a training whose rows may be poor."""

from __future__ import annotations

from gansampler.gan.history import History
from gansampler.utils.warnings import warn_user


def warn_of_faults(history: History, which: str) -> None:
    """Warn if training broke down late, ran out of memory, or collapsed.

    Parameters
    ----------
    history : History
        The training history.

    which : str
        The rows the generator was trained on, such as "class 'fraud' (90 rows)".
    """
    if history.diverged and history.best_iteration:
        warn_user(
            f"Training for {which} broke down at iteration {history.n_iter}, so the "
            f"generator of iteration {history.best_iteration} is used. Try a smaller "
            "learning_rate."
        )
    if history.out_of_memory:
        warn_user(
            f"The device ran out of memory, so {which} was trained on the CPU. To "
            "save memory, set a smaller batch_size or n_jobs=1."
        )
    if history.collapsed and not history.diverged:
        warn_user(
            f"The generator for {which} collapsed: at the end its rows varied "
            f"{history.diversity[-1]:.2f} times as much as the real ones. The best "
            f"generator, of iteration {history.best_iteration}, is used, but its rows "
            "may be hardly better. Go back to the default penalty and n_critic, or "
            "set pac, which lets the critic see that rows are alike. A generator of "
            "your own must use all of its inputs."
        )
