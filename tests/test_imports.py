"""What an import brings with it; import-linter checks who may import whom."""

import subprocess
import sys

import pytest

HEAVY = ["dask", "jinja2", "matplotlib", "opacus", "safetensors", "torch", "typer"]


def imported_by(code):
    """Run code in a process of its own, and name the heavy packages that it loads."""
    lines = [code, "import sys", f"print(*(n for n in {HEAVY} if n in sys.modules))"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test__import__of_the_package__nothing_that_takes_long():
    assert imported_by("import gansampler; gansampler.GANOverSampler()") == set()


@pytest.mark.parametrize(
    ("folder", "may_need"),
    [
        ("utils", set()),
        ("tabular", set()),
        ("evaluation", set()),
        ("cli", {"typer"}),
    ],
)
def test__import__of_every_module_in_a_folder__without_torch(folder, may_need):
    code = f"""
import importlib, pkgutil, gansampler.{folder} as folder
found = pkgutil.walk_packages(folder.__path__, folder.__name__ + '.')
assert [importlib.import_module(module.name) for module in found]
"""
    assert imported_by(code) <= may_need
