"""Which classes get rows, and how many, as `--strategy` says it."""

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
        The rows of each class.

    names : dict of str to object
        The classes by the words that stand for them in the file.

    Returns
    -------
    strategy : str, float or dict
        A word, a ratio, or the rows that each class has afterwards.

    Raises
    ------
    ValueError
        If it is none of these, or names a class that there is not.

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
            f"--strategy {','.join(given)!r} is none of {', '.join(WORDS)}, no number, "
            f"and no rows of classes such as {next(iter(names))}=500."
        )
    if number <= 1:
        return number
    if number % 1:
        raise ValueError(f"--strategy {given[0]} is no ratio up to 1 and no rows.")
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
                f"--strategy names the class {name!r}, which there is not; the classes "
                f"are {list_some(list(names))}."
            )
        if not number.isdecimal():
            raise ValueError(
                f"--strategy {entry!r} gives no number of rows, such as {name}=500."
            )
        n = counts[names[name]]
        if int(number) < n:
            raise ValueError(
                f"--strategy {entry}: class {name!r} has {n} rows already, and the "
                "number is that of all its rows afterwards."
            )
        strategy[names[name]] = int(number)
    return strategy
