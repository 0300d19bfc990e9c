import errno
import os
import subprocess
import sys

import pytest

from gansampler.utils.atomic_write import replacing

FULL_DISK = """
import resource, sys
from gansampler.utils.atomic_write import replacing
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with replacing(sys.argv[1]) as temporary:
    temporary.write_bytes(bytes(5000))
"""


def test__replacing__all_well__new_content_and_nothing_else(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with replacing(str(path)) as temporary:
        assert temporary.suffix == ".csv"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


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


def test__replacing__disk_full__old_content_and_nothing_else(tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "table.csv"
    path.write_text("old")
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "OSError: [Errno 27] File too large" in done.stderr
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
