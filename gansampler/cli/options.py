"""The arguments and options of the command line, each defined once."""

# Without `from __future__ import annotations`: the annotations are read at run time.

import csv
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from gansampler.cli.csv_format import ReadOptions

Names = list[str] | None
"""The type of an option that may be repeated, each time with several names: a,b."""


def _reading(metavar: str, text: str) -> Any:
    """Return an option for the help panel on reading."""
    return typer.Option(
        metavar=metavar, help=text, rich_help_panel="How to read the table"
    )


_making = functools.partial(typer.Option, rich_help_panel="How to make rows")


def _named(name: str | None) -> str | None:
    """Reject a blank name, which nobody could see."""
    if name is not None and not name.strip():
        raise typer.BadParameter(f"{name!r} is blank. Use a name such as synthetic.")
    return name


# Shared by several commands

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="The file to write: Parquet if it ends in .parquet or .pq, otherwise CSV. "
        "Use - for standard output.",
    ),
]
OutputUnlessDry = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The file to write: Parquet if it ends in .parquet or .pq, otherwise CSV. "
        "Use - for standard output. Required unless --dry-run is set.",
        show_default=False,
    ),
]
Seed = Annotated[
    int | None, _making(min=0, max=2**32 - 1, help="Makes the rows reproducible.")
]
Force = Annotated[bool, typer.Option("--force", "-f", help="Overwrite existing files.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but warnings and errors.")
]

# Of `resample`

Save = Annotated[
    Path | None, typer.Option(help="Save the fitted model here, for `sample`.")
]
KeepData = Annotated[
    bool,
    typer.Option(
        "--keep-data",
        help="Allow the saved model to contain training rows, if it needs them.",
    ),
]
Mark = Annotated[
    str | None,
    typer.Option(
        help="Add a column with this name that is true for new rows.", callback=_named
    ),
]

# Of `sample`

Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A file that `resample --save` wrote.")
]
RowsPerClass = Annotated[
    int, typer.Option("-n", min=1, help="Number of rows of each class.")
]
Labels = Annotated[
    Names,
    typer.Option(
        metavar="NAMES", help="The classes, by default all in the model: a,b."
    ),
]

# Of `compare`

Samplers = Annotated[
    Names,
    typer.Option(
        metavar="NAMES",
        help="GANOverSampler or over-samplers of imbalanced-learn: a,b. The default is "
        "GANOverSampler, RandomOverSampler and the SMOTE variant that suits the table.",
    ),
]
Scoring = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A scikit-learn scorer such as average_precision. The default is F1 and "
        "average precision.",
    ),
]
Splits = Annotated[
    int | None,
    typer.Option(
        min=2,
        help="Number of folds. The default is five folds, repeated twice.",
        show_default=False,
    ),
]
Tune = Annotated[
    bool,
    typer.Option(
        help="Tune the decision threshold of every candidate. Without tuning, a "
        "sampler may win merely by shifting the threshold."
    ),
]
Scores = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write all scores to this file.")
]
Jobs = Annotated[
    int, typer.Option(help="Number of parallel processes. -1 means one per core.")
]

# Of `report`

Page = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The HTML file to write. Required unless --dry-run is set.",
        show_default=False,
    ),
]
RealRows = Annotated[
    bool,
    typer.Option(
        "--real-rows/--no-real-rows",
        help="Whether charts may show values of real rows.",
    ),
]
Holdout = Annotated[
    Path | None,
    typer.Option(
        help="A file with held-out rows of the same table, which are not used for "
        "training. They let the report tell learning from copying."
    ),
]


@dataclass(frozen=True)
class TrainingOptions:
    """The arguments and options shared by all commands that learn from a table."""

    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE", help="A CSV or Parquet file, or - for standard input."
        ),
    ]
    target: Annotated[
        str, typer.Option("--target", "-t", help="The column with the classes.")
    ]
    strategy: Annotated[
        Names,
        _making(
            metavar="WHICH",
            show_default="auto",
            help="Which classes get new rows, and how many rows they end up with: auto "
            "(grow every class to the size of the largest), minority, 'not minority' "
            "or all; with two classes, the ratio of rare to frequent rows: 0.5; a "
            "number of rows for all smaller classes: 500; or one for each class: "
            "yes=500,maybe=200.",
        ),
    ] = None
    categorical: Annotated[
        Names,
        _reading("NAMES", "Numeric columns whose numbers are category codes: a,b."),
    ] = None
    drop: Annotated[
        Names,
        _reading(
            "NAMES",
            "Columns to leave out, such as ids, also from the output: a,b. In this and "
            "all other lists, put a name that contains a comma in double quotes.",
        ),
    ] = None
    text: Annotated[
        Names,
        _reading(
            "NAMES",
            "Columns to treat as text, whatever their cells look like: a,b.",
        ),
    ] = None
    date: Annotated[
        Names,
        _reading(
            "NAMES",
            "Date columns, with their format if necessary: a,b=%d/%m/%Y.",
        ),
    ] = None
    missing: Annotated[
        Names,
        _reading("WORDS", "Additional markers of missing values: ?,-."),
    ] = None
    constraint: Annotated[
        list[str] | None,
        _making(
            metavar="RULE",
            help="A condition that every new row must satisfy, such as 'start <= end'. "
            "May be repeated.",
        ),
    ] = None
    seed: Seed = None
    max_iter: Annotated[
        int | None, _making(min=1, help="Maximum number of training iterations.")
    ] = None
    set_: Annotated[
        list[str] | None,
        _making(
            "--set",
            metavar="NAME=VALUE",
            help="Any parameter of GANOverSampler, or, with the prefix gan., of its "
            "TabularGAN: n_candidates=3, gan.latent_dim=16. May be repeated.",
        ),
    ] = None
    sep: Annotated[
        str | None,
        _reading("SIGN", "The separator of a CSV file, guessed by default."),
    ] = None
    encoding: Annotated[
        str | None,
        _reading(
            "NAME",
            "The encoding of a CSV file. The default is UTF-8, or cp1252 (Latin-1) if "
            "the file is not valid UTF-8.",
        ),
    ] = None
    decimal: Annotated[
        list[str] | None,
        _reading(
            "SIGN",
            "The decimal separator of a CSV file (, or .) or of one column (price=,), "
            "guessed by default. May be repeated.",
        ),
    ] = None
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print the type of each column without training."
        ),
    ] = False
    force: Force = False
    quiet: Quiet = False

    def for_reading(self) -> ReadOptions:
        """Return the options for reading a file."""
        separator = self.sep
        if separator is not None:
            separator = separator.replace("\\t", "\t")
            if len(separator) != 1:
                raise typer.BadParameter(
                    f"must be a single character, not {separator!r}.",
                    param_hint="--sep",
                )
        decimal, decimals = self._read_decimals()
        return ReadOptions(
            separator,
            self.encoding,
            decimal,
            missing=tuple(split_names(self.missing)),
            dates=_read_dates(self.date),
            decimals=decimals,
            texts=tuple(split_names(self.text)),
        )

    def _read_decimals(self) -> tuple[str | None, dict[str, str]]:
        """Return the decimal separator of the file, and those of single columns."""
        whole, columns = None, {}
        for entry in self.decimal or ():
            name, _, sign = entry.rpartition("=")
            if sign not in (".", ","):
                raise typer.BadParameter(
                    f"must be . or , (NAME=. or NAME=, for one column), not {entry!r}.",
                    param_hint="--decimal",
                )
            if name:
                columns[name] = sign
            else:
                whole = sign
        return whole, columns


def require_output(output: Path | None, dry_run: bool) -> None:
    """Raise an error if a command has something to write but no output file."""
    if output is None and not dry_run:
        raise typer.BadParameter("name a file to write to.", param_hint="--output")


def split_names(given: Names) -> list[str]:
    """Return the names in a repeatable option that may contain several each time.

    Examples
    --------
    >>> from gansampler.cli.options import split_names
    >>> split_names(['a,"b, c"', "d"])
    ['a', 'b, c', 'd']
    """
    rows = csv.reader(given or ())
    return [name for row in rows for name in row or [""]]


def _read_dates(given: Names) -> dict[str, str | None]:
    """Return date columns and their formats, which may contain commas."""
    entries: list[str] = []
    for part in split_names(given):
        is_form = part.lstrip().startswith("%") and entries and "=" in entries[-1]
        if is_form:
            entries[-1] += f",{part}"
        else:
            entries.append(part)
    pairs = (entry.partition("=") for entry in entries)
    return {name: form or None for name, _, form in pairs}


def reflow(command: Callable[..., None]) -> Callable[..., None]:
    """Let the paragraphs of a command's help wrap at the width of the terminal.

    Typer would keep the line breaks of the source code.
    """
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    command.__doc__ = "\n\n".join(
        part if part.startswith(" ") else part.replace("\n", " ") for part in paragraphs
    )
    return command


def takes_training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one parameter for each field of its `options: TrainingOptions`.

    Typer derives the options from the signature.
    """
    shared = inspect.signature(TrainingOptions).parameters
    signature = inspect.signature(command, eval_str=True)
    own = [p for name, p in signature.parameters.items() if name != "options"]
    required = [p for p in shared.values() if p.default is p.empty]
    optional = [p for p in shared.values() if p.default is not p.empty]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        options = TrainingOptions(**{name: given.pop(name) for name in shared})
        command(options=options, **given)

    keywords = [
        p.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for p in (*required, *own, *optional)
    ]
    run.__signature__ = signature.replace(parameters=keywords)  # type: ignore[attr-defined]
    return run
