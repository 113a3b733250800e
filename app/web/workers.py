"""Several processes that accept from one listener, and the process that keeps them running."""

import asyncio
import signal
import socket
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from uvicorn.config import STARTUP_FAILURE

_SECONDS_BETWEEN_STARTS: Final = 1.0
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Supervisor:
    """Keeps workers running until a signal ends all of them.

    uvicorn's own supervisor looks for signals twice a second only, and its workers are servers
    that know no drain; this one hands every signal on at once and leaves the stopping to them.
    A worker is a fresh process, never a copy of one that has threads. It has a session of its own,
    so that Ctrl-C reaches it once, and a standard input that ends with the supervisor.

    >>> import sys
    >>> ends_all = "import os, signal; os.kill(os.getppid(), signal.SIGTERM)"
    >>> with socket.create_server(("127.0.0.1", 0)) as listener:
    ...     Supervisor(
    ...         [sys.executable, "-c", ends_all], listener=listener, workers=1, seconds_to_end=9
    ...     ).run()
    0

    Args:
        command: What starts a worker; it inherits the listener, under the same number.
        listener: A bound socket.
        workers: How many there are at a time; whichever ends is replaced, at most once a second.
        seconds_to_end: Time from the first signal until a worker that still runs is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        listener: socket.socket,
        workers: int,
        seconds_to_end: float,
    ) -> None:
        self._command = command
        self._listener = listener
        self._workers = workers
        self._seconds_to_end = seconds_to_end
        self._running: set[Process] = set()
        self._ending = asyncio.Event()
        self._exit_code = 0

    def run(self) -> int:
        """Run until all workers have ended.

        Returns:
            The exit code: 0 after a signal, 3 when a worker says that it cannot start.
        """
        return asyncio.run(self._run())

    async def _run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end, number)
        await asyncio.gather(*(self._keep() for _ in range(self._workers)))
        return self._exit_code

    async def _keep(self) -> None:
        """One worker after another, until the end."""
        clock = asyncio.get_running_loop().time
        while not self._ending.is_set():
            next_start = clock() + _SECONDS_BETWEEN_STARTS
            await self._serve_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), timeout=next_start - clock())

    async def _serve_once(self) -> None:
        worker = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            pass_fds=[self._listener.fileno()],
            start_new_session=True,
        )
        self._running.add(worker)
        if self._ending.is_set():
            # the signal came while this worker was being started
            self._signal(signal.SIGTERM)
        exit_code = await worker.wait()
        self._running.remove(worker)
        if not self._ending.is_set():
            self._replace(worker.pid, exit_code)

    def _replace(self, pid: int, exit_code: int) -> None:
        log = structlog.get_logger(__name__)
        if exit_code == STARTUP_FAILURE:
            log.error("a worker cannot start, so none will", pid=pid, exit_code=exit_code)
            self._exit_code = exit_code
            self._end(signal.SIGTERM)
        else:
            log.error("a worker ended and is replaced", pid=pid, exit_code=exit_code)

    def _end(self, number: int) -> None:
        if not self._ending.is_set():
            self._ending.set()
            # the workers alone decide until when connections are taken
            self._listener.close()
            asyncio.get_running_loop().call_later(self._seconds_to_end, self._kill)
        self._signal(number)

    def _kill(self) -> None:
        structlog.get_logger(__name__).error(
            "workers do not end and are killed", pids=[worker.pid for worker in self._running]
        )
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        for worker in self._running:
            with suppress(ProcessLookupError):
                worker.send_signal(number)
