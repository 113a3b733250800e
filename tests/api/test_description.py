from app.api.description import described_app
from app.api.routes import ROUTERS


def test_every_route_of_every_router_is_there() -> None:
    routes = described_app().routes

    assert len(routes) == sum(len(router.routes) for router in ROUTERS)


def test_the_page_is_warned_of_rounded_integers() -> None:
    assert "2^53" in described_app().description


def test_no_page_of_the_framework_itself_is_served() -> None:
    app = described_app()

    assert (app.openapi_url, app.router.redirect_slashes) == (None, False)
