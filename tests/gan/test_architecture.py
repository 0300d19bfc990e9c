import pytest
import torch
from tables import global_states
from torch import nn
from trainings import changed

from gansampler.gan.architecture import make_networks
from gansampler.gan.convolutional import ConvolutionalBody, ConvolutionalCritic
from gansampler.gan.networks import DenseBody, DenseCritic, ModuleCritic
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=2, block_sizes=(3,))
IMAGE = RowLayout(n_scalars=8 * 9, block_sizes=())
SMALL = changed(latent_dim=4, generator_layers=(8, 8), critic_layers=(6, 6))


def own(n_in, n_out, random_state):
    """Make a network as a user would, who draws from the global state."""
    layers = [nn.Linear(n_in, 8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, n_out)]
    return nn.Sequential(*layers)


def make(settings, layout=LAYOUT, n_condition=0, n_classes=0, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return make_networks(settings, layout, n_condition, n_classes, rng)


def weights(networks):
    return torch.cat([p.detach().ravel() for net in networks for p in net.parameters()])


KINDS = {
    "dense": ({}, LAYOUT, DenseBody, DenseCritic),
    "spectral": ({"spectral_norm": True}, LAYOUT, DenseBody, DenseCritic),
    "images": ({"image_shape": (8, 9, 1)}, IMAGE, ConvolutionalBody, None),
    "own": ({"generator": own, "critic": own}, LAYOUT, nn.Sequential, ModuleCritic),
    "own generator": ({"generator": own}, LAYOUT, nn.Sequential, DenseCritic),
    "own critic of images": (
        {"image_shape": (8, 9, 1), "critic": own},
        IMAGE,
        ConvolutionalBody,
        ModuleCritic,
    ),
}


@pytest.mark.parametrize("n_condition", [0, 3])
@pytest.mark.parametrize("kind", KINDS)
def test__make_networks__each_kind__outputs_of_the_right_width(kind, n_condition):
    change, layout, body_type, critic_type = KINDS[kind]
    generator, critic = make(changed(SMALL, **change), layout, n_condition, n_classes=2)
    assert isinstance(generator.body, body_type)
    assert isinstance(critic, critic_type or ConvolutionalCritic)
    logits = generator(torch.randn(5, 4), torch.zeros(5, n_condition))
    assert logits.shape == (5, layout.width)
    assert critic(logits, torch.zeros(5, n_condition)).shape == (5,)
    assert critic.classify(logits, n_condition).shape == (5, 2)


@pytest.mark.parametrize("kind", KINDS)
def test__make_networks__same_seed__same_weights_and_global_state_untouched(kind):
    change, layout, *_ = KINDS[kind]
    states = global_states()
    settings = changed(SMALL, **change)
    first, again, other = (weights(make(settings, layout, seed=s)) for s in (0, 0, 1))
    assert global_states() == states
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("critic", [None, own])
def test__make_networks__packs__critic_of_several_rows_with_conditions(critic):
    settings = changed(SMALL, pac=4, critic=critic)
    generator, critic = make(settings, n_condition=3)
    scores = critic(torch.zeros(2, 4 * LAYOUT.width), torch.zeros(2, 4 * 3))
    assert scores.shape == (2,)
    assert generator(torch.zeros(2, 4), torch.zeros(2, 3)).shape == (2, LAYOUT.width)


def test__spectral_norm__dense__both_networks_after_some_passes():
    generator, critic = make(changed(SMALL, spectral_norm=True))
    layers = [m for net in (generator, critic) for m in net.modules()]
    linear = [m for m in layers if isinstance(m, nn.Linear)]
    for _ in range(300):  # a step of the power iteration each
        norms = [torch.linalg.matrix_norm(m.weight, 2).item() for m in linear]
    assert norms == pytest.approx([1] * 6, abs=0.01)


def test__own__called__with_widths_and_a_seed():
    calls = []

    def spy(n_in, n_out, random_state):
        calls.append((n_in, n_out))
        assert isinstance(random_state, int)
        assert torch.initial_seed() == random_state
        return nn.Linear(n_in, n_out)

    settings = changed(SMALL, generator=spy, critic=spy, pac=2)
    make(settings, n_condition=3, n_classes=0)
    assert calls == [(4 + 3, 5), (2 * (5 + 3), 1)]
    calls.clear()
    make(changed(settings, pac=1), n_condition=3, n_classes=2)
    assert calls == [(4 + 3, 5), (5 + 3, 1 + 2)]


def test__own__seed__differs_for_the_two_networks():
    generator, critic = make(changed(SMALL, generator=own, critic=own, latent_dim=5))
    assert not torch.equal(generator.body[0].weight, critic.body[0].weight)


def test__own__hands_out_one_module__a_copy_is_trained():
    kept = nn.Linear(4, LAYOUT.width)
    before = kept.weight.detach().clone()
    generator, _ = make(changed(SMALL, generator=lambda *_: kept))
    assert torch.equal(generator.body.weight, before)
    generator.body.weight.data += 1
    assert torch.equal(kept.weight, before)


class Failing(nn.Module):
    def forward(self, inputs):
        raise RuntimeError("a bug of their own")


class Detached(nn.Linear):
    def forward(self, inputs):
        return super().forward(inputs).detach()


class OfOneRow(nn.Module):
    def forward(self, inputs):
        return inputs[0]


@pytest.mark.parametrize("name", ["generator", "critic"])
@pytest.mark.parametrize(
    ("make_theirs", "error", "message"),
    [
        (lambda *_: None, TypeError, r"torch\.nn\.Module, but it returned None"),
        (lambda *_: nn.Linear, TypeError, r"torch\.nn\.Module, but it returned <class"),
        (lambda *_: Failing(), ValueError, r"fails on .*: a bug of their own"),
        (lambda *_: nn.Linear(99, 1), ValueError, r"fails on a batch of shape \(2, 4"),
        (
            lambda n_in, n_out, _: nn.Linear(n_in, n_out + 1),
            ValueError,
            r"shape \(2, [25]\)\. It must return \(2, [14]\), because n_out=[14]",
        ),
        (lambda *_: OfOneRow(), ValueError, r"shape \(4,\)\. It must return \(2, "),
        (lambda *_: nn.LSTM(4, 5), ValueError, "fails on .*'tuple' object"),
        (
            lambda n_in, n_out, _: Detached(n_in, n_out),
            ValueError,
            "do not depend on any trainable weights",
        ),
    ],
    ids=[
        "nothing",
        "class",
        "failing",
        "width",
        "one more",
        "one row",
        "tuple",
        "detached",
    ],
)
def test__own__unfit__names_the_parameter_and_the_shapes(
    name, make_theirs, error, message
):
    settings = changed(SMALL, **{name: make_theirs})
    layout = RowLayout(n_scalars=4, block_sizes=())
    states = global_states()
    with pytest.raises(error, match=message) as caught:
        make(settings, layout)
    assert f"`{name}`" in str(caught.value)
    assert global_states() == states
