"""
========================
A generator of your own
========================

``GANOverSampler`` takes any generator: an estimator with ``fit(X)`` and
``sample(n, random_state=None)``. Here scikit-learn's ``GaussianMixture`` goes where the
GAN was. The sampler around it stays the same: it chooses among candidates, keeps to
constraints, and is a step of a pipeline.
"""

# %%
# A rare class, and a rule for its rows
# -------------------------------------
# Five measurements of cell nuclei from the breast cancer table of scikit-learn, with
# the malignant cases thinned out to 60. Each is given twice: as the mean over all
# nuclei of an image, and as the mean of the three largest ("worst"). So no mean can
# be above its worst.
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
# ``GaussianMixture`` has a ``fit`` that will do, but its ``sample`` knows no seed, and
# returns the components beside the rows. Four lines change that. What ``sample``
# returns may be an array: the sampler gives it the columns and dtypes of the table.
class Mixture(GaussianMixture):
    """A Gaussian mixture whose rows are decided by a seed."""

    def sample(self, n, random_state=None):
        self.random_state = random_state
        rows, _ = super().sample(n)
        return rows


sampler = GANOverSampler(Mixture(n_components=2), constraints=rules, random_state=0)
X_res, y_res = sampler.fit_resample(X, y)
print(y_res.value_counts().to_string())
sampler.generators_[1].sample(3, random_state=1).round(2)

# %%
# Its parameters are those of the sampler's ``gan``, so that a grid search finds them.
sampler.set_params(gan__n_components=3)
sampler.get_params()["gan__n_components"]

# %%
# What is checked
# ---------------
# What a generator returns is checked before anyone sees it. This one forgets a column.


class Forgetful(Mixture):
    def sample(self, n, random_state=None):
        return super().sample(n, random_state)[:, 1:]


try:
    GANOverSampler(Forgetful(), random_state=0).fit_resample(X, y)
except ValueError as error:
    print(error)

# %%
# What the sampler adds
# ---------------------
# On the left, rows of the mixture as they come. Some break a rule: those below the line
# the one for the radius, the others that of another measurement. Many lie where the
# benign cases are. On the right all rules hold, and a random forest, fitted on the real
# rows, has chosen one of six candidates for each row, so that fewer of them intrude on
# the benign cases.


def draw(X_new, ax, title):
    """Draw new rows over the real ones, by the rule for the radius."""
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
draw(X_plain.iloc[len(X) :], left, "As they come")
draw(X_res.iloc[len(X) :], right, "With rules, and chosen")
left.set_ylabel("worst radius − mean radius")
plt.show()

# %%
# Against the default
# -------------------
# As a step of an imbalanced-learn pipeline the sampler only ever sees the training part
# of a split, whatever its generator. (``max_iter`` is low here, to save time.)
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
