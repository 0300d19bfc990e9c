"""
====================================
A grid search over a whole pipeline
====================================

How many rows should an over-sampler add, and does adding them help at all? Both are
questions for cross-validation. In an imbalanced-learn pipeline the sampler sees the
training part of each split only, so the rows that judge it are always real ones that it
has never seen.
"""

# %%
# A rare class
# ------------
# Ten measurements of cell nuclei from the breast cancer table of scikit-learn, with the
# malignant cases thinned out to one for every six benign ones, and a third of all rows
# put aside for the end.
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.datasets import make_imbalance
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_recall_curve
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler, TabularGAN

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean ")
y = (y == 0).astype(int)  # 1 is malignant
n_benign = int((y == 0).sum())
X, y = make_imbalance(
    X, y, sampling_strategy={0: n_benign, 1: n_benign // 6}, random_state=0
)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=1 / 3, stratify=y, random_state=0
)
y_train.value_counts()

# %%
# The pipeline
# ------------
# It has to be the ``Pipeline`` of imbalanced-learn: scikit-learn's takes no samplers.
# With ``memory`` a fitted sampler is kept on disk, so candidates that differ only in
# the classifier share one trained GAN.
cache = TemporaryDirectory()
pipeline = Pipeline(
    [
        ("scale", StandardScaler()),
        ("sample", GANOverSampler(TabularGAN(max_iter=150), random_state=0)),
        ("classify", LogisticRegression(max_iter=1000)),
    ],
    memory=cache.name,
)

# %%
# The search
# ----------
# ``sampling_strategy`` as a number is the ratio of minority to majority rows after
# resampling. The second grid leaves the sampler out: *no resampling* is a candidate
# like every other, and it may win.
strengths = [0.001, 0.01, 0.1, 1.0]
search = GridSearchCV(
    pipeline,
    [
        {"sample__sampling_strategy": [0.5, 1.0], "classify__C": strengths},
        {"sample": ["passthrough"], "classify__C": strengths},
    ],
    scoring="f1",
    cv=StratifiedKFold(3, shuffle=True, random_state=0),
)
search.fit(X_train, y_train)
print(f"chosen: {search.best_params_}")
print(f"F1 in cross-validation: {search.best_score_:.3f}")

# %%
# What the search saw
# -------------------
# On the left the candidates, each with the standard error of its three folds. A heavily
# regularised model hardly ever says "malignant" at the threshold of 0.5; resampling
# cures that, and so does less regularisation.
#
# On the right the best candidate with resampling and the best without, on the rows that
# were put aside. The curve is the ranking of the rows; the marker is where the
# threshold of 0.5 puts the classifier on it.
results = pd.DataFrame(search.cv_results_)
results["ratio"] = results["param_sample__sampling_strategy"].astype(float)
results["error"] = results["std_test_score"] / np.sqrt(search.n_splits_)
resampled = results["ratio"].notna()

figure, (left, right) = plt.subplots(ncols=2, figsize=(10, 4.2), layout="constrained")
for label, rows, colour, marker, shift in (
    ("no resampling", results[~resampled], "#555555", "o", 0.93),
    ("ratio 0.5", results[results["ratio"] == 0.5], "#0072B2", "s", 1.0),
    ("ratio 1.0", results[results["ratio"] == 1.0], "#D55E00", "^", 1.07),
):
    left.errorbar(
        rows["param_classify__C"].astype(float) * shift,  # the bars do not overlap
        rows["mean_test_score"],
        yerr=rows["error"],
        color=colour,
        marker=marker,
        capsize=3,
        label=label,
    )
left.set(
    xscale="log",
    xlabel="C of the logistic regression (smaller: simpler)",
    ylabel="F1, mean of three folds",
    title="Candidates in cross-validation",
)
left.legend(title="minority to majority")

for label, rows, colour, marker in (
    ("no resampling", results[~resampled], "#555555", "o"),
    ("resampled", results[resampled], "#D55E00", "^"),
):
    best = rows.loc[rows["mean_test_score"].idxmax(), "params"]
    model = clone(pipeline).set_params(**best).fit(X_train, y_train)
    probability = model.predict_proba(X_test)[:, 1]
    precision, recall, threshold = precision_recall_curve(y_test, probability)
    at_half = np.searchsorted(threshold, 0.5)
    f1 = f1_score(y_test, probability >= 0.5)
    right.plot(recall, precision, color=colour, drawstyle="steps-post")
    right.plot(
        recall[at_half],
        precision[at_half],
        color=colour,
        marker=marker,
        markersize=10,
        label=f"{label}: F1 {f1:.2f} at 0.5",
    )
right.set(
    xlabel="recall of malignant cases",
    ylabel="precision",
    title="On the rows put aside",
    ylim=(0, 1.05),
)
right.legend(loc="lower left")
plt.show()
cache.cleanup()
