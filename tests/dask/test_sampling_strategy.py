"""Strategies are resolved as imbalanced-learn does, which has all labels."""

import numpy as np
import pytest
from imblearn.utils import check_sampling_strategy

from gansampler.dask.sampling_strategy import rows_to_generate

pytestmark = pytest.mark.usefixtures("one_process")

STRATEGIES = [
    *("auto", "minority", "not minority", "not majority", "all", "majority"),
    *(0.2, 0.5, 0.9, 1.0),
    *({"b": 30}, {"c": 40, "a": 50}, {"a": 1}, {"z": 9}, {"b": -1}),
]


@pytest.mark.parametrize("counts", [{"a": 40, "b": 9, "c": 40}, {"b": 9, "a": 20}])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test__rows_to_generate__any_strategy__as_imbalanced_learn(strategy, counts):
    y = np.repeat(list(counts), list(counts.values()))
    try:
        expected = check_sampling_strategy(strategy, y, "over-sampling")
    except ValueError:
        with pytest.raises(ValueError, match="sampling_strategy"):
            rows_to_generate(strategy, counts)
    else:
        wanted = rows_to_generate(strategy, counts)
        assert list(wanted.items()) == list(expected.items())


def test__rows_to_generate__one_class__error():
    with pytest.raises(ValueError, match="more than 1 class"):
        rows_to_generate("auto", {"a": 3})
