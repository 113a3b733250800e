"""A service whose answers a test may spoil on their way to the command."""

from collections.abc import Callable
from typing import Any

import httpx

from app.cli.planner_link import PlannerLink
from app.main import create_app
from app.settings import Settings

Spoil = Callable[[httpx.Request, httpx.Response], httpx.Response]


class SpoiledTransport(httpx.AsyncBaseTransport):
    """The service of this process; `spoil` has the last word about every answer."""

    def __init__(self, spoil: Spoil, **settings: Any) -> None:
        self._within = httpx.ASGITransport(
            create_app(Settings(**settings)), raise_app_exceptions=False
        )
        self._spoil = spoil
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = await self._within.handle_async_request(request)
        content = await answer.aread()
        whole = httpx.Response(answer.status_code, headers=answer.headers, content=content)
        return self._spoil(request, whole)


def as_it_is(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return answer


def spoiled_link(spoil: Spoil = as_it_is, **settings: Any) -> tuple[PlannerLink, SpoiledTransport]:
    transport = SpoiledTransport(spoil, **settings)
    return PlannerLink("http://there", transport=transport), transport
