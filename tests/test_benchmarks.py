"""The benchmark as one runs it: a command on a folder of tables."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
METHODS = "none,RandomOverSampler,SMOTE,BorderlineSMOTE,GANOverSampler"


def run(script, *arguments):
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    environment = {**os.environ, "LOKY_MAX_CPU_COUNT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Write one small table, numbers and labels with holes, and its manifest."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [150, 30])
    x = rng.normal(size=180) + 2 * (y == "rare")
    table = pd.DataFrame({"x": x, "label": rng.choice(["a", "b"], 180), "target": y})
    table.loc[::17, "x"] = np.nan
    table.loc[::23, "label"] = None
    table.to_csv(folder / "small.csv.gz", index=False)
    manifest = {
        "name": "small",
        "file": "small.csv.gz",
        "categorical_columns": "label",
        "int_coded_nominal": "",
        "minority_class": "rare",
    }
    pd.DataFrame([manifest]).to_csv(folder / "manifest.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def results(data, tmp_path_factory):
    output = tmp_path_factory.mktemp("results") / "quality.csv"
    options = ["--data", data, "--splits", 2, "--output", output, "--methods", METHODS]
    variant = ["--variant", "short:max_iter=5,generator_layers=(8, 8)"]
    text = run("quality.py", *options, *variant)
    return options, output, text


def test__quality__all_methods__scores_of_every_cell(results):
    _, output, _ = results
    records = pd.read_csv(output, keep_default_na=False)
    assert set(records["method"]) == {*METHODS.split(","), "short"}
    # methods, splits and classifiers
    assert len(records) == 6 * 2 * 4
    assert (records["error"] == "").all()
    # Better than chance, by each metric's own level of chance.
    assert records["AP"].astype(float).gt(30 / 180).all()
    assert records["ROC AUC"].astype(float).gt(0.5).all()
    assert records["versions"].str.contains("torch 2").all()


def test__quality__run_again__continues_and_repeats_the_summary(results):
    options, output, text = results
    before = output.read_bytes()
    again = run("quality.py", *options)
    assert "10 tasks are there, 0 to run" in again
    assert output.read_bytes() == before
    assert "| GANOverSampler" in text


def test__quality__no_tables__says_so(tmp_path):
    text = run("quality.py", "--data", tmp_path)
    assert f"No tables at {tmp_path}" in text


def test__summary__scores_by_hand__ranks_and_tests(tmp_path):
    tables = [f"t{k}" for k in range(6)]
    rows = [
        {
            "table": table,
            "split": 0,
            "classifier": "c",
            "method": method,
            "minority_count_train": 30,
            "fit_resample seconds": 0,
            "versions": "v",
            **dict.fromkeys(["AP", "ROC AUC", "F1", "G-mean", "MCC"], score + k / 100),
        }
        for k, table in enumerate(tables)
        for method, score in {"GANOverSampler": 0.5 + k / 50, "none": 0.4}.items()
    ]
    pd.DataFrame(rows).assign(parameters="", error="").to_csv(tmp_path / "r.csv")
    text = run("summary.py", tmp_path / "r.csv")
    lines = [[cell.strip() for cell in line.split("|")] for line in text.split("\n")]
    assert ["", "GANOverSampler", *["1.00"] * 6, ""] in lines
    assert ["", "none", *["2.00"] * 6, ""] in lines
    # Six wins of six have p = 2 / 2**6; the mean difference is 0.1 + 2.5 / 50.
    test = ["", "AP", "none", "0.1500", "6-0-0", *["0.0312"] * 2, ""]
    assert test in lines, json.dumps(lines[:40])
