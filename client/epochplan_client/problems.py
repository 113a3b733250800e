"""What an answer above 399 means: a moment of weakness, or a refusal with all its faults."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, cast

import httpx

from epochplan_client.errors import (
    EpochplanError,
    Fault,
    RequestRefusedError,
    UnexpectedAnswerError,
)
from epochplan_client.persistence import TemporaryError

# 502 and 504 are what a proxy says while the service behind it starts anew
TEMPORARY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_OLD: Final = frozenset({"no-such-path", "method-not-allowed"})
_MEDIA_TYPE: Final = "application/problem+json"


class OlderServiceError(UnexpectedAnswerError):
    """The service is there, and does not know what this package asks."""


def error_of(response: httpx.Response, content: bytes) -> EpochplanError:
    """The error that an answer is.

    >>> error_of(httpx.Response(503, headers={"retry-after": "2"}), b"").retry_after
    2.0

    Args:
        response: Its status is not a success.
        content: Its body, as far as it was read.
    """
    phrase = f"{response.status_code} {response.reason_phrase}".strip()
    problem = document_of(content)
    detail = str(problem.get("detail") or problem.get("title") or phrase)
    if response.status_code in TEMPORARY:
        seconds = retry_after_seconds(response.headers.get("retry-after"))
        return TemporaryError(f"{phrase}: {detail}", retry_after=seconds)
    # the header alone tells it of an answer to HEAD, which has no body
    media_type = response.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != _MEDIA_TYPE:
        return UnexpectedAnswerError(
            f"the answer is {phrase}, and no problem of Epochplan; is the address right?"
        )
    code = str(problem.get("code", ""))
    if code in _OLD:
        return OlderServiceError(
            f"{detail}: the service is older than this client, or its address has a path too much"
        )
    return RequestRefusedError(
        detail, status=response.status_code, code=code, faults=_faults(problem)
    )


def may_pass(error: EpochplanError) -> bool:
    """Whether an answer may be over in a moment, where the service is known to be there.

    So may what a proxy answers in its place, and its own failures; its refusals stay.

    >>> may_pass(UnexpectedAnswerError("404 Not Found")), may_pass(OlderServiceError("verify"))
    (True, False)
    >>> may_pass(RequestRefusedError("", status=500)), may_pass(RequestRefusedError("", status=422))
    (True, False)
    """
    if isinstance(error, RequestRefusedError):
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, UnexpectedAnswerError) and not isinstance(error, OlderServiceError)


def document_of(content: bytes) -> dict[str, Any]:
    """The JSON object that a body is; empty where it is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def retry_after_seconds(written: str | None) -> float:
    """Seconds of a Retry-After header, which is a number or a date (RFC 9110, 10.2.3).

    >>> retry_after_seconds("120"), retry_after_seconds("soon"), retry_after_seconds(None)
    (120.0, 0.0, 0.0)
    """
    if written is None:
        return 0.0
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _faults(problem: Mapping[str, Any]) -> list[Fault]:
    entries = problem.get("errors")
    listed = cast("list[object]", entries) if isinstance(entries, list) else []
    return [_fault(cast("dict[str, Any]", each)) for each in listed if isinstance(each, dict)]


def _fault(entry: Mapping[str, Any]) -> Fault:
    nearest = entry.get("nearest")
    return Fault(
        location=str(entry.get("in", "")),
        pointer=str(entry.get("pointer", "")),
        code=str(entry.get("code", "")),
        detail=str(entry.get("detail", "")),
        given=entry.get("given"),
        allowed=str(entry.get("allowed", "")),
        nearest=tuple(cast("list[object]", nearest)) if isinstance(nearest, list) else (),
    )
