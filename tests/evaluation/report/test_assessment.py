from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tables import global_states, mixed_frame

from gansampler.evaluation.class_rows import ClassRows
from gansampler.evaluation.metrics.closest_record import measure_closeness
from gansampler.evaluation.report.assessment import MAX_ROWS, assess_rows
from gansampler.evaluation.report.grading import MEASURES, MIN_ROWS
from gansampler.tabular.inference import infer_schema


def table(n=120, seed=0):
    """Make rows of two numbers that go together, a category and holes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": x,
            "y": x + rng.normal(size=n) / 2,
            "z": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "c": rng.choice(["p", "q", None], n, p=[0.6, 0.3, 0.1]),
        }
    )


def assess_tables(synthetic, real=None, holdout=None, seed=0):
    real = table() if real is None else real
    return assess(
        ClassRows("a", real, synthetic, real.iloc[:0], [3], None), holdout, seed
    )


def assess(rows, holdout=None, seed=0):
    closeness = measure_closeness(
        rows.real, rows.synthetic, holdout, rows.categorical_features
    )
    return assess_rows(rows, holdout, closeness, np.random.RandomState(seed))


def grades(findings):
    return {finding.measure.name: finding.grade for finding in findings}


def alarms(findings):
    return {finding.alarm for finding in findings} - {None}


@pytest.mark.parametrize(
    ("holdout", "seed"),
    [
        (None, 0),
        (table(60, seed=2), 1),
        *(
            pytest.param(holdout, seed, marks=pytest.mark.slow)
            for holdout, seed in [(None, 1), (None, 2)]
            + [(table(60, seed=2), 0), (table(60, seed=2), 2)]
        ),
    ],
    ids=["none", "some", "none, 1", "none, 2", "some, 0", "some, 2"],
)
def test__assess__rows_of_the_same_population__nothing_to_complain_of(holdout, seed):
    findings, _ = assess_tables(table(seed=10 + seed), holdout=holdout, seed=seed)
    assert list(grades(findings)) == list(MEASURES)
    assert "poor" not in grades(findings).values()
    assert alarms(findings) == set()


@pytest.mark.usefixtures("few_trees")
@pytest.mark.parametrize("holdout", [None, table(60, seed=2)], ids=["none", "some"])
def test__assess__one_column_shifted__drift_and_its_name(holdout):
    synthetic = table(seed=1).assign(y=lambda rows: rows["y"] + 2)
    findings, columns = assess_tables(synthetic, holdout=holdout)
    assert "drift" in alarms(findings)
    assert grades(findings)["columns"] == "poor"
    assert columns.index[0] == "y"
    assert columns["grade"].tolist()[0] == "poor"


@pytest.mark.usefixtures("few_trees")
def test__assess__columns_shuffled__associations_alone_are_lost():
    synthetic = table(400, seed=1)
    shuffled = synthetic["x"].sample(frac=1, random_state=0).to_numpy()
    findings, _ = assess_tables(synthetic.assign(x=shuffled), real=table(400))
    found = grades(findings)
    assert found["columns"] == "good"
    assert found["associations"] != "good"


@pytest.mark.usefixtures("few_trees")
def test__assess__one_row_with_little_noise__collapse(rng):
    one = table(seed=1).iloc[[0] * 100].assign(z=0.0)
    findings, _ = assess_tables(
        one.assign(x=lambda rows: rows["x"] + rng.normal(size=100) / 50)
    )
    assert grades(findings)["recall"] == "poor"
    assert "collapse" in alarms(findings)


@pytest.mark.usefixtures("few_trees")
def test__assess__rows_repeated__collapse():
    findings, _ = assess_tables(table(seed=1).iloc[np.arange(100) % 10])
    assert grades(findings)["repeats"] == "poor"
    assert "collapse" in alarms(findings)


@pytest.mark.usefixtures("few_trees")
@pytest.mark.parametrize("holdout", [None, table(60, seed=2)], ids=["none", "some"])
def test__assess__training_rows__copies(holdout):
    findings, _ = assess_tables(table(), holdout=holdout)
    assert grades(findings)["copies"] == "poor"
    assert grades(findings)["closeness"] == "poor"
    assert alarms(findings) == {"copying"}


@pytest.mark.usefixtures("few_trees")
def test__assess__training_rows_with_little_noise__nearly_copies(rng):
    real = table()[["x", "y"]].assign(v=rng.normal(size=120), w=rng.normal(size=120))
    synthetic = real + rng.normal(size=real.shape) / 100
    rows = ClassRows("a", real, synthetic, real.iloc[:0], [], None)
    findings, _ = assess(rows)
    assert grades(findings)["closeness"] == "poor"
    assert grades(findings)["copies"] == "good"


@pytest.mark.usefixtures("few_trees")
def test__assess__few_categories__chance_repetitions_are_no_copies(rng):
    tables = [pd.DataFrame({"c": rng.choice(list("pqr"), 90)}) for _ in range(2)]
    real, synthetic = tables
    rows = ClassRows("a", real, synthetic, real.iloc[:0], [0], None)
    findings, _ = assess(rows)
    assert alarms(findings) == set()


@pytest.mark.parametrize(
    ("n_real", "n_synthetic"), [(MIN_ROWS - 1, 100), (1, 100), (100, MIN_ROWS - 1)]
)
def test__assess__few_rows__not_judged_but_listed(n_real, n_synthetic):
    findings, columns = assess_tables(table(n_synthetic, seed=1), real=table(n_real))
    assert set(grades(findings).values()) == {"unknown"}
    assert set(columns["grade"]) == {"unknown"}
    assert columns["distance"].is_monotonic_decreasing
    assert columns["distance"].notna().all()


@pytest.mark.usefixtures("few_trees")
def test__assess__as_few_rows_as_will_do__judged():
    findings, _ = assess_tables(table(MIN_ROWS, seed=1), real=table(MIN_ROWS))
    assert "unknown" not in grades(findings).values()


@pytest.mark.usefixtures("few_trees")
def test__assess__many_rows__few_are_compared(monkeypatch):
    sizes = set()

    def spy(reference, rows, **params):
        sizes.update([len(reference), len(rows)])
        return gap(reference, rows, **params)

    import gansampler.evaluation.report.assessment as module

    gap = module.correlation_gap
    monkeypatch.setattr(module, "correlation_gap", spy)
    assess_tables(table(3 * MAX_ROWS, seed=1), real=table(3 * MAX_ROWS))
    assert sizes == {MAX_ROWS}


@pytest.mark.usefixtures("few_trees")
def test__assess__every_kind_of_column__missing_shares_listed():
    real, _ = mixed_frame()
    synthetic, _ = mixed_frame(seed=1)
    rows = ClassRows("a", real, synthetic, real.iloc[:0], "auto", None)
    rows = replace(rows, categorical_features=infer_schema(real).categorical_features)
    states = global_states()
    _, columns = assess(rows)
    assert columns["missing_real"].to_dict() == real.isna().mean().to_dict()
    assert columns["missing_synthetic"].to_dict() == synthetic.isna().mean().to_dict()
    assert global_states() == states
