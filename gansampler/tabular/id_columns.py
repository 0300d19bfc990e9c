"""Find columns that identify a row, such as e-mail addresses or running numbers."""

from __future__ import annotations

import re

import pandas as pd
from pandas.api import types as pdt

from gansampler.tabular.schema import Kind, TableSchema
from gansampler.utils.warnings import warn_user

MIN_ID_ROWS = 10
"""In shorter tables, distinct values may be due to chance."""

SAMPLE = 1_000
"""Rows to examine first. They are enough to rule out most columns."""

ID_SHARE = 0.5
"""Smallest share of distinct values in a column of addresses or phone numbers, since a
customer may occur twice."""

PATTERNS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "uuids": re.compile(r"\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?", re.I),
    "phone numbers": re.compile(
        r"(?!\d{1,4}([-./])\d{1,2}\1\d{1,4}$)"  # a date
        r"(?=(?:\D*\d){7,15}\D*$)[+(]?\d[\d ()./-]*\d"
    ),
}
"""Values that identify a person or a row, even if some rows share them."""

UNIQUE = "text that differs in every row"
"""The description of text that matches no pattern, but is unique in every row."""

MATCHING = 0.9
"""Smallest share of the values that match a pattern."""


class IdColumnWarning(UserWarning):
    """A column identifies its rows, so that new rows would copy identifiers."""


def identify(values: pd.Series) -> str | None:
    """Return what kind of identifier a column contains, None if it contains none.

    Parameters
    ----------
    values : Series of shape (n_rows,)
        The column.

    Returns
    -------
    what : str or None
        The kind in the plural, such as "e-mail addresses".

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
    """Warn of text columns whose identifiers new rows would copy from real rows.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        The table.

    schema : TableSchema
        The columns of the table.
    """
    for j, column in enumerate(schema.columns):
        if column.kind is not Kind.CATEGORICAL:
            continue
        what = identify(frame.iloc[:, j])
        if what is not None:
            warn_user(
                f"Column {column.name!r} contains {what}, and every new row would copy "
                "one from a real row. Leave the column out, for example with "
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
    """Tell whether whole numbers are a running count of the rows, in any order."""
    if values.isna().any() or not values.is_unique:
        return False
    low, high = (int(end) for end in (values.min(), values.max()))
    return high - low == len(values) - 1
