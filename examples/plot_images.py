"""
Over-sample images
==================

In scikit-learn's digits, each image of 8 x 8 pixels is a row of 64 numbers. We keep
only 20 training images of two digits. ``ImageGAN`` uses convolutional networks, which
know which pixels are neighbours.
"""

# %%
# Two rare digits
# ---------------
#
# A third of the images is held out as a test set. The training set keeps only 20 threes
# and 20 eights, two digits that are easy to confuse.

import matplotlib.pyplot as plt
import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from gansampler import GANOverSampler
from gansampler.gan import ImageGAN

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
# The two rare digits are over-sampled to 120 images each, about as many as the other
# digits have. One GAN is trained for each of the two. Convolutions are slow on a CPU,
# so the layers have few channels here.

balanced = dict.fromkeys(RARE, 120)
image_gan = ImageGAN(
    image_shape=(8, 8), generator_layers=(16, 8), critic_layers=(8, 16)
)
samplers = {
    "SMOTE": SMOTE(sampling_strategy=balanced, random_state=0),
    "TabularGAN": GANOverSampler(sampling_strategy=balanced, random_state=0),
    "ImageGAN": GANOverSampler(image_gan, sampling_strategy=balanced, random_state=0),
}
resampled = {
    name: sampler.fit_resample(X_train, y_train) for name, sampler in samplers.items()
}
for name, (X_new, y_new) in {"none": (X_train, y_train), **resampled}.items():
    classifier = RandomForestClassifier(random_state=0).fit(X_new, y_new)
    predicted = classifier.predict(X_test)
    score = balanced_accuracy_score(y_test, predicted)
    three, eight = (np.mean(predicted[y_test == d] == d) for d in RARE)
    print(f"{name:10} balanced accuracy {score:.3f}", end=", ")
    print(f"recall of 3: {three:.2f}, of 8: {eight:.2f}")

# %%
# Look at the images
# ------------------
#
# The first row shows real images, the others show images that each sampler added. SMOTE
# blends two real images. The scores above come from a single split; :ref:`image_gan`
# has the scores of five.


def first_images(X, y, start=0):
    """Put the first ten threes and eights from a row on side by side."""
    rows = [start + np.flatnonzero(y[start:] == digit)[:10] for digit in RARE]
    images = X[np.concatenate(rows)].reshape(-1, 8, 8)
    return np.hstack([np.pad(image, 1) for image in images])


pictures = {"real": first_images(X_train, y_train)}
for name, (X_new, y_new) in resampled.items():
    pictures[name] = first_images(X_new, y_new, start=len(X_train))

figure, axes = plt.subplots(4, figsize=(9, 3), layout="constrained")
for axis, (name, picture) in zip(axes, pictures.items(), strict=True):
    axis.imshow(picture, cmap="gray_r", vmin=0, vmax=16)
    axis.set_title(name, loc="left", fontsize=9)
    axis.axis("off")
