"""The options of the command line, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

READING, MAKING = "How to read the table", "How to make rows"

Input = Annotated[Path, typer.Argument(metavar="TABLE", help="A CSV or Parquet file.")]

Target = Annotated[
    str, typer.Option("--target", "-t", help="The column that holds the classes.")
]

Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", help="The file to write: Parquet by its ending, else CSV."
    ),
]

Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=2**32 - 1,
        help="The same seed, the same rows.",
        rich_help_panel=MAKING,
    ),
]

Force = Annotated[bool, typer.Option("--force", "-f", help="Replace files that exist.")]

Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but warnings and errors.")
]

Drop = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Columns to leave out, such as ids, also of the output: a,b.",
        rich_help_panel=READING,
    ),
]

Categorical = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Columns of numbers that are codes of categories: a,b.",
        rich_help_panel=READING,
    ),
]

Date = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Columns of dates that are not recognised by themselves, where need be "
        "with their form: a,b=%d/%m/%Y.",
        rich_help_panel=READING,
    ),
]

Missing = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WORDS",
        help="What else stands for a missing value: ?,-.",
        rich_help_panel=READING,
    ),
]

Separator = Annotated[
    str | None,
    typer.Option(
        "--sep",
        metavar="SIGN",
        help="What separates the cells of a CSV file; guessed without.",
        rich_help_panel=READING,
    ),
]

Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Of a CSV file; without, UTF-8 or, where it is none, cp1252 (Latin-1).",
        rich_help_panel=READING,
    ),
]

Decimal = Annotated[
    str | None,
    typer.Option(
        metavar="SIGN",
        help="The decimal point of a CSV file; guessed without.",
        rich_help_panel=READING,
    ),
]

Strategy = Annotated[
    str,
    typer.Option(
        metavar="WHICH",
        help="Which classes get rows, and how many: auto (all but the largest, as many "
        "as it has), minority, not minority, all, or, with two classes, the ratio of "
        "the rare to the frequent one, such as 0.5.",
        rich_help_panel=MAKING,
    ),
]

MaxIter = Annotated[
    int | None,
    typer.Option(
        min=1, help="Iterations of a training at most.", rich_help_panel=MAKING
    ),
]

Constraint = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RULE",
        help="What each new row has to satisfy, such as 'start <= end'; may be given "
        "more than once.",
        rich_help_panel=MAKING,
    ),
]
