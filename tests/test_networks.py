import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tables import global_states

from gansampler.encoding import RowLayout
from gansampler.networks import Critic, Generator, RowActivation
from gansampler.objectives import r1_r2

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


def make_critic(rng, n_condition=3, hidden=(7, 5)):
    return Critic(4, n_condition, hidden, rng).double()


@pytest.mark.parametrize("hidden", [(), (6,), (7, 5, 3)])
@pytest.mark.parametrize("n_condition", [0, 3])
def test__score_and_gradient__random_critic__as_autograd(
    hidden, n_condition, torch_rng
):
    critic = make_critic(torch_rng, n_condition, hidden)
    rows = torch.randn((9, 4), generator=torch_rng, dtype=torch.float64)
    condition = torch.randn((9, n_condition), generator=torch_rng, dtype=torch.float64)
    scores, gradients = critic.score_and_gradient(rows, condition)

    rows.requires_grad_()
    expected_scores = critic(rows, condition)
    (expected,) = torch.autograd.grad(expected_scores.sum(), rows, create_graph=True)
    torch.testing.assert_close(scores, expected_scores, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(gradients, expected, rtol=1e-12, atol=1e-12)

    parameters = list(critic.parameters())
    ours, theirs = (
        torch.autograd.grad(
            r1_r2(*g.chunk(3)[:2]) + s.mean(), parameters, allow_unused=True
        )
        for g, s in [(gradients, scores), (expected, expected_scores)]
    )
    for mine, autograd in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, autograd, rtol=1e-12, atol=1e-12)
    assert sum(g.abs().sum() for g in ours) > 0


def test__critic__one_row__scored_alike_in_any_batch(torch_rng):
    critic = make_critic(torch_rng)
    rows = torch.randn((6, 4), generator=torch_rng, dtype=torch.float64)
    condition = torch.zeros((6, 3), dtype=torch.float64)
    scores = critic(rows, condition)
    assert scores.shape == (6,)
    torch.testing.assert_close(critic(rows[2:3], condition[2:3]), scores[2:3])


def test__critic__condition__changes_the_score(torch_rng):
    critic = make_critic(torch_rng)
    rows = torch.ones((2, 4), dtype=torch.float64)
    condition = torch.tensor([[0.0, 0, 0], [1, 0, 0]], dtype=torch.float64)
    first, second = critic(rows, condition)
    assert first != second


@pytest.mark.parametrize("hidden", [(), (8,), (8, 6)])
def test__generator__any_depth__logits_of_the_layout(hidden, torch_rng):
    generator = Generator(5, 2, hidden, LAYOUT, torch_rng)
    latent = torch.randn((7, 5), generator=torch_rng)
    logits = generator(latent, torch.zeros(7, 2))
    assert logits.shape == (7, LAYOUT.width)
    assert not torch.equal(logits, generator(latent, torch.ones(7, 2)))


def test__networks__same_generator__same_weights_and_global_state_untouched():
    states = global_states()
    networks = []
    for seed in (0, 0, 1):
        rng = torch.Generator().manual_seed(seed)
        networks.append([Generator(5, 0, (8,), LAYOUT, rng), Critic(4, 0, (8,), rng)])
    assert global_states() == states
    first, again, other = (
        torch.cat([p.detach().ravel() for net in pair for p in net.parameters()])
        for pair in networks
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.isfinite().all()


def test__activation__random_draws__leave_the_global_state(torch_rng):
    states = global_states()
    activation = RowActivation(LAYOUT)
    activation.soft(torch.zeros(3, LAYOUT.width), torch_rng)
    activation.sample(torch.zeros(3, LAYOUT.width), torch_rng)
    assert global_states() == states
