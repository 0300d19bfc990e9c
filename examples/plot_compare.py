"""
=======================================
Find out whether resampling helps here
=======================================

Whether resampling helps depends on the table and on the classifier. The function
:func:`~gansampler.evaluation.comparison.compare_samplers` cross-validates samplers and
*no resampling* on the same splits. It tunes the threshold of every candidate and tests
the differences.
"""

# %%
# A rare class
# ------------
# The table has ten measurements of cell nuclei from scikit-learn's breast cancer data.
# We keep one malignant case for every five benign cases.
from textwrap import fill

import matplotlib.pyplot as plt
from imblearn.datasets import make_imbalance
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler, TabularGAN
from gansampler.evaluation.comparison import SamplerComparisonDisplay, compare_samplers

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean ")
y = (y == 0).astype(int)  # 1 is malignant
n_benign = int((y == 0).sum())
X, y = make_imbalance(
    X, y, sampling_strategy={0: n_benign, 1: n_benign // 5}, random_state=0
)
y.value_counts()

# %%
# At the default threshold
# ------------------------
# The usual comparison looks at F1 of the predicted class, at the threshold of 0.5. This
# classifier is strongly regularised and hardly ever predicts "malignant", so every
# sampler helps. The preprocessor runs before the sampler. Like everything else, it is
# fitted on the training set only.
candidates = {
    "samplers": [RandomOverSampler(), SMOTE(), GANOverSampler(TabularGAN(max_iter=50))],
    "estimators": LogisticRegression(C=0.002),
    "preprocessor": StandardScaler(),
    "cv": 5,
    "scoring": ["f1", "average_precision"],
    "random_state": 0,
}
untuned = compare_samplers(X, y, **candidates, tune_threshold=False)
print(fill(untuned.verdict))

# %%
# With the threshold tuned
# ------------------------
# Now the threshold of every candidate is tuned inside the training set, also for *no
# resampling*. Most of the apparent gain from resampling disappears: a better threshold
# achieves the same.
tuned = compare_samplers(X, y, **candidates)
print(fill(tuned.verdict))

# %%
# The summary behind the verdict has one row per metric, classifier and sampler.
# ``results`` has one row per split, too.
shown = ["metric", "sampler", "mean_score", "difference", "p_holm", "mean_fit_time"]
tuned.summary[shown].round(3)

# %%
# The differences
# ---------------
# Points to the right of the line are better than no resampling. The intervals come from
# the corrected resampled t test. The training sets of the splits overlap, so a plain t
# test would find differences that do not exist.
figure, axes = plt.subplots(
    ncols=2, sharex=True, figsize=(10, 3.6), layout="constrained"
)
for ax, comparison, title in zip(axes, (untuned, tuned), ("0.5", "tuned"), strict=True):
    SamplerComparisonDisplay.from_comparison(comparison, ax=ax)
    ax.set_xlabel("difference in F1 from no resampling")
    ax.set_title(f"threshold {title}", pad=45)
axes[1].set_yticklabels([])
plt.show()
