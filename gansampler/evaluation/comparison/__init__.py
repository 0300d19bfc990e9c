"""Does resampling help on this table? A cross-validated comparison.

================  ================================================================
`compare`         `compare_samplers`: all samplers on all splits
`checks`          validates and names the arguments
`run`             runs the trials in order and in parallel, and handles interrupts
`progress`        a progress bar that estimates the time left
`trial`           one sampler, or none, with every classifier on one split
`sharing`         resampled rows and fits that several scores share
`counted_score`   scores of predicted classes, computed once for equal counts
`result`          `SamplerComparison`: a summary, tests and a verdict in words
`significance`    the corrected resampled t test and Holm's correction
`display`         `SamplerComparisonDisplay`: the differences as a picture
================  ================================================================

It works with any sampler that follows imbalanced-learn's API. It may import
`gansampler.utils`, `gansampler.tabular` and `gansampler.evaluation.plotting.style`.
"""

from gansampler.evaluation.comparison.compare import compare_samplers
from gansampler.evaluation.comparison.display import SamplerComparisonDisplay
from gansampler.evaluation.comparison.result import SamplerComparison

__all__ = ["SamplerComparison", "SamplerComparisonDisplay", "compare_samplers"]
