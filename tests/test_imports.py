"""What an import brings with it; import-linter checks who may import whom."""

import subprocess
import sys
from pathlib import Path

import pytest

import gansampler

HEAVY = {"dask", "jinja2", "matplotlib", "opacus", "safetensors", "torch", "typer"}
"""What takes seconds to import, or comes with an extra."""

EACH_MODULE = """
import importlib, pkgutil, gansampler.{folder} as folder
found = pkgutil.walk_packages(folder.__path__, folder.__name__ + ".")
assert [importlib.import_module(module.name) for module in found]
"""

# In place of the package, whose own imports would hide those of its part.
EVALUATION_ALONE = f"""
import sys, types
sys.modules["gansampler"] = package = types.ModuleType("gansampler")
package.__path__ = [{str(Path(gansampler.__file__).parent)!r}]
import gansampler.evaluation.comparison, gansampler.evaluation.report
own = [name for name in sys.modules if name.split(".")[0] == "gansampler"]
folders = {{name.split(".")[1] for name in own if "." in name}}
assert folders == {{"evaluation", "tabular", "utils"}}, folders
for name in own:
    del sys.modules[name]
"""

# In this order, as each finds what those before it have loaded.
STAGES = {
    "evaluation without training": EVALUATION_ALONE,
    "the package": "import gansampler; gansampler.GANOverSampler()",
    "names of losses": "from gansampler.gan.losses import OBJECTIVES",
    "names of penalties": "from gansampler.gan.penalties import PENALTIES",
    "metrics": "import gansampler.evaluation.metrics",
    "plotting": "import gansampler.evaluation.plotting",
    "comparison": "import gansampler.evaluation.comparison",
    "report": "import gansampler.evaluation.report",
    "all of utils": EACH_MODULE.format(folder="utils"),
    "all of tabular": EACH_MODULE.format(folder="tabular"),
    "all of evaluation": EACH_MODULE.format(folder="evaluation"),
    "all of cli": EACH_MODULE.format(folder="cli"),
}
MAY_NEED = {"all of cli": {"typer"}}


@pytest.fixture(scope="module")
def loaded():
    """Run all stages in one other process, and name what is loaded after each."""
    after = f"import sys; print(*sorted({HEAVY} & set(sys.modules)))"
    code = "\n".join(f"{stage}\n{after}" for stage in STAGES.values())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [set(line.split()) for line in done.stdout.splitlines()]
    return dict(zip(STAGES, lines, strict=True))


@pytest.mark.parametrize("stage", STAGES)
def test__import__any_part__nothing_that_takes_long_or_is_extra(stage, loaded):
    assert loaded[stage] <= MAY_NEED.get(stage, set())
