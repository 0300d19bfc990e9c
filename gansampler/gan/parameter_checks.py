"""Check parameters of a GAN that need more than a type and a range."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def check_layers(name: str, layers: Any) -> tuple[int, ...]:
    """Return the units of each layer, or say which is no number of units."""
    for units in layers:
        if not isinstance(units, Integral) or isinstance(units, bool) or units < 1:
            raise ValueError(
                f"The '{name}' parameter must hold positive whole numbers, one for "
                f"each hidden layer, got {units!r} in {layers!r}."
            )
    return tuple(int(units) for units in layers)


def check_device(device: str) -> str:
    """Return the torch device to train on, or say which there are."""
    import torch

    if device == "auto":
        return "cpu"
    there = ["cpu"]
    there += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    there += ["mps"] if torch.backends.mps.is_available() else []
    if device not in [*there, *(["cuda"] if torch.cuda.is_available() else [])]:
        raise ValueError(
            f"device={device!r} is not available here; choose 'auto' or one of {there}."
        )
    return device
