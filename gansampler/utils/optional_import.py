"""Import packages that only some extras install."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def import_optional(module: str, *, caller: str, extra: str) -> Any:
    """Import a module, or say how to install it.

    Parameters
    ----------
    module : str
        Full name of the module.

    caller : str
        The feature that needs it, for the error message.

    extra : str
        The extra of this package that installs it.

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
            f"{caller} needs {module.split('.')[0]}, which is not installed. "
            f'Install it with `pip install "gansampler[{extra}]"`, or in a checkout '
            f'with `pip install ".[{extra}]"`.'
        ) from error
