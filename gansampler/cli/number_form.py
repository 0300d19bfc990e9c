"""How a column writes its numbers: signs, separators, decimals, exponents, units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from gansampler.cli.number_pattern import has_minus, match_number

MAX_SURE_DIGITS = 15
"""Number of digits that every float represents exactly."""


@dataclass(frozen=True)
class ExponentForm:
    """How a column writes powers of ten.

    Parameters
    ----------
    letter : str
        The exponent letter, e or E.

    plus : bool
        Whether exponents that are not negative have a plus sign.

    width : int
        Minimum number of digits of an exponent.

    whole : int
        Number of digits before the decimal separator.

    places : sequence of int
        The numbers of digits after it that occur, in ascending order.
    """

    letter: str
    plus: bool
    width: int
    whole: int
    places: Sequence[int]

    def write(self, number: float, decimal: str) -> str:
        """Return the cell of a non-negative number."""
        shift = self.whole - 1
        needed = max(len(_significant(number)) - self.whole, 0)
        places = _smallest(self.places, needed)
        mantissa, exponent = f"{_as_shown(number):.{places + shift}e}".split("e")
        digits = mantissa.replace(".", "")
        text = digits[: self.whole] + (decimal + digits[self.whole :] if places else "")
        power = int(exponent) - (shift if number else 0)
        sign = "-" if power < 0 else "+" if self.plus else ""
        return f"{text}{self.letter}{sign}{abs(power):0{self.width}}"


@dataclass(frozen=True)
class NumberForm:
    """How a column writes its numbers; new numbers use the same form.

    If the cells of a column vary, as 5 and 5.25 do, a new number uses the shortest form
    without loss.

    Parameters
    ----------
    whole : bool
        Whether all are whole numbers.

    decimal, group : str
        The decimal separator and the thousands separator.

    lakhs : bool
        Whether groups beyond the first have two digits, as in 12,34,567.

    grouped_from : int
        Fewest digits of a number that is grouped.

    places : sequence of int
        The numbers of decimals that occur, in ascending order. -1 is a decimal
        separator without decimals.

    positive, negative : str
        The text around the digits.

    zero : bool
        Whether numbers such as 0.5 have a zero before the decimal separator.

    width : int
        Number of digits before the decimal separator to which numbers are zero-padded.

    exponent : ExponentForm or None
        How powers of ten are written, if any.

    plain : tuple of int or None
        The smallest and the largest power of ten of numbers written without an
        exponent, or None if there are none.
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
        """The type of the values."""
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
        texts: Iterable[str] = cells
        if self._is_decorated():
            texts = map(self.undecorate, cells)
        elif self.decimal != ".":
            texts = (cell.replace(self.decimal, ".") for cell in cells)
        if self.whole:
            return _as_whole(map(int, texts))
        return pd.Series(np.fromiter(map(float, texts), float, len(cells)))

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of distinct numbers without missing values."""
        if self.whole:
            numbers = [round(value) for value in values.tolist()]
        else:
            numbers = values.to_numpy(dtype="float64").tolist()
        return list(map(self._write_one, numbers))

    def _is_decorated(self) -> bool:
        frames = {self.positive, self.negative}
        return bool(self.group) or not frames <= {"{}", "+{}", "-{}"}

    def undecorate(self, cell: str) -> str:
        """Return a number in Python's notation."""
        found = match_number(cell)
        core = found["core"].replace(self.group, "") if self.group else found["core"]
        around = cell[: found.start("core")] + cell[found.end("core") :]
        around = around.replace(found["exponent"] or "\n", "")
        sign = "-" if "(" in around or has_minus(around) else ""
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
        """Return the digits of a number, and whether they are all zero."""
        places = self.places[0]
        if len(self.places) > 1:
            places = _smallest(self.places, _n_decimals(size))
        if isinstance(size, int):
            whole, fraction = str(size), ""
        else:
            whole, _, fraction = f"{_as_shown(size):.{max(places, 0)}f}".partition(".")
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


def _as_shown(size: float) -> float | Decimal:
    """Return a number that rounds from its decimal digits as Python shows them.

    Rounding from its bits may change the last of 16 or more digits.
    """
    text = repr(size)
    return Decimal(text) if len(text) > MAX_SURE_DIGITS and size else size


def _as_whole(numbers: Iterable[int]) -> pd.Series:
    whole = list(numbers)
    dtype = "int64" if max(whole, default=0) < 2**63 else "uint64"
    return pd.Series(np.array(whole, dtype))


def _in_groups(whole: str, group: str, lakhs: bool) -> str:
    rest, last = whole[:-3], whole[-3:]
    step = 2 if lakhs else 3
    first = len(rest) % step
    parts = [rest[:first]] if first else []
    parts += [rest[k : k + step] for k in range(first, len(rest), step)]
    return group.join([*parts, last])


def _smallest(places: Sequence[int], needed: int) -> int:
    """Return the fewest places that suffice, or the most that occur."""
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
    """Return the digits of a number without leading and trailing zeros."""
    return repr(size).split("e")[0].replace(".", "").strip("0")


def _power(size: float) -> int:
    return Decimal(repr(size)).adjusted()
