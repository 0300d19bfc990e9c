"""Ask whether the GANs find two known shapes: a ring of eight clusters, and a moon.

Run `python benchmarks/recovery.py`: it trains each objective with its penalties on 200
points and writes how far 2,000 generated points are from fresh ones, as a multiple of
a bootstrap's distance, to `docs/quality/recovery.csv`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.spatial.distance import cdist
from sklearn.datasets import make_moons

ROOT = Path(__file__).resolve().parents[1]
N_REAL, N_NEW = 200, 2000
N_MODES = 8
SPREAD = 0.7
"""Standard deviation of a column of both shapes, by which they are scaled."""

RECIPES = {
    "relativistic, r1_r2": {},
    "non_saturating, r1_r2": {"objective": "non_saturating"},
    "minimax, r1_r2": {"objective": "minimax"},
    "least_squares, r1_r2": {"objective": "least_squares"},
    "hinge, r1_r2": {"objective": "hinge"},
    "wasserstein, r1_r2": {"objective": "wasserstein"},
    "wasserstein, clip": {"objective": "wasserstein", "penalty": "clip"},
    "wasserstein, gradient": {"objective": "wasserstein", "penalty": "gradient"},
    "wasserstein, gradient, weight 10": {
        "objective": "wasserstein",
        "penalty": "gradient",
        "penalty_weight": 10.0,
    },
    "wasserstein, gradient, n_critic 1": {
        "objective": "wasserstein",
        "penalty": "gradient",
        "n_critic": 1,
    },
    "hinge, none, spectral_norm": {
        "objective": "hinge",
        "penalty": "none",
        "spectral_norm": True,
    },
    "relativistic, none": {"penalty": "none"},
    "relativistic, r1_r2, feature_matching 1": {"feature_matching": 1.0},
    "relativistic, r1_r2, pac 8": {"pac": 8},
}


def ring(n: int, seed: int) -> np.ndarray:
    """Draw points of eight normal clusters around a circle, (n, 2)."""
    rng = np.random.default_rng(seed)
    centres = ring_centres()[rng.integers(0, N_MODES, n)]
    return centres + 0.1 / SPREAD * rng.normal(size=(n, 2))


def ring_centres() -> np.ndarray:
    """Return the centres of the clusters, (8, 2)."""
    angle = 2 * np.pi * np.arange(N_MODES) / N_MODES
    return np.column_stack([np.cos(angle), np.sin(angle)]) / SPREAD


def moon(n: int, seed: int) -> np.ndarray:
    """Draw points of one of the two moons, (n, 2)."""
    X, y = make_moons(2 * n, noise=0.05, random_state=seed)
    return (X[y == 1] - [1, 0]) / SPREAD


SHAPES: dict[str, Callable[[int, int], np.ndarray]] = {"ring": ring, "moon": moon}


def energy_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the root of twice the mean distance between samples less those within."""
    within = cdist(a, a).mean() + cdist(b, b).mean()
    return np.sqrt(2 * cdist(a, b).mean() - within)


def count_modes(points: np.ndarray) -> int:
    """Count the clusters of the ring that hold more than 2 % of the points."""
    distance = cdist(points, ring_centres())
    near = distance.min(axis=1) < 0.3 / SPREAD
    counts = np.bincount(distance.argmin(axis=1)[near], minlength=N_MODES)
    return int((counts > 0.02 * len(points)).sum())


def times_bootstrap(new: np.ndarray, real: np.ndarray, fresh: np.ndarray) -> float:
    """Return the energy distance to `fresh` as a multiple of a bootstrap's."""
    rng = np.random.default_rng(0)
    draws = [real[rng.integers(len(real), size=len(new))] for _ in range(3)]
    usual = np.mean([energy_distance(draw, fresh) for draw in draws])
    return energy_distance(new, fresh) / usual


def generate(points: np.ndarray, seed: int, **parameters: object) -> np.ndarray:
    """Train on points and generate as many as are to be compared."""
    from gansampler import GANOverSampler, TabularGAN

    # A second class with one row more, so that the points are the minority.
    X = np.vstack([points, points, points[:1]])
    y = np.repeat([1, 0], [len(points), len(points) + 1])
    sampler = GANOverSampler(
        TabularGAN(**parameters), rejection_estimator=None, random_state=seed
    )
    sampler.fit_resample(X, y)
    return sampler.generators_[1].sample(N_NEW, random_state=seed)


def measure(recipe: str, seed: int) -> dict[str, object]:
    """Measure how a recipe does on both shapes."""
    measured: dict[str, object] = {"GAN": recipe}
    for name, draw in SHAPES.items():
        real, fresh = draw(N_REAL, seed), draw(N_NEW, 100 + seed)
        new = generate(real, seed, **RECIPES[recipe])
        measured[f"{name}, times the bootstrap"] = times_bootstrap(new, real, fresh)
        if name == "ring":
            measured["clusters of 8 found"] = count_modes(new)
    return measured


def main() -> None:
    """Measure all and write the medians over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs" / "quality" / "recovery.csv"
    )
    arguments = parser.parse_args()
    tasks = [(recipe, seed) for recipe in RECIPES for seed in range(arguments.seeds)]
    records = Parallel(n_jobs=arguments.jobs)(delayed(measure)(*t) for t in tasks)
    medians = pd.DataFrame(records).groupby("GAN", sort=False).median()
    medians = medians.astype({"clusters of 8 found": int})
    medians.to_csv(arguments.output, float_format="%.2f")
    print(medians.round(2).to_string())


if __name__ == "__main__":
    main()
