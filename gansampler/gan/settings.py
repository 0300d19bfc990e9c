"""The parameters of a generator as its trainer reads them: checked, "auto" resolved."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from types import SimpleNamespace
from typing import Any

from gansampler.gan.penalties import PENALTIES
from gansampler.utils.formatting import as_written

MAX_TOGETHER = 8
"""Classes that are trained at once at most: the weights of more leave the cache."""


class TrainingSettings(SimpleNamespace):
    """The parameters of one generator, under the names that it gives them.

    The entries below stand for the parameters that some generators do not have.
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
    """Read the parameters off a generator whose types and ranges were checked.

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
        If a layer has no positive number of units, or there is no such device.
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
    """Find parameters that make no sense together, and the way out of each."""
    yield from _unbounded_critics(settings)
    if settings.batch_size % settings.pac:
        yield (
            f"batch_size={settings.batch_size} can't be divided into packs of "
            f"pac={settings.pac} rows; choose a multiple of it."
        )
    if settings.pac > 1 and settings.auxiliary_classifier:
        yield (
            "auxiliary_classifier names the class of one row, but with "
            f"pac={settings.pac} the critic sees several at once; leave one of the two "
            "out."
        )
    if settings.feature_matching and settings.critic is not None:
        yield (
            "feature_matching needs the critic's hidden layers, which are not known of "
            "a `critic` of your own; leave one of the two out."
        )
    if settings.feature_matching and not settings.critic_layers:
        yield (
            "feature_matching needs the critic's hidden layers, of which "
            "critic_layers=() leaves none; give it one, or leave feature_matching out."
        )


def can_be_stacked(settings: TrainingSettings) -> bool:
    """Tell whether classes can be trained together, their networks as one.

    Parameters
    ----------
    settings : TrainingSettings
        The parameters.

    Returns
    -------
    can_be_stacked : bool
        Whether all networks are dense ones, in whose losses each row counts by itself.
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
            "objective='wasserstein' needs a penalty or spectral_norm=True, without "
            "which the critic's scores grow without bounds, got "
            f"penalty={settings.penalty!r} and penalty_weight="
            f"{settings.penalty_weight:g}; choose one of 'clip', 'gradient', 'r1', "
            "'r2' and 'r1_r2', with a weight above 0."
        )
    if settings.penalty == "clip" and settings.spectral_norm:
        yield (
            "penalty='clip' has no effect with spectral_norm=True, which divides the "
            "weights by their norm after they are clipped; leave one of the two out."
        )


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
