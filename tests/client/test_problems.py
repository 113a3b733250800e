from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from epochplan_client.errors import RequestRefusedError, UnexpectedAnswerError
from epochplan_client.persistence import TemporaryError
from epochplan_client.problems import error_of, retry_after_seconds

PROBLEM = {"content-type": "application/problem+json"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_be_over_in_a_moment_is_temporary(status: int) -> None:
    assert isinstance(error_of(httpx.Response(status), b""), TemporaryError)


def test_a_refusal_keeps_its_code_and_every_fault() -> None:
    problem = b"""{"code": "invalid-spec", "detail": "both", "errors": [
        {"in": "body", "pointer": "/a", "code": "x", "detail": "d", "given": 1, "allowed": "2",
         "nearest": [2]},
        {"pointer": "/b"}, 7]}"""

    error = error_of(httpx.Response(422, headers=PROBLEM), problem)

    assert isinstance(error, RequestRefusedError)
    assert (error.status, error.code, str(error)) == (422, "invalid-spec", "both")
    assert [(fault.pointer, fault.nearest) for fault in error.faults] == [("/a", (2,)), ("/b", ())]


@pytest.mark.parametrize(
    "content", [b"<html>", b"[]", b"{}", b"\xff", b"", b"[" * 99_999, b'{"code": "gone"}']
)
def test_a_refusal_of_somebody_else_asks_whether_the_address_is_right(content: bytes) -> None:
    error = error_of(httpx.Response(404), content)

    assert isinstance(error, UnexpectedAnswerError)
    assert "is the address right?" in str(error)


def test_a_path_that_the_service_has_not_means_that_it_is_older() -> None:
    problem = b'{"code": "no-such-path", "detail": "there is nothing at /v1/verify"}'

    error = error_of(httpx.Response(404, headers=PROBLEM), problem)

    assert "older than this client" in str(error)


def test_a_refusal_without_its_body_is_one_all_the_same() -> None:
    error = error_of(httpx.Response(422, headers=PROBLEM), b"")

    assert isinstance(error, RequestRefusedError)
    assert (error.status, error.code, error.faults) == (422, "", ())


def test_a_redirect_is_not_followed_but_told() -> None:
    error = error_of(httpx.Response(307), b"")

    assert str(error).startswith("the answer is 307 Temporary Redirect")


def test_retry_after_may_be_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    assert 60 < retry_after_seconds(soon) <= 90


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 01 Jan 2001 00:00:00 -0000",
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
        "1.5",
        "-3",
        "²",
    ],
)
def test_a_retry_after_that_says_nothing_is_no_pause(written: str) -> None:
    assert retry_after_seconds(written) == 0
