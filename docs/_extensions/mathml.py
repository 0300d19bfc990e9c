"""Write formulas as MathML, which browsers draw without a script or a network."""

from latex2mathml.converter import convert


def visit_inline(translator, node):
    translator.body.append(convert(node.astext()))


def visit_block(translator, node):
    formula = node.astext()
    if "&" in formula:  # several aligned lines
        formula = rf"\begin{{split}}{formula}\end{{split}}"
    translator.body.append(f'<div class="math">{convert(formula, "block")}</div>')


def depart(translator, node):
    """Nothing is left to write."""


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, depart), (visit_block, depart))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
