"""Forge files of saved samplers, and see what loading them does.

Run `python benchmarks/forged_files.py --files 2000`. Each file is a good one of which a
few values were replaced by hostile ones, with a checksum that fits. It is loaded, and
300 rows of each class are sampled, in a process that may take 4 GiB of memory and 20
seconds for it. Right is a ValueError that names the file, or rows.
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import resource
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import safe_open
from safetensors.numpy import save_file

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN
from gansampler.persistence.sampler_file import _digest

MEMORY, SECONDS = 4 << 30, 20
PER_PROCESS = 50
TEXTS = [
    *("a < 9**9**9", "a * 99999999999 > 0", "'x' * 9999999999 == a", "a" + "+a" * 5000),
    *("-" * 9999 + "a > 0", "(" * 300, "c == '%9999999d' % a", "@x == a", "a.b == 1"),
    *("`a` > 0", "[a] * 10**9 == a", "a == '\\x00'", "", "nan", "array0", "a" * 10**6),
    *("datetime64[ns, dateutil//etc/passwd]", "period[999999999D]", "<U99999999", "O"),
]
NUMBERS = [-1, 0, 1, 2, 255, 10**4, 10**6, 10**9, 2**31, 2**53, 2**63, 10**30, -(10**9)]
VALUES: list[Any] = [
    *TEXTS,
    *NUMBERS,
    *(None, True, 0.5, 1e308, -1e308, 5e-324),
    *([], {}, [[]], [None] * 1000, {"list": []}, {"tuple": [1]}, {"shared": 0}),
    *(
        {"float": "nan"},
        {"float": "inf"},
        {"array": "array0"},
        {"array": ["<U9", ["x"]]},
    ),
    {"array": ["<U262144", [""] * 2000]},
    {"scalar": ["<i8", {"decimal": "1E+9999999"}]},
    {"index": ["range", [0, 10**9, 1], None]},
    {"index": ["range", [0, 10**6, 1], None]},
    {"extension_dtype": ["category", {"index": ["range", [0, 10**7, 1], None]}, False]},
    {"dtype": ["numpy", "V1000000000"]},
]
MANY = 3000
"""Entries of a list that is made long."""


def originals(folder: Path) -> dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Return the JSON and the arrays of a good file of each kind."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=90).round(2), "b": rng.integers(0, 50, 90)})
    X["c"] = rng.choice(["x", "y", "z"], 90)
    X["d"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(X["b"], unit="D")
    X["e"] = np.where(X["a"] > 1, np.nan, X["b"])
    y = np.repeat([0, 1], [60, 30])
    made = {
        "default": (TabularGAN(max_iter=3), {"constraints": "b >= 0"}, X),
        "category": (
            TabularGAN(max_iter=3, condition="category"),
            {"augmentation": ["mix", "slice"]},
            X,
        ),
        "anchor": (TabularGAN(max_iter=3, condition="anchor"), {}, X),
        "images": (
            ImageGAN(image_shape=(4, 4), max_iter=3),
            {"augmentation": "flip"},
            rng.integers(0, 16, (90, 16)),
        ),
    }
    files = {}
    for name, (gan, params, table) in made.items():
        sampler = GANOverSampler(gan, random_state=0, **params)
        sampler.fit_resample(table, y)
        sampler.save(folder / name, keep_data=True)
        with safe_open(folder / name, framework="numpy") as file:
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            files[name] = json.loads(file.metadata()["gansampler"]), arrays
    return files


def places(plain: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within JSON."""
    if way:
        yield way
    if isinstance(plain, dict):
        for key, inner in plain.items():
            yield from places(inner, (*way, key))
    elif isinstance(plain, list):
        for k, inner in enumerate(plain):
            yield from places(inner, (*way, k))


def forge(
    content: dict[str, Any], arrays: dict[str, np.ndarray], rng: np.random.Generator
) -> None:
    """Replace one to three values, entries or arrays."""
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.2:
            forge_array(arrays, rng)
            continue
        ways = list(places(content))
        way = ways[rng.integers(len(ways))]
        inner: Any = content
        for key in way[:-1]:
            inner = inner[key]
        old = inner[way[-1]]
        kind = rng.random()
        if kind < 0.15 and isinstance(old, list) and old:
            inner[way[-1]] = old * (MANY // len(old))
        elif kind < 0.25:
            del inner[way[-1]]
        elif kind < 0.35:  # what stands somewhere else in the file
            inner[way[-1]] = copy.deepcopy(
                value_at(content, ways[rng.integers(len(ways))])
            )
        else:
            inner[way[-1]] = copy.deepcopy(VALUES[rng.integers(len(VALUES))])


def value_at(content: Any, way: tuple[Any, ...]) -> Any:
    """Return the value at the end of a way, None where it is no longer there."""
    for key in way:
        try:
            content = content[key]
        except (KeyError, IndexError, TypeError):
            return None
    return content


def forge_array(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Replace an array by one of other numbers, another type or another shape."""
    name = sorted(arrays)[rng.integers(len(arrays))]
    old = arrays[name]
    with np.errstate(all="ignore"):
        new = [
            old.astype("f8"),
            old.astype("i8"),
            np.zeros(0, old.dtype),
            np.zeros((0, 10**9), "f4"),
            np.full_like(old, 127),
            -old - 1 if old.dtype.kind in "if" else old,
            old * np.inf if old.dtype.kind == "f" else old,
            old.T,
            np.repeat(old, 50, axis=0),
            rng.permutation(old.ravel()).reshape(old.shape),
        ]
    arrays[name] = np.ascontiguousarray(new[rng.integers(len(new))])


def outcome(path: Path) -> str:
    """Load a file and sample from it; return what happened."""
    try:
        loaded = GANOverSampler.load(path)
    except ValueError as error:
        return "refused" if str(path) in str(error) else f"nameless {error!r}"
    try:
        for generator in loaded.generators_.values():
            if len(generator.sample(300, random_state=0)) != 300:
                return "too few rows"
    except (ValueError, RuntimeError) as error:  # constraints that no row satisfies
        return f"loaded, sample told {type(error).__name__}"
    return "loaded and sampled"


def _too_long(*_: Any) -> None:
    raise BaseException("too long")  # nothing on the way catches it


def run_files(seeds: list[int], folder: str, pipe: Any) -> None:
    """Forge, load and report files, with limits on memory and time."""
    warnings.simplefilter("ignore")
    whole = originals(Path(folder))
    for name in whole:
        outcome(Path(folder) / name)  # what loading needs anyway
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    path = Path(folder) / "forged"
    for seed in seeds:
        rng = np.random.default_rng(seed)
        content, arrays = copy.deepcopy(whole[list(whole)[seed % len(whole)]])
        content.pop("sha256")
        forge(content, arrays, rng)
        content["sha256"] = _digest(content, arrays)
        save_file(arrays, path, metadata={"gansampler": json.dumps(content)})
        before, start = peak(), time.perf_counter()
        signal.alarm(SECONDS)
        try:
            result = outcome(path)
        except BaseException as error:
            result = f"!! {type(error).__name__}: {error}"[:150]
        signal.alarm(0)
        pipe.send((seed, result, time.perf_counter() - start, peak() - before))
    pipe.send(None)


def peak() -> float:
    """Return the most memory that the process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Forge the files, and print what happened to them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first file")
    arguments = parser.parse_args()
    seeds = list(range(arguments.first, arguments.first + arguments.files))
    results: list[tuple[int, str, float, float]] = []
    spawn = multiprocessing.get_context("spawn")
    while seeds:
        part = seeds[:PER_PROCESS]
        ours, theirs = spawn.Pipe()
        with tempfile.TemporaryDirectory() as folder:
            child = spawn.Process(target=run_files, args=(part, folder, theirs))
            child.start()
            theirs.close()
            done = []
            try:
                while (result := ours.recv()) is not None:
                    done.append(result)
            except EOFError:  # the process died of the next one
                done.append((part[len(done)], "!! died", 0.0, 0.0))
            child.join()
        results += done
        seeds = seeds[len(done) :]
    print(pd.Series(Counter(result for _, result, _, _ in results)).to_string())
    frame = pd.DataFrame(results, columns=["seed", "result", "seconds", "MiB"])
    print("slowest", frame.nlargest(3, "seconds").to_string(index=False))
    print("largest", frame.nlargest(3, "MiB").to_string(index=False))
    print(frame[frame["result"].str.startswith(("!!", "nameless"))].to_string())


if __name__ == "__main__":
    main()
