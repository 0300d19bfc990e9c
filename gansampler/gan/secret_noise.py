"""Random numbers that nobody can compute again, for what hides rows."""

from __future__ import annotations

import os

import numpy as np
from scipy.special import ndtri

N_SUMMED = 4
"""Normal numbers of which each one is the sum. The gaps between floating-point numbers
tell of a single one, hardly of four (Holohan & Braghin, 2021)."""


def secret_uniform(n: int) -> np.ndarray:
    """Draw uniform numbers from the operating system's cryptographic generator.

    No seed decides them, there is no state to be found in memory or in a file, and
    they share no stream with anything else.

    Parameters
    ----------
    n : int
        How many.

    Returns
    -------
    numbers : ndarray of shape (n,), dtype float64
        Multiples of 2**-53, between 0 and 1 but neither.
    """
    bits = np.frombuffer(os.urandom(8 * n), dtype=np.uint64)
    # 52 bits and a half: with one more the largest would be rounded to 1.
    return ((bits >> np.uint64(12)) + 0.5) * 2.0**-52


def secret_normal(shape: tuple[int, ...]) -> np.ndarray:
    """Draw standard normal numbers in the same way.

    Parameters
    ----------
    shape : tuple of int
        Their shape.

    Returns
    -------
    numbers : ndarray of that shape, dtype float64
        Normal numbers of mean 0 and variance 1.

    References
    ----------
    .. [1] N. Holohan, S. Braghin, "Secure random sampling in differential privacy",
       2021.
    """
    n = int(np.prod(shape))
    summed = ndtri(secret_uniform(N_SUMMED * n)).reshape(N_SUMMED, n).sum(axis=0)
    return (summed / np.sqrt(N_SUMMED)).reshape(shape)
