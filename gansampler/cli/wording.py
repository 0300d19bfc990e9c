"""Translate messages of the Python package into terms of command-line options."""

from __future__ import annotations

import re

OPTIONS = {
    "keep_data=True": "--keep-data",
    "keep_data": "--keep-data",
    "sampling_strategy": "--strategy",
    "categorical_features": "--categorical",
    "random_state": "--seed",
    "max_iter": "--max-iter",
    "rejection_estimator=None": "--set rejection_estimator=none",
    "rejection_estimator": "--set rejection_estimator",
    "n_candidates": "--set n_candidates",
    "constraints": "--constraint",
}
"""Maps a Python parameter to its command-line option."""

_PARAMETER = re.compile(
    rf"(?<![\w.-])(?<!--set )`?({'|'.join(map(re.escape, OPTIONS))})`?(?!\w)"
)


def in_options(message: object) -> str:
    """Return a message on one line that names options, not Python parameters.

    Parameters
    ----------
    message : object
        A message, a warning or an error.

    Returns
    -------
    text : str
        The message for a reader who does not use Python.

    Examples
    --------
    >>> from gansampler.cli.wording import in_options
    >>> in_options("name 'x' in `categorical_features`")
    "name 'x' in --categorical"
    """
    text = _PARAMETER.sub(lambda found: OPTIONS[found[1]], str(message))
    return " ".join(text.split())
