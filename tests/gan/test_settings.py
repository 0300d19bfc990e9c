import re
from dataclasses import replace

import pytest
from gansampler.gan.combinations import check_combinations, check_private_sampling
from trainings import DEFAULTS

from gansampler.gan.history import PrivacyConfig

IMAGES = replace(DEFAULTS, image_shape=(8, 9, 3), critic_layers=(4,) * 3)
PRIVATE = replace(
    DEFAULTS,
    privacy=PrivacyConfig(epsilon=1.0, delta=1e-5, max_grad_norm=1.0),
    objective="hinge",
    penalty="none",
)

KINDS = {"usual": DEFAULTS, "images": IMAGES, "private": PRIVATE}


def name(value):
    """Name a case by what is changed, without the address of a function."""
    kinds = [kind for kind, config in KINDS.items() if value is config]
    return kinds[0] if kinds else " ".join(value) or "nothing"


def own(n_in, n_out, random_state):
    """Stand for a user's network, which is not made here."""


@pytest.mark.parametrize(
    ("config", "change", "names"),
    [
        (
            DEFAULTS,
            {"objective": "wasserstein", "penalty": "none"},
            ["objective='wasserstein'", "spectral_norm=True", "penalty='none'"],
        ),
        (
            DEFAULTS,
            {"penalty": "clip", "spectral_norm": True},
            ["penalty='clip'", "spectral_norm=True"],
        ),
        (DEFAULTS, {"batch_size": 9, "pac": 2}, ["batch_size=9", "pac=2"]),
        (DEFAULTS, {"pac": 2, "auxiliary_classifier": 0.1}, ["auxiliary_", "pac=2"]),
        (IMAGES, {"pac": 2}, ["image_shape", "pac=2"]),
        (IMAGES, {"pac": 2, "generator": own}, ["image_shape", "pac=2"]),
        (
            DEFAULTS,
            {"critic": own, "feature_matching": 0.1},
            ["feature_matching", "`critic`"],
        ),
        (IMAGES, {"residual": True}, ["residual=True", "image_shape"]),
        (
            IMAGES,
            {"generator_layers": (4,) * 4},
            ["image_shape", "generator_layers", "8 x 9", "(4, 4, 4, 4)"],
        ),
        (IMAGES, {"critic_layers": (4,) * 4}, ["image_shape", "critic_layers"]),
        (IMAGES, {"generator_layers": ()}, ["generator_layers", "allow 3", "()"]),
        (IMAGES, {"critic_layers": ()}, ["critic_layers", "allow 3", "()"]),
        (IMAGES, {"image_shape": (9, 3, 1)}, ["generator_layers", "allow 1"]),
        (
            DEFAULTS,
            {"feature_matching": 0.1, "critic_layers": ()},
            ["feature_matching", "critic_layers=()"],
        ),
        (
            DEFAULTS,
            {"objective": "wasserstein", "penalty_weight": 0.0},
            ["objective='wasserstein'", "penalty='r1_r2' and penalty_weight=0"],
        ),
        (PRIVATE, {"penalty": "r1"}, ["privacy='dp'", "penalty='r1'"]),
        (PRIVATE, {"objective": "relativistic"}, ["privacy='dp'", "objective='rel"]),
        (PRIVATE, {"condition": "anchor"}, ["privacy='dp'", "condition='anchor'"]),
        (PRIVATE, {"pac": 2}, ["privacy='dp'", "pac=2"]),
        (PRIVATE, {"spectral_norm": True}, ["privacy='dp'", "spectral_norm=True"]),
        (PRIVATE, {"feature_matching": 0.1}, ["privacy='dp'", "feature_matching=0.1"]),
        (PRIVATE, {"moment_matching": 0.1}, ["privacy='dp'", "moment_matching=0.1"]),
        (
            PRIVATE,
            {"auxiliary_classifier": 0.1},
            ["privacy='dp'", "auxiliary_classifier=0.1"],
        ),
        (
            PRIVATE,
            {"image_shape": (8, 9, 3), "critic": own, "generator": own},
            ["privacy='dp'", "image_shape=(8, 9, 3)"],
        ),
        (PRIVATE, {"critic": own}, ["privacy='dp'", "critic=<function own"]),
        (PRIVATE, {"early_stopping": True}, ["privacy='dp'", "early_stopping=True"]),
        (PRIVATE, {"device": "mps"}, ["privacy='dp'", "device='mps'", "'cpu'"]),
    ],
    ids=name,
)
def test__combination__makes_no_sense__names_all_of_it(config, change, names):
    with pytest.raises(ValueError, match=re.escape(names[0])) as caught:
        check_combinations(replace(config, **change))
    for part in names:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("config", "change"),
    [
        (DEFAULTS, {}),
        (DEFAULTS, {"objective": "wasserstein"}),
        (DEFAULTS, {"objective": "wasserstein", "penalty": "clip"}),
        (
            DEFAULTS,
            {"objective": "wasserstein", "penalty": "none", "spectral_norm": True},
        ),
        (DEFAULTS, {"objective": "hinge", "penalty": "none"}),
        (DEFAULTS, {"objective": "hinge", "penalty_weight": 0.0}),
        (
            DEFAULTS,
            {"objective": "wasserstein", "penalty": "clip", "penalty_weight": 0.0},
        ),
        (DEFAULTS, {"penalty": "r1", "spectral_norm": True}),
        (DEFAULTS, {"penalty": "clip", "spectral_norm": False}),
        (DEFAULTS, {"batch_size": 8, "pac": 2}),
        (DEFAULTS, {"batch_size": 9, "pac": 1, "auxiliary_classifier": 0.1}),
        (DEFAULTS, {"pac": 2, "residual": True, "feature_matching": 0.1}),
        (DEFAULTS, {"critic": own, "moment_matching": 0.1}),
        (DEFAULTS, {"generator": own, "feature_matching": 0.1}),
        (DEFAULTS, {"critic": own, "generator": own, "pac": 2}),
        (DEFAULTS, {"critic_layers": (), "generator_layers": ()}),
        (PRIVATE, {}),
        (PRIVATE, {"penalty": "clip", "generator": own}),
        (PRIVATE, {"device": "cuda", "residual": True}),
        (IMAGES, {}),
        (IMAGES, {"auxiliary_classifier": 0.1, "feature_matching": 0.1}),
        (IMAGES, {"pac": 2, "critic": own}),
        (IMAGES, {"critic": own, "critic_layers": ()}),
        (IMAGES, {"generator": own, "generator_layers": (4,) * 9}),
        (IMAGES, {"generator_layers": (4,)}),
        (IMAGES, {"image_shape": (16, 128, 1), "generator_layers": (4,) * 4}),
    ],
    ids=name,
)
def test__combination__its_neighbours__are_allowed(config, change):
    check_combinations(replace(config, **change))


@pytest.mark.parametrize(
    ("sampling", "name"),
    [
        (("auto", 6, None, None), "rejection_estimator"),
        ((None, 6, "mix", None), "augmentation"),
        ((None, 6, None, print), "callback"),
    ],
)
def test__private_sampling__touches_real_rows__names_it(sampling, name):
    with pytest.raises(ValueError, match=rf"privacy='dp' .*{name}=None"):
        check_private_sampling(*sampling)


@pytest.mark.parametrize("sampling", [(None, 6, None, None), ("auto", 1, None, None)])
def test__private_sampling__its_neighbours__are_allowed(sampling):
    check_private_sampling(*sampling)
