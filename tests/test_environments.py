"""The rows are the same in whatever surroundings, which are left as they were."""

import contextlib
import decimal
import functools
import inspect
import locale
import os
import random
import subprocess
import sys
import tempfile
import threading
import warnings
from multiprocessing import get_context

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from reports import small_forests
from tables import assert_same, quick, quick_gan
from threadpoolctl import threadpool_limits

from gansampler import GANOverSampler


@pytest.fixture(scope="module", autouse=True)
def few_trees_choose():
    """Let few trees choose among candidates: what they choose is not asked here."""
    with small_forests():
        yield


@functools.cache
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "number": rng.normal(size=90).round(2),
            "count": rng.integers(0, 50, 90),
            "letter": rng.choice(["a", "b", "c"], 90),
            "gap": np.where(rng.random(90) < 0.2, np.nan, rng.random(90)),
        }
    )
    return X, np.repeat([0, 1], [60, 30])


def resample():
    sampler = quick(max_iter=3, rejection_estimator="auto")
    return sampler.fit_resample(*table())[0]


def save(path):
    """Save a sampler, and return its file and its rows."""
    sampler = quick(max_iter=3, rejection_estimator="auto")
    sampler.fit_resample(*table())
    sampler.save(path, keep_data=True)
    return path, sampler.generators_[1].sample(20, random_state=0)


def load(path):
    return GANOverSampler.load(path).generators_[1].sample(20, random_state=0)


def fit_alone():
    return quick_gan(max_iter=3, random_state=0).fit(table()[0]).sample(20, 0)


@contextlib.contextmanager
def setting(get, change, value):
    """Change a setting of the process within."""
    before = get()
    change(value)
    try:
        yield
    finally:
        change(before)


def dtype(value):
    return setting(torch.get_default_dtype, torch.set_default_dtype, value)


def device(name):
    return setting(torch.get_default_device, torch.set_default_device, name)


def precision(name):
    get = torch.get_float32_matmul_precision
    return setting(get, torch.set_float32_matmul_precision, name)


def deterministic(warn_only):
    def change(value):
        torch.use_deterministic_algorithms(value, warn_only=warn_only)

    get = torch.are_deterministic_algorithms_enabled
    return setting(get, change, True)


@contextlib.contextmanager
def denormals():
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def recursion(limit):
    return setting(sys.getrecursionlimit, sys.setrecursionlimit, limit)


@contextlib.contextmanager
def seeded(seed):
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - it must not matter
    torch.manual_seed(seed)
    yield


@contextlib.contextmanager
def variables(**values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def decimals(precision):
    with decimal.localcontext() as context:
        context.prec = precision
        context.traps[decimal.Inexact] = True
        yield


@contextlib.contextmanager
def folder_that_is_gone():
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def several(*contexts):
    with contextlib.ExitStack() as stack:
        for context in contexts:
            stack.enter_context(context)
        yield


@contextlib.contextmanager
def strict_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def option(name, value):
    @contextlib.contextmanager
    def context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some are deprecated
            inner = pd.option_context(name, value)
            inner.__enter__()
        yield
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            inner.__exit__(None, None, None)

    return context


@contextlib.contextmanager
def no_mkldnn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of GPUs of others
        with torch.backends.mkldnn.flags(enabled=False):
            yield


def backend(name, n_jobs):
    return lambda: joblib.parallel_config(backend=name, n_jobs=n_jobs)


ENVIRONMENTS = {
    "float64": lambda: dtype(torch.float64),
    "float16": lambda: dtype(torch.float16),
    "bfloat16": lambda: dtype(torch.bfloat16),
    "device meta": lambda: device("meta"),
    "device cpu": lambda: device("cpu"),
    "within a device": lambda: torch.device("meta"),
    "within the cpu": lambda: torch.device("cpu"),
    "no grad": torch.no_grad,
    "inference": torch.inference_mode,
    "grad off": lambda: torch.set_grad_enabled(False),
    "grad on": torch.enable_grad,
    "autocast bfloat16": lambda: torch.autocast("cpu", torch.bfloat16),
    "autocast float16": lambda: torch.autocast("cpu", torch.float16),
    "autocast off": lambda: torch.autocast("cpu", enabled=False),
    "matmul medium": lambda: precision("medium"),
    "matmul high": lambda: precision("high"),
    "deterministic": lambda: deterministic(False),
    "deterministic, warns": lambda: deterministic(True),
    "anomalies": lambda: torch.autograd.set_detect_anomaly(True, check_nan=False),
    "anomalies and nan": lambda: torch.autograd.set_detect_anomaly(True),
    "denormals flushed": denormals,
    "no mkldnn": no_mkldnn,
    "profiler": lambda: torch.profiler.profile(),
    "saved tensors": lambda: torch.autograd.graph.save_on_cpu(),
    "four threads": lambda: setting(torch.get_num_threads, torch.set_num_threads, 4),
    "all of torch": lambda: several(
        dtype(torch.float64), torch.device("meta"), torch.inference_mode()
    ),
    "seed 1": lambda: seeded(1),  # the plain environment has another
    "numpy raises": lambda: np.errstate(all="raise"),
    "numpy ignores": lambda: np.errstate(all="ignore"),
    "numpy prints": lambda: several(
        np.printoptions(precision=1, threshold=3, suppress=True, legacy="1.13"),
        setting(np.getbufsize, np.setbufsize, 1024),
    ),
    "pandas python strings": option("mode.string_storage", "python"),
    "pandas object strings": option("future.infer_string", False),
    "pandas computes": lambda: several(
        option("mode.chained_assignment", "raise")(),
        option("compute.use_bottleneck", False)(),
        option("compute.use_numexpr", False)(),
        option("compute.use_numba", False)(),
    ),
    "pandas display": lambda: several(
        option("display.max_rows", 1)(),
        option("display.precision", 0)(),
        option("display.width", 5)(),
        option("display.float_format", "{:.0f}".format)(),
        option("display.max_categories", 1)(),
        option("plotting.backend", "matplotlib")(),
    ),
    "sklearn pandas": lambda: sklearn.config_context(transform_output="pandas"),
    "sklearn polars": lambda: sklearn.config_context(transform_output="polars"),
    "sklearn routing": lambda: sklearn.config_context(enable_metadata_routing=True),
    "sklearn computes": lambda: sklearn.config_context(
        assume_finite=True,
        skip_parameter_validation=True,
        working_memory=1,
        pairwise_dist_chunk_size=8,
        enable_cython_pairwise_dist=False,
        display="text",
    ),
    "joblib threads": backend("threading", 2),
    "joblib sequential": backend("sequential", 1),
    "joblib one job": backend("loky", 1),
    "joblib processes": backend("loky", 2),
    "joblib multiprocessing": backend("multiprocessing", 2),
    "joblib all": backend("threading", -1),
    "strict warnings": strict_warnings,
    "decimals": lambda: decimals(2),
    "little recursion": lambda: recursion(len(inspect.stack()) + 260),
    "recursion 10,000": lambda: recursion(10_000),
    "variables": lambda: variables(
        OMP_NUM_THREADS="1",
        COLUMNS="10",
        LINES="2",
        NO_COLOR="1",
        TERM="dumb",
        HOME="/nowhere",
        TZ="Pacific/Kiritimati",
    ),
    "no folder": folder_that_is_gone,
    "thread pools": lambda: threadpool_limits(1),
    "many of all": lambda: several(
        np.errstate(all="raise"),
        sklearn.config_context(transform_output="pandas"),
        dtype(torch.bfloat16),
        torch.no_grad(),
    ),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Return rows of the plain environment, and a file with its rows."""
    path, sampled = save(tmp_path_factory.mktemp("environments") / "sampler")
    return resample(), path, sampled, fit_alone()


PROCESSES = {"joblib processes", "joblib multiprocessing"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.processes if name in PROCESSES else ())
        for name in ENVIRONMENTS
    ],
)
def test__any_environment__rows_of_the_plain_one(name, plain):
    rows, path, sampled, alone = plain
    before = surroundings()
    with ENVIRONMENTS[name]():
        within = surroundings()
        found = resample(), load(path), fit_alone()
        assert surroundings() == within
    assert surroundings() == before
    for one, other in zip(found, (rows, sampled, alone), strict=True):
        assert_same(one, other)


def surroundings():
    return (
        torch.get_default_dtype(),
        torch.get_default_device(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.get_float32_matmul_precision(),
        torch.are_deterministic_algorithms_enabled(),
        torch.is_anomaly_enabled(),
        torch.get_num_threads(),
        np.geterr(),
        sklearn.get_config(),
        locale.setlocale(locale.LC_ALL),
        sys.getrecursionlimit(),
    )


def test__another_thread__rows_of_the_plain_one():
    found = []
    thread = threading.Thread(target=lambda: found.append(resample()))
    thread.start()
    thread.join()
    assert_same(found[0], resample())


def test__two_threads_of_different_surroundings__rows_of_the_plain_one():
    expected, found = resample(), {}

    def work(name):
        with ENVIRONMENTS[name]():
            found[name] = resample()

    names = ["no grad", "inference", "numpy raises", "sklearn pandas"]
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in names:
        assert_same(found[name], expected)
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.skipif(sys.platform != "linux", reason="processes fork on Linux only")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test__forked_process__rows_of_the_plain_one():
    with get_context("fork").Pool(1) as pool:
        assert_same(pool.apply(resample), resample())


OTHER_PYTHON = """
import numpy as np, pandas as pd
from gansampler import GANOverSampler, TabularGAN
X = np.random.default_rng(0).normal(size=(90, 3)).round(3)
sampler = GANOverSampler(TabularGAN(max_iter=3), random_state=0)
print(sampler.fit_resample(X, np.repeat([0, 1], [60, 30]))[0][90:].tolist())
"""


def run(*flags, **variables):
    return subprocess.run(
        [sys.executable, *flags, "-c", OTHER_PYTHON],
        capture_output=True,
        text=True,
        env=os.environ | variables,
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def plain_python():
    return run()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "variables"),
    [
        (["-OO"], {}),
        (["-X", "dev", "-W", "ignore", "-X", "utf8=0"], {"LC_ALL": "C"}),
        ([], {"PYTHONHASHSEED": "4000"}),
    ],
    ids=str,
)
def test__another_python__same_rows(flags, variables, plain_python):
    assert run(*flags, **variables) == plain_python
