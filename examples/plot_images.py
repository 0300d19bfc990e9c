"""
Rows that are images
====================

Handwritten digits of 8 x 8 pixels, one row of 64 numbers each. Of two digits only 20
training images are left. With ``image_shape=(8, 8)`` both networks are convolutional,
so that they know which pixels are neighbours.
"""

# %%
# Two rare digits
# ---------------
#
# A third of the images is held out. Of the rest, all but 20 threes and 20 eights are
# dropped: two digits that are easily mistaken for each other.

import matplotlib.pyplot as plt
import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from gansampler import GANOverSampler

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.33, stratify=y, random_state=0
)
RARE = (3, 8)
keep = np.concatenate(
    [np.flatnonzero(y_train == d)[: 20 if d in RARE else None] for d in range(10)]
)
X_train, y_train = X_train[keep], y_train[keep]
print({digit: int((y_train == digit).sum()) for digit in range(10)})

# %%
# Four ways to train the same classifier
# --------------------------------------
#
# Convolutions take long on a CPU: few channels and half of the iterations will do here.

samplers = {
    "SMOTE": SMOTE(random_state=0),
    "GANOverSampler": GANOverSampler(random_state=0),
    "GANOverSampler, image_shape": GANOverSampler(
        image_shape=(8, 8),
        generator_layers=(32, 16),
        critic_layers=(16, 32),
        max_iter=500,
        random_state=0,
    ),
}
resampled = {
    name: sampler.fit_resample(X_train, y_train) for name, sampler in samplers.items()
}
for name, (X_new, y_new) in {"none": (X_train, y_train), **resampled}.items():
    classifier = RandomForestClassifier(random_state=0).fit(X_new, y_new)
    predicted = classifier.predict(X_test)
    score = balanced_accuracy_score(y_test, predicted)
    rare = [np.mean(predicted[y_test == digit] == digit) for digit in RARE]
    print(f"{name:28} balanced accuracy {score:.3f}, recall of 3 and 8", *rare)

# %%
# What was drawn
# --------------
#
# The real images, and below them images that each sampler added. SMOTE fades one image
# into another; the dense networks leave single pixels that do not fit; convolutions draw
# strokes.


def first_images(X, y, digit, start):
    """Give the first ten images of a digit from a row on."""
    rows = start + np.flatnonzero(y[start:] == digit)[:10]
    return X[rows].reshape(-1, 8, 8)


figure, axes = plt.subplots(4, 20, figsize=(12, 3.2))
pictures = {"real": (X_train, y_train, 0)}
pictures |= {name: (*table, len(X_train)) for name, table in resampled.items()}
for row, (name, table) in zip(axes, pictures.items(), strict=True):
    X_drawn, y_drawn, start = table
    images = np.concatenate(
        [first_images(X_drawn, y_drawn, digit, start) for digit in RARE]
    )
    for axis, image in zip(row, images, strict=True):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=16)
        axis.set(xticks=[], yticks=[])
    row[0].set_title(name, loc="left", fontsize=9)
figure.tight_layout(h_pad=0.4, w_pad=0.2)
