"""The real tables of protocol A, and their splits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

MAX_ROWS = 4000
TEST_SIZE = 0.3
# One subsample a table: the splits differ in what is held out, not in the table.
TABLE_SEED = 0


@dataclass
class Split:
    """A training and a test part of one table.

    Parameters
    ----------
    X_train, X_test : DataFrame
        Features: float64 and category columns, without missing cells.
    y_train, y_test : Series
        1 for the minority class, 0 for the rest.
    """

    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series


def read_manifest(data: Path) -> pd.DataFrame:
    """Read the list of tables, indexed by name.

    Parameters
    ----------
    data : Path
        Folder that holds the tables and `manifest.csv`.

    Returns
    -------
    manifest : DataFrame
        One row a table, every cell a string.
    """
    manifest = pd.read_csv(data / "manifest.csv", dtype=str, keep_default_na=False)
    return manifest.set_index("name")


def load_table(
    data: Path, name: str, rows: str = "natural"
) -> tuple[pd.DataFrame, pd.Series]:
    """Load one table as a binary problem of at most `MAX_ROWS` shuffled rows.

    Parameters
    ----------
    data : Path
        Folder that holds the tables and `manifest.csv`.
    name : str
        Name of the table in the manifest.
    rows : {"natural", "minority"}
        How a longer table is cut to `MAX_ROWS`: see `ROWS`.

    Returns
    -------
    X : DataFrame
        Features: nominal columns as `category` of strings, the others as float64.
    y : Series
        1 for the minority class, 0 for the rest.
    """
    entry = read_manifest(data).loc[name]
    listed = f"{entry['categorical_columns']};{entry['int_coded_nominal']}".split(";")
    nominal = [column for column in listed if column]
    # Only an empty cell is missing: "None" and "NA" can be levels.
    frame = pd.read_csv(
        data / entry["file"],
        dtype=dict.fromkeys([*nominal, "target"], str),
        keep_default_na=False,
        na_values=[""],
    )
    y = (frame.pop("target") == entry["minority_class"]).astype(int)
    order = np.random.default_rng(TABLE_SEED).permutation(len(y))
    chosen = order if len(y) <= MAX_ROWS else ROWS[rows](order, y.to_numpy() == 1)
    # float64 for every number: imbalanced-learn truncates synthetic values to the
    # dtype of the column, which would bias SMOTE on integer columns.
    X = frame.astype({c: float for c in frame.columns if c not in nominal})
    X = X.loc[chosen].reset_index(drop=True)
    return X.astype(dict.fromkeys(nominal, "category")), y[chosen].reset_index(
        drop=True
    )


def natural_rows(order: np.ndarray, in_minority: np.ndarray) -> np.ndarray:
    """Cut a table to `MAX_ROWS` rows at its own imbalance.

    Parameters
    ----------
    order : ndarray of int
        All rows, shuffled.
    in_minority : ndarray of bool
        Which rows are of the minority class.

    Returns
    -------
    chosen : ndarray of int
        The rows that stay, in the same order.
    """
    n_minority = round(MAX_ROWS * in_minority.mean())
    return _cut(order, in_minority, n_minority)


def minority_rows(order: np.ndarray, in_minority: np.ndarray) -> np.ndarray:
    """Cut the majority only, unless the minority alone is more than half of it all.

    The table becomes less imbalanced than it was; see `natural_rows`.
    """
    if in_minority.sum() > MAX_ROWS // 2:
        return natural_rows(order, in_minority)
    return _cut(order, in_minority, int(in_minority.sum()))


def _cut(order: np.ndarray, in_minority: np.ndarray, n_minority: int) -> np.ndarray:
    minority = order[in_minority[order]][:n_minority]
    majority = order[~in_minority[order]][: MAX_ROWS - n_minority]
    return order[np.isin(order, np.concatenate([minority, majority]))]


ROWS = {"natural": natural_rows, "minority": minority_rows}


def split_table(X: pd.DataFrame, y: pd.Series, seed: int) -> Split:
    """Split a table 70/30, stratified, and fill its missing cells.

    Parameters
    ----------
    X : DataFrame
        Features.
    y : Series
        1 for the minority class, 0 for the rest.
    seed : int
        Seed of the split.

    Returns
    -------
    split : Split
        Both parts, filled with the medians and modes of the training part.
    """
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=TEST_SIZE, stratify=y, random_state=seed
    )
    fill = {
        name: column.mode().iloc[0] if column.dtype == "category" else column.median()
        for name, column in X_train.items()
    }
    parts = (X_train.fillna(fill), X_test.fillna(fill), y_train, y_test)
    return Split(*(part.reset_index(drop=True) for part in parts))


def kind_of(X: pd.DataFrame) -> str:
    """Say which columns a table has.

    Parameters
    ----------
    X : DataFrame
        Features.

    Returns
    -------
    kind : {"numeric", "mixed", "categorical"}
        The kind of the table.
    """
    n_categorical = (X.dtypes == "category").sum()
    if n_categorical == 0:
        return "numeric"
    return "categorical" if n_categorical == X.shape[1] else "mixed"
