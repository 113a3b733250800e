import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.negotiation import acceptable, negotiate
from app.web.problems import RequestRefusedError
from tests.web.asking import request_to

OFFERS = ["application/json", "text/csv", "application/octet-stream"]


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/octet-stream", "application/octet-stream"),
        ("application/*;q=0.2, text/csv;q=0.3", "text/csv"),
        ("*/*, application/json;q=0", "text/csv"),
        ("*/*;q=0.1, application/*;q=0.2, application/json;q=0.05", "application/octet-stream"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/csv ; header=present ; q=1.000", "text/csv"),
        ("text/csv;Q=0.9, application/json;q=0.8", "text/csv"),
        ("text/csv;q=0.001", "text/csv"),
    ],
)
def test_the_best_liked_offer_is_chosen(header: str | None, chosen: str) -> None:
    assert acceptable(header, OFFERS) == chosen


@pytest.mark.parametrize(
    "header", ["image/png", "text/csv;q=0", "*/*;q=0", "text/html, image/*", "application/xml"]
)
def test_nothing_is_chosen_where_nothing_is_liked(header: str) -> None:
    assert acceptable(header, OFFERS) is None


@pytest.mark.parametrize(
    "entry",
    [
        "csv",
        "*/csv",
        "text/csv;q=2",
        "text/csv;q=x",
        "text/csv;q=",
        "/",
        "a/b/c",
        ";q=1",
        "te xt/csv",
    ],
)
def test_a_malformed_entry_is_ignored(entry: str) -> None:
    assert acceptable(f"{entry}, application/octet-stream", OFFERS) == "application/octet-stream"


def test_a_header_of_nothing_but_malformed_entries_says_nothing() -> None:
    assert acceptable("json, csv", OFFERS) == "application/json"


@given(st.text(alphabet="aj*/;=q.01, "))
def test_whatever_is_chosen_was_offered(header: str) -> None:
    assert acceptable(header, OFFERS) in {*OFFERS, None}


def test_several_headers_are_one() -> None:
    request = request_to()
    request.scope["headers"] = [(b"accept", b"text/csv;q=0.4"), (b"accept", b"application/json")]

    assert negotiate(request, OFFERS) == "application/json"


def test_a_client_that_likes_nothing_is_told_what_there_is() -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        negotiate(request_to(headers={"accept": "image/png"}), OFFERS)

    (entry,) = refusal.value.faults
    assert (refusal.value.status, entry.location) == (406, "header")
    assert entry.fault.nearest == tuple(OFFERS)


def test_a_refusal_varies_with_the_header_it_is_about() -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        negotiate(request_to(headers={"accept": "image/png"}), OFFERS)

    assert refusal.value.headers == {"Vary": "Accept"}
