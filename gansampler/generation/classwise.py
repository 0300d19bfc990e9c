"""From the rows of one class to what draws more of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gansampler.gan.callbacks import NoTask, Watch
from gansampler.gan.history import History, LabelledRows, TrainingConfig
from gansampler.generation.class_generator import Encoder, RowSource
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.tabular.bounded_encoder import BoundedEncoder
from gansampler.tabular.encoder import RowLayout, TableEncoder
from gansampler.tabular.image_encoder import ImageEncoder
from gansampler.tabular.schema import TableSchema
from gansampler.utils.formatting import as_written

MIN_TRAINING_ROWS = 3
"""A class with fewer rows is bootstrapped. With 3 and with 5 rows a GAN still did
better than the bootstrap over 22 real tables (benchmarks/EXPERIMENTS.md)."""


def make_encoder(
    schema: TableSchema, config: TrainingConfig, column_bounds: Mapping[Any, Any] | None
) -> Encoder:
    """Make the encoder for a class: of images, of declared scales, or of any table.

    Parameters
    ----------
    schema : TableSchema
        The columns of the whole table.

    config : TrainingConfig
        The parameters of the training.

    column_bounds : mapping or None
        The bounds of each numeric column, where training is private.

    Returns
    -------
    encoder : Encoder
        Not fitted.
    """
    if config.privacy is not None:
        return BoundedEncoder(schema, column_bounds)
    if config.image_shape is not None:
        return ImageEncoder(schema, config.image_shape)
    return TableEncoder(schema)


def train_class(
    label: Any,
    rows: np.ndarray,
    layout: RowLayout,
    config: TrainingConfig,
    seed: int,
    verbose: bool,
    labelled: LabelledRows | None,
    watch: Watch,
) -> tuple[RowSource, History]:
    """Train one class's GAN, or give what stands in for it.

    If the memory of the device does not suffice, the training starts anew on the CPU,
    so that rows are those of ``device="cpu"``.

    Parameters
    ----------
    label : object
        The class.

    rows : ndarray of shape (n_rows, width), dtype float32
        Its encoded rows.

    layout : RowLayout
        Their layout.

    config : TrainingConfig
        How to train.

    seed : int
        Decides everything that is random.

    verbose : bool
        Whether to show a progress bar.

    labelled : LabelledRows or None
        Rows of all classes, where there is to be an auxiliary classifier.

    watch : Watch
        Who is told of each look; of a private training nobody is.

    Returns
    -------
    source : RowSource
        What draws encoded rows.

    history : History
        The record of the training.
    """
    progress = f"class {label}" if verbose else None
    given = (rows, layout, seed, progress, labelled)
    try:
        return _train(config, watch, *given)
    except RuntimeError as error:
        # torch's own error is one, and "mps" has none of its own.
        if config.device == "cpu" or "out of memory" not in str(error):
            raise
    # Not within `except`, where the error's traceback still holds what was allocated.
    import torch

    torch.cuda.empty_cache()
    # scikit-learn's callbacks were told how many looks there are, and not of two runs.
    watch = replace(watch, task=NoTask())
    source, history = _train(replace(config, device="cpu"), watch, *given)
    history.out_of_memory = True
    return source, history


def _train(
    config: TrainingConfig,
    watch: Watch,
    rows: np.ndarray,
    layout: RowLayout,
    seed: int,
    progress: str | None,
    labelled: LabelledRows | None,
) -> tuple[RowSource, History]:
    """Train on the device of `config`; see :func:`train_class`."""
    # What knows torch is imported here, because it takes seconds, which no user should
    # pay who only imports the package; in a worker process it is also the first use.
    if config.privacy is not None:
        from gansampler.gan.private_training import train_private

        return train_private(rows, layout, config, seed, progress)
    if len(rows) < MIN_TRAINING_ROWS or layout.width == 0:
        return SmoothedBootstrap(rows, layout), History()
    from gansampler.gan.training import train

    gan, history = train(rows, layout, config, seed, progress, labelled, watch)
    return gan or SmoothedBootstrap(rows, layout), history


def count_looks(config: TrainingConfig) -> int:
    """Return how many looks there are at a training that does not end early.

    Parameters
    ----------
    config : TrainingConfig
        How to train.

    Returns
    -------
    n_looks : int
        The looks, none at a private training.
    """
    if config.privacy is not None:
        return 0
    from gansampler.gan.training import CHECK_EVERY

    return math.ceil(config.max_iter / CHECK_EVERY)


def check_private_sizes(config: TrainingConfig, n_rows: Mapping[Any, int]) -> None:
    """Raise a ValueError if a class is too small for the privacy that is asked for.

    Parameters
    ----------
    config : TrainingConfig
        How to train, with its `privacy`.

    n_rows : mapping of object to int
        The rows of each class.
    """
    from gansampler.gan.private_training import noise_multiplier

    for label, n in n_rows.items():
        if n < MIN_TRAINING_ROWS:
            raise ValueError(
                f"Class {as_written(label)!r} has {n} rows, of which no private "
                "generator can learn, and the smoothed bootstrap that stands in "
                "otherwise would repeat them; leave the class out of "
                "sampling_strategy."
            )
        noise_multiplier(config, n)
