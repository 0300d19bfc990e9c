"""The GANs of the family: `GANOverSampler` with each objective, penalty and condition.

Run `python benchmarks/quality.py --methods family --tables ... --output family.csv`;
`regularisers` are one further parameter each, all else at its default.
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

FAMILY: dict[str, Method] = {
    f"{objective} {penalty} {condition}": partial(
        gan_over_sampler, objective=objective, penalty=penalty, condition=condition
    )
    for condition, objective, penalty in product(CONDITIONS, OBJECTIVES, PENALTIES)
    # Of which the sampler refuses this one.
    if (objective, penalty) != ("wasserstein", "none")
}

REGULARISERS: dict[str, Method] = {
    f"{name}={value!r}": partial(gan_over_sampler, **{name: value})
    for name, value in [
        ("residual", True),
        ("spectral_norm", True),
        ("feature_matching", 0.1),
        ("feature_matching", 1.0),
        ("moment_matching", 0.1),
        ("moment_matching", 1.0),
        ("pac", 2),
        ("pac", 8),
        ("auxiliary_classifier", 0.1),
        ("auxiliary_classifier", 1.0),
        ("augmentation", "mix"),
        ("augmentation", "slice"),
        ("augmentation", "flip"),
    ]
}
