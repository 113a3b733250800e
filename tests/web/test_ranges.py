import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.problems import RequestRefusedError
from app.web.ranges import ByteRange, holds, not_modified, requested_range
from tests.web.asking import request_to

ETAG = '"abc"'
SIZE = 1000
HUGE = 2**63 - 1


def wanted(header: str, *, size: int = SIZE, if_range: str | None = None) -> ByteRange | None:
    headers = {"range": header} | ({} if if_range is None else {"if-range": if_range})
    return requested_range(request_to(headers=headers), size=size, etag=ETAG)


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, 1000),
        ("bytes=999-999", 999, 1000),
        ("bytes=900-5000", 900, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes=000-0099", 0, 100),
        ("Bytes=0-99", 0, 100),
        ("bytes= 0-99", 0, 100),
        ("bytes=0-99,", 0, 100),
        ("bytes=0-" + "9" * 5000, 0, 1000),
        ("bytes=-" + "9" * 5000, 0, 1000),
        ("bytes=" + "0" * 5000 + "7-7", 7, 8),
    ],
)
def test_one_range_is_half_open_and_ends_with_the_file(header: str, start: int, stop: int) -> None:
    assert wanted(header) == (start, stop)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=x-y",
        "bytes=5-2",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=1 -2",
        "bytes=0-1,x",
        "lines=0-1",
        "0-1",
        "bytes=٣-٤",
    ],
)
def test_a_range_that_is_malformed_or_counts_otherwise_is_ignored(header: str) -> None:
    request = request_to()
    request.scope["headers"] = [(b"range", header.encode())]

    assert requested_range(request, size=SIZE, etag=ETAG) is None


@pytest.mark.parametrize(
    "header",
    ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"],
)
def test_a_range_that_does_not_exist_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        wanted(header)

    assert refusal.value.status == 416
    assert refusal.value.headers["Content-Range"] == "bytes */1000"


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_range(header: str) -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        wanted(header, size=0)

    assert refusal.value.headers["Content-Range"] == "bytes */0"


@given(st.integers(0, HUGE - 1), st.integers(1, HUGE))
def test_a_range_of_the_largest_file_is_exact(start: int, size: int) -> None:
    stop = min(start + size, HUGE)

    found = wanted(f"bytes={start}-{stop - 1}", size=HUGE)

    assert found == (start, stop)


def test_no_header_asks_for_everything() -> None:
    assert requested_range(request_to(), size=SIZE, etag=ETAG) is None


def test_a_range_has_no_meaning_for_head() -> None:
    request = request_to(headers={"range": "bytes=0-1"})
    request.scope["epochplan.head"] = True

    assert requested_range(request, size=SIZE, etag=ETAG) is None


def test_the_same_entity_tag_keeps_the_range() -> None:
    assert wanted("bytes=0-1", if_range='"abc"') == (0, 2)


@pytest.mark.parametrize("if_range", ['"abd"', 'W/"abc"', "Sun, 22 Nov 2026 10:00:00 GMT", "", "*"])
def test_any_other_validator_voids_the_range(if_range: str) -> None:
    assert wanted("bytes=0-1,5-6", if_range=if_range) is None


def test_a_range_is_told_with_its_last_byte() -> None:
    assert ByteRange(0, 1).content_range(HUGE) == f"bytes 0-0/{HUGE}"


@pytest.mark.parametrize(
    "header", ['"abc"', 'W/"abc"', '"x", "abc"', '"x","a,b" , W/"abc"', "*", " * "]
)
def test_an_answer_that_the_client_holds_is_not_modified(header: str) -> None:
    assert not_modified(request_to(headers={"if-none-match": header}), ETAG)


@pytest.mark.parametrize("header", ["", "abc", '"ABC"', '"abcd"', '"x", "y"', '*, "x"', "'abc'"])
def test_any_other_answer_is_sent(header: str) -> None:
    assert not not_modified(request_to(headers={"if-none-match": header}), ETAG)


def test_without_a_condition_the_answer_is_sent() -> None:
    assert not not_modified(request_to(), ETAG)


@pytest.mark.parametrize("header", ["*", '"x"', ""])
def test_only_the_tag_itself_is_held(header: str) -> None:
    assert not holds(request_to(headers={"if-none-match": header}), ETAG)
