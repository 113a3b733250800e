import json

import pytest
from fastapi import FastAPI, Request, Response

from app.web.bodies import parse_json_object, read_json_object
from app.web.handlers import install_problem_handlers
from app.web.problems import RequestRefusedError
from tests.web.asking import ask

JSON = {"content-type": "application/json"}

app = FastAPI()
install_problem_handlers(app)


@app.post("/")
async def echo_body(request: Request) -> Response:
    return Response(repr(await read_json_object(request)))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json;",
        "application/vnd.epochplan+json",
    ],
)
def test_json_under_any_of_its_names_is_read(content_type: str) -> None:
    answer = ask(app, "POST", "/", headers={"content-type": content_type}, content=b'{"a": 1}')

    assert answer.text == "{'a': 1}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "text/json"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(headers: dict[str, str]) -> None:
    answer = ask(app, "POST", "/", headers=headers, content=b'{"a": 1}')

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert answer.json()["errors"][0]["in"] == "header"


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_body_is_read_whatever_its_size(size: int) -> None:
    content = json.dumps({"a": "x" * size}).encode()

    answer = ask(app, "POST", "/", headers=JSON, content=content)

    assert answer.status_code == 200
    assert len(answer.text) > size


@pytest.mark.parametrize("content", [b"[]", b"7", b"null", b'"text"', b"1.5"])
def test_json_that_is_no_object_is_refused(content: bytes) -> None:
    answer = ask(app, "POST", "/", headers=JSON, content=content)

    assert (answer.status_code, answer.json()["code"]) == (422, "not-an-object")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"a": NaN}', b'{"a": 1, "a": 1}', b'{"a": "\\ud800"}', b"[" * 100_000, b"\xff"],
)
def test_what_is_not_readable_is_refused(content: bytes) -> None:
    answer = ask(app, "POST", "/", headers=JSON, content=content)

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable-json")
    assert answer.json()["errors"][0]["in"] == "body"


def test_bytes_that_are_not_utf_8_are_located() -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        parse_json_object(b'{"name": "\xe9"}')

    (entry,) = refusal.value.faults
    assert (entry.fault.detail, entry.fault.given) == (
        "byte 10 of the body is not UTF-8",
        "e9 22 7d",
    )
