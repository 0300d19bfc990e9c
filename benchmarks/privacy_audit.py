"""Audit the privacy of `PrivateTabularGAN`.

How much can an attacker find out, at least? Run `python benchmarks/privacy_audit.py`,
some twelve minutes on one core.

Two tables differ in one row, the canary: all rows lie at one corner of what is
declared, the canary at the opposite one. Many generators are trained on each. An
attacker who holds one of them, with all of its weights and 2,000 of its rows, guesses
whether the canary was there. By how often that succeeds, a lower bound of epsilon
follows (Jagielski et al., 2020; Nasr et al., 2021): whoever is epsilon, delta-private
keeps the attacker's true positive rate below `exp(epsilon)` times the false positive
rate plus delta.

The attacker learns to guess from half of the generators; the other half is counted,
with Clopper-Pearson intervals, so that the bound holds with 95 % confidence. Many fits
are stronger here than one with many canaries (Steinke et al., 2023), because a fit of a
tiny table takes milliseconds, and one canary can be as far out as possible.

- "no seed": the attacker knows the declaration, the parameters and the algorithm.
- "all seeds": in addition every seed that there is: `random_state` of the sampler, the
  state of NumPy and torch, and the seed of the first weights, which nobody is told.
  All but the noise and the choice of rows can then be computed again.

Two controls show that the audit can find something. In "known noise" the operating
system's entropy is replaced by a stream of a seed, as it was until 2026-11-25, and the
attacker trains again with it. "Hardly any noise" is trained at an epsilon of 10,000.

The number of rows is taken to be known; it must not decide how much is drawn, else it
would be what the attacker sees. So the batch is no larger than the smaller table.

References
----------
M. Jagielski, J. Ullman, A. Oprea, "Auditing differentially private machine learning:
how private is private SGD?", 2020. M. Nasr et al., "Adversary instantiation: lower
bounds for differentially private machine learning", 2021. T. Steinke, M. Nasr, M.
Jagielski, "Privacy auditing with one (1) training run", 2023.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import torch
from machine import versions
from scipy.stats import beta
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler
from gansampler.gan import PrivateTabularGAN, private_gan

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "privacy_audit.csv"
PUBLISHED = HERE.parent / "docs" / "quality" / "privacy_audit.csv"

EPSILONS = (0.5, 1.0, 4.0)
DELTA = 1e-5
N_ROWS = 10
CONFIDENCE = 0.95
SEED = 12345
CLAIM_OF_CONTROLS = 4.0


def make_gan(epsilon: float) -> PrivateTabularGAN:
    """Make a small generator whose training shows a row as much as it can.

    Nearly all rows take part in each step, and large steps are taken.
    """
    return PrivateTabularGAN(
        epsilon=epsilon,
        delta=DELTA,
        column_bounds={0: (-1, 1), 1: (-1, 1)},
        max_iter=5,
        batch_size=N_ROWS,
        learning_rate=0.02,
        generator_layers=(4,),
        critic_layers=(4,),
        latent_dim=2,
        ema_decay=0.0,
    )


def table(with_canary: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the rare class in one corner, and other rows that are not learned."""
    rare = np.full((N_ROWS, 2), -1.0)
    if with_canary:
        rare = np.vstack([rare, [[1.0, 1.0]]])
    common = np.zeros((3 * N_ROWS, 2))
    labels = np.repeat([0, 1], [len(common), len(rare)])
    return np.vstack([common, rare]), labels


def released(epsilon: float, with_canary: bool) -> tuple[np.ndarray, float]:
    """Train, and return what is given away as numbers, and the epsilon reported."""
    sampler = GANOverSampler(make_gan(epsilon), random_state=SEED)
    sampler.fit_resample(*table(with_canary))
    generator = sampler.generators_[1]
    rows = generator.sample(2_000, random_state=SEED)
    state = generator.gan.trained_.generator.state_dict().values()
    weights = [w.numpy().ravel() for w in state if w.dtype.is_floating_point]
    told = [rows.mean(axis=0), rows.std(axis=0), (rows > 0).mean(axis=0)]
    return np.concatenate([*told, *weights]), generator.history.epsilon


@contextmanager
def known_seeds() -> Iterator[None]:
    """Fix every seed that there is; the attacker knows them."""
    np.random.seed(SEED)  # noqa: NPY002 - it must not matter
    torch.manual_seed(SEED)
    with patch.object(private_gan.secrets, "randbits", lambda n: SEED):
        yield


@contextmanager
def known_noise(seed: int) -> Iterator[None]:
    """Let the operating system's entropy follow a seed."""
    stream = np.random.default_rng(seed)
    with known_seeds(), patch("os.urandom", stream.bytes):
        yield


def bound(guesses: np.ndarray, truth: np.ndarray) -> float:
    """Return the lower bound of epsilon by how often guesses were right.

    Parameters
    ----------
    guesses, truth : ndarray of shape (n_fits,), dtype bool
        Whether the canary is thought to be there, and whether it was.

    Returns
    -------
    epsilon : float
        No smaller one fits, with 95 % confidence in both directions together.
    """
    bounds = [0.0]
    for there in (True, False):
        hits = np.sum((guesses == there) & (truth == there))
        misses = np.sum((guesses == there) & (truth != there))
        n_hits, n_misses = np.sum(truth == there), np.sum(truth != there)
        risk = (1 - CONFIDENCE) / 4  # two rates in two directions
        low = beta.ppf(risk, hits, n_hits - hits + 1) if hits else 0.0
        high = beta.ppf(1 - risk, misses + 1, n_misses - misses) if n_misses else 1.0
        high = 1.0 if misses == n_misses else high
        if low > DELTA:
            bounds.append(float(np.log((low - DELTA) / high)))
    return max(bounds)


def attack(features: np.ndarray, truth: np.ndarray, calibration: int) -> float:
    """Learn to tell the two kinds on some fits; return the bound on the others."""
    model = make_pipeline(
        StandardScaler(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    )
    learned, known = features[:calibration], truth[:calibration]
    model.fit(learned, known)
    scores = model.decision_function(learned)
    # The threshold that proves most on the fits that were learned from.
    candidates = np.quantile(scores, np.linspace(0.02, 0.98, 49))
    best = max(candidates, key=lambda t: bound(scores > t, known))
    return bound(
        model.decision_function(features[calibration:]) > best, truth[calibration:]
    )


def audit(
    epsilon: float, n_fits: int, around: Callable[[int], Any]
) -> tuple[float, float]:
    """Train on both tables in turn; return the bound and the epsilon reported."""
    truth = np.arange(n_fits) % 2 == 0
    features, reported = [], []
    for k, with_canary in enumerate(truth):
        with around(k):
            told, spent = released(epsilon, bool(with_canary))
        features.append(told)
        reported.append(spent)
    return attack(np.array(features), truth, n_fits // 2), max(reported)


def replay(n_fits: int) -> float:
    """Let an attacker who can compute the noise train again; return the bound."""
    truth = np.arange(n_fits) % 2 == 0
    guesses = []
    for k, with_canary in enumerate(truth):
        found = {}
        for name, there in {"released": bool(with_canary), 0: False, 1: True}.items():
            with known_noise(k):
                found[name] = released(CLAIM_OF_CONTROLS, there)[0]
        near = [np.abs(found["released"] - found[there]).sum() for there in (0, 1)]
        guesses.append(near[1] < near[0])
    return bound(np.array(guesses), truth)


def run(n_fits: int) -> pd.DataFrame:
    """Run the audit and its controls."""
    rows = []

    def note(kind: str, knows: str, claimed: float, found: float, n: int) -> None:
        rows.append([kind, knows, claimed, found, n])
        print(*rows[-1], flush=True)

    for epsilon in EPSILONS:
        found, reported = audit(epsilon, n_fits, lambda k: nullcontext())
        note("audit", "no seed", reported, found, n_fits)
        found, reported = audit(epsilon, n_fits, lambda k: known_seeds())
        note("audit", "all seeds", reported, found, n_fits)
    found, _ = audit(1e4, n_fits, lambda k: known_seeds())
    note("hardly any noise", "all seeds", CLAIM_OF_CONTROLS, found, n_fits)
    found = replay(n_fits // 2)
    note(
        "known noise", "all seeds and the noise", CLAIM_OF_CONTROLS, found, n_fits // 2
    )
    names = ["run", "the attacker knows", "epsilon claimed", "lower bound", "fits"]
    return pd.DataFrame(rows, columns=names)


def main() -> None:
    """Run the audit, and publish it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=1000, help="fits of each setting")
    warnings.simplefilter("ignore")
    found = run(parser.parse_args().fits)
    found.assign(delta=DELTA, confidence=CONFIDENCE, versions=versions()).to_csv(
        RESULTS, index=False
    )
    found.round(2).to_csv(PUBLISHED, index=False)


if __name__ == "__main__":
    main()
