from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from app.web.endpoint import Endpoints
from app.web.paths import allowed_methods, nearest_paths
from tests.web.asking import request_to

endpoints = Endpoints("plans")


@endpoints.get("/plans/{plan_id}")
@endpoints.post("/plans/{name}")
@endpoints.post("/compare")
async def answer(_request: Request, **_path: str) -> Response:
    return Response()


app = Starlette(routes=[*endpoints.all])


def test_the_methods_of_a_path_are_gathered_from_all_its_routes() -> None:
    assert allowed_methods(request_to("/plans/7", app=app)) == ["GET", "HEAD", "POST"]


def test_head_comes_only_with_get() -> None:
    assert allowed_methods(request_to("/compare", app=app)) == ["POST"]


def test_a_misspelt_path_has_a_near_one() -> None:
    assert nearest_paths(request_to("/comapre", app=app)) == ("/compare",)


def test_a_path_without_end_is_compared_with_nothing() -> None:
    assert nearest_paths(request_to("/compare" + "e" * 200, app=app)) == ()
