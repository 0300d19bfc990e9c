import pytest
from small_tables import FAST, numbers, read

from gansampler import GANOverSampler, TabularGAN
from gansampler.cli.settings import apply_settings, known_settings


def test__apply_settings__parameters_of_both__set():
    sampler = apply_settings(
        GANOverSampler(),
        ["gan.latent_dim=16", "gan.generator_layers=32,8", "n_candidates=3"]
        + [
            "gan.objective=hinge",
            "gan.early_stopping=true",
            "rejection_estimator=none",
        ],
    )
    assert sampler.gan.latent_dim == 16
    assert sampler.gan.generator_layers == (32, 8)
    assert sampler.gan.objective == "hinge"
    assert sampler.gan.early_stopping is True
    assert sampler.n_candidates == 3
    assert sampler.rejection_estimator is None


def test__known_settings__every_parameter__has_a_way_or_a_reason():
    known = set(known_settings())
    left = {f"gan.{name}" for name in TabularGAN().get_params(deep=False)} - known
    assert left == {
        *("gan.categorical_features", "gan.random_state", "gan.verbose"),
        *("gan.generator", "gan.critic", "gan.callback"),
    }
    left = set(GANOverSampler().get_params(deep=False)) - known
    assert left == {
        *("gan", "sampling_strategy", "categorical_features", "constraints"),
        *("random_state", "verbose"),
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("latent_dim=3", "no such parameter. Did you mean gan.latent_dim?"),
        ("gan.latent=3", "Did you mean gan.latent_dim?"),
        ("gan.latent_dim", "has no value. Write NAME=VALUE"),
        ("gan.latent_dim=0", "--set gan.latent_dim: must be an int in the range"),
        ("gan.objective=hing", "--set gan.objective: must be a str among"),
        ("n_candidates=0", "--set n_candidates: must be an int"),
        ("random_state=3", "--set random_state: use --seed instead"),
        ("gan.critic=x", "this parameter is Python code and can only be set there"),
        ("gan.pac=3", "batch_size"),
    ],
)
def test__resample__setting_that_can_t_be__told_before_training(
    run, no_training, setting, message
):
    done = run("resample", numbers(), "-t", "y", "-o", "o.csv", "--set", setting)
    assert done.exit_code == 1
    assert message in done.stderr


def test__resample__setting__counts(run):
    for name, dim in (("a.csv", 4), ("b.csv", 5)):
        options = ["--set", f"gan.latent_dim={dim}", *FAST]
        assert (
            run("resample", numbers(), "-t", "y", "-o", name, *options).exit_code == 0
        )
    assert not read("a.csv").frame.equals(read("b.csv").frame)
