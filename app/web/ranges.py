"""Conditional and partial requests: If-None-Match, If-Range and Range (RFC 9110, 13 and 14)."""

import re
from typing import Final, NamedTuple

from starlette.requests import Request

from app.errors import Fault
from app.web.heads import is_head
from app.web.problems import LocatedFault, RequestRefusedError

_ENTITY_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE_SET: Final = re.compile(r"bytes=(.*)", re.IGNORECASE)
_RANGE: Final = re.compile(r"([0-9]*)-([0-9]*)")
_DIGITS: Final = 20


class ByteRange(NamedTuple):
    """Bytes [start, stop) of a file."""

    start: int
    stop: int

    def content_range(self, size: int) -> str:
        """The Content-Range of a 206.

        >>> ByteRange(0, 80).content_range(160)
        'bytes 0-79/160'
        """
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def not_modified(request: Request, etag: str) -> bool:
    """Whether If-None-Match already holds the entity tag: a list or `*`, compared weakly."""
    return _if_none_match(request).strip() == "*" or holds(request, etag)


def holds(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the entity tag itself, compared weakly; `*` names none."""
    opaque = etag.removeprefix("W/")
    tags = (tag.removeprefix("W/") for tag in _ENTITY_TAG.findall(_if_none_match(request)))
    return opaque in tags


def _if_none_match(request: Request) -> str:
    return ",".join(request.headers.getlist("if-none-match"))


def requested_range(request: Request, *, size: int, etag: str) -> ByteRange | None:
    """The one range of a file of `size` bytes that a GET asks for; None for all of it.

    What is malformed, counts in another unit, or comes with an If-Range other than exactly this
    strong entity tag is ignored, as the RFC has it.

    Raises:
        RequestRefusedError: 416 for several ranges, and for one beyond the file.
    """
    header = request.headers.get("range")
    if header is None or is_head(request) or request.headers.get("if-range", etag) != etag:
        return None
    written = _ranges(header)
    if not written:
        return None
    if len(written) > 1:
        raise _unsatisfiable(header, size, f"{len(written)} ranges are asked for; one is sent")
    first, last = written[0]
    start, stop = _bounds(first, last, size)
    if start >= min(stop, size):
        raise _unsatisfiable(header, size, f"the range begins beyond the {size} bytes there are")
    return ByteRange(start, stop)


def _ranges(header: str) -> list[tuple[str, str]]:
    """The ranges as they are written; empty where anything about them is malformed."""
    found = _RANGE_SET.fullmatch(header)
    entries = [entry.strip() for entry in found[1].split(",")] if found else []
    matches = [_RANGE.fullmatch(entry) for entry in entries if entry]
    ranges = [(match[1], match[2]) for match in matches if match and _in_order(match[1], match[2])]
    return ranges if len(ranges) == len(matches) else []


def _in_order(first: str, last: str) -> bool:
    if first and last:
        return _number(first) <= _number(last)
    return bool(first or last)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(size - _number(last), 0), size
    stop = _number(last) + 1 if last else size
    return _number(first), min(stop, size)


def _number(digits: str) -> int:
    # beyond any size already; int() of endless digits would be slow, or an error
    significant = digits.lstrip("0")
    return 10**_DIGITS if len(significant) > _DIGITS else int(digits[-_DIGITS:])


def _unsatisfiable(header: str, size: int, detail: str) -> RequestRefusedError:
    fault = Fault(
        code="range-not-satisfiable",
        pointer="/range",
        detail=detail,
        given=header,
        allowed=f"one range within [0, {size})",
    )
    return RequestRefusedError(
        status=416,
        code="range-not-satisfiable",
        title="There is no such range of bytes",
        faults=[LocatedFault("header", fault)],
        headers={"Content-Range": f"bytes */{size}"},
    )
