"""How a column writes its numbers: signs, separators, decimals, exponents, units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from gansampler.cli.cell_shapes import as_shape

GROUPS = ("", ",", ".", "'", "’", " ", "\u00a0", "\u202f", "\u2009")
"""What may stand between thousands: nothing, signs, and spaces of any width."""

CODES = (
    "AED|ARS|AUD|BGN|BHD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|GEL|HKD|HRK|"
    "HUF|IDR|ILS|INR|ISK|JOD|JPY|KES|KRW|KWD|KZT|LKR|MAD|MXN|MYR|NGN|NOK|NZD|PEN|"
    "PHP|PKR|PLN|QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|UYU|VND|ZAR"
)
"""Currencies by their ISO 4217 codes; as a pattern; no other three letters are one."""

SIGNS = "$€£¥₹₽₩₪₫₱₺₴₦฿₡₲₸₼₾"
"""Currencies by their signs."""

CURRENCY = rf"(?:[A-Z]{{0,3}}[{SIGNS}]|{CODES}|Fr\.|kr|Kč|zł|Rs\.?|R(?=[ 0-9]))"
SPACE = "[ \u00a0\u202f\u2009]?"
MINUS = "\u2212-"

CORE = "[.,]?[0-9](?:[0-9.,'’ \u00a0\u202f\u2009]*[0-9])?[.,]?"

NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[+{MINUS}])?(?P<before>{CURRENCY}{SPACE})?"
    rf"(?P<inner>[+{MINUS}])?(?P<core>{CORE})"
    rf"(?P<exponent>[eE][+-]?[0-9]+)?(?P<after>{SPACE}(?:[%‰]|{CURRENCY}))?"
    rf"(?P<trailing>[{MINUS}])?(?P<close>\))?"
)
LEADING_ZERO = re.compile(r"[^0-9]*0[0-9]")


@dataclass(frozen=True)
class ExponentForm:
    """How a column writes powers of ten.

    Parameters
    ----------
    letter : str
        Between the two parts: e or E.

    plus : bool
        Whether a power that is not negative has a sign.

    width : int
        Digits of a power at least.

    whole : int
        Digits before the decimal point.

    places : sequence of int
        Numbers of digits behind it that cells show, ascending.
    """

    letter: str
    plus: bool
    width: int
    whole: int
    places: Sequence[int]

    def write(self, number: float, decimal: str) -> str:
        """Return the cell of a number that is not negative."""
        shift = self.whole - 1
        needed = max(len(_significant(number)) - self.whole, 0)
        places = _smallest(self.places, needed)
        mantissa, exponent = f"{number:.{places + shift}e}".split("e")
        digits = mantissa.replace(".", "")
        text = digits[: self.whole] + (decimal + digits[self.whole :] if places else "")
        power = int(exponent) - (shift if number else 0)
        sign = "-" if power < 0 else "+" if self.plus else ""
        return f"{text}{self.letter}{sign}{abs(power):0{self.width}}"


@dataclass(frozen=True)
class NumberForm:
    """How a column writes its numbers; new ones are written in the same form.

    Of what cells of one column do differently, as in 5 beside 5.25, a new number takes
    the shortest that loses nothing.

    Parameters
    ----------
    whole : bool
        Whether all are whole numbers.

    decimal, group : str
        The decimal point, and what stands between thousands.

    lakhs : bool
        Whether groups beyond the first have two digits, as in 12,34,567.

    grouped_from : int
        Digits from which a number is grouped.

    places : sequence of int
        Numbers of decimals that cells show, ascending; -1 is a point without any.

    positive, negative : str
        What is around the digits.

    zero : bool
        Whether a zero stands before the point of 0.5.

    width : int
        Digits before the point to which zeros are put in front.

    exponent : ExponentForm or None
        How powers of ten are written, if any.

    plain : tuple of int or None
        The smallest and the largest power of ten that is written without; None where
        none is.
    """

    whole: bool = False
    decimal: str = "."
    group: str = ""
    lakhs: bool = False
    grouped_from: int = 4
    places: Sequence[int] = (0,)
    positive: str = "{}"
    negative: str = "-{}"
    zero: bool = True
    width: int = 0
    exponent: ExponentForm | None = None
    plain: Sequence[int] | None = (0, 0)

    @property
    def kind(self) -> str:
        """What the values are."""
        return "integer" if self.whole else "number"

    def describe(self) -> str:
        """Return the form in a few words."""
        marks = [
            f"{self.positive.format('')}".strip(" +"),
            "decimal comma" if self.decimal == "," and not self.whole else "",
            _GROUP_NAMES.get(self.group, f"thousands {self.group}"),
        ]
        return ", ".join(mark for mark in marks if mark)

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return the numbers of cells."""
        if not self._is_decorated():
            if self.whole:
                return _as_whole(map(int, cells))
            if self.decimal != ".":
                cells = [cell.replace(self.decimal, ".") for cell in cells]
            return pd.Series(np.fromiter(map(float, cells), float, len(cells)))
        texts = map(self._undecorate, cells)
        if self.whole:
            return _as_whole(map(int, texts))
        return pd.Series(np.fromiter(map(float, texts), float, len(cells)))

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of distinct numbers, none of them missing."""
        if self.whole:
            numbers = [round(value) for value in values.tolist()]
        else:
            numbers = values.to_numpy(dtype="float64").tolist()
        return list(map(self._write_one, numbers))

    def _is_decorated(self) -> bool:
        frames = {self.positive, self.negative}
        return bool(self.group) or not frames <= {"{}", "+{}", "-{}"}

    def _undecorate(self, cell: str) -> str:
        """Return a number as Python writes it."""
        found = _match(cell)
        core = found["core"].replace(self.group, "") if self.group else found["core"]
        around = cell[: found.start("core")] + cell[found.end("core") :]
        around = around.replace(found["exponent"] or "\n", "")
        sign = "-" if "(" in around or _has_minus(around) else ""
        return f"{sign}{core.replace(self.decimal, '.')}{found['exponent'] or ''}"

    def _write_one(self, number: float) -> str:
        size = abs(number)
        if self.exponent is not None and self._takes_power(size):
            digits, is_zero = self.exponent.write(size, self.decimal), not size
        else:
            digits, is_zero = self._write_plain(size)
        frame = self.negative if number < 0 and not is_zero else self.positive
        return frame.replace("{}", digits)

    def _takes_power(self, size: float) -> bool:
        if self.plain is None:
            return True
        if not size:
            return False
        if not self.plain[0] <= _power(size) <= self.plain[1]:
            return True
        return _n_decimals(size) > self.places[-1]

    def _write_plain(self, size: float) -> tuple[str, bool]:
        """Return the digits of a number, and whether they are those of zero."""
        places = self.places[0]
        if len(self.places) > 1:
            places = _smallest(self.places, _n_decimals(size))
        if isinstance(size, int):
            whole, fraction = str(size), ""
        else:
            whole, _, fraction = f"{size:.{max(places, 0)}f}".partition(".")
        is_zero = not (whole + fraction).strip("0")
        if self.group and len(whole) >= self.grouped_from:
            whole = _in_groups(whole, self.group, self.lakhs)
        if self.width:
            whole = whole.zfill(self.width)
        if not self.zero and whole == "0" and fraction:
            whole = ""
        return whole + (self.decimal if fraction or places < 0 else "") + fraction, (
            is_zero
        )


_GROUP_NAMES = {
    "": "",
    **dict.fromkeys((" ", "\u00a0"), "thousands by spaces"),
    **dict.fromkeys(("\u202f", "\u2009"), "thousands by thin spaces"),
}


def _match(cell: str) -> Any:
    """Return the parts of a cell that is known for a number."""
    found = NUMBER.fullmatch(cell)
    assert found is not None
    return found


def _as_whole(numbers: Iterable[int]) -> pd.Series:
    whole = list(numbers)
    dtype = "int64" if max(whole, default=0) < 2**63 else "uint64"
    return pd.Series(np.array(whole, dtype))


def _has_minus(text: str) -> bool:
    return any(sign in text for sign in MINUS)


def _in_groups(whole: str, group: str, lakhs: bool) -> str:
    rest, last = whole[:-3], whole[-3:]
    step = 2 if lakhs else 3
    first = len(rest) % step
    parts = [rest[:first]] if first else []
    parts += [rest[k : k + step] for k in range(first, len(rest), step)]
    return group.join([*parts, last])


def _smallest(places: Sequence[int], needed: int) -> int:
    """Return the fewest places that suffice, or the most that there are."""
    at_least = (p for p in places if max(p, 0) >= needed)
    return next(at_least, places[-1])


def _n_decimals(size: float) -> int:
    """Return the decimals that a number needs."""
    text = repr(size)
    if "e" in text:
        _, _, exponent = Decimal(text).normalize().as_tuple()
        return max(-int(exponent), 0)
    fraction = text.partition(".")[2]
    return 0 if fraction == "0" else len(fraction)


def _significant(size: float) -> str:
    """Return the digits of a number from the first to the last that is not zero."""
    return repr(size).split("e")[0].replace(".", "").strip("0")


def _power(size: float) -> int:
    return Decimal(repr(size)).adjusted()


@dataclass(frozen=True)
class Reading:
    """What stands between thousands and before decimals.

    Parameters
    ----------
    decimal, group : str
        The signs.

    lakhs : bool
        Whether groups beyond the first have two digits.
    """

    decimal: str
    group: str = ""
    lakhs: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Return what the shape of a number matches in full."""
        point, group = re.escape(self.decimal), re.escape(self.group)
        whole = "9+"
        if self.group:
            parts = rf"(?:{group}99)*" if self.lakhs else rf"(?:{group}999)*"
            whole = rf"(?:9{{1,3}}{parts}{group}999|9+)"
        return re.compile(rf"(?:{whole}(?:{point}9*)?|{point}9+)")


def _readings(decimals: Sequence[str]) -> list[Reading]:
    """Return the readings that are tried, the plainest first."""
    pairs = [(d, g) for g, d in product(GROUPS, decimals) if d != g]
    lakhs = [Reading(d, ",", True) for d in decimals if d != ","]
    return [*(Reading(*pair) for pair in pairs), *lakhs]


@dataclass(frozen=True)
class Shapes:
    """The shapes of the numbers in a column, taken apart.

    Parameters
    ----------
    cells : list of str
        The distinct cells.

    found : dict of str to re.Match
        The parts of each shape.

    counts : Counter
        How many cells have it.
    """

    cells: Sequence[str]
    found: dict[str, Any]
    counts: Counter[str]

    @property
    def cores(self) -> set[str]:
        """What is left without signs, units and exponents."""
        return {match["core"] for match in self.found.values()}


def take_apart(cells: Sequence[str]) -> Shapes | None:
    """Return the parts of the shapes of numbers, None where a cell is none."""
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
    """Tell whether there is one sign, one unit and no bracket alone."""
    signs = [match["sign"], match["inner"], match["trailing"], match["open"]]
    if sum(sign is not None for sign in signs) > 1:
        return False
    if match["before"] and match["after"]:
        return False
    return (match["open"] is None) == (match["close"] is None)


def _units(matches: Iterable[Any]) -> set[str]:
    """Return the units; that some amounts have none is no other unit."""
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
        The decimal point, where the user names it.

    usual : str
        That of the other columns of the file.

    Returns
    -------
    found : tuple of NumberForm and str, or None
        The form, and what to say where another reading fits as well; None where a cell
        is no number.

    Examples
    --------
    >>> from gansampler.cli.number_form import find_number_form
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
    """Return the likelier of a decimal point and a sign between thousands."""
    decimal, groups = fits[0], [reading for reading in fits if reading.group]
    sign = next((s for s in ".," if any(s in core for core in shapes.cores)), None)
    if decimal.group or sign is None or not groups:
        return decimal, ""
    rival = next((r for r in groups if r.group == sign), None)
    if rival is None or sign != decimal.decimal:
        return decimal, ""
    cores = (_match(cell)["core"] for cell in shapes.cells)
    if any(core.startswith(("0" + sign, sign)) for core in cores):
        return decimal, ""
    plain = [core for core in shapes.cores if sign not in core]
    if any(len(core) > 3 for core in plain):
        return decimal, ""
    # Decimals that drop their zeros would show one or two of them somewhere.
    is_group = bool(plain) if sign == usual else True
    sample = next(cell for cell in shapes.cells if sign in cell)
    chosen, other = (rival, decimal) if is_group else (decimal, rival)
    said = _say_sign(sample, sign, is_group)
    if not is_group and sign == usual == ".":
        said = ""  # as computers write them
    return chosen if chosen.group or chosen.decimal else other, said


def _say_sign(sample: str, sign: str, is_group: bool) -> str:
    name = {".": "a point", ",": "a comma"}[sign]
    kind = "between thousands" if is_group else "before decimals"
    other = sign if is_group else _other(sign)
    return (
        f"{sample!r} can be read in two ways; it is taken for {name} {kind}. "
        f"--decimal NAME={other} reads it the other way."
    )


def _describe(shapes: Shapes, reading: Reading) -> NumberForm | None:
    """Return the form of shapes that match a reading."""
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
            return None  # 007 is a name of something
        width = widths.pop()
    if is_whole and not _fits_machine(shapes.cells, reading):
        return None
    grouped = [sum(map(str.isdigit, w)) for w in wholes if reading.group in w]
    positive, negative = _frames(shapes)
    no_zero = any(core.startswith(point) for core in plain) and not any(
        _match(cell)["core"].startswith("0" + point) for cell in shapes.cells
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
    numbers = [int(form._undecorate(cell)) for cell in cells]
    low, high = min(numbers), max(numbers)
    return (low >= -(2**63) and high < 2**63) or (low >= 0 and high < 2**64)


def _frames(shapes: Shapes) -> tuple[str, str]:
    """Return what is mostly around positive and around negative numbers."""
    positive: Counter[str] = Counter()
    negative: Counter[str] = Counter()
    for shape, match in shapes.found.items():
        start, end = match.span("core")
        end = match.end("exponent") if match["exponent"] else end
        frame = f"{shape[:start]}{{}}{shape[end:]}"
        is_negative = match["open"] or _has_minus(frame)
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
    """Return how powers of ten are written, and which numbers are written without."""
    written, without = [], []
    for cell in shapes.cells:
        found = _match(cell)
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
