"""Check how many rows are requested: whole numbers that fit in memory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

from gansampler.utils.formatting import as_written, short_repr

CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Files with the memory limit of a Linux container, which psutil does not read."""

COPIES = 3
"""Maximum number of copies of new rows in memory at the same time: in parts,
concatenated, and appended to the real rows."""


def whole_counts(counts: Any) -> Any:
    """Convert the row counts of a `sampling_strategy` to integers.

    Parameters
    ----------
    counts : mapping of object to number, or object
        The number of rows of each class. Anything but a mapping is returned as is.

    Returns
    -------
    counts : dict of object to int, or object
        The counts as integers.

    Raises
    ------
    TypeError, ValueError
        If a count is not a whole number. The message names the class.

    Examples
    --------
    >>> from gansampler.utils.row_counts import whole_counts
    >>> whole_counts({"yes": 80.0})
    {'yes': 80}
    """
    if not isinstance(counts, Mapping):
        return counts
    return {label: _whole(label, n) for label, n in counts.items()}


def _whole(label: Any, n: Any) -> int:
    must_be = (
        f"sampling_strategy must ask for a whole number of rows of class "
        f"{as_written(label)!r}, got {short_repr(n)}"
    )
    if not isinstance(n, Real) or isinstance(n, (bool, np.bool_)):
        raise TypeError(f"{must_be}, a {type(n).__name__}.")
    if not isinstance(n, Integral) and not float(n).is_integer():
        raise ValueError(f"{must_be}. Round it, for example with int(...).")
    return int(n)  # type: ignore[call-overload]  # a whole number


def check_room(wanted: Mapping[Any, int], frame: pd.DataFrame) -> None:
    """Raise a ValueError, before any training, if new rows don't fit in memory.

    Parameters
    ----------
    wanted : mapping of object to int
        How many rows to generate for each class.

    frame : DataFrame of shape (n_samples, n_features)
        The table, whose rows need as much memory as the new ones will.
    """
    n_new = sum(wanted.values())
    n_bytes = COPIES * n_new * bytes_per_row(frame)
    if n_bytes <= memory_limit():
        return
    label, n = max(wanted.items(), key=lambda entry: entry[1])
    raise ValueError(
        f"sampling_strategy asks for {n_new:,} new rows, {n:,} of them of class "
        f"{as_written(label)!r}. That needs about {_gib(n_bytes)} of memory, but this "
        f"machine has {_gib(memory_limit())}. Ask for fewer rows, or generate them in "
        "parts with `sampler.generators_[label].sample_parts`."
    )


def check_sample_room(n: int, part: pd.DataFrame) -> None:
    """Raise a ValueError if `n` rows like those of `part` don't fit in memory."""
    n_bytes = COPIES * n * bytes_per_row(part)
    if n_bytes > memory_limit():
        raise ValueError(
            f"n={n:,} rows need about {_gib(n_bytes)} of memory, but this machine has "
            f"{_gib(memory_limit())}. Ask for fewer rows, or in Python generate them "
            "in parts with `sample_parts`."
        )


def memory_limit() -> int:
    """Return the memory of the machine, or of the container, in bytes."""
    limits = [psutil.virtual_memory().total]
    for path in CONTAINER_LIMITS:
        # The file only exists in a container, and may contain the word "max".
        with suppress(OSError, ValueError):
            limits.append(int(path.read_text()))
    return min(limits)


def bytes_per_row(frame: pd.DataFrame) -> float:
    """Return the average memory of a row, excluding strings and other objects."""
    n_bytes = frame.memory_usage(index=False, deep=False).sum()
    return float(n_bytes) / max(len(frame), 1)


def _gib(n_bytes: float) -> str:
    return f"{n_bytes / 2**30:,.1f} GiB"
