"""Warn of a training after which rows may not be what they should be."""

from __future__ import annotations

from gansampler.gan.history import History
from gansampler.utils.warnings import warn_user


def warn_of_faults(history: History, which: str) -> None:
    """Warn of a generator that collapsed, broke down late, or left its device.

    Parameters
    ----------
    history : History
        The record of the training.

    which : str
        What the generator was trained on, such as "class 'fraud' (90 rows)".
    """
    if history.diverged and history.best_iteration:
        warn_user(
            f"Training for {which} broke down at iteration {history.n_iter}; the "
            f"generator of iteration {history.best_iteration} is used. A smaller "
            "learning_rate may help."
        )
    if history.out_of_memory:
        warn_user(
            f"The device had too little memory for {which}, which was trained on the "
            "CPU. A smaller batch_size needs less, and so does n_jobs=1."
        )
    if history.collapsed and not history.diverged:
        warn_user(
            f"The generator of {which} collapsed: in the end its rows differed "
            f"{history.diversity[-1]:.2f} times as much as the real ones. The best "
            f"one, of iteration {history.best_iteration}, is used, whose rows may "
            "be hardly better. Go back to the default penalty and n_critic, or "
            "set pac, by which the critic sees that rows are alike; a generator of "
            "your own has to make something of each of its inputs."
        )
