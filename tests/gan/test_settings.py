"""What a generator's parameters become, and which of them make no sense together."""

import re

import numpy as np
import pytest
from tables import described

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN, PrivateTabularGAN
from gansampler.gan.penalties import PENALTIES
from gansampler.gan.settings import check_device, check_layers


def own(n_in, n_out, random_state):
    """Stand for a user's network, which is not made here."""


def make(kind, change):
    """Make a generator; images are of 8 x 9 pixels and 3 channels."""
    if kind is ImageGAN:
        change = {"image_shape": (8, 9, 3), "critic_layers": (4,) * 3} | change
    return kind(**change)


@pytest.mark.parametrize("kind", [TabularGAN, ImageGAN, PrivateTabularGAN])
def test__settings__any_generator__each_parameter_under_its_name(kind):
    gan = make(kind, {"latent_dim": 7, "ema_decay": 0.5, "generator": own})
    settings = gan.training_settings()
    expected = gan.get_params() | {"n_critic": 1, "device": "cpu"}
    assert vars(settings) == expected
    assert settings.generator is own


def test__settings__parameters_that_a_generator_lacks__as_if_unused():
    settings = PrivateTabularGAN().training_settings()
    usual = TabularGAN().training_settings()
    assert settings.condition == "none"
    for name in ("spectral_norm", "pac", "critic", "early_stopping"):
        assert getattr(settings, name) == getattr(usual, name)
    assert settings.feature_matching == settings.auxiliary_classifier == 0
    assert settings.image_shape is usual.image_shape is None


def test__settings__numpy_numbers__plain_ones():
    gan = TabularGAN(
        max_iter=np.int64(3),
        learning_rate=np.float64(0.5),
        spectral_norm=np.True_,
        generator_layers=np.array([8, 4]),
        critic_layers=[np.int32(6)],
    )
    settings = gan.training_settings()
    for name in ("max_iter", "learning_rate", "spectral_norm"):
        assert type(getattr(settings, name)) in (int, float, bool)
    assert settings.generator_layers == (8, 4)
    assert settings.critic_layers == (6,)


@pytest.mark.parametrize(
    ("shape", "expected"), [((8, 9), (8, 9, 1)), ([8, 9, 3], (8, 9, 3))]
)
def test__settings__image_shape__with_its_channels(shape, expected):
    gan = ImageGAN(shape, generator_layers=(4,), critic_layers=(4,))
    assert gan.training_settings().image_shape == expected


@pytest.mark.parametrize(
    ("penalty", "given", "n_critic"),
    [*((name, "auto", p.n_critic) for name, p in PENALTIES.items()), ("clip", 2, 2)],
)
def test__n_critic__auto__the_penalty_s_own(penalty, given, n_critic):
    gan = TabularGAN(penalty=penalty, n_critic=given)
    assert gan.training_settings().n_critic == n_critic
    assert gan.n_critic == given


@pytest.mark.parametrize(
    ("kind", "change", "names"),
    [
        (
            TabularGAN,
            {"objective": "wasserstein", "penalty": "none"},
            ["objective='wasserstein'", "spectral_norm=True", "penalty='none'"],
        ),
        (
            TabularGAN,
            {"penalty": "clip", "spectral_norm": True},
            ["penalty='clip'", "spectral_norm=True"],
        ),
        (TabularGAN, {"batch_size": 9, "pac": 2}, ["batch_size=9", "pac=2"]),
        (TabularGAN, {"pac": 2, "auxiliary_classifier": 0.1}, ["auxiliary_", "pac=2"]),
        (
            TabularGAN,
            {"critic": own, "feature_matching": 0.1},
            ["feature_matching", "`critic`"],
        ),
        (
            TabularGAN,
            {"feature_matching": 0.1, "critic_layers": ()},
            ["feature_matching", "critic_layers=()"],
        ),
        (
            TabularGAN,
            {"objective": "wasserstein", "penalty_weight": 0.0},
            ["objective='wasserstein'", "penalty='r1_r2' and penalty_weight=0"],
        ),
        (
            ImageGAN,
            {"objective": "wasserstein", "penalty": "none"},
            ["objective='wasserstein'", "penalty='none'"],
        ),
        (
            ImageGAN,
            {"generator_layers": (4,) * 4},
            ["generator_layers", "8 x 9", "allow 3", "(4, 4, 4, 4)"],
        ),
        (ImageGAN, {"critic_layers": (4,) * 4}, ["critic_layers", "allow 3"]),
        (ImageGAN, {"generator_layers": ()}, ["generator_layers", "allow 3", "()"]),
        (ImageGAN, {"critic_layers": ()}, ["critic_layers", "allow 3", "()"]),
        (ImageGAN, {"image_shape": (9, 3, 1)}, ["generator_layers", "allow 1"]),
        (ImageGAN, {"image_shape": (0, 8)}, ["image_shape", "(0, 8)"]),
        (ImageGAN, {"image_shape": (8,)}, ["image_shape", "(8,)"]),
        (
            PrivateTabularGAN,
            {"objective": "wasserstein"},
            ["objective='wasserstein'", "penalty='clip'"],
        ),
    ],
    ids=described,
)
def test__combination__makes_no_sense__names_all_of_it(kind, change, names):
    gan = make(kind, change)
    with pytest.raises(ValueError, match=re.escape(names[0])) as caught:
        gan.training_settings()
    for part in names:
        assert part in str(caught.value)
    with pytest.raises(ValueError, match=re.escape(str(caught.value))):
        gan.fit(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=re.escape(str(caught.value))):
        GANOverSampler(gan).fit_resample(np.eye(9), np.repeat([0, 1], [5, 4]))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (TabularGAN, {}),
        (TabularGAN, {"objective": "wasserstein"}),
        (TabularGAN, {"objective": "wasserstein", "penalty": "clip"}),
        (
            TabularGAN,
            {"objective": "wasserstein", "penalty": "none", "spectral_norm": True},
        ),
        (TabularGAN, {"objective": "hinge", "penalty": "none"}),
        (TabularGAN, {"objective": "hinge", "penalty_weight": 0.0}),
        (
            TabularGAN,
            {"objective": "wasserstein", "penalty": "clip", "penalty_weight": 0.0},
        ),
        (TabularGAN, {"penalty": "r1", "spectral_norm": True}),
        (TabularGAN, {"penalty": "clip", "spectral_norm": False}),
        (TabularGAN, {"batch_size": 8, "pac": 2}),
        (TabularGAN, {"batch_size": 9, "pac": 1, "auxiliary_classifier": 0.1}),
        (TabularGAN, {"pac": 2, "feature_matching": 0.1}),
        (TabularGAN, {"generator": own, "feature_matching": 0.1}),
        (TabularGAN, {"critic": own, "generator": own, "pac": 2}),
        (TabularGAN, {"critic_layers": (), "generator_layers": ()}),
        (PrivateTabularGAN, {}),
        (PrivateTabularGAN, {"penalty": "clip", "generator": own}),
        (PrivateTabularGAN, {"objective": "wasserstein", "penalty": "clip"}),
        (ImageGAN, {}),
        (ImageGAN, {"auxiliary_classifier": 0.1, "feature_matching": 0.1}),
        (ImageGAN, {"critic": own, "critic_layers": ()}),
        (ImageGAN, {"generator": own, "generator_layers": (4,) * 9}),
        (ImageGAN, {"generator_layers": (4,)}),
        (
            ImageGAN,
            {"image_shape": (16, 128, 1), "generator_layers": (4,) * 4},
        ),
    ],
    ids=described,
)
def test__combination__its_neighbours__are_allowed(kind, change):
    settings = make(kind, change).training_settings()
    for name, value in change.items():
        assert getattr(settings, name) == value


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (TabularGAN, ["image_shape", "epsilon", "delta", "column_bounds"]),
        (ImageGAN, ["pac", "condition", "categorical_features", "epsilon"]),
        (
            PrivateTabularGAN,
            [
                "condition",
                "pac",
                "penalty_weight",
                "spectral_norm",
                "feature_matching",
                "auxiliary_classifier",
                "image_shape",
                "critic",
                "early_stopping",
                "callback",
                "random_state",
            ],
        ),
    ],
)
def test__parameter__of_another_generator__is_none_of_this_one(kind, names):
    for name in names:
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
            make(kind, {name: None})


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (TabularGAN, {"objective": "bigan"}),
        (TabularGAN, {"penalty": "r3"}),
        (TabularGAN, {"condition": "all"}),
        (TabularGAN, {"generator": 3}),
        (TabularGAN, {"callback": "print"}),
        (TabularGAN, {"max_iter": 0}),
        (TabularGAN, {"learning_rate": 0.0}),
        (TabularGAN, {"ema_decay": 1.0}),
        (TabularGAN, {"pac": 0}),
        (TabularGAN, {"random_state": "seed"}),
        (TabularGAN, {"generator_layers": (8, 0)}),
        (TabularGAN, {"device": "gpu"}),
        (ImageGAN, {"image_shape": 8}),
        (PrivateTabularGAN, {"objective": "relativistic"}),
        (PrivateTabularGAN, {"penalty": "r1"}),
        (PrivateTabularGAN, {"penalty": "r1_r2"}),
        (PrivateTabularGAN, {"penalty": "gradient"}),
        (PrivateTabularGAN, {"epsilon": 0.0}),
        (PrivateTabularGAN, {"delta": 1.0}),
        (PrivateTabularGAN, {"max_grad_norm": 0.0}),
        (PrivateTabularGAN, {"column_bounds": [(0, 1)]}),
    ],
    ids=described,
)
def test__parameter__out_of_range__named(kind, change):
    (name,) = change
    with pytest.raises(ValueError, match=name):
        make(kind, change).training_settings()


def test__private__device_without_float64__refused(monkeypatch):
    # As on a machine that has it.
    monkeypatch.setattr("gansampler.gan.settings.check_device", lambda device: device)
    with pytest.raises(
        ValueError, match="device='mps', because sampling needs float64"
    ):
        PrivateTabularGAN(device="mps").training_settings()
    PrivateTabularGAN(device="cuda").training_settings()
    TabularGAN(device="mps").training_settings()


@pytest.mark.parametrize(
    ("layers", "expected"),
    [((), ()), ([8, np.int64(4)], (8, 4)), (np.array([3]), (3,))],
)
def test__layers__whole_numbers__a_tuple_of_int(layers, expected):
    given = check_layers("critic_layers", layers)
    assert given == expected
    assert all(type(units) is int for units in given)


@pytest.mark.parametrize("units", [0, -1, 2.0, "8", True, None])
def test__layers__no_number_of_units__names_it_and_the_parameter(units):
    with pytest.raises(ValueError, match=rf"'critic_layers' .* got {units!r} in \[8, "):
        check_layers("critic_layers", [8, units])


@pytest.mark.parametrize(("device", "expected"), [("auto", "cpu"), ("cpu", "cpu")])
def test__device__cpu_or_auto__is_the_cpu(device, expected):
    assert check_device(device) == expected


@pytest.mark.parametrize("device", ["cuda:99", "gpu", ""])
def test__device__not_there__names_those_that_are(device):
    with pytest.raises(ValueError, match=rf"device='{device}' .* 'auto' or .*'cpu'"):
        check_device(device)
