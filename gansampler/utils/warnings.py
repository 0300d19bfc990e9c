"""Issue warnings that point to the user's own line."""

from __future__ import annotations

import sys
import warnings

INNER = {"gansampler", "imblearn", "sklearn"}
"""Packages between the user's code and this module."""


def warn_user(message: str, category: type[UserWarning] = UserWarning) -> None:
    """Issue a UserWarning at the line of the user's code that made the call.

    Parameters
    ----------
    message : str
        The message.

    category : type of UserWarning, default=UserWarning
        The category of the warning.
    """
    # Counted, because the layers of other packages differ between their versions.
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in INNER:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
