"""
=====================================
Tune the sampler inside a pipeline
=====================================

How many rows should an over-sampler add, and does adding them help at all?
Cross-validation answers both questions. In an imbalanced-learn pipeline, the sampler
sees only the training set of each split. The test rows are always real and unseen.
"""

# %%
# A rare class
# ------------
# The table has ten measurements of cell nuclei from scikit-learn's breast cancer data.
# We keep one malignant case for every six benign cases, and hold out a third of the
# rows as a final test set.
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
# Use the ``Pipeline`` of imbalanced-learn: scikit-learn's does not accept samplers.
# With ``memory``, the resampled rows are cached on disk. Candidates that differ only in
# the classifier then share one trained GAN.
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
# A number as ``sampling_strategy`` is the ratio of minority to majority rows after
# resampling. The second grid skips the sampler. *No resampling* is a candidate like any
# other, and it may win.
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
# Look at the candidates
# ----------------------
# The left plot shows all candidates, each with the standard error over its three folds.
# A strongly regularised model hardly ever predicts "malignant" at the threshold of 0.5.
# Resampling corrects that, and so does weaker regularisation.
#
# The right plot shows the best candidate with resampling and the best without, on the
# test set. The curve shows the trade-off over all thresholds; the marker is the
# threshold of 0.5.
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
        rows["param_classify__C"].astype(float) * shift,  # so bars don't overlap
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
    title="On the test set",
    ylim=(0, 1.05),
)
right.legend(loc="lower left")
plt.show()
cache.cleanup()
