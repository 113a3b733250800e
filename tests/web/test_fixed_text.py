"""Texts that are sent plain or compressed: content codings, their entity tags, and HEAD."""

import gzip
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from app.web.fixed_text import GZIP, IDENTITY, LEAST_BYTES, FixedText, accepted_coding
from app.web.handlers import install_problem_handlers
from app.web.heads import HeadMiddleware
from tests.web.asking import ask

LONG, SHORT = b"a text that says it again. " * 1_000, b"short"
GZIPPED = {"Accept-Encoding": "gzip"}

inner = FastAPI()
install_problem_handlers(inner)
TEXTS = {
    path: FixedText(content, media_type="text/plain", cache_control="no-cache")
    for path, content in (("/long", LONG), ("/short", SHORT))
}


@inner.get("/{name}")
async def read_text(request: Request, name: str) -> Response:
    return await TEXTS[f"/{name}"].answer(request, {"X-More": "more"})


app = HeadMiddleware(inner)


def asked(
    path: str = "/long", method: str = "GET", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """The answer to a request that asks for no coding unless its headers do."""
    return ask(app, method, path, headers={"Accept-Encoding": "", **(headers or {})})


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, IDENTITY),
        ("", IDENTITY),
        ("gzip", GZIP),
        ("GZIP", GZIP),
        ("x-gzip", GZIP),
        ("gzip, deflate, br, zstd", GZIP),
        ("br", IDENTITY),
        ("*", GZIP),
        ("*;q=0.1", GZIP),
        ("gzip;q=0", IDENTITY),
        ("gzip;q=0.000", IDENTITY),
        ("gzip;q=0, *", IDENTITY),
        ("gzip ; q=0.5 , identity;q=0.5", GZIP),
        ("gzip;q=0.4, identity;Q=0.5", IDENTITY),
        ("gzip;q=0.4, *;q=0.5", IDENTITY),
        ("identity", IDENTITY),
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.001", GZIP),
        ("*;q=0", None),
        ("*;q=0, identity", IDENTITY),
        ("br, *;q=0", None),
        ("gzip;q=2", IDENTITY),
        ("gzip;level=9", IDENTITY),
        ("gzip gzip", IDENTITY),
    ],
)
def test_a_coding_is_the_one_that_the_header_likes_best(
    header: str | None, coding: str | None
) -> None:
    chosen = accepted_coding(header)

    assert chosen == coding


def test_a_compressed_text_is_the_text() -> None:
    answer = asked(headers=GZIPPED)

    assert answer.headers["content-encoding"] == GZIP
    assert answer.content == LONG
    assert int(answer.headers["content-length"]) < len(LONG) // 50


def test_a_text_that_nobody_wants_compressed_stays_as_it_is() -> None:
    answer = asked()

    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(LONG)


def test_a_text_that_fits_into_a_packet_stays_as_it_is() -> None:
    answer = asked("/short", headers=GZIPPED)

    assert "content-encoding" not in answer.headers
    assert answer.content == SHORT
    assert len(SHORT) < LEAST_BYTES


@pytest.mark.parametrize("coding", ["", "gzip"])
@pytest.mark.parametrize("path", ["/long", "/short"])
def test_caches_are_told_that_the_coding_is_negotiated(path: str, coding: str) -> None:
    answer = asked(path, headers={"Accept-Encoding": coding})

    assert (answer.headers["vary"], answer.headers["x-more"]) == ("Accept-Encoding", "more")


def test_every_coding_has_an_entity_tag_of_its_own() -> None:
    plain, compressed = asked(), asked(headers=GZIPPED)

    assert plain.headers["etag"] != compressed.headers["etag"]


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_what_the_client_holds_in_this_coding_is_not_sent_again(coding: str) -> None:
    etag = asked(headers={"Accept-Encoding": coding}).headers["etag"]

    answer = asked(headers={"Accept-Encoding": coding, "If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["etag"], answer.headers["vary"]) == (etag, "Accept-Encoding")


def test_what_the_client_holds_in_another_coding_is_sent() -> None:
    etag = asked().headers["etag"]

    answer = asked(headers={**GZIPPED, "If-None-Match": etag})

    assert answer.status_code == 200


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_head_has_the_headers_of_the_coding_and_no_body(coding: str) -> None:
    headers = {"Accept-Encoding": coding}

    head, get = asked(method="HEAD", headers=headers), asked(headers=headers)

    assert head.headers == get.headers
    assert head.content == b""


def test_a_client_that_rules_out_every_coding_is_refused() -> None:
    answer = asked(headers={"Accept-Encoding": "br, *;q=0"})

    assert (answer.status_code, answer.json()["code"]) == (406, "coding-not-acceptable")
    assert answer.json()["errors"][0]["pointer"] == "/accept-encoding"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_a_text_is_compressed_once() -> None:
    text = FixedText(LONG, media_type="text/plain", cache_control="no-cache")

    assert text.compressed() is text.compressed()


def test_every_process_makes_the_same_bytes() -> None:
    one, other = (
        FixedText(LONG, media_type="text/plain", cache_control="no-cache") for _ in range(2)
    )

    assert one.compressed() == other.compressed()
    assert gzip.decompress(one.compressed().content) == LONG
