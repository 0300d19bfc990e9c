"""Write formulas as MathML, which browsers draw without a script or a network."""

from docutils.nodes import SkipNode
from latex2mathml.converter import convert


def visit_inline(translator, node):
    translator.body.append(convert(node.astext()))
    raise SkipNode  # or its text would follow


def visit_block(translator, node):
    formula = node.astext()
    if "&" in formula:  # several aligned lines
        formula = rf"\begin{{split}}{formula}\end{{split}}"
    translator.body.append(f'<div class="math">{convert(formula, "block")}</div>')
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
