import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tables import global_states
from torch import nn

from gansampler.gan.convolutional import ConvolutionalBody, ConvolutionalCritic


@st.composite
def images(draw):
    """Draw a shape of images, and channels for as many layers as it takes."""
    height, width = draw(st.integers(8, 128)), draw(st.integers(8, 128))
    most = min(height, width).bit_length() - 1
    channels = draw(st.lists(st.integers(2, 4), min_size=1, max_size=most))
    return (height, width, draw(st.integers(1, 3))), channels


@given(images())
def test__body__any_image__flat_images_between_minus_one_and_one(drawn):
    shape, channels = drawn
    rng = torch.Generator().manual_seed(0)
    body = ConvolutionalBody(5, channels, shape, rng)
    inputs = 5 * torch.randn((3, 5), generator=rng)
    rows = body(inputs)
    assert rows.shape == (3, np.prod(shape))
    assert (rows.abs() <= 1).all()
    assert rows.std() > 0
    torch.testing.assert_close(body(inputs[1:2]), rows[1:2])


@given(images(), st.integers(0, 3), st.integers(1, 3))
def test__critic__any_image__outputs_of_each_row_by_itself(drawn, n_condition, n_out):
    shape, channels = drawn
    rng = torch.Generator().manual_seed(0)
    critic = ConvolutionalCritic(shape, n_condition, channels, n_out, rng)
    rows = torch.randn((3, int(np.prod(shape))), generator=rng)
    condition = torch.randn((3, n_condition), generator=rng)
    *hidden, outputs = critic.activations(rows, condition)
    sides = [[side // 2**k for side in shape[:2]] for k in range(1, len(channels) + 1)]
    expected = [(3, n * a * b) for n, (a, b) in zip(channels, sides, strict=True)]
    assert [tuple(layer.shape) for layer in hidden] == expected
    assert outputs.shape == (3, n_out)
    alone = critic.activations(rows[1:2], condition[1:2])[-1]
    torch.testing.assert_close(alone, outputs[1:2])


# Deep enough for the smaller side to come down to one pixel, and odd throughout.
ODD = (11, 9, 3)


def test__body__weights_of_the_end_silent__each_channel_has_its_colour(torch_rng):
    body = ConvolutionalBody(2, (3, 4), ODD, torch_rng)
    last = body.layers[-2]
    nn.init.zeros_(last.weight)
    colour = torch.tensor([-0.5, 0.0, 0.5])
    last.bias.data.copy_(colour)
    image = body(torch.ones(1, 2)).detach().numpy().reshape(ODD)
    np.testing.assert_allclose(
        image, np.broadcast_to(np.tanh(colour.numpy()), ODD), rtol=1e-6
    )


@pytest.mark.parametrize("axis", [0, 1], ids=["height", "width"])
def test__body__small_image_varies_along_one_axis__so_does_the_image(axis, torch_rng):
    shape = (21, 13, 2)
    body = ConvolutionalBody(2, (3,), shape, torch_rng)
    nn.init.zeros_(body.first.weight)
    channels, *sides = body.start
    steps = torch.arange(float(sides[axis]))
    steps = steps.unsqueeze(1 - axis).expand(channels, *sides)
    body.first.bias.data.copy_(steps.flatten())
    image = body(torch.ones(1, 2)).detach().numpy().reshape(shape)
    # Away from the border every second pixel meets the same part of the kernel.
    inner = image[1:-1, 1:-1]
    along, across = (np.roll(inner, -2, which) - inner for which in (axis, 1 - axis))
    whole = tuple(slice(None, -2) for _ in range(2))
    assert abs(across[whole]).max() < 1e-6
    assert abs(along[whole]).min() > 1e-3


@pytest.mark.parametrize("pixel", [(0, 0), (10, 0), (4, 7), (5, 8), (0, 8)])
def test__critic__one_pixel_changed__only_units_that_see_it_move(pixel, torch_rng):
    critic = ConvolutionalCritic(ODD, 0, (2,), 1, torch_rng)
    images = torch.randn((1, *ODD), generator=torch_rng).repeat(2, 1, 1, 1)
    images[(1, *pixel)] += 1
    before, after = critic.activations(images.flatten(1), torch.empty(2, 0))[0]
    moved = (before != after).reshape(2, 5, 4)  # (units, height, width)
    # Each unit sees four pixels each way, from one before twice its position on.
    sees = [
        (2 * torch.arange(n) - 1 <= at) & (at <= 2 * torch.arange(n) + 2)
        for n, at in zip((5, 4), pixel, strict=True)
    ]
    expected = sees[0][:, None] & sees[1]
    assert expected.any()
    assert torch.equal(moved, expected.expand(2, -1, -1))


@pytest.mark.parametrize("channel", range(3))
def test__critic__blind_to_all_but_one_channel__sees_that_one(channel, torch_rng):
    critic = ConvolutionalCritic(ODD, 0, (2, 2), 1, torch_rng)
    others = [c for c in range(3) if c != channel]
    critic.layers[0].weight.data[:, others] = 0
    image = torch.randn(ODD, generator=torch_rng)
    nudged = [image.clone() for _ in range(3)]
    for c in range(3):
        nudged[c][..., c] += 1
    rows = torch.stack([image, *nudged]).flatten(1)
    score, *scores = critic(rows, torch.empty(4, 0))
    assert [bool(other != score) for other in scores] == [
        c == channel for c in range(3)
    ]


def test__networks__same_generator__same_weights_and_global_state_untouched():
    states = global_states()
    networks = []
    for seed in (0, 0, 1):
        rng = torch.Generator().manual_seed(seed)
        networks.append(
            [
                ConvolutionalBody(4, (3, 2), ODD, rng),
                ConvolutionalCritic(ODD, 1, (3, 2), 1, rng),
            ]
        )
    assert global_states() == states
    first, again, other = (
        torch.cat([p.detach().ravel() for net in pair for p in net.parameters()])
        for pair in networks
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.isfinite().all()


def test__networks__many_channels__activations_neither_fade_nor_grow(torch_rng):
    body = ConvolutionalBody(16, (32, 32, 32), (32, 32, 1), torch_rng)
    rows = body(torch.randn((8, 16), generator=torch_rng))
    assert 0.05 < rows.std() < 0.8
    critic = ConvolutionalCritic((32, 32, 1), 0, (32, 32, 32), 1, torch_rng)
    for layer in critic.activations(rows, torch.empty(8, 0)):
        assert 0.005 < layer.square().mean().sqrt() < 2
