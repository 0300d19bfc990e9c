import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import expit, log_expit
from torch import nn

from gansampler.gan.losses import (
    OBJECTIVES,
    SCORE_SLOPES,
    feature_distance,
    moment_distance,
)
from gansampler.gan.networks import LEAK, DenseCritic
from gansampler.gan.penalties import CLIP, PENALTIES

scores = npst.arrays(np.float64, 5, elements=st.floats(-30, 30))
objectives = st.sampled_from(sorted(OBJECTIVES))
# Few digits, so that no norm is too small for its slope to be told.
gradients = npst.arrays(
    np.float64, (4, 3), elements=st.floats(-9, 9).map(lambda x: round(x, 2))
)


def softplus(t):
    return np.logaddexp(0, t)


# Of each pair of scores: the loss, its slope by the real and by the generated score;
# of the critic and of the generator.
FORMULAS = {
    "relativistic": (
        lambda x, g: (softplus(g - x), -expit(g - x), expit(g - x)),
        lambda x, g: (softplus(x - g), expit(x - g), -expit(x - g)),
    ),
    "minimax": (
        lambda x, g: (softplus(-x) + softplus(g), -expit(-x), expit(g)),
        lambda x, g: (log_expit(-g), 0 * x, -expit(g)),
    ),
    "non_saturating": (
        lambda x, g: (softplus(-x) + softplus(g), -expit(-x), expit(g)),
        lambda x, g: (softplus(-g), 0 * x, -expit(-g)),
    ),
    "least_squares": (
        lambda x, g: ((x - 1) ** 2 / 2 + g**2 / 2, x - 1, g),
        lambda x, g: ((g - 1) ** 2 / 2, 0 * x, g - 1),
    ),
    "hinge": (
        lambda x, g: (
            np.maximum(0, 1 - x) + np.maximum(0, 1 + g),
            np.where(x < 1, -1, 0),
            np.where(g > -1, 1, 0),
        ),
        lambda x, g: (-g, 0 * x, 0 * g - 1),
    ),
    "wasserstein": (
        lambda x, g: (g - x, 0 * x - 1, 0 * g + 1),
        lambda x, g: (-g, 0 * x, 0 * g - 1),
    ),
}

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


def differentiable(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def slopes(value, tensors):
    found = torch.autograd.grad(
        value, tensors, retain_graph=True, materialize_grads=True
    )
    return [slope.detach() for slope in found]


@given(objectives, scores, scores)
def test__objective__any_scores__value_and_gradient_of_the_formula(name, real, fake):
    tensors = differentiable(real, fake)
    losses = OBJECTIVES[name](*tensors)
    for loss, formula in zip(losses, FORMULAS[name], strict=True):
        assert loss.shape == ()
        value, *expected = formula(real, fake)
        np.testing.assert_allclose(loss.item(), value.mean(), rtol=1e-8, atol=1e-12)
        found = slopes(loss, tensors)
        for gradient, slope in zip(found, expected, strict=True):
            np.testing.assert_allclose(gradient, slope / 5, rtol=1e-7, atol=1e-12)


@given(st.sampled_from(sorted(SCORE_SLOPES)), scores, scores)
def test__score_slopes__any_scores__as_autograd_on_the_objective(name, real, fake):
    tensors = differentiable(real, fake)
    losses = OBJECTIVES[name](*tensors)
    _, by_fake = slopes(losses.generator, tensors)
    found = SCORE_SLOPES[name](torch.tensor(real), torch.tensor(fake))
    expected = [*slopes(losses.critic, tensors), by_fake]
    for ours, theirs in zip(found, expected, strict=True):
        # torch takes the softplus of numbers above 20 for the number itself.
        torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("far", [1e6, 1e15])
@pytest.mark.parametrize("name", OBJECTIVES)
def test__objective__scores_far_apart__finite_losses_and_gradients(name, far):
    tensors = differentiable(
        np.float32([far, -far, far, 0]), np.float32([-far, far, far, 0])
    )
    for loss in OBJECTIVES[name](*tensors):
        assert loss.isfinite()
        assert all(gradient.isfinite().all() for gradient in slopes(loss, tensors))


@pytest.mark.parametrize("name", OBJECTIVES)
def test__objective__better_critic__lower_loss_for_it_and_higher_for_generator(name):
    low, high = torch.zeros(3), torch.ones(3)
    better, worse = OBJECTIVES[name](high, low), OBJECTIVES[name](low, high)
    assert better.critic < worse.critic
    assert better.generator > worse.generator


def test__minimax__any_critic__shares_its_loss_with_non_saturating():
    real, fake = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([-3.0, 1.5, 0.0])
    minimax = OBJECTIVES["minimax"](real, fake)
    torch.testing.assert_close(
        minimax.critic, OBJECTIVES["non_saturating"](real, fake).critic
    )
    torch.testing.assert_close(minimax.generator, (1 - fake.sigmoid()).log().mean())


@pytest.mark.parametrize(("name", "slope"), [("minimax", 0), ("non_saturating", -1)])
def test__generator__critic_has_won__slope_vanishes_in_minimax_alone(name, slope):
    real, fake = torch.zeros(1), torch.full((1,), -50.0, requires_grad=True)
    OBJECTIVES[name](real, fake).generator.backward()
    assert fake.grad.item() == pytest.approx(slope, abs=1e-12)


def test__import__names_of_all__without_torch():
    line = (
        "import sys; from gansampler.gan.losses import OBJECTIVES; from gansampler.gan.penalties import PENALTIES; "
        "assert OBJECTIVES and PENALTIES and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", line], check=True)


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


@given(gradients, gradients, gradients, gradients)
def test__feature_distance__any_features__value_and_gradient_of_the_formula(a, b, c, d):
    real, fake = [a, b[:, :2]], [c, d[:, :2]]
    tensors = differentiable(*fake)
    distance = feature_distance(list(map(torch.tensor, real)), tensors)
    gaps = [x.mean(0) - g.mean(0) for x, g in zip(real, fake, strict=True)]
    assume(all((abs(gap) > 1e-9).all() for gap in gaps))
    expected = sum(abs(gap).mean() for gap in gaps)
    np.testing.assert_allclose(distance.item(), expected, rtol=1e-9)
    for gradient, gap in zip(slopes(distance, tensors), gaps, strict=True):
        by_hand = np.broadcast_to(-np.sign(gap) / gap.size / 4, gradient.shape)
        np.testing.assert_allclose(gradient, by_hand, rtol=1e-12)


def test__feature_distance__networks_of_unequal_depth__error():
    layers = [torch.ones(4, 3), torch.ones(4, 2)]
    with pytest.raises(ValueError, match="shorter"):
        feature_distance(layers, layers[:1])


@given(gradients, gradients)
def test__moment_distance__any_rows__value_and_gradient_of_the_formula(real, fake):
    (tensor,) = differentiable(fake)
    distance = moment_distance(torch.tensor(real), tensor)
    means, deviations = real.mean(0) - fake.mean(0), real.std(0) - fake.std(0)
    far, wide = np.linalg.norm(means), np.linalg.norm(deviations)
    np.testing.assert_allclose(distance.item(), far + wide, rtol=1e-9, atol=1e-12)
    assume(min(far, wide, *fake.std(0)) > 1e-6)
    standard = (fake - fake.mean(0)) / fake.std(0)
    by_hand = -(means / far + deviations / wide * standard) / 4
    (found,) = slopes(distance, [tensor])
    np.testing.assert_allclose(found, by_hand, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("fake", [np.zeros((4, 2)), np.eye(4)[:, :2]])
def test__moment_distance__constant_or_equal_columns__finite_gradient(fake):
    (tensor,) = differentiable(fake)
    distance = moment_distance(torch.tensor(np.eye(4)[:, :2]), tensor)
    (gradient,) = slopes(distance, [tensor])
    assert gradient.isfinite().all()
    assert (distance.item() > 0) == (fake.sum() == 0)
