"""Metrics of synthetic rows: functions of tables that return numbers.

Each takes real and synthetic rows in any table that the sampler takes.

==================  ==============================================================
`marginal`          columns one by one: `marginal_distances`
`association`       columns together: `association_matrix`, `correlation_gap`
`detection`         synthetic rows told from real ones: `detection_auc`
`coverage`          realistic and varied: `precision_recall_density_coverage`
`closest_record`    copies of training rows: `closest_record_distances`,
                    `closest_record_ratio`
`frechet`           `frechet_distance`, with an encoder of your own, say
`inception`         `inception_score`, with a classifier of your own
==================  ==============================================================

A new metric is a new file here. It may import `gansampler.utils`, `gansampler.tabular`
and `gansampler.evaluation.aligned_tables`, but no matplotlib, no torch and nothing else
of `gansampler.evaluation`.
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
