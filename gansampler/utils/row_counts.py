"""How many rows are asked for: whole numbers, and no more than memory can hold."""

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
"""Where Linux tells a container how much memory it may use; psutil does not look."""

COPIES = 3
"""How often new rows are held at the same time, at the most: in parts, put together,
and below the real ones."""


def whole_counts(counts: Any) -> Any:
    """Return the rows that a `sampling_strategy` asks for as whole numbers.

    Parameters
    ----------
    counts : mapping of object to number, or object
        The rows of each class. What is no mapping is given back.

    Returns
    -------
    counts : dict of object to int, or object
        The same as integers.

    Raises
    ------
    TypeError, ValueError
        If one of them is no whole number; the message names the class.

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
        raise ValueError(f"{must_be}; round it, for instance by int(...).")
    return int(n)  # type: ignore[call-overload]  # a whole one


def check_room(wanted: Mapping[Any, int], frame: pd.DataFrame) -> None:
    """Raise a ValueError, before any training, if new rows can't be held in memory.

    Parameters
    ----------
    wanted : mapping of object to int
        How many rows to generate for each class.

    frame : DataFrame of shape (n_samples, n_features)
        The table, whose rows take as much memory as the new ones will.
    """
    n_new = sum(wanted.values())
    n_bytes = COPIES * n_new * bytes_per_row(frame)
    if n_bytes <= memory_limit():
        return
    label, n = max(wanted.items(), key=lambda entry: entry[1])
    raise ValueError(
        f"sampling_strategy asks for {n_new:,} new rows, {n:,} of them of class "
        f"{as_written(label)!r}. With them the result would take about "
        f"{_gib(n_bytes)}, and this machine has {_gib(memory_limit())}. "
        "Ask for fewer, or sample parts by `sampler.generators_[label].sample_parts`."
    )


def check_sample_room(n: int, part: pd.DataFrame) -> None:
    """Raise a ValueError if `n` rows like those of `part` can't be held in memory."""
    n_bytes = COPIES * n * bytes_per_row(part)
    if n_bytes > memory_limit():
        raise ValueError(
            f"n={n:,} rows would take about {_gib(n_bytes)}, and this machine has "
            f"{_gib(memory_limit())}. Ask for fewer, or in Python take them in parts, "
            "by `sample_parts`."
        )


def memory_limit() -> int:
    """Return the bytes of memory of the machine, or of the container within it."""
    limits = [psutil.virtual_memory().total]
    for path in CONTAINER_LIMITS:
        # Not there but in a container, and then perhaps the word "max".
        with suppress(OSError, ValueError):
            limits.append(int(path.read_text()))
    return min(limits)


def bytes_per_row(frame: pd.DataFrame) -> float:
    """Return the memory that a row takes on average, texts and other objects aside."""
    n_bytes = frame.memory_usage(index=False, deep=False).sum()
    return float(n_bytes) / max(len(frame), 1)


def _gib(n_bytes: float) -> str:
    return f"{n_bytes / 2**30:,.1f} GiB"
