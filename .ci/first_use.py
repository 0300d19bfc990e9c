"""Use an installed gansampler as somebody does who has it without any extra."""

import subprocess
import sys
from collections import Counter
from importlib import metadata, resources
from pathlib import Path

import numpy as np

import gansampler
from gansampler import GANOverSampler, TabularGAN

site = Path(gansampler.__file__).parents[1]
assert site.name == "site-packages", f"{site} is no installation"
assert metadata.version("gansampler") == gansampler.__version__
files = resources.files("gansampler")
assert files.joinpath("py.typed").is_file()
templates = Path(files, "evaluation", "report", "templates")
assert any(path.suffix == ".html" for path in templates.iterdir())

X = np.random.default_rng(0).normal(size=(120, 3))
X_res, y_res = GANOverSampler(TabularGAN(max_iter=20), random_state=0).fit_resample(
    X, X[:, 0] > 1
)
assert len(set(Counter(y_res.tolist()).values())) == 1
assert np.isfinite(X_res).all()

command = Path(sys.executable).with_name("gansampler")
told = subprocess.run([command, "--help"], capture_output=True, text=True)
assert told.returncode, "the command line should ask for its extra"
assert 'pip install "gansampler[cli]"' in told.stderr, told.stderr
assert "Traceback" not in told.stderr, told.stderr
print(f"gansampler {gansampler.__version__} works without extras")
