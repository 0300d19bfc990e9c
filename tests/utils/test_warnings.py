import numpy as np
import pytest
from tables import quick

from gansampler.utils.warnings import warn_user


def test__warn_user__called_from_elsewhere__that_line():
    with pytest.warns(UserWarning, match="so and so") as told:
        warn_user("so and so")
    assert [warning.filename for warning in told] == [__file__]


def test__fit_resample__a_tiny_class__told_at_the_line_of_the_user(rng):
    X, y = rng.normal(size=(12, 3)), np.repeat([0, 1], [10, 2])
    with pytest.warns(UserWarning, match="2 rows, fewer than") as told:
        quick().fit_resample(X, y)
    assert [warning.filename for warning in told] == [__file__]
