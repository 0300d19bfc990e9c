"""The contract with scikit-learn and imbalanced-learn, by their own suites."""

import pytest
from imblearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from imblearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_imblearn_checks,
)
from sklearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_sklearn_checks,
)
from tables import quick_gan

from gansampler import GANOverSampler

pytestmark = pytest.mark.usefixtures("few_trees")

SAMPLER = GANOverSampler(quick_gan(), random_state=42)


@parametrize_with_sklearn_checks([SAMPLER])
def test__sklearn_suite__passes(estimator, check):
    check(estimator)


@parametrize_with_imblearn_checks([SAMPLER])
def test__imblearn_suite__passes(estimator, check):
    check(estimator)


def test__parameter_validation__names_parameter():
    check_param_validation("GANOverSampler", SAMPLER)


def test__column_names__consistent():
    check_dataframe_column_names_consistency("GANOverSampler", SAMPLER)
