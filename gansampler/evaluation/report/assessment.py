"""Assess the synthetic rows of one class beside real rows.

No number is graded on its own. Real rows are measured like synthetic rows, in tables of
the same size. The grade depends on how much worse the synthetic rows do.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from gansampler.evaluation.class_rows import ClassRows
from gansampler.evaluation.metrics import (
    correlation_gap,
    detection_auc,
    marginal_distances,
    precision_recall_density_coverage,
)
from gansampler.evaluation.metrics.closest_record import Closeness
from gansampler.evaluation.report.grading import MEASURES, MIN_ROWS, Finding
from gansampler.utils.near_copies import copy_shares
from gansampler.utils.random import MAX_SEED

MAX_ROWS = 500
"""Rows of each table in one comparison, which bounds the cost. A column's distance is
then about 0.05 by chance, near the smallest difference that matters."""

N_SPLITS = 5
"""Comparisons, each with different rows. A further table of real rows does no worse
than the worst of these in five cases out of six. Each comparison takes equally long."""

N_DETECTIONS = 3
"""Comparisons that also train a classifier, which takes most of the time."""

N_TREES, N_FOLDS = 30, 3
"""Size of the random forest, and folds of its cross-validation. Real rows meet the same
forest, so it need not be the best one."""

MAX_ASSOCIATED = 30
"""Columns whose associations are compared. If there are more, they are sampled, because
the number of pairs grows with the square."""

Pairs = list[tuple[pd.DataFrame, pd.DataFrame]]
"""Pairs of a reference and the table that is measured against it."""


def assess_rows(
    rows: ClassRows,
    holdout: pd.DataFrame | None,
    closeness: Closeness,
    random_state: np.random.RandomState,
) -> tuple[list[Finding], pd.DataFrame]:
    """Measure the synthetic rows of one class, and real rows in their place.

    Parameters
    ----------
    rows : ClassRows
        The rows of the class.

    holdout : DataFrame or None
        Held-out rows, which the generator has not seen. They are the reference of each
        comparison. Without them, the training rows are halved.

    closeness : Closeness
        The distances to the closest training rows.

    random_state : RandomState instance
        Controls which rows are compared.

    Returns
    -------
    findings : list of Finding
        One finding per measure.

    columns : DataFrame of shape (n_features, 5)
        One row per column, the worst first: the distances of synthetic and of real
        rows, their shares of missing values, and a grade.
    """
    features = rows.categorical_features
    if min(len(rows.real), len(rows.synthetic)) < MIN_ROWS:
        distances = marginal_distances(
            rows.real, rows.synthetic, categorical_features=features
        ).sort_values(ascending=False, kind="stable")
        columns = pd.DataFrame({"distance": distances, "real": np.nan, "worst": np.nan})
        ungraded = [Finding(measure) for measure in MEASURES.values()]
        return ungraded, _grade_columns(columns, rows)
    samples = [_draw_tables(rows, holdout, random_state) for _ in range(N_SPLITS)]
    seed = random_state.randint(MAX_SEED)
    # Real rows and synthetic rows, each against the same references.
    of_real, of_synthetic = ([(one[0], one[k]) for one in samples] for k in (1, 2))
    columns = _compare_columns(of_real, of_synthetic, features)
    real, synthetic = (
        _score_pairs(pairs, features, seed) for pairs in (of_real, of_synthetic)
    )
    copies, near = copy_shares(closeness.synthetic, closeness.real)
    real_copies, real_near = copy_shares(closeness.real, closeness.real)
    # For each measure: the mean of synthetic rows, the mean and the worst of real rows.
    numbers: dict[str, tuple[float, ...]] = {
        "columns": tuple(columns.iloc[0]),
        "closeness": (near, real_near, real_near),
        "copies": (copies, real_copies, real_copies),
    }
    for name in map(str, real):
        worst = real[name].min() if MEASURES[name].more_is_better else real[name].max()
        numbers[name] = synthetic[name].mean(), real[name].mean(), worst
    findings = [Finding(measure, *numbers[name]) for name, measure in MEASURES.items()]
    return findings, _grade_columns(columns, rows)


def _draw_tables(
    rows: ClassRows, holdout: pd.DataFrame | None, random_state: np.random.RandomState
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw three tables of equal size: a reference, real rows and synthetic rows."""
    n_real = len(rows.real) // 2 if holdout is None else len(rows.real)
    n_reference = n_real if holdout is None else len(holdout)
    n = min(n_real, n_reference, len(rows.synthetic), MAX_ROWS)
    real = rows.real.iloc[random_state.permutation(len(rows.real))[: 2 * n]]
    synthetic = random_state.permutation(len(rows.synthetic))[:n]
    if holdout is None:
        reference = real.iloc[n:]
    else:
        reference = holdout.iloc[random_state.permutation(len(holdout))[:n]]
    return reference, real.iloc[:n], rows.synthetic.iloc[synthetic]


def _compare_columns(
    of_real: Pairs, of_synthetic: Pairs, features: list[int]
) -> pd.DataFrame:
    """Return the distances of each column, sorted by the excess over real rows."""
    real, synthetic = (
        pd.DataFrame(
            [marginal_distances(*pair, categorical_features=features) for pair in pairs]
        )
        for pairs in (of_real, of_synthetic)
    )
    columns = pd.DataFrame(
        {"distance": synthetic.mean(), "real": real.mean(), "worst": real.max()}
    )
    excess = columns["distance"] - columns["real"]
    return columns.iloc[np.argsort(-excess.to_numpy(), kind="stable")]


def _score_pairs(pairs: Pairs, features: list[int], seed: int) -> pd.DataFrame:
    """Score the second table of each pair against the first. Return a row per pair."""
    scores = pd.DataFrame([_score_pair(*pair, features, seed) for pair in pairs])
    classifier = RandomForestClassifier(N_TREES, random_state=seed)
    options = {"estimator": classifier, "cv": N_FOLDS, "random_state": seed}
    detections = [
        detection_auc(*pair, categorical_features=features, **options)
        for pair in pairs[:N_DETECTIONS]
    ]
    return scores.assign(detection=pd.Series(detections))


def _score_pair(
    reference: pd.DataFrame, table: pd.DataFrame, features: list[int], seed: int
) -> dict[str, float]:
    among = precision_recall_density_coverage(
        reference, table, categorical_features=features
    )
    n_columns = reference.shape[1]
    shown = np.random.default_rng(seed).permutation(n_columns)[:MAX_ASSOCIATED]
    gap = correlation_gap(
        reference.iloc[:, shown],
        table.iloc[:, shown],
        categorical_features=np.isin(shown, features).tolist(),
    )
    return {
        "associations": gap,
        "precision": among.precision,
        "recall": among.recall,
        "repeats": float(table.astype(object).duplicated().mean()),
    }


def _grade_columns(columns: pd.DataFrame, rows: ClassRows) -> pd.DataFrame:
    """Grade each column and add its shares of missing values."""
    grades = [
        Finding(MEASURES["columns"], *numbers).grade for numbers in columns.to_numpy()
    ]
    missing = {
        f"missing_{kind}": table.isna().mean().reindex(columns.index)
        for kind, table in (("real", rows.real), ("synthetic", rows.synthetic))
    }
    columns = columns.assign(**missing, grade=grades).drop(columns="worst")
    return columns.rename(columns={"real": "distance_real"})
