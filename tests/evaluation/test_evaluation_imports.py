import subprocess
import sys
from pathlib import Path

import gansampler


def test__import__all_parts__nothing_that_trains():
    # In place of the package, whose own imports would hide those of its part.
    folder = Path(gansampler.__file__).parent
    code = f"""
import sys, types
sys.modules["gansampler"] = package = types.ModuleType("gansampler")
package.__path__ = [{str(folder)!r}]
import gansampler.evaluation.comparison, gansampler.evaluation.report
print(sorted({{name.split(".")[1] for name in sys.modules if "gansampler." in name}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    expected = "['evaluation', 'tabular', 'utils']"
    assert (done.stdout.strip(), done.stderr) == (expected, "")
