"""Print results, warnings, and errors that are the user's to mend."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rich.console
import typer
from rich.table import Table

from gansampler import GANOverSampler
from gansampler.cli.table_io import is_stream
from gansampler.cli.wording import in_options
from gansampler.tabular.id_columns import IdColumnWarning
from gansampler.utils.formatting import printable


class Console:
    """Print results, warnings and errors; only the latter two if `quiet`.

    Parameters
    ----------
    quiet : bool
        Whether to leave out what went well.

    to_stderr : bool, default=False
        Whether all goes to the error stream, because the table goes to the other.
    """

    def __init__(self, quiet: bool, to_stderr: bool = False) -> None:
        self.quiet = quiet
        self._told: set[str] = set()
        self._out, self._err = (
            rich.console.Console(
                stderr=stderr, soft_wrap=True, highlight=False, markup=False
            )
            for stderr in (to_stderr, True)
        )

    @property
    def verbose(self) -> int:
        """Whether progress is shown: 1 if somebody looks at it, else 0."""
        return int(not self.quiet and self._err.is_terminal)

    def status(self, text: str) -> AbstractContextManager[Any]:
        """Return a context in which is shown, if somebody looks, what is being done."""
        return self._err.status(printable(text)) if self.verbose else nullcontext()

    def info(self, text: str) -> None:
        """Print what went well."""
        if not self.quiet:
            self._out.print(printable(text))

    def result(self, text: str) -> None:
        """Print what was asked for."""
        self._out.print(printable(text))

    def table(self, table: Table) -> None:
        """Print a table."""
        if not self.quiet:
            self._out.print(table, soft_wrap=False)

    def warn(self, text: Any) -> None:
        """Print what may be wrong, on one line and once."""
        line = printable(in_options(text))
        if line not in self._told:
            self._told.add(line)
            self._err.print(f"Warning: {line}", style="yellow")

    def error(self, text: str) -> None:
        """Print why nothing came of it."""
        self._err.print(f"Error: {printable(in_options(text))}", style="red")


@contextmanager
def open_console(quiet: bool, output: Path | None = None) -> Iterator[Console]:
    """Print warnings, and turn a user's errors into a message and an exit code."""
    console = Console(quiet, to_stderr=is_stream(output))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            # Said of the file, with the option that leaves the column out.
            warnings.simplefilter("ignore", IdColumnWarning)
            warnings.showwarning = lambda text, *_, **__: console.warn(text)
            yield console
    except (ValueError, TypeError, RuntimeError, OSError, ImportError) as error:
        console.error(_describe(error))
        raise typer.Exit(1) from error


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def tabulate_classes(
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
        table.add_row(printable(label), str(before), str(before + new), how)
    return table


def tabulate_scores(title: str, summary: pd.DataFrame) -> Table:
    """Show the samplers of one metric and one classifier."""
    table = Table(title=title)
    table.add_column("sampler")
    for name in ("mean", "difference to none", "p (Holm)"):
        table.add_column(name, justify="right")
    for row in summary.to_dict("records"):
        cells = [printable(row["sampler"]), f"{row['mean_score']:.3f}", "", ""]
        if row["sampler"] != "none" and np.isfinite(row["p_holm"]):
            low, high = (f"{row[end]:+.3f}" for end in ("low", "high"))
            cells[2] = f"{row['difference']:+.3f} ({low} to {high})"
            cells[3] = f"{row['p_holm']:.3f}"
        table.add_row(*cells)
    return table
