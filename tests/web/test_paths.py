from fastapi import FastAPI, Response

from app.web.paths import allowed_methods, nearest_paths
from tests.web.asking import request_to

app = FastAPI(openapi_url=None)


@app.get("/plans/{plan_id}")
async def read_plan(plan_id: str) -> Response:
    return Response(plan_id)


@app.put("/plans/{plan_id}")
async def write_plan(plan_id: str) -> Response:
    return Response(plan_id)


@app.post("/compare")
async def compare() -> Response:
    return Response()


def test_the_methods_of_a_path_are_gathered_from_all_its_routes() -> None:
    assert allowed_methods(request_to("/plans/7", app=app)) == ["GET", "HEAD", "PUT"]


def test_head_comes_only_with_get() -> None:
    assert allowed_methods(request_to("/compare", app=app)) == ["POST"]


def test_a_misspelt_path_has_a_near_one() -> None:
    assert nearest_paths(request_to("/comapre", app=app)) == ("/compare",)


def test_a_path_without_end_is_compared_with_nothing() -> None:
    assert nearest_paths(request_to("/compare" + "e" * 200, app=app)) == ()
