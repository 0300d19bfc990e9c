"""How a column writes its dates and times of day."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

MONTHS = tuple(calendar.month_name)[1:]
"""English month names, as `strptime` uses them without a locale."""

MIDNIGHT = pd.Timestamp("1900-01-01")
"""The date that `strptime` gives a time of day."""

ZONE = r" ?(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)"

DIRECTIVE = re.compile(r"%(?P<flag>[-^#]?)(?P<digits>[1-9]?)(?P<letter>[A-Za-z%])")

_WORDS = "|".join(month[:3] for month in MONTHS)
_GROUPS = {
    **dict.fromkeys("dmHI", "[0-9]{1,2}"),
    **dict.fromkeys("yMS", "[0-9]{2}"),
    "Y": "[0-9]{4}",
    "f": "[0-9]{1,9}",
    "b": f"(?:{_WORDS})",
    "B": f"(?:{'|'.join(MONTHS)})",
    "p": "[AP]M",
    "a": "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    "A": "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "j": "[0-9]{3}",
    "z": ZONE,
}
"""Patterns of the cells for each directive of `strptime`."""

_WRITTEN = {
    **{letter: f"{{t.{name}:02}}" for letter, name in (("d", "day"), ("m", "month"))},
    **{letter: f"{{t.{name}:02}}" for letter, name in (("H", "hour"), ("M", "minute"))},
    **{"-d": "{t.day}", "-m": "{t.month}", "-H": "{t.hour}", "-I": "{hour}"},
    **{"S": "{t.second:02}", "Y": "{t.year:04}", "I": "{hour:02}", "%": "%"},
    **{"b": "{month:.3}", "B": "{month}"},
}
"""Python format fields for each directive, with the same flags as in C."""


@dataclass(frozen=True)
class DatePattern:
    """One way of writing a date.

    Parameters
    ----------
    form : str
        Directives of `strptime`, with flags for spellings that it does not distinguish:
        ``%-d`` is a day without a leading zero, ``%3f`` has three digits, ``%^b`` is
        upper case and ``%#b`` lower case.

    zone : str
        The time zone at the end, such as ``Z`` or ``+02:00``.
    """

    form: str
    zone: str = ""

    @property
    def plain(self) -> str:
        """The form with plain directives of `strptime`."""
        return DIRECTIVE.sub(lambda m: "%" + m["letter"], self.form)

    @property
    def offset(self) -> timedelta | None:
        """The offset from UTC, or None if unknown."""
        sign = re.search("[+-]", self.zone)
        if sign is None:
            return timedelta(0) if self.zone else None
        digits = self.zone[sign.end() :].replace(":", "")
        size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        return -size if sign[0] == "-" else size

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return dates in their own time zone, NaT where a cell has another form."""
        if self.zone:
            cells = [cell[: -len(self.zone)] for cell in cells]
        series = pd.Series(list(cells), dtype=object)
        return pd.to_datetime(series, format=self.plain, errors="coerce")

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of dates in their own time zone."""
        template = DIRECTIVE.sub(_as_python, re.sub(r"([{}])", r"\1\1", self.form))
        nanos = values.to_numpy()
        fractions = ((nanos - nanos.astype("M8[s]")) / np.timedelta64(1, "ns")).tolist()
        moments = nanos.astype("M8[us]").astype(object)
        return [
            template.format(
                t=moment,
                hour=(moment.hour + 11) % 12 + 1,
                month=MONTHS[moment.month - 1],
                MONTH=MONTHS[moment.month - 1].upper(),
                small=MONTHS[moment.month - 1].lower(),
                half="PM" if moment.hour >= 12 else "AM",
                little="pm" if moment.hour >= 12 else "am",
                fraction=f"{round(fraction):09}",
            )
            + self.zone
            for moment, fraction in zip(moments, fractions, strict=True)
        ]

    def resolution(self) -> int:
        """Return the resolution of the form in nanoseconds."""
        found = {m["letter"]: m["digits"] for m in DIRECTIVE.finditer(self.form)}
        if "f" in found:
            return int(10 ** (9 - int(found["f"] or 6)))
        for letters, seconds in _RESOLUTIONS:
            if found.keys() & set(letters):
                return seconds * 10**9
        return 365 * 86_400 * 10**9

    def holds(self, values: pd.Series) -> np.ndarray:
        """Tell which dates the form can write without loss."""
        back = self.parse(self.write(values)).to_numpy(values.to_numpy().dtype)
        return back == values.to_numpy()


_RESOLUTIONS = (
    ("S", 1),
    ("M", 60),
    ("HI", 3_600),
    ("dj", 86_400),
    ("mbB", 30 * 86_400),
)


def _as_python(match: re.Match[str]) -> str:
    """Return the `str.format` field of a directive."""
    flag, letter = match["flag"], match["letter"]
    if letter == "f":
        return f"{{fraction:.{match['digits'] or 6}}}"
    if letter in "bB" and flag in "^#" and flag:
        word = "MONTH" if flag == "^" else "small"
        return f"{{{word}:.3}}" if letter == "b" else f"{{{word}}}"
    if letter == "p":
        return "{little}" if flag == "#" else "{half}"
    known = _WRITTEN.get(flag + letter, _WRITTEN.get(letter))
    return known or f"{{t:%{letter}}}"


@dataclass(frozen=True)
class DateForm:
    """How a column writes its dates; new dates use one of the forms found there.

    Parameters
    ----------
    patterns : sequence of DatePattern
        The forms that occur, the most common first.
    """

    patterns: Sequence[DatePattern]

    @property
    def kind(self) -> str:
        """The type of the values: date, or time of day."""
        has_day = any(re.search("%[-^#]?[YymbBdj]", p.form) for p in self.patterns)
        return "date" if has_day else "time"

    @property
    def form(self) -> str:
        """The most common form."""
        first = self.patterns[0]
        return first.form + first.zone

    def describe(self) -> str:
        """Return the forms in a few words."""
        forms = [DIRECTIVE.sub(_in_words, p.form) + p.zone for p in self.patterns]
        rest = f" and {len(forms) - 1} more forms" if len(forms) > 1 else ""
        return f"{forms[0]}{rest}"

    @property
    def _in_utc(self) -> bool:
        """Whether dates have several time zones and must be converted to one."""
        return len({pattern.offset for pattern in self.patterns}) > 1

    def parse(self, cells: Sequence[str]) -> pd.Series:
        """Return the dates of cells, or times of day as durations since midnight."""
        unit = "ns" if any(p.resolution() < 1_000 for p in self.patterns) else "us"
        values = np.full(len(cells), "NaT", f"M8[{unit}]")
        for pattern, places in _group(cells, self.patterns).items():
            read = pattern.parse([cells[k] for k in places])
            if self._in_utc and pattern.offset is not None:
                read = read - pattern.offset
            values[places] = read.to_numpy(values.dtype)
        series = pd.Series(values)
        return series - MIDNIGHT if self.kind == "time" else series

    def write(self, values: pd.Series) -> list[str]:
        """Return the cells of distinct dates without missing values."""
        values = values.reset_index(drop=True)
        if self.kind == "time":
            values = values + MIDNIGHT
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            values = values.dt.tz_localize(None)
        cells = np.empty(len(values), dtype=object)
        left = np.ones(len(values), dtype=bool)
        # Prefer the shortest form, then the most common one.
        ordered = sorted(self.patterns, key=DatePattern.resolution, reverse=True)
        for pattern in ordered:
            own = values
            if self._in_utc and pattern.offset is not None:
                own = values + pattern.offset
            chosen = left if pattern is ordered[-1] else left & pattern.holds(own)
            cells[chosen] = pattern.write(own[chosen])
            left = left & ~chosen
        return cells.tolist()


_IN_WORDS = {"Y": "YYYY", "y": "YY", "m": "MM", "d": "DD", "H": "hh", "I": "hh"} | {
    **{"M": "mm", "S": "ss", "b": "Mon", "B": "Month", "p": "AM", "z": "", "%": "%"},
    **{"-d": "D", "-m": "M", "-H": "h", "-I": "h"},
}


def _in_words(match: re.Match[str]) -> str:
    if match["letter"] == "f":
        return "f" * int(match["digits"] or 6)
    key = match["flag"] + match["letter"]
    return _IN_WORDS.get(key, _IN_WORDS.get(match["letter"], match[0]))


def compile_form(form: str) -> re.Pattern[str]:
    """Return a pattern for cells of a `strptime` form, with a group per directive."""
    parts, last, seen = [], 0, set()
    for match in DIRECTIVE.finditer(form):
        parts.append(re.escape(form[last : match.start()]))
        letter, last = match["letter"], match.end()
        pattern = "%" if letter == "%" else _GROUPS.get(letter, ".+?")
        parts.append(pattern if letter in seen else f"(?P<{letter}>{pattern})")
        seen.add(letter)
    if "%" in seen:
        parts = [part.replace("(?P<%>%)", "%") for part in parts]
    parts.append(re.escape(form[last:]))
    return re.compile("".join(parts), re.IGNORECASE)


def refine(form: str, cells: Sequence[str]) -> list[DatePattern] | None:
    """Find how cells write the directives of a form.

    Parameters
    ----------
    form : str
        Directives of `strptime`. A time zone may only stand at the end.

    cells : sequence of str
        The cells.

    Returns
    -------
    patterns : list of DatePattern or None
        One pattern for each number of fractional digits and each time zone, the most
        common first. None if a cell does not match.
    """
    pattern = compile_form(form)
    found: list[Any] = [pattern.fullmatch(cell) for cell in cells]
    if not all(found):
        return None
    flags = _find_flags(form, found)
    directives = {m["letter"] for m in DIRECTIVE.finditer(form)}
    varying = sorted(directives & {"f", "z"})
    # Few patterns, but perhaps very many cells.
    counts = Counter(
        tuple(len(m[v]) if v == "f" else m[v] for v in varying) for m in found
    )
    return [
        _flagged(form, flags, dict(zip(varying, own, strict=True)))
        for own, _ in counts.most_common()
    ]


def _find_flags(form: str, found: Sequence[Any]) -> dict[str, str]:
    """Return the flag of each directive that has several spellings."""
    letters = {m["letter"] for m in DIRECTIVE.finditer(form)}
    flags, undecided = {}, []
    for letter in sorted(letters & set("dmHI")):
        texts = {match[letter] for match in found}
        if any(len(text) == 1 for text in texts):
            flags[letter] = "-"
        elif not any(text.startswith("0") for text in texts):
            undecided.append(letter)
    for letter in undecided:  # all have two digits anyway
        flags[letter] = "-" if "-" in flags.values() else ""
    for letter in sorted(letters & set("bBp")):
        text = found[0][letter]
        small = "#" if text.islower() else ""
        flags[letter] = "^" if text.isupper() and letter != "p" else small
    return flags


def _flagged(form: str, flags: dict[str, str], varying: dict[str, Any]) -> DatePattern:
    """Return a form with flags, and with the digits and time zone of its cells."""

    def flag(directive: re.Match[str]) -> str:
        letter = directive["letter"]
        if letter == "f":
            return f"%{varying['f']}f"
        return "" if letter == "z" else f"%{flags.get(letter, '')}{letter}"

    return DatePattern(DIRECTIVE.sub(flag, form), varying.get("z", ""))


def _group(
    cells: Sequence[str], patterns: Sequence[DatePattern]
) -> dict[DatePattern, np.ndarray]:
    """Return the positions of the cells that match each pattern."""
    if len(patterns) == 1:
        return {patterns[0]: np.arange(len(cells))}
    checks = [(p, compile_written(p)) for p in patterns]
    places: dict[DatePattern, list[int]] = {p: [] for p in patterns}
    for k, cell in enumerate(cells):
        own = next((p for p, check in checks if check.fullmatch(cell)), None)
        if own is not None:
            places[own].append(k)
    return {p: np.array(own, dtype=int) for p, own in places.items() if own}


def compile_written(pattern: DatePattern) -> re.Pattern[str]:
    """Return a regex for cells of a pattern, with its number of fractional digits."""
    source = compile_form(pattern.form).pattern
    digits = re.search("%([1-9])f", pattern.form)
    if digits is not None:
        source = source.replace(_GROUPS["f"], f"[0-9]{{{digits[1]}}}")
    return re.compile(source + re.escape(pattern.zone), re.IGNORECASE)
