"""Infer how a column writes its numbers, and what its points and commas mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from gansampler.cli.cell_shapes import as_shape
from gansampler.cli.number_form import ExponentForm, NumberForm
from gansampler.cli.number_pattern import (
    LEADING_ZERO,
    MINUS,
    NUMBER,
    are_names,
    has_minus,
    match_number,
)

GROUPS = ("", ",", ".", "'", "’", " ", "\u00a0", "\u202f", "\u2009")
"""Possible thousands separators: nothing, signs, and spaces of any width."""


@dataclass(frozen=True)
class Reading:
    """An interpretation of points and commas in numbers.

    Parameters
    ----------
    decimal, group : str
        The decimal separator and the thousands separator.

    lakhs : bool
        Whether groups beyond the first have two digits.
    """

    decimal: str
    group: str = ""
    lakhs: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Return a pattern that the shape of a number must match in full."""
        point, group = re.escape(self.decimal), re.escape(self.group)
        whole = "9+"
        if self.group:
            parts = rf"(?:{group}99)*" if self.lakhs else rf"(?:{group}999)*"
            whole = rf"(?:9{{1,3}}{parts}{group}999|9+)"
        return re.compile(rf"(?:{whole}(?:{point}9*)?|{point}9+)")


def _readings(decimals: Sequence[str]) -> list[Reading]:
    """Return the readings to try, the simplest first."""
    pairs = [(d, g) for g, d in product(GROUPS, decimals) if d != g]
    lakhs = [Reading(d, ",", True) for d in decimals if d != ","]
    return [*(Reading(*pair) for pair in pairs), *lakhs]


@dataclass(frozen=True)
class Shapes:
    """The shapes of the numbers in a column, split into parts.

    Parameters
    ----------
    cells : list of str
        The distinct cells.

    found : dict of str to re.Match
        The parts of each shape.

    counts : Counter
        The number of cells with each shape.
    """

    cells: Sequence[str]
    found: dict[str, Any]
    counts: Counter[str]

    @property
    def cores(self) -> set[str]:
        """The shapes without signs, units and exponents."""
        return {match["core"] for match in self.found.values()}


def take_apart(cells: Sequence[str]) -> Shapes | None:
    """Split the shapes of numbers into parts; return None if a cell is no number."""
    if NUMBER.fullmatch(as_shape(cells[0])) is None:
        return None
    counts = Counter(map(as_shape, cells))
    found = {shape: NUMBER.fullmatch(shape) for shape in counts}
    if not all(match is not None and _is_balanced(match) for match in found.values()):
        return None
    if len(_units(found.values())) > 1:
        return None
    return Shapes(cells, found, counts)


def _is_balanced(match: Any) -> bool:
    """Tell whether there is at most one sign and unit, and brackets are paired."""
    signs = [match["sign"], match["inner"], match["trailing"], match["open"]]
    if sum(sign is not None for sign in signs) > 1:
        return False
    if match["before"] and match["after"]:
        return False
    return (match["open"] is None) == (match["close"] is None)


def _units(matches: Iterable[Any]) -> set[str]:
    """Return the units; amounts without a unit don't count as another unit."""
    units = {(m["before"] or m["after"] or "").strip() for m in matches}
    return units if units & {"%", "‰"} else units - {""}


def find_number_form(
    cells: Sequence[str], decimal: str | None, usual: str
) -> tuple[NumberForm, str] | None:
    """Find the form in which a column writes numbers.

    Parameters
    ----------
    cells : sequence of str
        The distinct cells that are not missing, at least one.

    decimal : str or None
        The decimal separator, if the user specifies it.

    usual : str
        The decimal separator of the other columns of the file.

    Returns
    -------
    found : tuple of NumberForm and str, or None
        The form, and a warning if another reading also fits. None if a cell is not a
        number.

    Examples
    --------
    >>> from gansampler.cli.number_inference import find_number_form
    >>> form, _ = find_number_form(["$1,234.50", "($20.00)"], None, ".")
    >>> form.parse(["$1,234.50", "($20.00)"]).tolist()
    [1234.5, -20.0]
    """
    shapes = take_apart(cells)
    if shapes is None:
        return None
    fits = [
        reading
        for reading in _readings((decimal,) if decimal else (usual, _other(usual)))
        if all(map(reading.pattern().fullmatch, shapes.cores))
    ]
    if not fits:
        return None
    reading, remark = _choose(fits, shapes, usual)
    form = _describe(shapes, reading)
    return None if form is None else (form, remark)


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


def _choose(fits: list[Reading], shapes: Shapes, usual: str) -> tuple[Reading, str]:
    """Decide whether a sign more likely separates decimals or thousands."""
    decimal, groups = fits[0], [reading for reading in fits if reading.group]
    sign = next((s for s in ".," if any(s in core for core in shapes.cores)), None)
    if decimal.group or sign is None or not groups:
        return decimal, ""
    rival = next((r for r in groups if r.group == sign), None)
    if rival is None or sign != decimal.decimal:
        return decimal, ""
    cores = (match_number(cell)["core"] for cell in shapes.cells)
    if any(core.startswith(("0" + sign, sign)) for core in cores):
        return decimal, ""
    plain = [core for core in shapes.cores if sign not in core]
    if any(len(core) > 3 for core in plain):
        return decimal, ""
    # Decimals without trailing zeros would show one or two digits somewhere.
    is_group = bool(plain) if sign == usual else True
    sample = next(cell for cell in shapes.cells if sign in cell)
    chosen, other = (rival, decimal) if is_group else (decimal, rival)
    said = _say_sign(sample, sign, is_group)
    if not is_group and sign == usual == ".":
        said = ""  # as computers write them
    return chosen if chosen.group or chosen.decimal else other, said


def _say_sign(sample: str, sign: str, is_group: bool) -> str:
    name = {".": "a point", ",": "a comma"}[sign]
    kind = "for thousands" if is_group else "for decimals"
    other = sign if is_group else _other(sign)
    return (
        f"{sample!r} is ambiguous and is read with {name} {kind}. For the other "
        f"reading, use --decimal NAME={other}."
    )


def _describe(shapes: Shapes, reading: Reading) -> NumberForm | None:
    """Return the form of shapes under a reading."""
    point = reading.decimal
    plain = [m["core"] for m in shapes.found.values() if not m["exponent"]]
    wholes = [core.split(point)[0] for core in plain]
    places = {_shown_places(core, point) for core in plain}
    has_power = len(plain) < len(shapes.found)
    is_whole = places == {0} and not has_power
    width = 0
    if any(map(LEADING_ZERO.match, shapes.cells)):
        widths = set(map(len, wholes))
        if is_whole or has_power or reading.group or len(widths) > 1:
            return None  # 007 is a name, not a number
        width = widths.pop()
    if is_whole and are_names(shapes.cells):
        return None
    if is_whole and not _fits_machine(shapes.cells, reading):
        return None
    grouped = [sum(map(str.isdigit, w)) for w in wholes if reading.group in w]
    positive, negative = _frames(shapes)
    no_zero = any(core.startswith(point) for core in plain) and not any(
        match_number(cell)["core"].startswith("0" + point) for cell in shapes.cells
    )
    power, span = _find_powers(shapes, point) if has_power else (None, (0, 0))
    return NumberForm(
        whole=is_whole,
        decimal=point,
        group=reading.group,
        lakhs=reading.lakhs,
        grouped_from=min(grouped, default=4) if reading.group else 4,
        places=tuple(sorted(places)) or (0,),
        positive=positive,
        negative=negative,
        zero=not no_zero,
        width=width,
        exponent=power,
        plain=span,
    )


def _shown_places(core: str, point: str) -> int:
    _, sign, fraction = core.partition(point)
    return len(fraction) if fraction or not sign else -1


def _fits_machine(cells: Sequence[str], reading: Reading) -> bool:
    """Tell whether whole numbers fit an integer of 64 bits."""
    if max(map(len, cells)) < 19:
        return True
    form = NumberForm(True, reading.decimal, reading.group, positive=" {}")
    numbers = [int(form.undecorate(cell)) for cell in cells]
    low, high = min(numbers), max(numbers)
    return (low >= -(2**63) and high < 2**63) or (low >= 0 and high < 2**64)


def _frames(shapes: Shapes) -> tuple[str, str]:
    """Return the most common text around positive and around negative numbers."""
    positive: Counter[str] = Counter()
    negative: Counter[str] = Counter()
    for shape, match in shapes.found.items():
        start, end = match.span("core")
        end = match.end("exponent") if match["exponent"] else end
        frame = f"{shape[:start]}{{}}{shape[end:]}"
        is_negative = match["open"] or has_minus(frame)
        (negative if is_negative else positive)[frame] += shapes.counts[shape]
    above = _most_common(positive)
    below = _most_common(negative)
    if below is None:
        return above or "{}", "-" + (above or "{}").replace("+", "")
    if above is None:
        above = below.translate({ord(sign): None for sign in "()" + MINUS})
    return above, below


def _most_common(counts: Counter[str]) -> str | None:
    return counts.most_common(1)[0][0] if counts else None


def _find_powers(
    shapes: Shapes, point: str
) -> tuple[ExponentForm, tuple[int, int] | None]:
    """Return how exponents are written, and which numbers have none."""
    written, without = [], []
    for cell in shapes.cells:
        found = match_number(cell)
        size, power = found["core"].replace(point, "."), found["exponent"]
        if power is None:
            without.append(Decimal(size).adjusted() if size.strip("0.") else 0)
        else:
            written.append((size, power))
    whole = max(len(written[0][0].partition(".")[0]), 1)
    digits = [len(size.replace(".", "").lstrip("0")) for size, _ in written]
    powers = [power[1:] for _, power in written]
    form = ExponentForm(
        letter=written[0][1][0],
        plus=any(power.startswith("+") for power in powers),
        width=min(len(power.lstrip("+-")) for power in powers),
        whole=whole,
        places=tuple(sorted({max(n - whole, 0) for n in digits})),
    )
    return form, (min(without), max(without)) if without else None
