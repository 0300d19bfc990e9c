"""Convolutional networks, for rows that are images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gansampler.gan.networks import LEAK, Critic, initialise, linear, undrawn


class ConvolutionalBody(nn.Module):
    """A generator of images: transposed convolutions that each double the image size.

    Unlike in the DCGAN [1]_, each image is normalised separately, so that a row does
    not depend on the other rows of its batch.

    Parameters
    ----------
    n_in : int
        Width of the input.

    channels : sequence of int
        Channels of the first, small image and of each following one except the last.

    image_shape : tuple (height, width, channels)
        Shape of the output images, which are flattened and between -1 and 1.

    rng : torch.Generator
        Source of the initial weights.

    References
    ----------
    .. [1] A. Radford, L. Metz, S. Chintala, "Unsupervised representation learning with
       deep convolutional generative adversarial networks", 2015.
    """

    def __init__(
        self,
        n_in: int,
        channels: Sequence[int],
        image_shape: tuple[int, int, int],
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        self.height, self.width, n_channels = image_shape
        scale = 2 ** len(channels)
        # Rounded up; the surplus is cut off at the end.
        height, width = -(-self.height // scale), -(-self.width // scale)
        self.start = (channels[0], height, width)
        self.first = linear(n_in, math.prod(self.start), rng)
        layers: list[nn.Module] = []
        for n_before, n_after in pairwise([*channels, n_channels]):
            # One group normalises over all channels of an image.
            layers += [nn.GroupNorm(1, n_before), nn.LeakyReLU(LEAK)]
            layers += [_convolution(nn.ConvTranspose2d, n_before, n_after, rng)]
        self.layers = nn.Sequential(*layers, nn.Tanh())

    def forward(self, inputs: Tensor) -> Tensor:
        """Return flattened images of shape (batch, height * width * channels)."""
        small = self.first(inputs).unflatten(1, self.start)
        images = self.layers(small)[:, :, : self.height, : self.width]
        return images.permute(0, 2, 3, 1).flatten(1)


class ConvolutionalCritic(Critic):
    """A critic of images: convolutions that each halve the image size.

    Parameters
    ----------
    image_shape : tuple (height, width, channels)
        Shape of the images.

    n_condition : int
        Length of the condition vector, possibly 0. Only the last layer sees it.

    channels : sequence of int
        Channels of each hidden layer.

    n_out : int
        Number of outputs.

    rng : torch.Generator
        Source of the initial weights.

    References
    ----------
    .. [1] A. Radford, L. Metz, S. Chintala, "Unsupervised representation learning with
       deep convolutional generative adversarial networks", 2015.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        n_condition: int,
        channels: Sequence[int],
        n_out: int,
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        self.image_shape = image_shape
        height, width, n_channels = image_shape
        self.layers: Any = nn.ModuleList(
            _convolution(nn.Conv2d, n_before, n_after, rng)
            for n_before, n_after in pairwise([n_channels, *channels])
        )
        scale = 2 ** len(channels)
        n_flat = channels[-1] * (height // scale) * (width // scale)
        self.last = linear(n_flat + n_condition, n_out, rng)

    def activations(self, rows: Tensor, condition: Tensor) -> list[Tensor]:
        """Return the outputs of each layer, flattened."""
        hidden = rows.unflatten(1, self.image_shape).permute(0, 3, 1, 2)
        outputs = []
        for layer in self.layers:
            hidden = functional.leaky_relu(layer(hidden), LEAK)
            outputs.append(hidden.flatten(1))
        return [*outputs, self.last(torch.cat([outputs[-1], condition], dim=1))]


def _convolution(
    kind: type[nn.Conv2d | nn.ConvTranspose2d],
    n_in: int,
    n_out: int,
    rng: torch.Generator,
) -> nn.Module:
    """Create a convolution that halves or doubles the sides of an image."""
    layer = undrawn(
        kind, n_in, n_out, kernel_size=4, stride=2, padding=1, device=rng.device
    )
    # Each output of a transposed convolution uses a quarter of the kernel.
    return initialise(layer, n_in * (16 if kind is nn.Conv2d else 4), rng)
