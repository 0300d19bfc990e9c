"""One line for each column of a table: its type, and what new rows get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pandas.api import types as pdt

from gansampler.cli.csv_format import CellFormat
from gansampler.cli.number_pattern import LEADING_ZERO, NUMBER
from gansampler.cli.table_file import TableFile
from gansampler.tabular.column_values import is_temporal
from gansampler.tabular.id_columns import UNIQUE, identify
from gansampler.tabular.number_facts import MAX_DISCRETE_VALUES
from gansampler.utils.formatting import printable

MOST_LINES = 100
"""Maximum number of columns to list."""

MOST_CLASSES = 5
SAMPLE = 100
"""Number of strings to examine."""

WIDTHS = (24, 40, 22)
"""Maximum number of characters of a name, a type and an example."""

KINDS = {
    "integer": "whole numbers",
    "number": "numbers",
    "date": "dates",
    "time": "times of day",
    "flag": "true or false",
    "text": "text",
}


def find_ids(features: pd.DataFrame) -> dict[str, str]:
    """Return the columns that identify their rows, and what they contain."""
    found = {name: identify(features[name]) for name in features.columns}
    return {
        name: what
        for name, what in found.items()
        if what is not None and not (what == UNIQUE and _are_amounts(features[name]))
    }


def _are_amounts(values: pd.Series) -> bool:
    """Tell whether strings are numbers with different units, reported elsewhere."""
    first = values.dropna().head(SAMPLE).astype(str)
    return all(
        NUMBER.fullmatch(text) and not LEADING_ZERO.match(text) for text in first
    )


def summarise(
    whole: TableFile, table: TableFile, target: str, ids: dict[str, str]
) -> Iterator[str]:
    """Describe the columns of a file.

    Parameters
    ----------
    whole, table : TableFile
        The table as read, and the same table without dropped columns.

    target : str
        The column with the classes.

    ids : dict of str to str
        The columns that identify their rows.

    Yields
    ------
    line : str
        A heading, then one line for each column.
    """
    names = whole.frame.columns.tolist()
    rows = [("column", "type", "example", "missing", "new rows get")]
    for name in names[:MOST_LINES]:
        kept = name in table.frame.columns
        values = (table if kept else whole).frame[name]
        fate = "nothing, because it is dropped"
        if name == target:
            fate = _describe_classes(values, table.csv_format.columns.get(name))
        elif name in ids:
            fate = f"{describe_id(ids[name])}; see --drop"
        elif kept:
            fate = _describe_values(values, table.csv_format.columns.get(name))
        n_missing = int(values.isna().sum())
        taken_for = _describe_kind(whole, name)
        rows.append((name, taken_for, _example(whole, name), str(n_missing), fate))
    yield from _align(rows)
    if len(names) > MOST_LINES:
        yield f"... and {len(names) - MOST_LINES:,} more columns"


def _align(rows: list[tuple[str, str, str, str, str]]) -> Iterator[str]:
    shown = [
        [_cut(printable(cell), most) for cell, most in zip(row, WIDTHS, strict=False)]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row, cells in zip(rows, shown, strict=True):
        start = "  ".join(f"{c:{w}}" for c, w in zip(cells, widths, strict=True))
        yield f"{start}  {row[3]:>7}  {printable(row[4])}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _describe_kind(whole: TableFile, name: str) -> str:
    known = whole.csv_format.columns.get(name)
    if known is not None:
        form = known.form.describe()
        return KINDS[known.kind] + (f" {form}" if form else "")
    dtype = whole.frame[name].dtype
    if whole.arrow is not None and not is_temporal(dtype):
        kind = str(whole.arrow.schema.field(name).type)
        return f"{_kind_of(dtype)} ({_cut(kind, 18)})"
    return _kind_of(dtype)


def _kind_of(dtype: Any) -> str:
    if pdt.is_bool_dtype(dtype) and not isinstance(dtype, pd.CategoricalDtype):
        return "true or false"
    if pdt.is_timedelta64_dtype(dtype):
        return "durations"
    if is_temporal(dtype):
        return "dates"
    if pdt.is_integer_dtype(dtype):
        return "whole numbers"
    return "numbers" if pdt.is_float_dtype(dtype) else "text"


def _example(whole: TableFile, name: str) -> str:
    """Return the first cell that is not missing, as written in the file."""
    present = whole.frame[name].notna().to_numpy(dtype=bool)
    if not present.any():
        return ""
    row = int(present.argmax())
    if whole.cells is not None:
        return str(whole.cells[name].iloc[row]).strip()
    return _show(whole.frame[name].iloc[[row]], whole.csv_format.columns.get(name))[0]


def _show(values: pd.Series, form: CellFormat | None) -> list[str]:
    """Return values as written in the file, or in a readable form."""
    if form is not None:
        return [cell.strip() for cell in form.write(values)]
    if is_temporal(values.dtype):
        return [str(value).removesuffix(" 00:00:00") for value in values]
    if pdt.is_float_dtype(values.dtype):
        return [f"{value:.6g}" for value in values]
    return list(map(str, values))


def _describe_classes(labels: pd.Series, form: CellFormat | None) -> str:
    counts = labels.value_counts()
    first = counts.head(MOST_CLASSES)
    words = _show(pd.Series(first.index), form)
    some = [f"{word} {n}" for word, n in zip(words, first, strict=True)]
    more = len(counts) - MOST_CLASSES
    rest = f" and {more} more" if more > 0 else ""
    return f"their class (now {', '.join(some)}{rest})"


def describe_id(what: str) -> str:
    """Say what new rows would get in a column that identifies its rows."""
    if what == "running numbers":
        return "meaningless numbers"
    return "values of real rows"


def _describe_values(values: pd.Series, form: CellFormat | None) -> str:
    """Say what new rows get in a column that is neither the class nor an id."""
    present = values.dropna()
    distinct = pd.Series(present.unique())
    if not len(distinct):
        return "nothing, because it is empty"
    if len(distinct) == 1:
        return "always the same value"
    is_number = pdt.is_numeric_dtype(values.dtype) or is_temporal(values.dtype)
    is_few = len(distinct) <= MAX_DISCRETE_VALUES and 2 * len(distinct) <= len(present)
    if not is_number or pdt.is_bool_dtype(values.dtype) or is_few:
        return f"one of its {len(distinct)} values"
    ends = pd.Series([distinct.min(), distinct.max()], dtype=distinct.dtype)
    return "from {} to {}".format(*_show(ends, form))
