"""Balance a real table and see what it does: scores beside SMOTE's, and a picture.

The table is scikit-learn's digits: 1,797 handwritten numerals of 8 × 8 pixels, each
pixel a number from 0 to 16. The task is to tell the eights from everything else, one
row in ten by nature. A picture of a row is a picture one can judge by eye.
"""

import argparse
import time
from tempfile import TemporaryDirectory

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler

SCORES = {
    "precision": "precision",
    "recall": "recall",
    "average_precision": "avg. precision",
    "f1": "F1",
}
SAMPLERS = {
    "no resampling": "passthrough",
    "SMOTE": SMOTE(random_state=0),
    "GANOverSampler": GANOverSampler(random_state=0, verbose=1),
}
CLASSIFIERS = {
    "random forest": RandomForestClassifier(random_state=0),
    "logistic regression": LogisticRegression(max_iter=1000),
}
GREY, BLUE, ORANGE = "#BBBBBB", "#0072B2", "#D55E00"


def print_scores(X: np.ndarray, y: np.ndarray) -> None:
    """Cross-validate every sampler with every classifier on the same folds."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    print(f"{'':32}" + "".join(f"{name:>16}" for name in SCORES.values()))
    # The cache lets both classifiers use the same resampled folds: each GAN trains
    # once.
    with TemporaryDirectory() as cache:
        for classifier_name, classifier in CLASSIFIERS.items():
            print(classifier_name)
            for sampler_name, sampler in SAMPLERS.items():
                # The sampler sits in the pipeline, so it never sees a row it is judged
                # on.
                pipeline = Pipeline(
                    [
                        ("sample", sampler),
                        ("scale", StandardScaler()),
                        ("classify", classifier),
                    ],
                    memory=cache,
                )
                result = cross_validate(pipeline, X, y, cv=folds, scoring=list(SCORES))
                cells = (
                    f"{result[f'test_{score}'].mean():.3f} ± "
                    f"{result[f'test_{score}'].std():.3f}"
                    for score in SCORES
                )
                print(f"  {sampler_name:30}" + "".join(f"{c:>16}" for c in cells))


def draw(X: np.ndarray, y: np.ndarray, path: str) -> None:
    """Train once on all rows and draw real and synthetic eights."""
    X_res, _ = GANOverSampler(random_state=0, verbose=1).fit_resample(X, y)
    real, rest, synthetic = X[y == 1], X[y == 0], X_res[len(X) :]

    rng = np.random.default_rng(0)
    shown_real = real[rng.choice(len(real), 12, replace=False)]
    shown_synthetic = synthetic[rng.choice(len(synthetic), 12, replace=False)]
    # Beside each synthetic row the real one nearest to it: a copy would be its twin.
    nearest = NearestNeighbors(n_neighbors=1).fit(real)
    twins = real[nearest.kneighbors(shown_synthetic, return_distance=False)[:, 0]]

    figure = plt.figure(figsize=(11, 8), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.25))

    titles = (
        "real eights",
        "synthetic\neights",
        "real row\nnearest to the\nsynthetic one",
    )
    axes = above.subplots(3, 12)
    for row, title, digits in zip(
        axes, titles, (shown_real, shown_synthetic, twins), strict=True
    ):
        for axis, digit in zip(row, digits, strict=True):
            axis.imshow(digit.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
            axis.set(xticks=[], yticks=[])
        row[0].set_ylabel(title, rotation=0, ha="right", va="center")

    left, right = below.subplots(1, 2)
    projection = PCA(n_components=2, random_state=0).fit(X)
    for rows, label, style in (
        (rest, f"other digits ({len(rest)})", {"c": GREY, "s": 8}),
        (
            synthetic,
            f"synthetic eights ({len(synthetic)})",
            {"c": ORANGE, "s": 10, "marker": "^", "alpha": 0.5},
        ),
        (real, f"real eights ({len(real)})", {"c": BLUE, "s": 14}),
    ):
        left.scatter(*projection.transform(rows).T, label=label, linewidths=0, **style)
    left.set(
        title="Two principal components of the table",
        xlabel="first component",
        ylabel="second component",
    )
    left.legend()

    pixels = np.arange(X.shape[1])
    for rows, label, colour, marker in (
        (real, "real eights", BLUE, "o"),
        (synthetic, "synthetic eights", ORANGE, "^"),
    ):
        low, middle, high = np.percentile(rows, (25, 50, 75), axis=0)
        right.fill_between(pixels, low, high, color=colour, alpha=0.25, linewidth=0)
        right.plot(
            pixels, middle, color=colour, marker=marker, markersize=3, lw=1, label=label
        )
    right.set(
        title="Each pixel: median and quartiles",
        xlabel="pixel, row by row",
        ylabel="ink (0 to 16)",
    )
    right.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Print the scores, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default="demo.png", help="where the picture goes")
    output = parser.parse_args().output

    mpl.use("agg")  # a file is written, no window opened
    start = time.perf_counter()
    X, digit = load_digits(return_X_y=True)
    y = (digit == 8).astype(int)
    print(
        f"Digits: {y.sum()} eights among {len(y)} numerals, {X.shape[1]} columns.\n"
        "Means and deviations over three stratified folds, resampling inside the "
        "training part only, threshold at 0.5.\n"
    )
    print_scores(X, y)
    draw(X, y, output)
    print(f"\n{time.perf_counter() - start:.0f} seconds; picture written to {output}")


if __name__ == "__main__":
    main()
