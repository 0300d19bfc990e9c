"""Synthetic rows of one class, measured beside real ones.

No number is judged by itself. Real rows are measured in the same way as synthetic ones,
in tables of the same size, and what counts is by how much the synthetic rows do worse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from gansampler.evaluation.class_rows import ClassRows, Closeness
from gansampler.evaluation.metrics.metrics import (
    correlation_gap,
    detection_auc,
    marginal_distances,
    precision_recall_density_coverage,
)
from gansampler.evaluation.report.measures import (
    LARGE,
    MEASURES,
    MIN_ROWS,
    SLIGHT,
    Finding,
    Measure,
    grade,
)
from gansampler.utils.random import MAX_SEED

MAX_ROWS = 500
"""Rows of each table in one comparison, which bounds its cost. By chance a column's
distance is then about 0.05, hardly more than what is worth telling."""

N_SPLITS = 5
"""Comparisons, each of other rows. Real rows are no worse than the worst of them in
five cases of six; each more takes as long as the first."""

N_DETECTIONS = 3
"""How many of these train a classifier, which takes most of the time."""

N_TREES, N_FOLDS = 30, 3
"""Of the forest of such a classifier, and of its cross-validation: what is compared is
the same forest on real rows, so that it need not be the best one."""

MAX_ASSOCIATED = 30
"""Columns whose associations are compared, drawn at random where there are more: their
pairs grow with the square."""

CLOSEST_SHARE = 0.05
"""The share of real rows that count as close to one training row."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that was found of one class.

    Parameters
    ----------
    findings : list of Finding
        One for each measure.

    columns : DataFrame
        For each column, the least alike first: its distance, the one of real rows,
        their missing shares and a grade.
    """

    findings: list[Finding]
    columns: pd.DataFrame


def judge(
    rows: ClassRows,
    holdout: pd.DataFrame | None,
    closeness: Closeness,
    random_state: np.random.RandomState,
) -> Judgement:
    """Measure the synthetic rows of one class, and real rows in their place.

    Parameters
    ----------
    rows : ClassRows
        The rows of the class.

    holdout : DataFrame or None
        Real rows that the generator has not seen. They stand on one side of each
        comparison, training rows or synthetic ones on the other. Without them the
        training rows are halved.

    closeness : Closeness
        How close rows come to the training rows.

    random_state : RandomState instance
        Decides which rows are compared.

    Returns
    -------
    judgement : Judgement
        What was found.
    """
    if min(len(rows.real), len(rows.synthetic)) < MIN_ROWS:
        unknown = [Finding(measure) for measure in MEASURES.values()]
        return Judgement(unknown, _list_columns(rows, None))
    trios = [_draw_trio(rows, holdout, random_state) for _ in range(N_SPLITS)]
    seed = random_state.randint(MAX_SEED)
    real, synthetic = (
        _measure_pairs([(trio[0], trio[k]) for trio in trios], rows, seed)
        for k in (1, 2)
    )
    columns = _compare_columns(real, synthetic)
    found = [
        _find_furthest_column(columns),
        *(
            _find(MEASURES[str(name)], real.scores[name], synthetic.scores[name])
            for name in real.scores
        ),
        *_find_closeness(closeness),
    ]
    order = list(MEASURES)
    found.sort(key=lambda finding: order.index(finding.measure.name))
    return Judgement(found, _list_columns(rows, columns))


@dataclass(frozen=True, eq=False)
class _Measured:
    """What several tables gave, in a row each.

    Parameters
    ----------
    scores : DataFrame of shape (n_tables, n_measures)
        The measures of whole tables, NaN where one was left out.

    columns : DataFrame of shape (n_tables, n_features)
        The distance of each column.
    """

    scores: pd.DataFrame
    columns: pd.DataFrame


def _draw_trio(
    rows: ClassRows, holdout: pd.DataFrame | None, random_state: np.random.RandomState
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw tables of one size: a reference, real rows and synthetic ones."""
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


def _measure_pairs(
    pairs: list[tuple[pd.DataFrame, pd.DataFrame]], rows: ClassRows, seed: int
) -> _Measured:
    """Measure the second table of each pair against the first, the reference."""
    features = rows.categorical_features
    scores = [
        _measure_pair(reference, table, features, seed) for reference, table in pairs
    ]
    for score, (reference, table) in zip(scores[:N_DETECTIONS], pairs, strict=False):
        score["detection"] = detection_auc(
            reference,
            table,
            categorical_features=features,
            estimator=RandomForestClassifier(N_TREES, random_state=seed),
            cv=N_FOLDS,
            random_state=seed,
        )
    columns = [
        marginal_distances(reference, table, categorical_features=features)
        for reference, table in pairs
    ]
    return _Measured(pd.DataFrame(scores), pd.DataFrame(columns))


def _measure_pair(
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


def _find(measure: Measure, real: pd.Series, synthetic: pd.Series) -> Finding:
    worst = real.min() if measure.more_is_better else real.max()
    return Finding(measure, synthetic.mean(), real.mean(), worst)


def _find_furthest_column(columns: pd.DataFrame) -> Finding:
    furthest = columns.iloc[0]
    return Finding(
        MEASURES["columns"], furthest["distance"], furthest["real"], furthest["worst"]
    )


def _find_closeness(closeness: Closeness) -> list[Finding]:
    """Find how many rows lie by one training row, and how many equal one."""
    real, synthetic = (_ratios(part) for part in (closeness.real, closeness.synthetic))
    limit = np.quantile(real, CLOSEST_SHARE)
    shares = {
        "closeness": [np.mean(part <= limit) for part in (real, synthetic)],
        "copies": [
            np.mean(part[:, 0] == 0) for part in (closeness.real, closeness.synthetic)
        ],
    }
    return [
        Finding(MEASURES[name], float(of_synthetic), float(of_real), float(of_real))
        for name, (of_real, of_synthetic) in shares.items()
    ]


def _ratios(distances: np.ndarray) -> np.ndarray:
    """Divide the distance to the closest training row by that to the second closest.

    Unlike the distance itself it is not small for all rows in the middle of a class,
    where training rows are dense. It is 1 where both are 0.
    """
    closest, second = distances.T
    return np.divide(closest, second, out=np.ones_like(closest), where=second > 0)


def _compare_columns(real: _Measured, synthetic: _Measured) -> pd.DataFrame:
    """Return each column's distances, the one furthest off beside real rows first."""
    columns = pd.DataFrame(
        {
            "distance": synthetic.columns.mean(),
            "real": real.columns.mean(),
            "worst": real.columns.max(),
        }
    )
    excess = columns["distance"] - columns["real"]
    return columns.iloc[np.argsort(-excess.to_numpy(), kind="stable")]


def _list_columns(rows: ClassRows, columns: pd.DataFrame | None) -> pd.DataFrame:
    """Grade each column, and add in how many rows it is missing."""
    if columns is None:
        distances = marginal_distances(
            rows.real, rows.synthetic, categorical_features=rows.categorical_features
        ).sort_values(ascending=False, kind="stable")
        columns = pd.DataFrame({"distance": distances, "real": np.nan, "worst": np.nan})
    for table in ("real", "synthetic"):
        missing = getattr(rows, table).isna().mean()
        columns[f"missing_{table}"] = missing.reindex(columns.index)
    columns["grade"] = [
        grade(row["distance"], row["real"], row["worst"], limits=(SLIGHT, LARGE))
        for _, row in columns.iterrows()
    ]
    return columns.drop(columns="worst").rename(columns={"real": "distance_real"})
