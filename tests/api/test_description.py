from app.api.description import described_app
from app.api.endpoints import ENDPOINTS


def test_every_endpoint_is_served_and_described() -> None:
    app = described_app()

    described = app.openapi()["paths"]

    assert [each for each in app.routes if each in ENDPOINTS] == [*ENDPOINTS]
    assert {(each.path, each.method.lower()) for each in ENDPOINTS} <= {
        (path, method) for path, methods in described.items() for method in methods
    }


def test_the_pages_of_the_documentation_describe_themselves_nowhere() -> None:
    described = described_app().openapi()["paths"]

    assert {"/docs", "/openapi.json", "/"} & {*described} == set()
    assert "/livez" in described


def test_the_page_is_warned_of_rounded_integers() -> None:
    assert "2^53" in described_app().description


def test_no_page_of_the_framework_itself_is_served() -> None:
    app = described_app()

    assert (app.openapi_url, app.router.redirect_slashes) == (None, False)
