"""The quality report: synthetic rows in words, numbers and pictures, class by class.

Data flows down this list, and nothing in it imports what stands below.

================  ================================================================
`grading`         the measures with their limits and sentences, and `Finding`
`assessment`      one class: its numbers beside those of real rows, graded
`class_report`    `ClassReport`: what was found, and the displays that show it
`pictures`        these displays as SVG
`page`            reports as HTML, by the files in `templates`
`quality_report`  `QualityReport`, what users call
================  ================================================================

It may import `gansampler.utils`, `gansampler.tabular` and the metrics and displays of
`gansampler.evaluation`; jinja2 and matplotlib only where a page is written: the extra
`report` brings both.
"""

from gansampler.evaluation.report.class_report import ClassReport
from gansampler.evaluation.report.grading import Finding, Measure
from gansampler.evaluation.report.quality_report import QualityReport

__all__ = ["ClassReport", "Finding", "Measure", "QualityReport"]
