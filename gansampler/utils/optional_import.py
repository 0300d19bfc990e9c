"""Packages that only some extras of this one install."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def import_optional(module: str, *, caller: str, extra: str) -> Any:
    """Import a module, or say how to install it.

    Parameters
    ----------
    module : str
        Its full name.

    caller : str
        What needs it, for the message of the error.

    extra : str
        The extra of this package that brings it.

    Returns
    -------
    module : module
        The module.

    Raises
    ------
    ImportError
        If it can't be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{caller} needs {module.split('.')[0]}, which is not installed here; "
            f'install it with `pip install "gansampler[{extra}]"`.'
        ) from error
