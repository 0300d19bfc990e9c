import numpy as np
import pytest
from tables import (
    mixed_frame,
)

from gansampler.evaluation.metrics import (
    association_matrix,
)
from gansampler.evaluation.plotting import (
    CorrelationDisplay,
)

pytestmark = pytest.mark.usefixtures("no_figures")


def test__correlation__few_columns__both_matrices_and_their_difference():
    real, synthetic = mixed_frame()[0].iloc[:, :6], mixed_frame(seed=1)[0].iloc[:, :6]
    display = CorrelationDisplay.from_rows(real, synthetic)
    expected = [association_matrix(real), association_matrix(synthetic)]
    drawn = [mesh.get_array() for mesh in display.meshes_]
    np.testing.assert_array_equal(drawn[0], expected[0])
    np.testing.assert_array_equal(drawn[1], expected[1])
    np.testing.assert_array_equal(drawn[2], expected[1] - expected[0])
    names = [tick.get_text() for tick in display.axes_[0].get_yticklabels()]
    assert names == real.columns.tolist()
    # The first row of the matrix is at the top.
    assert display.axes_[0].yaxis_inverted()


def test__correlation__many_columns__those_that_differ_most(rng):
    real = rng.normal(size=(300, 8))
    synthetic = rng.normal(size=(300, 8))
    synthetic[:, 6] = synthetic[:, 2]
    display = CorrelationDisplay.from_rows(real, synthetic, max_columns=2)
    assert display.real.columns.tolist() == [2, 6]


def test__correlation__no_scale_wanted__none_drawn(mixed, fitted):
    with_scale, without = (
        CorrelationDisplay.from_sampler(fitted, *mixed, random_state=0, colorbar=scale)
        for scale in (True, False)
    )
    assert len(with_scale.figure_.axes) == len(without.figure_.axes) + 1
