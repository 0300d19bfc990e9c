"""Verdicts that follow from the tests."""

import numpy as np
import pandas as pd
import pytest

from gansampler.evaluation.comparison.result import SamplerComparison, summarise_scores

NOISE = np.array([0.0, 0.02, -0.02, 0.01, -0.01])


def make_comparison(scores, metric="f1", tuned=True, n_errors=None):
    """Compare samplers by means over five splits, each with its own little noise.

    `scores` holds a mean for each pair of estimator and sampler.
    """
    records = [
        {
            "metric": metric,
            "estimator": estimator,
            "sampler": sampler,
            "split": split,
            "score": mean + noise,
            "threshold": np.nan,
            "fit_time": 2.0,
            "error": "",
        }
        for number, ((estimator, sampler), mean) in enumerate(scores.items())
        for split, noise in enumerate(np.roll(NOISE, number))
    ]
    results = pd.DataFrame(records)
    for sampler, n in (n_errors or {}).items():
        failed = results.index[results["sampler"] == sampler][:n]
        results.loc[failed, "score"] = np.nan
        results.loc[failed, "error"] = "ValueError: no"
    return SamplerComparison(
        results=results,
        summary=summarise_scores(results, 1 / 4),
        n_splits=5,
        metrics=[metric],
        tuned=[metric] if tuned else [],
        tunable=[metric] if metric == "f1" else [],
    )


def test__verdict__clear_gain__names_sampler_and_estimator():
    comparison = make_comparison({("tree", "none"): 0.5, ("tree", "SMOTE"): 0.7})
    assert comparison.verdict.startswith(
        "SMOTE improves tree here: f1 +0.200 compared with no resampling (95 % interval"
    )
    assert "Holm" in comparison.verdict
    assert "threshold" not in comparison.verdict
    assert "instead" not in comparison.verdict


def test__verdict__gains_of_several__the_largest_and_their_number():
    comparison = make_comparison(
        {
            ("tree", "none"): 0.5,
            ("tree", "SMOTE"): 0.7,
            ("tree", "GAN"): 0.8,
            ("tree", "NearMiss"): 0.2,
        }
    )
    assert comparison.verdict.startswith("GAN improves tree here: f1 +0.300")
    assert "1 other pair of sampler and estimator also improves." in comparison.verdict


def test__verdict__gain_without_tuning__warns_of_the_threshold():
    scores = {("tree", "none"): 0.5, ("tree", "SMOTE"): 0.7}
    comparison = make_comparison(scores, tuned=False)
    assert comparison.verdict.startswith("SMOTE improves tree here")
    assert "No threshold was tuned" in comparison.verdict
    ranking = make_comparison(scores, "average_precision", tuned=False)
    assert "threshold" not in ranking.verdict


def test__verdict__gain_of_the_weaker_estimator__the_stronger_one_is_named():
    comparison = make_comparison(
        {
            ("tree", "none"): 0.5,
            ("tree", "SMOTE"): 0.7,
            ("forest", "none"): 0.9,
            ("forest", "SMOTE"): 0.9,
        }
    )
    assert comparison.verdict.startswith("SMOTE improves tree here")
    assert (
        "But forest without resampling scores higher still: 0.900 against 0.700."
        in comparison.verdict
    )


@pytest.mark.parametrize(
    ("metric", "instead"),
    [
        ("f1", "Tuning the threshold is enough."),
        ("roc_auc", "Keep the table as it is."),
    ],
)
@pytest.mark.parametrize(
    ("mean", "words"),
    [
        (
            0.502,
            "Not resampling may do just as well here: no gain in {} is significant",
        ),
        (0.498, "Not resampling does at least as well here: no sampler raises {} on "),
        (0.3, "Not resampling is better here: every sampler lowers {} significantly. "),
    ],
)
def test__verdict__no_gain_beyond_chance__says_what_to_do(metric, instead, mean, words):
    comparison = make_comparison(
        {("tree", "none"): 0.5, ("tree", "SMOTE"): mean}, metric
    )
    assert comparison.verdict.startswith(words.format(metric))
    assert instead in comparison.verdict
    assert f"SMOTE with tree: {metric} {mean - 0.5:+.3f}" in comparison.verdict


def test__verdict__fits_that_failed__counted():
    scores = {("tree", "none"): 0.5, ("tree", "SMOTE"): 0.7, ("tree", "GAN"): 0.6}
    comparison = make_comparison(scores, n_errors={"SMOTE": 5, "GAN": 2})
    assert "GAN improves tree" in comparison.verdict
    assert (
        "SMOTE failed in 5 of 5 fits, first with ValueError: no." in comparison.verdict
    )
    assert "GAN failed in 2 of 5 fits" in comparison.verdict
    row = comparison.summary.set_index("sampler").loc["GAN"]
    assert (row["n_splits"], row["n_errors"]) == (3, 2)


def test__verdict__nothing_to_compare__says_so():
    scores = {("tree", "none"): 0.5, ("tree", "SMOTE"): 0.7}
    comparison = make_comparison(scores, n_errors={"SMOTE": 5})
    assert comparison.verdict.startswith("No sampler could be compared")
    assert not comparison.is_conclusive("f1")


def test__comparison__unknown_metric__error_names_those_measured():
    comparison = make_comparison({("tree", "none"): 0.5, ("tree", "SMOTE"): 0.7})
    for method in (comparison.verdict_on, comparison.of_metric):
        with pytest.raises(ValueError, match=r"'f2' was not measured.*\['f1'\]"):
            method("f2")


def test__comparison__printed_and_in_a_notebook__verdict_and_table():
    comparison = make_comparison(
        {("tree", "none"): 0.5, ("a<b", "SMOTE"): 0.5}
        | {("tree", "SMOTE"): 0.7, ("a<b", "none"): 0.5}
    )
    assert str(comparison).startswith(comparison.verdict)
    assert "mean_score" in str(comparison)
    header, verdict = repr(comparison).split("\n")
    assert header == "<SamplerComparison of SMOTE with tree, a<b; 5 splits; f1>"
    assert verdict == comparison.verdict
    html = comparison._repr_html_()
    assert "a&lt;b" in html
    assert "a<b" not in html
    assert "<table" in html
