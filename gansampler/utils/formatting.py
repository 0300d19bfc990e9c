"""Values, labels and types as messages show them."""

from __future__ import annotations

import reprlib
from collections.abc import Collection
from itertools import islice
from typing import Any

import numpy as np

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlist = 20


def as_written(label: Any) -> Any:
    """Return a label without NumPy's type, which no user has written."""
    return label.item() if isinstance(label, np.generic) else label


def short_repr(value: Any) -> str:
    """Return the repr of a value, or of a list of them, cut where it is long.

    Parameters
    ----------
    value : object
        A cell, a name of a column, a parameter.

    Returns
    -------
    text : str
        As the user has written it.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.utils.formatting import short_repr
    >>> short_repr(np.float32(0.5))
    '0.5'
    >>> short_repr(list(range(100)))
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...]'
    """
    return _SHORT.repr(as_written(value))


def list_some(values: Collection[Any], most: int = 20) -> str:
    """Return values as a sentence lists them, the first ones if there are many.

    Parameters
    ----------
    values : collection
        Names of columns, labels.

    most : int, default=20
        How many are listed at most; a table may have a million columns.

    Returns
    -------
    text : str
        The list, each value as a user would write it.

    Examples
    --------
    >>> from gansampler.utils.formatting import list_some
    >>> list_some(["a", "b"])
    "'a', 'b'"
    >>> list_some(range(1_000_000), most=3)
    '0, 1, 2 and 999,997 more'
    """
    text = ", ".join(map(short_repr, islice(values, most)))
    rest = len(values) - most
    return f"{text} and {rest:,} more" if rest > 0 else text


def printable(text: Any) -> str:
    r"""Return a text as a terminal may show it, control characters written out.

    A label or a name in a file could otherwise move the cursor, change colours, or turn
    the direction of writing.

    Examples
    --------
    >>> from gansampler.utils.formatting import printable
    >>> print(printable("yes\x1b[31m"))
    yes\x1b[31m
    >>> print(printable("größer 大"))
    größer 大
    """
    # As Python's repr does it, but for quotes and backslashes.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text))


def type_name(value: Any) -> str:
    """Return the library and the class of a value.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.utils.formatting import type_name
    >>> type_name(pd.DataFrame())
    'pandas DataFrame'
    """
    kind = type(value)
    return f"{kind.__module__.split('.')[0]} {kind.__name__}"
