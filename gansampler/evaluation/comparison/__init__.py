"""x."""
from gansampler.evaluation.comparison.compare import SamplerComparison, SamplerComparisonDisplay, compare_samplers
