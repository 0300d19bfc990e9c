"""Which classes get rows, and how many, from the option `--strategy`."""

from __future__ import annotations

from typing import Any

from gansampler.utils.formatting import list_some

WORDS = ("auto", "minority", "not minority", "not majority", "all")


def read_strategy(
    given: list[str], counts: dict[Any, int], names: dict[str, Any]
) -> str | float | dict[Any, int]:
    """Return the `sampling_strategy` of a sampler.

    Parameters
    ----------
    given : list of str
        A word, a ratio, a number of rows, or pairs of a class and its rows.

    counts : dict of object to int
        The number of rows of each class.

    names : dict of str to object
        The classes by their spelling in the file.

    Returns
    -------
    strategy : str, float or dict
        A word, a ratio, or the number of rows of each class after resampling.

    Raises
    ------
    ValueError
        If it is none of these, or names an unknown class.

    Examples
    --------
    >>> from gansampler.cli.strategy import read_strategy
    >>> read_strategy(["b=3"], {"a": 3, "b": 1}, {"a": "a", "b": "b"})
    {'b': 3}
    """
    if not given:
        return "auto"
    if any("=" in entry for entry in given):
        return _read_pairs(given, counts, names)
    word = given[0].replace("-", " ").replace("_", " ")
    if len(given) == 1 and word in WORDS:
        return word
    number = _read_number(given[0]) if len(given) == 1 else None
    if number is None:
        raise ValueError(
            f"--strategy {','.join(given)!r} must be one of {', '.join(WORDS)}, a "
            f"number, or rows for classes such as {next(iter(names))}=500."
        )
    if number <= 1:
        return number
    if number % 1:
        raise ValueError(
            f"--strategy {given[0]} must be a ratio up to 1 or a whole number of rows."
        )
    return {label: int(number) for label, n in counts.items() if n < number}


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _read_pairs(
    given: list[str], counts: dict[Any, int], names: dict[str, Any]
) -> dict[Any, int]:
    strategy = {}
    for entry in given:
        name, _, number = entry.rpartition("=")
        if name not in names:
            raise ValueError(
                f"--strategy names the class {name!r}, which does not exist. The "
                f"classes are {list_some(list(names))}."
            )
        if not number.isdecimal():
            raise ValueError(
                f"--strategy {entry!r} needs a number of rows, such as {name}=500."
            )
        n = counts[names[name]]
        if int(number) < n:
            raise ValueError(
                f"--strategy {entry}: class {name!r} already has {n} rows. Give the "
                "total number of rows after resampling."
            )
        strategy[names[name]] = int(number)
    return strategy
