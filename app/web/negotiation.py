"""Which of the offered media types a client likes best (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from starlette.requests import Request

from app.errors import Fault
from app.web.problems import LocatedFault, RequestRefusedError

_NAME: Final = r"[\w!#$%&'*+.^`|~-]+"
_MEDIA_RANGE: Final = re.compile(rf"({_NAME})/({_NAME})\s*((?:;[^;]*)*)")
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class _MediaRange(NamedTuple):
    kind: str
    subtype: str
    quality: float

    def specificity(self, offer: str) -> int:
        """How closely the range fits: 2 exactly, 1 by its type, 0 as `*/*`, -1 not at all."""
        kind, _, subtype = offer.partition("/")
        if (self.kind, self.subtype) == (kind, subtype):
            return 2
        if self.subtype != "*":
            return -1
        return {kind: 1, "*": 0}.get(self.kind, -1)


def acceptable(header: str | None, offers: Sequence[str]) -> str | None:
    """The offer that an Accept header prefers; the first of those it likes equally.

    Entries that are malformed are ignored, and so are parameters other than `q`.

    >>> acceptable("text/*;q=0.5, application/json;q=0.4", ["application/json", "text/csv"])
    'text/csv'

    Returns:
        An offer (the first one, where the header says nothing), or None when none is accepted.
    """
    entries = [] if header is None else header.split(",")
    ranges = [parsed for entry in entries if (parsed := _media_range(entry.strip())) is not None]
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    return best if _quality(best, ranges) > 0 else None


def negotiate(request: Request, offers: Sequence[str]) -> str:
    """The offer that the Accept header of a request prefers.

    Raises:
        RequestRefusedError: 406 when it accepts none of them.
    """
    header = ",".join(request.headers.getlist("accept"))
    chosen = acceptable(header, offers)
    if chosen is None:
        raise _not_acceptable(header, offers)
    return chosen


def _media_range(entry: str) -> _MediaRange | None:
    match = _MEDIA_RANGE.fullmatch(entry)
    if match is None or (match[1] == "*" and match[2] != "*"):
        return None
    quality = "1"
    for parameter in match[3].split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            quality = value.strip()
    if not _QUALITY.fullmatch(quality):
        return None
    return _MediaRange(match[1].lower(), match[2].lower(), float(quality))


def _quality(offer: str, ranges: Sequence[_MediaRange]) -> float:
    closest = max(ranges, key=lambda each: (each.specificity(offer), each.quality))
    return closest.quality if closest.specificity(offer) >= 0 else 0.0


def _not_acceptable(header: str, offers: Sequence[str]) -> RequestRefusedError:
    fault = Fault(
        code="not-acceptable",
        pointer="/accept",
        detail=f"none of {', '.join(offers)} is accepted by the Accept header",
        given=header,
        allowed=", ".join(offers),
        nearest=tuple(offers),
    )
    return RequestRefusedError(
        status=406,
        code="not-acceptable",
        title="The answer cannot be given in an accepted media type",
        faults=[LocatedFault("header", fault)],
        headers={"Vary": "Accept"},
    )
