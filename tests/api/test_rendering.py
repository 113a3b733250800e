"""What holds for every GET: HEAD, entity tags, and 304 for what the client holds."""

import json

import httpx
import pytest

from app.api.rendering import json_answer, release_etag, strong_etag
from tests.api.calling import Json, Service
from tests.web.asking import ask

SPEC: Json = {"dataset_size": 100, "global_batch_size": 10, "data_parallel_size": 2, "epochs": 3}
QUERY = "dataset_size=100&global_batch_size=10&data_parallel_size=2&epochs=3"
OF_A_PLAN = [
    "",
    "/cursor?step=7",
    "/samples/5",
    "/epochs/1/digest",
    "/epochs/1/manifest",
    "/epochs/1/manifest?rank=1&group=micro_step",
    "/epochs/1/manifest?format=ndjson",
    "/epochs/1/manifest?format=csv",
    "/epochs/1/manifest?format=arrow&dtype=uint32",
    "/epochs/1/manifest?format=raw",
    "/epochs/1/manifest.raw?rank=1",
    "/epochs/1/manifest.npy",
]
ANYWHERE = [f"/v1/plans?{QUERY}", "/v1/frameworks", "/openapi.json", "/docs", "/favicon.svg"]
NEVER_KEPT = ["/livez", "/version"]
REFUSED = ["/v1/plans/nothing", "/v1/plans?epochs=1", "/nowhere"]
TRANSIENT = {"x-request-id"}


@pytest.fixture(scope="module")
def plan(service: Service) -> str:
    return str(service.plan(**SPEC)["links"]["self"])


@pytest.fixture(params=[*(("plan", url) for url in OF_A_PLAN), *(("", url) for url in ANYWHERE)])
def kept(request: pytest.FixtureRequest, plan: str) -> str:
    """A URL whose answer a client may keep."""
    place, url = request.param
    return f"{plan if place else ''}{url}"


def lasting(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in TRANSIENT}


def test_head_has_the_headers_of_get_and_no_body(service: Service, kept: str) -> None:
    head, get = service.ask("HEAD", kept), service.get(kept)

    assert (head.status_code, lasting(head)) == (get.status_code, lasting(get))
    assert head.content == b""
    assert get.content


@pytest.mark.parametrize("url", [*NEVER_KEPT, *REFUSED])
def test_head_has_the_headers_of_what_nobody_keeps(service: Service, url: str) -> None:
    head, get = ask(service.app, "HEAD", url), ask(service.app, "GET", url)

    assert (head.status_code, lasting(head)) == (get.status_code, lasting(get))
    assert head.content == b""
    assert get.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wrap", ["{}", "W/{}", '"a", {}, "b"', "*"])
def test_what_the_client_holds_is_not_sent_again(service: Service, kept: str, wrap: str) -> None:
    first = service.get(kept)

    again = service.get(kept, if_none_match=wrap.format(first.headers["etag"]))

    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control"):
        assert again.headers[name] == first.headers[name]


def test_what_the_client_does_not_hold_is_sent(service: Service, kept: str) -> None:
    answer = service.get(kept, if_none_match='"another", W/"one"')

    assert answer.status_code == 200


def test_the_same_url_has_the_same_etag(service: Service, kept: str) -> None:
    one, other = service.get(kept), service.get(kept)

    assert one.headers["etag"] == other.headers["etag"]


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_integers_of_any_size_stay_exact(number: int) -> None:
    answer = json_answer({"number": number})

    assert json.loads(bytes(answer.body)) == {"number": number}


def test_an_etag_is_strong_and_tells_parts_apart() -> None:
    parts = [("plan", 1), ("plan", "1"), ("plan1",), ("plan", 1, None), ()]

    etags = {strong_etag(*each) for each in parts}

    assert len(etags) == len(parts)
    assert all(etag.startswith('"') and etag.endswith('"') for etag in etags)


def test_a_release_has_etags_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = release_etag("plan", 1)

    monkeypatch.setattr("app.api.rendering.__version__", "99")

    assert release_etag("plan", 1) != now
    assert strong_etag("plan", 1) == strong_etag("plan", 1)
