"""Small files that were made to take memory or time: refused, and soon."""

import copy
import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from tables import quick

from gansampler import GANOverSampler

safetensors = pytest.importorskip("safetensors")

from safetensors.numpy import save_file  # noqa: E402

from gansampler.persistence.sampler_file import _digest  # noqa: E402


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Return the JSON and the arrays of a file with all that can be in one."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"b": rng.integers(0, 50, 90), "c": rng.choice(list("xyz"), 90).astype(object)}
    )
    sampler = quick(
        rejection_estimator="auto", constraints="b >= 0", generator_layers=(4,)
    )
    sampler.fit_resample(X, np.repeat([0, 1], [60, 30]))
    path = tmp_path_factory.mktemp("original") / "file"
    sampler.save(path, keep_data=True)
    with safetensors.safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(file.metadata()["gansampler"]), arrays


def part(content, tag):
    """Return what stands under a tag, the fitted one of several."""
    found = []

    def search(place):
        if isinstance(place, dict):
            found.extend([place[tag]] if tag in place else [])
            place = list(place.values())
        for inner in place if isinstance(place, list) else []:
            search(inner)

    search(content["shared"])
    search(content["fitted"])
    return found[0]


def sign(path, content, arrays):
    content.pop("sha256", None)
    content["sha256"] = _digest(content, arrays)
    save_file(arrays, path, metadata={"gansampler": json.dumps(content)})


def constrain(content, arrays, text):
    content["parameters"]["constraints"] = {"list": [text]}
    part(content, "ClassGenerator")["constraints"] = {"Constraints": [text]}


def layers(content, value):
    part(content, "TabularGAN")["params"]["generator_layers"] = value


def chain(content, arrays, n_nodes, n_trees):
    """Make trees of one long path."""
    named = part(content, "ForestClassProbability")["forest_"]["forest"]["arrays"]
    left = np.minimum(np.arange(n_nodes) + 1, n_nodes - 1).astype(np.int32)
    left[-1] = -1
    made = {
        "left": left,
        "right": left,
        "feature": np.zeros(n_nodes, np.int32),
        "threshold": np.zeros(n_nodes),
        "missing_left": np.ones(n_nodes, bool),
        "value": np.full((n_nodes, 2), 0.5),
        "roots": np.zeros(n_trees, np.int32),
    }
    arrays |= {named[name]: array for name, array in made.items()}


LONG_RANGE = {"index": ["range", [0, 10**7, 1], None]}
BOMBS = {
    "texts of a megabyte": lambda c, a: layers(c, {"array": ["<U262144", [""] * 3000]}),
    "bytes of a megabyte": lambda c, a: layers(
        c, {"array": ["|S1048576", [""] * 3000]}
    ),
    "scalars of a megabyte": lambda c, a: layers(
        c, {"list": [{"scalar": ["<U262144", ""]}] * 3000}
    ),
    "long ranges": lambda c, a: layers(c, {"list": [LONG_RANGE] * 9}),
    "categories of ranges": lambda c, a: layers(
        c, {"extension_dtype": ["category", LONG_RANGE, False]}
    ),
    "decimal": lambda c, a: layers(c, {"scalar": ["<i8", {"decimal": "1E+99999999"}]}),
    "zone of a file": lambda c, a: layers(
        c, {"extension_dtype": ["name", "datetime64[ns, dateutil//etc/passwd]"]}
    ),
    "period": lambda c, a: layers(
        c, {"extension_dtype": ["name", "period[99999999999999999999D]"]}
    ),
    "list that is shared": lambda c, a: c["shared"].append({"list": []}),
    "power of powers": lambda c, a: constrain(c, a, "b < 9**9**9"),
    "powers in a row": lambda c, a: constrain(c, a, "b < ((9**64)**64)**64"),
    "power by a column": lambda c, a: constrain(c, a, "b < 9**b"),
    "text repeated": lambda c, a: constrain(c, a, "b == 'x' * 9999999999"),
    "text in a wide field": lambda c, a: constrain(c, a, "c == '%9999999999d' % b"),
    "list repeated": lambda c, a: constrain(c, a, "b in [1, 2] * 9999999999"),
    "column of texts repeated": lambda c, a: constrain(c, a, "c * 9999999999 != c"),
    "quoted column of texts": lambda c, a: constrain(c, a, "`c` * 9999999999 != c"),
    "shift": lambda c, a: constrain(c, a, "b < 1 << 9999999999"),
    "long sum": lambda c, a: constrain(c, a, "b" + " + b" * 5000 + " > 0"),
    "deep sum": lambda c, a: constrain(c, a, "b" + " + b" * 100 + " > 0"),
    "signs": lambda c, a: constrain(c, a, "-" * 100_000 + "b > 0"),
    "fewer signs": lambda c, a: constrain(c, a, "-" * 9_000 + "b > 0"),
    "brackets": lambda c, a: constrain(c, a, "(" * 4_000 + "b" + ")" * 4_000 + " > 0"),
    "many constraints": lambda c, a: part(c, "ClassGenerator").update(
        constraints={"Constraints": ["b >= 0"] * 100_000}
    ),
    "deep trees": lambda c, a: chain(c, a, 3000, 50),
    "many trees": lambda c, a: chain(c, a, 3, 400_000),
    "many candidates": lambda c, a: part(c, "ClassGenerator").update(
        n_candidates=50_000
    ),
    "many layers": lambda c, a: part(c, "Generator")["body"].update(
        sizes=[32, *[1] * 10**5, 4]
    ),
    "negative layers": lambda c, a: part(c, "Generator")["body"].update(
        sizes=[-(10**6), -(10**6), 4]
    ),
    "large latent vector": lambda c, a: part(c, "Generator").update(n_latent=10**12),
    "many states": lambda c, a: part(c, "CategoricalCodec").update(n_states=10**10),
    "many columns": lambda c, a: part(c, "TableEncoder")["codecs_"].update(
        list=part(c, "TableEncoder")["codecs_"]["list"] * 2000
    ),
    "block that is not there": lambda c, a: a.update(
        {
            part(c, "Generator")["weights"]["activation.block_of_column"]: np.array(
                [0, 0, 10**9]
            )
        }
    ),
    "weights that are no numbers": lambda c, a: a.update(
        {
            name: np.full_like(a[name], np.nan)
            for name in part(c, "Generator")["weights"].values()
            if a[name].dtype.kind == "f"
        }
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test__load__small_file_for_much_memory_or_time__refused(name, original, tmp_path):
    content, arrays = copy.deepcopy(original)
    BOMBS[name](content, arrays)
    sign(tmp_path / "file", content, arrays)
    with pytest.raises(ValueError, match=r"file can't be read"):
        GANOverSampler.load(tmp_path / "file")


EMPTY = {"columns": {"tuple": []}, "relations": {"tuple": []}}


def test__load__laughing_lists__short_message(original, tmp_path):
    content, arrays = copy.deepcopy(original)
    first = len(content["shared"])
    content["shared"].append({"TableSchema": EMPTY})
    for k in range(first, first + 40):
        twice = {"tuple": [{"shared": k}, {"shared": k}]}
        content["shared"].append({"TableSchema": {**EMPTY, "columns": twice}})
    last = {"shared": len(content["shared"]) - 1}
    part(content, "ClassGenerator")["n_candidates"] = last
    # What is used later must stand later, too.
    generator = next(e for e in content["shared"] if "ClassGenerator" in e)
    position = content["shared"].index(generator)
    content["shared"].append(generator)
    plain = json.dumps(content["fitted"]).replace(
        f'"shared": {position}}}', f'"shared": {len(content["shared"]) - 1}}}'
    )
    content["fitted"] = json.loads(plain)
    content["shared"][position] = {"TableSchema": EMPTY}
    sign(tmp_path / "file", content, arrays)
    with pytest.raises(ValueError, match="n_candidates") as raised:
        GANOverSampler.load(tmp_path / "file")
    assert len(str(raised.value)) < 500


CHILD = """
    import resource, sys
    from gansampler import GANOverSampler
    import gansampler.persistence.sampler_file
    GANOverSampler.load(sys.argv[1])  # what loading needs anyway
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        GANOverSampler.load(sys.argv[2])
    except ValueError:
        pass
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((after - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kB on Linux only")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test__load__texts_of_a_gigabyte_in_all__memory_of_the_files_size(
    original, tmp_path
):
    content, arrays = copy.deepcopy(original)
    sign(tmp_path / "whole", content, arrays)
    BOMBS["texts of a megabyte"](content, arrays)
    sign(tmp_path / "bomb", content, arrays)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(CHILD),
            tmp_path / "whole",
            tmp_path / "bomb",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        check=True,
    )
    assert int(done.stdout) < 200  # MiB; 64 are free, and 64 times 40 kB


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test__load__fifo_or_folder__refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path):
        with pytest.raises(
            (ValueError, IsADirectoryError), match=r"regular file|folder"
        ):
            GANOverSampler.load(path)
