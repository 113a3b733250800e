"""Seconds from the start of the process until the service answers, its kernels cached on disk.

Once as it stands, and once where no file can be written: in a mount namespace of its own
(`unshare`) with the whole root remounted read-only, so that neither the code's folder nor a home
directory takes a file. /livez is the first answer; /readyz says that every kernel is loaded.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread
from tests.bench.wire.servers import Server, service, settings_of, started
from tests.running import free_port

COMMAND = (sys.executable, "-m", "app")
READ_ONLY = 'mount -o remount,bind,ro / && ! touch pyproject.toml 2>/dev/null && exec "$@"'
BAR = Bar(limit=3, at_least=False)


class Start(NamedTuple):
    """Seconds since the start of the process."""

    answers: float
    ready: float


def measure(mode: Mode) -> Iterator[Result]:
    with service():
        pass  # by now every kernel is compiled and cached
    repetitions = mode.repetitions(full=7, quick=1)
    yield from _rows("warm start", COMMAND, repetitions)
    unshare = shutil.which("unshare")
    name = "warm start on a read-only root"
    if unshare is None:
        yield Result.not_measured(name, "no unshare on the PATH (util-linux)", bar=BAR)
        return
    # whoever is not root is made root of a user namespace, where the system allows it
    isolate = [unshare, "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*isolate, "sh", "-c", READ_ONLY, "sh", "true"], check=False).returncode:
        yield Result.not_measured(name, "the system refuses a mount namespace", bar=BAR)
        return
    yield from _rows(name, [*isolate, "sh", "-c", READ_ONLY, "sh", *COMMAND], repetitions)


def _rows(name: str, command: Sequence[str], repetitions: int) -> Iterator[Result]:
    starts = [_start(command) for _ in range(repetitions)]
    answers = Spread.of([start.answers for start in starts])
    ready = Spread.of([start.ready for start in starts])
    yield Result(
        name=f"{name}: first answer",
        value=answers.median,
        unit="s",
        bar=BAR,
        ours=answers,
        sides_unit="s",
    )
    yield Result(name=f"{name}: ready", value=ready.median, unit="s", ours=ready, sides_unit="s")


def _start(command: Sequence[str]) -> Start:
    port, start = free_port(), time.perf_counter()
    with started(command, settings_of(port)) as process:
        server = Server(port, process.pid)
        server.wait_for("/livez")
        answers = time.perf_counter() - start
        server.wait_for("/readyz")
        return Start(answers, time.perf_counter() - start)
