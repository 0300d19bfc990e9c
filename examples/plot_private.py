"""
========================================
Generate rows with differential privacy
========================================

A :class:`~gansampler.gan.PrivateTabularGAN` is trained with differential privacy: its
output hardly depends on any single row. You declare bounds and categories, which other
generators read from the rows, and the quality is lower. This example needs
``pip install "gansampler[dp]"``.
"""

# %%
# A table of patients
# -------------------
# The table is made up, so we know the truth: blood pressure rises with age and with
# smoking.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from gansampler.gan import PrivateTabularGAN

rng = np.random.default_rng(0)
n = 4_000
age = rng.gamma(9, 5, n).clip(18, 95).round()
smokes = rng.random(n) < 0.3
blood = rng.choice(["0", "A", "B", "AB"], n, p=[0.41, 0.43, 0.11, 0.05])
pressure = (95 + 0.6 * age + 12 * smokes + rng.normal(0, 9, n)).round()
patients = pd.DataFrame(
    {"age": age, "smokes": smokes, "blood": blood, "pressure": pressure}
)
patients.head()

# %%
# Declare public knowledge
# ------------------------
# The bounds of numbers and the categories of texts come from general knowledge, not
# from these rows. Booleans need no declaration. ``epsilon`` is the privacy budget: the
# smaller it is, the better each row is hidden.
declared = {
    "column_bounds": {"age": (0, 120), "pressure": (60, 220)},
    "column_categories": {"blood": ["0", "A", "B", "AB"]},
}
gans = {
    epsilon: PrivateTabularGAN(
        epsilon=epsilon, delta=1e-5, max_iter=300, **declared
    ).fit(patients)
    for epsilon in (1.0, 10.0)
}
for epsilon, gan in gans.items():
    print(f"budget {epsilon:g}, spent {gan.history_.epsilon:.2f}")

# %%
# Undeclared values raise an error
# --------------------------------
# A blood group that was not declared raises a ValueError. The message names the column
# but does not reveal the value.
try:
    PrivateTabularGAN(**declared).fit(patients.replace({"blood": {"AB": "ABx"}}))
except ValueError as error:
    print(error)

# %%
# Look at the rows
# ----------------
# Real rows are blue. With a small epsilon, the noise hides more than single rows.
figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
for ax, (epsilon, gan) in zip(axes, gans.items(), strict=True):
    rows = gan.sample(800, random_state=0)
    ax.scatter(
        *patients[["age", "pressure"]].iloc[:800].to_numpy().T,
        s=8,
        alpha=0.5,
        label="real",
    )
    ax.scatter(
        rows["age"], rows["pressure"], s=8, marker="x", alpha=0.5, label="generated"
    )
    ax.set_title(f"epsilon = {epsilon:g}", loc="left")
    ax.set_xlabel("age")
axes[0].set_ylabel("blood pressure")
handles, labels = axes[0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside right upper")
plt.show()

# %%
# Every fit spends budget
# -----------------------
# Two generators trained on the same rows reveal more than one. A second fit of the same
# object adds to its total. A new object starts at zero, so you have to keep track of
# the sum yourself.
again = gans[1.0].fit(patients)
print(
    f"this fit {again.history_.epsilon:.2f}, total {again.history_.total_epsilon:.2f}"
)
