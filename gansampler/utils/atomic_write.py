"""A file is written as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


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
        A new name in the same folder, with the same ending.

    Raises
    ------
    OSError
        As :func:`check_target`, and if writing fails; the message names `path`.
    """
    check_target(path)
    # What a link points to is replaced, not the link.
    target = Path(path).resolve()
    temporary = target.with_name(f".{secrets.token_hex(4)}-{target.name}")
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
        If it is a folder, is read-only, lies in a folder that is, or is a device, a
        pipe or a socket.
    """
    target = Path(path).resolve()
    folder = target.parent
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{path} can't be written: the folder {folder} does not exist."
        )
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
