"""The real tables of protocol A, and their splits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.model_selection import train_test_split

MAX_ROWS = 4000
TEST_SIZE = 0.3
# One subsample a table: the splits differ in what is held out, not in the table.
TABLE_SEED = 0
# Fewer rows can't lie on both sides of every split.
MIN_CLASS_ROWS = 5
SUFFIXES = (".csv", ".csv.gz")
# Only an empty cell is missing: "None" and "NA" can be levels.
MISSING = {"keep_default_na": False, "na_values": [""], "low_memory": False}


@dataclass
class Split:
    """A training and a test part of one table; see `load_table`.

    No cell is missing.
    """

    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series


def read_manifest(data: Path) -> pd.DataFrame:
    """Read the list of tables of a folder, indexed by name, every cell a string."""
    manifest = pd.read_csv(data / "manifest.csv", dtype=str, keep_default_na=False)
    return manifest.set_index("name")


def list_tables(data: Path) -> list[str]:
    """Return the names of the tables of a folder, which need not exist.

    They are those of the manifest, else of the CSV files without suffix.
    """
    if (data / "manifest.csv").exists():
        return list(read_manifest(data).index)
    return sorted(_files(data))


def _files(data: Path) -> dict[str, Path]:
    return {
        path.name.removesuffix(".gz").removesuffix(".csv"): path
        for path in data.glob("*")
        if path.name.endswith(SUFFIXES)
    }


def read_table(data: Path, name: str) -> tuple[pd.DataFrame, pd.Series, str | None]:
    """Read one table as it lies in the folder, with or without a manifest.

    Returns
    -------
    X : DataFrame
        Features: nominal columns as strings.
    target : Series of str
        Names of the classes.
    minority_class : str or None
        The class that the manifest calls the minority.
    """
    if (data / "manifest.csv").exists():
        entry = read_manifest(data).loc[name]
        listed = f"{entry['categorical_columns']};{entry['int_coded_nominal']}"
        nominal = [column for column in listed.split(";") if column]
        texts = dict.fromkeys([*nominal, "target"], str)
        X = pd.read_csv(data / entry["file"], dtype=texts, **MISSING)
        target, minority_class = X.pop("target"), entry["minority_class"]
    else:
        X = pd.read_csv(_files(data)[name], **MISSING)
        target = X.pop("target" if "target" in X else X.columns[-1]).astype(str)
        minority_class = None
    return X, target, minority_class


def load_table(
    data: Path, name: str, rows: str = "natural", classes: str = "rarest"
) -> tuple[pd.DataFrame, pd.Series]:
    """Load one table, at most `MAX_ROWS` shuffled rows of it.

    Parameters
    ----------
    data : Path
        Folder that holds the tables, with or without `manifest.csv`.
    name : str
        Name of the table.
    rows : {"natural", "minority"}, default="natural"
        How a longer table is cut to `MAX_ROWS`: see `ROWS`.
    classes : {"all", "rarest"}, default="rarest"
        Which classes it has: see `CLASSES`. With two classes it makes no difference.

    Returns
    -------
    X : DataFrame
        Features: nominal columns as `category` of strings, the others as float64.
    y : Series
        Classes from 0, the most frequent, to the rarest.
    """
    X, target, minority_class = read_table(data, name)
    y = CLASSES[classes](target, minority_class)
    smallest = y.value_counts().min()
    if smallest < MIN_CLASS_ROWS:
        raise ValueError(
            f"{name} has a class of {smallest} rows; {MIN_CLASS_ROWS} are needed."
        )
    order = np.random.default_rng(TABLE_SEED).permutation(len(y))
    chosen = order if len(y) <= MAX_ROWS else ROWS[rows](order, y.to_numpy())
    X = X.loc[chosen].reset_index(drop=True)
    # float64 for every number: imbalanced-learn truncates synthetic values to the
    # dtype of the column, which would bias SMOTE on integer columns.
    dtypes = {c: float if is_numeric_dtype(X[c]) else "category" for c in X.columns}
    return X.astype(dtypes), y[chosen].reset_index(drop=True)


def all_classes(target: pd.Series, minority_class: str | None) -> pd.Series:
    """Return each class a number, 0 for the most frequent, the last for the rarest.

    Among equally frequent ones `minority_class` comes last.
    """
    counts = target.value_counts()
    order = sorted(counts.index, key=lambda c: (-counts[c], c == minority_class, c))
    return target.map({label: number for number, label in enumerate(order)}).astype(int)


def rarest_class(target: pd.Series, minority_class: str | None) -> pd.Series:
    """Return 1 for the rarest class and 0 for the rest; see `all_classes`."""
    if minority_class is not None:
        return (target == minority_class).astype(int)
    y = all_classes(target, minority_class)
    return (y == y.max()).astype(int)


CLASSES = {"all": all_classes, "rarest": rarest_class}


def natural_rows(order: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Cut a table to `MAX_ROWS` rows at its own imbalance.

    Parameters
    ----------
    order : ndarray of int
        All rows, shuffled.
    y : ndarray of int
        Classes of all rows in their own order, 0 the majority.

    Returns
    -------
    chosen : ndarray of int
        The rows that stay, in the same order.
    """
    counts = np.bincount(y)
    share = np.rint(MAX_ROWS * (counts / len(y))).astype(int)
    return _cut(order, y, np.maximum(share, np.minimum(counts, MIN_CLASS_ROWS)))


def minority_rows(order: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Cut the majority only, unless the others alone are more than half of it all.

    The table becomes less imbalanced than it was; see `natural_rows`.
    """
    counts = np.bincount(y)
    if counts[1:].sum() > MAX_ROWS // 2:
        return natural_rows(order, y)
    return _cut(order, y, counts)


def _cut(order: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Keep so many rows of each class, and of the majority what makes `MAX_ROWS`."""
    counts = [MAX_ROWS - counts[1:].sum(), *counts[1:]]
    kept = [order[y[order] == label][:n] for label, n in enumerate(counts)]
    return order[np.isin(order, np.concatenate(kept))]


ROWS = {"natural": natural_rows, "minority": minority_rows}


def split_table(X: pd.DataFrame, y: pd.Series, seed: int) -> Split:
    """Split a table 70/30, stratified; see `fill_missing`."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=TEST_SIZE, stratify=y, random_state=seed
    )
    parts = (*fill_missing(X_train, X_test), y_train, y_test)
    return Split(*(part.reset_index(drop=True) for part in parts))


def fill_missing(
    X_train: pd.DataFrame, X_test: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill both parts with the medians and modes of the training part."""
    fill = {
        name: column.mode().iloc[0] if column.dtype == "category" else column.median()
        for name, column in X_train.items()
    }
    return X_train.fillna(fill), X_test.fillna(fill)


def kind_of(X: pd.DataFrame) -> str:
    """Say which columns a table has: "numeric", "mixed" or "categorical"."""
    n_categorical = (X.dtypes == "category").sum()
    if n_categorical == 0:
        return "numeric"
    return "categorical" if n_categorical == X.shape[1] else "mixed"
