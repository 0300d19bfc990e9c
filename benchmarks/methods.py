"""The over-samplers that are compared.

A method is a function of the training part and the seed that gives an object with
`fit_resample`, and a line in `METHODS`.
"""

from __future__ import annotations

import ast
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

import pandas as pd
from imblearn import FunctionSampler
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from mgs import mgs
from rivals import arf, ctgan, dsto_gan, smote_variant, tabular_argn
from tables import kind_of
from wrappers import JitteredNumbers, OnCodes, Strategy, with_rejection

from gansampler import GANOverSampler
from gansampler import gan as generators

Method = Callable[..., Any]


def no_resampling(X: pd.DataFrame, y: pd.Series, seed: int) -> FunctionSampler:
    """Leave the training part as it is."""
    return FunctionSampler(validate=False)


def random_over_sampler(
    X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> RandomOverSampler:
    """Repeat minority rows."""
    return RandomOverSampler(sampling_strategy=strategy, random_state=seed)


def smoothed_bootstrap(
    X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> JitteredNumbers:
    """Repeat minority rows and jitter their numbers."""
    sampler = RandomOverSampler(
        sampling_strategy=strategy, shrinkage=0.3, random_state=seed
    )
    return JitteredNumbers(sampler)


def smote(
    X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> SMOTE | SMOTEN | SMOTENC:
    """Choose the SMOTE for the kind of table."""
    common = {
        "k_neighbors": n_neighbors(y),
        "sampling_strategy": strategy,
        "random_state": seed,
    }
    kind = kind_of(X)
    if kind == "numeric":
        return SMOTE(**common)
    if kind == "categorical":
        return SMOTEN(**common)
    return SMOTENC(categorical_features="auto", **common)


def neighbour_sampler(
    make: Callable[..., Any],
    parameter: str,
    X: pd.DataFrame,
    y: pd.Series,
    seed: int,
    strategy: Strategy = "auto",
) -> OnCodes:
    """Make a sampler that draws on a row's neighbours, for ordinal codes."""
    neighbours = {parameter: n_neighbors(y)}
    return OnCodes(make(**neighbours, sampling_strategy=strategy, random_state=seed))


def kmeans_smote(X: pd.DataFrame, y: pd.Series, seed: int) -> OnCodes:
    """Interpolate within clusters that hold enough minority rows."""
    return OnCodes(KMeansSMOTE(random_state=seed))


def gan_over_sampler(
    X: pd.DataFrame, y: pd.Series, seed: int, gan: str = "TabularGAN", **parameters: Any
) -> GANOverSampler:
    """Compose a sampler; each parameter goes to it if it has it, else to its `gan`."""
    names = signature(GANOverSampler).parameters.keys() & parameters
    own = {name: parameters.pop(name) for name in names}
    generator = getattr(generators, gan)(**parameters)
    return GANOverSampler(generator, **{"random_state": seed, **own})


borderline_smote = partial(neighbour_sampler, BorderlineSMOTE, "k_neighbors")
adasyn = partial(neighbour_sampler, ADASYN, "n_neighbors")
svm_smote = partial(neighbour_sampler, SVMSMOTE, "k_neighbors")
prowsyn = partial(smote_variant, "ProWSyn")

METHODS: dict[str, Method] = {
    "none": no_resampling,
    "class_weight": no_resampling,
    "RandomOverSampler": random_over_sampler,
    "ROS+shrinkage": smoothed_bootstrap,
    "SMOTE": smote,
    "BorderlineSMOTE": borderline_smote,
    "ADASYN": adasyn,
    "SVMSMOTE": svm_smote,
    "KMeansSMOTE": kmeans_smote,
    "GANOverSampler": gan_over_sampler,
}
"""What is compared by default; `class_weight` is the classifiers' (quality.py)."""

UNCHANGED = {"none", "class_weight"}
"""Methods that add no row by intention."""

OPTIONAL: dict[str, Method] = {
    # "star" is the default topology of smote-variants.
    "polynom_fit_SMOTE": partial(smote_variant, "polynom_fit_SMOTE_star"),
    "ProWSyn": prowsyn,
    "DSTO-GAN": dsto_gan,
    "CTGAN": partial(ctgan, "CTGAN"),
    "TVAE": partial(ctgan, "TVAE"),
    "ARF": arf,
    "MGS": mgs,
    "TabularARGN": partial(tabular_argn, True),
    "TabularARGN unprotected": partial(tabular_argn, False),
    "RandomOverSampler+rejection": partial(with_rejection, random_over_sampler),
    "ROS+shrinkage+rejection": partial(with_rejection, smoothed_bootstrap),
    "SMOTE+rejection": partial(with_rejection, smote),
    "BorderlineSMOTE+rejection": partial(with_rejection, borderline_smote),
    "ADASYN+rejection": partial(with_rejection, adasyn),
    "ProWSyn+rejection": partial(with_rejection, prowsyn),
    "ARF+rejection": partial(with_rejection, arf),
}
"""What has to be asked for: it needs other packages, or is not to be had elsewhere."""

ALL_METHODS = {**METHODS, **OPTIONAL}


def n_neighbors(y: pd.Series) -> int:
    """Return SMOTE's five neighbours, or as many as the rarest class has."""
    return min(5, int(y.value_counts().min()) - 1)


def parse_variant(text: str) -> tuple[str, Method]:
    """Read the name and the method of `NAME:parameter=value,...`.

    A value that is no Python literal is a string; see `gan_over_sampler`.
    """
    name, _, listed = text.partition(":")
    parameters = {}
    # A comma separates only before the next `parameter=`: values may be tuples.
    for pair in re.split(r",\s*(?=[A-Za-z_]\w*=)", listed):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ArgumentTypeError(f"{text!r} is not NAME:parameter=value,...")
        parameters[key.strip()] = parse_value(value.strip())
    if not name or name in ALL_METHODS:
        raise ArgumentTypeError(f"{text!r} needs a name of its own")
    return name, partial(gan_over_sampler, **parameters)


def parse_value(text: str) -> Any:
    """Read a Python literal, or else a string."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def parameters_of(method: Method | None) -> str:
    """Write the parameters of a variant, empty for a method without any."""
    parameters = method.keywords if isinstance(method, partial) else {}
    return ", ".join(f"{key}={value!r}" for key, value in parameters.items())
