"""The GANs of the family, and what may be added to each of them.

`quality.py --methods family,regularisers` runs them; all that a name does not say is at
its default.
"""

from __future__ import annotations

from functools import partial
from itertools import product

from methods import Method, gan_over_sampler

OBJECTIVES = (
    "relativistic",
    "non_saturating",
    "minimax",
    "least_squares",
    "hinge",
    "wasserstein",
)
PENALTIES = ("r1_r2", "r1", "r2", "gradient", "clip", "none")
CONDITIONS = ("none", "category", "anchor")

DEFAULT = f"{OBJECTIVES[0]} {PENALTIES[0]} {CONDITIONS[0]}"
"""The name that the default recipe has among the family."""

FAMILY: dict[str, Method] = {
    f"{objective} {penalty} {condition}": partial(
        gan_over_sampler, objective=objective, penalty=penalty, condition=condition
    )
    for objective, penalty, condition in [
        *product(OBJECTIVES, PENALTIES, CONDITIONS[:1]),
        *product(OBJECTIVES, PENALTIES[:1], CONDITIONS[1:]),
    ]
    # Of which the sampler refuses this one.
    if (objective, penalty) != ("wasserstein", "none")
}
"""Each objective with each penalty, and each objective with each condition."""

REGULARISERS: dict[str, Method] = {
    f"{name}={value!r}": partial(gan_over_sampler, **{name: value})
    for name, value in [
        ("spectral_norm", True),
        ("feature_matching", 0.1),
        ("feature_matching", 1.0),
        ("pac", 2),
        ("pac", 8),
        ("auxiliary_classifier", 0.1),
        ("auxiliary_classifier", 1.0),
        ("augmentation", "mix"),
        ("augmentation", "slice"),
        ("augmentation", "flip"),
    ]
}
