"""A virtual file, fetched piece by piece: memory is that of one piece, however long the file is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx

from app.cli.planner_link import PlannerLink
from app.cli.problem import failure

PIECE_BYTES: Final = 2**22
_CONTENT_RANGE: Final = re.compile(r"bytes (?:([0-9]+)-([0-9]+)|\*)/([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes of a file, and where they belong.

    Attributes:
        start: Offset of the first byte.
        content: The bytes.
        size: Bytes of the whole file.
        etag: Entity tag of the whole file.
    """

    start: int
    content: bytes
    size: int
    etag: str

    @property
    def stop(self) -> int:
        """Offset behind the last byte."""
        return self.start + len(self.content)


def fetched_pieces(
    link: PlannerLink,
    path: str,
    query: Mapping[str, str],
    *,
    start: int = 0,
    etag: str = "",
) -> Iterator[Piece]:
    """The pieces of a file from an offset on, in order.

    Where the file is no longer the one of the entity tag, or the answer knows no ranges, the whole
    file comes as one piece that starts at 0.

    Args:
        link: The service.
        path: Of the file.
        query: Of the file.
        start: Bytes that are there already.
        etag: Entity tag of the file that they belong to; empty where none is known.

    Yields:
        At least one piece, which may be empty.

    Raises:
        FailedError: The file does not exist, or a piece does not arrive whole.
    """
    at, size = start, -1
    while at != size:
        headers = {"range": f"bytes={at}-{at + PIECE_BYTES - 1}"}
        if etag:
            headers["if-range"] = etag
        piece = _piece(link, link.ask("GET", path, query=query, headers=headers), at)
        yield piece
        at, size, etag = piece.stop, piece.size, piece.etag


def _piece(link: PlannerLink, answer: httpx.Response, at: int) -> Piece:
    etag = answer.headers.get("etag", "")
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
    if answer.status_code == HTTPStatus.PARTIAL_CONTENT and found and found[1]:
        start, stop, size = int(found[1]), int(found[2]) + 1, int(found[3])
        if start == at and stop - start == len(answer.content) and stop <= size:
            return Piece(start=start, content=answer.content, size=size, etag=etag)
        raise _broken(link, f"bytes {start} to {stop} were announced")
    if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and found:
        if int(found[3]) == at:  # all of it is there already
            return Piece(start=at, content=b"", size=at, etag=etag)
        raise _broken(link, f"the file has {found[3]} bytes, fewer than the {at} that are there")
    link.check(answer)
    announced = answer.headers.get("content-length", "")
    if announced != str(len(answer.content)):
        raise _broken(link, f"{announced or 'no'} bytes were announced")
    return Piece(start=0, content=answer.content, size=len(answer.content), etag=etag)


def _broken(link: PlannerLink, what: str) -> Exception:
    message = f"{link.place} sent a piece that is not whole: {what}"
    return failure(source="service", code="answer-broken", message=message)
