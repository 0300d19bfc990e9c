"""Messages of the Python package, said in terms of options."""

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
"""What stands on the command line for a parameter of Python's."""

_PARAMETER = re.compile(
    rf"(?<![\w.-])(?<!--set )`?({'|'.join(map(re.escape, OPTIONS))})`?(?!\w)"
)


def in_options(message: object) -> str:
    """Return a message on one line that names options, not parameters of Python's.

    Parameters
    ----------
    message : object
        A message, a warning or an error.

    Returns
    -------
    text : str
        The same for a reader who has never seen Python.

    Examples
    --------
    >>> from gansampler.cli.wording import in_options
    >>> in_options("name 'x' in `categorical_features`")
    "name 'x' in --categorical"
    """
    text = _PARAMETER.sub(lambda found: OPTIONS[found[1]], str(message))
    return " ".join(text.split())
