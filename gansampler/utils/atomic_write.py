"""Write files atomically."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MAX_ENDING = 16
"""Maximum number of characters of an ending such as ``.safetensors``."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` if everything succeeds.

    Parameters
    ----------
    path : str or path-like
        The file to write. An existing file keeps its permissions. It stays unchanged if
        anything fails: a full disk, a broken table, an interruption.

    Yields
    ------
    temporary : Path
        A new name in the same folder, with the same ending unless that is too long.

    Raises
    ------
    OSError
        In the cases of :func:`check_target`, and if writing fails. The message names
        `path`.
    """
    check_target(path)
    # Replace the file that a link points to, not the link.
    target = Path(path).resolve()
    temporary = target.with_name(_short_name(target.suffix))
    try:
        with _naming(path, temporary):
            before = target.stat() if target.exists() else None
            if before is not None:  # nobody else may read the new file
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
        If it is a folder, read-only, in a read-only folder, a device, a pipe or a
        socket, or if its name is too long.
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
            f"{path} can't be written: it is not a regular file, but a device, a pipe "
            "or a socket."
        )
    # Also check the mode, because an administrator may write to all files.
    if target.exists() and not (
        target.stat().st_mode & 0o222 and os.access(target, os.W_OK)
    ):
        raise PermissionError(f"{path} can't be written: the file is read-only.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(
            f"{path} can't be written: the folder {folder} is read-only."
        )


def _short_name(suffix: str) -> str:
    """Return a name short enough for any file system, however long the user's is.

    Writers look at the ending. A longer suffix is just a dot in the name.
    """
    ending = suffix if len(suffix) <= MAX_ENDING else ""
    return f".{secrets.token_hex(4)}{ending}"


@contextmanager
def _naming(path: str | os.PathLike[str], temporary: Path) -> Iterator[None]:
    """Make errors about the temporary file name the user's file instead."""
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
    """Flush the file to disk before its name points to it."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
