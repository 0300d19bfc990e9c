"""A user's script, which `mypy --strict` has to pass (`make types`); it is not run."""

from pathlib import Path
from typing import assert_type

import numpy as np
import pandas as pd

from gansampler import GANOverSampler, TabularGAN, __version__
from gansampler.evaluation.comparison import SamplerComparison, compare_samplers
from gansampler.evaluation.metrics import (
    PrecisionRecallDensityCoverage,
    detection_auc,
    marginal_distances,
    precision_recall_density_coverage,
)
from gansampler.evaluation.plotting import (
    ClosestRecordDisplay,
    CorrelationDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    TrainingHistoryDisplay,
)
from gansampler.evaluation.report import ClassReport, QualityReport


def balance(X: pd.DataFrame, y: np.ndarray) -> GANOverSampler:
    sampler = GANOverSampler(
        TabularGAN(
            generator_layers=(64, 64),
            callback=lambda progress: None,
        ),
        sampling_strategy={1: 100},
        categorical_features=["job"],
        constraints="age >= 18",
        random_state=0,
    )
    X_res, y_res = sampler.fit_resample(X, y)
    assert len(X_res) == len(y_res)
    assert_type(sampler.fit(X, y), GANOverSampler)
    assert_type(sampler.generators_[1].sample_frame(5, random_state=0), pd.DataFrame)
    assert_type(sampler.history_[1].n_iter, int)
    assert_type(sampler.history_[1].critic_loss, list[float])
    return sampler


def keep(sampler: GANOverSampler, path: Path) -> GANOverSampler:
    sampler.save(path, keep_data=True)
    sampler.save(str(path))
    assert_type(GANOverSampler.load(path), GANOverSampler)
    return GANOverSampler.load(str(path))


def judge(sampler: GANOverSampler, X: pd.DataFrame, y: np.ndarray) -> str:
    report = QualityReport.from_sampler(sampler, X, y, random_state=0)
    assert_type(report, QualityReport)
    assert_type(report.classes, list[ClassReport])
    assert_type(report.to_frame(), pd.DataFrame)
    assert_type(report.warnings, list[str])
    report.to_html(Path("report.html"))
    assert_type(marginal_distances(X, X), pd.Series)
    assert_type(detection_auc(X, X), float)
    found = precision_recall_density_coverage(X, X)
    assert_type(found, PrecisionRecallDensityCoverage)
    return f"{found.precision:.2f}, gansampler {__version__}"


def compare(X: pd.DataFrame, y: np.ndarray) -> str:
    comparison = compare_samplers(X, y, {"gan": GANOverSampler()}, n_jobs=2)
    assert_type(comparison, SamplerComparison)
    assert_type(comparison.summary, pd.DataFrame)
    assert_type(comparison.n_splits, int)
    return comparison.verdict


def draw(sampler: GANOverSampler, X: pd.DataFrame, y: np.ndarray) -> None:
    of_training = TrainingHistoryDisplay.from_sampler(sampler, label=1)
    assert_type(of_training, TrainingHistoryDisplay)
    assert_type(of_training.plot(line_kw={"color": "k"}), TrainingHistoryDisplay)
    marginals = MarginalsDisplay.from_sampler(sampler, X, y, max_columns=4)
    assert_type(marginals, MarginalsDisplay)
    assert_type(MarginalsDisplay.from_rows(X, X), MarginalsDisplay)
    assert_type(CorrelationDisplay.from_sampler(sampler, X, y), CorrelationDisplay)
    assert_type(EmbeddingDisplay.from_sampler(sampler, X, y), EmbeddingDisplay)
    closest = ClosestRecordDisplay.from_sampler(sampler, X, y)
    assert_type(closest, ClosestRecordDisplay)
