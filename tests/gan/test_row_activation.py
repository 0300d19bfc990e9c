import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tables import global_states
from torch import nn

from gansampler.gan.row_activation import RowActivation
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=2, block_sizes=(3, 1, 5))

layouts = st.builds(
    RowLayout,
    n_scalars=st.integers(0, 3),
    block_sizes=st.lists(st.integers(1, 6), max_size=4).map(tuple),
)


def blocks_of(rows, layout):
    return rows[:, layout.n_scalars :].split(list(layout.block_sizes), dim=1)


@given(layouts, st.sampled_from([1.0, 50.0, 1e4]))
def test__log_softmax__any_layout__as_torch_for_each_block(layout, scale):
    rng = torch.Generator().manual_seed(0)
    shape = (6, layout.width - layout.n_scalars)
    logits = scale * torch.randn(shape, generator=rng, dtype=torch.float64)
    ours = RowActivation(layout).log_softmax(logits)
    starts = np.cumsum((0, *layout.block_sizes))[:-1]
    for start, size in zip(starts, layout.block_sizes, strict=True):
        block = slice(start, start + size)
        theirs = torch.log_softmax(logits[:, block], dim=1)
        torch.testing.assert_close(ours[:, block], theirs)


def test__log_softmax__gradient__as_torch(torch_rng):
    logits = torch.randn((4, 9), generator=torch_rng, dtype=torch.float64)
    weights = torch.randn((4, 9), generator=torch_rng, dtype=torch.float64)
    ours, theirs = (logits.clone().requires_grad_() for _ in range(2))
    (RowActivation(LAYOUT).log_softmax(ours) * weights).sum().backward()
    parts = [part.log_softmax(1) for part in theirs.split(LAYOUT.block_sizes, 1)]
    (torch.cat(parts, dim=1) * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test__cross_entropy__logits__that_of_the_categories_asked_for():
    logits = torch.tensor([[9.0, 1, 2, 3, 0, 0], [9.0, 0, 0, 0, 2, 5]])
    condition = torch.tensor([[0.0, 1, 0, 0, 0], [0, 0, 0, 0, 1]])
    expected = -(
        torch.log_softmax(logits[0, 1:4], 0)[1] + torch.log_softmax(logits[1, 4:], 0)[1]
    )
    loss = RowActivation(RowLayout(1, (3, 2))).cross_entropy(logits, condition)
    torch.testing.assert_close(loss, expected / 2)


@pytest.mark.parametrize("scale", [1e4, 1e30, -1e30])
def test__soft__huge_logits__finite_and_sum_to_one(scale, torch_rng):
    logits = scale * torch.randn((8, LAYOUT.width), generator=torch_rng)
    logits.requires_grad_()
    rows = RowActivation(LAYOUT).soft(logits, torch_rng)
    assert rows.isfinite().all()
    for block in blocks_of(rows, LAYOUT):
        torch.testing.assert_close(block.sum(dim=1), torch.ones(8))
    rows.square().sum().backward()
    assert logits.grad.isfinite().all()


@given(layouts)
def test__soft__any_layout__scalars_stay_and_blocks_sum_to_one(layout):
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn((5, layout.width), generator=rng)
    rows = RowActivation(layout).soft(logits, rng)
    assert rows.shape == logits.shape
    assert torch.equal(rows[:, : layout.n_scalars], logits[:, : layout.n_scalars])
    for block in blocks_of(rows, layout):
        assert (block >= 0).all()
        torch.testing.assert_close(block.sum(dim=1), torch.ones(5))


def test__soft__many_rows__nearly_one_hot(torch_rng):
    rows = RowActivation(LAYOUT).soft(torch.zeros(2000, LAYOUT.width), torch_rng)
    for block in blocks_of(rows, LAYOUT):
        assert block.amax(dim=1).mean() > 0.75


def test__sample__many_rows__frequencies_follow_the_softmax(torch_rng):
    n = 20_000
    logits = torch.randn((1, LAYOUT.width), generator=torch_rng)
    rows = RowActivation(LAYOUT).sample(logits.expand(n, -1), torch_rng)
    assert torch.equal(rows[:, :2], logits[:, :2].expand(n, -1))
    pairs = zip(blocks_of(rows, LAYOUT), blocks_of(logits, LAYOUT), strict=True)
    for block, block_logits in pairs:
        counts = torch.bincount(block.argmax(dim=1), minlength=block.shape[1])
        expected = n * torch.softmax(block_logits[0].double(), dim=0)
        if len(counts) > 1:
            assert stats.chisquare(counts, expected).pvalue > 0.01


@given(layouts)
def test__harden__any_layout__scalars_stay_and_blocks_show_the_largest(layout):
    rng = torch.Generator().manual_seed(0)
    rows = torch.randn((6, layout.width), generator=rng)
    hard = RowActivation(layout).harden(rows)
    assert hard.shape == rows.shape
    assert torch.equal(hard[:, : layout.n_scalars], rows[:, : layout.n_scalars])
    pairs = zip(blocks_of(hard, layout), blocks_of(rows, layout), strict=True)
    for block, before in pairs:
        size = before.shape[1]
        expected = nn.functional.one_hot(before.argmax(dim=1), size).float()
        assert torch.equal(block, expected)


def test__activation__random_draws__leave_the_global_state(torch_rng):
    states = global_states()
    activation = RowActivation(LAYOUT)
    activation.soft(torch.zeros(3, LAYOUT.width), torch_rng)
    activation.sample(torch.zeros(3, LAYOUT.width), torch_rng)
    assert global_states() == states
