import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Fault, InvalidCursorError, UnknownPlanError
from app.web.endpoint import Endpoints
from app.web.handlers import install_problem_handlers
from app.web.problems import RequestRefusedError
from tests.web.asking import ask

FAULT = Fault(code="unknown-plan", pointer="/plan_id", detail="no plan", given="x", allowed="one")

endpoints = Endpoints("everything")


@endpoints.get("/known")
async def read_known(_request: Request) -> Response:
    return Response()


@endpoints.post("/known")
async def write_known(_request: Request) -> Response:
    return Response()


@endpoints.get("/core")
async def refuse_in_the_core(_request: Request) -> Response:
    raise UnknownPlanError([FAULT])


@endpoints.get("/query")
async def refuse_the_query(_request: Request) -> Response:
    raise InvalidCursorError([FAULT])


@endpoints.get("/shell")
async def refuse_in_the_shell(_request: Request) -> Response:
    raise RequestRefusedError(status=416, code="no-range", title="No", headers={"X-Why": "so"})


@endpoints.get("/teapot")
async def refuse_in_the_framework(_request: Request) -> Response:
    raise HTTPException(418, "a teapot")


@endpoints.get("/broken")
async def fail(request: Request) -> Response:
    message = f"secret of {request.url}"
    raise RuntimeError(message)


app = Starlette(routes=[*endpoints.all])
app.router.redirect_slashes = False
install_problem_handlers(app)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/core", 404, "unknown-plan"),
        ("/query", 422, "invalid-cursor"),
        ("/shell", 416, "no-range"),
        ("/teapot", 418, "i'm-a-teapot"),
        ("/broken", 500, "internal-error"),
        ("/nowhere", 404, "no-such-path"),
    ],
)
def test_every_refusal_and_failure_is_a_problem(path: str, status: int, code: str) -> None:
    answer = ask(app, "GET", path)

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (
        status,
        status,
        code,
    )


@pytest.mark.parametrize(("path", "location"), [("/core", "path"), ("/query", "query")])
def test_a_refusal_of_the_core_says_which_part_of_the_request_it_is_about(
    path: str, location: str
) -> None:
    errors = ask(app, "GET", path).json()["errors"]

    assert [each["in"] for each in errors] == [location]


def test_a_refusal_keeps_its_headers() -> None:
    assert ask(app, "GET", "/shell").headers["x-why"] == "so"


def test_a_failure_tells_nothing_of_its_cause() -> None:
    answer = ask(app, "GET", "/broken")

    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_path_with_a_slash_too_many_is_not_redirected_but_told_the_nearest() -> None:
    answer = ask(app, "GET", "/known/")

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["nearest"] == ["/known"]


def test_a_method_that_a_path_lacks_is_told_all_that_it_has() -> None:
    answer = ask(app, "DELETE", "/known")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
