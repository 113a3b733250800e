"""The command asks the very endpoints that the service has, without what serving needs."""

import httpx
import pytest
from starlette.types import ASGIApp

from app.assembly import create_unserved_app
from app.main import create_app
from app.settings import Settings
from tests.web.asking import ask

SETTINGS = Settings(body_bytes=1024)
OF_ONE_REQUEST = {"x-request-id"}


@pytest.fixture(scope="module")
def unserved() -> ASGIApp:
    return create_unserved_app(SETTINGS)


@pytest.fixture(scope="module")
def served() -> ASGIApp:
    return create_app(SETTINGS)


def told(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: text for name, text in answer.headers.items() if name not in OF_ONE_REQUEST}
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/v1/plans", b'{"dataset_size": 7, "micro_batch_size": 2, "epochs": 1}'),
        ("POST", "/v1/plans", b'{"dataset_size": 0}'),
        ("POST", "/v1/plans", b" " * 1025),
        ("GET", "/v1/plans?dataset_size=7&micro_batch_size=2&epochs=1", None),
        ("HEAD", "/v1/frameworks", None),
        ("GET", "/v1/plan", None),
        ("GET", "/v1/plans/", None),
        ("DELETE", "/v1/compare", None),
        ("GET", "/v1/plans/ep1_x", None),
    ],
)
def test_it_answers_as_the_service_does(
    served: ASGIApp, unserved: ASGIApp, method: str, path: str, content: bytes | None
) -> None:
    headers = {"content-type": "application/json"}

    answers = [
        told(ask(app, method, path, headers=headers, content=content)) for app in (served, unserved)
    ]

    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/docs", "/openapi.json"])
def test_it_has_nothing_of_what_serving_needs(unserved: ASGIApp, path: str) -> None:
    assert ask(unserved, "GET", path).status_code == 404
