"""Resample files as people keep them, and look at what comes back.

Each file mixes an encoding, a separator, an end of lines and a habit of quoting with
columns of many kinds. For each column it is told what it was taken for, which share of
the new cells is in a form of its kind, by a pattern that stands here and knows nothing
of the package, and whether every original cell came back byte for byte.

    python benchmarks/messy_files.py --output benchmarks/results/messy_files.csv
"""

from __future__ import annotations

import argparse
import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from gansampler.cli.commands import app
from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table

N_ROWS, N_RARE = 120, 30
COLUMNS_PER_FILE = 6

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")
SEPARATORS = (",", ";", "\t", "|")
HABITS = (("\n", "where needed"), ("\r\n", "all"), ("\n", "texts"))


@dataclass(frozen=True)
class Kind:
    """A column as people write it.

    Parameters
    ----------
    taken_for : str
        What it should be taken for.

    pattern : str
        What each of its cells matches in full.

    write : callable
        Returns a cell from a number between 0 and 1 and a date.
    """

    taken_for: str
    pattern: str
    write: Any


def _swap(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


def _gap(word: str, form: str) -> Any:
    return lambda u, d: word if d.day % 4 == 0 else form.format(u)


def _day(form: str) -> Any:
    return lambda u, d: d.strftime(form)


US = r"-?\d{1,3}(,\d{3})*\.\d{2}"
KINDS = {
    "us amount": Kind("number", US, lambda u, d: f"{9e4 * u - 2e3:,.2f}"),
    "german amount": Kind(
        "number", r"\d{1,3}(\.\d{3})*,\d{2}", lambda u, d: _swap(f"{9e4 * u:,.2f}")
    ),
    "swiss amount": Kind(
        "number",
        r"\d{1,3}('\d{3})*\.\d{2}",
        lambda u, d: f"{9e4 * u:,.2f}".replace(",", "'"),
    ),
    "french amount": Kind(
        "number",
        "\\d{1,3}(\u00a0\\d{3})*,\\d",
        lambda u, d: f"{9e4 * u:,.1f}".replace(",", "\u00a0").replace(".", ","),
    ),
    "dollars": Kind(
        "number", r"\$\d{1,3}(,\d{3})*\.\d{2}", lambda u, d: f"${9e3 * u:,.2f}"
    ),
    "brackets": Kind(
        "number",
        r"\d+\.\d{2}|\(\d+\.\d{2}\)",
        lambda u, d: f"{90 * u:.2f}" if u > 0.4 else f"({90 * u:.2f})",
    ),
    "euros behind": Kind(
        "number", r"\d+\.\d{2} EUR", lambda u, d: f"{u * 900:.2f} EUR"
    ),
    "percent": Kind("number", r"\d+\.\d%", lambda u, d: f"{100 * u:.1f}%"),
    "trailing minus": Kind(
        "number",
        r"\d+\.\d-?",
        lambda u, d: f"{90 * u:.1f}" + ("-" if u < 0.3 else ""),
    ),
    "plus": Kind("integer", r"[+-]\d+", lambda u, d: f"{round(80 * u - 40):+d}"),
    "padded": Kind("number", r"(?=.{8}$) *\d+\.\d\d", lambda u, d: f"{900 * u:8.2f}"),
    "blank before": Kind("integer", r" \d+", lambda u, d: f" {round(900 * u)}"),
    "six decimals": Kind("number", r"\d\.\d{6}", lambda u, d: f"{u:.6f}"),
    "no zero": Kind("number", r"\.\d\d", lambda u, d: f"{min(u, 0.99):.2f}"[1:]),
    "powers": Kind("number", r"\d\.\d\de-\d\d", lambda u, d: f"{(u + 0.1) * 1e-8:.2e}"),
    "mixed decimals": Kind(
        "number", r"\d+(\.5)?", lambda u, d: f"{round(180 * u) / 2:g}"
    ),
    "question marks": Kind("number", r"\?|\d+\.\d", _gap("?", "{:.1f}")),
    "dashes": Kind("number", r"-|\d\.\d{3}", _gap("-", "{:.3f}")),
    "backslash n": Kind("number", r"\\N|\d\.\d{2}", _gap("\\N", "{:.2f}")),
    "iso": Kind("date", r"\d{4}-\d\d-\d\d", _day("%Y-%m-%d")),
    "iso zoned": Kind(
        "date",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
        lambda u, d: d.isoformat(timespec="milliseconds") + "Z",
    ),
    "us date": Kind(
        "date", r"\d{1,2}/\d{1,2}/\d{4}", lambda u, d: f"{d.month}/{d.day}/{d.year}"
    ),
    "us time": Kind(
        "date", r"\d\d/\d\d/\d{4} \d\d:\d\d [AP]M", _day("%m/%d/%Y %I:%M %p")
    ),
    "german date": Kind("date", r"\d\d\.\d\d\.\d{4}", _day("%d.%m.%Y")),
    "short date": Kind("date", r"\d\d\.\d\d\.\d\d", _day("%d.%m.%y")),
    "month name": Kind("date", r"\d\d [A-Z][a-z]{2} \d{4}", _day("%d %b %Y")),
    "mixed precision": Kind(
        "date",
        r"\d{4}-\d\d-\d\d( \d\d:\d\d)?",
        lambda u, d: d.strftime("%Y-%m-%d" if d.day % 3 else "%Y-%m-%d %H:%M"),
    ),
    "time of day": Kind("time", r"\d\d:\d\d", _day("%H:%M")),
    "padded labels": Kind(
        "text",
        r"(?:north|south|east) ?",
        lambda u, d: _pick(u, "north ", "south", "east"),
    ),
    "umlauts": Kind(
        "text", "Köln|Düren|Aßlar", lambda u, d: _pick(u, "Köln", "Düren", "Aßlar")
    ),
    "comma in a text": Kind(
        "text", "a, b|c; d|e", lambda u, d: _pick(u, "a, b", "c; d", "e")
    ),
    "quotes in a text": Kind(
        "text", 'say "a"|b', lambda u, d: _pick(u, 'say "a"', "b", "b")
    ),
    "postcodes": Kind(
        "text", r"0\d{4}", lambda u, d: _pick(u, "01067", "04109", "06108")
    ),
    "flags": Kind("flag", "TRUE|FALSE", lambda u, d: _pick(u, "TRUE", "FALSE", "TRUE")),
}


def _pick(u: float, *words: str) -> str:
    return words[int(u * len(words))]


def main() -> None:
    """Make the files, resample each, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    ways = list(itertools.product(ENCODINGS, SEPARATORS, HABITS))[: options.files]
    rows = [row for k, way in enumerate(ways) for row in try_file(k, *way)]
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    print(
        f"{len(ways)} files, {len(table)} columns: "
        f"{(table.taken_for == table.expected).mean():.1%} taken for what they are, "
        f"{table.in_form.mean():.1%} of the new cells in form, originals byte for byte "
        f"in {table.groupby('file').same_bytes.all().sum()} files."
    )
    if options.output:
        table.to_csv(options.output, index=False, lineterminator="\n")


def try_file(
    k: int, encoding: str, separator: str, habit: tuple[str, str]
) -> list[dict[str, Any]]:
    """Resample one file, and return a row for each of its columns."""
    end, quoting = habit
    names = list(
        itertools.islice(itertools.cycle(KINDS), 7 * k, 7 * k + COLUMNS_PER_FILE)
    )
    cells = make_cells(names, k)
    text = write_cells(cells, separator, end, quoting)
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        source.write_bytes(text.encode(encoding))
        form = read_table(source, ReadOptions()).csv_format
        command = ["resample", source, "-t", "y", "-o", target, "--max-iter", 3, "-q"]
        done = CliRunner().invoke(app, [*map(str, command), "--seed", str(k)])
        if done.exit_code:
            raise RuntimeError(f"{names}: {done.output}")
        same = target.read_bytes().startswith(source.read_bytes())
        new = read_raw(target, form.encoding, separator)[N_ROWS:]
    where = {"file": k, "encoding": encoding, "separator": repr(separator)[1:-1]}
    where |= {"end": repr(end)[1:-1], "quoted": quoting}
    return [
        {
            **where,
            "column": name,
            "expected": KINDS[name].taken_for,
            "taken_for": form.columns[name].kind,
            "form": form.columns[name].form.describe(),
            "new": len(new),
            "in_form": np.mean([_is_in_form(row[j], name, quoting) for row in new]),
            "same_bytes": same,
        }
        for j, name in enumerate(names)
    ]


def make_cells(names: list[str], seed: int) -> pd.DataFrame:
    """Return columns of cells, and a rare class below a frequent one."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2021-01-13 04:05")
    columns = {}
    for name in names:
        days = start + pd.to_timedelta(rng.integers(0, 10**6, N_ROWS), unit="min")
        pairs = zip(rng.random(N_ROWS), days, strict=True)
        columns[name] = [KINDS[name].write(u, day) for u, day in pairs]
    y = np.repeat(["no", "yes"], [N_ROWS - N_RARE, N_RARE])
    return pd.DataFrame({**columns, "y": y})


def write_cells(cells: pd.DataFrame, separator: str, end: str, quoting: str) -> str:
    """Return the text of a file."""
    lines = [list(cells.columns), *cells.to_numpy().tolist()]
    raw = [
        separator.join(_quote(cell, separator, quoting) for cell in line)
        for line in lines
    ]
    return end.join(raw) + end


def _quote(cell: str, separator: str, quoting: str) -> str:
    is_text = quoting == "texts" and re.search("[A-Za-z]{2}", cell)
    if quoting == "all" or is_text or separator in cell or '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def read_raw(path: Path, encoding: str, separator: str) -> list[list[str]]:
    """Return the cells below the header, in quotes where they are."""
    text = path.read_bytes().decode(encoding)
    cell = re.compile(
        rf'("(?:[^"]|"")*"|[^{re.escape(separator)}"]*)(?:{re.escape(separator)}|$)'
    )
    lines = [line for line in re.split("\r\n|\n", text) if line]
    return [
        [m[1] for m in cell.finditer(line) if m.end() > m.start()] for line in lines[1:]
    ]


def _is_in_form(raw: str, name: str, quoting: str) -> bool:
    cell = raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
    is_quoted = raw.startswith('"') or quoting != "all"
    return is_quoted and re.fullmatch(KINDS[name].pattern, cell) is not None


if __name__ == "__main__":
    main()
