"""Ask whether synthetic rows give away which rows an over-sampler has learned from.

Run `python benchmarks/membership.py`; a stopped run continues where it was.

Half of the minority is resampled, as in fidelity.py; the other half is halved again,
into a reference that the attacker has, and rows that were no members. Who has a row,
and those that a method added, guesses whether it was among those resampled:

- by the *distance* to the closest synthetic row: the smaller, the likelier;
- by *DOMIAS*: the density of the synthetic rows there over that of the reference, which
  tells a row that was learned by heart from one that is merely common.

An AUC of 0.5 is guessing. The TPR is the share of members that are found where a tenth
of the others is taken for members.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from fidelity import Split, run_task
from imblearn import FunctionSampler
from methods import ALL_METHODS, METHODS, Method, gan_over_sampler
from records import row_columns
from running import make_parser, make_tasks, run_study
from scipy.spatial import KDTree
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.neighbors import KernelDensity

from gansampler.evaluation.aligned_tables import encode_aligned

MIN_MINORITY = 60
"""Fewer rows leave fewer than fifteen of each kind to guess at."""

MIN_PRIVATE = 300
"""Training rows below which differential privacy leaves nothing of a class."""

EPSILON = 10.0
MAX_FALSE = 0.1
N_COMPONENTS = 5
"""Principal components in which densities are estimated: of more, some dozen rows of a
reference tell nothing."""

SCORES = ["distance AUC", "distance TPR", "DOMIAS AUC", "DOMIAS TPR"]
COLUMNS = row_columns(SCORES)


def private(X: pd.DataFrame, y: pd.Series, seed: int) -> Any:
    """Train with differential privacy, on scales that are read off the whole table.

    Nobody should do so who means it: here the bounds stand for what is known to all.
    """
    if (y == 1).sum() < MIN_PRIVATE:
        return FunctionSampler(func=_refuse_few, validate=False)
    numbers = X.select_dtypes("number")
    lows, highs = numbers.min(), numbers.max()
    highs = highs.where(highs > lows, lows + 1)  # apart also where it is constant
    return gan_over_sampler(
        X,
        y,
        seed,
        "PrivateTabularGAN",
        epsilon=EPSILON,
        column_bounds={name: (lows[name], highs[name]) for name in numbers},
        column_categories={
            name: X[name].cat.categories for name in X.select_dtypes("category")
        },
    )


def _refuse_few(X: pd.DataFrame, y: pd.Series) -> None:
    raise RuntimeError(f"refused: fewer than {MIN_PRIVATE} rows of the minority")


PRIVATE = "GANOverSampler privacy"
ATTACKED: dict[str, Method] = {
    "RandomOverSampler": METHODS["RandomOverSampler"],
    "ROS+shrinkage": METHODS["ROS+shrinkage"],
    "SMOTE": METHODS["SMOTE"],
    "GANOverSampler": gan_over_sampler,
    "GANOverSampler category": partial(gan_over_sampler, condition="category"),
    "GANOverSampler anchor": partial(gan_over_sampler, condition="anchor"),
    "GANOverSampler without rejection": partial(
        gan_over_sampler, rejection_estimator=None
    ),
    PRIVATE: private,
}
"""What is attacked by default."""


def attack_split(synthetic: pd.DataFrame, split: Split, seed: int) -> dict[str, float]:
    """Halve the rows held out, into others and a reference, and attack."""
    order = np.random.default_rng(seed).permutation(len(split.holdout))
    halves = [split.holdout.iloc[half] for half in (order[::2], order[1::2])]
    return attack(synthetic, split.minority, *halves)


def attack(
    synthetic: pd.DataFrame,
    members: pd.DataFrame,
    others: pd.DataFrame,
    reference: pd.DataFrame,
) -> dict[str, float]:
    """Guess which of some rows a method has learned from.

    Parameters
    ----------
    synthetic : DataFrame
        What the method has made of the members.
    members, others : DataFrame
        The rows that are guessed at.
    reference : DataFrame
        More rows like these, which the attacker has.

    Returns
    -------
    scores : dict of str to float
        One of each of `SCORES`.
    """
    released, inside, outside, known = encode_aligned(
        "auto",
        synthetic=synthetic,
        members=members,
        others=others,
        reference=reference,
    )
    candidates = np.concatenate([inside, outside])
    is_member = np.repeat([1, 0], [len(inside), len(outside)])
    guesses = {
        "distance": -KDTree(released).query(candidates)[0],
        "DOMIAS": density_ratio(candidates, released, known),
    }
    return {
        f"{name} {score}": value
        for name, guess in guesses.items()
        for score, value in {
            "AUC": roc_auc_score(is_member, guess),
            "TPR": true_positives(is_member, guess),
        }.items()
    }


def density_ratio(
    candidates: np.ndarray, released: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Return the logarithm of the density of the released rows over the known ones'.

    The greater it is, the likelier is a candidate to be a member.

    References
    ----------
    .. [1] B. van Breugel, H. Sun, Z. Qian, M. van der Schaar, "Membership inference
       attacks against synthetic data through overfitting detection", 2023.
    """
    n_components = min(N_COMPONENTS, released.shape[1], len(known) - 1)
    # Repeated, so that both have a say in the scale.
    n_times = max(len(released) // len(known), 1)
    both = np.concatenate([np.repeat(known, n_times, axis=0), released])
    scale = PCA(n_components, whiten=True, random_state=0).fit(both)
    densities = [
        KernelDensity(bandwidth="scott").fit(scale.transform(rows))
        for rows in (released, known)
    ]
    there = scale.transform(candidates)
    return densities[0].score_samples(there) - densities[1].score_samples(there)


def true_positives(is_member: np.ndarray, guess: np.ndarray) -> float:
    """Return the share of members found where `MAX_FALSE` of the others are accused."""
    false, true, _ = roc_curve(is_member, guess, drop_intermediate=False)
    return float(np.interp(MAX_FALSE, false, true))


def leakage_means(records: pd.DataFrame) -> pd.DataFrame:
    """Return each method's mean and worst over tables, what leaks least first."""
    scored = records[records["error"] == ""]
    by_table = scored.groupby(["method", "table"])[SCORES].mean()
    frame = by_table.groupby("method").mean()
    worst = by_table.groupby("method")[[SCORES[0], SCORES[2]]].max()
    frame[["worst distance AUC", "worst DOMIAS AUC"]] = worst
    frame["tables"] = by_table.groupby("method").size()
    frame["seeds"] = scored.groupby("method")["seed"].nunique()
    return frame.sort_values(SCORES[0])


def main() -> None:
    """Run what is missing and print the means."""
    choices = {**ALL_METHODS, **ATTACKED}
    parser = make_parser(
        __doc__, "membership.csv", list(ATTACKED), choices, ("--seeds", 5)
    )
    # All rows of the minority: of more rows more can be told.
    parser.set_defaults(rows="minority")
    arguments = parser.parse_args()
    tasks = make_tasks(arguments, choices)
    each = {task.table: task for task in tasks}.values()
    large = {task.table for task in each if task.load()[1].sum() >= MIN_MINORITY}
    tasks = [task for task in tasks if task.table in large]
    run = partial(run_task, score=attack_split)
    run_study(arguments, tasks, run, lambda r: leakage_means(r).to_string(), COLUMNS)


if __name__ == "__main__":
    main()
