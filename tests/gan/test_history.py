import inspect
import pickle
from dataclasses import FrozenInstanceError, asdict, fields

import pytest

from gansampler import GANOverSampler
from gansampler.gan import PrivateTabularGAN
from gansampler.gan.history import History, PrivacyConfig

NOT_OF_THE_TRAINING = {
    "sampling_strategy",
    "categorical_features",
    "rejection_estimator",
    "n_candidates",
    "augmentation",
    "augmentation_fraction",
    "constraints",
    "column_bounds",
    "callback",
    "n_jobs",
    "random_state",
    "verbose",
}


# Gathered in `TrainingConfig.privacy`.
PRIVATE = {field.name for field in fields(PrivacyConfig)}


def test__training_config__fields__parameters_of_the_sampler():
    names = {field.name for field in fields(TrainingConfig)}
    assert names | PRIVATE == set(GANOverSampler().get_params()) - NOT_OF_THE_TRAINING


def test__training_config__sampler_params__arrive_unchanged():
    given = {
        name: parameter.default
        for name, parameter in inspect.signature(GANOverSampler).parameters.items()
        if name not in NOT_OF_THE_TRAINING | PRIVATE
    }
    given |= {"penalty": "r2", "n_critic": 3, "ema_decay": 0.5, "critic_layers": (7,)}
    config = asdict(GANOverSampler(**given)._training_config())
    assert config.pop("device") == "cpu"
    given.pop("device")
    assert config == given
    with pytest.raises(FrozenInstanceError):
        GANOverSampler()._training_config().penalty = "r1"


def test__training_config__privacy__asked_for__what_it_may_spend():
    sampler = GANOverSampler(
        PrivateTabularGAN(epsilon=3, delta=0.01, max_grad_norm=2, objective="hinge")
    )
    assert sampler._training_config().privacy == PrivacyConfig(3.0, 0.01, 2.0)


def test__history__new__empty_and_its_own():
    first, second = History(), History()
    first.fidelity.append(1.0)
    assert second == History()
    assert second.fidelity == []
    assert pickle.loads(pickle.dumps(first)) == first


@pytest.mark.parametrize(
    ("n_iter", "diversity", "expected"),
    [
        (300, [], False),
        (300, [0.1, 1.0], False),
        (300, [1.0, 0.29], True),
        (99, [0.0], False),
        (100, [0.0], True),
    ],
)
def test__history__collapsed__by_the_last_look_at_a_long_training(
    n_iter, diversity, expected
):
    assert History(n_iter=n_iter, diversity=diversity).collapsed is expected
