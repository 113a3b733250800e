"""A file that grows beside its final name, so that a broken download goes on where it ended."""

import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final, Self, cast

from app.cli.json_text import json_text, read_json
from app.cli.whole_file import disk_faults, write_whole

_READ_BYTES: Final = 2**20


class PartFile:
    """`FILE.part` with the bytes that are there, and `FILE.part.json` with what they belong to.

    FILE itself appears only when `finish` renames the part. To be entered and left as a context;
    whatever the disk refuses is a FailedError.

    Args:
        path: The final name.
        source: What is downloaded; another source starts anew.
    """

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.part = Path(f"{path}.part")
        self._notes = Path(f"{path}.part.json")
        self._source = source
        self._etag = ""
        self._file: FileIO | None = None

    def __enter__(self) -> Self:
        with disk_faults(str(self.part)):
            self._file = self.part.open("ab+", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        if self.part.exists() and not self.part.stat().st_size:
            self.discard()

    @property
    def _opened(self) -> FileIO:
        if self._file is None:
            message = "the file is not open"
            raise ValueError(message)
        return self._file

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
        """Have no bytes."""
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

    def finish(self) -> None:
        """Give the part its final name."""
        with disk_faults(self.path):
            os.fsync(self._opened.fileno())
            self.part.replace(self.path)
        self._forget(self._notes)

    def discard(self) -> None:
        """Leave nothing behind."""
        self._forget(self.part)
        self._forget(self._notes)

    def _forget(self, path: Path) -> None:
        with disk_faults(str(path)), suppress(FileNotFoundError):
            path.unlink()
