import csv
import io

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from gansampler.cli.commands import app
from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


@pytest.fixture
def read(path):
    """Write a text to the path, and read it as a table."""

    def read(text, written="utf-8", **options):
        path.write_bytes(text.encode(written))
        return read_table(path, ReadOptions(**options))

    return read


@pytest.fixture
def column(read):
    """Read a column of cells, and return its values, their format and the remarks."""

    def column(*cells, **options):
        text = io.StringIO()
        csv.writer(text).writerows([["x", "other"], *((cell, "o") for cell in cells)])
        table = read(text.getvalue(), **options)
        return table.frame["x"], table.csv_format.columns["x"], table.remarks

    return column


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    # As wide as needed, so that what is looked for stands on one line.
    runner = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1"})

    def run(*arguments):
        return runner.invoke(app, list(map(str, arguments)))

    return run


@pytest.fixture
def customers(tmp_path):
    """Write a table as it comes out of an office: semicolons, commas, Latin-1."""
    rng = np.random.default_rng(0)
    n = 120
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(
        rng.integers(0, 20_000, n), unit="D"
    )
    frame = pd.DataFrame(
        {
            "Kundennr": np.arange(5000, 5000 + n),
            "Größe": rng.normal(170, 10, n).round(1),
            "Geburtstag": born.strftime("%d.%m.%Y"),
            "aktiv": rng.choice(["true", "false"], n),
            "Stadt": rng.choice(["Köln", "Düren", ""], n),
            "Plz": rng.choice(["01067", "50667"], n),
            "Umsatz": rng.integers(0, 900, n).astype(float),
            "Tarif": rng.choice([101, 205, 300, 999], n),
            "Kündigung": np.repeat(["nein", "ja"], [90, 30]),
        }
    )
    frame.loc[::7, "Umsatz"] = np.nan
    path = tmp_path / "kunden.csv"
    frame.to_csv(path, sep=";", decimal=",", encoding="latin-1", index=False)
    return path
