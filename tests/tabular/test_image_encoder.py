import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from tables import assert_legal, assert_same, mixed_frame

from gansampler.tabular.encoder import RowLayout
from gansampler.tabular.image_encoder import (
    ImageEncoder,
    check_image_schema,
    read_image_shape,
)
from gansampler.tabular.inference import infer_schema


def fit(frame, image_shape=None, n=None):
    """Fit an encoder on the first `n` rows as a class."""
    image_shape = image_shape or (1, frame.shape[1])
    return ImageEncoder(infer_schema(frame), image_shape).fit(frame.iloc[:n])


def images():
    """Draw frames of 6 images of 4 pixels of any dtype of numbers."""
    dtypes = st.sampled_from(["uint8", "int8", "int64", "uint64", "float32", "float64"])

    def array(dtype):
        finite = {"allow_nan": False, "allow_infinity": False}
        elements = finite if dtype.startswith("float") else None
        return npst.arrays(dtype, (6, 4), elements=elements)

    return dtypes.flatmap(array).map(pd.DataFrame)


@given(images(), st.integers(1, 6), st.data())
def test__inverse_transform__any_matrix__legal_rows(frame, n, data):
    encoder = fit(frame, n=n)
    numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    rows = data.draw(npst.arrays(np.float32, (5, 4), elements=numbers))
    decoded = encoder.inverse_transform(rows)
    assert decoded.shape == (5, 4)
    assert decoded.dtypes.equals(frame.dtypes)
    assert decoded.columns.equals(frame.columns)
    assert_legal(decoded, frame.iloc[:n])


@given(images(), st.integers(1, 6))
def test__transform__any_image__on_the_scale_of_the_class(frame, n):
    encoder = fit(frame, n=n)
    rows = encoder.transform(frame)
    assert rows.shape == (6, 4)
    assert rows.dtype == np.float32
    assert np.abs(rows[:n]).max() <= 1
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() <= 10


def test__transform__class__lowest_to_highest_of_all_columns(rng):
    frame = pd.DataFrame(rng.integers(10, 210, (30, 6)))
    frame.iloc[3, 2], frame.iloc[8, 5] = 0, 255
    rows = fit(frame, (2, 3)).transform(frame)
    np.testing.assert_allclose(rows, frame / 127.5 - 1, atol=1e-6)
    assert rows[3, 2] == -1
    assert rows[8, 5] == 1


def test__transform__brighter_images_of_another_class__brighter_and_bounded():
    frame = pd.DataFrame([[0.0, 1.0], [1.0, 0.5], [2.0, 1e300]])
    rows = fit(frame, n=2).transform(frame)
    assert rows[2].tolist() == [3, 10]


@pytest.mark.parametrize("far", [1.7e308, -1.7e308])
@pytest.mark.parametrize(
    "own", [[-1.7e308, 1.7e308], [1.6e308, 1.7e308], [0.0, 1e-300], [0.0, 5e-324]]
)
def test__encoder__numbers_at_the_ends_of_float64__finite_and_in_range(own, far):
    frame = pd.DataFrame([[*own], [*own[::-1]], [far, 0.0]])
    encoder = fit(frame, n=2)
    rows = encoder.transform(frame)
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() <= 10
    decoded = encoder.inverse_transform(np.r_[rows, 9 * rows])
    assert_legal(decoded, frame.iloc[:2])
    if own[1] > 1e-310:
        np.testing.assert_allclose(decoded.iloc[:2], frame.iloc[:2])


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "Int16", "object"])
def test__round_trip__grey_values__exact(rng, dtype):
    values = pd.DataFrame(rng.integers(0, 256, (40, 6)), columns=list("abcdef"))
    frame = values.astype(dtype)
    encoder = fit(frame, (2, 3))
    assert encoder.layout_ == RowLayout(n_scalars=6, block_sizes=())
    assert_same(encoder.inverse_transform(encoder.transform(frame)), frame)


def test__inverse_transform__constant_and_few_valued_pixels__stay_so(rng):
    frame = pd.DataFrame(
        {"edge": 0, "bit": [0, 9] * 20, "any": rng.integers(0, 99, 40)}
    )
    encoder = fit(frame)
    noise = rng.normal(0, 2, (200, 3)).astype(np.float32)
    decoded = encoder.inverse_transform(noise)
    assert (decoded["edge"] == 0).all()
    assert set(decoded["bit"]) == {0, 9}
    assert decoded["any"].nunique() > 20


def test__transform__one_value_throughout__zeros_and_back():
    frame = pd.DataFrame(np.full((5, 4), 7.5))
    encoder = fit(frame)
    rows = encoder.transform(frame)
    assert not rows.any()
    assert_same(encoder.inverse_transform(rows + 3), frame)


def test__inverse_transform__no_rows__empty_frame_of_same_dtypes():
    frame = pd.DataFrame(np.eye(4, dtype="uint8"))
    decoded = fit(frame).inverse_transform(np.empty((0, 4), dtype=np.float32))
    assert_same(decoded, frame.iloc[:0].reset_index(drop=True))


@pytest.mark.parametrize(
    ("image_shape", "expected"),
    [
        ((28, 20), (28, 20, 1)),
        ([8, 8, 3], (8, 8, 3)),
        (np.array([4, 5]), (4, 5, 1)),
        ((np.int64(1), 1, 1), (1, 1, 1)),
    ],
)
def test__read_image_shape__two_or_three_sides__height_width_channels(
    image_shape, expected
):
    shape = read_image_shape(image_shape)
    assert shape == expected
    assert all(type(side) is int for side in shape)


@pytest.mark.parametrize(
    "image_shape",
    [None, 28, (28,), (), (1, 2, 3, 4), (28, 0), (-1, 3), (2.0, 3), (True, 3), "88"],
)
def test__read_image_shape__anything_else__named(image_shape):
    with pytest.raises(
        ValueError, match=r"image_shape must be \(height.* got"
    ) as error:
        read_image_shape(image_shape)
    assert repr(image_shape) in str(error.value)


def check(frame, image_shape=None):
    image_shape = image_shape or (1, frame.shape[1])
    check_image_schema(infer_schema(frame), frame, image_shape)


def test__check_image_schema__numbers__pass():
    check(pd.DataFrame(np.eye(12)), (2, 2, 3))
    check(pd.DataFrame(np.eye(12, dtype="uint8")), [3, 4])


def test__check_image_schema__other_number_of_columns__both_named():
    frame = pd.DataFrame(np.eye(12))
    with pytest.raises(ValueError, match=r"\(3, 5\) needs 15 columns, but X has 12"):
        check(frame, (3, 5))
    with pytest.raises(ValueError, match="image_shape must be"):
        check(frame, (12,))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("string", "is categorical. Convert"),
        ("bool", "is categorical. Convert"),
        ("date", "contains dates or durations"),
        ("zoned", "contains dates or durations"),
        ("duration", "contains dates or durations"),
        ("with_nan", "has missing values. Fill them in."),
        ("Int64", "has missing values. Fill them in."),
    ],
)
def test__check_image_schema__no_pixels__column_named(name, fault):
    frame = mixed_frame()[0][["float", name, "int"]]
    with pytest.raises(ValueError, match=f"column {name!r} {fault}"):
        check(frame)
