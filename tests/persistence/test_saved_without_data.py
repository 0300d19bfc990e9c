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

pytestmark = pytest.mark.filterwarnings("ignore:.* was saved without keep_data")


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
    with pytest.warns(UserWarning, match=r"file was saved without keep_data.*chooses"):
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
