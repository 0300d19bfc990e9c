"""
================================
Check the quality of new rows
================================

Before you use synthetic rows in a model, check them: are they like real rows, varied,
and new? A report answers in words and grades every measure beside real rows. Displays
show the details.
"""

# %%
# An imbalanced table
# -------------------
# We use scikit-learn's breast cancer data with only 100 malignant tumours. Some rows
# are held out. The generator never sees them, so they reveal whether it has overfitted
# the training rows.
import textwrap

import matplotlib.pyplot as plt
from imblearn.datasets import make_imbalance
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from gansampler import GANOverSampler, TabularGAN
from gansampler.evaluation.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    TrainingHistoryDisplay,
)
from gansampler.evaluation.report import QualityReport

table = load_breast_cancer(as_frame=True)
names = dict(enumerate(table.target_names))
X, y = make_imbalance(
    table.data.iloc[:, :10],
    table.target.map(names),
    sampling_strategy={"malignant": 100, "benign": 357},
    random_state=0,
)
X_train, X_holdout, y_train, y_holdout = train_test_split(
    X, y, test_size=0.4, stratify=y, random_state=0
)
sampler = GANOverSampler(TabularGAN(max_iter=500), random_state=0)
X_res, y_res = sampler.fit_resample(X_train, y_train)

# %%
# The report
# ----------
# In a notebook, the report displays its grades. ``report.to_html("report.html")``
# writes a page with pictures: a single file without scripts or network access.
report = QualityReport.from_sampler(
    sampler, X_train, y_train, X_holdout, y_holdout, random_state=0
)
report

# %%
# The same as a table, for example for a pipeline that stops if a grade is poor.
report.to_frame().drop(columns="verdict").round(2)

# %%
# Single columns
# --------------
# The columns that differ most come first.
MarginalsDisplay.from_sampler(sampler, X_train, y_train, max_columns=6, random_state=0)
plt.show()

# %%
# Pairs of columns
# ----------------
# Columns should be related in synthetic rows as they are in real rows. In the panel on
# the right, paler is better.
CorrelationDisplay.from_sampler(sampler, X_train, y_train, random_state=0)
plt.show()

# %%
# Whole rows
# ----------
# On the left, synthetic rows should cover the same region as the real rows of their
# class. On the right, a synthetic curve that starts far to the left of the curve of
# unseen rows would mean copies.
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
EmbeddingDisplay.from_sampler(sampler, X_train, y_train, random_state=0, ax=left)
ClosestRecordDisplay.from_sampler(
    sampler,
    X_train,
    y_train,
    X_holdout=X_holdout,
    y_holdout=y_holdout,
    random_state=0,
    ax=right,
)
plt.show()

# %%
# The training
# ------------
# The distance to real rows should fall; the losses of the two networks need not. The
# sampler keeps the generator of the iteration with the smallest distance.
TrainingHistoryDisplay.from_sampler(sampler)
plt.show()

# %%
# A training that was too short
# -----------------------------
# 25 iterations are not enough: all rows look alike, and the report warns.
short = GANOverSampler(TabularGAN(max_iter=25), random_state=0)
short.fit_resample(X_train, y_train)
for warning in QualityReport.from_sampler(
    short, X_train, y_train, X_holdout, y_holdout, random_state=0
).warnings:
    print(textwrap.fill(warning, 72))

# %%
EmbeddingDisplay.from_sampler(short, X_train, y_train, random_state=0)
plt.show()
