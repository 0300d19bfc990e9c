"""Reports for the tests of pages, made of what is hard to show."""

import functools
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pandas as pd
import torch
from tables import quick

from gansampler.evaluation.report import QualityReport, assessment, page
from gansampler.generation import class_probability

N_LISTED = 5
"""Columns of a hard table that its page lists; two more unfold."""

EVIL = "<script>alert('x')</script> & \"$x_1$\""


@contextmanager
def small_forests():
    """Let few trees judge the rows of a report, and choose among candidates.

    Training them takes most of the time of a report, and of a short training.
    """
    with (
        mock.patch.object(assessment, "N_TREES", 4),
        mock.patch.object(class_probability, "N_TREES", 10),
    ):
        yield


def hard_table(n_rows, seed=0):
    """Make rows of three classes with names, categories and labels hard to show."""
    rng = np.random.default_rng(seed)
    y = np.repeat(["many", EVIL, "few"], n_rows)
    n = len(y)
    frame = pd.DataFrame(
        {
            EVIL: rng.normal(size=n),
            "a_very_long_name_without_any_place_to_break_" * 3: rng.normal(size=n),
            "kind": rng.choice([EVIL, "</svg>", "täglich", "日本"], n),
            "day": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "some": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
            **{f"more {k}": rng.normal(size=n) for k in range(N_LISTED - 3)},
        }
    )
    return frame, y


@functools.cache
def hard_report():
    """Report on a sampler that has collapsed, and on a class too small to judge."""
    X, y = hard_table((90, 40, 12))
    sampler = quick()
    sampler.fit_resample(X, y)
    with torch.no_grad():  # all rows are the same
        for weights in sampler.generators_[EVIL].gan.trained_.generator.parameters():
            weights.zero_()
    with small_forests():
        return QualityReport.from_sampler(
            sampler, X, y, *hard_table((30, 25, 5), seed=1), random_state=0
        )


def write_hard_page():
    """Write the page of the hard report, which has more columns than a page lists."""
    with mock.patch.object(page, "MAX_COLUMNS", N_LISTED):
        return page.write_page(hard_report())


@functools.cache
def small_report():
    """Report on two columns, of which a page is written in a moment."""
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.repeat([0, 1], [40, 20])
    sampler = quick()
    sampler.fit_resample(X, y)
    with small_forests():
        return QualityReport.from_sampler(sampler, X, y, random_state=0)
