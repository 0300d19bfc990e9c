"""Targets as one-vs-rest indicators, as the sampler takes them."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from tables import assert_same

from gansampler.evaluation.comparison import compare_samplers

Y = np.repeat([0, 1, 2], [40, 20, 20])
INDICATORS = {
    "array": np.eye(3, dtype=int)[Y],
    "csr": sparse.csr_matrix(np.eye(3, dtype=int)[Y]),
    "lil": sparse.lil_matrix(np.eye(3, dtype=int)[Y]),
    "frame": pd.DataFrame(np.eye(3, dtype=int)[Y]),
    "sparse frame": pd.DataFrame(np.eye(3, dtype=int)[Y]).astype("Sparse[int64]"),
}


def scores(y):
    X = np.random.default_rng(0).normal(size=(80, 3)) + Y[:, np.newaxis]
    found = compare_samplers(
        X,
        y,
        SMOTE(random_state=0),
        LogisticRegression(),
        cv=2,
        tune_threshold=False,
        random_state=0,
    )
    times = [name for name in found.summary if "time" in name or "second" in name]
    return found.summary.drop(columns=times)


@pytest.mark.parametrize("name", INDICATORS)
def test__compare_samplers__indicators__scores_of_the_labels(name):
    assert_same(scores(INDICATORS[name]), scores(Y))
