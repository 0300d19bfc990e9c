"""Metrics of synthetic rows: functions that take tables and return numbers.

They accept the same kinds of tables as the sampler.

==================  ==============================================================
`marginal`          single columns: `marginal_distances`
`association`       pairs of columns: `association_matrix`, `correlation_gap`
`detection`         can a classifier tell rows apart: `detection_auc`
`coverage`          realism and variety: `precision_recall_density_coverage`
`closest_record`    copies of training rows: `closest_record_distances`,
                    `closest_record_ratio`
`frechet`           `frechet_distance`, optionally with your own encoder
`inception`         `inception_score`, with your own classifier
==================  ==============================================================

Add a new metric as a new file here. It may import `gansampler.utils`,
`gansampler.tabular` and `gansampler.evaluation.aligned_tables`, but not matplotlib,
torch or anything else in `gansampler.evaluation`.
"""

from gansampler.evaluation.metrics.association import (
    association_matrix,
    correlation_gap,
)
from gansampler.evaluation.metrics.closest_record import (
    closest_record_distances,
    closest_record_ratio,
)
from gansampler.evaluation.metrics.coverage import (
    PrecisionRecallDensityCoverage,
    precision_recall_density_coverage,
)
from gansampler.evaluation.metrics.detection import detection_auc
from gansampler.evaluation.metrics.frechet import frechet_distance
from gansampler.evaluation.metrics.inception import inception_score
from gansampler.evaluation.metrics.marginal import marginal_distances

__all__ = [
    "PrecisionRecallDensityCoverage",
    "association_matrix",
    "closest_record_distances",
    "closest_record_ratio",
    "correlation_gap",
    "detection_auc",
    "frechet_distance",
    "inception_score",
    "marginal_distances",
    "precision_recall_density_coverage",
]
