"""Checks that need environments of their own: `pipx run nox --list` names them.

Those that every change has to pass are in the Makefile and run by `.ci/run`; these take
longer, or the network, and are for a release and for a change of what is supported.
"""

import os
import re
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = []

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]

USERS_EXTRAS = ("plot", "save", "cli", "dp", "dask")
"""Those whose lower bounds are promises; what develops is only ever used as pinned."""

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}


@nox.session(python=["3.10", "3.11", "3.12", "3.13"])
@nox.parametrize("versions", ["lowest", "pandas2", "newest"])
def tests(session: nox.Session, versions: str) -> None:
    """Run the tests with the lowest versions, with pandas 2 or with the newest ones.

    Arguments after `--` go to pytest. The variable TORCH names another torch than that
    of the versions, e.g. the one of which there is a build without CUDA.
    """
    pins = {
        "lowest": lowest_pins(),
        "pandas2": newest_pins() | {"pandas": "==2.*"},
        "newest": newest_pins(),
    }[versions]
    if "TORCH" in os.environ:
        pins["torch"] = f"=={os.environ['TORCH']}"
    constraints = Path(session.create_tmp()) / "constraints.txt"
    constraints.write_text("".join(f"{name}{pin}\n" for name, pin in pins.items()))
    session.install("--constraint", str(constraints), "--editable", ".[dev]")
    session.run("pip", "list")
    session.run("pytest", *session.posargs, env=ONE_THREAD)


def newest_pins() -> dict[str, str]:
    """Read the pins of constraints.txt."""
    lines = Path("constraints.txt").read_text().splitlines()
    found = [re.match(r"([\w-]+)(==.*)", line) for line in lines]
    return dict(match.groups() for match in found if match)


def lowest_pins() -> dict[str, str]:
    """Pin what a user installs to the lower bounds of pyproject.toml."""
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(r for e in USERS_EXTRAS for r in extras[e])]
    bounds = [re.fullmatch(r"([\w-]+)(?:\[.*\])?>=([\d.]+)", line) for line in asked]
    pins = {match[1]: f"=={match[2]}" for match in bounds}
    # Dask and distributed are one release.
    return pins | {"distributed": pins["dask"]}
