"""
=============================
Over-sample several classes
=============================

Each rare class gets its own generator. ``sampling_strategy`` sets the number of rows of
each class after resampling. After fitting, you can draw more rows from the generators.
"""

# %%
# Three wines, two of them rare
# -----------------------------
# scikit-learn's wine data holds chemical analyses of three cultivars. One class keeps
# all 71 rows; the other two keep 35 and 25.
import matplotlib.pyplot as plt
from imblearn.datasets import make_imbalance
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gansampler import GANOverSampler, TabularGAN

wine = load_wine(as_frame=True)
y = wine.target.map(dict(enumerate(wine.target_names)))
X, y = make_imbalance(
    wine.data,
    y,
    sampling_strategy={"class_0": 35, "class_1": 71, "class_2": 25},
    random_state=0,
)
y.value_counts()

# %%
# How many rows for which class
# -----------------------------
# A dict sets the size of each class *after* resampling. Classes that are not in the
# dict stay as they are. ``sampling_strategy_`` holds the number of generated rows.
sampler = GANOverSampler(
    TabularGAN(max_iter=300),
    sampling_strategy={"class_0": 60, "class_2": 71},
    random_state=0,
)
X_res, y_res = sampler.fit_resample(X, y)
for label, n_rows in sampler.sampling_strategy_.items():
    print(f"{n_rows} rows generated for {label}")
y_res.value_counts()

# %%
# More rows of one class
# ----------------------
# ``generators_`` maps each label to its trained generator.
sampler.generators_["class_2"].sample(5, random_state=0).round(2)

# %%
# Where the new rows lie
# ----------------------
# The plot shows two principal components of the real rows, with the synthetic rows
# projected onto them. Synthetic rows should fill the region of their own class and stay
# out of the regions of other classes.
projection = make_pipeline(StandardScaler(), PCA(n_components=2)).fit(X)
real_points = projection.transform(X)
new_points = projection.transform(X_res.iloc[len(X) :])
y_new = y_res.iloc[len(X) :]

styles = {
    "class_0": ("#0072B2", "o"),
    "class_1": ("#555555", "s"),
    "class_2": ("#D55E00", "^"),
}
figure, axes = plt.subplots(
    ncols=2, figsize=(10, 4.6), sharex=True, sharey=True, layout="constrained"
)
for label, (colour, marker) in styles.items():
    real = real_points[y == label]
    new = new_points[y_new == label]
    axes[0].scatter(
        *real.T, s=24, c=colour, marker=marker, label=f"{label} ({len(real)})"
    )
    axes[1].scatter(*real.T, s=24, c=colour, marker=marker, alpha=0.25, linewidths=0)
    if len(new):
        axes[1].scatter(
            *new.T,
            s=30,
            facecolors="none",
            edgecolors=colour,
            marker=marker,
            label=f"{label}, synthetic ({len(new)})",
        )
axes[0].set(title="Real rows", xlabel="first component", ylabel="second component")
axes[1].set(title="Synthetic rows over the real ones", xlabel="first component")
for axis in axes:
    axis.legend()
plt.show()
