"""Columns that name a row rather than describe it, such as e-mail addresses."""

from __future__ import annotations

import re

import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.schema import Kind, TableSchema
from gansampler.utils.warnings import warn_user

MIN_ID_ROWS = 10
"""In shorter tables a column of distinct values may be chance."""

SAMPLE = 1_000
"""Rows by which most columns are known not to be ids, and texts are looked at."""

ID_SHARE = 0.5
"""Of the values of addresses and numbers, as many differ; a customer may come twice."""

PATTERNS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "uuids": re.compile(r"\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?", re.I),
    "phone numbers": re.compile(
        r"(?!\d{1,4}([-./])\d{1,2}\1\d{1,4}$)"  # a date
        r"(?=(?:\D*\d){7,15}\D*$)[+(]?\d[\d ()./-]*\d"
    ),
}
"""What names a person or a row, also where some rows have the same."""

UNIQUE = "texts that differ in every row"
"""What is said of texts that look like nothing of it."""

MATCHING = 0.9
"""Share of the values that look so."""


class IdColumnWarning(UserWarning):
    """A column names its rows, so that new rows would have the names of real ones."""


def identify(values: pd.Series) -> str | None:
    """Say what a column names its rows by, None where it does not.

    Parameters
    ----------
    values : Series of shape (n_rows,)
        The column.

    Returns
    -------
    what : str or None
        In the plural, such as "e-mail addresses".

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler.tabular.id_columns import identify
    >>> identify(pd.Series([f"{name}@example.org" for name in "abcdefghijkl"]))
    'e-mail addresses'
    >>> identify(pd.Series(range(100, 200)))
    'running numbers'
    """
    if len(values) < MIN_ID_ROWS:
        return None
    if pdt.is_integer_dtype(values.dtype):
        return "running numbers" if _is_counted(values) else None
    return _identify_texts(values) if _holds_texts(values) else None


def warn_of_ids(frame: pd.DataFrame, schema: TableSchema) -> None:
    """Warn of the texts of a table that new rows would take from real ones.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        The table.

    schema : TableSchema
        Its columns.
    """
    for j, column in enumerate(schema.columns):
        if column.kind is not Kind.CATEGORICAL:
            continue
        what = identify(frame.iloc[:, j])
        if what is not None:
            warn_user(
                f"Column {column.name!r} holds {what}, and every new row would get one "
                "of a real row. Leave the column out, for instance by "
                f"`X.drop(columns={column.name!r})`.",
                IdColumnWarning,
            )


def _holds_texts(values: pd.Series) -> bool:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    if pdt.is_object_dtype(dtype):
        present = values.head(SAMPLE).dropna()
        return len(present) > 0 and all(isinstance(value, str) for value in present)
    return bool(pdt.is_string_dtype(dtype))


def _identify_texts(values: pd.Series) -> str | None:
    first = values.iloc[:SAMPLE].dropna()
    distinct = first.unique()
    if len(distinct) < max(MIN_ID_ROWS, ID_SHARE * len(first)):
        return None
    texts = [text for text in distinct if isinstance(text, str)]
    present = values.dropna()
    n_distinct = present.nunique()
    for what, pattern in PATTERNS.items():
        n_alike = sum(pattern.fullmatch(text.strip()) is not None for text in texts)
        if n_alike >= MATCHING * len(texts) and n_distinct >= ID_SHARE * len(present):
            return what
    is_unique = n_distinct == len(values)
    return UNIQUE if is_unique else None


def _is_counted(values: pd.Series) -> bool:
    """Tell whether whole numbers count the rows, in any order."""
    if values.isna().any() or not values.is_unique:
        return False
    low, high = (int(end) for end in (values.min(), values.max()))
    return high - low == len(values) - 1
