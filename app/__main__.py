"""`python -m app`: serve until a signal says to stop, then stop without losing an answer."""

import signal
import socket
import sys
from argparse import SUPPRESS, ArgumentParser
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import InvalidSettingsError, Settings
from app.web.joined_writes import JoiningProtocol
from app.web.logs import configure_logs
from app.web.server import SECONDS_FOR_ANSWERS_UNDER_WAY, DrainingServer
from app.web.workers import Supervisor

_SECONDS_TO_TIDY_UP: Final = 1.5
_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - shown, not bound


def main() -> None:
    """Serve with the settings of the environment, in this process or in several workers.

    Raises:
        SystemExit: 0 after a signal, 1 with a message for settings that are not valid, 2 for
            arguments, because there are none, 3 when the address cannot be listened on.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    listener = _listener_of_supervisor()
    try:
        settings = Settings.from_environment()
    except InvalidSettingsError as error:
        sys.exit(str(error))
    configure_logs(settings.log_level)
    if listener is None and settings.workers > 1:
        sys.exit(_supervise(settings))
    _serve(settings, listener)


def _listener_of_supervisor() -> socket.socket | None:
    """What to accept from, when this process is one of several workers."""
    parser = ArgumentParser(prog="python -m app", description="Serve until a signal says to stop.")
    parser.add_argument("--listener", type=int, help=SUPPRESS)
    number = parser.parse_args().listener
    return None if number is None else socket.socket(fileno=number)


def _serve(settings: Settings, listener: socket.socket | None) -> None:
    app = create_app(settings)
    server = DrainingServer(
        _server_config(app, settings),
        readiness=app.state.readiness,
        drain_seconds=settings.drain_seconds,
        listening=_announce,
    )
    server.run(None if listener is None else [listener])


def _supervise(settings: Settings) -> int:
    address = uvicorn.Config("app", host=settings.host, port=settings.port, log_config=None)
    listener = address.bind_socket()
    listener.listen()
    _announce(*listener.getsockname()[:2])
    supervisor = Supervisor(
        [sys.executable, "-m", "app", f"--listener={listener.fileno()}"],
        listener=listener,
        workers=settings.workers,
        seconds_to_end=(
            settings.drain_seconds + SECONDS_FOR_ANSWERS_UNDER_WAY + _SECONDS_TO_TIDY_UP
        ),
    )
    return supervisor.run()


def _server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=JoiningProtocol,
        ws="none",
        lifespan="on",
        log_config=None,  # configure_logs has configured all
        access_log=False,  # app.web.access writes one
        server_header=False,
        proxy_headers=False,  # no answer depends on who asks
        timeout_graceful_shutdown=SECONDS_FOR_ANSWERS_UNDER_WAY,
    )


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    # before the server listens to signals, and again when it hands on the one that stopped it
    sys.exit(0)


def _announce(host: str, port: int) -> None:
    sys.stderr.write(_welcome(host, port))
    sys.stderr.flush()


def _welcome(host: str, port: int) -> str:
    shown = _EVERY_ADDRESS.get(host, host)
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return f"Epochplan listens on {url} (documentation: {url}/docs)\n"


if __name__ == "__main__":
    main()
