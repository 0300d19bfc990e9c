"""Seeds where the user has set none."""

from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE
from sklearn.tree import DecisionTreeClassifier

from gansampler.seeds import seeded


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
