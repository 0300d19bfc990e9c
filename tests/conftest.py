import os

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings
from tables import mixed_frame, quick

from gansampler import GANOverSampler

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", parent=settings.get_profile("ci"), derandomize=False, max_examples=300
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config):
    # imbalanced-learn 0.14.2 hands a generator of checks to `parametrize`, which
    # pytest 10 will refuse; without this test_contract.py can't be collected.
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Passing a non-Collection iterable to parametrize"
        ":pytest.PytestRemovedIn10Warning",
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def torch_rng():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def two_threads():
    """Let torch use two threads in the test, and what it used before after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def no_training(monkeypatch):
    """Fail a test that gets as far as a training."""
    import gansampler.training

    def refuse(*args, **kwargs):
        pytest.fail("a training was started")

    monkeypatch.setattr(gansampler.training, "train", refuse)


@pytest.fixture(scope="session")
def mixed():
    """Give a table with a column of every kind that pandas knows, and its labels."""
    return mixed_frame()


@pytest.fixture(scope="session")
def fitted(mixed) -> GANOverSampler:
    """Give a sampler fitted on `mixed`; not to be changed."""
    sampler = quick(max_iter=20)
    sampler.fit_resample(*mixed)
    return sampler
