"""Values, labels and types as messages show them."""

from __future__ import annotations

import reprlib
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
