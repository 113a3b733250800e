import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.web import workers
from app.web.workers import Supervisor

REFUSES = "raise SystemExit(3)"
ENDS_ALL = "import os, signal; os.kill(os.getppid(), signal.SIGTERM)"
ENDS_ALL_BUT_ITSELF = f"""\
import time
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
{ENDS_ALL}
time.sleep(60)
"""
FAILS_AT_FIRST = f"""\
import sys
from pathlib import Path
starts = Path(sys.argv[1])
starts.write_text(starts.read_text() + "started ")
if starts.read_text() == "started ":
    raise SystemExit(7)
{ENDS_ALL}
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture(autouse=True)
def restarted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_SECONDS_BETWEEN_STARTS", 0.0)


def supervisor(
    program: str, *arguments: str, listener: socket.socket, seconds_to_end: float = 30
) -> Supervisor:
    return Supervisor(
        [sys.executable, "-c", program, *arguments],
        listener=listener,
        workers=1,
        seconds_to_end=seconds_to_end,
    )


def test_a_worker_that_cannot_start_ends_all_with_its_own_code(listener: socket.socket) -> None:
    keeping = supervisor(REFUSES, listener=listener)

    code = keeping.run()

    assert code == 3


def test_a_worker_that_ends_is_started_anew(listener: socket.socket, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    starts.touch()
    keeping = supervisor(FAILS_AT_FIRST, str(starts), listener=listener)

    code = keeping.run()

    assert code == 0
    assert starts.read_text().split() == ["started", "started"]


def test_a_worker_that_does_not_end_is_killed(
    listener: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    keeping = supervisor(ENDS_ALL_BUT_ITSELF, listener=listener, seconds_to_end=0.1)

    code = keeping.run()

    assert code == 0
    assert "workers do not end and are killed" in capfd.readouterr().out


def test_who_ends_the_workers_takes_no_more_connections(listener: socket.socket) -> None:
    keeping = supervisor(ENDS_ALL, listener=listener)

    keeping.run()

    assert listener.fileno() == -1


def test_a_signal_during_a_start_reaches_the_worker_that_starts(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = supervisor("import time; time.sleep(60)", listener=listener)
    start: Any = asyncio.create_subprocess_exec

    async def interrupted(*command: str, **options: object) -> object:
        keeping._end(signal.SIGTERM)
        return await start(*command, **options | {"pass_fds": []})

    monkeypatch.setattr(asyncio, "create_subprocess_exec", interrupted)

    code = keeping.run()

    assert code == 0
