import contextlib
import copy
import errno
import json
import os
import pickle
import random
import re
import struct
import sys
import warnings
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from sklearn.exceptions import NotFittedError
from sklearn.tree import DecisionTreeClassifier
from strategies import mixed_tables
from tables import (
    LABELS,
    arrow_frame,
    assert_same,
    global_states,
    mixed_frame,
    mixed_rows,
    pandas_sparse,
    polars_frame,
    quick,
    sparse_matrix,
)

from gansampler import GANOverSampler
from gansampler.gan import PrivateTabularGAN
from gansampler.persistence.sampler_file import _digest, load_notes, save_sampler


def fit(X, y, **params):
    sampler = quick(**({"rejection_estimator": None, "max_iter": 3} | params))
    sampler.fit_resample(X, y)
    return sampler


def through_file(sampler, path, **options):
    sampler.save(path, **options)
    return GANOverSampler.load(path)


def assert_same_sampler(loaded, sampler):
    """Check that a sampler came back as it was, and generates the same rows."""
    assert type(loaded) is type(sampler)
    parameters = [
        {**s.get_params(), "random_state": as_plain(s.random_state)}
        for s in (loaded, sampler)
    ]
    assert repr(parameters[0]) == repr(parameters[1])
    assert vars(loaded).keys() == vars(sampler).keys()
    assert loaded.sampling_strategy_ == sampler.sampling_strategy_
    assert list(loaded.generators_) == list(sampler.generators_)
    assert list(map(type, loaded.generators_)) == list(map(type, sampler.generators_))
    assert loaded.schema_ == sampler.schema_
    assert loaded.history_ == sampler.history_
    assert loaded.copies_ == sampler.copies_
    assert loaded.n_features_in_ == sampler.n_features_in_
    np.testing.assert_array_equal(
        loaded.categorical_features_, sampler.categorical_features_
    )
    for label, generator in sampler.generators_.items():
        for n in (0, 25):
            rows = loaded.generators_[label].sample(n, random_state=3)
            assert_same(rows, generator.sample(n, random_state=3))


def test__load__network__at_rest_as_the_saved_one(saved):
    network = GANOverSampler.load(saved).generators_[1].gan.trained_.generator
    assert not network.training
    assert not any(weight.requires_grad for weight in network.parameters())


def as_plain(random_state):
    """Return a seed, or the state of what is drawn from."""
    if isinstance(random_state, np.random.RandomState):
        return random_state.get_state()
    return random_state


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sampler.safetensors"


@pytest.fixture
def saved(path):
    """Save a small sampler, and give its file."""
    X = np.random.default_rng(0).normal(size=(90, 2))
    fit(X, LABELS).save(path)
    return path


TABLES = {
    "mixed": lambda: mixed_frame()[0],
    "arrow": arrow_frame,
    "polars": polars_frame,
    "scipy sparse": sparse_matrix,
    "pandas sparse": pandas_sparse,
    "list": mixed_rows,
    "float32": lambda: np.random.default_rng(0).normal(size=(90, 3)).astype("float32"),
    "objects": lambda: mixed_frame()[0][["Int64", "str"]].astype(object),
    "levels": lambda: pd.DataFrame(
        np.arange(180.0).reshape(90, 2) ** 1.5,
        columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"]),
    ),
    "odd names": lambda: pd.DataFrame(
        {
            0: np.arange(90),
            None: np.arange(90) % 7,
            (1, "x"): ["ü", "", None] * 30,
        }
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test__load__table_of_any_kind__same_rows_and_attributes(table, path):
    sampler = fit(TABLES[table](), LABELS)
    assert_same_sampler(through_file(sampler, path), sampler)


FAMILY = {
    "category": {"condition": "category"},
    "two layers": {"generator_layers": (16, 16)},
    "no hidden layer": {"generator_layers": ()},
    "spectral norm": {"spectral_norm": True},
    "augmentation": {"augmentation": ["mix", "slice"]},
    "constraint": {"constraints": ["`int8` >= -128 and not (few > 7)", "few != 'a.b'"]},
    "positions": {"categorical_features": np.array([10, 11])},
    "names": {"categorical_features": pd.Index(["few", "string", "object", "str"])},
    "mapping": {"sampling_strategy": {1: 40}},
    "random state": {"random_state": np.random.RandomState(0)},
}


@pytest.mark.parametrize("name", FAMILY)
def test__load__member_of_the_family__same_rows_and_attributes(name, mixed, path):
    X, y = mixed
    if name == "positions":
        X = X[X.columns[X.dtypes != "object"]].select_dtypes("number")
        FAMILY[name]["categorical_features"] %= X.shape[1]
    if name == "names":
        X = X[["few", "string", "object", "str", "float"]]
    sampler = fit(X, y, **FAMILY[name])
    assert_same_sampler(through_file(sampler, path), sampler)


@pytest.mark.parametrize("table", ["mixed", "polars", "pandas sparse", "levels"])
def test__load__with_the_forest_that_chooses__same_rows_and_attributes(table, path):
    sampler = fit(TABLES[table](), LABELS, rejection_estimator="auto")
    loaded = through_file(sampler, path, keep_data=True)
    assert_same_sampler(loaded, sampler)
    judges = [s.generators_[1].rejection.class_probability_ for s in (loaded, sampler)]
    assert judges[0].average_precision_ == judges[1].average_precision_
    assert_same_sampler(through_file(loaded, path, keep_data=True), loaded)


def test__load__several_classes__one_forest_for_all(path):
    X, y = (
        np.random.default_rng(0).normal(size=(90, 2)),
        np.repeat(["a", "b", "c"], [50, 20, 20]),
    )
    sampler = fit(X, y, rejection_estimator="auto")
    loaded = through_file(sampler, path, keep_data=True)
    assert_same_sampler(loaded, sampler)
    assert loaded.generators_["b"].rejection is loaded.generators_["c"].rejection


def test__load__images__same_rows_and_attributes(path):
    X = np.random.default_rng(0).integers(0, 16, (90, 4 * 6 * 2)).astype("uint8")
    sampler = fit(X, LABELS, image_shape=(4, 6, 2), augmentation="flip")
    assert_same_sampler(through_file(sampler, path), sampler)


@pytest.mark.parametrize(
    "labels",
    [
        ["no", "yes"],
        np.array(["no", "yes"], dtype=object),
        [False, True],
        [0.0, 2.0],
        np.array([3, 2**63], dtype="uint64"),
    ],
    ids=repr,
)
def test__load__labels_of_any_type__told_apart(labels, path):
    y = np.repeat(np.asarray(labels), [60, 30])
    sampler = fit(np.random.default_rng(0).normal(size=(90, 2)), y)
    assert_same_sampler(through_file(sampler, path), sampler)


@settings(max_examples=15)
@given(mixed_tables(), st.sampled_from(["none", "category", "anchor"]))
@pytest.mark.filterwarnings("ignore:Class .* has 2 rows:UserWarning")
def test__load__random_table__same_rows_and_attributes(
    tmp_path_factory, table, condition
):
    path = tmp_path_factory.mktemp("random") / "sampler"
    sampler = fit(*table, condition=condition)
    assert_same_sampler(through_file(sampler, path, keep_data=True), sampler)


def test__load__nothing_was_generated__sampler_without_generators(path):
    sampler = fit(np.arange(20.0).reshape(10, 2), np.repeat([0, 1], 5))
    assert through_file(sampler, path).generators_ == {}


def test__load__saved_once_more__same_file(saved, path, tmp_path):
    again = tmp_path / "again"
    GANOverSampler.load(saved).save(again)
    assert again.read_bytes() == saved.read_bytes()


def test__load__twice__global_random_states_untouched(saved):
    before = global_states()
    GANOverSampler.load(saved)
    assert global_states() == before


def test__load__then_resample__as_a_new_sampler(saved):
    X = np.random.default_rng(0).normal(size=(90, 2))
    loaded = GANOverSampler.load(saved)
    fresh = quick(rejection_estimator=None, max_iter=3)
    assert_same(loaded.fit_resample(X, LABELS)[0], fresh.fit_resample(X, LABELS)[0])


def test__load__subclass__is_one(saved):
    class Child(GANOverSampler):
        pass

    assert type(Child.load(saved)) is Child


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test__load__trained_on_a_gpu__same_rows(path):
    X = np.random.default_rng(0).normal(size=(90, 2))
    sampler = fit(X, LABELS, device="cuda")
    assert_same_sampler(through_file(sampler, path), sampler)


def test__load_notes__what_was_kept_beside_the_sampler(saved, path):
    sampler = GANOverSampler.load(saved)
    notes = {"target": "income", "columns": ["a", ("b", 1)], "n": np.int64(3)}
    save_sampler(sampler, path, notes=notes)
    assert load_notes(path) == notes
    assert_same_sampler(GANOverSampler.load(path), sampler)


CANARIES = 1234.5678 + np.arange(90) ** 1.5


@pytest.mark.parametrize("condition", ["none", "category"])
def test__save__without_data__no_training_row_in_the_file(condition, path):
    X = pd.DataFrame({"canary": CANARIES, "letter": np.tile(["a", "b", "c"], 30)})
    params = {"augmentation": "mix", "rejection_estimator": "auto"}
    fit(X, LABELS, condition=condition, **params).save(path)
    # The smallest and the largest number are there, and say nothing of a row.
    inner = X["canary"][LABELS == 1].sort_values().iloc[1:-1]
    assert canaries_in(path, inner) == []


def test__save__anchors_with_data__finds_its_rows(path):
    # That the search above can find something: here the rows are there, encoded.
    X = pd.DataFrame({"canary": CANARIES, "letter": np.tile(["a", "b", "c"], 30)})
    sampler = fit(X, LABELS, condition="anchor")
    sampler.save(path, keep_data=True)
    encoded = sampler.generators_[1].gan.encoder_.transform(X[LABELS == 1])[:, 0]
    assert len(canaries_in(path, encoded)) == 30


def canaries_in(path, values):
    """Return the values that stand in a file, as text or as a float."""
    content = path.read_bytes()
    numbers = [value for value in load_file(path).values() if value.dtype.kind == "f"]
    stored = set(np.concatenate([value.ravel() for value in numbers]).tolist())
    return [
        value
        for value in map(float, values)
        if repr(value).encode() in content
        or struct.pack("<d", value) in content
        or struct.pack("<f", value) in content
        or float(np.float32(value)) in stored
    ]


def test__save__anchors__refused_without_data(path, mixed):
    sampler = fit(*mixed, condition="anchor")
    with pytest.raises(
        ValueError, match=r"class 1 can't be saved without `keep_data`: condition='anch"
    ):
        sampler.save(path)
    assert not path.exists()
    assert_same_sampler(through_file(sampler, path, keep_data=True), sampler)


def test__save__bootstrap__refused_without_data(path):
    X, y = np.random.default_rng(0).normal(size=(20, 2)), np.repeat(["a", "b"], [18, 2])
    with pytest.warns(UserWarning, match="smoothed bootstrap"):
        sampler = fit(X, y)
    with pytest.raises(
        ValueError, match=r"class 'b' can't be saved without `keep_data`: .*bootstrap"
    ):
        sampler.save(path)
    assert_same_sampler(through_file(sampler, path, keep_data=True), sampler)


@pytest.mark.parametrize("what", ["room", "sync"])
def test__save__disk_is_full__old_file_and_nothing_else(
    what, saved, full_disk, monkeypatch
):
    def no_room(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    sampler, before = GANOverSampler.load(saved), saved.read_bytes()
    sampler.set_params(gan__max_iter=7)
    if what == "sync":
        monkeypatch.setattr(os, "fsync", no_room)
    with (
        full_disk() if what == "room" else contextlib.nullcontext(),
        pytest.raises(OSError, match=r"File too large|No space left"),
    ):
        sampler.save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test__save__unfitted__told(path):
    with pytest.raises(NotFittedError, match="GANOverSampler"):
        quick().save(path)


def test__save__only_checked_by_fit__told_to_call_fit_resample(path):
    sampler = quick().fit([[0.0], [1.0], [2.0], [3.0]] * 5, [0, 0, 0, 1] * 5)
    with pytest.raises(
        NotFittedError, match="Call fit_resample first: fit only checks"
    ):
        sampler.save(path)


def make_network(n_in, n_out, random_state):
    return torch.nn.Linear(n_in, n_out)


CODE = {
    "generator": make_network,
    "critic": make_network,
    "augmentation": lambda rows, random_state: rows,
    "constraints": [lambda rows: rows[0] > -100],
    "rejection_estimator": DecisionTreeClassifier(max_depth=2),
    "sampling_strategy": lambda y: {1: 60},
}


@pytest.mark.parametrize("name", CODE)
def test__save__code_of_the_user__refused_by_its_parameter(name, path):
    path.write_text("old")
    sampler = fit(np.random.default_rng(0).normal(size=(90, 2)), LABELS)
    is_own = name in sampler.get_params(deep=False)
    sampler.set_params(**{name if is_own else f"gan__{name}": CODE[name]})
    told = f"parameter {name}" if is_own else f"parameter gan can't .* parameter {name}"
    with pytest.raises(TypeError, match=f"The {told}"):
        sampler.save(path)
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("generator", "its parameter generator"),
        ("augmentation", "can't be restored without executing code"),
        ("constraints", "the constraint '<lambda>' is a function"),
        ("rejection_estimator", "a sklearn.tree.* can't be restored"),
    ],
)
def test__save__code_that_was_fitted__refused_whatever_is_set_now(name, match, path):
    X = np.random.default_rng(0).normal(size=(90, 2))
    sampler = fit(X, LABELS, **{name: CODE[name]})
    is_own = name in sampler.get_params(deep=False)
    sampler.set_params(**{name if is_own else f"gan__{name}": None})
    with pytest.raises(TypeError, match=f"`generators_` can't be saved.*{match}"):
        sampler.save(path, keep_data=True)
    assert not path.exists()


@pytest.mark.parametrize(
    "constraint",
    [
        "letter.str.startswith('a')",
        "letter.__class__ != 1",
        "(number >\n -100)",
        "sqrt(number) > -1",
        "number[0] > -100 or number > -100",
        "number > -100 # '",
        "letter != 'a\\'b'",
    ],
)
def test__save__constraint_that_could_run_a_program__refused(constraint, path):
    X = pd.DataFrame({"number": np.arange(90.0), "letter": ["a", "b"] * 45})
    sampler = fit(X, LABELS).set_params(constraints=constraint)
    with pytest.raises(TypeError, match="The parameter constraints can't be saved"):
        sampler.save(path)


def test__save__polars_dtype_without_a_form__told(path):
    own = pl.Categorical(pl.Categories("own"))
    X = pl.DataFrame({"a": pl.Series(["x", "y", "z"] * 30, dtype=own)})
    with pytest.raises(TypeError, match=r"`generators_` can't be saved.*Categorical"):
        fit(X, LABELS).save(path)


def test__load__package_of_a_column_is_missing__says_which(path, monkeypatch):
    fit(polars_frame(), LABELS).save(path)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match="polars"):
        GANOverSampler.load(path)


def test__save__without_safetensors__names_the_extra(path, monkeypatch):
    sampler = fit(np.random.default_rng(0).normal(size=(90, 2)), LABELS)
    monkeypatch.delitem(sys.modules, "gansampler.persistence.sampler_file")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"gansampler\[save\]"):
        sampler.save(path)


def test__load__constraint_that_runs_a_program__refused(path, tmp_path):
    X = pd.DataFrame({"number": np.arange(90.0)})
    fit(X, LABELS, constraints="number > -100").save(path)
    proof = tmp_path / "proof"
    forge(path, "number > -100", f"number.to_csv('{proof}') == 1")
    with pytest.raises(ValueError, match="it does not contain a sampler"):
        GANOverSampler.load(path)
    assert not proof.exists()


def forge(path, before, after):
    """Change the content of a file, with a checksum that fits."""
    content = read_content(path)
    del content["sha256"]
    text = json.dumps(content)
    assert before in text
    content = json.loads(text.replace(before, after))
    content["sha256"] = _digest(content, load_file(path))
    write_content(path, content)


def read_content(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    return json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["gansampler"])


def write_content(path, content):
    save_file(load_file(path), path, metadata={"gansampler": json.dumps(content)})


def test__load__pickle__never_read(path, tmp_path):
    proof = tmp_path / "proof"

    class Malicious:
        def __reduce__(self):
            return (open, (str(proof), "w"))

    path.write_bytes(pickle.dumps(Malicious()))
    with pytest.raises(ValueError, match="`save` did not write it"):
        GANOverSampler.load(path)
    torch.save({"weights": Malicious()}, path)
    with pytest.raises(ValueError, match="`save` did not write it"):
        GANOverSampler.load(path)
    assert not proof.exists()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test__load__truncated__told(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"sampler\.safetensors can't be read"):
        GANOverSampler.load(saved)


@settings(max_examples=100)
@given(st.data())
def test__load__any_bytes_changed__told(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("changed") / "sampler"
    content = bytearray(small_file(path))
    position = data.draw(st.integers(0, len(content) - 1))
    change = data.draw(st.sampled_from(["flip", "insert", "delete"]))
    if change == "flip":
        content[position] ^= data.draw(st.integers(1, 255))
    elif change == "insert":
        content[position:position] = data.draw(st.binary(min_size=1, max_size=9))
    else:
        del content[position : position + data.draw(st.integers(1, 9))]
    path.write_bytes(content)
    try:
        GANOverSampler.load(path)
    except ValueError as error:
        message = str(error)
    else:
        message = str(path)
        # White space of the header, which nothing depends on.
        assert_same_sampler(GANOverSampler.load(path), SMALL["sampler"])
    assert str(path) in message


SMALL = {}


def small_file(path):
    """Return the content of a small file, made once."""
    if not SMALL:
        X = np.random.default_rng(0).normal(size=(90, 1))
        SMALL["sampler"] = fit(X, LABELS, latent_dim=2, generator_layers=(2,))
        SMALL["sampler"].save(path)
        SMALL["content"] = path.read_bytes()
    return SMALL["content"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"CategoryCondition"', '"builtins.eval"'),
        ('"n_latent": 8', '"n_latent": 9'),
        ('"kind": "dense"', '"kind": "other"'),
        ('"codecs_"', '"codecs"'),
        ('"shared": 0', '"shared": 999'),
        ('"parameters": {', '"parameters": {"n_layers": 3, '),
        ('"format_version": 6', '"format_version": null'),
        ('"written_by"', '"written"'),
        ('"generators_"', '"generators"'),
        ('"n_candidates": 1,', '"n_candidates": 1000000000000,'),
        ('"n_candidates": 1,', '"n_candidates": "1",'),
    ],
)
def test__load__forged_with_a_fitting_checksum__told(path, before, after):
    # Columns of one kind each, and a container whose dtypes are named.
    X = pl.DataFrame({"a": range(90), "b": ["x", "y", None] * 30})
    fit(X, LABELS).save(path)
    forge(path, before, after)
    with pytest.raises(ValueError, match=r"sampler\.safetensors can't be read"):
        GANOverSampler.load(path)


FORGED = {
    "forest": {"rejection_estimator": "auto"},
    "category": {"condition": "category", "augmentation": ["mix", "slice"]},
    "anchor": {"condition": "anchor", "constraints": ["a > -9", "c != 'q'"]},
    "images": {"image_shape": (2, 2), "augmentation": "flip"},
    "bootstrap": {},
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Return the JSON and the arrays of a file of each kind."""
    rng = np.random.default_rng(0)
    mixed = pd.DataFrame({"a": rng.normal(size=90), "i": rng.integers(0, 40, 90)})
    mixed["c"] = rng.choice(["x", "y"], 90)
    mixed["d"] = np.where(mixed["a"] > 1, np.nan, mixed["i"])
    pixels = rng.integers(0, 16, (90, 4))
    path = tmp_path_factory.mktemp("originals") / "sampler"
    files = {}
    for name, params in FORGED.items():
        n_rare = 2 if name == "bootstrap" else 30
        y = np.repeat([0, 1], [90 - n_rare, n_rare])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of two rows
            small = {"latent_dim": 2, "generator_layers": (4,)}
            sampler = fit(pixels if name == "images" else mixed, y, **small, **params)
        sampler.save(path, keep_data=True)
        files[name] = read_content(path), load_file(path)
    return files


ODD = [
    *(None, True, -1, 0, 3, 10**6, 10**12, 2**70, 1.5, "", "x", "<f8", "array0"),
    *([], {}, {"shared": 0}, {"shared": 2}, {"float": "nan"}, {"array": "array0"}),
    *({"scalar": ["V100000000", 10**8]}, {"dtype": ["numpy", "<U100000000"]}),
    {"index": ["range", [0, 10**12, 1], None]},
]


def forge_anything(content, arrays, rng):
    """Change one value, entry or array, each of which may be any."""
    if arrays and rng.randrange(4) == 0:
        name = rng.choice(sorted(arrays))
        array, change = arrays[name], rng.randrange(6)
        changed = [
            lambda: array.astype("i8"),
            lambda: array.astype("f8"),
            lambda: array.T,
            lambda: array.ravel()[: array.size // 2],
            lambda: np.full_like(array, 99),
            lambda: array * np.inf if array.dtype.kind == "f" else ~array,
        ][change]
        with np.errstate(all="ignore"):
            arrays[name] = np.ascontiguousarray(changed())
        return
    inner = content
    while True:  # down to where something is replaced
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = rng.choice(keys)
        is_deeper = isinstance(inner[key], (dict, list)) and len(inner[key]) > 0
        if not is_deeper or rng.randrange(10) == 0:
            break
        inner = inner[key]
    if rng.randrange(5) == 0:
        del inner[key]
    else:
        inner[key] = rng.choice(ODD)


@pytest.mark.parametrize("name", FORGED)
@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that overflow
@pytest.mark.filterwarnings("ignore::UserWarning")  # that nothing chooses
def test__load__anything_forged__told_or_samples(
    tmp_path_factory, originals, name, seed
):
    path = tmp_path_factory.mktemp("forged") / "sampler"
    content, arrays = copy.deepcopy(originals[name])
    del content["sha256"]
    forge_anything(content, arrays, random.Random(seed))
    content["sha256"] = _digest(content, arrays)
    save_file(arrays, path, metadata={"gansampler": json.dumps(content)})
    # Told as what it is, or not odd at all.
    with contextlib.suppress(ValueError):
        loaded = GANOverSampler.load(path)
        for generator in loaded.generators_.values():
            assert len(generator.sample(25, random_state=0)) == 25


def test__load__constraint_of_the_parameters_that_runs_a_program__refused(
    path, tmp_path
):
    X = pd.DataFrame({"number": np.arange(90.0)})
    fit(X, LABELS).save(path)
    proof = tmp_path / "proof"
    program = json.dumps(f"number.to_csv('{proof}') == 1")
    forge(path, '"constraints": null', f'"constraints": {program}')
    with pytest.raises(ValueError, match="it does not contain a sampler"):
        GANOverSampler.load(path).fit_resample(X, LABELS)
    assert not proof.exists()


@pytest.mark.parametrize("brackets", ["[]", ('{"list": [', "]}")], ids=repr)
def test__load__nested_too_deeply__told(saved, brackets):
    content = json.dumps(read_content(saved) | {"shared": "DEEP"})
    opening, closing = brackets
    deep = opening * 100_000 + closing * 100_000
    metadata = {"gansampler": content.replace('"DEEP"', deep)}
    save_file(load_file(saved), saved, metadata=metadata)
    with pytest.raises(ValueError, match="it does not contain a sampler"):
        GANOverSampler.load(saved)


@pytest.mark.parametrize(
    "text",
    [
        '{"__reduce__": ["os.system", ["touch PROOF"]]}',
        '{"py/object": "subprocess.Popen", "args": ["touch PROOF"]}',
        "{\"builtins.exec\": \"open('PROOF', 'w')\"}",
        '{"dtype": ["numpy", "object_:__import__(\'os\')"]}',
        "{\"Constraints\": [\"@__import__('os').system('touch PROOF')\"]}",
        "{\"Constraints\": [\"`a`.map(open('PROOF', 'w'))\"]}",
    ],
)
def test__load__code_in_any_place__never_run(saved, text, tmp_path):
    proof = tmp_path / "proof"
    content = read_content(saved)
    del content["sha256"]
    code = json.loads(text.replace("PROOF", str(proof)))
    for place in ("parameters", "fitted"):
        for name in content[place]:
            forged = copy.deepcopy(content)
            forged[place][name] = code
            forged["sha256"] = _digest(forged, load_file(saved))
            write_content(saved, forged)
            with pytest.raises(ValueError, match="can't be read"):
                GANOverSampler.load(saved)
    assert not proof.exists()


def test__load__columns_where_they_are_not__told(path):
    X = pd.DataFrame({"a": ["x", "y", "z"] * 30, "b": ["u", "v"] * 45})
    fit(X, LABELS).save(path)
    forge(path, '{"tuple": [3, 2]}', '{"tuple": [2, 3]}')
    with pytest.raises(ValueError, match="do not match the layout"):
        GANOverSampler.load(path)


def test__load__state_without_a_value__told_before_it_is_drawn(path):
    # Of twenty categories one row at most would show the one that is not there.
    X = pd.DataFrame({"c": [f"c{k}" for k in range(20)] * 3, "a": np.arange(60) ** 0.5})
    fit(X, np.repeat([0, 1], [35, 25])).save(path)
    content = read_content(path)
    del content["sha256"]
    (codec,) = (
        e["CategoricalCodec"] for e in content["shared"] if "CategoricalCodec" in e
    )
    codec["n_states"] += 1
    content["sha256"] = _digest(content, load_file(path))
    write_content(path, content)
    with pytest.raises(ValueError, match="it does not contain a sampler"):
        GANOverSampler.load(path)


def test__load__name_of_polars_that_is_no_dtype__never_called(path, tmp_path):
    fit(pl.DataFrame({"a": range(90)}), LABELS).save(path)
    forge(path, '["Int64"]', '["read_csv", "/etc/hostname"]')
    with pytest.raises(ValueError, match="read_csv is not a polars dtype"):
        GANOverSampler.load(path)


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        ('"sizes": [8, 16', '"sizes": [8, 1000000000', "the network needs"),
        ('"n_latent": 8', '"n_latent": 1000000000000', "the network needs"),
        ('"block_sizes": [3]', '"block_sizes": [1000000000000]', "the network needs"),
        ('"numpy", "<i8"', '"numpy", "<U100000000"', "not the dtype of a column"),
        ('"numpy", "<i8"', '"numpy", "(100000000,)i8"', "not the dtype of a column"),
        ('["numpy", "<i8"]', '["name", "V1000000000"]', "a NumPy dtype"),
        ('["<i8", 1]', '["V1000000000", 1000000000]', "not the dtype of a column"),
        (
            '"range", [0, 2, 1]',
            '"range", [0, 1000000000000, 1]',
            "far more memory than its size",
        ),
    ],
)
def test__load__short_text_for_something_huge__refused_before_it_is_made(
    path, before, after, match
):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({0: rng.integers(0, 40, 90), 1: rng.choice([*"abc"], 90)})
    X.columns = pd.RangeIndex(2)
    fit(X, LABELS, condition="none").save(path)
    forge(path, before, after)
    with pytest.raises(ValueError, match=match):
        GANOverSampler.load(path)


@pytest.mark.parametrize(
    ("version", "match"),
    [
        (99, r"format 99 of gansampler 9\.0.*Install a newer version"),
        (
            1,
            r"format 1 of gansampler 9\.0.*Install that version, or fit and save again",
        ),
    ],
)
def test__load__other_format__says_which_to_install(saved, version, match):
    other = {"format_version": version, "written_by": "gansampler 9.0"}
    write_content(saved, read_content(saved) | other)
    with pytest.raises(ValueError, match=match):
        GANOverSampler.load(saved)


def test__load__no_json__told(saved):
    save_file(load_file(saved), saved, metadata={"gansampler": "{"})
    with pytest.raises(ValueError, match="it does not contain a sampler"):
        GANOverSampler.load(saved)


def test__load__safetensors_of_someone_else__told(path):
    save_file({"weight": np.zeros(3)}, path)
    with pytest.raises(ValueError, match="not one that `save`"):
        GANOverSampler.load(path)


def test__load__no_file__told(path):
    with pytest.raises(FileNotFoundError, match=r"sampler\.safetensors"):
        GANOverSampler.load(path)


def test__save__private_generator__schema_as_declared(path):
    pytest.importorskip("opacus")
    X = np.random.default_rng(0).integers(0, 9, (90, 1)) * 10
    sampler = fit(X, LABELS, **PRIVATE)
    loaded = through_file(sampler, path)
    (column,) = sampler.schema_.columns
    assert (column.step, column.discrete) == (1, False)  # not 10, as in the rows
    assert loaded.schema_ == sampler.schema_
    assert loaded.history_ == sampler.history_
    assert loaded.copies_ == sampler.copies_
    rows = loaded.generators_[1].sample(30, random_state=0)
    assert_same(rows, sampler.generators_[1].sample(30, random_state=0))


PRIVATE = {
    "kind": PrivateTabularGAN,
    "rejection_estimator": "auto",
    "epsilon": 10.0,
    "delta": 1e-3,
    "column_bounds": {0: (-100, 100)},
}


def test__docs__code_of_the_page__runs(tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "how_to" / "save.rst"
    code = re.search(r"code-block:: python\n\n((?:   .*\n|\n)+)", page.read_text())
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(dedent(code[1]), names)
    assert len(names["rows"]) == 100
