"""What the command line takes, each option written once."""

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
"""Of an option that may be repeated, and hold several names each: a,b."""


def _reading(metavar: str, text: str) -> Any:
    """Return an option of the panel on reading."""
    return typer.Option(
        metavar=metavar, help=text, rich_help_panel="How to read the table"
    )


_making = functools.partial(typer.Option, rich_help_panel="How to make rows")


def _named(name: str | None) -> str | None:
    """Refuse a name of nothing but blanks, which nobody could write or see."""
    if name is not None and not name.strip():
        raise typer.BadParameter(f"{name!r} is no name; say one, such as synthetic.")
    return name


# Of several commands

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="The file to write: Parquet by its ending, else CSV; - for standard "
        "output.",
    ),
]
OutputUnlessDry = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The file to write: Parquet by its ending, else CSV; - for standard "
        "output. Needed but for --dry-run.",
        show_default=False,
    ),
]
Seed = Annotated[
    int | None, _making(min=0, max=2**32 - 1, help="The same seed, the same rows.")
]
Force = Annotated[bool, typer.Option("--force", "-f", help="Replace files that exist.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but warnings and errors.")
]

# Of `resample`

Save = Annotated[Path | None, typer.Option(help="Save the fitted model, for `sample`.")]
KeepData = Annotated[
    bool,
    typer.Option(
        "--keep-data",
        help="Let the saved model hold training rows, where it needs them.",
    ),
]
Mark = Annotated[
    str | None,
    typer.Option(
        help="Add a column of this name that is true for new rows.", callback=_named
    ),
]

# Of `sample`

Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="What `resample --save` wrote.")
]
RowsPerClass = Annotated[int, typer.Option("-n", min=1, help="Rows of each class.")]
Labels = Annotated[
    Names,
    typer.Option(
        metavar="NAMES", help="The classes; else all that the model can make: a,b."
    ),
]

# Of `compare`

Samplers = Annotated[
    Names,
    typer.Option(
        metavar="NAMES",
        help="Over-samplers of imbalanced-learn, or GANOverSampler: a,b. Without, "
        "GANOverSampler, RandomOverSampler and the kind of SMOTE that suits the table.",
    ),
]
Scoring = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A score of scikit-learn, such as average_precision; without, F1 and the "
        "average precision.",
    ),
]
Splits = Annotated[
    int | None,
    typer.Option(min=2, help="Folds; without, five, twice.", show_default=False),
]
Tune = Annotated[
    bool,
    typer.Option(
        help="Tune the threshold of every candidate, without which a sampler may win "
        "by no more than moving it."
    ),
]
Scores = Annotated[
    Path | None, typer.Option("--output", "-o", help="A file for all scores.")
]
Jobs = Annotated[
    int, typer.Option(help="Processes at a time; -1 is one for each core.")
]

# Of `report`

Page = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The page to write, in HTML. Needed but for --dry-run.",
        show_default=False,
    ),
]
RealRows = Annotated[
    bool,
    typer.Option(
        "--real-rows/--no-real-rows",
        help="Whether pictures may show values of real rows.",
    ),
]
Holdout = Annotated[
    Path | None,
    typer.Option(
        help="A file of rows of the same table that are not to be learned from. With "
        "it the report can tell learning from copying."
    ),
]


@dataclass(frozen=True)
class TrainingOptions:
    """What every command that learns from a table takes."""

    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE", help="A CSV or Parquet file; - for standard input."
        ),
    ]
    target: Annotated[
        str, typer.Option("--target", "-t", help="The column that holds the classes.")
    ]
    strategy: Annotated[
        Names,
        _making(
            metavar="WHICH",
            show_default="auto",
            help="Which classes get rows, and how many they then have: auto (all but "
            "the largest, as many as it has), minority, 'not minority', all; with two "
            "classes the ratio of the rare to the frequent one: 0.5; a number of rows "
            "for all that have fewer: 500; or that of each class: yes=500,maybe=200.",
        ),
    ] = None
    categorical: Annotated[
        Names,
        _reading("NAMES", "Columns of numbers that are codes of categories: a,b."),
    ] = None
    drop: Annotated[
        Names,
        _reading(
            "NAMES",
            "Columns to leave out, such as ids, also of the output: a,b. A name that "
            "holds a comma stands in double quotes, here as in all lists.",
        ),
    ] = None
    text: Annotated[
        Names,
        _reading(
            "NAMES",
            "Columns that are texts, whatever their cells look like: a,b.",
        ),
    ] = None
    date: Annotated[
        Names,
        _reading(
            "NAMES",
            "Columns of dates, where need be with their form: a,b=%d/%m/%Y.",
        ),
    ] = None
    missing: Annotated[
        Names,
        _reading("WORDS", "What else stands for a missing value: ?,-."),
    ] = None
    constraint: Annotated[
        list[str] | None,
        _making(
            metavar="RULE",
            help="What each new row has to satisfy, such as 'start <= end'; may be "
            "given more than once.",
        ),
    ] = None
    seed: Seed = None
    max_iter: Annotated[
        int | None, _making(min=1, help="Iterations of a training at most.")
    ] = None
    set_: Annotated[
        list[str] | None,
        _making(
            "--set",
            metavar="NAME=VALUE",
            help="Any parameter of GANOverSampler, or with gan. before it of its "
            "TabularGAN: gan.latent_dim=16, n_candidates=3; may be given more than "
            "once.",
        ),
    ] = None
    sep: Annotated[
        str | None,
        _reading("SIGN", "What separates the cells of a CSV file; guessed without."),
    ] = None
    encoding: Annotated[
        str | None,
        _reading(
            "NAME",
            "Of a CSV file; without, UTF-8 or, where it is none, cp1252 (Latin-1).",
        ),
    ] = None
    decimal: Annotated[
        list[str] | None,
        _reading(
            "SIGN",
            "The decimal point of a CSV file, or of one column: , or price=, or "
            "price=. - guessed without; may be given more than once.",
        ),
    ] = None
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Only say what each column is taken for; train nothing."
        ),
    ] = False
    force: Force = False
    quiet: Quiet = False

    def for_reading(self) -> ReadOptions:
        """Return what the options say of how to read a file."""
        separator = self.sep
        if separator is not None:
            separator = separator.replace("\\t", "\t")
            if len(separator) != 1:
                raise typer.BadParameter(
                    f"one sign, not {separator!r}.", param_hint="--sep"
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
        """Return the decimal point of the file, and those of columns."""
        whole, columns = None, {}
        for entry in self.decimal or ():
            name, _, sign = entry.rpartition("=")
            if sign not in (".", ","):
                raise typer.BadParameter(
                    f"{entry!r} is none of . and , or NAME=. and NAME=,",
                    param_hint="--decimal",
                )
            if name:
                columns[name] = sign
            else:
                whole = sign
        return whole, columns


def require_output(output: Path | None, dry_run: bool) -> None:
    """Refuse a command that has nowhere to write to, and something to write."""
    if output is None and not dry_run:
        raise typer.BadParameter("name a file to write to.", param_hint="--output")


def split_names(given: Names) -> list[str]:
    """Return the names in options that may be repeated, and hold several each.

    Examples
    --------
    >>> from gansampler.cli.options import split_names
    >>> split_names(['a,"b, c"', "d"])
    ['a', 'b, c', 'd']
    """
    rows = csv.reader(given or ())
    return [name for row in rows for name in row or [""]]


def _read_dates(given: Names) -> dict[str, str | None]:
    """Return columns of dates, and their forms; a form may hold commas itself."""
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
    """Let the paragraphs of a command's help wrap as wide as the terminal is.

    Typer would keep the ends of the lines that they have in the code.
    """
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    command.__doc__ = "\n\n".join(
        part if part.startswith(" ") else part.replace("\n", " ") for part in paragraphs
    )
    return command


def takes_training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take each field of its `options`, a `TrainingOptions`, by itself.

    Typer reads what a command takes from its signature.
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
