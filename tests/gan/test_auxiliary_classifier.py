import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import logsumexp, softmax
from tables import global_states
from trainings import changed, make_trainer, train

from gansampler.gan.auxiliary_classifier import AuxiliaryClassifier, classification_loss
from gansampler.gan.history import LabelledRows
from gansampler.gan.networks import DenseCritic
from gansampler.tabular.encoder import RowLayout

SETTINGS = changed(
    latent_dim=8,
    generator_layers=(32, 32),
    critic_layers=(32, 32),
    max_iter=200,
    batch_size=128,
)


def labelled_rows(own=2):
    """Make one hundred rows in classes of 70, 25 and 5 rows, shuffled."""
    rng = np.random.default_rng(0)
    codes = rng.permutation(np.repeat([0, 1, 2], [70, 25, 5]))
    rows = np.column_stack([np.arange(100), codes]).astype(np.float32)
    return LabelledRows(rows, codes, own)


def two_clouds(own):
    """Make rows of two classes that overlap, left and right of zero."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], 150)
    rows = rng.normal(size=(300, 2)) + np.column_stack([2 * codes - 1, 0 * codes])
    return LabelledRows(rows.astype(np.float32), codes, own)


def test__draw__many_rows__each_class_and_each_row_within_it_as_often(torch_rng):
    labelled = labelled_rows()
    states = global_states()
    auxiliary = AuxiliaryClassifier(labelled, "cpu")
    rows, codes = auxiliary.draw(30_000, torch_rng)
    assert auxiliary.n_classes == 3
    assert torch.equal(rows[:, 1], codes.float())  # each with its own class
    assert stats.chisquare(np.bincount(codes)).pvalue > 0.01
    of_row = np.bincount(rows[:, 0].long(), minlength=100)
    for code in range(3):
        assert stats.chisquare(of_row[labelled.codes == code]).pvalue > 0.01
    assert global_states() == states


@pytest.mark.parametrize("own", [0, 2])
def test__own_codes__any_number__the_class_that_is_trained(own):
    codes = AuxiliaryClassifier(labelled_rows(own), "cpu").own_codes(3)
    assert codes.tolist() == [own] * 3
    assert codes.dtype == torch.int64


@pytest.mark.parametrize("n_condition", [0, 3])
def test__classification_loss__linear_critic__cross_entropy_and_its_gradient(
    n_condition, torch_rng
):
    critic = DenseCritic([4 + n_condition, 1 + 3], torch_rng).double()
    rows = torch.randn((5, 4), generator=torch_rng, dtype=torch.float64)
    codes = torch.tensor([0, 2, 1, 1, 2])
    loss = classification_loss(critic, rows, codes, n_condition)
    loss.backward()

    (layer,) = critic.layers
    weight, bias = (part.detach().numpy() for part in (layer.weight, layer.bias))
    logits = rows.numpy() @ weight[1:, :4].T + bias[1:]
    at_code = logits[np.arange(5), codes]
    expected = (logsumexp(logits, axis=1) - at_code).mean()
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    wrong = (softmax(logits, axis=1) - np.eye(3)[codes]) / 5
    slope = np.zeros(weight.shape)  # neither the score nor the condition has a part
    slope[1:, :4] = wrong.T @ rows.numpy()
    np.testing.assert_allclose(layer.weight.grad, slope, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("own", [0, 1])
def test__training__two_clouds_overlap__rows_keep_to_their_side(own):
    labelled = two_clouds(own)
    rows = labelled.rows[labelled.codes == own]
    layout = RowLayout(n_scalars=2, block_sizes=())
    intruding = []
    for factor in (0.0, 1.0):
        settings = changed(SETTINGS, auxiliary_classifier=factor)
        gan, history = train(
            rows, layout, settings, seed=0, labelled=labelled if factor else None
        )
        assert np.isfinite(history.critic_loss).all()
        left = gan.draw(2000, seed=0)[:, 0] < 0
        intruding.append((left if own else ~left).mean())
    assert intruding[0] > 0.1  # about as many as of the real rows
    assert intruding[1] < intruding[0] / 4


def test__training__critic__learns_the_classes_and_still_tells_real_from_generated():
    labelled = two_clouds(1)
    rows = torch.from_numpy(labelled.rows[labelled.codes == 1])
    settings = changed(SETTINGS, auxiliary_classifier=1.0)
    trainer = make_trainer(rows.numpy(), RowLayout(2, ()), settings, 0, labelled)
    for _ in range(200):
        trainer._critic_step(trainer._draw_batch())
    with torch.no_grad():
        everyone = torch.from_numpy(labelled.rows)
        named = trainer.critic.classify(everyone, 0).argmax(dim=1)
        real = trainer.critic(rows, torch.empty(150, 0)).mean()
        generated = trainer._generate(torch.empty(150, 0)).rows
        assert real > trainer.critic(generated, torch.empty(150, 0)).mean()
    side = everyone[:, 0] > 0
    assert (named.bool() == side).float().mean() > 0.9
