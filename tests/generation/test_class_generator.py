import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import assert_legal, assert_same, global_states, mixed_frame, quick_gan

import gansampler.gan.sampling
from gansampler import TabularGAN
from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.history import History
from gansampler.gan.protocol import ClassContext
from gansampler.generation.class_generator import ClassGenerator, fit_generator
from gansampler.generation.constraints import check_constraints
from gansampler.generation.rejection import Rejection
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.tabular.containers import Container
from gansampler.tabular.inference import infer_schema

pytestmark = pytest.mark.usefixtures("few_trees")


@pytest.fixture(scope="module")
def generator():
    """Return a generator of class 1 of the mixed table, with rejection."""
    return make_generator()


def make_generator(n_candidates=3, rejection=True):
    frame, y = mixed_frame()
    schema = infer_schema(frame)
    rows = frame[y == 1]
    container = Container.of(frame)
    context = ClassContext(schema, 0, container, label=1)
    chosen = Rejection("auto", schema).fit(frame, y, 0) if rejection else None
    return ClassGenerator(
        1,
        SmoothedBootstrap(History()).fit_class(rows, context),
        container,
        augmenter=None,
        constraints=check_constraints(None),
        rejection=chosen,
        n_candidates=n_candidates,
    )


@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test__sample__any_n_and_seed__as_many_legal_rows(generator, n, seed):
    frame, y = mixed_frame()
    states = global_states()
    rows = generator.sample(n, random_state=seed)
    assert rows.shape == (n, frame.shape[1])
    assert rows.index.equals(pd.RangeIndex(n))
    assert rows.dtypes.equals(frame.dtypes)
    assert_legal(rows, frame[y == 1])
    assert_same(rows, generator.sample(n, random_state=seed))
    assert global_states() == states


def test__sample__seeds__differ(generator):
    first, second = (generator.sample(9, random_state=seed) for seed in (0, 1))
    assert not first.equals(second)


def test__sample__random_state_instance__goes_on(generator):
    random_state = np.random.RandomState(0)
    first, second = (generator.sample(9, random_state) for _ in range(2))
    assert not first.equals(second)
    assert_same(first, generator.sample(9, np.random.RandomState(0)))


def test__sample__no_random_state__new_rows_each_time(generator):
    assert not generator.sample(9).equals(generator.sample(9))


@pytest.mark.parametrize("n", [-1, 2.5, "3", None, True])
def test__sample__n_that_is_no_count__named(generator, n):
    with pytest.raises(ValueError, match=f"non-negative whole number, got {n!r}"):
        generator.sample(n)


def test__sample__numpy_integer__taken(generator):
    assert len(generator.sample(np.int64(3), random_state=0)) == 3


def test__sample__more_than_a_chunk__all_rows_and_little_at_a_time(monkeypatch):
    monkeypatch.setattr(gansampler.gan.sampling, "CHUNK_ROWS", 30)
    generator = make_generator()
    drawn = []
    draw = generator.gan.draw_frame

    def record(n, seed):
        drawn.append((n, seed))
        return draw(n, seed)

    monkeypatch.setattr(generator.gan, "draw_frame", record)
    rows = generator.sample(25, random_state=0)
    frame, y = mixed_frame()
    assert len(rows) == 25
    assert rows.index.equals(pd.RangeIndex(25))
    assert rows.dtypes.equals(frame.dtypes)
    assert_legal(rows, frame[y == 1])
    (n_pilot, _), *others = drawn  # from which is learned how many are needed
    assert n_pilot == 500
    assert all(n <= 30 for n, _ in others)
    assert len(others) > 1
    assert len({seed for _, seed in others}) == len(others)


def test__sample__more_candidates_than_a_chunk__one_row_at_a_time(monkeypatch):
    monkeypatch.setattr(gansampler.gan.sampling, "CHUNK_ROWS", 5)
    assert len(make_generator(n_candidates=9).sample(3, random_state=0)) == 3


def test__sample__no_rejection__one_candidate_for_each_row():
    generator = make_generator(n_candidates=5, rejection=False)
    rows = generator.sample(12, random_state=0)
    seed = np.random.RandomState(0).randint(gansampler.utils.random.MAX_SEED)
    assert_same(rows, generator.gan.draw_frame(12, seed))


@pytest.mark.parametrize("cells", [1, 100])
def test__sample_parts__any_size_of_part__together_what_sample_gives(
    cells, monkeypatch
):
    monkeypatch.setattr(gansampler.gan.sampling, "CHUNK_CELLS", cells)
    generator = make_generator()
    parts = list(generator.sample_parts(12, random_state=0))
    assert len(parts) > 1
    together = pd.concat(parts, ignore_index=True)
    assert_same(together, generator.sample(12, random_state=0))


def test__sample_parts__n_that_is_no_count__named_before_the_first_part(generator):
    with pytest.raises(ValueError, match="non-negative whole number, got -1"):
        generator.sample_parts(-1)


def test__sample_parts__no_rows__one_empty_part(generator):
    (part,) = generator.sample_parts(0)
    assert len(part) == 0


def row_frame(n, kind):
    frame, y = mixed_frame((60, n))
    gan = quick_gan() if kind == "gan" else kind
    own = frame[y == 1]
    context = ClassContext(infer_schema(frame), 3, Container.of(frame), label=1)
    return fit_generator(gan, own, context)


def test__fit_generator__enough_rows__the_generator():
    assert type(row_frame(MIN_TRAINING_ROWS, "gan")) is TabularGAN


def test__fit_generator__too_few_rows__bootstrap():
    bootstrap = row_frame(MIN_TRAINING_ROWS - 1, "gan")
    assert type(bootstrap) is SmoothedBootstrap
    assert bootstrap.history_ == History()


def test__fit_generator__training_breaks_down__bootstrap_with_its_history():
    bootstrap = row_frame(30, quick_gan(learning_rate=1e30))
    assert type(bootstrap) is SmoothedBootstrap
    assert bootstrap.history_.diverged


def test__repr__class_generator_and_what_shapes_its_rows(generator):
    assert repr(generator) == (
        f"ClassGenerator(label=1, gan={generator.gan!r}, n_candidates=3)"
    )
    plain = ClassGenerator(
        np.int64(1),
        row_frame(30, "gan"),
        Container("pandas"),
        augmenter=None,
        constraints=check_constraints("a > 0"),
        rejection=None,
        n_candidates=3,
    )
    assert re.fullmatch(
        r"ClassGenerator\(label=1, gan=TabularGAN\(.*\), best_iteration=\d+, "
        r"n_constraints=1\)",
        repr(plain),
        re.DOTALL,
    )


def test__repr__smoothed_bootstrap__how_many_rows():
    assert repr(row_frame(2, "gan")) == "SmoothedBootstrap(n_rows=2)"
    assert repr(SmoothedBootstrap(History())) == "SmoothedBootstrap(n_rows=0)"
