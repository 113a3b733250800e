"""The one place where a refusal becomes `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson
from starlette.responses import Response

from app.errors import (
    Fault,
    InvalidCheckError,
    InvalidCursorError,
    InvalidSelectionError,
    InvalidSpecError,
    PlanningError,
    UnknownEpochError,
    UnknownPlanError,
    UnknownSampleError,
    WorkLimitError,
)
from app.web.echo import clean, echo

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
MOST_FAULTS_LISTED: Final = 50
_MOST_FAULTS_IN_DETAIL: Final = 5
_SENTENCE_LIMIT: Final = 400

Location = Literal["body", "query", "path", "header"]


@dataclass(frozen=True, slots=True)
class LocatedFault:
    """A fault, and the part of the request that it is about."""

    location: Location
    fault: Fault


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refusal of the core means in HTTP."""

    status: int
    location: Location


OUTCOMES: Final[Mapping[type[PlanningError], Outcome]] = {
    InvalidSpecError: Outcome(422, "body"),
    InvalidCheckError: Outcome(422, "body"),
    InvalidCursorError: Outcome(422, "query"),
    InvalidSelectionError: Outcome(422, "query"),
    WorkLimitError: Outcome(422, "query"),
    UnknownPlanError: Outcome(404, "path"),
    UnknownEpochError: Outcome(404, "path"),
    UnknownSampleError: Outcome(404, "path"),
}


class RequestRefusedError(Exception):
    """A refusal that only HTTP knows: a header, a query, a body, too much at once.

    >>> raise RequestRefusedError(status=503, code="too-busy", title="The service is busy")
    Traceback (most recent call last):
    ...
    app.web.problems.RequestRefusedError: 503 too-busy
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        title: str,
        faults: Sequence[LocatedFault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.title = title
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        super().__init__(f"{status} {code}")


def located(error: PlanningError, method: str) -> tuple[LocatedFault, ...]:
    """The faults of a refusal of the core, each with the part of the request it is about.

    A spec comes in the body of a POST, but in the query of a GET.

    >>> fault = Fault(code="x", pointer="/epochs", detail="d", given=0, allowed="a")
    >>> [each.location for each in located(InvalidSpecError([fault]), "GET")]
    ['query']
    """
    location = OUTCOMES[type(error)].location
    if location == "body" and method != "POST":
        location = "query"
    return tuple(LocatedFault(location, fault) for fault in error.faults)


def problem_response(refusal: RequestRefusedError) -> Response:
    """The refusal as a response.

    >>> problem_response(RequestRefusedError(status=404, code="gone", title="Gone")).status_code
    404
    """
    document = {
        "type": f"urn:epochplan:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": _detail(refusal),
        "code": refusal.code,
        "errors": [_entry(each) for each in refusal.faults[:MOST_FAULTS_LISTED]],
    }
    return Response(
        orjson.dumps(document),
        status_code=refusal.status,
        headers={**refusal.headers, "cache-control": "no-store"},
        media_type=PROBLEM_MEDIA_TYPE,
    )


def _detail(refusal: RequestRefusedError) -> str:
    named = refusal.faults[:_MOST_FAULTS_IN_DETAIL]
    # two fields that contradict each other share one sentence
    shared = dict.fromkeys(clean(each.fault.detail, limit=_SENTENCE_LIMIT) for each in named)
    sentences = list(shared)
    if more := len(refusal.faults) - len(named):
        sentences.append(f"and {more} more")
    if len(refusal.faults) > MOST_FAULTS_LISTED:
        sentences.append(f"errors lists the first {MOST_FAULTS_LISTED}")
    return "; ".join(sentences) or refusal.title


def _entry(each: LocatedFault) -> dict[str, object]:
    fault = each.fault
    return {
        "in": each.location,
        "pointer": clean(fault.pointer),
        "code": fault.code,
        "detail": clean(fault.detail, limit=_SENTENCE_LIMIT),
        "given": echo(fault.given),
        "allowed": clean(fault.allowed, limit=_SENTENCE_LIMIT),
        "nearest": [echo(value) for value in fault.nearest],
    }
