from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tables import global_states, mixed_frame

from gansampler.evaluation.class_rows import ClassRows, measure_closeness
from gansampler.evaluation.report.judgement import MAX_ROWS, judge
from gansampler.evaluation.report.measures import MEASURES, MIN_ROWS
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


def judge_rows(synthetic, real=None, holdout=None, seed=0):
    real = table() if real is None else real
    rows = ClassRows("a", real, synthetic, real.iloc[:0], [3], None)
    closeness = measure_closeness(rows, holdout)
    return judge(rows, holdout, closeness, np.random.RandomState(seed))


def grades(judgement):
    return {f.measure.name: f.grade for f in judgement.findings}


def alarms(judgement):
    return {f.alarm for f in judgement.findings} - {None}


@pytest.mark.parametrize("holdout", [None, table(60, seed=2)], ids=["none", "some"])
@pytest.mark.parametrize("seed", range(3))
def test__judge__rows_of_the_same_population__nothing_to_complain_of(holdout, seed):
    judgement = judge_rows(table(seed=10 + seed), holdout=holdout, seed=seed)
    assert list(grades(judgement)) == list(MEASURES)
    assert "poor" not in grades(judgement).values()
    assert alarms(judgement) == set()


@pytest.mark.parametrize("holdout", [None, table(60, seed=2)], ids=["none", "some"])
def test__judge__one_column_shifted__drift_and_its_name(holdout):
    synthetic = table(seed=1).assign(y=lambda rows: rows["y"] + 2)
    judgement = judge_rows(synthetic, holdout=holdout)
    assert "drift" in alarms(judgement)
    assert grades(judgement)["columns"] == "poor"
    assert judgement.columns.index[0] == "y"
    assert judgement.columns["grade"].tolist()[0] == "poor"


def test__judge__columns_shuffled__associations_alone_are_lost():
    synthetic = table(400, seed=1)
    shuffled = synthetic["x"].sample(frac=1, random_state=0).to_numpy()
    found = grades(judge_rows(synthetic.assign(x=shuffled), real=table(400)))
    assert found["columns"] == "good"
    assert found["associations"] != "good"


def test__judge__one_row_with_little_noise__collapse(rng):
    one = table(seed=1).iloc[[0] * 100].assign(z=0.0)
    judgement = judge_rows(
        one.assign(x=lambda rows: rows["x"] + rng.normal(size=100) / 50)
    )
    assert grades(judgement)["recall"] == "poor"
    assert "collapse" in alarms(judgement)


def test__judge__rows_repeated__collapse():
    judgement = judge_rows(table(seed=1).iloc[np.arange(100) % 10])
    assert grades(judgement)["repeats"] == "poor"
    assert "collapse" in alarms(judgement)


@pytest.mark.parametrize("holdout", [None, table(60, seed=2)], ids=["none", "some"])
def test__judge__training_rows__copies(holdout):
    judgement = judge_rows(table(), holdout=holdout)
    assert grades(judgement)["copies"] == "poor"
    assert grades(judgement)["closeness"] == "poor"
    assert alarms(judgement) == {"copying"}


def test__judge__training_rows_with_little_noise__nearly_copies(rng):
    real = table()[["x", "y"]].assign(v=rng.normal(size=120), w=rng.normal(size=120))
    synthetic = real + rng.normal(size=real.shape) / 100
    rows = ClassRows("a", real, synthetic, real.iloc[:0], [], None)
    judgement = judge(
        rows, None, measure_closeness(rows, None), np.random.RandomState(0)
    )
    assert grades(judgement)["closeness"] == "poor"
    assert grades(judgement)["copies"] == "good"


def test__judge__few_categories__chance_repetitions_are_no_copies(rng):
    tables = [pd.DataFrame({"c": rng.choice(list("pqr"), 90)}) for _ in range(2)]
    real, synthetic = tables
    rows = ClassRows("a", real, synthetic, real.iloc[:0], [0], None)
    judgement = judge(
        rows, None, measure_closeness(rows, None), np.random.RandomState(0)
    )
    assert alarms(judgement) == set()


@pytest.mark.parametrize(
    ("n_real", "n_synthetic"), [(MIN_ROWS - 1, 100), (1, 100), (100, MIN_ROWS - 1)]
)
def test__judge__few_rows__not_judged_but_listed(n_real, n_synthetic):
    judgement = judge_rows(table(n_synthetic, seed=1), real=table(n_real))
    assert set(grades(judgement).values()) == {"unknown"}
    assert set(judgement.columns["grade"]) == {"unknown"}
    assert judgement.columns["distance"].is_monotonic_decreasing
    assert judgement.columns["distance"].notna().all()


def test__judge__as_few_rows_as_will_do__judged():
    judgement = judge_rows(table(MIN_ROWS, seed=1), real=table(MIN_ROWS))
    assert "unknown" not in grades(judgement).values()


def test__judge__many_rows__few_are_compared(monkeypatch):
    sizes = set()

    def spy(reference, rows, **params):
        sizes.update([len(reference), len(rows)])
        return gap(reference, rows, **params)

    import gansampler.evaluation.report.judgement as module

    gap = module.correlation_gap
    monkeypatch.setattr(module, "correlation_gap", spy)
    judge_rows(table(3 * MAX_ROWS, seed=1), real=table(3 * MAX_ROWS))
    assert sizes == {MAX_ROWS}


def test__judge__every_kind_of_column__missing_shares_listed():
    real, _ = mixed_frame()
    synthetic, _ = mixed_frame(seed=1)
    rows = ClassRows("a", real, synthetic, real.iloc[:0], "auto", None)
    rows = replace(rows, categorical_features=infer_schema(real).categorical_features)
    states = global_states()
    judgement = judge(
        rows, None, measure_closeness(rows, None), np.random.RandomState(0)
    )
    columns = judgement.columns
    assert columns["missing_real"].to_dict() == real.isna().mean().to_dict()
    assert columns["missing_synthetic"].to_dict() == synthetic.isna().mean().to_dict()
    assert global_states() == states
