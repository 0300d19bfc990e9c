"""The shape of a cell: the cell with all digits replaced by 9."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_ALIKE = str.maketrans("0123456789", "9999999999")


def as_shape(cell: str) -> str:
    """Return a cell with each digit replaced by 9, so that few shapes remain.

    Examples
    --------
    >>> from gansampler.cli.cell_shapes import as_shape
    >>> as_shape("30.05.2001")
    '99.99.9999'
    """
    return cell.translate(_ALIKE)


@dataclass(frozen=True)
class Padding:
    """The blanks around the cells of a column.

    Parameters
    ----------
    before, after : str
        The blanks on the left and on the right.

    width : int
        The number of characters of a cell if all have the same number, else 0.

    align : {">", "<"}
        Whether cells of this width are right- or left-aligned.
    """

    before: str = ""
    after: str = ""
    width: int = 0
    align: str = ">"

    @classmethod
    def of(cls, cells: Sequence[str]) -> Padding:
        """Find the padding of cells that are not missing."""
        if not any(cell != cell.strip() for cell in cells):
            return cls()
        pairs = Counter(map(_blanks, cells))
        befores, afters = ({pair[side] for pair in pairs} for side in (0, 1))
        widths = set(map(len, cells))
        before, after = pairs.most_common(1)[0][0]
        if len(widths) == 1 and len(befores) > 1 == len(afters):
            return cls("", after, widths.pop(), ">")
        if len(widths) == 1 and len(afters) > 1 == len(befores):
            return cls(before, "", widths.pop(), "<")
        return cls(before, after)

    def apply(self, cell: str) -> str:
        """Return a cell with blanks around it."""
        return f"{f'{self.before}{cell}{self.after}':{self.align}{self.width or 1}}"


def _blanks(cell: str) -> tuple[str, str]:
    """Return the blanks before and after the content of a cell."""
    inner = cell.strip()
    start = cell.index(inner)
    return cell[:start], cell[start + len(inner) :]
