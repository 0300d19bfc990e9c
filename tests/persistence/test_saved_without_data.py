"""What a file tells that was saved without `keep_data`: nothing of any row."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from tables import assert_same, quick, quick_gan

from gansampler import GANOverSampler, TabularGAN
from gansampler.utils.random import MAX_SEED

safetensors = pytest.importorskip("safetensors")

pytestmark = [
    pytest.mark.usefixtures("few_trees"),
    pytest.mark.filterwarnings("ignore:.* was saved without keep_data"),
    # The names are looked for in the file.
    pytest.mark.filterwarnings("ignore:Column 'id' contains text that differs"),
]


def people(n_vips, seed=0):
    """Return a table with a class of few, whose rows alone follow `seed`."""
    n = [100, 40, n_vips]
    parts = []
    for size, own in zip(n, [7, 8, 100 + seed], strict=True):
        rng = np.random.default_rng(own)
        parts.append(
            pd.DataFrame(
                {
                    "age": rng.integers(18, 90, size),
                    "salary": rng.lognormal(10, 0.5, size).round(2),
                    "smokes": rng.random(size) < 0.3,
                    "town": rng.choice(["Ulm", "Bonn", "Kiel", "Jena"], size),
                }
            )
        )
    return pd.concat(parts, ignore_index=True), np.repeat(["common", "rare", "vip"], n)


def save_rare(path, n_vips, seed=0, **params):
    X, y = people(n_vips, seed)
    sampler = quick(
        max_iter=5, rejection_estimator="auto", sampling_strategy={"rare": 90}
    )
    sampler.set_params(**params)
    sampler.fit_resample(X, y)
    sampler.save(path)
    return sampler


def content(path):
    with safetensors.safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(file.metadata()["gansampler"]), arrays


@pytest.mark.parametrize("n_vips", [1, 2, 5, 60])
def test__save__class_left_out__file_is_the_same_whatever_its_rows(n_vips, tmp_path):
    files = []
    for seed in (0, 1):
        save_rare(tmp_path / "file", n_vips, seed)
        plain, arrays = content(tmp_path / "file")
        for unlike in ("sha256", "copies_"):  # of rows that were chosen with vips seen
            plain.pop(unlike, None)
            plain["fitted"].pop(unlike, None)
        plain["shared"] = [part for part in plain["shared"] if "Copies" not in part]
        files.append((json.dumps(plain), arrays))
    assert files[0][0] == files[1][0]
    assert files[0][1].keys() == files[1][1].keys()
    for name, array in files[0][1].items():
        np.testing.assert_array_equal(array, files[1][1][name])


def test__save__default_sampler__nothing_that_chooses_in_the_file(tmp_path):
    save_rare(tmp_path / "file", 5)
    assert "forest" not in json.dumps(content(tmp_path / "file")[0])
    sampler = save_rare(tmp_path / "file", 5)
    sampler.save(tmp_path / "file", keep_data=True)
    assert '"forest"' in json.dumps(content(tmp_path / "file")[0])


def test__load__what_chose_was_left_out__warned_and_rows_as_generated(tmp_path):
    sampler = save_rare(tmp_path / "file", 5)
    with pytest.warns(
        UserWarning, match=r"file was saved without keep_data.*not filtered"
    ):
        loaded = GANOverSampler.load(tmp_path / "file")
    generator = loaded.generators_["rare"]
    assert generator.rejection is None
    rows = generator.sample(20, random_state=0)
    assert_same(rows, generator.sample(20, random_state=0))
    seed = np.random.RandomState(0).randint(MAX_SEED)
    assert_same(rows, sampler.generators_["rare"].gan.draw_frame(20, seed))
    assert (
        sampler.generators_["rare"].rejection is not None
    )  # the saved one is as it was


@pytest.mark.parametrize(
    "params", [{"rejection_estimator": None}, {"n_candidates": 1}], ids=str
)
def test__load__nothing_ever_chose__silent_and_same_rows(params, tmp_path):
    sampler = save_rare(tmp_path / "file", 5, **params)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = GANOverSampler.load(tmp_path / "file")
    assert_same(
        loaded.generators_["rare"].sample(20, random_state=0),
        sampler.generators_["rare"].sample(20, random_state=0),
    )


def test__load__generator_alone__silent(tmp_path):
    gan = quick_gan(TabularGAN).fit(people(5)[0])
    gan.save(tmp_path / "file")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = TabularGAN.load(tmp_path / "file")
    assert_same(loaded.sample(9, random_state=0), gan.sample(9, random_state=0))


LISTED = {
    # the values of Python, NumPy and pandas
    *("array", "dict", "dtype", "extension_dtype", "float", "index", "list"),
    *("ordered_dict", "scalar", "series", "shared", "tuple"),
    # the parameters and the table
    *("Constraints", "ColumnSchema", "Container", "Kind", "RowLayout", "TableSchema"),
    # what columns are that NumPy can't count
    *("Twins", "by_position", "Twin"),
    # the columns of a class
    *("CategoricalCodec", "ConstantCodec", "ManyCategoriesCodec", "NumericCodec"),
    *("NumberGrid", "TableEncoder", "_AsinhScale", "QuantileFunction"),
    # the relations between them
    *("RelationReducer", "Determines", "LookupStep", "Order", "OrderStep"),
    # the network, and what it is told
    *("TabularGAN", "TrainedGAN", "Generator", "NoCondition", "CategoryCondition"),
    # attributes that stand alone in their object
    *("columns", "frequencies", "n_rows"),
    # the rest
    *("ClassGenerator", "Copies", "History", "Augmenter", "ClassStatistics"),
}
"""What docs/reference/saved_files.rst lists under "What is in the file"."""


def tags(plain):
    """Return what marks the values within JSON."""
    found = set()
    if isinstance(plain, dict):
        if len(plain) == 1:
            found.update(plain)
        plain = list(plain.values())
    for inner in plain if isinstance(plain, list) else []:
        found |= tags(inner)
    return found


@pytest.mark.parametrize("condition", ["none", "category"])
def test__save__any_sampler__what_the_docs_list(condition, tmp_path):
    X, y = people(60)
    X["id"] = [f"id {k % 1500}" for k in range(len(X))]
    sampler = quick(
        max_iter=3,
        condition=condition,
        rejection_estimator="auto",
        augmentation="mix",
        constraints="age >= 0",
    )
    sampler.fit_resample(X, y)
    sampler.save(tmp_path / "file")
    plain, _ = content(tmp_path / "file")
    parts = {"parameters", "fitted", "notes", "shared", "estimator"}
    assert set(plain) == parts | {"format_version", "written_by", "sha256"}
    names = {"sampling_strategy_", "generators_", "history_", "copies_", "schema_"}
    names |= {"categorical_features_", "n_features_in_", "feature_names_in_"}
    assert set(plain["fitted"]) == names | {"_container"}
    found = tags([plain["shared"], plain["fitted"], plain["parameters"]])
    assert found <= LISTED


def test__save__very_many_categories__back_as_they_were(tmp_path):
    X = pd.DataFrame({"id": [f"id {k}" for k in range(900)], "x": np.arange(900.0)})
    sampler = quick(max_iter=3, rejection_estimator=None)
    sampler.fit_resample(X, np.repeat([0, 1], [300, 600]))
    sampler = quick(max_iter=3, rejection_estimator=None, sampling_strategy={0: 800})
    sampler.fit_resample(pd.concat([X, X]), np.repeat([0, 1], [700, 1100]))
    sampler.save(tmp_path / "file")
    loaded = GANOverSampler.load(tmp_path / "file")
    rows = loaded.generators_[0].sample(50, random_state=0)
    assert_same(rows, sampler.generators_[0].sample(50, random_state=0))
    assert rows["id"].isin(X["id"]).all()
