"""Classes that are trained together: each is trained as it would be alone."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tqdm.auto import tqdm
from trainings import changed

from gansampler.gan import training
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.conditioning import CategoryCondition
from gansampler.gan.joint_condition import join_conditions
from gansampler.gan.joint_rows import JointActivation, join
from gansampler.gan.row_activation import RowActivation
from gansampler.gan.stacked_networks import copy_member
from gansampler.gan.training import Trainer, train
from gansampler.tabular.encoder import RowLayout

SETTINGS = changed(
    latent_dim=8,
    generator_layers=(32, 32),
    critic_layers=(32, 32),
    max_iter=25,
    batch_size=64,
)
LAYOUTS = [RowLayout(3, (3, 2)), RowLayout(4, (4,)), RowLayout(1, (2, 2, 4))]
layouts = st.lists(
    st.builds(
        lambda n, sizes: RowLayout(n, tuple(sizes)),
        st.integers(1, 3),
        st.lists(st.integers(2, 4), max_size=3),
    ),
    min_size=2,
    max_size=4,
)


def make_class(layout, seed, n=40, watch=None):
    rng = np.random.default_rng(seed)
    blocks = [np.eye(size)[rng.integers(0, size, n)] for size in layout.block_sizes]
    rows = np.hstack([rng.normal(size=(n, layout.n_scalars)), *blocks])
    return ClassRows(rows.astype(np.float32), layout, seed, watch=watch)


def make_classes(own_layouts=LAYOUTS, **params):
    return [make_class(layout, k, **params) for k, layout in enumerate(own_layouts)]


def sources(classes):
    return [torch.Generator().manual_seed(seed) for seed in range(len(classes))]


@pytest.mark.parametrize(
    "change",
    [
        {"condition": "category"},
        {"condition": "none"},
        {"condition": "anchor"},
        {"objective": "hinge", "penalty": "gradient", "n_critic": 2},
        {"objective": "wasserstein", "penalty": "clip"},
        {"objective": "minimax", "penalty": "r1", "critic_layers": ()},
        {"generator_layers": (), "instance_noise": 0.0},
    ],
    ids=str,
)
def test__train__together__as_each_alone(change):
    settings = changed(SETTINGS, **change)
    together = train(make_classes(), settings)
    for given_, (gan, history) in zip(make_classes(), together, strict=True):
        ((alone, own),) = train([given_], settings)
        for name in ("fidelity", "critic_loss", "generator_loss", "diversity"):
            ours, theirs = getattr(history, name), getattr(own, name)
            np.testing.assert_allclose(ours, theirs, rtol=2e-3, err_msg=name)
        scalars = slice(given_.layout.n_scalars)  # a category may turn at a last digit
        np.testing.assert_allclose(
            gan.draw(50, 1)[:, scalars], alone.draw(50, 1)[:, scalars], atol=0.02
        )


def test__train__class_without_categories_beside_one_with__as_each_alone():
    classes = make_classes([RowLayout(4, ()), RowLayout(3, (2,))])
    for given_, (_, history) in zip(classes, train(classes, SETTINGS), strict=True):
        ((_, own),) = train([given_], SETTINGS)
        np.testing.assert_allclose(history.fidelity, own.fidelity, rtol=2e-3)


def test__train__several__in_the_order_given_and_by_width(monkeypatch):
    sizes = [9, 3, 10, 30, 3]
    classes = make_classes([RowLayout(size, ()) for size in sizes])
    parts = []

    class Spy(Trainer):
        def __init__(self, classes, settings):
            parts.append([own.layout.width for own in classes])
            super().__init__(classes, settings)

    monkeypatch.setattr(training, "Trainer", Spy)
    results = train(classes, SETTINGS)
    assert parts == [[3, 3], [9, 10], [30]]
    assert [gan.draw(1, 0).shape[1] for gan, _ in results] == sizes


@pytest.mark.parametrize(
    "change", [{"pac": 2}, {"spectral_norm": True}, {"feature_matching": 0.5}], ids=str
)
def test__train__networks_that_can_t_be_stacked__one_after_another(change):
    settings = changed(SETTINGS, max_iter=5, **change)
    together = train(make_classes(), settings)
    for given_, (gan, _) in zip(make_classes(), together, strict=True):
        ((alone, _),) = train([given_], settings)
        np.testing.assert_array_equal(gan.draw(9, 1), alone.draw(9, 1))


def test__train__many__no_more_than_the_limit_at_once(monkeypatch):
    monkeypatch.setattr(training, "MAX_TOGETHER", 2)
    monkeypatch.setattr(training.Trainer, "run", lambda self, bar: self.trainings)
    classes = make_classes([RowLayout(2, ())] * 5)
    settings = changed(SETTINGS, max_iter=1)
    assert len(train(classes, settings)) == 5
    parts = list(training._alike(classes, settings))
    assert [len(part) for part in parts] == [2, 2, 1]


def test__train__one_is_stopped__others_go_on_as_alone():
    settings = changed(SETTINGS, max_iter=100)
    classes = make_classes()
    classes[1] = make_class(LAYOUTS[1], 1, watch=lambda history: True)
    (_, first), (stopped, second), _ = train(classes, settings)
    assert (first.n_iter, second.n_iter) == (100, 25)
    assert second.iteration == [25]
    ((alone, _),) = train([classes[1]], settings)
    np.testing.assert_allclose(
        stopped.draw(50, 1)[:, :4], alone.draw(50, 1)[:, :4], atol=0.02
    )


def test__train__one_breaks_down__others_as_alone():
    classes = make_classes()
    classes[0].rows[0, 0] = np.nan  # which spreads to its networks
    (lost, broken), (_, second), _ = train(classes, SETTINGS)
    assert lost is None
    assert broken.diverged
    ((_, own),) = train([classes[1]], SETTINGS)
    np.testing.assert_allclose(second.fidelity, own.fidelity, rtol=2e-3)


def test__trainer__some_steps__padding_stays_zero():
    trainer = Trainer(make_classes(), changed(SETTINGS, max_iter=10))
    trainer.run(tqdm(disable=True))
    own = trainer.trainings[1]  # whose rows are padded
    width = own.layout.width
    assert width < trainer.rows.shape[1]
    assert not trainer.generator.body.last.weight[1, width:].any()
    assert (
        not trainer.critic.layers[0].weight[1, :, width : trainer.rows.shape[1]].any()
    )
    fake = trainer._generate(trainer.condition.draw_pairs(9, *trainer.rngs)[1]).rows
    assert not fake[1, :, width:].any()


def test__copy_member__of_a_stack__the_first_weights():
    trainer = Trainer(make_classes(), SETTINGS)
    for k, own in enumerate(trainer.trainings):
        before = {name: w.clone() for name, w in own.generator.named_parameters()}
        for weight in own.generator.parameters():
            weight.data.fill_(7.0)
        copy_member(trainer.generator, k, own.generator)
        for name, weight in own.generator.named_parameters():
            torch.testing.assert_close(weight, before[name], rtol=0, atol=0)


@given(layouts, st.integers(1, 5))
def test__joint_activation__any_layouts__each_class_as_by_itself(own_layouts, batch):
    rng = torch.Generator().manual_seed(0)
    logits = [
        torch.randn((batch, layout.width), generator=rng) for layout in own_layouts
    ]
    soft = JointActivation(own_layouts).soft(join(logits), *sources(logits))
    for k, (layout, own, source) in enumerate(
        zip(own_layouts, logits, sources(logits), strict=True)
    ):
        expected = RowActivation(layout).soft(own, source)
        torch.testing.assert_close(soft[k, :, : layout.width], expected)
        assert not soft[k, :, layout.width :].any()


def test__joint_activation__cross_entropy__that_of_each_class():
    conditions = [
        CategoryCondition(torch.from_numpy(own.rows), own.layout)
        for own in make_classes()
    ]
    told = [own.draw_pairs(6, torch.Generator())[1] for own in conditions]
    logits = [torch.randn(6, layout.width) for layout in LAYOUTS]
    loss = JointActivation(LAYOUTS).cross_entropy(join(logits), join(told))
    expected = [
        RowActivation(own).cross_entropy(x, c)
        for own, x, c in zip(LAYOUTS, logits, told, strict=True)
    ]
    torch.testing.assert_close(loss, torch.stack(expected))


def test__joint_condition__categories__rows_and_conditions_of_each_class():
    classes = make_classes()
    conditions = [
        CategoryCondition(torch.from_numpy(own.rows), own.layout) for own in classes
    ]
    n_rows = [len(own.rows) for own in classes]
    rows, told = join_conditions(conditions, n_rows).draw_pairs(20, *sources(classes))
    starts = np.cumsum([0, *n_rows])
    for k, (condition, source) in enumerate(
        zip(conditions, sources(classes), strict=True)
    ):
        own, expected = condition.draw_pairs(20, source)
        torch.testing.assert_close(rows[k], own + int(starts[k]))
        torch.testing.assert_close(told[k, :, : condition.width], expected)
        assert not told[k, :, condition.width :].any()
    for first, end in pairwise(starts):
        assert ((rows >= first) & (rows < end)).any()
