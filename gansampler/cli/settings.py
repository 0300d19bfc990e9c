"""Parameters of the sampler and its generator, from `--set` options."""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches
from typing import Any

from sklearn.utils._param_validation import InvalidParameterError

from gansampler import GANOverSampler, TabularGAN

OWN_OPTIONS = {
    "sampling_strategy": "--strategy",
    "categorical_features": "--categorical",
    "constraints": "--constraint",
    "random_state": "--seed",
    "verbose": "--quiet",
    "gan": "gan.NAME=VALUE",
    "gan.categorical_features": "--categorical",
    "gan.random_state": "--seed",
    "gan.verbose": "--quiet",
}
"""Parameters that have their own option."""

OBJECTS = ("gan.generator", "gan.critic", "gan.callback")
"""Parameters that are Python code and can't be set from the command line."""


def apply_settings(sampler: GANOverSampler, settings: list[str]) -> GANOverSampler:
    """Set the parameters given by `--set` on a sampler.

    Parameters
    ----------
    sampler : GANOverSampler
        The sampler.

    settings : list of str
        Entries ``NAME=VALUE``. Prefix the name with ``gan.`` for the generator.

    Returns
    -------
    sampler : GANOverSampler
        The same sampler.

    Raises
    ------
    ValueError
        If a parameter does not exist or its value is invalid.
    """
    known = known_settings()
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip()
        _check_name(setting if not equals else name, known, bool(equals))
        sampler.set_params(**{name.replace(".", "__"): read_value(value)})
    try:
        sampler._validate_params()
        gan = TabularGAN() if sampler.gan is None else sampler.gan
        gan.check_parameters()
    except InvalidParameterError as error:
        raise ValueError(_in_settings(str(error))) from error
    return sampler


def known_settings() -> list[str]:
    """Return the names that `--set` accepts."""
    own = GANOverSampler().get_params(deep=False)
    gan = (f"gan.{name}" for name in TabularGAN().get_params(deep=False))
    return [n for n in (*own, *gan) if n not in OWN_OPTIONS and n not in OBJECTS]


def read_value(text: str) -> Any:
    """Parse a value: a number, a boolean, none, a tuple such as 64,64, or a word.

    Examples
    --------
    >>> from gansampler.cli.settings import read_value
    >>> [read_value(text) for text in ("16", "1e-3", "64,64", "true", "hinge")]
    [16, 0.001, (64, 64), True, 'hinge']
    """
    words = {"true": True, "false": False, "none": None}
    if text.strip().lower() in words:
        return words[text.strip().lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _check_name(name: str, known: list[str], has_value: bool) -> None:
    if not has_value:
        raise ValueError(f"--set {name!r} has no value. Write NAME=VALUE.")
    if name in OWN_OPTIONS:
        raise ValueError(f"--set {name}: use {OWN_OPTIONS[name]} instead.")
    if name in OBJECTS:
        raise ValueError(
            f"--set {name}: this parameter is Python code and can only be set there."
        )
    if name not in known:
        near = get_close_matches(name, known, n=1) or get_close_matches(
            f"gan.{name}", known, n=1
        )
        hint = (
            f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(known)}."
        )
        raise ValueError(f"--set {name}: no such parameter. {hint}")


def _in_settings(message: str) -> str:
    """Translate scikit-learn's message about a parameter into terms of the option."""
    found = re.match(r"The '(\w+)' parameter of (\w+) must be (.*)", message, re.S)
    if found is None:
        return message
    name, owner, rest = found.groups()
    prefix = "" if owner == "GANOverSampler" else "gan."
    return f"--set {prefix}{name}: must be {rest}"
