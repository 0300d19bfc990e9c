import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reports import EVIL, N_LISTED, hard_report, hard_table, small_report
from tables import assert_same, deep, global_states, mixed_frame, polars_frame, quick

from gansampler.evaluation.report import QualityReport
from gansampler.evaluation.report.choosing import Choosing
from gansampler.evaluation.report.grading import MEASURES, Finding

pytestmark = pytest.mark.usefixtures("few_trees")


@pytest.fixture(scope="module")
def report():
    return hard_report()


def normal(n=80, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 3))


def test__from_sampler__several_classes__a_report_of_each(report):
    first, second = report.classes
    assert (first.label, second.label) == (EVIL, "few")
    assert (first.n_real, first.n_synthetic, first.n_unseen) == (40, 200, 25)
    # The five held-out rows of the small class are too few to compare with.
    assert (second.n_real, second.n_unseen) == (12, 0)
    assert second.grade == "unknown"
    # A class that could not be judged does not decide.
    assert (report.grade, first.grade) == ("poor", "poor")
    assert report.summary == "2 classes: 1 poor, 1 not judged."


def test__grade__told_apart_by_a_classifier_only__fair():
    (one,) = QualityReport.from_rows(normal(), normal(seed=1), random_state=0).classes
    findings = [
        Finding(MEASURES["detection"], 1.0, 0.5, 0.5) if name == "detection"
        else Finding(measure, 0.5, 0.5, 0.5)
        for name, measure in MEASURES.items()
    ]  # fmt: skip
    report = replace(one, findings=findings)
    assert report.findings[2].grade == "poor"
    assert report.grade == "fair"
    assert report.summary == "Good on 7 of 8 measures. Poor: detectability."
    assert repr(report) == f"<ClassReport: fair. {report.summary}>"
    assert repr(findings[2]) == "<Detectability: poor, 1 (real rows: 0.5)>"


def test__repr__several_classes__overall_grade_first_and_a_line_for_each(report):
    first, *others = repr(report).splitlines()
    assert first == "QualityReport, overall grade: poor"
    assert any(line.startswith(f"Class {EVIL}: poor. Good on 4 of") for line in others)
    assert any(line.startswith("Class few: not judged.") for line in others)


def test__to_frame__all_findings__in_order(report):
    frame = report.to_frame()
    assert frame.columns.tolist() == [
        "label", "measure", "synthetic", "real", "grade", "verdict",
    ]  # fmt: skip
    assert frame["measure"].tolist() == [*MEASURES, *MEASURES]
    assert frame["label"].tolist() == [EVIL] * len(MEASURES) + ["few"] * len(MEASURES)
    judged = frame[frame["label"] == EVIL]
    assert judged[["synthetic", "real"]].notna().all(axis=None)
    assert frame[frame["label"] == "few"]["synthetic"].isna().all()


def test__warnings__collapsed_sampler__collapse_and_drift_with_names(report):
    drift, *others = report.warnings
    assert drift.startswith(f"Drift in class {EVIL}: Some columns differ a lot")
    assert re.search(r" Look at .* and \d+ more\.$", drift)
    assert any(line.startswith(f"Collapse in class {EVIL}: ") for line in others)


def test__from_rows__same_population__no_warnings():
    report = QualityReport.from_rows(normal(), normal(seed=1), random_state=0)
    assert report.warnings == []
    assert report.classes[0].history is None
    assert report.to_frame()["label"].isna().all()
    assert "Single columns: good" in repr(report)
    assert report.grade == "good"


def test__from_rows__many_synthetic_rows__some_of_them_are_looked_at():
    report = QualityReport.from_rows(
        normal(), normal(5000, seed=1), normal(30, seed=2), label="a", random_state=0
    )
    (one,) = report.classes
    assert (one.n_real, one.n_synthetic, one.n_unseen) == (80, 2000, 30)


# Columns of every dtype are judged in test_assessment.py.
SOME = ["float", "Int64", "object", "ordered", "zoned", "constant"]


@pytest.mark.parametrize("table", [polars_frame, lambda: mixed_frame()[0][SOME]])
def test__from_rows__frames_of_pandas_and_polars__columns_by_their_names(table):
    X = table()
    before = deep(X)
    report = QualityReport.from_rows(X, X, random_state=0)
    assert set(report.classes[0].columns.index) == set(X.columns)
    assert_same(X, before)


def test__from_rows__codes_declared_categorical__compared_as_categories():
    real = np.repeat([[1.0], [2.0]], 40, axis=0)
    report = QualityReport.from_rows(
        real, real + 1, categorical_features=[0], random_state=0
    )
    assert report.classes[0].marginals[0].categories == [1, 2, 3]


@pytest.fixture(scope="module")
def one_class():
    X, y = normal(120), np.repeat([0, 1], [80, 40])
    sampler = quick()
    sampler.fit_resample(X, y)
    return sampler, X, y


def test__from_sampler__same_seed__same_report(one_class):
    states = global_states()
    first, second, other = (
        QualityReport.from_sampler(*one_class, random_state=seed).to_frame()
        for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first["synthetic"].equals(other["synthetic"])
    assert global_states() == states


def test__from_sampler__held_out_rows__change_what_is_compared(one_class):
    without = QualityReport.from_sampler(*one_class, random_state=0)
    shifted = normal(120, seed=1) + 9
    with_holdout = QualityReport.from_sampler(
        *one_class, shifted, one_class[2], random_state=0
    )
    assert without.classes[0].n_unseen == 0
    assert with_holdout.classes[0].n_unseen == 40
    real = [r.to_frame().set_index("measure").loc["columns", "real"] for r in
            (without, with_holdout)]  # fmt: skip
    assert real[0] < 0.5 < real[1]


def test__from_sampler__holdout_that_does_not_suit__says_why(one_class):
    sampler, X, y = one_class
    with pytest.raises(ValueError, match="y_holdout is missing"):
        QualityReport.from_sampler(sampler, X, y, X)
    with pytest.raises(ValueError, match="y_holdout has no row of class 1"):
        QualityReport.from_sampler(sampler, X, y, X, 0 * y)
    with pytest.raises(ValueError, match="features"):
        QualityReport.from_sampler(sampler, X, y, X[:, :2], y)


def test__from_sampler__numpy_labels__written_as_python_has_them(one_class):
    report = QualityReport.from_sampler(*one_class, random_state=0)
    assert report.to_frame()["label"].tolist() == [1] * len(MEASURES)
    assert repr(report).splitlines()[1].startswith("Class 1: ")


def test__report__large_class__bounded(monkeypatch):
    import gansampler.evaluation.report.class_report as module

    monkeypatch.setattr(module, "MAX_REAL_ROWS", 50)
    report = QualityReport.from_rows(normal(), normal(seed=1), normal(70, seed=2))
    (one,) = report.classes
    assert (one.n_real, one.n_unseen) == (80, 50)
    assert len(one.marginals[0].real) == 50


def test__hard_table__is_hard():
    X, _ = hard_table((2, 2, 2))
    assert EVIL in X.columns
    assert X.shape[1] == N_LISTED + 2


def test__to_html__disk_is_full__old_page_and_nothing_else(tmp_path, full_disk):
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(OSError, match="File too large"), full_disk():
        small_report().to_html(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test__page__columns_moved_by_rejection__named_beside_the_grade(rng):
    table = pd.DataFrame({"kept": rng.normal(size=60), "moved": rng.normal(size=60)})
    report = QualityReport.from_rows(table, table, random_state=0)
    assert report.rejection_note == ""
    columns = pd.DataFrame(
        {"distance": [0.4, 0.1], "chance": [0.1, 0.1]}, index=["moved", "kept"]
    )
    one = replace(report.classes[0], choosing=Choosing(2.0, columns))
    chosen = replace(report, classes=[one])
    assert "changes the distribution of moved on purpose" in chosen.rejection_note
    assert chosen.rejection_note in chosen._repr_html_()
