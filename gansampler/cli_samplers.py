"""The samplers that the command line runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gansampler import GANOverSampler
from gansampler.cli_output import Speaker
from gansampler.cli_tables import names_in
from gansampler.schema import TableSchema
from gansampler.table_files import TableFile, check_column


def make_sampler(
    data: TableFile,
    target: str,
    strategy: str,
    categorical: Sequence[str] | None,
    constraint: Sequence[str] | None,
    seed: int | None,
    max_iter: int | None,
    say: Speaker,
) -> GANOverSampler:
    """Make the sampler that the options ask for."""
    named = names_in(categorical)
    for name in named:
        check_column(data.path, data.frame.drop(columns=target), name)
    sampler = GANOverSampler(
        sampling_strategy=_read_strategy(strategy),
        categorical_features=_categories(data.frame.drop(columns=target), named),
        constraints=list(constraint) if constraint else None,
        random_state=seed,
        verbose=int(not say.quiet and say.err.is_terminal),
    )
    return sampler if max_iter is None else sampler.set_params(max_iter=max_iter)


def _read_strategy(strategy: str) -> str | float:
    try:
        return float(strategy)
    except ValueError:
        return strategy


def _categories(X: pd.DataFrame, named: list[str]) -> str | list[str]:
    """Give the columns that are categories by themselves, and those named."""
    if not named:
        return "auto"
    known = X.columns[TableSchema.infer(X).categorical_features]
    return [name for name in X.columns if name in {*known, *named}]
