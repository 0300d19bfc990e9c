from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from torch import nn
from trainings import differentiable, slopes

from gansampler.gan.networks import LEAK, DenseCritic
from gansampler.gan.penalties import CLIP, PENALTIES

# Few digits, so that no norm is too small for its slope to be told.
gradients = npst.arrays(
    np.float64, (4, 3), elements=st.floats(-9, 9).map(lambda x: round(x, 2))
)


# What each penalty is, of the gradients at real, generated and intermediate rows.
PENALTY_FORMULAS = {
    "r1": lambda real, fake, between: half_square(real),
    "r2": lambda real, fake, between: half_square(fake),
    "r1_r2": lambda real, fake, between: half_square(real) + half_square(fake),
    "gradient": lambda real, fake, between: (
        ((between**2).sum(1) ** 0.5 - 1) ** 2
    ).mean(),
}


def half_square(gradient):
    return (gradient**2).sum(1).mean() / 2


@given(gradients, gradients)
def test__zero_centred__any_gradients__half_the_mean_squared_norm(real, fake):
    tensors = differentiable(real, fake)
    for name, at in [("r1", [0]), ("r2", [1]), ("r1_r2", [0, 1])]:
        given = [tensors[i] for i in at]
        penalty = PENALTIES[name].value(*given)
        expected = sum(half_square([real, fake][i]) for i in at)
        np.testing.assert_allclose(penalty.item(), expected, rtol=1e-12)
        for gradient, rows in zip(slopes(penalty, given), given, strict=True):
            np.testing.assert_allclose(gradient, rows.detach() / 4, rtol=1e-12)


@given(gradients, gradients)
def test__penalty_slope__any_gradients__as_autograd_on_the_penalty(real, fake):
    written_out = [p for p in PENALTIES.values() if p.slope is not None]
    assert written_out
    for penalty in written_out:
        tensors = differentiable(real, fake)[: len(penalty.at)]
        expected = slopes(penalty.value(*tensors), tensors)
        for tensor, gradient in zip(tensors, expected, strict=True):
            found = penalty.slope(tensor.detach())
            torch.testing.assert_close(found, gradient, rtol=1e-12, atol=0)


@given(gradients)
def test__one_centred__any_gradients__squared_distance_of_the_norm_to_one(rows):
    (tensor,) = differentiable(rows)
    penalty = PENALTIES["gradient"].value(tensor)
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(penalty.item(), ((norm - 1) ** 2).mean(), rtol=1e-12)
    # Where there is no slope there is no direction in which to raise it.
    unit = np.divide(rows, norm, out=np.zeros_like(rows), where=norm > 0)
    (found,) = slopes(penalty, [tensor])
    np.testing.assert_allclose(found, 2 * (norm - 1) * unit / 4, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("hidden", [(), (6,), (7, 5, 4)])
@pytest.mark.parametrize("name", PENALTY_FORMULAS)
def test__penalty__through_a_critic__as_autograd_on_a_plain_network(
    name, hidden, torch_rng
):
    sizes = [3, *hidden, 1]
    critic = DenseCritic(sizes, torch_rng).double()
    layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
    plain = [part for layer in layers for part in (layer, nn.LeakyReLU(LEAK))]
    network = nn.Sequential(*plain[:-1]).double()
    weights = zip(network.parameters(), critic.parameters(), strict=True)
    for copied, weight in weights:
        copied.data.copy_(weight.data)
    kinds = ["real", "fake", "between"]
    rows = torch.randn((3, 8, 3), generator=torch_rng, dtype=torch.float64)

    _, found = critic.score_and_gradient(rows.flatten(0, 1), torch.empty(24, 0))
    gradient_at = dict(zip(kinds, found.chunk(3), strict=True))
    penalty = PENALTIES[name].value(*(gradient_at[at] for at in PENALTIES[name].at))

    rows.requires_grad_()
    (gradient,) = torch.autograd.grad(network(rows).sum(), rows, create_graph=True)
    expected = PENALTY_FORMULAS[name](*gradient)
    torch.testing.assert_close(penalty, expected, rtol=1e-12, atol=0)
    ours = slopes(penalty, list(critic.parameters()))
    theirs = slopes(expected, list(network.parameters()))
    for mine, autograd in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, autograd, rtol=1e-10, atol=1e-14)
    assert sum(part.abs().sum() for part in ours) > 0


def test__penalties__each_name__what_its_authors_advise():
    assert {name for name, p in PENALTIES.items() if p.value is None} == {
        "none",
        "clip",
    }
    assert {name: p.clip for name, p in PENALTIES.items() if p.clip} == {"clip": CLIP}
    steps = {name: p.n_critic for name, p in PENALTIES.items() if p.n_critic > 1}
    assert steps == {"clip": 5, "gradient": 5}
