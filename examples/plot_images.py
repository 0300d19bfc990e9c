"""
Rows that are images
====================

Handwritten digits of 8 x 8 pixels, one row of 64 numbers each. Of two digits only 20
training images are left. With ``image_shape=(8, 8)`` both networks are convolutional, so
that they know which pixels are neighbours.
"""

# %%
# Two rare digits
# ---------------
#
# A third of the images is held out. Of the rest, all but 20 of the threes and 20 of the
# eights are dropped: digits that are easily mistaken for each other.

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

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
