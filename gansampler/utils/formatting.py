"""Values and labels as messages show them."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_written(label: Any) -> Any:
    """Return a label without NumPy's type, which no user has written."""
    return label.item() if isinstance(label, np.generic) else label
