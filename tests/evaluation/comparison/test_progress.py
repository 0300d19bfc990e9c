"""How long a comparison will still take."""

import pytest

from gansampler.evaluation.comparison.progress import TimeLeft, say_duration

TRIALS = ["none"] * 3 + ["fast", "slow"] * 3


def told_after(n_trials, capsys, n_workers=1, visible=True):
    seconds = {"none": 1, "fast": 10, "slow": 200}
    with TimeLeft(TRIALS, n_workers, visible) as bar:
        for name in TRIALS[:n_trials]:
            bar.update(name, seconds[name])
    return capsys.readouterr().err.split("\r")[-1]


@pytest.mark.parametrize("n_trials", [1, 3, 4])
def test__time_left__a_sampler_not_tried_yet__not_known(n_trials, capsys):
    assert "estimating the time left" in told_after(n_trials, capsys)


def test__time_left__samplers_of_unlike_speed__each_as_long_as_before(capsys):
    assert "about 7 min left" in told_after(5, capsys)  # 2 * 210 s
    assert "about 200 s left" not in told_after(8, capsys)
    assert "about 3 min left" in told_after(8, capsys)
    assert "about 1 s left" in told_after(9, capsys)


def test__time_left__two_at_a_time__half_as_long(capsys):
    assert "about 4 min left" in told_after(5, capsys, n_workers=2)


def test__time_left__not_visible__silence(capsys):
    assert told_after(5, capsys, visible=False) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (7200, "2.0 h")],
)
def test__say_duration__any__in_its_unit(seconds, text):
    assert say_duration(seconds) == text
