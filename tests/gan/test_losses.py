import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import expit, log_expit
from trainings import differentiable, slopes

from gansampler.gan.losses import OBJECTIVES, SCORE_SLOPES, feature_distance

scores = npst.arrays(np.float64, 5, elements=st.floats(-30, 30))
features = npst.arrays(
    np.float64, (4, 3), elements=st.floats(-9, 9).map(lambda x: round(x, 2))
)
objectives = st.sampled_from(sorted(OBJECTIVES))


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


@given(features, features, features, features)
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
