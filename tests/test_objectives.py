import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gansampler.objectives import OBJECTIVES, PENALTIES

scores = npst.arrays(np.float64, 5, elements=st.floats(-30, 30))


def log1pexp(t):
    return np.log1p(np.exp(t))


def relativistic(winner, loser):
    """Give the loss and its gradients by the formula, in NumPy."""
    difference = loser - winner
    slope = 1 / (1 + np.exp(-difference)) / len(winner)
    return log1pexp(difference).mean(), -slope, slope


# The loss of the critic and that of the generator, in NumPy.
FORMULAS = {
    "relativistic": (
        lambda real, fake: log1pexp(fake - real).mean(),
        lambda real, fake: log1pexp(real - fake).mean(),
    ),
    "non_saturating": (
        lambda real, fake: (log1pexp(-real) + log1pexp(fake)).mean(),
        lambda real, fake: log1pexp(-fake).mean(),
    ),
    "wasserstein": (
        lambda real, fake: (fake - real).mean(),
        lambda real, fake: -fake.mean(),
    ),
}


def slopes(formula, scores, which, step=1e-6):
    """Give the central differences of a formula by the scores at `which`."""
    found = []
    for nudge in np.eye(len(scores[which])) * step:
        up, down = list(scores), list(scores)
        up[which], down[which] = scores[which] + nudge, scores[which] - nudge
        found.append((formula(*up) - formula(*down)) / (2 * step))
    return found


@given(scores, scores)
def test__relativistic__any_scores__value_and_gradient_of_the_formula(real, fake):
    objective = OBJECTIVES["relativistic"]
    for loss, by_formula in [
        (objective.critic_loss, relativistic(real, fake)),
        (objective.generator_loss, relativistic(fake, real)[::1]),
    ]:
        real_t, fake_t = (torch.tensor(a, requires_grad=True) for a in (real, fake))
        value = loss(real_t, fake_t)
        value.backward()
        expected, winner, loser = by_formula
        np.testing.assert_allclose(value.item(), expected, rtol=1e-8, atol=1e-12)
        is_critic = loss == objective.critic_loss
        for_real, for_fake = (winner, loser) if is_critic else (loser, winner)
        np.testing.assert_allclose(real_t.grad, for_real, rtol=1e-7, atol=1e-12)
        np.testing.assert_allclose(fake_t.grad, for_fake, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", OBJECTIVES)
def test__objective__some_scores__value_and_gradient_of_the_formula(name):
    real, fake = np.array([2.0, -1.0, 0.5]), np.array([-3.0, 1.5, 0.0])
    formulas = FORMULAS[name]
    losses = [OBJECTIVES[name].critic_loss, OBJECTIVES[name].generator_loss]
    for loss, formula in zip(losses, formulas, strict=True):
        tensors = [torch.tensor(a, requires_grad=True) for a in (real, fake)]
        value = loss(*tensors)
        gradients = torch.autograd.grad(value, tensors, materialize_grads=True)
        assert value.item() == pytest.approx(formula(real, fake), abs=1e-12)
        for which, gradient in enumerate(gradients):
            expected = slopes(formula, [real, fake], which)
            np.testing.assert_allclose(gradient, expected, atol=1e-8)


@pytest.mark.parametrize("name", OBJECTIVES)
def test__objective__scores_far_apart__finite_gradients(name):
    real = torch.tensor([1e6, -1e6], requires_grad=True)
    fake = torch.tensor([-1e6, 1e6], requires_grad=True)
    for loss in (OBJECTIVES[name].critic_loss, OBJECTIVES[name].generator_loss):
        value = loss(real, fake)
        assert value.isfinite()
        gradients = torch.autograd.grad(value, [real, fake], materialize_grads=True)
        assert all(gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize("name", OBJECTIVES)
def test__objective__better_critic__lower_loss_for_it_and_higher_for_generator(name):
    objective = OBJECTIVES[name]
    low, high = torch.zeros(3), torch.ones(3)
    assert objective.critic_loss(high, low) < objective.critic_loss(low, high)
    assert objective.generator_loss(high, low) > objective.generator_loss(low, high)


@pytest.mark.parametrize(
    ("name", "expected"), [("r1", (25 + 1) / 4), ("r2", 4 / 4), ("r1_r2", 30 / 4)]
)
def test__penalty__by_hand__half_the_mean_squared_norm(name, expected):
    real = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    fake = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    assert PENALTIES[name](real, fake).item() == expected


def test__penalty__none__is_none():
    assert PENALTIES["none"] is None
    assert set(PENALTIES) == {"none", "r1", "r2", "r1_r2"}
