"""A file is written as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MAX_ENDING = 16
"""Characters of an ending at most, such as ``.safetensors``."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Return a path to write to, which takes the place of `path` if all goes well.

    Parameters
    ----------
    path : str or path-like
        The file to write. Where there is one, it stays as it was if anything fails: a
        full disk, a broken table, an interruption. Its permissions are kept.

    Yields
    ------
    temporary : Path
        A new name in the same folder, with the same ending where it is one.

    Raises
    ------
    OSError
        As :func:`check_target`, and if writing fails; the message names `path`.
    """
    check_target(path)
    # What a link points to is replaced, not the link.
    target = Path(path).resolve()
    temporary = target.with_name(_short_name(target.suffix))
    try:
        with _naming(path, temporary):
            before = target.stat() if target.exists() else None
            if before is not None:  # nobody may read it who could not before
                os.close(
                    os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                )
            yield temporary
            _flush(temporary)
            if before is not None:
                _keep_permissions(temporary, before)
            os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise an OSError that names `path` if it can't be written or replaced.

    Parameters
    ----------
    path : str or path-like
        The file to be written, or a link to one.

    Raises
    ------
    FileNotFoundError
        If its folder does not exist.

    IsADirectoryError, PermissionError, OSError
        If it is a folder, is read-only, lies in a folder that is, is a device, a pipe
        or a socket, or has a name that is too long.
    """
    target = Path(path).resolve()
    folder = target.parent
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{path} can't be written: the folder {folder} does not exist."
        )
    try:
        target.stat()
    except FileNotFoundError:
        pass
    except OSError as error:  # such as a name that is too long
        raise type(error)(f"{path} can't be written: {error.strerror}.") from error
    if target.is_dir():
        raise IsADirectoryError(f"{path} can't be written: it is a folder.")
    if target.exists() and not target.is_file():
        raise OSError(
            f"{path} can't be written: it is no regular file but a device, a pipe or a "
            "socket."
        )
    # By the bits as well, because an administrator may write to all files.
    if target.exists() and not (
        target.stat().st_mode & 0o222 and os.access(target, os.W_OK)
    ):
        raise PermissionError(f"{path} can't be written: the file is read-only.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(
            f"{path} can't be written: no files can be made in the folder {folder}."
        )


def _short_name(suffix: str) -> str:
    """Return a name that no file system finds too long, however long the user's is.

    Writers look at the ending; what is longer than any of those is only a dot.
    """
    ending = suffix if len(suffix) <= MAX_ENDING else ""
    return f".{secrets.token_hex(4)}{ending}"


@contextmanager
def _naming(path: str | os.PathLike[str], temporary: Path) -> Iterator[None]:
    """Let an error of the temporary file speak of the one that the user knows."""
    try:
        yield
    except OSError as error:
        if error.filename not in (None, str(temporary)):
            raise
        if error.errno is None:
            raise OSError(f"{path} can't be written: {error}") from error
        raise OSError(error.errno, error.strerror, str(path)) from error


def _keep_permissions(path: Path, before: os.stat_result) -> None:
    """Give a new file the mode of the old one and, where possible, its owner."""
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # only an administrator can give files away
            os.chown(path, before.st_uid, before.st_gid)
    path.chmod(stat.S_IMODE(before.st_mode))


def _flush(path: Path) -> None:
    """Have the disk hold what was written before the name points to it."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
