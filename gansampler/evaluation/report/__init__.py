"""The quality report: synthetic rows in words, numbers and pictures, class by class.

Data flows down this list. No module imports one further down.

================  ================================================================
`grading`         the measures with their limits and sentences, and `Finding`
`assessment`      measures one class beside real rows and grades it
`choosing`        the effect of rejection sampling
`about`           date, versions and the sampler's parameters
`class_report`    `ClassReport`: all findings on a class, and their displays
`pictures`        these displays as SVG
`page`            reports as HTML, from the files in `templates`
`quality_report`  `QualityReport`, which users call
================  ================================================================

It may import `gansampler.utils`, `gansampler.tabular` and the metrics and displays of
`gansampler.evaluation`. Only functions that write a page import jinja2 and matplotlib,
which come with the extra `report`.
"""

from gansampler.evaluation.report.class_report import ClassReport
from gansampler.evaluation.report.grading import Finding, Measure
from gansampler.evaluation.report.quality_report import QualityReport

__all__ = ["ClassReport", "Finding", "Measure", "QualityReport"]
