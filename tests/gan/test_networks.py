import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tables import global_states
from torch import nn

from gansampler.gan.convolutional import ConvolutionalBody, ConvolutionalCritic
from gansampler.gan.networks import (
    LEAK,
    DenseBody,
    DenseCritic,
    Generator,
    ModuleCritic,
    add_spectral_norm,
    fix_spectral_norm,
)
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.row_activation import RowActivation
from gansampler.gan.torch_state import own_random_state
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


def dense_critic(rng, n_condition=3, hidden=(7, 5), n_out=1, residual=False):
    return DenseCritic([4 + n_condition, *hidden, n_out], rng, residual).double()


def module_critic(rng, n_condition):
    layers = [nn.Linear(4 + n_condition, 6), nn.Tanh(), nn.Linear(6, 2)]
    return ModuleCritic(nn.Sequential(*layers)).double()


CRITICS = {
    "linear": lambda rng, n: dense_critic(rng, n, ()),
    "one layer": lambda rng, n: dense_critic(rng, n, (6,)),
    "three layers": lambda rng, n: dense_critic(rng, n, (7, 5, 3)),
    "residual": lambda rng, n: dense_critic(rng, n, (5, 5, 5), residual=True),
    "residual throughout": lambda rng, n: dense_critic(rng, n, (4 + n,) * 3, 1, True),
    "some residual": lambda rng, n: dense_critic(rng, n, (5, 5, 3), residual=True),
    "classes": lambda rng, n: dense_critic(rng, n, (5, 5), 3, True),
    "convolutional": lambda rng, n: ConvolutionalCritic(
        (2, 2, 1), n, (3,), 2, rng
    ).double(),
    "module": module_critic,
}


def some_rows(rng, n_condition):
    rows = torch.randn((9, 4), generator=rng, dtype=torch.float64)
    return rows, torch.randn((9, n_condition), generator=rng, dtype=torch.float64)


def assert_as_autograd(critic, rows, condition, reference=None):
    """Check scores, gradients and what a penalty teaches against plain autograd."""
    reference = critic if reference is None else reference
    scores, gradients = critic.score_and_gradient(rows, condition)
    rows = rows.clone().requires_grad_()
    expected_scores = reference(rows, condition)
    (expected,) = torch.autograd.grad(expected_scores.sum(), rows, create_graph=True)
    torch.testing.assert_close(scores, expected_scores, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(gradients, expected, rtol=1e-12, atol=1e-12)

    value = PENALTIES["r1_r2"].value
    ours, theirs = (
        torch.autograd.grad(
            value(*g.chunk(3)[:2]) + s.mean(),
            list(network.parameters()),
            materialize_grads=True,
        )
        for network, g, s in [
            (critic, gradients, scores),
            (reference, expected, expected_scores),
        ]
    )
    for mine, autograd in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, autograd, rtol=1e-12, atol=1e-12)
    assert sum(g.abs().sum() for g in ours) > 0


@pytest.mark.parametrize("kind", CRITICS)
@pytest.mark.parametrize("n_condition", [0, 3])
def test__score_and_gradient__any_critic__as_autograd(kind, n_condition, torch_rng):
    critic = CRITICS[kind](torch_rng, n_condition)
    rows, condition = some_rows(torch_rng, n_condition)
    assert_as_autograd(critic, rows, condition)
    assert not rows.requires_grad


@pytest.mark.parametrize("kind", CRITICS)
def test__score_and_gradient__any_critic__as_differences(kind, torch_rng):
    critic = CRITICS[kind](torch_rng, 3)
    rows, condition = some_rows(torch_rng, 3)
    step = 1e-6 * torch.eye(4, dtype=torch.float64)
    _, gradients = critic.score_and_gradient(rows, condition)
    for j in range(4):
        up, down = (critic(rows + sign * step[j], condition) for sign in (1, -1))
        torch.testing.assert_close(
            (up - down) / 2e-6, gradients[:, j], rtol=0, atol=1e-7
        )


@pytest.mark.parametrize("kind", CRITICS)
def test__score_and_gradient__spectral_norm__as_autograd(kind, torch_rng):
    critic = CRITICS[kind](torch_rng, 3)
    with own_random_state(0):
        add_spectral_norm(critic)
    rows, condition = some_rows(torch_rng, 3)
    # Each pass takes one step of the power iteration, so that both need their own.
    reference = deepcopy(critic)
    assert_as_autograd(critic, rows, condition, reference)
    for mine, theirs in zip(critic.buffers(), reference.buffers(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=0)


@pytest.mark.parametrize("kind", CRITICS)
def test__critic__one_row__scored_alike_in_any_batch(kind, torch_rng):
    critic = CRITICS[kind](torch_rng, 3)
    rows, condition = some_rows(torch_rng, 3)
    scores = critic(rows, condition)
    assert scores.shape == (9,)
    torch.testing.assert_close(critic(rows[2:3], condition[2:3]), scores[2:3])


@pytest.mark.parametrize("kind", CRITICS)
def test__critic__condition__changes_the_score(kind, torch_rng):
    critic = CRITICS[kind](torch_rng, 3)
    rows = torch.ones((2, 4), dtype=torch.float64)
    condition = torch.tensor([[0.0, 0, 0], [1, 0, 0]], dtype=torch.float64)
    first, second = critic(rows, condition)
    assert first != second


@pytest.mark.parametrize("kind", CRITICS)
def test__classify__any_critic__outputs_beside_the_score_without_condition(
    kind, torch_rng
):
    critic = CRITICS[kind](torch_rng, 3)
    rows, _ = some_rows(torch_rng, 3)
    without = torch.zeros((9, 3), dtype=torch.float64)
    said = critic.activations(rows, without)[-1]
    assert torch.equal(critic(rows, without), said[:, 0])
    assert torch.equal(critic.classify(rows, 3), said[:, 1:])
    assert said.shape[1] == {"classes": 3, "convolutional": 2, "module": 2}.get(kind, 1)


@pytest.mark.parametrize("residual", [False, True])
def test__activations__dense__layers_by_hand(residual, torch_rng):
    critic = dense_critic(torch_rng, 3, (5, 5, 6), 2, residual)
    rows, condition = some_rows(torch_rng, 3)
    hidden = torch.cat([rows, condition], dim=1).numpy()
    *said, outputs = (
        part.detach().numpy() for part in critic.activations(rows, condition)
    )
    assert len(said) == 3
    for i, (layer, found) in enumerate(zip(critic.layers, said, strict=False)):
        weight, bias = (part.detach().numpy() for part in layer.parameters())
        raw = hidden @ weight.T + bias
        out = np.where(raw > 0, raw, LEAK * raw)
        hidden = hidden + out if residual and i == 1 else out
        np.testing.assert_allclose(found, hidden, rtol=1e-12)
    weight, bias = (part.detach().numpy() for part in critic.layers[-1].parameters())
    np.testing.assert_allclose(outputs, hidden @ weight.T + bias, rtol=1e-12)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("hidden", [(), (8,), (8, 6), (8, 8)])
def test__generator__any_depth__logits_of_the_layout(hidden, residual, torch_rng):
    body = DenseBody([5 + 2, *hidden, LAYOUT.width], torch_rng, residual)
    generator = Generator(body, 5, LAYOUT)
    latent = torch.randn((7, 5), generator=torch_rng)
    logits = generator(latent, torch.zeros(7, 2))
    assert logits.shape == (7, LAYOUT.width)
    assert not torch.equal(logits, generator(latent, torch.ones(7, 2)))
    alone = generator(latent[2:3], torch.zeros(1, 2))
    torch.testing.assert_close(alone, logits[2:3])


@pytest.mark.parametrize("residual", [False, True])
def test__dense_body__silent_layer__passes_its_input_on_only_if_residual(
    residual, torch_rng
):
    body = DenseBody([3, 6, 6, 2], torch_rng, residual)
    for weight in body.layers[1].parameters():
        nn.init.zeros_(weight)
    inputs = torch.randn((5, 3), generator=torch_rng)
    expected = body.last(body.layers[0](inputs) * residual)
    torch.testing.assert_close(body(inputs), expected)


def test__networks__same_generator__same_weights_and_global_state_untouched():
    states = global_states()
    networks = []
    for seed in (0, 0, 1):
        rng = torch.Generator().manual_seed(seed)
        networks.append([DenseBody([5, 8, 2], rng), DenseCritic([4, 8, 1], rng)])
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


def normalised(rng, seed=0):
    """Make networks with layers of each kind, under spectral normalisation."""
    networks = nn.ModuleDict(
        {
            "dense": DenseBody([64, 8, 8, 5], rng, residual=True),
            "up": ConvolutionalBody(64, (4, 3), (8, 8, 1), rng),
            "down": ConvolutionalCritic((8, 8, 1), 0, (3, 4), 1, rng),
        }
    )
    with own_random_state(seed):
        add_spectral_norm(networks)
    return networks


def run(networks, inputs):
    down = networks["down"](inputs, inputs.new_empty(len(inputs), 0))
    return [networks["dense"](inputs), networks["up"](inputs), down]


def test__add_spectral_norm__some_passes__largest_singular_value_is_one(torch_rng):
    networks = normalised(torch_rng)
    inputs = torch.randn((3, 64), generator=torch_rng)
    for _ in range(200):
        run(networks, inputs)
    seen = []
    for module in networks.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            seen.append(type(module).__name__)
            weight = module.weight.detach()
            if isinstance(module, nn.ConvTranspose2d):
                weight = weight.transpose(0, 1)  # (outputs, inputs, 4, 4)
            largest = torch.linalg.matrix_norm(weight.flatten(1), 2)
            assert float(largest) == pytest.approx(1, abs=0.01)
    assert len(seen) == 9


def test__add_spectral_norm__same_random_state__same_outputs():
    states = global_states()
    inputs = torch.ones((2, 64))
    outputs = []
    for seed in (0, 0, 1):
        networks = normalised(torch.Generator().manual_seed(0), seed)
        outputs.append(torch.cat([out.ravel() for out in run(networks, inputs)]))
    first, again, other = outputs
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert global_states() == states


def test__add_spectral_norm__twice__as_once(torch_rng):
    networks = normalised(torch_rng)
    names = list(networks.state_dict())
    with own_random_state(0):
        add_spectral_norm(networks)
    assert list(networks.state_dict()) == names


def test__fix_spectral_norm__trained__same_outputs_and_can_be_pickled(torch_rng):
    networks = normalised(torch_rng)
    inputs = torch.randn((3, 64), generator=torch_rng)
    run(networks, inputs)
    networks.eval()
    before = run(networks, inputs)
    with pytest.raises(RuntimeError, match="parametrized modules"):
        pickle.dumps(networks)
    fix_spectral_norm(networks)
    for copy in (networks, pickle.loads(pickle.dumps(networks))):
        for found, expected in zip(run(copy, inputs), before, strict=True):
            torch.testing.assert_close(found, expected)
