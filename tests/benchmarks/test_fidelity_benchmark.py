"""The fidelity benchmark: as one runs it, and what it does with one method."""

from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from sklearn.ensemble import RandomForestClassifier

from gansampler.evaluation.metrics import detection

# The script trains many samplers, and is not part of the package.
pytestmark = pytest.mark.slow

REAL_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SCORES = ["detection AUC", "precision", "recall", "coverage", "marginal distance"]


@pytest.fixture(scope="module")
def fidelity(bench):
    """Return the module, whose forests that tell rows apart have few trees here."""
    few = partial(RandomForestClassifier, n_estimators=20)
    with mock.patch.object(detection, "RandomForestClassifier", few):
        yield bench.fidelity


@pytest.fixture(scope="module")
def results(fidelity, run_main, bench_data, tmp_path_factory):
    output = tmp_path_factory.mktemp("results") / "fidelity.csv"
    methods = "none,RandomOverSampler,SMOTE"
    options = ["--data", bench_data, "--output", output, "--methods", methods]
    variant = ["--variant", "short:max_iter=5,generator_layers=(8, 8)"]
    return options, output, run_main(fidelity, *options, *variant)


def run_by(fidelity, bench_data, change):
    """Run a task whose method resamples by `change`."""
    sampler = FunctionSampler(func=change, validate=False)

    def method(X, y, seed):
        return sampler

    task = fidelity.Task(bench_data, "small", 0, "stub", method, "natural")
    [row] = fidelity.run_task(task)
    return row


def test__fidelity__several_methods__scores_or_a_refusal_for_each(results):
    _, output, text = results
    records = pd.read_csv(output).set_index("method")
    # methods and seeds
    assert len(records) == 5 * 2
    assert records.loc["none", "error"].str.contains("refused: it added no row").all()
    scored = records.drop("none")
    assert scored["error"].isna().all()
    assert scored[SCORES].map(lambda score: 0 <= score <= 1).all(axis=None)
    ratios = scored["closest-record ratio"]
    assert (ratios["RandomOverSampler"] == 0).all()
    assert (ratios["SMOTE"] > 0).all()
    assert ratios["(training rows)"].isna().all()
    # A generator that was not trained is easier to tell from real rows than they are.
    auc = scored["detection AUC"].groupby("method").mean()
    assert auc["short"] > auc["(training rows)"] + 0.1
    assert scored["versions"].str.contains("torch 2").all()
    assert "none failed on small" in text
    assert "over 1 tables that all methods have" in text


def test__fidelity__run_again__continues_and_repeats_the_report(
    fidelity, run_main, results
):
    options, output, text = results
    before = output.read_bytes()
    again = run_main(fidelity, *options)
    assert "8 tasks are there, 0 to run" in again
    assert output.read_bytes() == before
    assert text.endswith(again.split("\n", 1)[1])
    assert "SMOTE" in again


def test__fidelity__variant_of_the_same_name__refused(fidelity, run_main, results):
    options, _, _ = results
    with pytest.raises(SystemExit, match="has results of short with other parameters"):
        run_main(fidelity, *options, "--variant", "short:max_iter=6")


@pytest.mark.slow
def test__fidelity__real_tables__copies_are_found_out(fidelity, run_main, tmp_path):
    if not (REAL_DATA / "manifest.csv").exists():
        pytest.skip(f"no tables at {REAL_DATA}")
    output = tmp_path / "fidelity.csv"
    options = ["--methods", "RandomOverSampler,SMOTE", "--seeds", 1]
    tables = ["--tables", "ecoli_imu,car_multi"]
    run_main(fidelity, *tables, *options, "--output", output)
    records = pd.read_csv(output).set_index(["table", "method"])
    assert records["error"].isna().all()
    ratios = records["closest-record ratio"].unstack()
    assert (ratios["RandomOverSampler"] == 0).all()
    assert 0 < ratios.loc["ecoli_imu", "SMOTE"] < 1


def test__split__small_table__halves_without_holes(bench, fidelity, bench_data):
    X, y = bench.tables.load_table(bench_data, "small")
    X["row"] = np.arange(190.0)
    split = fidelity.split_table(X, y, seed=0)
    assert np.bincount(split.y_train).tolist() == [105, 20]
    assert len(split.holdout) == len(split.minority) == 20
    rows = {*split.minority["row"], *split.holdout["row"]}
    assert rows == set(X["row"][y == 1])
    assert set(y[split.X_train["row"].astype(int)]) == {0, 1}
    for part in (split.X_train, split.holdout):
        assert part.notna().all(axis=None)
    other = fidelity.split_table(X, y, seed=1)
    assert set(other.holdout["row"]) != set(split.holdout["row"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, y), "refused: it added no row"),
        (lambda X, y: (X[:50], y[:50]), "refused: it added no row"),
        (lambda X, y: (pd.concat([X[::-1], X]), [*y, *y]), "keep the training rows"),
        (lambda X, y: (pd.concat([X, X]), [*y, *(0 * y)]), "added no minority row"),
        (lambda X, y: 1 / 0, "ZeroDivisionError"),
    ],
)
def test__run_task__no_synthetic_rows__refusal_recorded(
    fidelity, bench_data, change, message
):
    row = run_by(fidelity, bench_data, change)
    assert message in row["error"]
    assert "detection AUC" not in row


def test__run_task__rows_of_another_kind__judged_poor(fidelity, bench_data):
    def add_far_rows(X, y):
        far = X[y == 1].assign(x=50.0)
        return pd.concat([X, far, X[y == 0]]), [*y, *y[y == 1], *y[y == 0]]

    row = run_by(fidelity, bench_data, add_far_rows)
    assert row["error"] == ""
    # Not the rows of the majority, which were added too.
    assert row["synthetic_count"] == 20
    assert row["detection AUC"] > 0.95
    assert row["precision"] == row["coverage"] == 0
    assert row["closest-record ratio"] > 10


def test__run_task__copies_of_the_training_rows__at_no_distance(fidelity, bench_data):
    def repeat(X, y):
        return pd.concat([X, X[y == 1]]), [*y, *y[y == 1]]

    assert run_by(fidelity, bench_data, repeat)["closest-record ratio"] == 0


def test__run_task__more_rows_than_are_needed__subsampled(fidelity, bench_data):
    def add_many(X, y):
        more = X[y == 1].sample(3000, replace=True, random_state=0)
        more["x"] += np.random.default_rng(0).normal(size=3000) / 10
        return pd.concat([X, more]), [*y, *[1] * 3000]

    first, again = (run_by(fidelity, bench_data, add_many) for _ in range(2))
    assert first["synthetic_count"] == 3000
    for name in fidelity.METRICS:
        assert first[name] == again[name]


def test__report__ratios_by_hand__means_and_medians(fidelity):
    rows = [
        {
            "table": f"t{k}",
            "seed": 0,
            "method": method,
            **dict.fromkeys(fidelity.METRICS, score),
            fidelity.RATIO: ratio,
            "error": "",
        }
        for method, level in {"good": 0.5, "poor": 0.7}.items()
        for k, (score, ratio) in enumerate(
            [(level, 0.8), (level + 0.1, np.inf), (level + 0.5, np.nan)]
        )
    ]
    # Of a table that one method lacks nothing counts.
    rows.append({**rows[0], "table": "t3", "detection AUC": 0.0})
    text = fidelity.report(pd.DataFrame(rows, columns=fidelity.COLUMNS))
    lines = [line.split() for line in text.split("\n")]
    good = [line[1:-1] for line in lines if line[:1] == ["good"]]
    assert "over 3 tables" in text
    assert good == [["0.700"] * 7 + ["inf"], ["0.600"] * 7 + ["inf"]]
