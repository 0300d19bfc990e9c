"""The command line: tables in CSV and Parquet files instead of Python."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow  # noqa: F401 -- what pandas reads Parquet with: told of before any work
import typer

import gansampler
from gansampler import GANOverSampler
from gansampler.cli.options import (
    Categorical,
    Constraint,
    Date,
    Decimal,
    Drop,
    Encoding,
    Force,
    Input,
    MaxIter,
    Missing,
    Output,
    Quiet,
    Seed,
    Separator,
    Strategy,
    Target,
)
from gansampler.cli.output import speaking, summarise, tabulate
from gansampler.cli.samplers import choose_samplers, make_sampler
from gansampler.cli.table_files import CsvFormat, TableFile, write_rows, write_table
from gansampler.cli.tables import (
    check_writable,
    format_of,
    labels_of,
    names_in,
    read_data,
    read_holdout,
    read_options,
    take_notes,
    with_target,
)

app = typer.Typer(
    name="gansampler",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gansampler {gansampler.__version__}")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Balance the classes of a table with rows that a small GAN makes up.

    Resample the training part of your data only: rows that helped to make the training
    set are no test.
    """


@app.command(no_args_is_help=True)
def resample(
    table: Input,
    target: Target,
    output: Output,
    strategy: Strategy = "auto",
    save: Annotated[
        Path | None, typer.Option(help="Save the fitted model, for `sample`.")
    ] = None,
    keep_data: Annotated[
        bool,
        typer.Option(
            "--keep-data",
            help="Let the saved model hold training rows, where it needs them.",
        ),
    ] = False,
    mark: Annotated[
        str | None,
        typer.Option(help="Add a column of this name that is true for new rows."),
    ] = None,
    categorical: Categorical = None,
    drop: Drop = None,
    date: Date = None,
    missing: Missing = None,
    constraint: Constraint = None,
    seed: Seed = None,
    max_iter: MaxIter = None,
    sep: Separator = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    r"""Add synthetic rows to the rare classes of a table.

    The rows of the table come first, as they were, then the new ones. Whole numbers,
    decimals, dates, true and false, texts and missing values are recognised, and new
    rows have them in the same form. Numbers with leading zeros, such as 007, stay text.

    [bold]Examples[/bold]

    Balance the classes of the column "churn":

        gansampler resample customers.csv -t churn -o balanced.csv

    Leave out an id, read a code as a category, tell new rows by a column:

        gansampler resample customers.csv -t churn -o balanced.parquet \
        --drop customer_id --categorical plan_code --mark synthetic --seed 0

    Half as many rare rows as frequent ones, and keep the model for later:

        gansampler resample customers.csv -t churn -o more.csv \
        --strategy 0.5 --save churn.safetensors
    """
    options = read_options(sep, encoding, decimal, missing, date)
    with speaking(quiet) as say:
        check_writable(force, output, save)
        if save is not None:
            # It imports torch; what it lacks is told before the training.
            import gansampler.persistence.sampler_file  # noqa: F401
        data = read_data(table, target, options, drop, say)
        if mark is not None and mark in data.frame.columns:
            raise typer.BadParameter(
                f"{table} has a column {mark!r}.", param_hint="--mark"
            )
        sampler = make_sampler(
            data, target, strategy, categorical, constraint, seed, max_iter, say
        )
        start = perf_counter()
        more, labels = _resample(sampler, data, target)
        seconds = perf_counter() - start
        write_table(output, data, more, mark)
        say.table(summarise(sampler, data.frame[target], labels, seconds))
        say(f"{len(data.frame)} rows and {len(more)} new ones are in {output}.")
        if save is not None:
            _save(sampler, save, keep_data, take_notes(data, target))
            say(f"The model is in {save}.")


@app.command(no_args_is_help=True)
def sample(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="What `resample --save` wrote.")
    ],
    n: Annotated[int, typer.Option("-n", min=1, help="Rows of each class.")],
    output: Output,
    label: Annotated[
        list[str] | None,
        typer.Option(
            help="The classes; else all that the model can make: a,b.", metavar="NAMES"
        ),
    ] = None,
    seed: Seed = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Make more rows of a class from a saved model.

    The model is data only: nothing in it is executed, whoever made it.

    [bold]Examples[/bold]

    A hundred rows of each class:

        gansampler sample churn.safetensors -n 100 -o more.csv

    A thousand of the class "yes", the same ones each time:

        gansampler sample churn.safetensors -n 1000 --label yes --seed 0 -o more.csv
    """
    with speaking(quiet) as say:
        from gansampler.persistence.sampler_file import load_notes

        check_writable(force, output)
        sampler, notes = GANOverSampler.load(model), load_notes(model)
        generators = _choose_generators(model, sampler.generators_, names_in(label))
        rng = np.random.RandomState(seed)
        rows = [
            with_target(generator.sample_frame(n, rng), notes, own)
            for own, generator in generators.items()
        ]
        write_rows(output, pd.concat(rows, ignore_index=True), format_of(notes))
        say(f"{n} rows of each of {len(rows)} classes are in {output}.")


@app.command(no_args_is_help=True)
def compare(
    table: Input,
    target: Target,
    samplers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Over-samplers of imbalanced-learn, or GANOverSampler: a,b. Without, "
            "GANOverSampler, RandomOverSampler and the kind of SMOTE that suits the "
            "table.",
        ),
    ] = None,
    scoring: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A score of scikit-learn, such as average_precision; without, F1 and "
            "the average precision.",
        ),
    ] = None,
    splits: Annotated[
        int | None,
        typer.Option(min=2, help="Folds; without, five, twice.", show_default=False),
    ] = None,
    tune: Annotated[
        bool,
        typer.Option(
            help="Tune the threshold of every candidate, without which a sampler may "
            "win by no more than moving it."
        ),
    ] = True,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file for all scores.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(help="Processes at a time; -1 is one for each core.")
    ] = 1,
    strategy: Strategy = "auto",
    categorical: Categorical = None,
    drop: Drop = None,
    date: Date = None,
    missing: Missing = None,
    constraint: Constraint = None,
    seed: Seed = None,
    max_iter: MaxIter = None,
    sep: Separator = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    r"""Tell whether resampling helps on a table, against not resampling.

    Every sampler is cross-validated with two classifiers on the same splits, and so is
    no resampling; samplers see the training part of a split only. It trains a GAN some
    forty times: begin with --splits 3 and --max-iter 300.

    [bold]Examples[/bold]

    Does it help to find who churns?

        gansampler compare customers.csv -t churn --drop customer_id

    Sooner, against one rival, by one score, with all scores in a file:

        gansampler compare customers.csv -t churn --samplers GANOverSampler,ADASYN \
        --scoring average_precision --splits 3 --max-iter 300 -o scores.csv
    """
    options = read_options(sep, encoding, decimal, missing, date)
    with speaking(quiet) as say:
        # It takes seconds to import.
        from gansampler.evaluation.comparison import compare_samplers

        check_writable(force, output)
        data = read_data(table, target, options, drop, say)
        gan = make_sampler(
            data, target, strategy, categorical, constraint, seed, max_iter, say
        )
        gan.set_params(verbose=0)  # one bar for all
        X, y = data.frame.drop(columns=target), data.frame[target]
        comparison = compare_samplers(
            X,
            labels_of(y),
            choose_samplers(names_in(samplers), gan, X, say),
            cv=splits,
            scoring=scoring,
            tune_threshold=tune,
            n_jobs=jobs,
            random_state=seed,
            verbose=int(not say.quiet and say.err.is_terminal),
        )
        if output is not None:
            write_rows(output, comparison.results, CsvFormat())
        for metric in comparison.metrics:
            summary = comparison.of_metric(metric)
            for classifier, rows in summary.groupby("estimator", sort=False):
                say.table(tabulate(f"{metric}, {classifier}", rows))
        say.always(comparison.verdict)


@app.command(no_args_is_help=True)
def report(
    table: Input,
    target: Target,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The page to write, in HTML.")
    ],
    holdout: Annotated[
        Path | None,
        typer.Option(
            help="A file of rows of the same table that are not to be learned from. "
            "With it the report can tell learning from copying."
        ),
    ] = None,
    strategy: Strategy = "auto",
    categorical: Categorical = None,
    drop: Drop = None,
    date: Date = None,
    missing: Missing = None,
    constraint: Constraint = None,
    seed: Seed = None,
    max_iter: MaxIter = None,
    sep: Separator = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a page on how good the synthetic rows of a table are.

    It trains as `resample` does, and tells for each class whether the rows are like
    real ones, as varied, and no copies, in words and in pictures.

    [bold]Examples[/bold]

        gansampler report customers.csv -t churn -o report.html --drop customer_id

    With rows that were held out:

        gansampler report train.csv -t churn -o report.html --holdout test.csv
    """
    options = read_options(sep, encoding, decimal, missing, date)
    with speaking(quiet) as say:
        from gansampler.evaluation.report import QualityReport

        check_writable(force, output)
        data = read_data(table, target, options, drop, say)
        unseen: tuple[Any, Any] = (None, None)
        if holdout is not None:
            unseen = read_holdout(holdout, data, target, options, drop, say)
        sampler = make_sampler(
            data, target, strategy, categorical, constraint, seed, max_iter, say
        )
        _resample(sampler, data, target)
        X, y = data.frame.drop(columns=target), data.frame[target]
        page = QualityReport.from_sampler(
            sampler, X, labels_of(y), *unseen, random_state=seed
        )
        page.to_html(output)
        for warning in page.warnings:
            say.warn(warning)
        say(f"The report is in {output}.")


def _resample(
    sampler: GANOverSampler, data: TableFile, target: str
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the synthetic rows, in the columns of the table, and their classes."""
    X, y = data.frame.drop(columns=target), data.frame[target]
    try:
        X_res, y_res = sampler.fit_resample(X, labels_of(y))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{data.path}: {error}") from error
    more = X_res.iloc[len(X) :].reset_index(drop=True)
    labels = pd.Series(y_res[len(y) :]).astype(y.dtype)
    more.insert(data.frame.columns.get_loc(target), target, labels)
    return more, labels


def _save(
    sampler: GANOverSampler, path: Path, keep_data: bool, notes: dict[str, Any]
) -> None:
    from gansampler.persistence.sampler_file import save_sampler

    try:
        save_sampler(sampler, path, keep_data=keep_data, notes=notes)
    except ValueError as error:
        # It speaks of Python's parameter.
        message = str(error).replace("keep_data=True", "--keep-data")
        raise ValueError(f"The table is written, but not {path}. {message}") from error


def _choose_generators(
    model: Path, generators: dict[Any, Any], wanted: list[str]
) -> dict[Any, Any]:
    """Return the generators of the classes that are named, or of all."""
    by_name = {str(label): label for label in generators}
    for name in wanted or by_name:
        if name not in by_name:
            raise ValueError(
                f"{model} makes no rows of class {name!r}; it knows "
                f"{', '.join(map(repr, by_name))}."
            )
    if not by_name:
        raise ValueError(f"{model} makes no rows: no class got any when it was fitted.")
    return {by_name[name]: generators[by_name[name]] for name in wanted or by_name}
