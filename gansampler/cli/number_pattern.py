"""The pattern of cells that are numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

CODES = (
    "AED|ARS|AUD|BGN|BHD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|GEL|HKD|HRK|"
    "HUF|IDR|ILS|INR|ISK|JOD|JPY|KES|KRW|KWD|KZT|LKR|MAD|MXN|MYR|NGN|NOK|NZD|PEN|"
    "PHP|PKR|PLN|QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|UYU|VND|ZAR"
)
"""Pattern of the ISO 4217 currency codes that are recognised."""

SIGNS = "$€£¥₹₽₩₪₫₱₺₴₦฿₡₲₸₼₾"
"""Currency signs."""

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
"""The parts of a number: its surroundings, its digits and signs, its exponent."""

PHONE = re.compile(r"\+[0-9]{8,}")
LEADING_ZERO = re.compile(r"[^0-9]*0[0-9]")


def match_number(cell: str) -> Any:
    """Return the parts of a cell that is known to be a number."""
    found = NUMBER.fullmatch(cell)
    assert found is not None
    return found


def has_minus(text: str) -> bool:
    """Tell whether there is a hyphen-minus or a typographic minus sign."""
    return any(sign in text for sign in MINUS)


def are_names(cells: Sequence[str]) -> bool:
    """Tell whether numbers are names, such as 007 or the phone number +4930123456."""
    if any(map(LEADING_ZERO.match, cells)):
        return True
    return all(map(PHONE.fullmatch, cells))
