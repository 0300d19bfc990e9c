"""
=============================
Rows that hide each person
=============================

A :class:`~gansampler.gan.PrivateTabularGAN` is trained with differential privacy: what
it generates hardly depends on any one row. You declare what is otherwise read off the
rows, and you pay with quality. It needs ``pip install "gansampler[dp]"``.
"""

# %%
# A table of patients
# -------------------
# Made up here, so that we know what is right: blood pressure rises with age and with
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
# Declare what may be known
# -------------------------
# Bounds of the numbers and categories of the texts come from what everybody knows,
# not from these rows. Booleans need nothing. ``epsilon`` is what the training may
# spend: the smaller, the better each row is hidden.
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
    print(f"asked for {epsilon:g}, spent {gan.history_.epsilon:.2f}")

# %%
# What a value costs that was not declared
# ----------------------------------------
# A blood group that the declaration does not know is refused. The message names the
# column, and keeps the value to itself.
try:
    PrivateTabularGAN(**declared).fit(patients.replace({"blood": {"AB": "ABx"}}))
except ValueError as error:
    print(error)

# %%
# Look at what comes out
# ----------------------
# Real rows in blue. At a small epsilon the noise hides more than single rows.
figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
for ax, (epsilon, gan) in zip(axes, gans.items(), strict=True):
    rows = gan.sample(800, random_state=0)
    ax.scatter(
        *patients[["age", "pressure"]].iloc[:800].to_numpy().T, s=8, label="real"
    )
    ax.scatter(rows["age"], rows["pressure"], s=8, marker="x", label="generated")
    ax.set_title(f"epsilon = {epsilon:g}", loc="left")
    ax.set_xlabel("age")
axes[0].set_ylabel("blood pressure")
axes[1].legend(loc="lower right")
plt.show()

# %%
# Each fit spends
# ---------------
# Whoever sees two generators that were trained on the same rows knows what both tell.
# A second fit of the same object is counted; a new object starts anew, and the sum is
# yours to keep.
again = gans[1.0].fit(patients)
print(
    f"this fit {again.history_.epsilon:.2f}, in all {again.history_.total_epsilon:.2f}"
)
