"""The commands of ``gansampler``: resample, sample, compare and report."""

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
    """Balance the classes of a table with synthetic rows from a small GAN.

    Resample your training set only. Never test a model on rows that were used for
    resampling.
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

    The output contains the unchanged rows of the table, followed by the new rows. The
    command recognises numbers, dates, times, true and false, text and missing values in
    the formats people use, and writes new rows in the same format. It prints the type
    of each column, and with --dry-run it stops there. Numbers with leading zeros, such
    as 007, stay text.

    [bold]Examples[/bold]

    Show the type of each column:

        gansampler resample customers.csv -t churn --dry-run

    Balance the classes of the column "churn":

        gansampler resample customers.csv -t churn -o balanced.csv

    Drop an id, treat a code as a category, and mark new rows in an extra column:

        gansampler resample customers.csv -t churn -o balanced.parquet \
        --drop customer_id --categorical plan_code --mark synthetic --seed 0

    Add rows until there are half as many rare as frequent ones, and save the model:

        gansampler resample customers.csv -t churn -o more.csv \
        --strategy 0.5 --save churn.safetensors

    Use it in a pipe:

        cat customers.csv | gansampler resample - -t churn -o - > more.csv
    """
    opt.require_output(output, options.dry_run)
    target = options.target
    with open_console(options.quiet, output) as console:
        check_writable(options.force, [output, save], [options.table])
        check_table_endings(output)
        if save is not None:
            # Imports torch, so that a missing package fails before the training.
            import gansampler.persistence.sampler_file  # noqa: F401
        table = read_training_table(options.table, options, console)
        if mark is not None and mark in table.frame.columns:
            raise typer.BadParameter(
                f"{printable(table.path)} already has a column {mark!r}. Choose "
                "another name.",
                param_hint="--mark",
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
            f"Wrote {len(table.frame)} original and {len(more)} synthetic rows to "
            f"{name_output(output)}."
        )
        if save is not None:
            save_model(sampler, save, keep_data, table, target)
            console.info(f"Saved the model to {save}.")


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
    """Generate more rows of a class from a saved model.

    A model contains data only. Loading never executes anything in it, whoever made it.

    [bold]Examples[/bold]

    A hundred rows of each class:

        gansampler sample churn.safetensors -n 100 -o more.csv

    A thousand rows of the class "yes", the same ones each time:

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
            f"Wrote {n} rows of each of {len(rows)} classes to {name_output(output)}."
            if len(rows) > 1
            else f"Wrote {n} rows of one class to {name_output(output)}."
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
    r"""Compare over-samplers with each other and with not resampling at all.

    The command cross-validates two classifiers with each sampler, and without
    resampling, on the same folds. Samplers only see the training part of a fold. It
    trains a GAN about forty times; start with --splits 3 and --max-iter 100 to save
    time.

    [bold]Examples[/bold]

    Does it help to find who churns?

        gansampler compare customers.csv -t churn --drop customer_id

    A faster run with one rival and one score, with all scores written to a file:

        gansampler compare customers.csv -t churn --samplers GANOverSampler,ADASYN \
        --scoring average_precision --splits 3 --max-iter 100 -o scores.csv
    """
    with open_console(options.quiet) as console:
        # Takes seconds to import.
        from gansampler.evaluation.comparison import compare_samplers

        check_writable(options.force, [output], [options.table])
        table = read_training_table(options.table, options, console)
        gan = make_sampler(table, options, console)
        if options.dry_run:
            return
        gan.set_params(verbose=0)  # one progress bar for all of them
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
        if not comparison.is_conclusive(comparison.metrics[0]):
            raise ValueError(comparison.verdict)
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
    """Write a report on the quality of the synthetic rows of a table.

    The command trains as `resample` does. For each class, the report says in words and
    charts whether synthetic rows resemble real ones, vary as much, and are not copies.

    [bold]Examples[/bold]

        gansampler report customers.csv -t churn -o report.html --drop customer_id

    With held-out rows:

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
        console.info(f"Wrote the report to {output}.")


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
