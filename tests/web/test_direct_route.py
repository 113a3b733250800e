import pytest
from fastapi import APIRouter, FastAPI, Request, Response

from app.web.direct_route import DirectRoute
from app.web.handlers import install_problem_handlers
from app.web.problems import RequestRefusedError
from tests.web.asking import ask

router = APIRouter(route_class=DirectRoute)


@router.get("/plans/{plan_id}/epochs/{epoch}")
async def read_epoch(request: Request, plan_id: str, epoch: str) -> Response:
    return Response(f"{request.method} {plan_id} {epoch}")


@router.get("/refused")
async def refuse(_request: Request) -> Response:
    raise RequestRefusedError(status=422, code="no", title="No")


@pytest.fixture
def app() -> FastAPI:
    served = FastAPI()
    install_problem_handlers(served)
    served.router.routes.extend(router.routes)
    return served


def test_an_endpoint_gets_the_request_and_the_texts_of_its_path(app: FastAPI) -> None:
    answer = ask(app, "GET", "/plans/a%20b/epochs/007")

    assert (answer.status_code, answer.text) == (200, "GET a b 007")


def test_a_refusal_of_an_endpoint_is_a_problem(app: FastAPI) -> None:
    answer = ask(app, "GET", "/refused")

    assert (answer.status_code, answer.json()["code"]) == (422, "no")


def test_another_method_is_not_allowed(app: FastAPI) -> None:
    answer = ask(app, "DELETE", "/refused")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_description_knows_the_parameters_of_the_path(app: FastAPI) -> None:
    described = ask(app, "GET", "/openapi.json").json()

    parameters = described["paths"]["/plans/{plan_id}/epochs/{epoch}"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["plan_id", "epoch"]
