import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
from tables import global_states
from torch import nn
from trainings import slopes

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
from gansampler.gan.torch_state import own_random_state
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=2, block_sizes=(3, 1, 5))


def dense_critic(rng, n_condition, hidden, n_out=1):
    return DenseCritic([4 + n_condition, *hidden, n_out], rng).double()


def module_critic(rng, n_condition):
    layers = [nn.Linear(4 + n_condition, 6), nn.Tanh(), nn.Linear(6, 2)]
    return ModuleCritic(nn.Sequential(*layers)).double()


CRITICS = {
    "linear": lambda rng, n: dense_critic(rng, n, ()),
    "one layer": lambda rng, n: dense_critic(rng, n, (6,)),
    "three layers": lambda rng, n: dense_critic(rng, n, (7, 5, 3)),
    "classes": lambda rng, n: dense_critic(rng, n, (5, 5), 3),
    "convolutional": lambda rng, n: ConvolutionalCritic(
        (2, 2, 1), n, (3,), 2, rng
    ).double(),
    "module": module_critic,
}


def some_rows(rng, n_condition):
    rows = torch.randn((9, 4), generator=rng, dtype=torch.float64)
    return rows, torch.randn((9, n_condition), generator=rng, dtype=torch.float64)


@pytest.mark.parametrize("kind", CRITICS)
@pytest.mark.parametrize("n_condition", [0, 3])
def test__score_and_gradient__any_critic__as_differences(kind, n_condition, torch_rng):
    critic = CRITICS[kind](torch_rng, n_condition)
    rows, condition = some_rows(torch_rng, n_condition)
    step = 1e-6 * torch.eye(4, dtype=torch.float64)
    scores, gradients = critic.score_and_gradient(rows, condition)
    assert not rows.requires_grad
    assert torch.equal(scores, critic(rows, condition))
    for j in range(4):
        up, down = (critic(rows + sign * step[j], condition) for sign in (1, -1))
        torch.testing.assert_close(
            (up - down) / 2e-6, gradients[:, j], rtol=0, atol=1e-7
        )


@pytest.mark.parametrize("kind", CRITICS)
def test__score_and_gradient__penalty_of_it__as_differences_of_the_weights(
    kind, torch_rng
):
    critic = CRITICS[kind](torch_rng, 3)
    rows, condition = some_rows(torch_rng, 3)

    def penalty():
        return critic.score_and_gradient(rows, condition)[1].square().sum()

    weights = list(critic.parameters())
    found = slopes(penalty(), weights)
    for weight, slope in zip(weights, found, strict=True):
        first = weight.data.view(-1)[:1]
        first += 1e-6
        up = penalty()
        first -= 2e-6
        down = penalty()
        first += 1e-6
        torch.testing.assert_close(
            (up - down) / 2e-6, slope.view(-1)[0], rtol=1e-5, atol=1e-6
        )
    assert sum(slope.abs().sum() for slope in found) > 0


@pytest.mark.parametrize("kind", CRITICS)
def test__score_and_gradient__spectral_norm__one_step_of_the_power_iteration(
    kind, torch_rng
):
    critic = CRITICS[kind](torch_rng, 3)
    with own_random_state(0):
        add_spectral_norm(critic)
    rows, condition = some_rows(torch_rng, 3)
    reference = deepcopy(critic)
    scores, _ = critic.score_and_gradient(rows, condition)
    torch.testing.assert_close(scores, reference(rows, condition))
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
    outputs = critic.activations(rows, without)[-1]
    assert torch.equal(critic(rows, without), outputs[:, 0])
    assert torch.equal(critic.classify(rows, 3), outputs[:, 1:])
    assert outputs.shape[1] == {"classes": 3, "convolutional": 2, "module": 2}.get(
        kind, 1
    )


def test__activations__dense__layers_by_hand(torch_rng):
    critic = dense_critic(torch_rng, 3, (5, 5, 6), 2)
    rows, condition = some_rows(torch_rng, 3)
    hidden = torch.cat([rows, condition], dim=1).numpy()
    *hidden_outputs, outputs = (
        part.detach().numpy() for part in critic.activations(rows, condition)
    )
    assert len(hidden_outputs) == 3
    for layer, found in zip(critic.layers, hidden_outputs, strict=False):
        weight, bias = (part.detach().numpy() for part in layer.parameters())
        raw = hidden @ weight.T + bias
        hidden = np.where(raw > 0, raw, LEAK * raw)
        np.testing.assert_allclose(found, hidden, rtol=1e-12)
    weight, bias = (part.detach().numpy() for part in critic.layers[-1].parameters())
    np.testing.assert_allclose(outputs, hidden @ weight.T + bias, rtol=1e-12)


@pytest.mark.parametrize("hidden", [(), (8,), (8, 6)])
def test__generator__any_depth__logits_of_the_layout(hidden, torch_rng):
    body = DenseBody([5 + 2, *hidden, LAYOUT.width], torch_rng)
    generator = Generator(body, 5, LAYOUT)
    latent = torch.randn((7, 5), generator=torch_rng)
    logits = generator(latent, torch.zeros(7, 2))
    assert logits.shape == (7, LAYOUT.width)
    assert not torch.equal(logits, generator(latent, torch.ones(7, 2)))
    alone = generator(latent[2:3], torch.zeros(1, 2))
    torch.testing.assert_close(alone, logits[2:3])


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


def normalised(rng, seed=0):
    """Make networks with layers of each kind, under spectral normalisation."""
    networks = nn.ModuleDict(
        {
            "dense": DenseBody([64, 8, 8, 5], rng),
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
