import csv
import importlib
import io
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, settings
from reports import small_forests
from tables import mixed_frame, quick

from gansampler import GANOverSampler

# Read by mypy, not run (`make types`).
collect_ignore = ["typed"]

# No window, wherever the tests run.
plt.switch_backend("agg")

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", parent=settings.get_profile("ci"), derandomize=False, max_examples=300
)
settings.register_profile(
    "nightly", parent=settings.get_profile("explore"), max_examples=2500
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def pytest_configure(config):
    # imbalanced-learn 0.14.2 hands a generator of checks to `parametrize`, which
    # pytest 10 will refuse; without this test_contract.py can't be collected.
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Passing a non-Collection iterable to parametrize"
        ":pytest.PytestRemovedIn10Warning",
    )


def pytest_collection_modifyitems(items):
    # joblib's processes take seconds to start, as each imports all anew, and go when
    # nobody has used them for five minutes: tests that use them run one after another.
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def no_figures():
    """Close the figures that a test has drawn, and what others have left open."""
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture
def few_trees():
    """Let forests have few trees, where what they say exactly doesn't matter."""
    with small_forests():
        yield


@pytest.fixture
def torch_rng():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def two_threads():
    """Let torch use two threads in the test, and what it used before after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def full_disk():
    """Return a context in which a file can't take more than 1,000 bytes."""
    resource = pytest.importorskip("resource")

    @contextmanager
    def full():
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full


@pytest.fixture
def no_training(monkeypatch):
    """Fail a test that gets as far as a training."""
    import gansampler.gan.training

    def refuse(*args, **kwargs):
        pytest.fail("a training was started")

    monkeypatch.setattr(gansampler.gan.training, "train", refuse)


@pytest.fixture(scope="session")
def mixed():
    """Return a table with a column of every kind that pandas knows, and its labels."""
    return mixed_frame()


@pytest.fixture(scope="session")
def some_columns(mixed):
    """Return a table of a few kinds, where it doesn't matter of which, and labels."""
    X, y = mixed
    return X[["float", "hundreds", "Int64", "category", "zoned"]], y


@pytest.fixture(scope="session")
def fitted(mixed) -> GANOverSampler:
    """Return a sampler fitted on `mixed`; not to be changed."""
    sampler = quick(max_iter=20)
    sampler.fit_resample(*mixed)
    return sampler


@pytest.fixture(scope="session")
def bench():
    """Import the benchmark's modules, whose `tables` is not that of the tests."""
    names = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
    others = {name: sys.modules.pop(name, None) for name in names}
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return SimpleNamespace(**{n: importlib.import_module(n) for n in names})
    finally:
        sys.path.remove(str(BENCHMARKS))
        for name, module in others.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


@pytest.fixture(scope="session")
def run_script():
    """Run a script of the benchmark as a user does, and give what it prints."""

    def run(script, *arguments):
        command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
        environment = {**os.environ, "LOKY_MAX_CPU_COUNT": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def run_main():
    """Run a script of the benchmark in this process, which saves the imports."""

    def run(module, *arguments):
        line = [module.__name__, *map(str, arguments)]
        printed = io.StringIO()
        # The scripts set variables of the environment: here they are set back.
        environment = mock.patch.dict(os.environ)
        with (
            environment,
            mock.patch.object(sys, "argv", line),
            redirect_stdout(printed),
        ):
            module.main()
        return printed.getvalue()

    return run


@pytest.fixture(scope="session")
def bench_data(tmp_path_factory):
    """Write one small table, numbers and labels with holes, and its manifest."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [150, 40])
    x = rng.normal(size=(190, 2)) + 2 * (y == "rare")[:, np.newaxis]
    table = pd.DataFrame({"x": x[:, 0], "label": rng.choice(["a", "b"], 190)})
    table = table.assign(z=x[:, 1], target=y)
    table.loc[::17, "x"] = np.nan
    table.loc[::23, "label"] = None
    table.to_csv(folder / "small.csv.gz", index=False)
    manifest = {
        "name": "small",
        "file": "small.csv.gz",
        "categorical_columns": "label",
        "int_coded_nominal": "",
        "minority_class": "rare",
    }
    pd.DataFrame([manifest]).to_csv(folder / "manifest.csv", index=False)
    return folder


# The command line


@pytest.fixture
def path(tmp_path):
    """Return where a test of the command line puts its table."""
    return tmp_path / "table.csv"


@pytest.fixture
def read(path):
    """Write a text to the path, and read it as a table."""

    from gansampler.cli.csv_format import ReadOptions
    from gansampler.cli.table_io import read_table

    def read(text, written="utf-8", **options):
        path.write_bytes(text.encode(written))
        return read_table(path, ReadOptions(**options))

    return read


@pytest.fixture
def column(read):
    """Read a column of cells, and return its values, their format and the remarks."""

    def column(*cells, **options):
        text = io.StringIO()
        csv.writer(text).writerows([["x", "other"], *((cell, "o") for cell in cells)])
        table = read(text.getvalue(), **options)
        return table.frame["x"], table.csv_format.columns["x"], table.remarks

    return column


@pytest.fixture
def run_in_full(monkeypatch, tmp_path):
    """Run the command line in a folder of its own."""
    from typer.testing import CliRunner

    from gansampler.cli.commands import app

    monkeypatch.chdir(tmp_path)
    # As wide as needed, so that what is looked for stands on one line.
    runner = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1"})

    def run(*arguments):
        return runner.invoke(app, list(map(str, arguments)))

    return run


@pytest.fixture
def run(run_in_full, few_trees):
    """Run the command line in a folder of its own, with forests of few trees."""
    return run_in_full


@pytest.fixture
def customers(tmp_path):
    """Write a table as it comes out of an office: semicolons, commas, Latin-1."""
    rng = np.random.default_rng(0)
    n = 120
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(
        rng.integers(0, 20_000, n), unit="D"
    )
    frame = pd.DataFrame(
        {
            "Kundennr": np.arange(5000, 5000 + n),
            "Größe": rng.normal(170, 10, n).round(1),
            "Geburtstag": born.strftime("%d.%m.%Y"),
            "aktiv": rng.choice(["true", "false"], n),
            "Stadt": rng.choice(["Köln", "Düren", ""], n),
            "Plz": rng.choice(["01067", "50667"], n),
            "Umsatz": rng.integers(0, 900, n).astype(float),
            "Tarif": rng.choice([101, 205, 300, 999], n),
            "Kündigung": np.repeat(["nein", "ja"], [90, 30]),
        }
    )
    frame.loc[::7, "Umsatz"] = np.nan
    path = tmp_path / "kunden.csv"
    frame.to_csv(path, sep=";", decimal=",", encoding="latin-1", index=False)
    return path


# Dask


@pytest.fixture
def one_process():
    """Without a cluster, compute here and now."""
    import dask

    with dask.config.set(scheduler="sync"):
        yield
