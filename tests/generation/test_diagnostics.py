"""What users are warned of after a fit."""

import warnings

import numpy as np
import pytest

from gansampler.gan.base_gan import MIN_TRAINING_ROWS
from gansampler.gan.history import History
from gansampler.generation.diagnostics import (
    MIN_AVERAGE_PRECISION,
    warn_of_copies,
    warn_of_lost_classes,
    warn_of_trainings,
)
from gansampler.generation.memorization import Copies

ENOUGH = MIN_TRAINING_ROWS


@pytest.mark.parametrize(
    ("n_rows", "history", "message"),
    [
        (
            ENOUGH,
            History(n_iter=75, best_iteration=50, diverged=True),
            "Training for class 'rare' (3 rows) broke down at iteration 75, so the "
            "generator of iteration 50 is used. Try a smaller learning_rate.",
        ),
        (
            ENOUGH,
            History(n_iter=25, diverged=True),
            "Training for class 'rare' (3 rows) broke down at iteration 25, so its "
            "rows come from a smoothed bootstrap of the real ones. Try a smaller "
            "learning_rate.",
        ),
        (
            2,
            History(),
            "Class 'rare' has 2 rows, fewer than the 3 that adversarial training "
            "needs. Its rows come from a smoothed bootstrap of the real ones.",
        ),
        (
            1,
            History(),
            "Class 'rare' has 1 row, fewer than the 3 that adversarial training "
            "needs. Its rows come from a smoothed bootstrap of the real ones.",
        ),
        (ENOUGH, History(), None),
    ],
    ids=["late", "at_once", "two", "one", "enough"],
)
def test__warn_of_trainings__class__told_what_its_rows_come_from(
    n_rows, history, message
):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_trainings({"rare": n_rows}, {"rare": history})
    assert [str(warning.message) for warning in caught] == [message] * bool(message)
    assert all(warning.category is UserWarning for warning in caught)


def test__warn_of_lost_classes__overlap__told_of_those_that_nothing_tells_apart():
    rows = {"rare": ENOUGH, "other": ENOUGH, "unjudged": ENOUGH}
    found = {"rare": 0.0312, "other": MIN_AVERAGE_PRECISION}
    with pytest.warns(UserWarning, match="Class 'rare'") as caught:
        warn_of_lost_classes(rows, found)
    assert [str(warning.message) for warning in caught] == [
        "Class 'rare' (3 rows) can hardly be told from the others: the classifier "
        "that filters candidates reaches an average precision of 0.031 on rows it has "
        "not seen. That is too little to learn where new rows belong, so also try your "
        "model without resampling."
    ]


def told_by(warn, *findings):
    """Return what is said in warnings, whatever their lines."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn(*findings)
    return [str(warning.message) for warning in caught]


def test__warn_of_trainings__collapse_or_device__told_of_those_alone():
    collapsed = {"n_iter": 300, "best_iteration": 75, "diversity": [0.9, 0.12, 0.04]}
    lost = History(**collapsed, diverged=True)
    assert len(told_by(warn_of_trainings, {1: 3}, {1: lost})) == 1  # of what it did
    histories = {
        "sound": History(n_iter=300, diversity=[0.1, 0.9]),
        np.str_("same"): History(**collapsed),
        np.int64(7): History(out_of_memory=True),
    }
    assert told_by(warn_of_trainings, dict.fromkeys(histories, ENOUGH), histories) == [
        "The generator for class 'same' (3 rows) collapsed: at the end its rows varied "
        "0.04 times as much as the real ones. The best generator, of iteration 75, is "
        "used, but its rows may be hardly better. Go back to the default penalty and "
        "n_critic, or set pac, which lets the critic see that rows are alike. A "
        "generator of your own must use all of its inputs.",
        "The device ran out of memory, so class 7 (3 rows) was trained on the CPU. To "
        "save memory, set a smaller batch_size or n_jobs=1.",
    ]


def test__warn_of_copies__more_than_usual__told_of_those_alone():
    rows = {"n_generated": 500, "n_real": 100}
    usual = {"usual_exact": 0.01, "usual_near": 0.05}
    copies = {
        "sound": Copies(**rows, **usual, exact=0.01, near=0.06),
        np.str_("same"): Copies(**rows, **usual, exact=0.9, near=0.95),
        np.int64(7): Copies(**rows, **usual, exact=0.0, near=0.8),
    }
    advice = (
        "Such rows add little and may disclose real rows. Try a smaller max_iter or "
        "condition='none', or PrivateTabularGAN if you must not disclose any row. If "
        "the columns allow few distinct rows, copies are unavoidable."
    )
    assert told_by(warn_of_copies, copies) == [
        "Class 'same': 90% of the generated rows are copies of a real row, where 1% "
        f"would be usual. {advice}",
        "Class 7: 80% of the generated rows are near copies of a real row, where 5% "
        f"would be usual. {advice}",
    ]
