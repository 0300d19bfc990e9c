"""Balance a mixed table with a rare class, compare samplers, and draw what happened.

The table holds 3,000 loans, of which one in fourteen was not repaid. This script makes
it up from a fixed seed. It has numbers, categories and missing values, and the two
classes overlap. The same classifier is cross-validated without resampling, with SMOTENC
and with GANOverSampler, and also without resampling but with a tuned threshold.
"""

import argparse
import time
from textwrap import fill

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTENC
from imblearn.pipeline import Pipeline
from imblearn.pipeline import make_pipeline as make_imb_pipeline
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    precision_score,
    recall_score,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tqdm import tqdm

from gansampler import GANOverSampler
from gansampler.evaluation.plotting import MarginalsDisplay
from gansampler.evaluation.plotting.marginals import marginal_styles

N_FOLDS = 4
NONE, SMOTE, GAN = "no resampling", "SMOTENC", "GANOverSampler"
TUNED = "tuned threshold"
COLOURS = {NONE: "#767676", SMOTE: "#0072b2", GAN: "#d55e00"}
SHOWN = ["credit_score", "purpose", "debt_ratio", "late_payments"]


def make_loans(n: int = 3000, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Make up loans, and whether each was not repaid."""
    rng = np.random.default_rng(seed)
    age = (18 + rng.gamma(5, 5.5, n)).clip(18, 80).round()
    employed = np.minimum(rng.exponential(6, n), age - 17).round(1)
    income = np.exp(rng.normal(10.1 + 0.012 * np.minimum(age, 55), 0.45)).round(-2)
    home = np.where(rng.random(n) < 0.2 + 0.008 * age, "owner", "tenant")
    home = np.where(rng.random(n) < 0.12, "with family", home)
    purposes = ["car", "home", "debts", "business", "other"]
    purpose = rng.choice(purposes, n, p=[0.34, 0.22, 0.2, 0.1, 0.14])
    amount = (np.exp(rng.normal(8.9, 0.6, n)) * (1 + (purpose == "home"))).round(-2)
    late = rng.poisson(0.25 + 0.5 * (purpose == "debts") + 0.4 * (income < 2e4))
    debt_ratio = (rng.beta(2, 5, n) + 0.3 * amount / income).clip(0, 1.5).round(3)
    score = 690 + 0.8 * age - 35 * late - 60 * debt_ratio + rng.normal(0, 45, n)

    risk = (
        -3.9
        + 0.6 * late
        + 2.2 * debt_ratio
        - 0.012 * (score - 690)
        - 0.06 * employed
        + 0.8 * (purpose == "business")
        + 0.5 * (purpose == "debts")
        - 0.5 * (home == "owner")
    )
    defaulted = rng.random(n) < 1 / (1 + np.exp(-risk))
    loans = pd.DataFrame(
        {
            "age": age.astype(int),
            "income": income,
            "employed_years": employed,
            "home": home,
            "purpose": purpose,
            "amount": amount,
            "debt_ratio": debt_ratio,
            "late_payments": late,
            "credit_score": score.clip(300, 850).round(),
        }
    )
    # Little is known of people without a history, who default more often.
    loans.loc[rng.random(n) < np.where(defaulted, 0.25, 0.12), "credit_score"] = np.nan
    loans.loc[rng.random(n) < 0.06, "employed_years"] = np.nan
    loans.loc[rng.random(n) < 0.04, "home"] = None
    return loans, pd.Series(defaulted, name="defaulted").astype(int)


def make_models() -> dict[str, Pipeline]:
    """Put each sampler before the same classifier, with the steps it needs."""
    numbers = make_column_selector(dtype_include="number")
    texts = make_column_selector(dtype_exclude="number")
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore"), texts),
    )
    # SMOTENC takes no missing values, so they are filled in first.
    fill = make_column_transformer(
        (SimpleImputer(strategy="median"), numbers),
        (SimpleImputer(strategy="constant", fill_value="missing"), texts),
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    smote = SMOTENC(["home", "purpose"], random_state=0)
    classifier = LogisticRegression(max_iter=1000)
    plain = make_imb_pipeline(encode, classifier)
    # In a pipeline, a sampler resamples the training rows only.
    return {
        NONE: clone(plain),
        SMOTE: make_imb_pipeline(fill, smote, clone(encode), clone(classifier)),
        GAN: make_imb_pipeline(GANOverSampler(random_state=0), encode, classifier),
        TUNED: TunedThresholdClassifierCV(clone(plain), scoring="f1", cv=3),
    }


def score_models(
    models: dict[str, Pipeline], X: pd.DataFrame, y: pd.Series
) -> pd.DataFrame:
    """Score every model on the held-out rows of the same folds."""
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    rounds = [
        (fold, name, rows)
        for fold, rows in enumerate(folds.split(X, y))
        for name in models
    ]
    scores = []
    for fold, name, (train, test) in tqdm(rounds, "train", leave=False):
        model = models[name].fit(X.iloc[train], y.iloc[train])
        predicted = model.predict(X.iloc[test])
        probability = model.predict_proba(X.iloc[test])[:, 1]
        truth = y.iloc[test]
        scores.append(
            {
                "sampler": name,
                "fold": fold,
                "F1": f1_score(truth, predicted),
                "precision": precision_score(truth, predicted),
                "recall": recall_score(truth, predicted),
                "average precision": average_precision_score(truth, probability),
            }
        )
    return pd.DataFrame(scores)


def conclude(scores: pd.DataFrame) -> str:
    """Say in one sentence with which sampler F1 is highest, and how clearly."""
    f1 = scores.pivot(index="fold", columns="sampler", values="F1")[list(COLOURS)]
    ranked = f1.mean().sort_values(ascending=False)
    first, second = ranked.index[:2]
    lead = f1[first] - f1[second]
    # Folds share training rows, so the error is larger than their spread suggests.
    error = lead.std() * np.sqrt(1 / N_FOLDS + 1 / (N_FOLDS - 1))
    doubt = "" if lead.mean() > 2 * error else ", but not clearly"
    said = {
        name: "without resampling" if name == NONE else f"with {name}" for name in f1
    }
    others = " and ".join(f"{ranked[one]:.2f} {said[one]}" for one in ranked.index[1:])
    return (
        "At the default threshold, F1 on held-out loans is highest "
        f"{said[first]}{doubt}: {ranked[first]:.2f}, against {others}."
    )


def draw(
    scores: pd.DataFrame, real: pd.DataFrame, synthetic: pd.DataFrame, title: str
) -> Figure:
    """Draw the scores of the models, and synthetic beside real rows."""
    figure = plt.figure(figsize=(11, 7), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.15))
    above.suptitle(fill(title, 95), x=0.02, ha="left", fontsize="large", weight="bold")

    ax = above.subplots()
    for place, (name, colour) in enumerate(COLOURS.items()):
        own = scores.loc[scores["sampler"] == name, "F1"]
        ax.barh(place, own.mean(), 0.6, color=colour, alpha=0.85)
        ax.plot(own, [place] * len(own), "o", color="white", markeredgecolor="black")
        ax.text(own.max() + 0.012, place, f"{own.mean():.2f}", va="center")
    ax.set_yticks(range(len(COLOURS)), COLOURS)
    ax.invert_yaxis()
    ax.set_xlim(0, scores.loc[scores["sampler"].isin(COLOURS), "F1"].max() + 0.06)
    ax.set_xlabel(
        "F1 of the loans not repaid, at the default threshold (longer is better; "
        f"dots are the {N_FOLDS} folds)"
    )

    below.suptitle(
        "Loans not repaid, real ones and those that GANOverSampler adds. The shapes "
        "should\nbe similar; the sampler prefers rows that look unlike repaid loans.",
        x=0.02,
        ha="left",
        fontsize="medium",
    )
    panels = below.subplots(1, len(SHOWN))
    display = MarginalsDisplay.from_rows(real[SHOWN], synthetic[SHOWN], ax=panels)
    panels[0].get_legend().remove()
    styles = marginal_styles()
    below.legend(
        handles=[Patch(**style) for style in styles],
        labels=[f"{len(real):,} real rows", f"{len(synthetic):,} synthetic rows"],
        loc="outside lower left",
        ncols=2,
    )
    for panel, marginal in zip(panels, display.marginals, strict=True):
        name = str(marginal.name).replace("_", " ")
        panel.set_title(name, loc="left", fontsize="medium")
    return figure


def main() -> None:
    """Print the scores and a sentence, and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default="demo.png", help="file of the picture")
    output = parser.parse_args().output

    mpl.use("agg")  # writes a file and opens no window
    start = time.process_time()
    X, y = make_loans()
    print(
        f"{len(X):,} loans (made up), {y.sum()} of them not repaid. {X.shape[1]} "
        "columns of numbers and categories, "
        f"{X.isna().to_numpy().sum()} missing values.\n"
        f"A logistic regression at the default threshold, {N_FOLDS} folds, mean ± "
        "standard deviation.\nThe last row does not resample, but tunes the threshold "
        "on the training rows:\n"
    )
    models = make_models()
    scores = score_models(models, X, y)
    found = scores.drop(columns="fold").groupby("sampler", sort=False)
    mean, deviation = found.mean(), found.std()
    print(f"{'':16}" + "".join(f"{name:>19}" for name in mean))
    for name in mean.index:
        cells = (
            f"{mean.loc[name, score]:.2f} ± {deviation.loc[name, score]:.2f}"
            for score in mean
        )
        print(f"{name:16}" + "".join(f"{cell:>19}" for cell in cells))

    # The generator of the last fold, with as many rows as that fold added.
    sampler = models[GAN][0]
    n_rows = sampler.sampling_strategy_[1]
    synthetic = sampler.generators_[1].sample(n_rows, random_state=0)
    sentence = conclude(scores)
    draw(scores, X[y == 1], synthetic, sentence).savefig(output, dpi=120)
    print(
        "\nResampling and a tuned threshold serve the same end; compare_samplers tests "
        "both on\nyour table. "
        f"CPU time: {time.process_time() - start:.0f} seconds."
        f"\n\n{sentence}"
    )


if __name__ == "__main__":
    main()
