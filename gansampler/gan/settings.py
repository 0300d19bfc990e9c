"""The checked parameters of a generator, with "auto" resolved."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from types import SimpleNamespace
from typing import Any

from gansampler.gan.penalties import PENALTIES
from gansampler.utils.formatting import as_written

MAX_TOGETHER = 8
"""Most classes to train at once. The weights of more would not fit in the cache."""


class TrainingSettings(SimpleNamespace):
    """The parameters of one generator, under their own names.

    The class attributes are defaults for parameters that some generators lack.
    """

    condition = "none"
    penalty_weight = 0.0
    spectral_norm = False
    feature_matching = 0.0
    pac = 1
    auxiliary_classifier = 0.0
    image_shape: tuple[int, int, int] | None = None
    critic: Any = None
    early_stopping = False


def read_settings(gan: Any) -> TrainingSettings:
    """Read the parameters of a generator whose types and ranges were checked.

    Parameters
    ----------
    gan : BaseGAN
        The generator.

    Returns
    -------
    settings : TrainingSettings
        Its parameters, with layers as tuples and without "auto".

    Raises
    ------
    ValueError
        If the units of a layer are not a positive number, or the device does not exist.
    """
    params = gan.get_params(deep=False)
    settings = TrainingSettings(**{k: as_written(v) for k, v in params.items()})
    for name in ("generator_layers", "critic_layers"):
        setattr(settings, name, check_layers(name, getattr(gan, name)))
    if settings.n_critic == "auto":
        settings.n_critic = PENALTIES[settings.penalty].n_critic
    settings.device = check_device(gan.device)
    return settings


def contradictions(settings: TrainingSettings) -> Iterator[str]:
    """Yield a message with a fix for each contradiction between parameters."""
    yield from _unbounded_critics(settings)
    if settings.batch_size % settings.pac:
        yield (
            f"batch_size={settings.batch_size} is not divisible by pac={settings.pac}. "
            "Choose a multiple of pac."
        )
    if settings.pac > 1 and settings.auxiliary_classifier:
        yield (
            "auxiliary_classifier predicts the class of a single row, but with "
            f"pac={settings.pac} the critic sees several rows at once. Use only one "
            "of the two."
        )
    if settings.feature_matching and settings.critic is not None:
        yield (
            "feature_matching needs the critic's hidden layers, which are unknown for "
            "your own `critic`. Use only one of the two."
        )
    if settings.feature_matching and not settings.critic_layers:
        yield (
            "feature_matching needs the critic's hidden layers, but critic_layers=() "
            "has none. Add a layer, or leave feature_matching at 0."
        )


def can_be_stacked(settings: TrainingSettings) -> bool:
    """Tell whether classes can be trained together, with their networks stacked.

    Parameters
    ----------
    settings : TrainingSettings
        The parameters.

    Returns
    -------
    can_be_stacked : bool
        Whether all networks are dense and each row enters the losses separately.
    """
    special = (
        settings.generator,
        settings.critic,
        settings.image_shape,
        settings.spectral_norm,
        settings.feature_matching,
        settings.auxiliary_classifier,
        settings.pac > 1,
    )
    return not any(special)


def _unbounded_critics(settings: TrainingSettings) -> Iterator[str]:
    is_weighted = PENALTIES[settings.penalty].value is not None
    is_free = settings.penalty == "none" or (
        is_weighted and not settings.penalty_weight
    )
    if settings.objective == "wasserstein" and is_free and not settings.spectral_norm:
        yield (
            "objective='wasserstein' needs a penalty or spectral_norm=True. Without "
            "one the critic's scores grow without bound. Got "
            f"penalty={settings.penalty!r} and penalty_weight="
            f"{settings.penalty_weight:g}; choose 'clip', 'gradient', 'r1', 'r2' or "
            "'r1_r2', with a weight above 0."
        )
    if settings.penalty == "clip" and settings.spectral_norm:
        yield (
            "penalty='clip' has no effect with spectral_norm=True, which divides the "
            "clipped weights by their norm. Use only one of the two."
        )


def check_layers(name: str, layers: Any) -> tuple[int, ...]:
    """Return the units of each layer, or raise a ValueError that names a bad one."""
    for units in layers:
        if not isinstance(units, Integral) or isinstance(units, bool) or units < 1:
            raise ValueError(
                f"The '{name}' parameter must contain positive whole numbers, one for "
                f"each hidden layer, got {units!r} in {layers!r}."
            )
    return tuple(int(units) for units in layers)


def check_device(device: str) -> str:
    """Return the torch device to train on, or raise an error that lists them all."""
    import torch

    if device == "auto":
        return "cpu"
    there = ["cpu"]
    there += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    there += ["mps"] if torch.backends.mps.is_available() else []
    if device not in [*there, *(["cuda"] if torch.cuda.is_available() else [])]:
        raise ValueError(
            f"device={device!r} is not available here. Use 'auto' or one of {there}."
        )
    return device
