"""`python -m app`: serve until a signal says to stop, then stop without losing an answer."""

import asyncio
import signal
import socket
import sys
import time
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import InvalidSettingsError, Settings
from app.web.logs import configure_logs
from app.web.readiness import Readiness

# with the second that /readyz says so before, all is over within five seconds of a signal
_SECONDS_FOR_ANSWERS_UNDER_WAY: Final = 2
_TICK_SECONDS: Final = 0.05
_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - shown, not bound


class DrainingServer(uvicorn.Server):
    """A server that first says that it will stop, and is still there while that gets around."""

    def __init__(
        self, config: uvicorn.Config, *, readiness: Readiness, drain_seconds: float
    ) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain_seconds = drain_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        sys.stderr.write(_welcome(host, port))
        sys.stderr.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Turn /readyz to 503 at once; a second Ctrl-C stops without waiting."""
        self._readiness.draining = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Go on answering for the time of the drain, then end what is under way."""
        end = time.monotonic() + self._drain_seconds
        while time.monotonic() < end and not self.force_exit:  # noqa: ASYNC110 - set by a signal
            await asyncio.sleep(_TICK_SECONDS)
        await super().shutdown(sockets)


def main() -> None:
    """Serve with the settings of the environment.

    Raises:
        SystemExit: 0 after a signal, 1 with a message for settings that are not valid, 3 when
            the address cannot be listened on.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        settings = Settings.from_environment()
    except InvalidSettingsError as error:
        sys.exit(str(error))
    configure_logs(settings.log_level)
    app = create_app(settings)
    DrainingServer(
        _server_config(app, settings),
        readiness=app.state.readiness,
        drain_seconds=settings.drain_seconds,
    ).run()


def _server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,  # configure_logs has configured all
        access_log=False,  # app.web.access writes one
        server_header=False,
        proxy_headers=False,  # no answer depends on who asks
        timeout_graceful_shutdown=_SECONDS_FOR_ANSWERS_UNDER_WAY,
    )


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    # before the server listens to signals, and again when it hands on the one that stopped it
    sys.exit(0)


def _welcome(host: str, port: int) -> str:
    shown = _EVERY_ADDRESS.get(host, host)
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return f"Epochplan listens on {url} (documentation: {url}/docs)\n"


if __name__ == "__main__":
    main()
