"""A file is written as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Return a path to write to, which takes the place of `path` if all goes well.

    Parameters
    ----------
    path : str or path-like
        The file to write. Where there is one, it stays as it was if anything fails:
        a full disk, a broken table, an interruption.

    Yields
    ------
    temporary : Path
        A new name in the same folder, with the same ending.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    """
    # What a link points to is replaced, not the link.
    target = Path(path).resolve()
    check_folder(path)
    temporary = target.with_name(f".{secrets.token_hex(4)}-{target.name}")
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Have the disk hold what was written before the name points to it."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def check_folder(path: str | os.PathLike[str]) -> None:
    """Raise a FileNotFoundError if there is no folder in which `path` could be."""
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{path} can't be written: the folder {folder} does not exist."
        )
