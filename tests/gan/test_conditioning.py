import numpy as np
import pytest
import torch
from scipy import stats

from gansampler.gan.conditioning import (
    N_NEIGHBORS,
    AnchorCondition,
    CategoryCondition,
    NoCondition,
    make_condition,
)
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=1, block_sizes=(3, 2))
N = 40_000


def make_rows(n=200, shares=((0.9, 0.08, 0.02), (0.5, 0.5))):
    rng = np.random.default_rng(0)
    blocks = [np.eye(len(p))[rng.choice(len(p), n, p=p)] for p in shares]
    scalars = rng.normal(size=(n, 1))
    return torch.from_numpy(np.hstack([scalars, *blocks]).astype(np.float32))


@pytest.fixture(scope="module")
def rows():
    return make_rows()


@pytest.fixture(scope="module")
def category(rows):
    return CategoryCondition(rows, LAYOUT)


def test__category_pairs__drawn__rows_have_their_category(rows, category, torch_rng):
    row, condition = category.draw_pairs(N, torch_rng)
    assert condition.shape == (N, 5)
    assert (condition.sum(dim=1) == 1).all()
    assert ((rows[row, 1:] * condition).sum(dim=1) == 1).all()


def test__category_pairs__drawn__every_row_with_the_category_alike(
    rows, category, torch_rng
):
    row, condition = category.draw_pairs(N, torch_rng)
    picked = row[condition[:, 1] == 1]
    counts = torch.bincount(picked, minlength=len(rows))[rows[:, 2] == 1]
    assert stats.chisquare(counts).pvalue > 0.01


def test__category_pairs__drawn__rare_categories_more_often_than_they_are(
    rows, category, torch_rng
):
    _, condition = category.draw_pairs(N, torch_rng)
    drawn, real = condition[:, :3].sum(0), rows[:, 1:4].sum(0)
    drawn, real = drawn / drawn.sum(), real / real.sum()
    assert drawn[2] > 2 * real[2]
    assert drawn[0] > drawn[1] > drawn[2]


def test__category_pairs__drawn__blocks_alike(category, torch_rng):
    _, condition = category.draw_pairs(N, torch_rng)
    blocks = torch.stack([condition[:, :3].sum(), condition[:, 3:].sum()])
    assert stats.chisquare(blocks).pvalue > 0.01


def test__category_draw__many__frequencies_of_the_class(rows, category, torch_rng):
    condition = category.draw(N, torch_rng)
    assert (condition.sum(dim=1) == 1).all()
    share = rows[:, 1:].mean(dim=0).double()
    expected = share / share.sum() * N
    assert stats.chisquare(condition.sum(dim=0).double(), expected).pvalue > 0.01


def test__anchor_pairs__drawn__between_two_neighbours_of_the_row(rows, torch_rng):
    condition = AnchorCondition(rows)
    row, anchors = condition.draw_pairs(300, torch_rng)
    distances = torch.cdist(rows.double(), rows.double()).fill_diagonal_(torch.inf)
    for i, anchor in zip(row.tolist(), anchors.double(), strict=True):
        # Ties may put another row of equal distance among the nearest.
        reach = distances[i].sort().values[N_NEIGHBORS - 1] + 1e-6
        near = rows[distances[i] <= reach].double()
        starts, ends = near.repeat(len(near), 1), near.repeat_interleave(len(near), 0)
        along = ends - starts
        length = along.square().sum(dim=1).clamp_min(1e-12)
        share = (((anchor - starts) * along).sum(dim=1) / length).clamp(0, 1)
        gap = (starts + share[:, None] * along - anchor).norm(dim=1)
        assert gap.min() < 1e-4


def test__anchor_draw__many__inside_the_range_of_the_class(rows, torch_rng):
    condition = AnchorCondition(rows)
    anchors = condition.draw(1000, torch_rng)
    assert anchors.shape == (1000, rows.shape[1])
    assert (anchors >= rows.amin(dim=0) - 1e-6).all()
    assert (anchors <= rows.amax(dim=0) + 1e-6).all()
    assert len(anchors.unique(dim=0)) > 500


def test__anchor__two_rows__each_other_is_the_neighbour(torch_rng):
    rows = torch.tensor([[0.0], [5.0]])
    row, anchors = AnchorCondition(rows).draw_pairs(50, torch_rng)
    assert torch.equal(anchors, rows[1 - row])


def test__no_condition__drawn__empty_and_every_row_alike(rows, torch_rng):
    condition = NoCondition(rows)
    row, empty = condition.draw_pairs(N, torch_rng)
    assert empty.shape == (N, 0)
    assert condition.draw(7, torch_rng).shape == (7, 0)
    assert stats.chisquare(torch.bincount(row, minlength=len(rows))).pvalue > 0.01


@pytest.mark.parametrize("name", ["category", "anchor", "none"])
def test__any_condition__same_seed__same_draws(rows, name):
    draws = []
    for seed in (0, 0, 1):
        condition = make_condition(name, rows, LAYOUT)
        rng = torch.Generator().manual_seed(seed)
        row, told = condition.draw_pairs(64, rng)
        again = condition.draw(64, rng)
        assert told.shape == again.shape == (64, condition.width)
        draws.append(torch.cat([row[:, None], told, again], dim=1))
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


@pytest.mark.parametrize(
    ("name", "layout", "kind"),
    [
        ("category", LAYOUT, CategoryCondition),
        ("category", RowLayout(6, ()), NoCondition),
        ("anchor", LAYOUT, AnchorCondition),
        ("none", LAYOUT, NoCondition),
    ],
)
def test__make_condition__name__kind(rows, name, layout, kind):
    assert type(make_condition(name, rows, layout)) is kind
