import numpy as np
import pytest

from gansampler.evaluation.report.grading import (
    LARGE,
    MEASURES,
    SLIGHT,
    UNKNOWN,
    Finding,
    Measure,
)


def grade(synthetic, real, worst, more_is_better=False):
    words = ("name", "title", "meaning")
    measure = Measure(
        *words, SLIGHT, LARGE, "good", "fair", "poor", more_is_better=more_is_better
    )
    return Finding(measure, synthetic, real, worst).grade


@pytest.mark.parametrize(
    ("synthetic", "expected"),
    [
        (0.0, "good"),
        (0.2, "good"),
        (0.2 + SLIGHT - 1e-9, "good"),
        (0.2 + SLIGHT + 1e-9, "fair"),
        (0.2 + LARGE - 1e-9, "fair"),
        (0.2 + LARGE + 1e-9, "poor"),
        (1.0, "poor"),
        (np.nan, "unknown"),
    ],
)
def test__grade__less_is_better__by_how_much_worse(synthetic, expected):
    assert grade(synthetic, 0.2, 0.2) == expected
    more = grade(1 - synthetic, 0.8, 0.8, more_is_better=True)
    assert more == expected


def test__grade__real_rows_as_bad__good():
    assert grade(0.6, 0.2, 0.6) == "good"
    assert grade(0.61, 0.2, 0.6) == "poor"
    assert grade(0.4, 0.9, 0.4, more_is_better=True) == "good"
    assert grade(0.39, 0.9, 0.4, more_is_better=True) == "poor"


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test__finding__any_measure__verdict_and_alarm_of_its_grade(measure):
    best, worst = (1.0, 0.0) if measure.more_is_better else (0.0, 1.0)
    good, poor = Finding(measure, best, best, best), Finding(measure, worst, best, best)
    assert (good.grade, good.verdict, good.alarm) == ("good", measure.good, None)
    assert (poor.grade, poor.verdict, poor.alarm) == (
        "poor",
        measure.poor,
        measure.alarm,
    )
    unknown = Finding(measure)
    assert (unknown.grade, unknown.verdict, unknown.alarm) == ("unknown", UNKNOWN, None)


def test__measures__all__named_by_their_keys_and_alarms_known():
    assert all(name == measure.name for name, measure in MEASURES.items())
    alarms = {measure.alarm for measure in MEASURES.values()}
    assert alarms == {None, "collapse", "copying", "drift"}
