"""The study of sampling ratios and thresholds."""

import sys
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef
from sklearn.model_selection import (
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    train_test_split,
)

# The script trains many samplers, and is not part of the package.
pytestmark = pytest.mark.slow

RATIOS = ["0", "0.1", "0.25", "0.5", "1"]
SCORES = ["AP", "ROC AUC", "F1", "G-mean", "MCC", "tuned F1", "tuned MCC"]
SCORES += ["tuned G-mean", "tuned balanced accuracy"]


@pytest.fixture
def problem():
    X, y = make_classification(
        400, weights=[0.85], class_sep=1.5, n_informative=4, random_state=0
    )
    return train_test_split(X, y, stratify=y, random_state=0)


METRICS = {
    "F1": f1_score,
    "MCC": matthews_corrcoef,
    "BA": balanced_accuracy_score,
}


@pytest.mark.parametrize("metric", METRICS)
def test__tune_thresholds__any_other_threshold__no_better(bench, rng, metric):
    y = pd.Series(rng.random(60) < 0.3).astype(int)
    # With ties, as 5-NN gives them.
    probability = np.round(np.clip(0.3 * y + 0.6 * rng.random(60), 0, 1), 1).to_numpy()
    threshold = bench.thresholds.tune_thresholds(y, probability)[metric]
    scores = [METRICS[metric](y, probability >= t) for t in np.unique(probability)]
    assert_allclose(METRICS[metric](y, probability >= threshold), max(scores))


def test__tune_thresholds__useless_probability__no_nan(bench):
    y = pd.Series([0, 0, 0, 1])
    thresholds = bench.thresholds.tune_thresholds(y, np.full(4, 0.2))
    assert not np.isnan(list(thresholds.values())).any()
    scores = bench.thresholds.score_tuned(y, np.full(4, 0.2), thresholds)
    assert_allclose(scores["tuned balanced accuracy"], 0.5)
    assert_allclose(scores["tuned MCC"], 0)


def tuned_by_sklearn(problem, cv, thresholds):
    X, X_test, y, y_test = problem
    tuned = TunedThresholdClassifierCV(
        LogisticRegression(), scoring="f1", cv=cv, thresholds=thresholds
    ).fit(X, y)
    return tuned.best_score_, f1_score(y_test, tuned.predict(X_test))


def test__tune_thresholds__one_fold__best_score_of_sklearn(bench, problem):
    X, _, y, _ = problem
    fit, held_out = next(StratifiedKFold(3).split(X, y))
    model = LogisticRegression().fit(X[fit], y[fit])
    probability = model.predict_proba(X[held_out])[:, 1]
    threshold = bench.thresholds.tune_thresholds(pd.Series(y[held_out]), probability)
    best, _ = tuned_by_sklearn(problem, [(fit, held_out)], np.sort(probability))
    own = f1_score(y[held_out], probability >= threshold["F1"])
    assert_allclose(own, best)


def test__tune_thresholds__three_folds__test_score_as_of_sklearn(bench, problem):
    # It averages F1 over the folds, while we take it of the folds together.
    X, X_test, y, y_test = problem
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    model = LogisticRegression()
    out_of_fold = cross_val_predict(model, X, y, cv=cv, method="predict_proba")[:, 1]
    thresholds = bench.thresholds.tune_thresholds(pd.Series(y), out_of_fold)
    probability = model.fit(X, y).predict_proba(X_test)[:, 1]
    scores = bench.thresholds.score_tuned(pd.Series(y_test), probability, thresholds)
    _, expected = tuned_by_sklearn(problem, cv, 100)
    assert_allclose(scores["tuned F1"], expected, atol=0.02)


def test__rows_to_add__ratios__none_below_the_tables_own(bench):
    y = pd.Series([0] * 100 + [1] * 20)
    counts = bench.ratios.rows_to_add(y, (0, 0.1, 0.2, 0.25, 1), 80)
    assert counts == {0: 0, 0.1: 0, 0.2: 0, 0.25: 5, 1: 80}
    # A sampler that made too few gives all that it has.
    assert bench.ratios.rows_to_add(y, (1,), 3) == {1: 3}


def test__added_rows__smote__parts_of_one_resampling(bench, rng):
    X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["a", "b"])
    y = pd.Series([1] * 10 + [0] * 50)
    resampled = SMOTE(random_state=0).fit_resample(X, y)
    rows = bench.ratios.added_rows(y, *resampled)
    assert_frame_equal(rows.sort_index(), resampled[0].iloc[60:])
    X_added, y_added = bench.ratios.add_rows(X, y, rows, 15)
    assert_frame_equal(X_added.iloc[:60], X)
    assert_frame_equal(
        X_added.iloc[60:].reset_index(drop=True), rows.iloc[:15].reset_index(drop=True)
    )
    assert list(y_added) == [*y, *[1] * 15]


def test__added_rows__not_below_the_others__raises(bench):
    y = pd.Series([0, 0, 0, 1])
    shuffled = pd.Series([1, 0, 0, 0, 1, 1])
    with pytest.raises(ValueError, match="below the others"):
        bench.ratios.added_rows(y, pd.DataFrame({"a": range(6)}), shuffled)


@pytest.fixture(scope="module")
def study(bench, run_main, tmp_path_factory):
    """Run the study on one small table, with the two quickest classifiers."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [130, 20])
    x = rng.normal(size=150) + 1.5 * (y == "rare")
    table = pd.DataFrame({"x": x, "label": rng.choice(["a", "b"], 150), "target": y})
    (folder / "data").mkdir()
    table.to_csv(folder / "data" / "small.csv", index=False)
    options = ["--data", folder / "data", "--splits", 1]
    options += ["--output", folder / "points.csv", "--methods", "none,SMOTE"]
    variant = ["--variant", "short:max_iter=5,generator_layers=(8, 8)"]
    module, make = bench.operating_points, bench.classifiers.make_classifiers

    def make_few(seed):
        return {name: make(seed)[name] for name in ("LogisticRegression", "5-NN")}

    with mock.patch.object(module, "make_classifiers", make_few):
        text = run_main(module, *options, *variant)
    return options, folder / "points.csv", text


def test__operating_points__small_table__a_row_for_each_ratio(bench, study):
    _, output, text = study
    records = bench.records.read_records(output)
    assert set(records["method"]) == {"none", "SMOTE", "short"}
    assert records.groupby(["method", "classifier"]).size().eq(6).all()
    assert set(records["ratio"]) == {*RATIOS, "chosen"}
    assert (records["refused"] == 0).all()
    assert records[SCORES].notna().all(axis=None)
    assert "Each method against none" in text


def test__operating_points__nothing_added__no_resampling(bench, study):
    records = bench.records.read_records(study[1])
    records = records.set_index(["method", "ratio"]).sort_index()
    none = records.loc[("none", "0"), SCORES].to_numpy()
    # The table has a ratio of 0.15 already.
    for key in [("none", "1"), ("none", "chosen"), ("SMOTE", "0"), ("short", "0.1")]:
        assert_allclose(records.loc[key, SCORES].to_numpy(), none)
    assert not np.allclose(records.loc[("SMOTE", "1"), SCORES].to_numpy(), none)


def test__operating_points__chosen_ratio__best_out_of_fold(bench, study):
    records = bench.records.read_records(study[1])
    for _, rows in records.groupby(["method", "classifier"]):
        rows = rows.set_index("ratio")
        chosen = rows.loc["chosen"]
        assert chosen["out-of-fold AP"] == rows.loc[RATIOS, "out-of-fold AP"].max()
        same = rows.loc[f"{chosen['ratio used']:g}"]
        assert list(chosen[SCORES]) == list(same[SCORES])


def test__operating_points__run_again__continues(bench, run_main, study):
    options, output, _ = study
    before = output.read_bytes()
    again = run_main(bench.operating_points, *options)
    assert "2 tasks are there, 0 to run" in again
    assert output.read_bytes() == before


def test__publish__ratios__every_table(bench, study, tmp_path, monkeypatch):
    monkeypatch.setattr(bench.publish, "FOLDER", tmp_path)
    monkeypatch.setattr(bench.publish, "REFERENCE", "short")
    monkeypatch.setattr(sys, "argv", ["publish.py", f"ratios={study[1]}"])
    bench.publish.main()
    tables = ["ap", "chosen", "means", "thresholds", "tests"]
    tables += ["none_chosen", "none_balanced"]
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"ratios_{table}.csv" for table in tables}
    ap = pd.read_csv(tmp_path / "ratios_ap.csv", index_col="method")
    assert list(ap.columns) == [*RATIOS, "chosen"]
