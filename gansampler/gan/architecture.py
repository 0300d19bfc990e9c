"""Create the networks of a training: dense, convolutional or the user's own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from gansampler.gan.convolutional import ConvolutionalBody, ConvolutionalCritic
from gansampler.gan.networks import (
    Critic,
    DenseBody,
    DenseCritic,
    Generator,
    ModuleCritic,
    add_spectral_norm,
)
from gansampler.gan.settings import TrainingSettings
from gansampler.gan.torch_state import draw_seed, own_random_state
from gansampler.tabular.encoder import RowLayout


def make_networks(
    settings: TrainingSettings,
    layout: RowLayout,
    n_condition: int,
    n_classes: int,
    rng: torch.Generator,
) -> tuple[Generator, Critic]:
    """Create a generator and its critic, with random weights, on the CPU.

    Parameters
    ----------
    settings : TrainingSettings
        The parameters of the training.

    layout : RowLayout
        Layout of an encoded row.

    n_condition : int
        Length of the condition vector, possibly 0.

    n_classes : int
        Number of classes that the critic must distinguish, 0 for none.

    rng : torch.Generator
        Source of the initial weights, on the CPU.

    Returns
    -------
    generator : Generator
        Maps latent vectors and conditions to logits of rows.

    critic : Critic
        Scores rows, or packs of them.

    Raises
    ------
    TypeError, ValueError
        If a user's own network is not a torch module, or does not fit the rows.
    """
    generator = Generator(
        _make_body(settings, settings.latent_dim + n_condition, layout, rng),
        settings.latent_dim,
        layout,
    )
    n_row, n_condition = settings.pac * layout.width, settings.pac * n_condition
    critic = _make_critic(settings, n_row, n_condition, 1 + n_classes, rng)
    if settings.spectral_norm:
        with own_random_state(draw_seed(rng)):
            add_spectral_norm(generator)
            add_spectral_norm(critic)
    return generator, critic


def _make_body(
    settings: TrainingSettings, n_in: int, layout: RowLayout, rng: torch.Generator
) -> nn.Module:
    layers = settings.generator_layers
    if settings.generator is not None:
        return _call_user("generator", settings.generator, n_in, layout.width, rng)
    if settings.image_shape is not None:
        return ConvolutionalBody(n_in, layers, settings.image_shape, rng)
    return DenseBody([n_in, *layers, layout.width], rng)


def _make_critic(
    settings: TrainingSettings,
    n_row: int,
    n_condition: int,
    n_out: int,
    rng: torch.Generator,
) -> Critic:
    layers, n_in = settings.critic_layers, n_row + n_condition
    if settings.critic is not None:
        return ModuleCritic(_call_user("critic", settings.critic, n_in, n_out, rng))
    if settings.image_shape is not None:
        shape = settings.image_shape
        return ConvolutionalCritic(shape, n_condition, layers, n_out, rng)
    return DenseCritic([n_in, *layers, n_out], rng)


def _call_user(
    name: str, make: Any, n_in: int, n_out: int, rng: torch.Generator
) -> nn.Module:
    """Let the user's callable create a network, and try it on two rows."""
    seed = draw_seed(rng)
    with own_random_state(seed):
        network = make(n_in, n_out, seed)
        if not isinstance(network, nn.Module):
            raise TypeError(
                f"`{name}` must be a callable (n_in, n_out, random_state) that returns "
                f"a torch.nn.Module, but it returned {network!r}."
            )
        try:
            network = deepcopy(network)  # don't train the user's object
            outputs = network(torch.zeros(2, n_in))
            shape, learns = tuple(outputs.shape), outputs.requires_grad
        except Exception as error:
            raise ValueError(
                f"The network that `{name}` returned fails on a batch of shape "
                f"(2, {n_in}), where n_in={n_in}: {error}"
            ) from error
    if shape != (2, n_out):
        raise ValueError(
            f"The network that `{name}` returned turns a batch of shape (2, {n_in}) "
            f"into one of shape {shape}. It must return (2, {n_out}), because "
            f"n_out={n_out}."
        )
    if not learns:
        raise ValueError(
            f"The outputs of the network that `{name}` returned do not depend on any "
            "trainable weights. Add some, and do not detach the outputs."
        )
    return network
