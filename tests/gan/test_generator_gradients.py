"""Explicit gradients of generators against autograd's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from trainings import changed

from gansampler.gan.convolutional import ConvolutionalBody
from gansampler.gan.generator_gradients import (
    DenseRows,
    GeneratedRows,
    make_generate,
)
from gansampler.gan.networks import DenseBody, Generator, add_spectral_norm
from gansampler.gan.optim import FlatWeights
from gansampler.gan.stacked_networks import StackedGenerator
from gansampler.tabular.encoder import RowLayout

N_LATENT = 3

row_layouts = st.builds(
    lambda n, sizes: RowLayout(n, tuple(sizes)),
    st.integers(1, 3),
    st.lists(st.integers(1, 4), max_size=3),
)
hidden_layers = st.lists(st.integers(1, 9), max_size=3)


def make_generator(layout, hidden=(6, 5), seed=0):
    rng = torch.Generator().manual_seed(seed)
    n_in = N_LATENT + layout.width - layout.n_scalars
    generator = Generator(DenseBody([n_in, *hidden, layout.width], rng), 3, layout)
    for name, weight in generator.named_parameters():  # of norms: they are one and zero
        if weight.dim() == 1 and name.startswith("body.layers"):
            weight.data.uniform_(0.5, 1.5, generator=rng)
    return generator


def draw(shape, seed):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=rng, dtype=torch.float64)


def draw_condition(layout, batch, seed):
    """Ask each row for a category of one of its blocks."""
    width = layout.width - layout.n_scalars
    rng = torch.Generator().manual_seed(seed)
    condition = torch.zeros((batch, width), dtype=torch.float64)
    if width:
        asked = torch.randint(width, (batch, 1), generator=rng)
        condition.scatter_(1, asked, 1.0)
    return condition


def sources(n):
    return [torch.Generator().manual_seed(seed) for seed in range(n)]


def assert_alike(generator, is_asked, latent, condition, n_classes=1):
    """Generate and differentiate in both ways, from the same random numbers."""
    weights = FlatWeights(generator)
    found = []
    for kind in (GeneratedRows, DenseRows):
        generated = kind(generator, is_asked, latent, condition, sources(n_classes))
        weights.clear_gradients()
        # Twice, because gradients add up.
        for seed in (7, 8):
            kind(
                generator, is_asked, latent, condition, sources(n_classes)
            ).add_gradients(draw(generated.rows.shape, seed))
        loss = generated.condition_loss().detach()
        found.append((generated.rows, loss, weights.gradients[0].clone()))
    assert not found[1][0].requires_grad
    torch.testing.assert_close(found[1], found[0], rtol=1e-9, atol=1e-11)


@given(row_layouts, hidden_layers, st.integers(2, 6), st.booleans())
def test__dense_rows__any_dense_generator__as_autograd(layout, hidden, batch, is_told):
    generator = make_generator(layout, hidden).double()
    condition = draw_condition(layout, batch, 1)
    is_asked = is_told and bool(layout.block_sizes)
    assert_alike(generator, is_asked, draw((batch, N_LATENT), 2), condition)


@given(st.lists(row_layouts, min_size=2, max_size=3), st.integers(2, 5), st.booleans())
def test__dense_rows__stack_of_classes__as_autograd(layouts, batch, is_told):
    generators = [make_generator(own, seed=k) for k, own in enumerate(layouts)]
    generator = StackedGenerator(generators, layouts).double()
    conditions = [draw_condition(own, batch, k) for k, own in enumerate(layouts)]
    width = max(own.shape[1] for own in conditions)
    condition = torch.stack(
        [nn.functional.pad(own, (0, width - own.shape[1])) for own in conditions]
    )
    is_asked = is_told and generator.activation.n_blocks > 0
    latent = draw((len(layouts), batch, N_LATENT), 2)
    assert_alike(generator, is_asked, latent, condition, len(layouts))


@pytest.mark.parametrize("scale", [1e4, 1e30])
def test__dense_rows__huge_logits__gradients_stay_finite(scale):
    layout = RowLayout(1, (3, 2))
    generator = make_generator(layout)
    generator.body.last.weight.data.mul_(scale)
    weights = FlatWeights(generator)
    condition = draw_condition(layout, 8, 1).float()
    latent = draw((8, N_LATENT), 2).float()
    generated = DenseRows(generator, True, latent, condition, sources(1))
    generated.add_gradients(torch.ones_like(generated.rows))
    of_last = generator.body.last.weight.grad
    assert generated.rows.isfinite().all()
    assert of_last.isfinite().all()
    assert weights.gradients[0].any()


LAYOUT = RowLayout(4, ())


@pytest.mark.parametrize(
    ("body", "changes", "kind"),
    [
        (lambda rng: DenseBody([3, 5, 4], rng), {}, DenseRows),
        (lambda rng: DenseBody([3, 4], rng), {}, DenseRows),
        (lambda rng: DenseBody([3, 5, 4], rng), {"spectral_norm": True}, GeneratedRows),
        (lambda rng: ConvolutionalBody(3, (2,), (2, 2, 1), rng), {}, GeneratedRows),
        (lambda rng: nn.Linear(3, 4), {}, GeneratedRows),
    ],
    ids=["dense", "linear", "spectral", "convolutional", "own"],
)
def test__make_generate__generator__explicit_where_it_is_plain(
    body, changes, kind, torch_rng
):
    generator = Generator(body(torch_rng), N_LATENT, LAYOUT)
    if changes:
        add_spectral_norm(generator)
    generate = make_generate(generator, changed(**changes))
    generated = generate(torch.zeros(2, N_LATENT), torch.empty(2, 0), [torch_rng])
    assert type(generated) is kind
    assert generated.rows.shape == (2, 4)
    assert generated.condition_loss() == 0  # there is no category to ask for
