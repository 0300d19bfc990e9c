"""Where a report comes from: its date, the versions, and the sampler's parameters."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from inspect import Parameter, signature
from typing import Any

from gansampler.utils.formatting import printable, short_repr
from gansampler.utils.version import __version__

DISTRIBUTIONS = ("torch", "scikit-learn", "imbalanced-learn")
"""Distributions whose version can change the rows, beside the package and Python."""


@dataclass(frozen=True)
class Setting:
    """A parameter of a sampler.

    Parameters
    ----------
    name : str
        Its name, as in ``set_params``.

    value : str
        Its value, as text.

    changed : bool
        Whether the value differs from the default.
    """

    name: str
    value: str
    changed: bool


@dataclass(frozen=True)
class About:
    """Where a report comes from.

    Parameters
    ----------
    date : str
        The day of the report, as in "2026-03-31".

    versions : dict of str to str
        The version of each library, by name.

    settings : list of Setting
        The sampler's parameters and those of its generator. Empty if the report
        compares tables of unknown origin.
    """

    date: str
    versions: dict[str, str]
    settings: list[Setting] = field(default_factory=list)

    @property
    def changed(self) -> str:
        """The parameters that differ from their defaults, in one line."""
        changed = [f"{one.name}={one.value}" for one in self.settings if one.changed]
        return ", ".join(changed)


def describe_origin(sampler: Any = None) -> About:
    """Return today's date, the installed versions and a sampler's parameters."""
    versions = {"gansampler": __version__, "Python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # such as a build from source under another name
            versions[name] = "unknown"
    settings = _read_settings(sampler) if hasattr(sampler, "get_params") else []
    return About(date.today().isoformat(), versions, settings)


def _read_settings(sampler: Any, prefix: str = "") -> list[Setting]:
    """Read the parameters of a sampler, and below `gan` those of its generator."""
    settings = []
    for name, value in sampler.get_params(deep=False).items():
        known = signature(type(sampler)).parameters.get(name)
        default = Parameter.empty if known is None else known.default
        # By what is written: a comparison of arrays has no single answer.
        text, usual = _write(value), _write(default)
        settings.append(Setting(prefix + name, text, text != usual))
        if name == "gan" and hasattr(value, "get_params"):
            settings += _read_settings(value, "gan__")
    return settings


def _write(value: Any) -> str:
    """Write a value on one line, without the memory address of an object."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", short_repr(value))
    return printable(" ".join(text.split()))
