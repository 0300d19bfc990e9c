"""The augmenter of a class, and functions of the user."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import frames
from tables import (
    arrow_frame,
    assert_on_grid,
    assert_same,
    deep,
    global_states,
    mixed_frame,
    pandas_sparse,
)

from gansampler.generation.augmentation import AUGMENTATIONS
from gansampler.generation.row_augmenter import Augmenter, check_augmentation
from gansampler.tabular.inference import infer_schema


def augment(rows, augmentation, fraction=1.0, real=None, image_shape=None, seed=0):
    """Augment `rows` of the class of the rows `real`, which are the same by default."""
    real = rows if real is None else real
    schema = infer_schema(real)
    augmenter = Augmenter(augmentation, fraction, schema, image_shape).fit(real)
    return augmenter.apply(rows, np.random.RandomState(seed))


@pytest.mark.parametrize("augmentation", [*AUGMENTATIONS, [*AUGMENTATIONS]])
@settings(max_examples=15)
@given(frame=frames(12), fraction=st.floats(0, 1), seed=st.integers(0, 2**32 - 1))
def test__augmenter__any_class__share_of_legal_rows(
    augmentation, frame, fraction, seed
):
    real = frame.iloc[:7]
    rows = real.sample(9, replace=True, random_state=0)
    before = deep(rows)
    schema = infer_schema(frame)
    augmenter = Augmenter(augmentation, fraction, schema).fit(real)
    states = global_states()
    augmented = augmenter.apply(rows, np.random.RandomState(seed))
    assert augmented.index.equals(rows.index)
    assert_on_grid(augmented, real, schema)
    kept = sum(
        repr(augmented.iloc[i].tolist()) == repr(rows.iloc[i].tolist())
        for i in range(9)
    )
    assert kept >= 9 - round(9 * fraction)
    assert_same(augmented, augmenter.apply(rows, np.random.RandomState(seed)))
    assert_same(rows, before)
    assert global_states() == states


@pytest.mark.parametrize("make", [arrow_frame, pandas_sparse, lambda: mixed_frame()[0]])
@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test__augmenter__every_dtype__legal(make, augmentation):
    rows = make().reset_index(drop=True)
    augmented = augment(rows, augmentation)
    assert_on_grid(augmented, rows, infer_schema(rows))
    assert not augmented.equals(rows)


@pytest.mark.parametrize(("fraction", "expected"), [(0, 0), (0.3, 30), (1, 100)])
def test__augmenter__fraction__as_many_rows_and_the_others_in_order(
    rng, fraction, expected
):
    rows = pd.DataFrame(rng.random((100, 3)))
    augmented = augment(rows, "slice", fraction)
    changed = (augmented != rows).any(axis=1)
    assert changed.sum() == expected
    if 0 < fraction < 1:  # not only the first or the last
        assert changed[:50].any()
        assert changed[50:].any()


def test__augmenter__partners__are_drawn_from_all_rows():
    rows = pd.DataFrame(np.repeat(np.arange(50)[:, np.newaxis], 4, axis=1))
    schema = infer_schema(rows)
    augmenter = Augmenter("slice", 0.1, schema).fit(rows)
    used = set()
    for seed in range(60):
        augmented = augmenter.apply(rows, np.random.RandomState(seed))
        used |= set(augmented[augmented != rows].stack())
    assert len(used) > 40


def test__augmenter__flip__about_the_mean_of_the_real_rows():
    real = pd.DataFrame({"x": [0.0, 5.5, 6.0, 6.5, 10.0, 8.0]})
    rows = pd.DataFrame({"x": [8.0, 7.0]})
    assert augment(rows, "flip", real=real)["x"].tolist() == [4, 5]


def test__augmenter__images__known_to_all_augmentations(rng):
    images = pd.DataFrame(rng.integers(0, 17, (300, 12)))
    mirrored = augment(images, "flip", image_shape=(3, 4))
    np.testing.assert_array_equal(
        mirrored.to_numpy().reshape(-1, 3, 4),
        images.to_numpy().reshape(-1, 3, 4)[:, :, ::-1],
    )
    cut = (augment(images, "slice", image_shape=(3, 4)) != images).to_numpy()
    runs = np.abs(np.diff(cut.astype(int), axis=1)).sum(axis=1)
    assert (runs > 2).any()


def test__augmenter__images_of_few_grey_values__every_pixel_mixed():
    rows = pd.DataFrame([[0] * 8, [4] * 8] * 100 + [[2] * 8])
    mixed = augment(rows, "mix", image_shape=(2, 4))
    assert (mixed.nunique(axis=1) == 1).all()
    assert (mixed[0] == 2).sum() > 1


def test__augmenter__list__each_row_by_one_of_them():
    def thousand(rows, random_state):
        return rows + 1000

    rows = pd.DataFrame(np.arange(200.0)[:, np.newaxis])
    augmented = augment(rows, ["flip", thousand])[0].to_numpy()
    by_flip, by_function = 199 - rows[0], rows[0] + 1000
    assert ((augmented == by_flip) | (augmented == by_function)).all()
    assert 70 < (augmented == by_flip).sum() < 130


# Functions of the user.


def test__callable__rows_and_random_state__what_it_gives_is_taken(mixed):
    frame = mixed[0]
    schema, given = infer_schema(frame), []

    def replace(rows, random_state):
        given.append((rows.copy(), random_state))
        rows["float"] = 99.0
        rows["float32"] = 0.1
        rows["int8"] = np.int64(7)
        rows["category"] = "unused"
        rows["with_nan"] = None
        rows.index += 5
        return rows.set_axis([f"c{j}" for j in range(rows.shape[1])], axis=1)

    rng = np.random.RandomState(0)
    augmented = Augmenter(replace, 0.2, schema).fit(frame).apply(frame, rng)
    [(rows, random_state)] = given
    assert random_state is rng
    assert rows.shape == (18, frame.shape[1])
    assert rows.dtypes.equals(frame.dtypes)
    assert rows.index.equals(pd.RangeIndex(18))
    assert augmented.dtypes.equals(frame.dtypes)
    assert augmented.columns.equals(frame.columns)
    changed = augmented["float"] == 99
    assert changed.sum() == 18
    assert (augmented.loc[changed, "float32"] == np.float32(0.1)).all()
    assert (augmented.loc[changed, "int8"] == 7).all()
    assert (augmented.loc[changed, "category"] == "unused").all()
    assert augmented.loc[changed, "with_nan"].isna().all()
    assert_same(augmented[~changed], frame[~changed])


@pytest.mark.parametrize("make", [arrow_frame, pandas_sparse, lambda: mixed_frame()[0]])
def test__callable__same_values_as_objects__put_back_in_their_dtypes(make):
    rows = make()

    def as_objects(rows, random_state):
        return rows.astype(object)

    assert_same(augment(rows, as_objects), rows)


def test__callable__not_called__where_no_row_is_chosen():
    def fail(rows, random_state):
        pytest.fail("called")

    rows = pd.DataFrame(np.eye(4))
    assert_same(augment(rows, fail, fraction=0.1), rows)


def test__callable__no_frame__named():
    def jitter(rows, random_state):
        return rows.to_numpy()

    rows = pd.DataFrame(np.eye(4))
    with pytest.raises(TypeError, match=r"'jitter' must return a DataFrame.*ndarray"):
        augment(rows, jitter)
    with pytest.raises(TypeError, match=r"partial.* must return a DataFrame"):
        augment(rows, partial(jitter))


@pytest.mark.parametrize("shape", [(3, 4), (4, 3)])
def test__callable__other_shape__named(shape):
    def jitter(rows, random_state):
        return rows.iloc[: shape[0], : shape[1]]

    with pytest.raises(ValueError, match=r"'jitter' must .*\(4, 4\), got \(") as error:
        augment(pd.DataFrame(np.eye(4)), jitter)
    assert str(error.value).endswith(f"{shape}.")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("float", "much", "could not convert string to float"),
        ("int", 1.5, "can't store (np.float64[(])?1.5"),
        ("int", None, "int64"),
        ("int8", 300, "can't store (np.int64[(])?300"),
        ("uint64", -1, "can't store (np.int64[(])?-1"),
        ("Int64", 1.5, "cannot safely cast"),
        ("bool", None, "can't store"),
        ("boolean", "maybe", "boolean"),
        ("category", "new", "can't store 'new'"),
        ("string", 5, "string|can't store"),
        ("date", "someday", "datetime64"),
        ("int", 2**70, "too large"),
    ],
)
def test__callable__value_that_the_dtype_can_t_hold__column_named(
    mixed, name, value, message
):
    def spoil(rows, random_state):
        return rows.assign(**{name: value})

    with pytest.raises(ValueError, match=f"'spoil', column {name!r}: .*{message}"):
        augment(mixed[0], spoil)


@pytest.mark.parametrize(
    ("augmentation", "expected"),
    [
        ("mix", ["mix"]),
        (["mix", "flip"], ["mix", "flip"]),
        (abs, [abs]),
        ((abs,), [abs]),
    ],
)
def test__check_augmentation__names_and_functions__as_a_list(augmentation, expected):
    assert check_augmentation(augmentation) == expected


@pytest.mark.parametrize("augmentation", ["blur", None, 3, ["mix", "blur"], [["mix"]]])
def test__check_augmentation__unknown__named_with_those_there_are(augmentation):
    wrong = augmentation[-1] if isinstance(augmentation, list) else augmentation
    with pytest.raises(ValueError, match=r"\['flip', 'mix', 'slice'\]") as error:
        check_augmentation(augmentation)
    assert str(error.value).endswith(f"got {wrong!r}.")


def test__check_augmentation__empty__said():
    with pytest.raises(ValueError, match=r"empty list\. Choose from \['flip"):
        check_augmentation([])
