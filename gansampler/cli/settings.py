"""Parameters of the sampler and of its generator, as `--set` gives them."""

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
"""What has an option of its own."""

OBJECTS = ("gan.generator", "gan.critic", "gan.callback")
"""What takes code, which a command line has none of."""


def apply_settings(sampler: GANOverSampler, settings: list[str]) -> GANOverSampler:
    """Return a sampler with the parameters that `--set` names.

    Parameters
    ----------
    sampler : GANOverSampler
        The sampler.

    settings : list of str
        ``NAME=VALUE`` each, the name with ``gan.`` before it for the generator.

    Returns
    -------
    sampler : GANOverSampler
        The same sampler.

    Raises
    ------
    ValueError
        If there is no such parameter, or it can't have the value.
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
    """Return the names that `--set` takes."""
    own = GANOverSampler().get_params(deep=False)
    gan = (f"gan.{name}" for name in TabularGAN().get_params(deep=False))
    return [n for n in (*own, *gan) if n not in OWN_OPTIONS and n not in OBJECTS]


def read_value(text: str) -> Any:
    """Return a value as Python has it: a number, true, none, 64,64 or a word.

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
        raise ValueError(f"--set {name!r} gives no value; write NAME=VALUE.")
    if name in OWN_OPTIONS:
        raise ValueError(f"--set {name}: use {OWN_OPTIONS[name]} instead.")
    if name in OBJECTS:
        raise ValueError(f"--set {name}: it takes code, which only Python can give.")
    if name not in known:
        near = get_close_matches(name, known, n=1) or get_close_matches(
            f"gan.{name}", known, n=1
        )
        hint = (
            f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}."
        )
        raise ValueError(f"--set {name}: there is no such parameter{hint}")


def _in_settings(message: str) -> str:
    """Return what scikit-learn says of a parameter, in terms of the option."""
    found = re.match(r"The '(\w+)' parameter of (\w+) must be (.*)", message, re.S)
    if found is None:
        return message
    name, owner, rest = found.groups()
    prefix = "" if owner == "GANOverSampler" else "gan."
    return f"--set {prefix}{name}: it must be {rest}"
