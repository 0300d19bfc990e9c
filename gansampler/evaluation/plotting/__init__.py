"""Displays: one picture each, in scikit-learn's convention.

A display has a class method that computes what it shows (`from_sampler`, and
`from_rows` where two tables are enough) and `plot`, which draws it on axes of your own
or on new ones.

==================  ==============================================================
`training_history`  losses and fidelity over a training
`marginals`         columns one by one, with what a report draws of them
`correlation`       associations of columns
`embedding`         rows in two principal components
`closest_record`    distances to the closest training row
`two_tables`        `from_sampler` of the displays that compare two tables
`style`             colours, axes and short names, for all of them
==================  ==============================================================

A new display is a new file here. It may import `gansampler.utils`,
`gansampler.tabular`, `gansampler.evaluation.metrics` and the modules beside that, and
matplotlib only where it draws: the extra `plot` brings it.
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
