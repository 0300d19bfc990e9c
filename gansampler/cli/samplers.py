"""Create the samplers that the command line runs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import typer
from imblearn import over_sampling

from gansampler import GANOverSampler
from gansampler.cli.options import TrainingOptions, split_names
from gansampler.cli.output import Console
from gansampler.cli.settings import apply_settings
from gansampler.cli.strategy import read_strategy
from gansampler.cli.table_file import TableFile
from gansampler.cli.training_table import split_target
from gansampler.tabular.inference import infer_schema


def make_sampler(
    table: TableFile, options: TrainingOptions, console: Console
) -> GANOverSampler:
    """Create the sampler that the options describe."""
    sampler = GANOverSampler(
        sampling_strategy=read_strategy(
            split_names(options.strategy), *_count_classes(table, options.target)
        ),
        categorical_features=_find_categories(
            table.drop([options.target]), split_names(options.categorical)
        ),
        constraints=options.constraint or None,
        random_state=options.seed,
        verbose=console.verbose,
    )
    if options.max_iter is not None:
        sampler.set_params(gan__max_iter=options.max_iter)
    return apply_settings(sampler, options.set_ or [])


def _count_classes(
    table: TableFile, target: str
) -> tuple[dict[Any, int], dict[str, Any]]:
    """Return the rows per class, and the classes by their spelling in the file."""
    _, labels = split_target(table.frame, target)
    counts = pd.Series(labels).value_counts()
    distinct = counts.index.tolist()
    form = table.csv_format.columns.get(target)
    words = map(str, distinct) if form is None else form.write(pd.Series(distinct))
    names = {word.strip(): label for word, label in zip(words, distinct, strict=True)}
    return dict(zip(distinct, counts.tolist(), strict=True)), names


def _find_categories(features: TableFile, named: list[str]) -> str | list[str]:
    """Return the columns inferred as categorical, and those the user names."""
    for name in named:
        features.check_column(name)
    if not named:
        return "auto"
    X = features.frame
    known = X.columns[infer_schema(X).categorical_features]
    return [name for name in X.columns if name in {*known, *named}]


def choose_samplers(
    names: list[str], gan: GANOverSampler, X: pd.DataFrame, console: Console
) -> dict[str, Any]:
    """Return the samplers with these names, or those that suit the table."""
    categories = infer_schema(X, gan.categorical_features).categorical_features
    if not names:
        names = ["GANOverSampler", "RandomOverSampler"]
        reason = _unfit_for_smote(X)
        if reason is None:
            names.append(_smote_for(len(categories), X.shape[1]))
        else:
            console.info(f"SMOTE is left out, because it does not support {reason}.")
    known = sorted({"GANOverSampler", *over_sampling.__all__})
    for name in names:
        if name not in known:
            raise typer.BadParameter(
                f"{name!r} is not one of {', '.join(known)}.", param_hint="--samplers"
            )
    made: dict[str, Any] = {}
    for name in names:
        parameters = {}
        if name == "SMOTENC":
            parameters["categorical_features"] = categories.tolist()
        is_own = name == "GANOverSampler"
        made[name] = gan if is_own else getattr(over_sampling, name)(**parameters)
        made[name].set_params(sampling_strategy=gan.sampling_strategy)
    return made


def _unfit_for_smote(X: pd.DataFrame) -> str | None:
    """Return what in the table SMOTE does not support, if anything."""
    if X.isna().to_numpy().any():
        return "missing values"
    if any(dtype.kind in "mM" for dtype in X.dtypes):
        return "dates"
    return None


def _smote_for(n_categorical: int, n_columns: int) -> str:
    if not n_categorical:
        return "SMOTE"
    return "SMOTEN" if n_categorical == n_columns else "SMOTENC"
