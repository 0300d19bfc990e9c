"""A long life: nothing grows with the number of fits."""

import gc
import resource
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from tables import mixed_frame, quick

PROC = Path("/proc/self")


def held_memory():
    """Return what this process holds now, in bytes."""
    gc.collect()
    pages = int((PROC / "statm").read_text().split()[1])
    return pages * resource.getpagesize()


def open_files():
    return len(list((PROC / "fd").iterdir()))


@pytest.mark.slow
@pytest.mark.skipif(not PROC.exists(), reason="/proc tells what a process holds")
def test__many_fits__no_growth_of_memory_files_or_threads():
    def fit(seed):
        X, y = mixed_frame((40, 20), seed)
        quick(max_iter=2, random_state=seed, verbose=1).fit_resample(X, y)

    for seed in range(10):  # what is made once: caches, pools
        fit(seed)
    memory, files, threads = held_memory(), open_files(), threading.enumerate()
    for seed in range(60):
        fit(seed)
    assert open_files() == files
    assert threading.enumerate() == threads
    # Sixty fitted samplers would hold 8 MiB.
    assert held_memory() - memory < 3 * 2**20


def test__fitted_sampler__dropped__nothing_of_it_stays():
    sampler = quick(max_iter=2)
    sampler.fit_resample(*mixed_frame((40, 20)))
    generator = sampler.generators_[1]
    parts = [
        sampler,
        generator,
        generator.gan.trained_.generator,
        generator.rejection.class_probability_,
    ]
    watched = [weakref.ref(part) for part in parts]
    del sampler, generator, parts
    gc.collect()
    assert [ref() for ref in watched] == [None] * 4


@pytest.mark.parametrize(
    ("n_classes", "n_columns"), [(30, 3), (2, 200)], ids=["classes", "columns"]
)
def test__many_classes_or_columns__as_many_rows_as_promised(n_classes, n_columns, rng):
    y = np.repeat(np.arange(n_classes), 6 - np.minimum(np.arange(n_classes), 2))
    X = rng.normal(size=(len(y), n_columns))
    X_res, y_res = quick(max_iter=1).fit_resample(X, y)
    assert X_res.shape == (6 * n_classes, n_columns)
    assert np.unique(y_res, return_counts=True)[1].tolist() == [6] * n_classes
