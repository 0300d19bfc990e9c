"""Files that the command line reads, and how it is called so that it is done soon."""

import numpy as np
import pandas as pd

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table

FAST = ["--max-iter", "3", "--seed", "0"]


QUICK = ["--splits", 2, "--no-tune", *FAST]


def read(path):
    return read_table(path, ReadOptions())


SMALL = "x,y\n" + "".join(f"{k * 1.5},{k % 3 > 0}\n" for k in range(30))


def small(text=SMALL):
    with open("in.csv", "w", encoding="utf-8") as file:
        file.write(text)
    return "in.csv"


def numbers(n=60):
    """Write a small table of numbers."""
    x = np.random.default_rng(0).normal(size=(n, 2)).round(3)
    y = np.repeat(["no", "yes"], [2 * n // 3, n // 3])
    x[:, 0] += 2 * (y == "yes")
    pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y}).to_csv("in.csv", index=False)
    return "in.csv"
