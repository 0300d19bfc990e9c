import numpy as np
import pytest
import torch

from gansampler.gan.monitor import Diversity, SlicedDistance
from gansampler.tabular.encoder import RowLayout


@pytest.mark.parametrize("n_rows", [3, 100, 600])
def test__sliced_distance__rows_moved__grows_with_the_way(n_rows):
    rng = torch.Generator().manual_seed(0)
    rows = torch.randn((n_rows, 4), generator=rng)
    distance = SlicedDistance(rows, rng)
    near, far = (distance(rows + shift) for shift in (0.5, 2.0))
    assert distance(rows) < near < far
    if n_rows <= distance.n_rows:
        assert distance(rows) < 1e-6


def test__sliced_distance__one_column__is_the_way_of_the_mass(torch_rng):
    rows = torch.tensor([[0.0], [1.0], [2.0]])
    distance = SlicedDistance(rows, torch_rng)
    assert distance(rows + 3) == pytest.approx(3, rel=1e-5)


def test__sliced_distance__of_zeros__what_rows_of_zeros_are_at(torch_rng):
    rows = torch.randn((80, 4), generator=torch_rng)
    distance = SlicedDistance(rows, torch_rng)
    zeros = torch.zeros((distance.n_rows, 4))
    assert distance.of_zeros == pytest.approx(distance(zeros), rel=1e-5)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 3.0])
def test__diversity__scalars__share_of_the_spread(factor, torch_rng):
    rows = torch.randn((100, 3), generator=torch_rng)
    layout = RowLayout(n_scalars=2, block_sizes=(1,))
    moved = torch.cat([factor * rows[:, :2] + 7, rows[:, 2:]], dim=1)
    assert Diversity(rows, layout)(moved) == pytest.approx(factor, abs=0.08)


def test__diversity__rows_that_overflow__a_number():
    rows = torch.tensor([[0.0], [1.0]])
    assert np.isfinite(Diversity(rows, RowLayout(1, ()))(1e30 * rows))


@pytest.mark.parametrize(("n_other", "least", "most"), [(50, 0.0, 0.2), (1, 0.5, 1.0)])
def test__diversity__one_category_only__none_unless_real_rows_hardly_have_more(
    n_other, least, most
):
    rows = torch.eye(2)[[1] * n_other + [0] * (100 - n_other)]
    same = torch.eye(2)[[0] * 100]
    assert least <= Diversity(rows, RowLayout(0, (2,)))(same) <= most
