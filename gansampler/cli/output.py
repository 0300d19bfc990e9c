"""What the command line says: results, warnings, and errors that are the user's."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from gansampler import GANOverSampler


class Speaker:
    """What is said beside the result: warnings always, the rest unless quiet."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.out = Console(soft_wrap=True, highlight=False, markup=False)
        self.err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

    def __call__(self, text: str) -> None:
        """Say what went well."""
        if not self.quiet:
            self.out.print(text)

    def always(self, text: str) -> None:
        """Say what was asked for."""
        self.out.print(text)

    def table(self, table: Table) -> None:
        """Show a table."""
        if not self.quiet:
            self.out.print(table, soft_wrap=False)

    def warn(self, text: Any) -> None:
        """Say what may be wrong."""
        self.err.print(f"Warning: {text}", style="yellow")


@contextmanager
def speaking(quiet: bool) -> Iterator[Speaker]:
    """Turn errors that are the user's to mend into a message and an exit code."""
    say = Speaker(quiet)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = lambda text, *_, **__: say.warn(text)
            yield say
    except (ValueError, TypeError, RuntimeError, OSError, ImportError) as error:
        say.err.print(f"Error: {_describe(error)}", style="red")
        raise typer.Exit(1) from error


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def summarise(
    sampler: GANOverSampler, y: pd.Series, labels: pd.Series, seconds: float
) -> Table:
    """Show how many rows each class had and has, and what made them."""
    table = Table(caption=f"{seconds:.1f} seconds")
    table.add_column("class")
    table.add_column("rows before", justify="right")
    table.add_column("rows after", justify="right")
    table.add_column("made by")
    for label in y.drop_duplicates().sort_values():
        before, new = int((y == label).sum()), int((labels == label).sum())
        history = sampler.history_.get(label)
        how = "" if history is None else f"GAN, iteration {history.best_iteration}"
        if history is not None and not history.best_iteration:
            how = "smoothed bootstrap"
        table.add_row(str(label), str(before), str(before + new), how)
    return table


def tabulate(title: str, summary: pd.DataFrame) -> Table:
    """Show the samplers of one metric and one classifier."""
    table = Table(title=title)
    table.add_column("sampler")
    for name in ("mean", "difference to none", "p (Holm)"):
        table.add_column(name, justify="right")
    for row in summary.to_dict("records"):
        cells = [row["sampler"], f"{row['mean_score']:.3f}", "", ""]
        if row["sampler"] != "none" and np.isfinite(row["p_holm"]):
            low, high = (f"{row[end]:+.3f}" for end in ("low", "high"))
            cells[2] = f"{row['difference']:+.3f} ({low} to {high})"
            cells[3] = f"{row['p_holm']:.3f}"
        table.add_row(*cells)
    return table
