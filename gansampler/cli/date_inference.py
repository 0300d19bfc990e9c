"""Infer how a column writes its dates, and whether the day or the month comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from gansampler.cli.cell_shapes import as_shape
from gansampler.cli.date_form import (
    MONTHS,
    ZONE,
    DateForm,
    DatePattern,
    refine,
)

YEARS = range(1900, 2101)
"""Digits without separators are a date only in these years, else a number."""

MIN_COMPACT = 3
"""Fewest distinct dates of this kind, because one or two may be chance."""

MAX_SHAPES = 100
"""A column with more shapes is not a column of dates."""

ORDERS = tuple(
    tuple(order)
    for order in ("Ymd", "dmY", "mdY", "dmy", "mdy", "ymd", "dbY", "bdY", "dby", "bdy")
) + tuple(tuple(order) for order in ("Ybd", "Ym", "mY", "bY", "by"))
"""The possible orders of the parts of a date."""

_FIELD = {
    **dict.fromkeys("md", re.compile("99?")),
    "Y": re.compile("9999"),
    "y": re.compile("99"),
    "b": re.compile("[bB]"),
}

TIME = re.compile(
    r"(?P<hour>99?):99(?P<second>:99)?(?P<fraction>[.,]9{1,9})?(?P<half> ?[aApP][mM])?"
)
DAY = re.compile(r"(?:(?P<weekday>Www),? )?(?P<day>[^:]*?[9bB])")
COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_MONTH = re.compile(
    rf"\b(?:(?P<full>{'|'.join(MONTHS)})|(?:{'|'.join(m[:3] for m in MONTHS)}))\b",
    re.IGNORECASE,
)
_HALF = re.compile("(?<=[0-9 ])[ap]m$", re.IGNORECASE)
_MAY = re.compile(r"\bmay\b", re.IGNORECASE)
MAY = "\x00"
"""Placeholder for May, which is both a short and a full name."""
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", re.IGNORECASE)
_AT_END = re.compile(ZONE + "$")


def find_date_form(
    cells: Sequence[str], day_first: bool, told: bool = False
) -> tuple[DateForm, str] | None:
    """Find the forms in which a column writes dates or times of day.

    Parameters
    ----------
    cells : sequence of str
        The distinct cells that are not missing, at least one.

    day_first : bool
        Whether the day comes first in 1/2/2021 if nothing else decides.

    told : bool, default=False
        Whether the user declares that these are dates.

    Returns
    -------
    found : tuple of DateForm and str, or None
        The form, and a warning if another reading also fits. None if a cell is not a
        date.

    Examples
    --------
    >>> from gansampler.cli.date_inference import find_date_form
    >>> find_date_form(["1/13/2021", "12/1/2021"], day_first=True)[0].form
    '%-m/%-d/%Y'
    """
    if not any(sign.isdigit() for sign in cells[0]) or len(cells[0]) > 50:
        return None
    groups: dict[str, list[str]] = {}
    skeletons: dict[str, str] = {}
    for cell in cells:
        shape = as_shape(cell)
        if shape not in skeletons:
            if len(skeletons) > MAX_SHAPES:
                return None
            skeletons[shape] = _skeleton(cell)
        groups.setdefault(skeletons[shape], []).append(cell)
    groups = _resolve_may(groups)
    patterns: list[tuple[int, DatePattern]] = []
    remarks = []
    for skeleton, own in groups.items():
        found = _read_group(skeleton, own, day_first, told)
        if found is None:
            return None
        patterns += [(len(own), pattern) for pattern in found[0]]
        remarks += [found[1]] if found[1] else []
    patterns.sort(key=lambda entry: -entry[0])
    form = DateForm(tuple(dict.fromkeys(pattern for _, pattern in patterns)))
    return None if _is_mixed(form) else (form, remarks[0] if remarks else "")


def _is_mixed(form: DateForm) -> bool:
    """Tell whether dates are mixed with times, or known with unknown time zones."""
    kinds = {DateForm((pattern,)).kind for pattern in form.patterns}
    offsets = {pattern.offset for pattern in form.patterns}
    return len(kinds) > 1 or (len(offsets) > 1 and None in offsets)


def _skeleton(cell: str) -> str:
    """Return the shape of a date: names as letters, one or two digits as 99."""
    shape = _WEEKDAY.sub("Www", cell)
    shape = _HALF.sub(lambda m: "PM" if m[0].isupper() else "pm", shape)
    shape = _MONTH.sub(lambda m: "B" if m["full"] else "b", _MAY.sub(MAY, shape))
    return re.sub(r"(?<!9)9(?!9)", "99", as_shape(shape))


def _resolve_may(groups: dict[str, list[str]]) -> dict[str, list[str]]:
    """Treat May as a full name if other months are written in full."""
    name = "B" if any("B" in skeleton for skeleton in groups) else "b"
    resolved: dict[str, list[str]] = {}
    for skeleton, cells in groups.items():
        resolved.setdefault(skeleton.replace(MAY, name), []).extend(cells)
    return resolved


def _read_group(
    skeleton: str, cells: Sequence[str], day_first: bool, told: bool
) -> tuple[list[DatePattern], str] | None:
    """Return the patterns of cells with the same skeleton, and a warning."""
    fits: dict[str, tuple[list[DatePattern], pd.Series]] = {}
    for form in _candidates(skeleton):
        if form in COMPACT.values() and not (told or _is_compact(cells)):
            continue
        patterns = refine(form, cells)
        if patterns is None:
            continue
        values = DateForm(tuple(patterns)).parse(cells)
        if values.notna().all():
            fits[form] = patterns, values
    if not fits:
        return None
    form, said = _choose(fits, cells, day_first)
    if form in COMPACT.values() and not told:
        said = (
            f"cells such as {cells[0]!r} are read as dates. To read text, use --text "
            "NAME."
        )
    return fits[form][0], said


def _is_compact(cells: Sequence[str]) -> bool:
    return len(cells) >= MIN_COMPACT and all(int(cell[:4]) in YEARS for cell in cells)


def _candidates(skeleton: str) -> Iterator[str]:
    """Yield the possible `strptime` forms of a skeleton."""
    if set(skeleton) == {"9"}:
        if len(skeleton) in COMPACT:
            yield COMPACT[len(skeleton)]
        return
    zone = _AT_END.search(skeleton) if ":99" in skeleton or "T9" in skeleton else None
    if zone is not None and _clock(skeleton[: zone.start()]) is not None:
        skeleton, end = skeleton[: zone.start()], "%z"
    else:
        end = ""
    clock = _clock(skeleton)
    if clock is None:
        yield from _days(skeleton)
        return
    start, time = clock
    joint = re.search(r"(?:T|,? )?$", skeleton[:start])
    assert joint is not None
    day = skeleton[: joint.start()]
    for form in _days(day) if start else ("",):
        yield f"{form}{joint[0]}{time}{end}"


def _clock(skeleton: str) -> tuple[int, str] | None:
    """Return the start and the form of the time of day at the end."""
    basic = re.search("(?<=99999999T)9999(99)?$", skeleton)
    if basic is not None:
        return basic.start(), "%H%M%S" if basic[1] else "%H%M"
    found = next((m for m in TIME.finditer(skeleton) if m.end() == len(skeleton)), None)
    if found is None:
        return None
    form = (
        ("%I" if found["half"] else "%H") + ":%M" + (":%S" if found["second"] else "")
    )
    if found["fraction"]:
        if not found["second"]:
            return None
        form += found["fraction"][0] + "%f"
    if found["half"]:
        form += found["half"][:-2] + "%p"
    return found.start(), form


def _days(skeleton: str) -> Iterator[str]:
    """Yield the possible forms of the skeleton of a day."""
    if skeleton == "99999999":
        yield "%Y%m%d"
        return
    found = DAY.fullmatch(skeleton)
    if found is None:
        return
    parts = re.split(r"(9+|[bB])", found["day"])
    fields, between = parts[1::2], parts[0::2]
    if any(sign not in _BETWEEN for sign in between[1:-1]) or between[0] or between[-1]:
        return
    front = skeleton[: found.start("day")].replace("Www", "%a")
    for order in ORDERS:
        if len(order) == len(fields) and all(
            _FIELD[part].fullmatch(field)
            for part, field in zip(order, fields, strict=True)
        ):
            if order == ("b", "y") and "-" not in between:
                continue  # "Feb 20" could be a day
            names = [f if p == "b" else p for p, f in zip(order, fields, strict=True)]
            yield front + "".join(
                f"{sign}%{name}" for sign, name in zip(between, names, strict=False)
            )


_BETWEEN = ("-", "/", ".", " ", ", ", ". ", "")


def _choose(
    fits: dict[str, tuple[list[DatePattern], pd.Series]],
    cells: Sequence[str],
    day_first: bool,
) -> tuple[str, str]:
    """Return the most likely form, and a warning if there are several."""
    # A two-digit year comes first only if nothing else fits.
    forms = [form for form in fits if not form.startswith("%y")] or list(fits)
    if len(forms) == 1:
        return forms[0], ""
    spans = {form: fits[form][1].max() - fits[form][1].min() for form in forms}
    shortest = min(spans, key=lambda form: spans[form])
    rest = min(span for form, span in spans.items() if form != shortest)
    dotted = any("%d.%m" in form for form in forms)
    usual = [f for f in forms if _begins_with_day(f) == (day_first or dotted)]
    chosen = shortest if 2 * spans[shortest] < rest else (usual or forms)[0]
    other = next(form for form in forms if form != chosen)
    return chosen, (
        f"{cells[0]!r} is ambiguous and is read as {chosen}. For the other reading, "
        f"use --date 'NAME={other}'."
    )


def _begins_with_day(form: str) -> bool:
    return form.find("%d") < max(form.find("%m"), form.find("%b"))
