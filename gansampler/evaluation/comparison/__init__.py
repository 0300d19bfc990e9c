"""Does resampling help on this table? Samplers against no resampling, cross-validated.

================  ================================================================
`compare`         `compare_samplers`: all samplers on all splits
`checks`          its arguments, checked and named
`run`             which trial comes when, how many at a time, and an interrupt
`progress`        a progress bar that says how long the rest will take
`trial`           one sampler, or none, with every classifier on one split
`sharing`         resampled rows and fits that several scores have in common
`counted_score`   scores of predicted classes, computed once for equal counts
`result`          `SamplerComparison`: summary, tests and a verdict in words
`significance`    the corrected resampled t test and Holm's correction
`display`         `SamplerComparisonDisplay`: the differences as a picture
================  ================================================================

It works with any sampler of imbalanced-learn's API. It may import `gansampler.utils`,
`gansampler.tabular` and `gansampler.evaluation.plotting.style`.
"""

from gansampler.evaluation.comparison.compare import compare_samplers
from gansampler.evaluation.comparison.display import SamplerComparisonDisplay
from gansampler.evaluation.comparison.result import SamplerComparison

__all__ = ["SamplerComparison", "SamplerComparisonDisplay", "compare_samplers"]
