import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from structlog.testing import capture_logs

from app.main import create_app
from app.sampling.memo import TABLES
from app.settings import Settings
from tests.web.asking import ask
from tests.web.patience import eventually


def app_of(**settings: Any) -> FastAPI:
    return create_app(Settings(**settings))


async def during_life(app: FastAPI, *, reached: Callable[[], bool]) -> str | None:
    """What keeps a running application from being ready, once something is reached."""
    async with app.router.lifespan_context(app):
        assert await asyncio.to_thread(eventually, reached)
        obstacle: str | None = app.state.readiness.obstacle
        return obstacle


def test_the_limits_of_the_settings_reach_the_endpoints() -> None:
    app = app_of(
        page_indices=7, page_occurrences=8, block_bytes=2**19, work_indices=9, table_samples=10
    )

    quotas = app.state.quotas

    assert (quotas.page_indices, quotas.page_occurrences) == (7, 8)
    assert (quotas.block_bytes, quotas.work_indices, quotas.table_samples) == (2**19, 9, 10)


def test_no_order_is_computed_as_a_whole_that_would_not_fit_among_the_tables() -> None:
    app = app_of(table_bytes=2**20, table_samples=2**30)

    assert app.state.quotas.table_samples == 2**20 // 8


def test_the_memo_of_tables_is_bounded_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[int] = []
    monkeypatch.setattr(type(TABLES), "resize", lambda _self, bound: bounds.append(bound))

    app_of(table_bytes=12345)

    assert bounds == [12345]


def test_a_body_above_the_limit_is_a_problem() -> None:
    answer = ask(app_of(body_bytes=1024), "POST", "/v1/plans", content=b"x" * 1025)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/docs", "/v1/plans"])
def test_head_never_has_a_body(path: str) -> None:
    assert ask(app_of(), "HEAD", path).content == b""


@pytest.mark.parametrize("path", ["/livez/", "/docs/", "/v1/plans/", "/v1"])
def test_no_path_is_redirected_for_a_slash(path: str) -> None:
    answer = ask(app_of(), "GET", path)

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-path")


def test_every_answer_has_an_id() -> None:
    assert ask(app_of(), "GET", "/nowhere").headers["x-request-id"]


def test_a_failure_is_recorded_and_has_an_id_too() -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    app = app_of()
    app.router.routes.append(Route("/broken", fail))

    with capture_logs() as lines:
        answer = ask(app, "GET", "/broken", headers={"X-Request-ID": "me"})

    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "me")
    assert [line["status"] for line in lines] == [500]


def test_streams_are_shown_to_prometheus() -> None:
    app = app_of()
    app.state.pool.streams.take()

    metrics = ask(app, "GET", "/metrics").text

    assert "epochplan_streams_active 1.0" in metrics


def test_the_service_is_ready_once_the_kernels_are_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.main.warm_up", lambda: None)

    app = app_of()

    obstacle = asyncio.run(during_life(app, reached=lambda: app.state.readiness.warm))

    assert obstacle is None


def test_the_service_lives_before_the_kernels_are_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, gate = threading.Event(), threading.Event()

    def begin_and_wait() -> None:
        begun.set()
        gate.wait(10)

    monkeypatch.setattr("app.main.warm_up", begin_and_wait)

    try:
        obstacle = asyncio.run(during_life(app_of(), reached=begun.is_set))
    finally:
        gate.set()

    assert obstacle == "the kernels are not warm yet"


def test_kernels_that_cannot_be_warmed_up_are_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.main.warm_up", lambda: 1 // 0)

    with capture_logs() as lines:
        obstacle = asyncio.run(during_life(app_of(), reached=lambda: bool(lines)))

    assert obstacle == "the kernels are not warm yet"
    assert [line["log_level"] for line in lines] == ["error"]


def test_a_stopped_service_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.main.warm_up", lambda: None)
    app = app_of()

    asyncio.run(during_life(app, reached=lambda: app.state.readiness.warm))

    assert app.state.readiness.obstacle == "the service is stopping"
