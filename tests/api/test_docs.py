import json
import re

import pytest

from app.main import create_app
from app.settings import Settings
from tests.web.asking import ask

APP = create_app(Settings())
FILES = {
    "/docs/swagger-ui.css": "text/css; charset=utf-8",
    "/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "/docs/start.js": "text/javascript; charset=utf-8",
    "/favicon.svg": "image/svg+xml",
    "/favicon.ico": "image/svg+xml",
    "/openapi.json": "application/json",
}


def test_the_root_leads_to_the_documentation() -> None:
    answer = ask(APP, "GET", "/")

    assert (answer.status_code, answer.headers["location"]) == (307, "docs")


def test_every_file_that_the_page_names_is_served() -> None:
    page = ask(APP, "GET", "/docs").text

    named = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert {ask(APP, "GET", f"/{name}").status_code for name in named} == {200}
    assert len(named) == 4


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = ask(APP, "GET", "/docs").text

    assert re.findall(r"<script(?! src=)|<style|\son\w+=|style=", page) == []


def test_the_page_may_load_nothing_from_another_host() -> None:
    policy = ask(APP, "GET", "/docs").headers["content-security-policy"]

    assert policy.startswith("default-src 'self'; ")
    assert re.findall(r"https?:|\*|unsafe-eval|script-src", policy) == []


def test_the_start_asks_no_validator() -> None:
    assert "validatorUrl: null" in ask(APP, "GET", "/docs/start.js").text


@pytest.mark.parametrize(("path", "media_type"), FILES.items())
def test_a_file_has_its_media_type_and_no_other(path: str, media_type: str) -> None:
    answer = ask(APP, "GET", path)

    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [*FILES, "/docs"])
def test_a_file_that_the_browser_holds_is_not_sent_again(path: str) -> None:
    etag = ask(APP, "GET", path).headers["etag"]

    answer = ask(APP, "GET", path, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [("/docs/swagger-ui.css", "public, max-age=86400"), ("/docs", "no-cache")],
)
def test_only_files_of_a_release_are_kept_for_long(path: str, cache_control: str) -> None:
    assert ask(APP, "GET", path).headers["cache-control"] == cache_control


def test_the_description_is_openapi_3_1() -> None:
    document = json.loads(ask(APP, "GET", "/openapi.json").content)

    assert document["openapi"].startswith("3.1.")
    assert "/livez" in document["paths"]


def test_the_documentation_does_not_describe_itself() -> None:
    paths = ask(APP, "GET", "/openapi.json").json()["paths"]

    assert [path for path in paths if "doc" in path or "favicon" in path or path == "/"] == []


def test_head_of_a_file_tells_its_size() -> None:
    head, get = ask(APP, "HEAD", "/docs/start.js"), ask(APP, "GET", "/docs/start.js")

    assert int(head.headers["content-length"]) == len(get.content)


@pytest.mark.parametrize(
    "path", ["/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/openapi.json"]
)
def test_a_large_file_takes_a_third_of_its_size_where_gzip_is_accepted(path: str) -> None:
    plain, compressed = (
        ask(APP, "GET", path, headers={"Accept-Encoding": coding}) for coding in ("", "gzip")
    )

    sizes = [int(answer.headers["content-length"]) for answer in (plain, compressed)]

    assert compressed.content == plain.content
    assert sizes[1] < sizes[0] / 3
