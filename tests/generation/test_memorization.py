"""The shares of copies among generated rows, and what is said of them."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from tables import LABELS, quick

from gansampler.generation.memorization import (
    MAX_REAL,
    MAX_ROWS,
    Copies,
    measure_copies,
)


def measure(real, generated, seed=0):
    tables = [pd.DataFrame(rows) for rows in (real, generated)]
    return measure_copies(*tables, np.asarray, np.random.default_rng(seed))


def draw(rng, n=200, n_columns=4):
    return rng.normal(size=(n, n_columns))


def warned(sampler, X, y=LABELS):
    with pytest.warns(UserWarning, match="real row") as record:
        sampler.fit_resample(X, y)
    return str(record[0].message)


def test__measure__rows_of_the_same_population__as_usual():
    found = [
        measure(draw(rng), draw(rng, 300))
        for rng in map(np.random.default_rng, range(50))
    ]
    assert all(one.exact == one.usual_exact == 0 for one in found)
    assert np.mean([one.near for one in found]) == pytest.approx(0.05, abs=0.01)
    assert all(one.usual_near >= 0.05 for one in found)
    assert not any(one.many_exact or one.many_near for one in found)


@pytest.mark.parametrize("n_real", [3, 10, 40])
def test__measure__few_rows_of_the_same_population__no_alarm(n_real):
    found = [
        measure(draw(rng, n_real), draw(rng, 500))
        for rng in map(np.random.default_rng, range(60))
    ]
    assert sum(one.many_exact or one.many_near for one in found) <= 1


def test__measure__repeated_rows__copies(rng):
    real = draw(rng)
    found = measure(real, real[rng.integers(200, size=300)])
    assert found.exact == found.near == 1
    assert found.many_exact
    assert found.many_near


def test__measure__some_repeated_rows__their_share(rng):
    real = draw(rng)
    found = measure(real, np.concatenate([real[:30], draw(rng, 270)]))
    assert found.exact == pytest.approx(0.1)
    assert found.many_exact
    assert not found.many_near


def test__measure__repeated_rows_with_a_little_noise__near_copies(rng):
    real = draw(rng)
    blurred = real[rng.integers(200, size=300)] + 0.01 * draw(rng, 300)
    found = measure(real, blurred)
    assert found.exact == 0
    assert found.near > 0.9
    assert not found.many_exact
    assert found.many_near


def test__measure__real_rows_that_repeat__so_may_generated_ones(rng):
    population = draw(rng, 50)
    real, generated = (population[rng.integers(50, size=n)] for n in (200, 300))
    found = measure(real, generated)
    assert found.exact > 0.9
    assert found.usual_exact > 0.9
    assert not found.many_exact


def test__measure__all_rows_that_there_can_be__met_by_chance(rng):
    # Each combination once, so that no real row is like another.
    real = np.stack(np.meshgrid(*[range(4)] * 3), axis=-1).reshape(-1, 3)
    found = measure(real, rng.integers(4, size=(300, 3)))
    assert found.exact == found.usual_exact == 1
    assert not found.many_exact
    assert not found.many_near


def test__measure__generator_that_has_collapsed__not_taken_for_copying(rng):
    real = draw(rng)
    found = measure(real, real[0] + 0.05 + 0.02 * draw(rng, 300))
    assert found.near > 0.9
    assert not found.many_near


def test__measure__many_rows__some_of_each(rng):
    sizes = []

    def encode(frame):
        sizes.append(len(frame))
        return frame.to_numpy()

    real, generated = pd.DataFrame(draw(rng, 5000)), pd.DataFrame(draw(rng, 4000))
    found = measure_copies(real, generated, encode, rng)
    assert found.n_generated == found.n_real == MAX_ROWS
    assert sizes == [MAX_REAL + 2 * MAX_ROWS]
    assert found.near < 0.1


def test__measure__same_seed__same_shares(rng):
    real, generated = draw(rng, 3000), draw(rng, 3000)
    assert measure(real, generated, 1) == measure(real, generated, 1)
    assert measure(real, generated, 1) != measure(real, generated, 2)


def test__measure__one_generated_row__no_alarm(rng):
    real = draw(rng)
    assert not measure(real, real[:1]).many_near


def test__fit_resample__rows_of_its_own__their_shares_and_no_warning(mixed):
    X, y = mixed
    sampler = quick().fit(X, y)
    sampler.fit_resample(X, y)
    found = sampler.copies_[1]
    assert list(sampler.copies_) == [1]
    assert (found.n_generated, found.n_real) == (30, 30)
    assert found.exact == 0


def repeat(rows, random_state):
    """Put real rows of `NUMBERS` in the place of generated ones."""
    own = NUMBERS[LABELS == 1]
    return own.sample(len(rows), replace=True, random_state=random_state)


NUMBERS = pd.DataFrame(np.random.default_rng(0).normal(size=(90, 3)))


def test__fit_resample__copies__warned_of_with_their_class_and_share():
    sampler = quick(augmentation=repeat, augmentation_fraction=1.0)
    text = warned(sampler, NUMBERS)
    assert "Class 1: 100% of the generated rows are copies of a real row" in text
    assert re.search(r"where [0-4]% would be usual", text)
    assert "PrivateTabularGAN" in text
    assert sampler.copies_[1].exact == 1


def test__fit_resample__near_copies__warned_of():
    def blur(rows, random_state):
        near = repeat(rows, random_state)
        return near + 0.01 * random_state.normal(size=near.shape)

    sampler = quick(augmentation=blur, augmentation_fraction=1.0)
    text = warned(sampler, NUMBERS)
    assert "near copies of a real row" in text
    assert sampler.copies_[1].exact < 0.1


def test__fit_resample__several_classes__each_by_itself():
    y = np.repeat(["a", "b", "c"], [50, 20, 20])

    def repeat_b(rows, random_state):
        own = NUMBERS[y == "b"]
        return own.sample(len(rows), replace=True, random_state=random_state)

    sampler = quick(augmentation=repeat_b, augmentation_fraction=1.0)
    assert warned(sampler, NUMBERS, y).startswith("Class 'b'")
    assert list(sampler.copies_) == ["b", "c"]
    assert sampler.copies_["c"].exact == 0


def test__fit_resample__bootstrap__warned_of_as_such_alone():
    y = np.repeat([0, 1], [88, 2])
    sampler = quick()
    with pytest.warns(UserWarning, match="smoothed bootstrap") as record:
        sampler.fit_resample(NUMBERS, y)
    assert len(record) == 1
    assert sampler.copies_ == {}


def test__fit_resample__nothing_to_generate__nothing_found():
    sampler = quick()
    sampler.fit_resample(NUMBERS, np.repeat([0, 1], 45))
    assert sampler.copies_ == {}


def test__fit_resample__anchors_of_random_rows__no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(condition="anchor", max_iter=50).fit_resample(NUMBERS, LABELS)


def test__fit_resample__more_rows_than_are_looked_at__same_seed_same_shares(rng):
    X, y = rng.normal(size=(760, 2)), np.repeat([0, 1], [700, 60])
    found = []
    for _ in range(2):
        sampler = quick(max_iter=2)
        sampler.fit_resample(X, y)
        found.append(sampler.copies_[1])
    assert found[0].n_generated == MAX_ROWS
    assert found[0] == found[1]


def test__copies__repr__shares_in_percent():
    copies = Copies(500, 123, 0.0, 0.0523, 0.01, 0.0569105691)
    assert repr(copies) == (
        "Copies(exact=0.0%, usual_exact=1.0%, near=5.2%, usual_near=5.7%, "
        "n_generated=500, n_real=123)"
    )
