"""Texts that do not change while the process runs: plain, or compressed for who asks for that."""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.errors import Fault
from app.web.problems import LocatedFault, RequestRefusedError
from app.web.ranges import not_modified

GZIP: Final = "gzip"
IDENTITY: Final = "identity"
LEAST_BYTES: Final = 1_024
"""A smaller text fits into one packet either way."""

_LEVEL: Final = 9
_CODING: Final = re.compile(
    r"([\w!#$%&'*+.^`|~-]+)(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Representation:
    """The bytes that are sent, and what tells them apart.

    Attributes:
        content: As it is sent.
        coding: GZIP, or IDENTITY for the text itself.
        etag: A strong entity tag of exactly these bytes.
    """

    content: bytes
    coding: str
    etag: str

    @classmethod
    def of(cls, content: bytes, coding: str) -> "Representation":
        """The bytes with the entity tag that follows from them."""
        return cls(content, coding, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


class FixedText:
    """A text that is offered as it is and, where that is shorter, compressed.

    It is compressed once, when it is first asked for, outside of the event loop.

    >>> text = FixedText(b"again and " * 200, media_type="text/plain", cache_control="no-cache")
    >>> text.plain.coding, text.compressed().coding, len(text.compressed().content) < 100
    ('identity', 'gzip', True)

    Args:
        content: The text.
        media_type: Its media type; text/* is UTF-8.
        cache_control: How long a client may keep it.
    """

    def __init__(self, content: bytes, *, media_type: str, cache_control: str) -> None:
        self.media_type, self.cache_control = media_type, cache_control
        self.plain: Final = Representation.of(content, IDENTITY)
        self._compressed: Representation | None = None

    def compressed(self) -> Representation:
        """The text as a gzip file; the text itself where it is so small that nothing is gained."""
        if self._compressed is None:
            self._compressed = self._compressed_anew()
        return self._compressed

    async def answer(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """The representation that a GET asks for, or 304 where the client holds it.

        Args:
            request: Whose Accept-Encoding and If-None-Match are read.
            headers: Of the answer, besides those of the text.

        Raises:
            RequestRefusedError: 406 where neither gzip nor the plain text is accepted.
        """
        chosen = await self._chosen(request)
        given = {
            "Cache-Control": self.cache_control,
            "ETag": chosen.etag,
            "Vary": "Accept-Encoding",
            **(headers or {}),
        }
        if not_modified(request, chosen.etag):
            return Response(status_code=304, headers=given)
        if chosen.coding != IDENTITY:
            given["Content-Encoding"] = chosen.coding
        return Response(chosen.content, headers=given, media_type=self.media_type)

    async def _chosen(self, request: Request) -> Representation:
        if negotiated_coding(request) == IDENTITY:
            return self.plain
        made = self._compressed
        return await asyncio.to_thread(self.compressed) if made is None else made

    def _compressed_anew(self) -> Representation:
        if len(self.plain.content) < LEAST_BYTES:
            return self.plain
        # without the time of day, so that every process makes the same bytes
        return Representation.of(gzip.compress(self.plain.content, _LEVEL, mtime=0), GZIP)


def accepted_coding(header: str | None) -> str | None:
    """The content coding that an Accept-Encoding header asks for (RFC 9110, section 12.5.3).

    Without the header the text itself is the safe choice. Entries that are malformed are ignored.
    The text itself is accepted unless it is ruled out, but liked least unless it has a weight.

    >>> accepted_coding("br, gzip;q=0.5"), accepted_coding("gzip;q=0"), accepted_coding(None)
    ('gzip', 'identity', 'identity')

    Returns:
        GZIP or IDENTITY; None where both are ruled out.
    """
    weights = _weights(header or "")
    others = weights.get("*")
    compressed = weights.get(GZIP, weights.get("x-gzip", others or 0.0))
    plain = weights.get(IDENTITY, others)
    if compressed > 0 and (plain is None or compressed >= plain):
        return GZIP
    return None if plain == 0 else IDENTITY


def negotiated_coding(request: Request) -> str:
    """The content coding that a request asks for.

    Raises:
        RequestRefusedError: 406 where it rules out every coding that there is.
    """
    header = ",".join(request.headers.getlist("accept-encoding"))
    coding = accepted_coding(header)
    if coding is None:
        raise _not_acceptable(header)
    return coding


def _weights(header: str) -> dict[str, float]:
    entries = (_CODING.fullmatch(entry.strip()) for entry in header.split(","))
    return {entry[1].lower(): float(entry[2] or 1) for entry in entries if entry is not None}


def _not_acceptable(header: str) -> RequestRefusedError:
    fault = Fault(
        code="coding-not-acceptable",
        pointer="/accept-encoding",
        detail="neither gzip nor the text as it is is accepted by the Accept-Encoding header",
        given=header,
        allowed=f"{GZIP} or {IDENTITY}",
        nearest=(IDENTITY, GZIP),
    )
    return RequestRefusedError(
        status=406,
        code="coding-not-acceptable",
        title="The answer cannot be given in an accepted content coding",
        faults=[LocatedFault("header", fault)],
        headers={"Vary": "Accept-Encoding"},
    )
