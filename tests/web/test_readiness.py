import pytest
from fastapi import FastAPI

from app.web.readiness import Readiness, readiness_of
from tests.web.asking import request_to


@pytest.mark.parametrize(
    ("warm", "draining", "obstacle"),
    [
        (True, False, None),
        (False, False, "the kernels are not warm yet"),
        (True, True, "the service is stopping"),
        (False, True, "the service is stopping"),
    ],
)
def test_ready_is_warm_and_not_about_to_stop(
    warm: bool, draining: bool, obstacle: str | None
) -> None:
    assert Readiness(warm=warm, draining=draining).obstacle == obstacle


def test_a_request_finds_the_readiness_of_its_application() -> None:
    app = FastAPI()
    app.state.readiness = Readiness()

    assert readiness_of(request_to(app=app)) is app.state.readiness
