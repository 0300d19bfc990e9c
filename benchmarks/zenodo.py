"""Write the tables of `imblearn.datasets` as a folder for `quality.py --data`.

Run `python benchmarks/zenodo.py FOLDER`; imbalanced-learn downloads them from Zenodo.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from imblearn.datasets import fetch_datasets
from sklearn.utils import Bunch


def to_frame(bunch: Bunch) -> pd.DataFrame:
    """Put the features and the class of a table side by side.

    Parameters
    ----------
    bunch : Bunch
        A table as `fetch_datasets` gives it.

    Returns
    -------
    frame : DataFrame
        The table with columns `a1`, `a2`, ... and `target`.
    """
    columns = [f"a{k}" for k in range(1, bunch.data.shape[1] + 1)]
    return pd.DataFrame(bunch.data, columns=columns).assign(target=bunch.target)


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        tables = fetch_datasets()
    except OSError as error:
        raise SystemExit(f"Zenodo can't be reached ({error}): no tables.") from error
    folder.mkdir(parents=True, exist_ok=True)
    for name, bunch in tables.items():
        to_frame(bunch).to_csv(folder / f"{name}.csv", index=False)
    print(f"{len(tables)} tables are in {folder}.")


if __name__ == "__main__":
    main()
