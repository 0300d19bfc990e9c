import numpy as np
import pandas as pd
import pytest

from gansampler.evaluation.class_rows import ClassRows
from gansampler.evaluation.plotting import (
    EmbeddingDisplay,
)
from gansampler.evaluation.plotting.embedding import embed_rows

pytestmark = pytest.mark.usefixtures("no_figures")


def rows_of(real, synthetic, others):
    frames = [pd.DataFrame(part) for part in (real, synthetic, others)]
    return ClassRows("a", *frames, [], None)


def test__embedding__two_groups__components_of_the_real_rows(rng):
    others, real = rng.normal(size=(200, 3)), rng.normal(size=(50, 3)) + [6, 0, 0]
    rows = rows_of(real, real, others)
    display = embed_rows(rows, 1000, np.random.RandomState(0)).plot()
    assert display.explained[0] > display.explained[1]
    centres = [part[:, 0].mean() for part in (display.real, display.others)]
    assert abs(centres[0] - centres[1]) > 2
    # Synthetic rows that are the real ones lie where these lie.
    key = [np.sort(part[:, 0]) for part in (display.real, display.synthetic)]
    np.testing.assert_allclose(*key)
    assert [len(points.get_offsets()) for points in display.points_] == [200, 50, 50]


def test__embedding__many_rows__as_many_points_as_asked_for(mixed, fitted):
    display = EmbeddingDisplay.from_sampler(
        fitted, *mixed, max_points=20, random_state=0, scatter_kw={"s": 5}
    )
    assert [len(points.get_offsets()) for points in display.points_] == [20, 20, 20]
    assert display.points_[0].get_sizes().tolist() == [5]
    with pytest.raises(ValueError, match="max_points == 0, must be >= 1"):
        EmbeddingDisplay.from_sampler(fitted, *mixed, max_points=0)


def test__embedding__one_component__rows_spread_along_the_other_axis(rng):
    real = rng.normal(size=(30, 1))
    display = embed_rows(rows_of(real, real, real[:0]), 100, np.random.RandomState(0))
    display.plot()
    assert "one component" in display.ax_.get_ylabel()
    assert display.ax_.get_yticks().tolist() == []
    assert len(display.points_) == 2  # no other classes


def test__embedding__outlier__does_not_squeeze_the_rest(rng):
    real = np.vstack([rng.normal(size=(100, 2)), [[1e9, 0]]])
    display = embed_rows(rows_of(real, real, real[:0]), 200, np.random.RandomState(0))
    assert np.abs(display.real).max() < 10
