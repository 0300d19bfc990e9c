"""Convert the user's kind of table to a pandas frame, and rows back to that kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from gansampler.tabular.column_values import differs
from gansampler.tabular.scalar_twins import NO_TWINS, Twins, find_twins
from gansampler.utils.formatting import short_repr


@dataclass(frozen=True)
class Container:
    """The user's kind of table, with everything needed to recreate it.

    Inside the package a table is always a :class:`pandas.DataFrame` of dtypes that
    NumPy or pandas can calculate with. Only this class handles the other kinds.

    Parameters
    ----------
    kind : {"pandas", "polars", "sparse", "ndarray"}
        The kind of table.

    dtype : numpy.dtype or None
        The dtype of an array or a sparse matrix.

    sparse_format : str or None
        The format of a sparse matrix, e.g. ``"csr"``.

    sparse_array : bool
        Whether it is a scipy sparse array rather than a sparse matrix.

    polars_schema : mapping or None
        Column names and dtypes of a polars frame.

    twins : Twins
        What columns stand for others that can't be counted, such as Python's dates.
    """

    kind: str
    dtype: np.dtype | None = None
    sparse_format: str | None = None
    sparse_array: bool = False
    polars_schema: Any = None
    twins: Twins = NO_TWINS

    @classmethod
    def of(cls, X: Any, twins: Twins = NO_TWINS) -> Container:
        """Return the kind of the table `X`. Anything unknown counts as an array."""
        if is_polars(X) and hasattr(X, "schema"):  # a series is no table
            return cls("polars", polars_schema=X.schema, twins=twins)
        if isinstance(X, pd.DataFrame):
            return cls("pandas", twins=twins)
        if sparse.issparse(X):
            is_array = isinstance(X, sparse.sparray)
            return cls("sparse", X.dtype, X.format, sparse_array=is_array)
        return cls("ndarray", dtype=to_array(X).dtype, twins=twins)

    def restore(self, rows: pd.DataFrame) -> Any:
        """Return `rows` in the user's own kind of table.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Rows whose columns have the user's dtypes, or their twins.

        Returns
        -------
        table : {DataFrame, polars.DataFrame, sparse matrix, ndarray} of shape \
                (n_rows, n_features)
            The same rows.

        Raises
        ------
        ValueError
            If a string is longer than the dtype of the array allows. NumPy would
            truncate it.
        """
        rows = self.twins.restore(rows)
        table = self._fill(rows)
        if self.dtype is not None and self.dtype.kind == "U":
            lost = self.find_lost(rows)
            if lost is not None:
                j, value = lost
                raise ValueError(
                    f"A new row contains {short_repr(value)} in column {j}, which the "
                    f"dtype of X, {self.dtype}, would truncate. Pass "
                    "`X.astype(object)`."
                )
        return table

    def _fill(self, rows: pd.DataFrame) -> Any:
        """Return rows in the user's kind of table, even if that changes values."""
        if self.kind == "pandas":
            return rows
        if self.kind == "polars":
            return _to_polars(rows, self.polars_schema)
        values = rows.to_numpy(dtype=self.dtype)
        if not values.flags.writeable:  # a view of pandas' own array
            values = values.copy()
        if self.kind == "sparse":
            as_csr = sparse.csr_array if self.sparse_array else sparse.csr_matrix
            return as_csr(values).asformat(self.sparse_format)
        return values

    def find_lost(self, rows: pd.DataFrame) -> tuple[int, Any] | None:
        """Return a value that the kind of table can't store, such as a long string.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_features)
            Rows whose columns already have the user's dtypes.

        Returns
        -------
        lost : (int, object) or None
            The position of its column and the value, None if nothing is lost.
        """
        if self.kind == "pandas":
            return None
        restored = to_frame(polars_to_pandas(self._fill(rows)))
        for j in range(rows.shape[1]):
            changed = differs(rows.iloc[:, j], restored.iloc[:, j])
            if changed.any():
                return j, rows.iloc[int(changed.argmax()), j]
        return None

    def name_dtype(self, j: int) -> str:
        """Return the table's own name for the dtype of a column, for messages."""
        if self.kind == "polars":
            return str([*self.polars_schema.values()][j])
        return str(self.dtype)

    def append(self, X: Any, rows: pd.DataFrame) -> Any:
        """Append `rows` to the unchanged rows of `X`."""
        if len(rows) == 0:
            return X.reset_index(drop=True) if self.kind == "pandas" else X.copy()
        if self.kind == "pandas":
            below = self.twins.restore(rows)
            return pd.concat([X, below], axis=0, ignore_index=True)
        below = self.restore(rows)
        if self.kind == "sparse":
            return sparse.vstack([X, below], format=self.sparse_format)
        # NumPy would convert to the machine's own byte order.
        return np.concatenate([X, below], axis=0).astype(X.dtype, copy=False)


def to_array(X: Any) -> np.ndarray:
    """View rows as an array, keeping the numbers of mixed rows as numbers.

    Raises
    ------
    ValueError
        If rows have different lengths, or contain sequences.
    """
    try:
        values = np.asarray(X)
    except ValueError as error:
        raise ValueError(
            "The rows of X must have the same length, and contain numbers and labels "
            f"but no sequences: {error}"
        ) from error
    if isinstance(X, (list, tuple)) and values.dtype.kind in "US":
        return np.array(X, dtype=object)
    return values


def to_frame(X: Any) -> pd.DataFrame:
    """View an array, a sparse matrix or a frame as a frame, without modifying it.

    Numbers in a foreign byte order are copied, because pandas can't process them.

    Parameters
    ----------
    X : {DataFrame, ndarray, sparse matrix} of shape (n_samples, n_features)
        The table.

    Returns
    -------
    frame : DataFrame of shape (n_samples, n_features)
        `X` itself, or a frame around its values with columns 0, 1, ...
    """
    if isinstance(X, pd.DataFrame):
        return _in_own_byte_order(X)
    values = X.toarray() if sparse.issparse(X) else X
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    # pandas 3 would convert an object array of strings to its own string dtype, which
    # has only one kind of missing value.
    dtype = object if values.dtype == object else None
    return pd.DataFrame(values, dtype=dtype, copy=False)


def to_counted(X: Any) -> pd.DataFrame:
    """View a table as :func:`to_frame` does, with the twins of its columns."""
    frame = to_frame(X)
    return find_twins(frame).apply(frame)


def _in_own_byte_order(frame: pd.DataFrame) -> pd.DataFrame:
    foreign = {
        j: dtype.newbyteorder("=")
        for j, dtype in enumerate(frame.dtypes)
        if isinstance(dtype, np.dtype) and not dtype.isnative
    }
    if not foreign:
        return frame
    by_position = frame.set_axis(range(frame.shape[1]), axis=1)
    return by_position.astype(foreign).set_axis(frame.columns, axis=1)


def is_polars(table: Any) -> bool:
    """Tell whether `table` is a polars frame or series, without importing polars."""
    return type(table).__module__.split(".")[0] == "polars"


def polars_to_pandas(table: Any) -> Any:
    """Convert a polars frame or series to pandas, and return anything else as is.

    Raises
    ------
    TypeError
        If `table` is lazy: it has no rows yet.
    """
    if not is_polars(table):
        return table
    if not hasattr(table, "to_pandas"):
        raise TypeError(
            f"A polars {type(table).__name__} has no rows yet. Pass `X.collect()`."
        )
    pandas = _to_pandas(table)
    for name, dtype in getattr(table, "schema", {}).items():
        if dtype.is_integer() and table[name].null_count():
            # polars converts them to floats, which may lose digits. pandas has a
            # nullable dtype of the same name.
            exact = table[name].to_pandas(use_pyarrow_extension_array=True)
            pandas[name] = exact.astype(str(dtype))
        elif str(dtype).startswith("Categorical"):
            # Their order of appearance would reveal something about the rows.
            levels = sorted(pandas[name].cat.categories)
            pandas[name] = pandas[name].cat.reorder_categories(levels)
    return pandas


def _to_pandas(table: Any) -> Any:
    """Convert a polars table to pandas, or raise an error that names a bad column."""
    dtypes = getattr(table, "schema", {})
    for name, dtype in dtypes.items():
        if dtype.is_nested() or str(dtype) == "Object":
            raise TypeError(
                f"Column {name!r} of polars dtype {dtype} contains neither numbers nor "
                "labels. Unnest it, cast it to String, or drop the column."
            )
    try:
        return table.to_pandas()
    except Exception as error:
        for name, dtype in dtypes.items():
            try:
                table[name].to_pandas()
            except Exception as reason:
                raise TypeError(
                    f"Column {name!r} of polars dtype {dtype} can't be read "
                    f"({reason}). Cast it to another dtype, or drop the column."
                ) from error
        raise


def restore_container(X_res: Any, X: Any) -> Any:
    """Return resampled rows in the same kind of table that the user passed.

    Parameters
    ----------
    X_res : {DataFrame, ndarray, sparse matrix, list}
        The resampled rows, the original ones first, in the kind of table that
        imbalanced-learn made of `X`.

    X : object
        The table that the user passed.

    Returns
    -------
    X_res : object
        The same rows in the same kind of table as `X`.
    """
    if is_polars(X):
        import polars

        return polars.concat([X, _to_polars(X_res.iloc[len(X) :], X.schema)])
    if sparse.issparse(X):
        return X_res.asformat(X.format)
    rows = isinstance(X, (list, tuple)) and X
    if rows and all(isinstance(row, (list, tuple)) for row in rows):
        # The original rows, because an array would convert whole numbers to floats.
        return [*map(list, X), *X_res[len(X) :]]
    return X_res


def _to_polars(rows: pd.DataFrame, schema: Any) -> Any:
    import polars

    # Rename columns, because pandas may store names as another string type.
    frame = polars.from_pandas(rows.reset_index(drop=True))
    return frame.rename(dict(zip(frame.columns, schema, strict=True))).cast(schema)
