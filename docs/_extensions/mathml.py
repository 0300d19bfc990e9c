"""Write formulas as MathML, which browsers draw without a script or a network."""

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

BAR = "<mo>&#x02016;</mo>"
"""A bar of a norm, which browsers would stretch at one side only."""


def to_mathml(formula, display="inline"):
    return convert(formula, display=display).replace(
        BAR, BAR.replace("<mo>", '<mo stretchy="false">')
    )


def visit_inline(translator, node):
    translator.body.append(to_mathml(node.astext()))
    raise SkipNode  # or its text would follow


def visit_block(translator, node):
    formula = node.astext()
    if "&" in formula:  # several aligned lines
        formula = rf"\begin{{split}}{formula}\end{{split}}"
    translator.body.append(f'<div class="formula">{to_mathml(formula, "block")}</div>')
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
