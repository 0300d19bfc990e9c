"""Gradients written out against autograd's, and both against differences."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from trainings import DEFAULTS, changed

from gansampler.gan.convolutional import ConvolutionalCritic
from gansampler.gan.critic_gradients import (
    AutogradGradients,
    DenseGradients,
    make_gradients,
)
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.networks import DenseCritic, ModuleCritic
from gansampler.gan.optim import FlatWeights
from gansampler.gan.penalties import PENALTIES


def make_critic(sizes):
    return DenseCritic(sizes, torch.Generator().manual_seed(0)).double()


def make_kinds(settings, batch, n_row, n_condition):
    rng = torch.Generator().manual_seed(1)
    names = ["real", "fake"]
    if "between" in PENALTIES[settings.penalty].at:
        names.append("between")
    kinds = {
        name: torch.randn((batch, n_row), generator=rng, dtype=torch.float64)
        for name in names
    }
    condition = torch.randn((batch, n_condition), generator=rng, dtype=torch.float64)
    return kinds, condition


def both(critic, settings):
    return [kind(critic, settings) for kind in (AutogradGradients, DenseGradients)]


@given(
    objective=st.sampled_from(sorted(OBJECTIVES)),
    penalty=st.sampled_from(sorted(PENALTIES)),
    layers=st.lists(st.integers(1, 9), max_size=3),
    n_row=st.integers(1, 6),
    n_condition=st.integers(0, 3),
    n_out=st.integers(1, 3),
    batch=st.integers(1, 8),
)
def test__of_critic__any_dense_critic__as_autograd(
    objective, penalty, layers, n_row, n_condition, n_out, batch
):
    settings = changed(objective=objective, penalty=penalty, penalty_weight=0.7)
    critic = make_critic([n_row + n_condition, *layers, n_out])
    weights = FlatWeights(critic)
    kinds, condition = make_kinds(settings, batch, n_row, n_condition)
    found = []
    for gradients in both(critic, settings):
        weights.clear_gradients()
        loss = gradients.of_critic(kinds, condition)()
        assert not loss.requires_grad
        found.append((loss, weights.gradients[0].clone()))
    torch.testing.assert_close(found[1], found[0], rtol=1e-9, atol=1e-12)


@given(
    objective=st.sampled_from(sorted(OBJECTIVES)),
    layers=st.lists(st.integers(1, 9), max_size=3),
    n_condition=st.integers(0, 3),
)
def test__of_fake__any_dense_critic__as_autograd(objective, layers, n_condition):
    settings = changed(objective=objective)
    critic = make_critic([4 + n_condition, *layers, 1])
    kinds, condition = make_kinds(settings, 5, 4, n_condition)
    found = []
    for gradients in both(critic, settings):
        loss, gradient = gradients.of_fake(kinds["real"], kinds["fake"], condition)
        found.append((loss(), gradient))
    torch.testing.assert_close(found[1], found[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", [AutogradGradients, DenseGradients])
def test__of_critic__called_twice__gradients_add_up(kind):
    critic = make_critic([4, 8, 1])
    weights = FlatWeights(critic)
    kinds, condition = make_kinds(DEFAULTS, 6, 4, 0)
    gradients = kind(critic, DEFAULTS)
    gradients.of_critic(kinds, condition)
    once = weights.gradients[0].clone()
    gradients.of_critic(kinds, condition)
    torch.testing.assert_close(weights.gradients[0], 2 * once)


@pytest.mark.parametrize("kind", [AutogradGradients, DenseGradients])
def test__of_fake__weights__get_no_gradient(kind):
    critic = make_critic([4, 8, 1])
    weights = FlatWeights(critic)
    kinds, condition = make_kinds(DEFAULTS, 6, 4, 0)
    kind(critic, DEFAULTS).of_fake(kinds["real"], kinds["fake"], condition)
    assert not weights.gradients[0].any()


@pytest.mark.parametrize(
    ("critic", "changes", "kind"),
    [
        (make_critic([4, 8, 1]), {}, DenseGradients),
        (make_critic([4, 8, 1]), {"auxiliary_classifier": 1.0}, DenseGradients),
        (make_critic([4, 8, 1]), {"spectral_norm": True}, AutogradGradients),
        (make_critic([4, 8, 1]), {"feature_matching": 1.0}, AutogradGradients),
        (ModuleCritic(nn.Linear(4, 1)), {}, AutogradGradients),
    ],
    ids=["plain", "auxiliary", "spectral", "features", "own"],
)
def test__make_gradients__critic__written_out_where_it_is_plain(critic, changes, kind):
    gradients = make_gradients(critic, changed(**changes))
    assert type(gradients) is kind


def differences(loss, tensor, step=1e-6):
    """Differentiate a loss with respect to a tensor by central differences."""
    slopes = torch.empty_like(tensor)
    flat, found = tensor.view(-1), slopes.view(-1)
    for j in range(len(flat)):
        kept = flat[j].item()
        flat[j] = kept + step
        up = loss()
        flat[j] = kept - step
        found[j] = (up - loss()) / (2 * step)
        flat[j] = kept
    return slopes


CRITICS = {
    "dense": lambda rng: DenseCritic([4 + 1, 6, 5, 1], rng),
    "convolutional": lambda rng: ConvolutionalCritic((2, 2, 1), 1, (3,), 1, rng),
    "own": lambda rng: ModuleCritic(
        nn.Sequential(nn.Linear(4 + 1, 6), nn.Tanh(), nn.Linear(6, 1))
    ),
}


@pytest.mark.parametrize("penalty", ["none", "r1_r2", "gradient"])
@pytest.mark.parametrize("name", CRITICS)
def test__of_critic__any_critic__as_differences(name, penalty, torch_rng):
    settings = changed(penalty=penalty, penalty_weight=0.7)
    critic = CRITICS[name](torch_rng).double()
    gradients = make_gradients(critic, settings)
    weights = FlatWeights(critic)
    kinds, condition = make_kinds(settings, 5, 4, 1)
    gradients.of_critic(kinds, condition)
    found = weights.gradients[0].clone()
    expected = differences(
        lambda: gradients.of_critic(kinds, condition)(), weights.vectors[0]
    )
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)
    assert found.any()


@pytest.mark.parametrize(
    ("name", "feature_matching"),
    [*((name, 0.0) for name in CRITICS), ("dense", 0.5), ("convolutional", 0.5)],
)
def test__of_fake__any_critic__as_differences(name, feature_matching, torch_rng):
    settings = changed(feature_matching=feature_matching)
    gradients = make_gradients(CRITICS[name](torch_rng).double(), settings)
    kinds, condition = make_kinds(settings, 5, 4, 1)
    real, fake = kinds["real"], kinds["fake"]
    _, found = gradients.of_fake(real, fake, condition)
    expected = differences(lambda: gradients.of_fake(real, fake, condition)[0](), fake)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)
    assert found.any()
