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
            "Training for class 'rare' (3 rows) broke down at iteration 75; the "
            "generator of iteration 50 is used. A smaller learning_rate may help.",
        ),
        (
            ENOUGH,
            History(n_iter=25, diverged=True),
            "Training for class 'rare' (3 rows) broke down at iteration 25; its rows "
            "come from a smoothed bootstrap of the real ones. A smaller learning_rate "
            "may help.",
        ),
        (
            2,
            History(),
            "Class 'rare' has 2 rows, fewer than the 3 that adversarial training "
            "needs; its rows come from a smoothed bootstrap of the real ones.",
        ),
        (
            1,
            History(),
            "Class 'rare' has 1 row, fewer than the 3 that adversarial training "
            "needs; its rows come from a smoothed bootstrap of the real ones.",
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
        "Class 'rare' (3 rows) can hardly be told from the others: the average "
        "precision of the classifier that chooses rows is 0.031 on rows it has not "
        "seen. Where generated rows should lie can't be learnt from so little; compare "
        "with no resampling."
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
        "The generator of class 'same' (3 rows) collapsed: in the end its rows "
        "differed 0.04 times as much as the real ones. The best one, of iteration 75, "
        "is used, whose rows may be hardly better. Go back to the default penalty and "
        "n_critic, or set pac, by which the critic sees that rows are alike; a "
        "generator of your own has to make something of each of its inputs.",
        "The device had too little memory for class 7 (3 rows), which was trained on "
        "the CPU. A smaller batch_size needs less, and so does n_jobs=1.",
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
        "They may give real rows away, and add little to them. Try a smaller max_iter "
        "or condition='none', or PrivateTabularGAN where no row may be given away; "
        "where rows can differ in a few ways only, it can't be helped."
    )
    assert told_by(warn_of_copies, copies) == [
        "Class 'same': 90% of its generated rows are copies of a real row, where 1% "
        f"would be usual. {advice}",
        "Class 7: 80% of its generated rows are near copies of a real row, where 5% "
        f"would be usual. {advice}",
    ]
