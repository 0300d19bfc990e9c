"""Seeds that the user has set, or has not."""

import numpy as np
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE
from sklearn.tree import DecisionTreeClassifier

from gansampler.utils.random import check_seed, seeded


def test__seeded__nested_estimators__those_without_a_seed_get_it():
    given = BalancedBaggingClassifier(
        DecisionTreeClassifier(), sampler=SMOTE(random_state=3)
    )
    params = seeded(given, 7).get_params()
    assert params["random_state"] == 7
    assert params["estimator__random_state"] == 7
    assert params["sampler__random_state"] == 3
    assert given.random_state is None
    assert given.estimator.random_state is None


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "a"])
def test__check_seed__none_that_there_is__says_what_may_be(seed):
    with pytest.raises(ValueError, match=r"random_state must be a whole number .* got"):
        check_seed(seed)


def test__check_seed__random_state__is_itself():
    state = np.random.RandomState(0)
    assert check_seed(state) is state
    assert check_seed(3).randint(9) == np.random.RandomState(3).randint(9)
