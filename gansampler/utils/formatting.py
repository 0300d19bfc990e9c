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
    """Convert a NumPy label to the Python value that the user wrote."""
    return label.item() if isinstance(label, np.generic) else label


def short_repr(value: Any) -> str:
    """Return the repr of a value or list of values, shortened if it is long.

    Parameters
    ----------
    value : object
        A cell, a column name or a parameter.

    Returns
    -------
    text : str
        The value as the user would write it.

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
    """List values for a sentence, only the first ones if there are many.

    Parameters
    ----------
    values : collection
        Column names or labels.

    most : int, default=20
        Maximum number of values to list, since a table may have a million columns.

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
    r"""Return text that is safe for a terminal, with control characters escaped.

    Otherwise a label or a name in a file could move the cursor, change colours, or
    reverse the writing direction.

    Examples
    --------
    >>> from gansampler.utils.formatting import printable
    >>> print(printable("yes\x1b[31m"))
    yes\x1b[31m
    >>> print(printable("größer 大"))
    größer 大
    """
    # Like Python's repr, except for quotes and backslashes.
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
