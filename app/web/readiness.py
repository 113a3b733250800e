"""Whether the service may be sent requests."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request


@dataclass(slots=True)
class Readiness:
    """Ready from the moment the kernels are warm until the service begins to stop.

    >>> Readiness(warm=True).obstacle is None
    True
    >>> Readiness(warm=True, draining=True).obstacle
    'the service is stopping'
    """

    warm: bool = False
    draining: bool = False

    @property
    def obstacle(self) -> str | None:
        """Why no requests should come; None when they may."""
        if self.draining:
            return "the service is stopping"
        return None if self.warm else "the kernels are not warm yet"


def readiness_of(request: Request) -> Readiness:
    """The readiness of the application that serves the request."""
    return cast("Readiness", request.app.state.readiness)
