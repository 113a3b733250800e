import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from app.web.endpoint import Endpoints
from app.web.handlers import install_problem_handlers
from app.web.problems import RequestRefusedError
from tests.web.asking import ask

endpoints = Endpoints("plans", prefix="/v1")


@endpoints.get("/plans/{plan_id}/epochs/{epoch}", summary="Read an epoch")
async def read_epoch(request: Request, plan_id: str, epoch: str) -> Response:
    return Response(f"{request.method} {plan_id} {epoch}")


@endpoints.post("/refused")
async def refuse(_request: Request) -> Response:
    raise RequestRefusedError(status=422, code="no", title="No")


@pytest.fixture
def app() -> Starlette:
    served = Starlette(routes=[*endpoints.all])
    install_problem_handlers(served)
    return served


def test_an_endpoint_gets_the_request_and_the_texts_of_its_path(app: Starlette) -> None:
    answer = ask(app, "GET", "/v1/plans/a%20b/epochs/007")

    assert (answer.status_code, answer.text) == (200, "GET a b 007")


def test_a_refusal_of_an_endpoint_is_a_problem(app: Starlette) -> None:
    answer = ask(app, "POST", "/v1/refused")

    assert (answer.status_code, answer.json()["code"]) == (422, "no")


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/plans/a/epochs/7", "GET, HEAD"), ("/v1/refused", "POST")]
)
def test_another_method_is_not_allowed(app: Starlette, path: str, allowed: str) -> None:
    answer = ask(app, "DELETE", path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_an_endpoint_carries_what_is_said_of_it() -> None:
    first, second = endpoints.all

    assert (first.method, first.tag, first.description) == (
        "GET",
        "plans",
        {"summary": "Read an epoch"},
    )
    assert (second.method, second.path, second.description) == ("POST", "/v1/refused", {})
