import errno
import os
import sys

import pytest

from gansampler.utils.atomic_write import check_target, replacing


def test__replacing__all_well__new_content_and_nothing_else(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with replacing(str(path)) as temporary:
        assert temporary.suffix == ".csv"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits the whole path")
@pytest.mark.parametrize("name", ["a" * 251 + ".csv", "a." + "b" * 253, "ä" * 127])
@pytest.mark.parametrize("old", [None, "old"])
def test__replacing__as_long_a_name_as_there_can_be__written(tmp_path, name, old):
    path = tmp_path / name
    if old is not None:
        path.write_text(old)
    with replacing(path) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits the whole path")
@pytest.mark.parametrize("name", ["a" * 256, "a" * 5_000])
def test__check_target__name_too_long__told(tmp_path, name):
    with pytest.raises(OSError, match="can't be written: File name too long"):
        check_target(tmp_path / name)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test__replacing__error__old_content_and_nothing_else(tmp_path, error):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def write_half():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test__replacing__disk_full__old_content_and_nothing_else(tmp_path, full_disk):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with (
        pytest.raises(OSError, match=r"\[Errno 27\] File too large"),
        full_disk(),
        replacing(path) as temporary,
    ):
        temporary.write_bytes(bytes(5000))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test__replacing__link__what_it_points_to_is_replaced(tmp_path):
    path, link = tmp_path / "table.csv", tmp_path / "link.csv"
    path.write_text("old")
    link.symlink_to(path)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert path.read_text() == "new"


def test__replacing__no_folder__told(tmp_path):
    path = tmp_path / "none" / "table.csv"
    with pytest.raises(FileNotFoundError, match="none does not exist"):
        replacing(path).__enter__()


def test__replacing__nothing_can_be_synced__old_content_and_nothing_else(
    tmp_path, monkeypatch
):
    def no_room(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "table.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"), replacing(path) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test__replacing__file_of_its_owner_alone__stays_so_also_while_it_is_written(
    tmp_path,
):
    path = tmp_path / "table.csv"
    path.write_text("old")
    path.chmod(0o640)
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert temporary.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_text() == "new"


def test__replacing__new_file__as_the_umask_says(tmp_path):
    (tmp_path / "other").write_text("")
    with replacing(tmp_path / "table.csv") as temporary:
        temporary.write_text("new")
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


def read_only(folder):
    path = folder / "table"
    path.write_text("old")
    path.chmod(0o444)
    return path


def fifo(folder):
    os.mkfifo(folder / "table")
    return folder / "table"


def link_to_device(folder):
    (folder / "table").symlink_to("/dev/null")
    return folder / "table"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other kinds of files")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (read_only, "table can't be written: the file is read-only"),
        (fifo, "table can't be written: it is not a regular file"),
        (link_to_device, "table can't be written: it is not a regular file"),
        (lambda folder: folder, "can't be written: it is a folder"),
        (lambda _: "/dev/full", "/dev/full can't be written: it is not a regular file"),
    ],
)
def test__replacing__what_is_no_file_to_write__refused_and_left(
    make, message, tmp_path
):
    path = make(tmp_path)
    before = os.stat(path)
    with pytest.raises(OSError, match=message):
        replacing(path).__enter__()
    assert os.stat(path).st_ino == before.st_ino
    assert os.stat(path).st_mode == before.st_mode


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), OSError("?")]
)
def test__replacing__error_without_a_name__names_the_file(tmp_path, error):
    def fill():
        with replacing(tmp_path / "table.csv"):
            raise error

    with pytest.raises(OSError, match=r"table\.csv"):
        fill()


def test__replacing__error_of_another_file__as_it_was(tmp_path):
    def look():
        with replacing(tmp_path / "table.csv"):
            (tmp_path / "other").read_text()

    with pytest.raises(FileNotFoundError, match="other"):
        look()
