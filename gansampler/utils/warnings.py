"""What the user is warned of, at the user's own line."""

from __future__ import annotations

import sys
import warnings

INNER = {"gansampler", "imblearn", "sklearn"}
"""Packages through which a call gets here."""


def warn_user(message: str, category: type[UserWarning] = UserWarning) -> None:
    """Issue a UserWarning at the line outside of these packages that called.

    Parameters
    ----------
    message : str
        What to say.

    category : type of UserWarning, default=UserWarning
        What it can be told from others by.
    """
    # Counted, because the layers of other packages differ between their versions.
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in INNER:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
