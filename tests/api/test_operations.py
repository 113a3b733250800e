import pytest
from fastapi import FastAPI

from app import __version__
from app.main import create_app
from app.settings import Settings
from tests.web.asking import ask


def app_of(*, warm: bool = True, draining: bool = False) -> FastAPI:
    app = create_app(Settings())
    app.state.readiness.warm = warm
    app.state.readiness.draining = draining
    return app


@pytest.mark.parametrize("warm", [True, False])
def test_a_service_that_answers_is_alive(warm: bool) -> None:
    answer = ask(app_of(warm=warm), "GET", "/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_a_warm_service_is_ready() -> None:
    answer = ask(app_of(), "GET", "/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize(("warm", "draining"), [(False, False), (True, True)])
def test_a_service_that_is_not_ready_says_so_with_a_problem(warm: bool, draining: bool) -> None:
    answer = ask(app_of(warm=warm, draining=draining), "GET", "/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert answer.headers["retry-after"] == "1"


def test_metrics_are_in_the_text_format_of_prometheus() -> None:
    answer = ask(app_of(), "GET", "/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.text.endswith("\n")


def test_a_request_shows_in_the_metrics_of_the_next() -> None:
    app = app_of()

    ask(app, "GET", "/livez")

    line = 'epochplan_http_requests_total{method="GET",route="/livez",status="200"} 1.0'
    assert line in ask(app, "GET", "/metrics").text


def test_the_version_names_everything_that_computes() -> None:
    answer = ask(app_of(), "GET", "/version").json()

    assert answer["service_version"] == __version__
    assert answer["order_algorithm"] == "epochplan-1"
    assert answer["backend"] in {"numba", "numpy"}
    assert {"python", "numpy", "numba"} <= set(answer)


def test_the_version_does_not_wait_for_the_kernels() -> None:
    assert ask(app_of(warm=False), "GET", "/version").json()["backend"] == "warming up"


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/version"])
def test_no_answer_about_the_moment_is_kept_by_a_cache(path: str) -> None:
    assert ask(app_of(), "GET", path).headers["cache-control"] == "no-store"
