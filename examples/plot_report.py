"""
======================
Look at what was made
======================

Before synthetic rows go into a model they are worth a look: are they like real ones,
varied, and new? A report says so in words, beside what real rows do in their place,
and displays show it.
"""

# %%
# A table cut to imbalance
# ------------------------
# The breast tumours that ship with scikit-learn, the malignant ones thinned out to a
# hundred. A part of the rows is held out: the generator never sees them, so that they
# can tell whether it has learned what such rows have in common, or these rows by heart.
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
# In a notebook it shows its verdicts. ``report.to_html("report.html")`` writes a page
# with pictures, to be kept or sent: one file, without scripts and without network.
report = QualityReport.from_sampler(
    sampler, X_train, y_train, X_holdout, y_holdout, random_state=0
)
report

# %%
# The same as a table, for a pipeline that is to stop where something is poor.
report.to_frame().drop(columns="verdict").round(2)

# %%
# Column by column
# ----------------
# The columns that differ most come first.
MarginalsDisplay.from_sampler(sampler, X_train, y_train, max_columns=6, random_state=0)
plt.show()

# %%
# Columns together
# ----------------
# What goes together in real rows should go together in synthetic ones: the paler the
# difference, the better.
CorrelationDisplay.from_sampler(sampler, X_train, y_train, random_state=0)
plt.show()

# %%
# Whole rows
# ----------
# On the left, synthetic rows should lie among the real ones of their class and all over
# them. On the right, a curve of synthetic rows that starts far left of that of unseen
# rows would mean copies.
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
# The losses of the two networks need not fall; the distance to the real rows should.
# The generator of the iteration at which it was smallest is the one that is kept.
TrainingHistoryDisplay.from_sampler(sampler)
plt.show()

# %%
# A training that was too short
# -----------------------------
# Twenty-five iterations are not enough: all rows look alike, and the report warns.
short = GANOverSampler(TabularGAN(max_iter=25), random_state=0)
short.fit_resample(X_train, y_train)
for warning in QualityReport.from_sampler(
    short, X_train, y_train, X_holdout, y_holdout, random_state=0
).warnings:
    print(textwrap.fill(warning, 72))

# %%
EmbeddingDisplay.from_sampler(short, X_train, y_train, random_state=0)
plt.show()
