import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from app.cli.part_file import PartFile
from app.cli.problem import FailedError


def refusing(number: int) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def finished(content: bytes) -> None:
    with PartFile("out", "source") as part:
        part.append(content, "")
        part.finish(len(content))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_processes_do_not_write_one_file(here: Path) -> None:
    with PartFile("out", "one") as first:
        first.append(b"one", "")
        with pytest.raises(FailedError, match=r"out\.part is being written") as failure:
            finished(b"another")
        first.finish(3)

    assert [problem.code for problem in failure.value.problems] == ["in-use"]
    assert contents(here) == {"out": b"one"}


def test_a_part_that_was_renamed_while_it_was_opened_is_opened_anew(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def late(file: IO[bytes], how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        (here / "out.part").rename(here / "other")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)

    finished(b"mine")

    assert contents(here) == {"other": b"", "out": b"mine"}


def test_a_part_of_somebody_else_stays_when_ours_has_its_final_name(here: Path) -> None:
    with PartFile("out", "source") as part:
        part.append(b"mine", "")
        part.finish(4)
        (here / "out.part").touch()

    assert contents(here) == {"out": b"mine", "out.part": b""}


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_a_file_system_without_locks_is_written_all_the_same(
    here: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(number))

    finished(b"mine")

    assert contents(here) == {"out": b"mine"}


def test_a_lock_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(errno.EIO))

    with pytest.raises(FailedError, match=r"out\.part cannot be written: Input/output error"):
        finished(b"mine")


def test_bytes_of_somebody_else_do_not_get_the_final_name(here: Path) -> None:
    with PartFile("out", "source") as part:
        part.append(b"mine", "")
        with (here / "out.part").open("ab") as other:
            other.write(b"x")

        with pytest.raises(FailedError, match="has 5 bytes, of which 4 were written here"):
            part.finish(4)

    assert "out" not in contents(here)


def test_what_starts_anew_forgets_what_the_bytes_before_belonged_to(here: Path) -> None:
    with PartFile("out", "raw") as part:
        part.append(b"raw bytes", '"etag"')
    with PartFile("out", "lines") as part:
        part.restart()
        part.append(b"lines", "")

    with PartFile("out", "raw") as part:
        assert (part.known_etag(), contents(here)) == ("", {"out.part": b""})


def test_what_goes_on_keeps_its_notes(here: Path) -> None:
    with PartFile("out", "raw") as part:
        part.append(b"raw", '"etag"')
    with PartFile("out", "raw") as part:
        assert part.known_etag() == '"etag"'
        part.append(b" bytes", '"etag"')
        part.finish(9)

    assert contents(here) == {"out": b"raw bytes"}


def test_the_file_that_a_link_leads_to_is_written(here: Path) -> None:
    (here / "elsewhere").mkdir()
    (here / "out").symlink_to(here / "elsewhere" / "file")

    finished(b"mine")

    assert (here / "out").is_symlink()
    assert contents(here / "elsewhere") == {"file": b"mine"}


def test_a_part_that_is_not_open_has_no_bytes() -> None:
    with pytest.raises(ValueError, match="not open"):
        PartFile("out", "").append(b"x", "")
