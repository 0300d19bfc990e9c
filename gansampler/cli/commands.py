"""The command line: tables in CSV and Parquet files instead of Python."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import numpy as np
import pandas as pd
import typer

import gansampler
from gansampler import GANOverSampler
from gansampler.cli import options as opt
from gansampler.cli.csv_format import CsvFormat
from gansampler.cli.output import open_console, tabulate_classes, tabulate_scores
from gansampler.cli.samplers import choose_samplers, make_sampler
from gansampler.cli.saved_model import (
    choose_generators,
    insert_target,
    read_csv_format,
    save_model,
)
from gansampler.cli.table_file import TableFile
from gansampler.cli.table_io import name_output, write_rows, write_table
from gansampler.cli.training_table import (
    check_table_endings,
    check_writable,
    read_holdout,
    read_training_table,
    split_target,
)
from gansampler.utils.formatting import printable

app = typer.Typer(
    name="gansampler",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gansampler {gansampler.__version__}")
        raise typer.Exit


@app.callback()
@opt.reflow
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
@opt.takes_training_options
@opt.reflow
def resample(
    options: opt.TrainingOptions,
    output: opt.OutputUnlessDry = None,
    save: opt.Save = None,
    keep_data: opt.KeepData = False,
    mark: opt.Mark = None,
) -> None:
    r"""Add synthetic rows to the rare classes of a table.

    The rows of the table come first, as they were, then the new ones. Numbers, dates,
    times, true and false, texts and missing values are recognised in the forms that
    people write them in, and new rows have them in the same form. A line for each
    column says what it is taken for; --dry-run prints only that. Numbers with leading
    zeros, such as 007, stay text.

    [bold]Examples[/bold]

    See what the columns are taken for:

        gansampler resample customers.csv -t churn --dry-run

    Balance the classes of the column "churn":

        gansampler resample customers.csv -t churn -o balanced.csv

    Leave out an id, read a code as a category, tell new rows by a column:

        gansampler resample customers.csv -t churn -o balanced.parquet \
        --drop customer_id --categorical plan_code --mark synthetic --seed 0

    Half as many rare rows as frequent ones, and keep the model for later:

        gansampler resample customers.csv -t churn -o more.csv \
        --strategy 0.5 --save churn.safetensors

    From one program to the next:

        cat customers.csv | gansampler resample - -t churn -o - > more.csv
    """
    opt.require_output(output, options.dry_run)
    target = options.target
    with open_console(options.quiet, output) as console:
        check_writable(options.force, [output, save], [options.table])
        check_table_endings(output)
        if save is not None:
            # It imports torch; what it lacks is told before the training.
            import gansampler.persistence.sampler_file  # noqa: F401
        table = read_training_table(options.table, options, console)
        if mark is not None and mark in table.frame.columns:
            raise typer.BadParameter(
                f"{printable(table.path)} has a column {mark!r}.", param_hint="--mark"
            )
        sampler = make_sampler(table, options, console)
        if output is None or options.dry_run:
            return
        start = perf_counter()
        more = _make_rows(sampler, table, target)
        seconds = perf_counter() - start
        with console.status(f"Writing {name_output(output)}"):
            write_table(output, table, more, mark)
        console.table(
            tabulate_classes(sampler, table.frame[target], more[target], seconds)
        )
        console.info(
            f"{len(table.frame)} rows and {len(more)} new ones are in "
            f"{name_output(output)}."
        )
        if save is not None:
            save_model(sampler, save, keep_data, table, target)
            console.info(f"The model is in {save}.")


@app.command(no_args_is_help=True)
@opt.reflow
def sample(
    model: opt.Model,
    n: opt.RowsPerClass,
    output: opt.Output,
    label: opt.Labels = None,
    seed: opt.Seed = None,
    force: opt.Force = False,
    quiet: opt.Quiet = False,
) -> None:
    """Make more rows of a class from a saved model.

    The model is data only: nothing in it is executed, whoever made it.

    [bold]Examples[/bold]

    A hundred rows of each class:

        gansampler sample churn.safetensors -n 100 -o more.csv

    A thousand of the class "yes", the same ones each time:

        gansampler sample churn.safetensors -n 1000 --label yes --seed 0 -o more.csv
    """
    with open_console(quiet, output) as console:
        from gansampler.persistence.sampler_file import load_notes

        check_writable(force, [output], [model])
        check_table_endings(output)
        sampler, notes = GANOverSampler.load(model), load_notes(model)
        generators = choose_generators(
            model, sampler.generators_, opt.split_names(label)
        )
        rng = np.random.RandomState(seed)
        rows = [
            insert_target(generator.sample_pandas(n, rng), notes, own)
            for own, generator in generators.items()
        ]
        more = pd.concat(rows, ignore_index=True)
        write_rows(output, more, read_csv_format(notes))
        console.info(
            f"{n} rows of each of {len(rows)} classes are in {name_output(output)}."
        )


@app.command(no_args_is_help=True)
@opt.takes_training_options
@opt.reflow
def compare(
    options: opt.TrainingOptions,
    samplers: opt.Samplers = None,
    scoring: opt.Scoring = None,
    splits: opt.Splits = None,
    tune: opt.Tune = True,
    output: opt.Scores = None,
    jobs: opt.Jobs = 1,
) -> None:
    r"""Tell whether resampling helps on a table, against not resampling.

    Every sampler is cross-validated with two classifiers on the same splits, and so is
    no resampling; samplers see the training part of a split only. It trains a GAN some
    forty times: begin with --splits 3 and --max-iter 100.

    [bold]Examples[/bold]

    Does it help to find who churns?

        gansampler compare customers.csv -t churn --drop customer_id

    Sooner, against one rival, by one score, with all scores in a file:

        gansampler compare customers.csv -t churn --samplers GANOverSampler,ADASYN \
        --scoring average_precision --splits 3 --max-iter 100 -o scores.csv
    """
    with open_console(options.quiet) as console:
        # It takes seconds to import.
        from gansampler.evaluation.comparison import compare_samplers

        check_writable(options.force, [output], [options.table])
        table = read_training_table(options.table, options, console)
        gan = make_sampler(table, options, console)
        if options.dry_run:
            return
        gan.set_params(verbose=0)  # one bar for all
        X, labels = split_target(table.frame, options.target)
        comparison = compare_samplers(
            X,
            labels,
            choose_samplers(opt.split_names(samplers), gan, X, console),
            cv=splits,
            scoring=scoring,
            tune_threshold=tune,
            n_jobs=jobs,
            random_state=options.seed,
            verbose=console.verbose,
        )
        if output is not None:
            write_rows(output, comparison.results, CsvFormat())
        for metric in comparison.metrics:
            summary = comparison.of_metric(metric)
            for classifier, rows in summary.groupby("estimator", sort=False):
                console.table(tabulate_scores(f"{metric}, {classifier}", rows))
        console.result(comparison.verdict)


@app.command(no_args_is_help=True)
@opt.takes_training_options
@opt.reflow
def report(
    options: opt.TrainingOptions,
    output: opt.Page = None,
    holdout: opt.Holdout = None,
    real_rows: opt.RealRows = True,
) -> None:
    """Write a page on how good the synthetic rows of a table are.

    It trains as `resample` does, and tells for each class whether the rows are like
    real ones, as varied, and no copies, in words and in pictures.

    [bold]Examples[/bold]

        gansampler report customers.csv -t churn -o report.html --drop customer_id

    With rows that were held out:

        gansampler report train.csv -t churn -o report.html --holdout test.csv
    """
    opt.require_output(output, options.dry_run)
    with open_console(options.quiet) as console:
        from gansampler.evaluation.report import QualityReport

        check_writable(options.force, [output], [options.table, holdout])
        table = read_training_table(options.table, options, console)
        unseen: tuple[pd.DataFrame | None, np.ndarray | None] = (None, None)
        if holdout is not None:
            unseen = read_holdout(holdout, table, options, console)
        sampler = make_sampler(table, options, console)
        if output is None or options.dry_run:
            return
        _make_rows(sampler, table, options.target)
        page = QualityReport.from_sampler(
            sampler,
            *split_target(table.frame, options.target),
            *unseen,
            random_state=options.seed,
        )
        page.to_html(output, show_real_rows=real_rows)
        for warning in page.warnings:
            console.warn(warning)
        console.info(f"The report is in {output}.")


def _make_rows(sampler: GANOverSampler, table: TableFile, target: str) -> pd.DataFrame:
    """Fit the sampler, and return the synthetic rows in the columns of the table."""
    X, labels = split_target(table.frame, target)
    try:
        X_res, y_res = sampler.fit_resample(X, labels)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{table.path}: {error}") from error
    more = X_res.iloc[len(X) :].reset_index(drop=True)
    new_labels = pd.Series(y_res[len(X) :]).astype(table.frame[target].dtype)
    more.insert(table.frame.columns.get_loc(target), target, new_labels)
    return more
