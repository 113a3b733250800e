"""Input that is no spec, no name and no path: a problem each, and never a failure."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from tests.api.calling import Service, faults, pointers

BODIES = {
    "nothing": (b"", 400),
    "half": (b"{", 400),
    "UTF-16": (b"\xff\xfe{\x00}\x00", 400),
    "byte order mark": (b"\xef\xbb\xbf{}", 400),
    "repeated key": (b'{"steps": 1, "steps": 1}', 400),
    "repeated key within": (b'{"sampling": {"seed": 1, "seed": 2}}', 400),
    "lone surrogate": (b'{"framework": "\\ud800"}', 400),
    "lone surrogate in a key": (b'{"\\udfff": 1}', 400),
    "leading zero": (b'{"dataset_size": 01}', 400),
    "comma at the end": (b'{"dataset_size": 1,}', 400),
    "deep lists": (b"[" * 50_000, 400),
    "deep objects": (b'{"a":' * 10_000, 400),
    "65 levels": (b'{"a":' * 65 + b"1" + b"}" * 65, 400),
    "endless digits": (b'{"dataset_size": -' + b"9" * 5_000 + b"}", 400),
    "null": (b"null", 422),
    "list": (b"[]", 422),
    "number": (b"7", 422),
    "text": (b'"dataset_size"', 422),
    "50 levels": (b'{"a":' * 50 + b"1" + b"}" * 50, 422),
    "long key": (b'{"' + b"x" * 50_000 + b'": 1}', 422),
    "many keys": (b"{" + b",".join(b'"f%d": 1' % key for key in range(5_000)) + b"}", 400),
}
SPEC = b'{"dataset_size":9,"framework":{"name":"native","version":"1"},"global_batch_size":2,"steps":5}'  # noqa: E501 - one line, as a plan_id holds it
LONGEST = 2_048


def sealed(document: bytes, prefix: str = "ep1_") -> str:
    """A plan_id whose checksum fits, whatever it holds."""
    content = document + sha256(document).digest()[:8]
    return prefix + urlsafe_b64encode(content).rstrip(b"=").decode()


def resealed(old: bytes, new: bytes) -> str:
    assert SPEC.count(old) == 1
    return sealed(SPEC.replace(old, new))


PLAN_IDS = {
    "word": "x",
    "only a version": "ep1_",
    "blank": "ep1_%20",
    "NUL": "ep1_%00",
    "emoji": "%F0%9F%98%80",
    "no UTF-8": "%FF",
    "oversized": "ep1_" + "A" * LONGEST,
    "another version": sealed(SPEC, "ep2_"),
    "cut by one": sealed(SPEC)[:-1],
    "cut by ten": sealed(SPEC)[:-10],
    "one letter changed": sealed(SPEC).replace("d", "e", 1),
    "padded": sealed(SPEC) + "=",
    "with a blank": resealed(b":5", b": 5"),
    "with a repeated key": resealed(b":9", b':9,"dataset_size":9'),
    "with a boolean": resealed(b":5", b":true"),
    "with NaN": resealed(b":5", b":NaN"),
    "with a float": resealed(b":5", b":1e400"),
    "with endless digits": resealed(b":5", b":" + b"9" * 900),
    "of an unknown version": resealed(b'"1"', b'"2"'),
    "of an unknown framework": resealed(b"native", b"other"),
    "with an unknown field": resealed(b"steps", b"stops"),
    "with a batch of none": resealed(b":2", b":0"),
    "with a default spelt out": resealed(b":2", b':2,"remainder":"keep"'),
    "deep lists": sealed(b"[" * 1_400),
    "deep objects": sealed(b'{"a":' * 280),
    "no text": sealed(b"\xff\xfe"),
    "null inside": sealed(b"null"),
    "list inside": sealed(b"[]"),
    "nothing inside": sealed(b""),
}
PATHS = {
    **{path: path for path in ("/v1", "/v1/", "/v1/plans/", "/v1/plan", "/V1/plans", "//v1/plans")},
    **{path: path for path in ("/v1/plans/a/b", "/%2e%2e/etc/passwd", "/v1/plans%00", "/docs/")},
    "emoji": "/%F0%9F%98%80",
    "long": "/" + "a" * 9_000,
}
QUERIES = {
    **{query: query for query in ("", "&", "=", "&&=&", "%", "%zz=%zz", "a=b=c", ";", "%00=%00")},
    "no value": "dataset_size",
    "no ASCII": "\xff",
    "emoji": "epochs=%F0%9F%98%80",
    "endless digits": "dataset_size=" + "9" * 9_000,
    "endless epochs": "epochs=" + "9" * 9_000,
    "many parameters": "a=1&" * 2_000,
    "many names": "&".join(f"a{number}=1" for number in range(2_000)),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("url", ["/v1/plans", "/v1/compare"])
def test_a_body_that_is_no_spec_is_refused(
    service: Service, url: str, body: bytes, status: int
) -> None:
    answer = service.post(url, body)

    assert answer.status_code == status
    assert faults(answer)


def test_a_body_of_30_megabytes_is_not_read(service: Service) -> None:
    answer = service.post("/v1/plans", b" " * (30 * 2**20))

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(
    service: Service, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}

    answer = service.ask("POST", "/v1/plans", content=b"{}", headers=headers)

    assert (answer.status_code, pointers(answer)) == (415, ["/content-type"])


@pytest.mark.parametrize("plan_id", PLAN_IDS.values(), ids=PLAN_IDS)
@pytest.mark.parametrize("rest", ["", "/cursor?step=0", "/epochs/0/manifest", "/samples/0"])
def test_a_text_that_is_no_plan_id_is_a_404(service: Service, plan_id: str, rest: str) -> None:
    answer = service.get(f"/v1/plans/{plan_id}{rest}")

    assert answer.status_code == 404
    assert [(fault["in"], fault["pointer"]) for fault in faults(answer)] == [("path", "/plan_id")]


def test_the_same_text_unharmed_is_a_plan(service: Service) -> None:
    answer = service.get(f"/v1/plans/{sealed(SPEC)}")

    assert answer.status_code == 200


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_that_leads_nowhere_is_a_404(service: Service, path: str) -> None:
    answer = service.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-path")


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("DELETE", "/v1/plans", "GET, HEAD, POST"),
        ("PUT", "/v1/compare", "POST"),
        ("GET", "/v1/compare", "POST"),
        ("POST", "/v1/frameworks", "GET, HEAD"),
        ("OPTIONS", "/v1/frameworks", "GET, HEAD"),
        ("PATCH", "/v1/plans/x/epochs/0/manifest.npy", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_answered_names_those_that_are(
    service: Service, method: str, url: str, allowed: str
) -> None:
    answer = service.ask(method, url)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_that_is_no_spec_is_refused(service: Service, query: str) -> None:
    answer = service.get(f"/v1/plans?{query}")

    assert answer.status_code == 422
    assert {fault["in"] for fault in faults(answer)} == {"query"}
