"""Random numbers that nobody can reproduce, to protect private rows."""

from __future__ import annotations

import os

import numpy as np
from scipy.special import ndtri

N_SUMMED = 4
"""Number of normal numbers that are summed into one. The gaps between floating-point
numbers reveal a single one, but hardly a sum of four (Holohan & Braghin, 2021)."""


def secret_uniform(n: int) -> np.ndarray:
    """Draw uniform numbers from the operating system's cryptographic generator.

    There is no seed, no state in memory or in a file, and no stream shared with
    anything else.

    Parameters
    ----------
    n : int
        How many numbers to draw.

    Returns
    -------
    numbers : ndarray of shape (n,), dtype float64
        Multiples of 2**-53 between 0 and 1, both excluded.
    """
    bits = np.frombuffer(os.urandom(8 * n), dtype=np.uint64)
    # 52 bits plus a half; one more bit would round the largest number to 1.
    return ((bits >> np.uint64(12)) + 0.5) * 2.0**-52


def secret_normal(shape: tuple[int, ...]) -> np.ndarray:
    """Draw standard normal numbers from the same source.

    Parameters
    ----------
    shape : tuple of int
        The shape of the result.

    Returns
    -------
    numbers : ndarray of that shape, dtype float64
        Normal numbers with mean 0 and variance 1.

    References
    ----------
    .. [1] N. Holohan, S. Braghin, "Secure random sampling in differential privacy",
       2021.
    """
    n = int(np.prod(shape))
    summed = ndtri(secret_uniform(N_SUMMED * n)).reshape(N_SUMMED, n).sum(axis=0)
    return (summed / np.sqrt(N_SUMMED)).reshape(shape)
