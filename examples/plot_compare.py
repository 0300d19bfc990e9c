"""
===================
Does it help here?
===================

Whether resampling helps, and which sampler, depends on the table and on the classifier.
:func:`~gansampler.evaluation.comparison.compare_samplers` cross-validates samplers and
*no resampling* on the same splits, tunes the threshold of every candidate, and tests
the differences.
"""

# %%
# A rare class
# ------------
# Ten measurements of cell nuclei from the breast cancer table of scikit-learn, with the
# malignant cases thinned out to one for every five benign ones.
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
# At a threshold of 0.5
# ---------------------
# First the comparison that is found everywhere: F1 of the predicted class, at the
# threshold of 0.5. This classifier is much regularised and hardly ever says "malignant"
# there, so that every sampler is a gain. The scaler stands before the sampler and is
# fitted, as all else, on the training part.
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
# Now the threshold of every candidate, of *no resampling* as well, is chosen inside the
# training part. Most of what resampling seemed to gain is to be had without it.
tuned = compare_samplers(X, y, **candidates)
print(fill(tuned.verdict))

# %%
# The table behind the verdict has a row for each metric, classifier and sampler;
# ``results`` has one for each split as well.
shown = ["metric", "sampler", "mean_score", "difference", "p_holm", "mean_fit_time"]
tuned.summary[shown].round(3)

# %%
# The differences
# ---------------
# Points right of the line are better than no resampling. The intervals come from the
# corrected resampled t test: training parts overlap, so that the plain one would find
# differences where there are none.
figure, axes = plt.subplots(
    ncols=2, sharex=True, figsize=(10, 3.6), layout="constrained"
)
for ax, comparison, title in zip(axes, (untuned, tuned), ("0.5", "tuned"), strict=True):
    SamplerComparisonDisplay.from_comparison(comparison, ax=ax)
    ax.set_xlabel(f"F1: difference to no resampling, threshold {title}")
axes[1].set_yticklabels([])
plt.show()
