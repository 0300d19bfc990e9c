"""Restore an estimator if a fit fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def all_or_nothing(sampler: Any) -> Iterator[None]:
    """Restore a sampler's fitted attributes if anything fails within the context.

    Otherwise an interrupted sampler would claim to be fitted, or mix two tables.

    Parameters
    ----------
    sampler : object
        The sampler. Its fitted attributes end in "_", its parameters do not.
    """
    before = _fitted(sampler)
    try:
        yield
    except BaseException:
        forget_fitted(sampler)
        vars(sampler).update(before)
        raise


def forget_fitted(sampler: Any) -> None:
    """Delete the fitted attributes of an estimator."""
    for name in _fitted(sampler):
        delattr(sampler, name)


def _fitted(sampler: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(sampler).items()
        if name == "_container" or (name.endswith("_") and not name.startswith("_"))
    }
