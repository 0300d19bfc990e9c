"""Hash the rows that a set of settings gives, to show that a change left them alone.

    python benchmarks/same_rows.py > after.txt     # in each of two checkouts
    diff before.txt after.txt

Same machine, same versions, one thread. `OLD=1` spells the parameters as they were
before generators and samplers were composed (commit 6e048fc).
"""

import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(os.environ.get("DATA", Path(__file__).parents[2] / "shared" / "data"))
TABLES = ("hmeq", "glass_multi", "car_multi", "stroke", "oil_spill", "vowel0")
N_ROWS = 1_500

SETTINGS = [
    *(
        {"objective": name}
        for name in (
            "relativistic",
            "non_saturating",
            "minimax",
            "least_squares",
            "hinge",
        )
    ),
    {"objective": "wasserstein", "penalty": "gradient"},
    *({"penalty": name} for name in ("r1_r2", "r1", "r2", "gradient", "clip", "none")),
    *({"condition": name} for name in ("none", "category", "anchor")),
    {"spectral_norm": True},
    {"feature_matching": 0.5},
    {"pac": 4},
    {"auxiliary_classifier": 0.5},
    {"early_stopping": True, "n_iter_no_change": 25},
]


def read(name):
    """Read the first rows of a shuffled table."""
    table = pd.read_csv(DATA / f"{name}.csv.gz")
    table = table.sample(frac=1, random_state=0).head(N_ROWS).reset_index(drop=True)
    return table.drop(columns="target"), table["target"]


def make(settings=None, sampler=None, gan="TabularGAN"):
    """Make a sampler by the old spelling or the new one."""
    import gansampler

    settings, sampler = settings or {}, sampler or {}
    if "OLD" in os.environ:
        extra = {"PrivateTabularGAN": {"privacy": "dp"}}.get(gan, {})
        return gansampler.GANOverSampler(random_state=0, **settings, **sampler, **extra)
    from gansampler import gan as generators

    # One setting is spelled as the default is used: without a generator.
    made = getattr(generators, gan)(**settings) if settings else None
    return gansampler.GANOverSampler(made, random_state=0, **sampler)


def digest(X, y):
    """Hash a table and its labels by their values."""
    frame = pd.DataFrame(X)
    text = frame.to_csv(float_format=None) + str(frame.dtypes.tolist())
    return hashlib.sha256((text + repr(np.asarray(y).tolist())).encode()).hexdigest()


def cases():
    """Name each case, with its table, its parameters and what makes its rows."""
    for name in TABLES:
        yield name, read(name), {}
    small = read("stroke")
    for settings in SETTINGS:
        yield str(settings), small, {"settings": settings}
    for sampler in (
        {"rejection_estimator": None},
        {"augmentation": ["mix", "flip"], "constraints": "age >= 0"},
        {"n_jobs": 2},
    ):
        yield str(sampler), small, {"sampler": sampler}
    rng = np.random.default_rng(0)
    images = rng.normal(size=(300, 64)), np.repeat([0, 1], [240, 60])
    convolutional = {
        "image_shape": (8, 8),
        "generator_layers": (16, 8),
        "critic_layers": (8, 16),
        "max_iter": 30,
    }
    yield "images", images, {"settings": convolutional, "gan": "ImageGAN"}


def main():
    """Print a line for each case."""
    for name, (X, y), how in cases():
        X_res, y_res = make(**how).fit_resample(X, y)
        print(f"{digest(X_res, y_res)[:24]}  {len(y_res):6d}  {name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
