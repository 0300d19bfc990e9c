"""The demonstration that `make demo` runs."""

import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

DEMO = Path(__file__).parents[1] / "examples" / "demo.py"


@pytest.fixture(scope="module")
def demo():
    return runpy.run_path(str(DEMO))


def scores_of(**means):
    """Make scores on four folds that differ by a little noise."""
    noise = (0.0, 0.01, -0.01, 0.0)
    return pd.DataFrame(
        [
            {"sampler": name.replace("_", " "), "fold": fold, "F1": mean + shift}
            for number, (name, mean) in enumerate(means.items())
            for fold, shift in enumerate(noise[number:] + noise[:number])
        ]
    )


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        (
            (0.2, 0.3, 0.5),
            "is highest with GANOverSampler: 0.50, against 0.30 with SMOTENC and 0.20 "
            "without resampling.",
        ),
        (
            (0.2, 0.5, 0.3),
            "is highest with SMOTENC: 0.50, against 0.30 with GANOverSampler and 0.20 "
            "without resampling.",
        ),
        ((0.5, 0.2, 0.3), "is highest without resampling: 0.50, against 0.30 with GAN"),
        ((0.2, 0.499, 0.5), "is highest with GANOverSampler, but not clearly: 0.50, "),
    ],
)
def test__conclude__any_scores__says_what_they_are(demo, means, expected):
    names = ("no_resampling", "SMOTENC", "GANOverSampler")
    scores = scores_of(**dict(zip(names, means, strict=True)))
    assert expected in demo["conclude"](scores)


def test__make_loans__seed__mixed_rare_and_the_same_each_time(demo):
    X, y = demo["make_loans"]()
    assert 0.03 < y.mean() < 0.1
    assert {dtype.kind for dtype in X.select_dtypes("number").dtypes} == {"i", "f"}
    assert X.select_dtypes(exclude="number").shape[1] == 2
    assert X.isna().any().sum() == 3
    pd.testing.assert_frame_equal(X, demo["make_loans"]()[0])


@pytest.mark.slow
def test__main__run__ends_with_a_sentence_and_writes_the_picture(
    demo, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "demo.png"
    monkeypatch.setattr(sys, "argv", ["demo.py", "--output", str(path)])
    demo["main"]()
    *_, last = capsys.readouterr().out.strip().splitlines()
    assert last.startswith("At the default threshold, F1 on held-out loans is ")
    assert plt.imread(path).shape[:2] == (840, 1320)
    plt.close("all")
