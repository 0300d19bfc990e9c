"""`ImageGAN`, on its own and in a sampler, as a user meets it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.utils.estimator_checks import check_param_validation
from tables import (
    assert_inputs_first,
    assert_legal,
    assert_same,
    deep,
    described,
    global_states,
    quick,
    quick_gan,
)

from gansampler import GANOverSampler
from gansampler.gan import ImageGAN

IMAGES = {"image_shape": (8, 8), "generator_layers": (8, 4), "critic_layers": (4, 8)}


def digits():
    """Return 40 images of a zero and 15 of a one, and which they are of."""
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([np.flatnonzero(y == 0)[:40], np.flatnonzero(y == 1)[:15]])
    return X[rows], y[rows]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"auxiliary_classifier": 1.0},
        {"spectral_norm": True},
        {"augmentation": ["mix", "slice"]},
    ],
    ids=described,
)
def test__fit_resample__flat_images__legal_rows_in_the_same_array(options):
    X, y = digits()
    sampler = quick(ImageGAN, **IMAGES, **options)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_inputs_first(X, y, X_res, y_res)
    assert X_res.shape == (80, 64)
    assert_legal(X_res[len(X) :], X[y == 1])
    assert pickle.loads(pickle.dumps(sampler)).generators_[1].sample(2).shape == (2, 64)


@pytest.mark.parametrize("dtype", ["float64", "float32", "uint8", "int64"])
def test__fit__flat_images__legal_rows_that_the_seed_decides(dtype):
    X = digits()[0].astype(dtype)
    before, states = deep(X), global_states()
    gan = quick_gan(ImageGAN, **IMAGES, random_state=0).fit(X)
    rows = gan.sample(100, random_state=1)
    assert global_states() == states
    assert_same(X, before)
    assert rows.shape == (100, 64)
    assert rows.dtype == dtype
    assert_legal(rows, X)
    again = quick_gan(ImageGAN, **IMAGES, random_state=0).fit(X)
    assert_same(again.sample(100, random_state=1), rows)
    other = quick_gan(ImageGAN, **IMAGES, random_state=1).fit(X)
    assert not np.array_equal(other.sample(100, random_state=1), rows)
    copy = pickle.loads(pickle.dumps(gan))
    assert_same(copy.sample(100, random_state=1), rows)


def test__save__loaded__same_images(tmp_path):
    gan = quick_gan(ImageGAN, **IMAGES, random_state=0).fit(digits()[0])
    gan.save(tmp_path / "gan.safetensors")
    loaded = ImageGAN.load(tmp_path / "gan.safetensors")
    assert type(loaded) is ImageGAN
    assert_same(loaded.sample(20, random_state=0), gan.sample(20, random_state=0))


def test__fit__frame_of_pixels__its_columns_and_dtypes():
    X, _ = digits()
    frame = pd.DataFrame(X).add_prefix("pixel").astype({"pixel9": "uint8"})
    gan = quick_gan(ImageGAN, **IMAGES, random_state=0).fit(frame)
    rows = gan.sample(20, random_state=0)
    assert_same(rows.dtypes, frame.dtypes)
    assert_legal(rows, frame)
    assert list(gan.feature_names_in_) == list(frame.columns)


def test__fit__colours__bright_where_the_real_ones_are():
    rng = np.random.default_rng(0)
    images = np.zeros((60, 6, 8, 3))
    images[:, :3, :, 0] = 200  # red above
    images[:, 3:, :, 2] = 100  # blue below
    images += rng.normal(0, 10, images.shape)
    gan = ImageGAN(
        (6, 8, 3),
        generator_layers=(16, 8),
        critic_layers=(8, 16),
        max_iter=80,
        batch_size=32,
        learning_rate=5e-3,
        random_state=0,
    )
    rows = gan.fit(images.reshape(60, -1)).sample(100, random_state=0)
    drawn = rows.reshape(100, 6, 8, 3)
    assert drawn[:, :3, :, 0].mean() > 2 * drawn[:, 3:, :, 0].mean()
    assert drawn[:, 3:, :, 2].mean() > 2 * drawn[:, :3, :, 2].mean()
    assert drawn[..., 0].mean() > drawn[..., 2].mean() > drawn[..., 1].mean()


def table(**columns):
    """Make a table of four columns of numbers, or of others in their place."""
    rng = np.random.default_rng(0)
    return pd.DataFrame({name: rng.normal(size=9) for name in "abcd"} | columns)


WRONG = [
    (table(b=[np.nan] * 3 + [1.0] * 6), {}, "'b' has missing values"),
    (table(b=["p", "q", "r"] * 3), {}, "'b' is categorical"),
    (table(b=[True, False, True] * 3), {}, "'b' is categorical"),
    (table(b=pd.date_range("2020-01-01", periods=9)), {}, "'b' contains dates"),
    (table().drop(columns="b"), {}, "needs 4 columns, but X has 3"),
    (table(), {"image_shape": (2, 2, 3)}, "needs 12 columns, but X has 4"),
    (table(), {"image_shape": (2, 0)}, "image_shape must be"),
    (table(), {"image_shape": "4"}, "image_shape"),
    (table(), {"image_shape": (4, 1)}, "generator_layers"),
    (table(), {"critic_layers": (4, 4)}, "critic_layers=.* 2 x 2 allow 1"),
]
NARROW = {"image_shape": (2, 2), "generator_layers": (4,), "critic_layers": (4,)}


@pytest.mark.parametrize(("X", "change", "message"), WRONG)
def test__fit__no_images__error_before_training(X, change, message, no_training):
    params = NARROW | change
    gan = quick_gan(ImageGAN, **params)
    with pytest.raises(ValueError, match=message):
        gan.fit(X)
    assert not [name for name in vars(gan) if name.endswith("_")]
    with pytest.raises(ValueError, match=message):
        quick(ImageGAN, **params).fit_resample(X, [0] * 5 + [1] * 4)


def test__fit__two_images__refused_by_name(no_training):
    with pytest.raises(ValueError, match=r"2 sample\(s\).* 3 .* by ImageGAN"):
        quick_gan(ImageGAN, **NARROW).fit(table().iloc[:2])


def test__fit__auxiliary_classifier_outside_of_a_sampler__refused(no_training):
    gan = quick_gan(ImageGAN, **NARROW, auxiliary_classifier=1.0)
    with pytest.raises(ValueError, match="auxiliary_classifier needs rows of several"):
        gan.fit(table())


def test__image_shape__not_given__python_says_so():
    with pytest.raises(TypeError, match="image_shape"):
        ImageGAN()


def test__image_shape__set_through_the_sampler__is_the_generators():
    sampler = GANOverSampler(ImageGAN((2, 2)))
    sampler.set_params(gan__image_shape=(8, 8), gan__max_iter=1)
    assert sampler.gan.image_shape == (8, 8)
    assert sampler.get_params()["gan__max_iter"] == 1


def test__parameter_validation__names_parameter():
    check_param_validation("ImageGAN", quick_gan(ImageGAN, **NARROW))
