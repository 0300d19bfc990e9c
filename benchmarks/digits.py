"""Ask what convolutions are worth: two digits cut to 20 images, as in plot_images.py.

Run `python benchmarks/digits.py`: balanced accuracy of two classifiers without
resampling and after each sampler, to `docs/quality/digits.csv`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from joblib import Parallel, delayed
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN

ROOT = Path(__file__).resolve().parents[1]
RARE, N_RARE = (3, 8), 20
CONVOLUTIONS = {"generator_layers": (32, 16), "critic_layers": (16, 32)}


def make_samplers(max_iter: int) -> dict[str, Any]:
    """Make the samplers; None is no resampling."""
    gans = {
        "GANOverSampler": TabularGAN(max_iter=max_iter),
        "GANOverSampler, ImageGAN": ImageGAN((8, 8), max_iter=max_iter, **CONVOLUTIONS),
    }
    return {
        "none": None,
        "SMOTE": SMOTE(random_state=0),
        **{name: GANOverSampler(gan, random_state=0) for name, gan in gans.items()},
    }


def score_split(train: np.ndarray, test: np.ndarray, max_iter: int) -> list[dict]:
    """Score all samplers on one split, whose rare digits are cut in training."""
    X, y = load_digits(return_X_y=True)
    few = [train[y[train] == d][: N_RARE if d in RARE else None] for d in range(10)]
    rows = np.concatenate(few)
    scores = []
    for name, sampler in make_samplers(max_iter).items():
        table = X[rows], y[rows]
        X_new, y_new = table if sampler is None else sampler.fit_resample(*table)
        scores.append({"sampler": name})
        for title, classifier in {
            "random forest": RandomForestClassifier(random_state=0),
            "logistic regression": make_pipeline(
                StandardScaler(), LogisticRegression(max_iter=500)
            ),
        }.items():
            predicted = classifier.fit(X_new, y_new).predict(X[test])
            scores[-1][title] = balanced_accuracy_score(y[test], predicted)
    return scores


def main() -> None:
    """Score all splits and write the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--max-iter", type=int, default=500)
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs" / "quality" / "digits.csv"
    )
    arguments = parser.parse_args()
    splits = StratifiedShuffleSplit(arguments.splits, test_size=0.33, random_state=0)
    records = Parallel(n_jobs=arguments.jobs)(
        delayed(score_split)(train, test, arguments.max_iter)
        for train, test in splits.split(*load_digits(return_X_y=True))
    )
    frame = pd.DataFrame([row for rows in records for row in rows])
    means = frame.groupby("sampler", sort=False).mean()
    means.to_csv(arguments.output, float_format="%.3f")
    print(means.round(3).to_string())


if __name__ == "__main__":
    main()
