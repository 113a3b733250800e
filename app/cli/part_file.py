"""A file that grows beside its final name, so that a broken download goes on where it ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from errno import ENOLCK, ENOSYS, EOPNOTSUPP
from io import FileIO
from pathlib import Path
from typing import Final, Self, cast

from app.cli.json_text import json_text, read_json
from app.cli.problem import failure
from app.cli.whole_file import disk_faults, target_of, write_whole

_READ_BYTES: Final = 2**20
_NO_LOCKS: Final = {ENOLCK, ENOSYS, EOPNOTSUPP}
"""Errors of file systems that know no locks; two processes must not share a part there."""


class PartFile:
    """`FILE.part` with the bytes that are there, and `FILE.part.json` with what they belong to.

    FILE itself appears only when `finish` renames the part. To be entered and left as a context,
    within which no other process has the part; whatever the disk refuses is a FailedError.

    Args:
        path: The final name; where it is a link, the file that it leads to is meant.
        source: What is downloaded; another source starts anew.
    """

    def __init__(self, path: str, source: str) -> None:
        self.path = str(target_of(path))
        self.part = Path(f"{self.path}.part")
        self._notes = Path(f"{self.path}.part.json")
        self._source = source
        self._etag = ""
        self._file: FileIO | None = None
        self._is_finished = False

    def __enter__(self) -> Self:
        with disk_faults(str(self.part)):
            self._file = self._own()
        return self

    def __exit__(self, *_: object) -> None:
        # while the part is still ours: the next owner may be waiting for it
        if not self._is_finished and not self._size():
            self.discard()
        self._opened.close()

    def _own(self) -> FileIO:
        """The part, opened and locked; anew where its last owner renamed it meanwhile."""
        while True:
            file = self.part.open("ab+", buffering=0)
            try:
                self._lock(file)
                if self._is_part(file):
                    return file
            except BaseException:
                file.close()
                raise
            file.close()

    def _lock(self, file: FileIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{self.part} is being written by another process"
            raise failure(source="file", code="in-use", message=message) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def _is_part(self, file: FileIO) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.part.stat())
        except FileNotFoundError:
            return False

    @property
    def _opened(self) -> FileIO:
        if self._file is None:
            message = "the file is not open"
            raise ValueError(message)
        return self._file

    def _size(self) -> int:
        return os.fstat(self._opened.fileno()).st_size

    def known_etag(self) -> str:
        """The entity tag of what is there; empty, and nothing there, where it cannot go on."""
        try:
            notes = read_json(self._notes.read_bytes())
        except (OSError, ValueError):
            notes = None
        known = cast("dict[str, object]", notes) if isinstance(notes, dict) else {}
        etag = known.get("etag")
        if known.get("source") == self._source and isinstance(etag, str):
            self._etag = etag
        if not self._etag:
            self.restart()
        return self._etag

    def blocks(self) -> Iterator[bytes]:
        """The bytes that are there, from the first on."""
        with disk_faults(str(self.part)):
            self._opened.seek(0)
            while block := self._opened.read(_READ_BYTES):
                yield block

    def restart(self) -> None:
        """Have no bytes, and no notes about any."""
        self._forget(self._notes)
        self._etag = ""
        with disk_faults(str(self.part)):
            self._opened.truncate(0)

    def append(self, content: bytes, etag: str) -> None:
        """Add bytes of the file with that entity tag."""
        if etag != self._etag:
            self._etag = etag
            write_whole(
                str(self._notes), json_text({"source": self._source, "etag": etag}).encode()
            )
        with disk_faults(str(self.part)):
            left = memoryview(content)
            while left:
                left = left[self._opened.write(left) :]

    def finish(self, size: int) -> None:
        """Give the part its final name.

        Args:
            size: How many bytes it must have.

        Raises:
            FailedError: It has more or fewer, or cannot be renamed.
        """
        if self._size() != size:
            message = f"{self.part} has {self._size()} bytes, of which {size} were written here"
            raise failure(source="file", code="changed-meanwhile", message=message)
        with disk_faults(self.path):
            os.fsync(self._opened.fileno())
            self._forget(self._notes)
            self.part.replace(self.path)
            self._is_finished = True

    def discard(self) -> None:
        """Leave nothing behind."""
        self._forget(self._notes)
        self._forget(self.part)

    def _forget(self, path: Path) -> None:
        with disk_faults(str(path)), suppress(FileNotFoundError):
            path.unlink()
