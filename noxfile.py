"""Checks that need environments of their own: `pipx run nox --list` names them.

Those that every change has to pass are in the Makefile and run by `.ci/run`; these take
longer, or the network, and are for a release and for a change of what is supported.
"""

import filecmp
import os
import re
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["package", "audit"]

PROJECT = nox.project.load_toml("pyproject.toml")["project"]

USERS_EXTRAS = ("plot", "save", "cli", "dp", "dask")
"""Those whose lower bounds are promises; what develops is only ever used as pinned."""

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}

OLD_WARNINGS = ("DeprecationWarning", "FutureWarning", "SyntaxWarning")
"""Old versions give them for what they use of newer ones; we can't mend either."""

OLD_FAULTS = [
    # An older joblib, dask or scikit-learn (it is not known which) hands a dict to
    # scikit-learn in place of a transformer, where joblib computes on dask.
    "tests/dask/test_cluster.py::test__joblib__dask_as_its_backend__rows_of_one_process",
    # SMOTEN of imbalanced-learn 0.13 takes no strings of pandas's own dtype.
    "tests/cli/test_samplers.py::test__compare__table_of_some_kind__rivals_that_suit_it[categories]",
    # PyArrow 14 writes no half floats.
    "tests/cli/test_parquet_table.py::test__resample__parquet_of_any_type__rows_and_types_as_they_were[half_floats]",
]
"""Tests of what others did not do yet in their lowest versions."""


@nox.session(python=["3.11", "3.12", "3.13"])
@nox.parametrize("versions", ["lowest", "pandas2", "newest"])
def tests(session: nox.Session, versions: str) -> None:
    """Run the tests with the lowest versions, with pandas 2 or with the newest ones.

    Arguments after `--` go to pytest. The variable TORCH names another torch than that
    of the versions: there are not builds without CUDA of all of them everywhere.
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
    options = []
    if versions == "lowest":
        # The benchmark is only ever run as pinned.
        options += ["--ignore-glob=*/test_*benchmark*.py"]
        options += [f"--deselect={name}" for name in OLD_FAULTS]
        options += [f"-Wdefault::{name}" for name in OLD_WARNINGS]
    session.run("pytest", *options, *session.posargs, env=ONE_THREAD)


@nox.session(python="3.11")
def package(session: nox.Session) -> None:
    """Build the archives, look into them, install the wheel alone and use it."""
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder)
    archives, from_tree = folder / "archives", folder / "from_tree"
    session.install("build", "twine", f"mypy{newest_pins()['mypy']}")
    session.run("python", "-m", "build", "--outdir", archives)
    session.run("python", "-m", "build", "--wheel", "--outdir", from_tree)
    (wheel,) = archives.glob("*.whl")
    if not filecmp.cmp(wheel, from_tree / wheel.name, shallow=False):
        session.error("the sdist builds another wheel than the tree")
    built = sorted(archives.iterdir())
    session.run("twine", "check", "--strict", *built)
    session.run("python", ".ci/archives.py", *built)

    session.run("python", "-m", "venv", folder / "clean")
    python = str(folder / "clean" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "-c", "constraints.txt"]
    session.run(*install, wheel, external=True)
    first_use, user = Path(".ci/first_use.py").resolve(), Path("tests/typed").resolve()
    with session.chdir(folder):
        session.run(python, first_use, env=ONE_THREAD, external=True)
    # Types are for those who have those of pandas.
    session.run(*install, "pandas-stubs", external=True)
    with session.chdir(folder):
        session.run("mypy", "--strict", "--python-executable", python, user)


@nox.session(python="3.11")
def audit(session: nox.Session) -> None:
    """Ask whether a pinned version is known to be vulnerable, over the network."""
    session.install("pip-audit")
    session.run(
        *("pip-audit", "--requirement", "constraints.txt"),
        *("--strict", "--no-deps", "--disable-pip", *session.posargs),
    )


@nox.session(python="3.11")
def mutants(session: nox.Session) -> None:
    """Break the code in one place after another, and count what the tests notice."""
    pinned = ["--constraint", "constraints.txt", "--editable", ".[dev]"]
    session.install(*pinned, "mutmut==3.8.1")
    session.run("mutmut", "run", *session.posargs, env=ONE_THREAD)
    session.run("mutmut", "results")


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
    # import-linter, which is installed beside the tests, wants a newer one.
    pins.pop("rich", None)
    # Dask and distributed are one release.
    return pins | {"distributed": pins["dask"]}
