from typing import Annotated

import pytest
from fastapi import FastAPI, Path, Request, Response
from starlette.exceptions import HTTPException

from app.errors import Fault, InvalidCursorError, UnknownPlanError
from app.web.handlers import install_problem_handlers
from app.web.problems import RequestRefusedError
from tests.web.asking import ask

FAULT = Fault(code="unknown-plan", pointer="/plan_id", detail="no plan", given="x", allowed="one")

app = FastAPI(redirect_slashes=False, openapi_url=None)
install_problem_handlers(app)


@app.get("/known")
async def read_known() -> Response:
    return Response()


@app.post("/known")
async def write_known() -> Response:
    return Response()


@app.get("/core")
async def refuse_in_the_core() -> Response:
    raise UnknownPlanError([FAULT])


@app.get("/query")
async def refuse_the_query() -> Response:
    raise InvalidCursorError([FAULT])


@app.get("/shell")
async def refuse_in_the_shell() -> Response:
    raise RequestRefusedError(status=416, code="no-range", title="No", headers={"X-Why": "so"})


@app.get("/teapot")
async def refuse_in_the_framework() -> Response:
    raise HTTPException(418, "a teapot")


@app.get("/validated/{number}")
async def validate(number: Annotated[int, Path(ge=1)]) -> Response:
    return Response(str(number))


@app.get("/broken")
async def fail(request: Request) -> Response:
    message = f"secret of {request.url}"
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/core", 404, "unknown-plan"),
        ("/query", 422, "invalid-cursor"),
        ("/shell", 416, "no-range"),
        ("/teapot", 418, "i'm-a-teapot"),
        ("/validated/0", 422, "invalid-request"),
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


def test_what_a_model_finds_wrong_is_located() -> None:
    errors = ask(app, "GET", "/validated/0").json()["errors"]

    assert [(each["in"], each["pointer"], each["given"]) for each in errors] == [
        ("path", "/number", "0")
    ]
