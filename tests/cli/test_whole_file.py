import errno
import os
from pathlib import Path

import pytest

from app.cli.problem import FailedError
from app.cli.whole_file import write_whole


def test_a_file_is_written_with_the_permissions_of_any_new_one(here: Path) -> None:
    (here / "plain").write_bytes(b"")

    write_whole("new", b"content")

    assert (here / "new").read_bytes() == b"content"
    assert (here / "new").stat().st_mode == (here / "plain").stat().st_mode


def test_a_file_that_is_replaced_keeps_its_permissions(here: Path) -> None:
    (here / "old").write_bytes(b"old")
    (here / "old").chmod(0o640)

    write_whole("old", b"new")

    assert ((here / "old").read_bytes(), (here / "old").stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "old").write_bytes(b"old")

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(FailedError, match="old cannot be written: No space left on device"):
        write_whole("old", b"new")

    assert {path.name: path.read_bytes() for path in here.iterdir()} == {"old": b"old"}


def test_an_interruption_leaves_nothing_behind(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)

    with pytest.raises(KeyboardInterrupt):
        write_whole("new", b"new")

    assert list(here.iterdir()) == []


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(FailedError, match="No such file or directory"):
        write_whole("no/where", b"")


def test_a_link_stays_one(here: Path) -> None:
    (here / "old").write_bytes(b"old")
    (here / "link").symlink_to("old")

    write_whole("link", b"new")

    assert (here / "link").is_symlink()
    assert (here / "old").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays_one(here: Path) -> None:
    os.mkfifo(here / "pipe")
    reader = os.open(here / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    write_whole("pipe", b"content")

    assert os.read(reader, 100) == b"content"
    assert (here / "pipe").is_fifo()
    os.close(reader)


def test_a_folder_is_no_file(here: Path) -> None:
    (here / "folder").mkdir()

    with pytest.raises(FailedError, match="folder cannot be written: Is a directory"):
        write_whole("folder", b"content")

    assert [path.name for path in here.iterdir()] == ["folder"]
