"""Over-samplers of packages that the benchmark can do without.

A method raises an ImportError that names the package where it is not installed.
"""

from __future__ import annotations

import io
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from wrappers import ClassByClass, OnCodes, Strategy

DSTO_GAN_EPOCHS = 200

ARGN_MINUTES = 1
"""For how long TabularARGN is trained on each class."""


def require(module: str, distribution: str) -> ModuleType:
    """Import a module, or say what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(f"This method needs {distribution}: {error}") from error


def smote_variant(
    name: str, X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> OnCodes:
    """Make a sampler of smote-variants, at its own settings.

    It takes each class against the rest; `name` is that of its class.
    """
    # smote-variants imports tensorflow, which has much to say on stderr.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    maker = getattr(require("smote_variants", "smote-variants"), name)
    logging.getLogger("smote_variants").setLevel(logging.ERROR)
    return OnCodes(ClassByClass(partial(smote_variant_rows, maker, seed), strategy))


def smote_variant_rows(
    maker: Any, seed: int, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Make about `n` rows: polynom_fit_SMOTE makes as many from each real one."""
    in_class = (y == label).to_numpy()
    difference = (~in_class).sum() - in_class.sum()
    # Half a row more, for the package truncates the product.
    sampler = maker(proportion=(n + 0.5) / difference, random_state=seed)
    rows, _ = sampler.sample(X.to_numpy(), in_class.astype(int))
    return pd.DataFrame(rows[len(X) :], columns=X.columns)


def dsto_gan(X: pd.DataFrame, y: pd.Series, seed: int) -> OnCodes:
    """Make rows with the generator of DSTO-GAN.

    Its own `resample` puts as many rows of SMOTE before the generator's and keeps the
    first half, so that none of the generator's would be seen.
    """
    maker = require("dsto_gan.dsto_gan", "dsto-gan").DSTO_GAN
    return OnCodes(ClassByClass(partial(dsto_gan_rows, maker, seed)))


def dsto_gan_rows(
    maker: Any, seed: int, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Train on the rows of one class, between the generator's bounds of -1 and 1."""
    import torch

    scaler = MinMaxScaler((-1, 1))
    rows = scaler.fit_transform(X[y == label]).astype(np.float32)
    with torch.random.fork_rng(devices=[]), redirect_stderr(io.StringIO()):
        torch.manual_seed(seed)
        model = maker(X.shape[1], device=torch.device("cpu"))
        model.fit(rows, np.full(len(rows), label), epochs=DSTO_GAN_EPOCHS)
        # As its own `resample` does it.
        made = model.decoder(torch.randn(n, model.latent_dim)).detach().numpy()
    return pd.DataFrame(scaler.inverse_transform(made), columns=X.columns)


def ctgan(name: str, X: pd.DataFrame, y: pd.Series, seed: int) -> ClassByClass:
    """Make a synthesizer, CTGAN or TVAE, at its own settings, for each class."""
    maker = getattr(require("ctgan", "ctgan"), name)
    return ClassByClass(partial(ctgan_rows, maker, seed))


def ctgan_rows(
    maker: Any, seed: int, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Train on the rows of one class and sample."""
    nominal = list(X.select_dtypes("category"))
    model = maker(enable_gpu=False)
    model.set_random_state(seed)
    model.fit(X[y == label].astype(dict.fromkeys(nominal, object)), nominal)
    return model.sample(n)[list(X.columns)]


def arf(
    X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> ClassByClass:
    """Make an adversarial random forest, at its own settings, for each class."""
    maker = require("arfpy.arf", "arfpy").arf
    return ClassByClass(partial(arf_rows, maker, seed), strategy)


def arf_rows(
    maker: Any, seed: int, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Grow a forest on the rows of one class, and sample."""
    # It adds columns called "tree" or "value", which a table may have too.
    safe_names = [f"x{number}" for number in range(X.shape[1])]
    rows = X[y == label].set_axis(safe_names, axis=1).reset_index(drop=True)
    with numpy_seeded(seed), warnings.catch_warnings():
        # Of names that newer versions of NumPy and pandas call deprecated.
        warnings.simplefilter("ignore")
        forest = maker(rows, verbose=False)
        forest.forde()
        made = forest.forge(n)
    return made.set_axis(X.columns, axis=1)


@contextmanager
def numpy_seeded(seed: int) -> Iterator[None]:
    """Seed NumPy's global generator, and bring back its state afterwards."""
    state = np.random.get_state()  # noqa: NPY002 -- of packages that know no other
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def tabular_argn(
    protect: bool, X: pd.DataFrame, y: pd.Series, seed: int, strategy: Strategy = "auto"
) -> ClassByClass:
    """Make a TabularARGN for each class, trained for `ARGN_MINUTES` at most.

    To `protect` values, as it does at its own settings, is to make neither extreme
    numbers nor rare categories, which of a class of few rows leaves little.
    """
    maker = require("mostlyai.engine", "mostlyai-engine").TabularARGN
    settings = {
        "max_training_time": ARGN_MINUTES,
        "value_protection": protect,
        "device": "cpu",
        "random_state": seed,
    }
    return ClassByClass(partial(tabular_argn_rows, maker, settings), strategy)


def tabular_argn_rows(
    maker: Any, settings: dict, X: pd.DataFrame, y: pd.Series, label: int, n: int
) -> pd.DataFrame:
    """Train on the rows of one class and sample."""
    nominal = list(X.select_dtypes("category"))
    rows = X[y == label].astype(dict.fromkeys(nominal, object)).reset_index(drop=True)
    try:
        # What it writes into a folder of its own is removed at the end.
        with maker(**settings) as model:
            made = model.fit(rows).sample(n)[list(X.columns)]
    finally:
        # It leaves the processor rounding the smallest numbers to 0, with which
        # SciPy's KDTree recurses until the stack is full.
        require("torch", "torch").set_flush_denormal(False)
    # Protected numbers may be missing, and protected categories are called "_RARE_".
    legal = [made[name].isin(X[name].cat.categories).all() for name in nominal]
    if made.isna().any(axis=None) or not all(legal):
        raise RuntimeError(f"refused: its rows of class {label} lack protected values")
    return made
