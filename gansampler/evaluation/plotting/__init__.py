"""Displays in scikit-learn's style: one picture each.

A display has a class method that computes its content: `from_sampler`, or `from_rows`
if two tables are enough. `plot` draws it, on your axes or on new ones.

==================  ==============================================================
`training_history`  losses and fidelity over a training
`marginals`         single columns, also for reports
`correlation`       associations between columns
`embedding`         rows in two principal components
`closest_record`    distances to the closest training row
`two_tables`        `from_sampler` of the displays that compare two tables
`style`             colours, axes, legends and short names, for all displays
==================  ==============================================================

Add a new display as a new file here. It may import `gansampler.utils`,
`gansampler.tabular`, `gansampler.evaluation.metrics` and the modules beside that. It
imports matplotlib only inside functions that draw, after `style.require_matplotlib`,
because it comes with the extra `plot`.
"""

from gansampler.evaluation.plotting.closest_record import ClosestRecordDisplay
from gansampler.evaluation.plotting.correlation import CorrelationDisplay
from gansampler.evaluation.plotting.embedding import EmbeddingDisplay
from gansampler.evaluation.plotting.marginals import Marginal, MarginalsDisplay
from gansampler.evaluation.plotting.training_history import TrainingHistoryDisplay

__all__ = [
    "ClosestRecordDisplay",
    "CorrelationDisplay",
    "EmbeddingDisplay",
    "Marginal",
    "MarginalsDisplay",
    "TrainingHistoryDisplay",
]
