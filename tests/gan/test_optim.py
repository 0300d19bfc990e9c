import pytest
import torch
from torch import nn

from gansampler.gan.optim import Adam, FlatWeights


def make_network():
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 1))
    torch.set_rng_state(torch_state)
    return network


def take_gradients(network, weights, rows):
    weights.clear_gradients()
    network(rows).square().mean().backward()


def test__flat_weights__network__computes_as_before_and_shares_memory():
    network, rows = make_network(), torch.ones(2, 3)
    before = network(rows)
    weights = FlatWeights(network)
    torch.testing.assert_close(network(rows), before, rtol=0, atol=0)
    (vector,) = weights.vectors
    assert len(vector) == sum(w.numel() for w in network.parameters())
    vector.zero_()
    assert not network(rows).any()


def test__flat_weights__frozen_weight__left_out():
    network = make_network()
    frozen = network[0].weight.requires_grad_(False)
    before = frozen.clone()
    weights = FlatWeights(network)
    assert len(weights.vectors[0]) == sum(
        w.numel() for w in network.parameters() if w.requires_grad
    )
    weights.vectors[0].zero_()
    assert torch.equal(frozen, before)


def test__flat_weights__two_dtypes__a_vector_for_each():
    network = make_network()
    network[2].double()
    vectors = FlatWeights(network).vectors
    assert [vector.dtype for vector in vectors] == [torch.float32, torch.float64]
    assert network[2].weight.dtype == torch.float64


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test__approach__share__moves_that_part_of_the_way(share):
    ours, theirs = FlatWeights(make_network()), FlatWeights(make_network())
    theirs.vectors[0].add_(1)
    before = ours.vectors[0].clone()
    ours.approach(theirs, share)
    torch.testing.assert_close(ours.vectors[0], before + share)


def test__adam__some_steps__as_torch():
    ours, theirs = make_network(), make_network()
    weights = FlatWeights(ours)
    optimizer = Adam(weights)
    reference = torch.optim.Adam(theirs.parameters(), betas=(0.0, 0.9))
    rows = torch.randn((5, 3), generator=torch.Generator().manual_seed(1))
    for rate in (1e-2, 1e-2, 3e-3, 1e-3):
        take_gradients(ours, weights, rows)
        optimizer.step(rate)
        reference.param_groups[0]["lr"] = rate
        reference.zero_grad()
        theirs(rows).square().mean().backward()
        reference.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test__adam__no_gradient__stays():
    network = make_network()
    weights = FlatWeights(network)
    before = weights.vectors[0].clone()
    Adam(weights).step(0.1)
    assert torch.equal(weights.vectors[0], before)
