"""Show a Markdown file of the repository: ``.. markdown:: ../../CHANGELOG.md``.

It knows what a changelog needs: headings, lists, tables, code and links. A full parser
would be one more dependency.
"""

import re
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

UNDERLINES = "=-~^"
ITEM = re.compile(r"\s*- ")


def to_rst(text):
    """Translate Markdown into reStructuredText, without its title."""
    lines = [""]
    for line in text.splitlines():
        if heading := re.match(r"(#+) (.*)", line):
            title = re.sub(r"[][]", "", heading[2])
            level = len(heading[1]) - 1
            if level:
                lines += ["", title, UNDERLINES[level - 1] * len(title), ""]
            continue
        if row := re.match(r"(\s*)\|(.+)\|$", line):
            lines += table_row(row[1], row[2], is_first=not lines[-1].strip())
            continue
        if ITEM.match(line) and lines[-1] and not re.match(r"\s*- |\s{2}", lines[-1]):
            lines.append("")  # before a list
        lines.append(translate_inline(line))
    return "\n".join(lines)


def table_row(indent, row, *, is_first):
    """Translate a row of a table; the first one is its header."""
    if not row.strip("-|: "):
        return []
    begin = [".. list-table::", "   :header-rows: 1", ""] if is_first else []
    cells = [translate_inline(cell.strip()) for cell in row.split("|")]
    marks = ["   * -", *["     -"] * (len(cells) - 1)]
    rows = [f"{mark} {cell}" for mark, cell in zip(marks, cells, strict=True)]
    return [indent + line for line in [*begin, *rows]]


def translate_inline(text):
    """Translate the code and the links of a line."""
    text = re.sub(r"`([^`]+)`", r"``\1``", text)
    return re.sub(r"\[([^]]+)\]\((https?:[^)]+)\)", r"`\1 <\2>`__", text)


class MarkdownPage(SphinxDirective):
    required_arguments = 1

    def run(self):
        path = Path(self.env.doc2path(self.env.docname)).parent / self.arguments[0]
        self.env.note_dependency(str(path.resolve()))
        text = to_rst(path.read_text(encoding="utf-8"))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app):
    app.add_directive("markdown", MarkdownPage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
