"""
=======================
Use your own generator
=======================

``GANOverSampler`` accepts any generator: an estimator with ``fit(X)`` and
``sample(n, random_state=None)``. Here, scikit-learn's ``GaussianMixture`` replaces the
GAN. Everything else works as before: rejection sampling, constraints and pipelines.
"""

# %%
# A rare class, and a rule for its rows
# -------------------------------------
# The table has five measurements of cell nuclei from scikit-learn's breast cancer data,
# with only 60 malignant cases. Each measurement appears twice: as the mean over all
# nuclei of an image, and as the mean of the three largest ("worst"). A mean can
# therefore never exceed its worst value.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.datasets import make_imbalance
from imblearn.pipeline import make_pipeline
from sklearn.datasets import load_breast_cancer
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler, TabularGAN

measurements = ["radius", "texture", "smoothness", "concavity", "symmetry"]
rules = [f"`mean {name}` <= `worst {name}`" for name in measurements]

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X[[f"{kind} {name}" for name in measurements for kind in ("mean", "worst")]]
y = (y == 0).astype(int)  # 1 is malignant
X, y = make_imbalance(X, y, sampling_strategy={1: 60}, random_state=0)
y.value_counts()


# %%
# The generator
# -------------
# The ``fit`` of ``GaussianMixture`` works as it is. Its ``sample`` takes no seed and
# also returns the components, so a subclass adapts it. ``sample`` may return an array:
# the sampler restores the columns and dtypes of the table.
class Mixture(GaussianMixture):
    """A Gaussian mixture with a seed for its rows."""

    def sample(self, n, random_state=None):
        self.random_state = random_state
        rows, _ = super().sample(n)
        return rows


sampler = GANOverSampler(Mixture(n_components=2), constraints=rules, random_state=0)
X_res, y_res = sampler.fit_resample(X, y)
print(y_res.value_counts().to_string())
sampler.generators_[1].sample(3, random_state=1).round(2)

# %%
# A grid search can tune its parameters under the prefix ``gan__``.
sampler.set_params(gan__n_components=3)
sampler.get_params()["gan__n_components"]

# %%
# The sampler checks the rows
# ---------------------------
# The sampler checks the output of a generator. This one forgets a column.


class Forgetful(Mixture):
    def sample(self, n, random_state=None):
        return super().sample(n, random_state)[:, 1:]


try:
    GANOverSampler(Forgetful(), random_state=0).fit_resample(X, y)
except ValueError as error:
    print(error)

# %%
# Constraints and rejection sampling
# ----------------------------------
# The left plot shows the rows of the mixture as they are. Some break a rule: rows below
# the line break the rule for the radius, the others a rule for another measurement.
# Many lie among the benign cases. In the right plot, all rules hold. A random forest,
# fitted on the real rows, chose among up to six candidates per row, so fewer rows lie
# among the benign cases.


def draw(X_new, ax, title):
    """Draw new rows over the real rows, in the columns of the rule for the radius."""
    legal = X_new.eval(" and ".join(rules))
    for rows, label, style in (
        (X[y == 0], "benign", {"c": "#BBBBBB", "s": 10}),
        (X_new[legal], "generated", {"c": "#E69F00", "s": 16, "marker": "^"}),
        (X[y == 1], "malignant", {"c": "#0072B2", "s": 16}),
        (X_new[~legal], "breaks a rule", {"c": "#C1121F", "s": 40, "marker": "x"}),
    ):
        growth = rows["worst radius"] - rows["mean radius"]
        label = f"{label} ({len(rows)})"
        ax.scatter(rows["mean radius"], growth, label=label, **style)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set(title=title, xlabel="mean radius")
    ax.legend(loc="upper left")


plain = GANOverSampler(Mixture(2), rejection_estimator=None, random_state=0)
X_plain, _ = plain.fit_resample(X, y)
figure, (left, right) = plt.subplots(
    ncols=2, figsize=(10, 4.6), sharex=True, sharey=True, layout="constrained"
)
draw(X_plain.iloc[len(X) :], left, "All generated rows")
draw(X_res.iloc[len(X) :], right, "With constraints and rejection sampling")
left.set_ylabel("worst radius − mean radius")
plt.show()

# %%
# Compare it with the default
# ---------------------------
# In an imbalanced-learn pipeline, the sampler sees only the training set of a split,
# whatever its generator is. (``max_iter`` is low here to save time.)
samplers = {
    "no resampling": "passthrough",
    "Gaussian mixture": GANOverSampler(Mixture(2), constraints=rules, random_state=0),
    "TabularGAN": GANOverSampler(
        TabularGAN(max_iter=100), constraints=rules, random_state=0
    ),
}
scores = {}
for name, candidate in samplers.items():
    model = make_pipeline(candidate, StandardScaler(), KNeighborsClassifier())
    scores[name] = cross_validate(
        model,
        X,
        y,
        cv=StratifiedKFold(5, shuffle=True, random_state=0),
        scoring=["average_precision", "f1"],
    )
shown = {
    "average precision": "test_average_precision",
    "F1": "test_f1",
    "seconds to fit": "fit_time",
}
table = pd.DataFrame(
    {
        title: {name: result[key].mean() for name, result in scores.items()}
        for title, key in shown.items()
    }
)
table.round(3)

# %%
# Each line is one split. On average both generators help this classifier, but not in
# every split, and five splits of a small table don't tell which of the two is better.
# :ref:`compare` shows how to find out.
figure, axes = plt.subplots(ncols=2, figsize=(10, 3.6), layout="constrained")
for ax, title in zip(axes, ("average precision", "F1"), strict=True):
    by_split = np.array([result[shown[title]] for result in scores.values()])
    ax.plot(by_split, color="#BBBBBB", marker="o", markersize=4)
    ax.plot(by_split.mean(axis=1), "D", color="#D55E00", markersize=8, label="mean")
    ax.set_xticks(range(len(scores)), list(scores))
    ax.set(title=title, xlim=(-0.3, len(scores) - 0.7))
axes[0].legend(loc="lower right")
plt.show()
