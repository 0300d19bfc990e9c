"""Parameters that make no sense together: which, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gansampler.gan.history import TrainingConfig
from gansampler.gan.penalties import PENALTIES

PRIVATE_SETTINGS: tuple[tuple[str, tuple[Any, ...], str], ...] = (
    (
        "objective",
        ("non_saturating", "minimax", "least_squares", "hinge", "wasserstein"),
        "each row has to be judged by itself, so that one row counts once",
    ),
    (
        "penalty",
        ("none", "clip"),
        "a gradient penalty needs second derivatives, which can't be had row by row",
    ),
    ("condition", ("none",), "conditions are made from real rows"),
    ("pac", (1,), "a row would count for its whole pack"),
    (
        "spectral_norm",
        (False,),
        "the gradients of divided weights can't be had row by row",
    ),
    ("feature_matching", (0,), "the generator would learn from real rows"),
    ("moment_matching", (0,), "the generator would learn from real rows"),
    (
        "auxiliary_classifier",
        (0,),
        "the critic would learn from the rows of other classes",
    ),
    ("image_shape", (None,), "the scale of its pixels is learned from the rows"),
    ("critic", (None,), "layers of one's own may mix rows, or keep them"),
    ("early_stopping", (False,), "when to stop would tell of the rows"),
)
"""Parameters of a private training, what they may be, and why nothing else."""


def check_combinations(config: TrainingConfig) -> None:
    """Raise a ValueError that names parameters which make no sense together."""
    for contradiction in _contradictions(config):
        raise ValueError(contradiction)


def _contradictions(config: TrainingConfig) -> Iterator[str]:
    """Return what is wrong, and the way out."""
    if config.privacy is not None:
        yield from _unfit_for_privacy(config)
    yield from _unbounded_critics(config)
    yield from _impossible_packs(config)
    if config.image_shape is not None:
        yield from _unfit_for_images(config, config.image_shape)
    if config.feature_matching and config.critic is not None:
        yield (
            "feature_matching needs the critic's hidden layers, which are not known of "
            "a `critic` of your own; leave one of the two out."
        )
    if config.feature_matching and not config.critic_layers:
        yield (
            "feature_matching needs the critic's hidden layers, of which "
            "critic_layers=() leaves none; give it one, or leave feature_matching out."
        )


def _unbounded_critics(config: TrainingConfig) -> Iterator[str]:
    is_weighted = PENALTIES[config.penalty].value is not None
    is_free = config.penalty == "none" or (is_weighted and not config.penalty_weight)
    if config.objective == "wasserstein" and is_free and not config.spectral_norm:
        yield (
            "objective='wasserstein' needs a penalty or spectral_norm=True, without "
            "which the critic's scores grow without bounds, got "
            f"penalty={config.penalty!r} and penalty_weight={config.penalty_weight:g}; "
            "choose one of 'clip', 'gradient', 'r1', 'r2' and 'r1_r2', with a weight "
            "above 0."
        )
    if config.penalty == "clip" and config.spectral_norm:
        yield (
            "penalty='clip' has no effect with spectral_norm=True, which divides the "
            "weights by their norm after they are clipped; leave one of the two out."
        )


def _impossible_packs(config: TrainingConfig) -> Iterator[str]:
    if config.batch_size % config.pac:
        yield (
            f"batch_size={config.batch_size} can't be divided into packs of "
            f"pac={config.pac} rows; choose a multiple of it."
        )
    if config.pac > 1 and config.auxiliary_classifier:
        yield (
            "auxiliary_classifier names the class of one row, but with "
            f"pac={config.pac} the critic sees several at once; leave one of the two "
            "out."
        )
    if config.pac > 1 and config.image_shape is not None and config.critic is None:
        yield (
            "The convolutional critic that image_shape asks for sees one image at a "
            f"time, got pac={config.pac}; leave pac at 1."
        )


def _unfit_for_images(
    config: TrainingConfig, image_shape: tuple[int, int, int]
) -> Iterator[str]:
    if config.residual:
        yield (
            "residual=True adds the inputs of dense layers to their outputs, but with "
            "image_shape the layers are convolutions; leave one of the two out."
        )
    most = min(image_shape[:2]).bit_length() - 1
    for name, own in [("generator", config.generator), ("critic", config.critic)]:
        layers = getattr(config, f"{name}_layers")
        if own is None and not 1 <= len(layers) <= most:
            yield (
                f"With image_shape, {name}_layers holds the channels of convolutions, "
                "at least one, each of which changes the sides by a factor of two: "
                f"images of {image_shape[0]} x {image_shape[1]} allow {most} at most, "
                f"got {layers!r}."
            )


def _unfit_for_privacy(config: TrainingConfig) -> Iterator[str]:
    for name, allowed, reason in PRIVATE_SETTINGS:
        value = getattr(config, name)
        if value not in allowed:
            choices = " or ".join(map(repr, allowed))
            yield (
                f"privacy='dp' can't have {name}={value!r}, because {reason}; set "
                f"{name}={choices}."
            )
    if config.device.startswith("mps"):
        yield (
            f"privacy='dp' can't have device={config.device!r}, because it has no "
            "float64, in which rows are sampled; set device='cpu'."
        )


def check_private_sampling(
    rejection_estimator: Any, n_candidates: int, augmentation: Any, callback: Any
) -> None:
    """Raise a ValueError if rows would be chosen, changed or told of in the open.

    Parameters
    ----------
    rejection_estimator, n_candidates, augmentation, callback : object
        The sampler's parameters of these names.
    """
    if rejection_estimator is not None and n_candidates > 1:
        raise ValueError(
            "privacy='dp' can't have a rejection_estimator, because it is fitted on "
            "real rows; set rejection_estimator=None."
        )
    if augmentation is not None:
        raise ValueError(
            "privacy='dp' can't have an augmentation, because what is legal is learned "
            "from real rows; set augmentation=None."
        )
    if callback is not None:
        raise ValueError(
            "privacy='dp' can't have a callback, because losses and the fidelity tell "
            "of real rows; set callback=None."
        )
