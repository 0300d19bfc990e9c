"""The parts of a sampler: what goes together, and what they are told."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier
from tables import LABELS, SMALL, quick, quick_gan

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN, PrivateTabularGAN
from gansampler.generation.composition import MAX_LABELLED_ROWS, draw_other_classes

pytestmark = pytest.mark.usefixtures("few_trees")

NUMBERS = np.random.default_rng(0).normal(size=(90, 3)).round(3)


def test__set_params__of_a_generator_that_is_none__makes_one():
    sampler = GANOverSampler(random_state=0).set_params(gan__max_iter=7)
    assert sampler.gan.get_params() == TabularGAN(max_iter=7).get_params()
    assert sampler.set_params(gan=None).gan is None
    assert GANOverSampler().set_params(gan=None, gan__pac=2).gan.pac == 2
    with pytest.raises(ValueError, match="Invalid parameter 'no' for estimator Tab"):
        GANOverSampler().set_params(gan__no=1)


def test__set_params__of_a_given_generator__set_on_it():
    sampler = GANOverSampler(ImageGAN((8, 8)))
    sampler.set_params(gan__max_iter=7, n_candidates=2)
    assert (type(sampler.gan), sampler.gan.max_iter) == (ImageGAN, 7)
    swapped = sampler.set_params(gan=TabularGAN(), gan__max_iter=8)
    assert (type(swapped.gan), swapped.gan.max_iter) == (TabularGAN, 8)


@pytest.mark.parametrize("make_gan", [lambda: None, TabularGAN])
def test__grid_search__parameters_of_the_generator__need_no_ceremony(make_gan):
    pipeline = make_pipeline(
        GANOverSampler(make_gan(), random_state=0).set_params(
            **{f"gan__{name}": value for name, value in SMALL.items()}
        ),
        LogisticRegression(),
    )
    grid = {
        "ganoversampler__gan__latent_dim": [2, 3],
        "ganoversampler__n_candidates": [1, 2],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(NUMBERS, LABELS)
    assert set(search.best_params_) == set(grid)
    assert pipeline[0].gan.latent_dim == SMALL["latent_dim"]
    pipeline.set_params(ganoversampler__gan__latent_dim=3)
    assert pipeline[0].gan.latent_dim == 3


def test__generator__given__is_not_fitted_itself():
    gan = quick_gan()
    sampler = GANOverSampler(gan, random_state=0).fit(NUMBERS, LABELS)
    sampler.fit_resample(NUMBERS, LABELS)
    assert sampler.gan is gan
    assert not [name for name in vars(gan) if name.endswith("_")]


def test__default_generator__is_a_tabular_gan():
    params = {"rejection_estimator": None, "random_state": 0}
    default = GANOverSampler(**params).set_params(gan__max_iter=5)
    given = GANOverSampler(TabularGAN(max_iter=5), **params)
    default, given = (s.fit_resample(NUMBERS, LABELS)[0] for s in (default, given))
    np.testing.assert_array_equal(default, given)


def test__random_state__of_the_generator__decides_the_training_alone():
    def train(of_gan, of_sampler):
        sampler = quick(rejection_estimator=None, random_state=of_sampler)
        sampler.set_params(gan__random_state=of_gan).fit_resample(NUMBERS, LABELS)
        return sampler.generators_[1].sample(9, random_state=0)

    np.testing.assert_array_equal(train(3, 0), train(3, 1))
    assert not np.array_equal(train(3, 0), train(4, 0))
    assert not np.array_equal(train(None, 0), train(None, 1))


@pytest.mark.processes
def test__random_state_instance_of_the_generator__same_rows_for_any_n_jobs():
    y = np.repeat([0, 1, 2], [40, 25, 25])

    def rows(n_jobs):
        gan = quick_gan(random_state=np.random.RandomState(0))
        sampler = GANOverSampler(gan, n_jobs=n_jobs, random_state=0)
        return sampler.fit_resample(NUMBERS, y)[0]

    np.testing.assert_array_equal(rows(1), rows(2))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"gan": SMOTE()}, ValueError, "'gan' parameter of GANOverSampler.*'sample'"),
        ({"gan": TabularGAN}, TypeError, "provide an instance"),
        ({"gan": TabularGAN(pac=3)}, ValueError, "batch_size=64.*pac=3"),
        ({"gan": TabularGAN(max_iter=0)}, ValueError, "'max_iter' .*TabularGAN"),
        (
            {"gan": TabularGAN(categorical_features=[0])},
            ValueError,
            "Set categorical_features of the sampler",
        ),
        (
            {"gan": PrivateTabularGAN(), "augmentation": "mix"},
            ValueError,
            "private generator can't be combined with an augmentation",
        ),
        (
            {
                "gan": PrivateTabularGAN(),
                "rejection_estimator": DecisionTreeClassifier(),
            },
            ValueError,
            "private generator can't be combined with a rejection_estimator",
        ),
    ],
)
def test__parts__that_do_not_go_together__told_before_training(
    params, error, message, no_training
):
    with pytest.raises(error, match=message):
        GANOverSampler(**params).fit_resample(NUMBERS, LABELS)


def test__clone__of_a_composition__same_parameters_and_another_generator():
    sampler = quick()
    copy = clone(sampler)
    assert copy.gan is not sampler.gan
    assert copy.gan.get_params() == sampler.gan.get_params()


def test__callback__of_the_generator__is_the_users_own_object():
    class Recorder:
        def __init__(self):
            self.told = []

        def on_look(self, look):
            self.told.append(look["label"])

    recorder = Recorder()
    quick(callback=recorder.on_look).fit_resample(NUMBERS, LABELS)
    assert recorder.told == [1]


def test__draw_other_classes__classifier_or_none__rows_of_all_or_nothing():
    frame = pd.DataFrame(NUMBERS)
    names = np.where(LABELS == 1, "rare", "common")
    gan = quick_gan(auxiliary_classifier=1.0)
    for label in ("rare", "common"):
        found = draw_other_classes(gan, frame, names, label, 3)
        pd.testing.assert_frame_equal(found.rows, frame)
        np.testing.assert_array_equal(found.codes == found.own, label == names)
        assert found.codes.dtype == np.int64
    assert draw_other_classes(quick_gan(), frame, names, "rare", 3) is None


def test__draw_other_classes__large_table__ten_thousand_that_the_seed_picks():
    frame = pd.DataFrame({"x": np.arange(11_000.0)})
    y = np.repeat([0, 1], [5_500, 5_500])
    gan = quick_gan(auxiliary_classifier=1.0)
    picked = [draw_other_classes(gan, frame, y, 1, seed).rows for seed in (3, 3, 4)]
    assert len(picked[0]) == MAX_LABELLED_ROWS
    pd.testing.assert_frame_equal(picked[0], picked[1])
    assert not picked[0].equals(picked[2])
